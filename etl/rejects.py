"""Why a row is refused: a key in the warehouse, a Dutch and an English sentence on screen."""

REASONS: dict[str, tuple[str, str]] = {
    "too_few_columns": (
        "te weinig kolommen op deze regel",
        "too few columns on this line",
    ),
    "too_many_columns": (
        "te veel kolommen op deze regel",
        "too many columns on this line",
    ),
    "broken_quote": (
        "aanhalingsteken niet gesloten of op een verkeerde plaats",
        "a quote is not closed, or stands in a wrong place",
    ),
    "wrong_encoding": (
        "tekens die in de tekencodering van het bestand niet bestaan",
        "characters that the file's encoding does not have",
    ),
    "nul_character": (
        "een NUL-teken: beschadigd of geen tekst",
        "a NUL character: damaged, or no text",
    ),
    "line_too_long": (
        "regel langer dan 1 MiB",
        "line longer than 1 MiB",
    ),
    "invalid_json": (
        "geen geldige JSON",
        "no valid JSON",
    ),
    "not_an_object": (
        "geen JSON-object met velden",
        "no JSON object with fields",
    ),
    "missing": (
        "verplicht veld is leeg",
        "required field is empty",
    ),
    "bad_time": (
        "geen tijd in de verwachte notatie",
        "no time in the expected notation",
    ),
    "time_out_of_range": (
        "tijd vóór 1970 of na 2099",
        "time before 1970 or after 2099",
    ),
    "no_such_local_time": (
        "lokale tijd die niet bestaat (begin van de zomertijd)",
        "local time that does not exist (start of summer time)",
    ),
    "ended_before_started": (
        "einde ligt vóór het begin",
        "the end lies before the start",
    ),
    "unknown_channel": (
        "onbekend kanaal; voeg het toe aan `map` van de kolom",
        "unknown channel; add it to the column's `map`",
    ),
    "unknown_value": (
        "waarde hoort niet bij dit veld; voeg haar toe aan `map` van de kolom",
        "the field does not have this value; add it to the column's `map`",
    ),
    "bad_number": (
        "geen getal",
        "no number",
    ),
    "bad_duration": (
        "geen duur in de verwachte notatie",
        "no duration in the expected notation",
    ),
    "negative_duration": (
        "negatieve duur",
        "negative duration",
    ),
    "bad_boolean": (
        "geen ja of nee",
        "neither yes nor no",
    ),
    "no_such_contact": (
        "hoort bij geen contact dat de bron van de contacten kent",
        "belongs to no contact that the source of the contacts knows",
    ),
    "satisfaction_out_of_range": (
        "tevredenheid buiten 1 tot en met 10",
        "satisfaction outside 1 to 10",
    ),
    "forgotten": (
        "van iemand die op verzoek is gewist",
        "of somebody who was erased on request",
    ),
}
"""Key of the reason = Dutch, English. No reason ever quotes the value."""


def reason_text(key: str, language: str) -> str:
    """Return the reason in the language ("nl" or "en")."""
    dutch, english = REASONS[key]
    return english if language == "en" else dutch
