"""What records are compared by, when linking with a probability: in the terms of Splink."""

from typing import Any

Blocks = tuple[tuple[str, ...], ...]
"""Sets of attributes: a pair belongs to one where it agrees on all of them."""

LEVELS: dict[str, tuple[str, dict[str, str]]] = {
    "surname": (
        "surname_key",
        {
            "same": "surname_key_l = surname_key_r",
            "sounds_alike": "surname_sound_key_l = surname_sound_key_r",
        },
    ),
    "initial": ("initial_key", {"same": "initial_key_l = initial_key_r"}),
    "birth_date": (
        "birth_date_key",
        {
            "same": "birth_date_key_l = birth_date_key_r",
            "day_and_month_swapped": "birth_either_key_l = birth_either_key_r",
            "same_month": "birth_month_key_l = birth_month_key_r",
        },
    ),
    "address": (
        "postcode_key",
        {
            "same": "postcode_key_l = postcode_key_r and house_number_key_l = house_number_key_r",
            "same_postcode": "postcode_key_l = postcode_key_r",
            "same_area": "postcode_area_key_l = postcode_area_key_r",
        },
    ),
}
"""What is compared: the column without which there is nothing to compare, and from strict to loose
which agreement there is. Beside these there is none."""
NOTHING = "differs"

OFFICIAL, OTHER = "official", "other"
"""The two sets of records: with a number that only one person has, and without."""

PERSONAL = (
    "(l.initial_key is not null and r.initial_key is not null"
    " or l.birth_date_key is not null and r.birth_date_key is not null)"
)
"""A condition on pairs: there is something to compare that tells one of a household from another.
Who live at one address often share a surname, so that the two together say less than each."""
_APART = f"not (l.source_dataset = '{OFFICIAL}' and r.source_dataset = '{OFFICIAL}')"
PREDICTED: Blocks = (
    ("birth_date",),
    ("birth_either",),
    ("surname_sound", "birth_month"),
    ("surname_sound", "postcode"),
    ("postcode", "house_number"),
    ("surname", "initial", "postcode_area"),
)
"""Pairs that agree on none of these are not looked at."""
TRAINING: Blocks = (("birth_date",), ("surname", "postcode"), ("surname", "initial"))
STRICT: Blocks = (("surname", "birth_date"), ("surname", "initial", "postcode", "house_number"))


def as_splink(name: str) -> Any:
    """Return a comparison of LEVELS as Splink takes it."""
    from splink.comparison_level_library import CustomLevel, ElseLevel, ExactMatchLevel, NullLevel
    from splink.comparison_library import CustomComparison

    column, conditions = LEVELS[name]
    levels = [CustomLevel(condition, level) for level, condition in conditions.items()]
    if name == "surname":
        rarity = ExactMatchLevel(column, term_frequency_adjustments=True)
        levels[0] = rarity.configure(label_for_charts="same")
    return CustomComparison(
        output_column_name=name,
        comparison_levels=[
            NullLevel(column),
            *levels,
            ElseLevel().configure(label_for_charts=NOTHING),
        ],
    )


def rules(blocks: Blocks, columns: frozenset[str], *conditions: str) -> list[Any]:
    """Return the blocks whose columns occur as rules; none joins two official records.

    Args:
        blocks: the blocks.
        columns: those that hold anything.
        conditions: what must hold besides.
    """
    from splink.blocking_rule_library import CustomRule

    return [
        CustomRule(
            " and ".join([*(f"l.{kind}_key = r.{kind}_key" for kind in block), _APART, *conditions])
        )
        for block in blocks
        if all(f"{kind}_key" in columns for kind in block)
    ]
