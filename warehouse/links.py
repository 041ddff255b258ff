"""The tables of linking: identifiers that are set aside, and pairs that are likely one person."""

from warehouse.contact import IDENTIFIER_KINDS, Field

SET_ASIDE_FIELDS: tuple[Field, ...] = (
    Field("pseudonym", "uuid", "The pseudonym, as in `loaded_contact`.", is_personal=True),
    Field("kind", "string", "Kind of identifier.", "Soort kenmerk", values=IDENTIFIER_KINDS),
    Field("row_count", "int64", "Loaded rows that carry it.", "Rijen"),
)
"""Columns of `set_aside`: identifiers that join implausibly many (setting linking)."""

COMPARISONS = ("surname", "initial", "birth_date", "address")
"""What linking with a probability compares."""

PROBABLE_LINK_FIELDS: tuple[Field, ...] = (
    Field(
        "first_number",
        "int64",
        "One of the two: contact_key of its first row (for a customer that equal identifiers "
        "found, the first of all its rows).",
        is_personal=True,
    ),
    Field("second_number", "int64", "The other; the greater number.", is_personal=True),
    Field("match_probability", "float64", "Probability that the two are one person.", "Kans"),
    Field(
        "match_weight",
        "float64",
        "The same as log2 of the odds: the prior's weight and those of the comparisons, added.",
        "Gewicht",
    ),
    Field("is_joined", "boolean", "The two were taken for one customer.", "Samengevoegd"),
    *(
        field
        for name in COMPARISONS
        for field in (
            Field(
                f"{name}_agreement",
                "string",
                f"How far the two agree on {name}; null where one of them does not tell.",
            ),
            Field(f"{name}_weight", "float64", f"What that adds to the match weight ({name})."),
        )
    ),
)
"""Columns of `probable_link`: pairs that are likely one person (setting linking.probabilistic)."""
