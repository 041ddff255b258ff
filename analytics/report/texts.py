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
    "amount": ("Aantal", "Count"),
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
    "unit_points": ("procentpunten", "percentage points"),
    # verdicts
    "better": ("beter", "better"),
    "worse": ("slechter", "worse"),
    "higher": ("hoger", "higher"),
    "lower": ("lager", "lower"),
    "no_change": ("geen aantoonbaar verschil", "no demonstrable difference"),
    "untested": ("zonder bandbreedte", "without an interval"),
    "unknown": ("niet te vergelijken", "cannot be compared"),
    # subjects
    "section_mix": ("Kanaalmix", "Channel mix"),
    "section_repeats": ("Herhaalcontacten", "Repeat contacts"),
    "section_avoidable": ("Vermijdbare contacten", "Avoidable contacts"),
    "section_service": ("Wachttijd en service", "Waiting and service"),
    "section_cost": ("Kosten", "Cost"),
    "section_goals": ("Doelen", "Goals"),
    "goals_headline": (
        "Van de {count} doelen zijn er {badly} niet gehaald of lopen achter.",
        "Of {count} goals, {badly} were missed or are behind.",
    ),
    "goals_note": (
        """\
Stand op de laatste geladen dag. De verwachting neemt de maanden van een jaar eerder met de helft \
van de groei.""",
        """\
As of the last day loaded. The expectation takes the months of a year before with half of the \
growth.""",
    ),
    "goal": ("Doel", "Goal"),
    "goal_target": ("Streefwaarde", "Target"),
    "goal_value": ("Tot nu", "So far"),
    "goal_end": ("Verwacht aan het eind", "Expected at the end"),
    "goal_probability": ("Kans", "Probability"),
    "goal_status": ("Stand", "State"),
    "goal_met": ("gehaald", "met"),
    "goal_missed": ("niet gehaald", "missed"),
    "goal_on_track": ("goed op weg", "on track"),
    "goal_uncertain": ("onzeker", "uncertain"),
    "goal_off_track": ("loopt achter", "behind"),
    "goal_unknown": ("nog niet te zeggen", "too early to say"),
    "goal_hidden": ("te weinig contacten", "too few contacts"),
    "section_quality": ("Datakwaliteit", "Data quality"),
    # titles of tables and charts
    "channels": ("Aandeel per kanaal", "Share per channel"),
    "channels_chart": ("Aandeel van elk kanaal in de maand", "Each channel's share in the month"),
    "contacts_by_channel": ("Contacten per maand en kanaal", "Contacts per month and channel"),
    "digital": ("Aandeel digitaal per maand", "Digital share per month"),
    "repeats_trend": ("Herhaling per maand", "Repeats per month"),
    "repeats_by_channel": ("Herhaling per kanaal", "Repeats per channel"),
    "repeats_by_service": ("Herhaling per dienst", "Repeats per service"),
    "most_repeats": (
        "Diensten met de meeste herhaalcontacten",
        "Services with the most repeat contacts",
    ),
    "most_avoidable": (
        "Diensten met de meeste vermijdbare contacten",
        "Services with the most avoidable contacts",
    ),
    "avoidable_trend": ("Vermijdbare contacten per maand", "Avoidable contacts per month"),
    "categories": ("Waarom vermijdbaar", "Why avoidable"),
    "avoidable_by_service": ("Vermijdbaar per dienst", "Avoidable per service"),
    "waits": ("Wachttijd per maand", "Waiting time per month"),
    "served": ("Bereikbaarheid per maand", "Service per month"),
    "waits_by_channel": ("Wachttijd en service per kanaal", "Waiting and service per channel"),
    "cost_trend": ("Kosten per maand", "Cost per month"),
    "cost_by_channel": ("Kosten per kanaal", "Cost per channel"),
    "cost_by_service": ("Kosten per dienst", "Cost per service"),
    "coverage": ("Wat bekend is, per kanaal", "What is known, per channel"),
    "loads": ("Geladen per bron, alle ladingen", "Loaded per source, all loads"),
    "loads_note": (
        "Gelezen is geladen plus dubbel plus afgekeurd; samenspel rejects noemt de reden.",
        "Read is loaded plus duplicate plus rejected; samenspel rejects names the reason.",
    ),
    "file_count": ("Bestanden", "Files"),
    "read_count": ("Gelezen", "Read"),
    "loaded_count": ("Geladen", "Loaded"),
    "duplicate_count": ("Dubbel", "Duplicate"),
    "rejected_count": ("Afgekeurd", "Rejected"),
    "first_on": ("Eerste contact", "First contact"),
    "last_on": ("Laatste contact", "Last contact"),
    "top_note": (
        "De grootste {top} van {count}; de rest staat niet in deze tabel.",
        "The largest {top} of {count}; the others are not in this table.",
    ),
    # sentences
    "parts": ("{value} ({numerator} van {denominator})", "{value} ({numerator} of {denominator})"),
    "finding_higher": (
        "{name}: {value}; {size} hoger dan in {then} ({value_then}; verschil {low} tot {high}).",
        "{name}: {value}; {size} higher than in {then} ({value_then}; difference {low} to {high}).",
    ),
    "finding_lower": (
        "{name}: {value}; {size} lager dan in {then} ({value_then}; verschil {low} tot {high}).",
        "{name}: {value}; {size} lower than in {then} ({value_then}; difference {low} to {high}).",
    ),
    "finding_no_change": (
        "{name}: {value}; niet aantoonbaar anders dan in {then} ({value_then}).",
        "{name}: {value}; not demonstrably different from {then} ({value_then}).",
    ),
    "finding_untested": (
        "{name}: {value}; in {then} {value_then}.",
        "{name}: {value}; in {then} {value_then}.",
    ),
    "finding_alone": (
        "{name}: {value}.",
        "{name}: {value}.",
    ),
    "nothing_earlier": (
        "Er zijn geen twee volledige maanden om te vergelijken.",
        "There are no two complete months to compare.",
    ),
    "finding_suppressed": (
        "{name}: niet getoond, de groep is kleiner dan {threshold}.",
        "{name}: not shown, the group is smaller than {threshold}.",
    ),
    "finding_nothing": (
        "{name}: niet te berekenen, er zijn geen contacten waarvan dit te weten is.",
        "{name}: cannot be computed, there are no contacts of which this can be known.",
    ),
    "most_used": (
        "{group} is het meest gebruikte kanaal ({value}).",
        "{group} is the most used channel ({value}).",
    ),
    "group_rose": (
        "Ten opzichte van een jaar eerder won {group} het meest ({size}).",
        "Since a year ago {group} gained most ({size}).",
    ),
    "group_fell": (
        "Ten opzichte van een jaar eerder verloor {group} het meest ({size}).",
        "Since a year ago {group} lost most ({size}).",
    ),
    "no_group_moved": (
        "Geen kanaal veranderde aantoonbaar ten opzichte van een jaar eerder.",
        "No channel demonstrably changed since a year ago.",
    ),
    "groups_alone": (
        "Zonder cijfer van een jaar eerder: {groups}.",
        "Without a figure of a year ago: {groups}.",
    ),
    "seen_per_channel": (
        "Een rapport per kanaal zou {part} van deze herhaling zien.",
        "A report per channel would see {part} of these repeats.",
    ),
    "only_rules": (
        "Er zijn geen redencodes gekoppeld: dit is een ondergrens, alleen uit regels.",
        "No reason codes are mapped: this is a lower bound, from rules alone.",
    ),
    "largest_category": (
        "De grootste categorie is {group} ({value} van de vermijdbare contacten).",
        "The largest category is {group} ({value} of avoidable contacts).",
    ),
    "unknown_service": (
        "Bij {share} van de contacten is de dienst onbekend.",
        "Of {share} of contacts the service is not known.",
    ),
    "knowable": (
        "Van {known} van de {total} contacten is te weten of het een herhaling was.",
        "Of {known} of {total} contacts it can be known whether they were a repeat.",
    ),
    "refused": (
        "Van alle {read} gelezen regels zijn er {refused} afgekeurd.",
        "Of all {read} rows read, {refused} were refused.",
    ),
    "no_costs": (
        "Er zijn geen kosten per kanaal ingesteld; zonder die instelling zijn alle bedragen nul.",
        "No costs per channel are configured; without that setting all amounts are zero.",
    ),
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
