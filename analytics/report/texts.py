"""What the report says: Dutch and English, in one place."""

from collections.abc import Mapping
from datetime import date

MONTHS: Mapping[str, tuple[str, ...]] = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

TEXTS: Mapping[str, tuple[str, str]] = {
    # cover
    "title": ("Maandrapportage klantcontact", "Monthly report on customer contact"),
    "unnamed": ("Organisatie zonder naam", "Unnamed organisation"),
    "incomplete_month": (
        "Let op: de maand is onvolledig. Er zijn contacten van {first} tot en met {last}.",
        "Note: the month is incomplete. There are contacts from {first} to {last}.",
    ),
    "demo": (
        "Dit zijn verzonnen cijfers van een voorbeeldgemeente.",
        "These are made-up figures of an example municipality.",
    ),
    "made_from": ("Stand van de gegevens: {moment}", "State of the data: {moment}"),
    "cover": ("Overzicht", "Overview"),
    "key_figures": ("Kengetallen", "Key figures"),
    "findings": ("Bevindingen", "Findings"),
    "contents": ("Inhoud", "Contents"),
    "definitions": ("Definities", "Definitions"),
    "figures": ("Cijfers", "Figures"),
    "page": ("Pagina", "Page"),
    "of": ("van", "of"),
    "reading": (
        """\
Een verschil heet een verandering als de 95%-bandbreedte nul niet bevat. Groepen kleiner dan \
{threshold} zijn niet getoond ({shown}). pp = procentpunt. Onvolledige maanden zijn gemarkeerd en \
worden niet vergeleken.""",
        """\
A difference is called a change where its 95% interval leaves out zero. Groups below {threshold} \
are not shown ({shown}). pp = percentage point. Incomplete months are marked, and not compared.""",
    ),
    # columns
    "metric": ("Kengetal", "Metric"),
    "denominator": ("Op basis van", "Based on"),
    "difference": ("Verschil", "Difference"),
    "low": ("Ondergrens", "Lower bound"),
    "high": ("Bovengrens", "Upper bound"),
    "verdict": ("Oordeel", "Verdict"),
    "month": ("Maand", "Month"),
    "remark": ("Opmerking", "Remark"),
    "incomplete": ("onvolledig", "incomplete"),
    "year_ago": ("Jaar eerder", "A year ago"),
    "contacts": ("Contacten", "Contacts"),
    "share": ("Aandeel", "Share"),
    "of_which": ("waarvan", "of which"),
    "unit": ("Eenheid", "Unit"),
    "description": ("Definitie en populatie", "Definition and population"),
    "caveat": ("Let op", "Caveat"),
    "source": ("Bron", "Source"),
    "name": ("Naam", "Name"),
    "key": ("Sleutel", "Key"),
    "period": ("Periode", "Period"),
    "value": ("Waarde", "Value"),
    "numerator": ("Teller", "Numerator"),
    "suppressed": ("Onderdrukt", "Suppressed"),
    "is_complete": ("Volledig", "Complete"),
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
    # units
    "unit_count": ("aantal", "count"),
    "unit_share": ("aandeel (%)", "share (%)"),
    "unit_seconds": ("seconden", "seconds"),
    "unit_euros": ("euro", "euros"),
    "unit_number": ("getal", "number"),
    # verdicts
    "better": ("beter", "better"),
    "worse": ("slechter", "worse"),
    "higher": ("hoger", "higher"),
    "lower": ("lager", "lower"),
    "no_change": ("geen aantoonbaar verschil", "no demonstrable difference"),
    "unknown": ("niet te vergelijken", "cannot be compared"),
}


def text(key: str, language: str, **values: object) -> str:
    """Return a text of the catalogue, with its values filled in."""
    dutch, english = TEXTS[key]
    return (english if language == "en" else dutch).format(**values)


def month_name(month: date, language: str) -> str:
    """Return a month in words: "maart 2025", "March 2025"."""
    return f"{MONTHS[language][month.month - 1]} {month.year}"


def day_name(day: date, language: str) -> str:
    """Return a day in words: "3 maart 2025", "3 March 2025"."""
    return f"{day.day} {month_name(day, language)}"
