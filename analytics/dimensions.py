"""The dimensions: by what a metric can be split or filtered."""

from dataclasses import dataclass

from warehouse.contact import BUILT_IN_CHANNELS, UNKNOWN
from warehouse.settings import Settings


@dataclass(frozen=True)
class Dimension:
    """A column to split and filter by, with its names; `labels` for values that have their own."""

    key: str
    name_nl: str
    name_en: str

    def name(self, language: str) -> str:
        """Return the dimension's name in nl or en."""
        return self.name_nl if language == "nl" else self.name_en


DIMENSIONS: dict[str, Dimension] = {
    dimension.key: dimension
    for dimension in (
        Dimension("channel", "Kanaal", "Channel"),
        Dimension("service", "Dienst", "Service"),
        Dimension("topic", "Onderwerp", "Topic"),
        Dimension("department", "Afdeling", "Department"),
        Dimension("customer_type", "Klanttype", "Customer type"),
        Dimension("area", "Wijk of buurt", "Area"),
        Dimension("source", "Bron", "Source"),
        Dimension("reason", "Reden", "Reason"),
        Dimension("outcome", "Afhandeling", "Outcome"),
        Dimension("initiative", "Initiatief", "Initiative"),
        Dimension("avoidable_category", "Vermijdbaar: categorie", "Avoidable: category"),
        Dimension("avoidable_basis", "Vermijdbaar: grond", "Avoidable: basis"),
        Dimension("predecessor_channel", "Vorig kanaal", "Previous channel"),
        Dimension("weekday", "Weekdag", "Weekday"),
        Dimension("half_hour", "Half uur", "Half hour"),
    )
}
"""Dimension key to dimension; a missing value is the text `unknown` in answers and filters."""

_LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "customer_type": {
        "citizen": ("Inwoner", "Citizen"),
        "business": ("Ondernemer", "Business"),
        "other": ("Overig", "Other"),
    },
    "outcome": {
        "resolved": ("Afgehandeld", "Resolved"),
        "forwarded": ("Doorverbonden", "Forwarded"),
        "callback": ("Terugbelverzoek", "Call back"),
        "case_opened": ("Zaak geopend", "Case opened"),
        "abandoned": ("Afgehaakt", "Abandoned"),
    },
    "initiative": {"inbound": ("Inkomend", "Inbound"), "outbound": ("Uitgaand", "Outbound")},
    "avoidable_category": {
        "broken_promise": ("Belofte niet nagekomen", "Broken promise"),
        "wrong_place": ("Verkeerde plek", "Wrong place"),
        "premature_closure": ("Te vroeg afgesloten", "Closed too early"),
        "digital_failure": ("Digitaal lukte niet", "Digital failure"),
        "progress_chasing": ("Navraag naar voortgang", "Progress chasing"),
        "unclear_information": ("Onduidelijke informatie", "Unclear information"),
        "repeat_information": ("Opnieuw aanleveren", "Giving information again"),
        "organisation_error": ("Fout van de organisatie", "Organisation's error"),
    },
    "weekday": {
        "1": ("Maandag", "Monday"),
        "2": ("Dinsdag", "Tuesday"),
        "3": ("Woensdag", "Wednesday"),
        "4": ("Donderdag", "Thursday"),
        "5": ("Vrijdag", "Friday"),
        "6": ("Zaterdag", "Saturday"),
        "7": ("Zondag", "Sunday"),
    },
    "avoidable_basis": {
        "code": ("Redencode", "Reason code"),
        "rule": ("Regel", "Rule"),
        "model": ("Model", "Model"),
    },
}


def value_label(dimension: str, value: str, language: str, settings: Settings) -> str:
    """Return how a dimension's value is shown in nl or en; itself where it has no label."""
    if value == UNKNOWN:
        return "Onbekend" if language == "nl" else "Unknown"
    if dimension in {"channel", "predecessor_channel"}:
        channel = settings.channels.get(value) or BUILT_IN_CHANNELS.get(value)
        if channel:
            return channel.name_nl if language == "nl" else channel.name_en
        return value
    labels = _LABELS.get(dimension, {}).get(value)
    if labels is None:
        return value
    return labels[0] if language == "nl" else labels[1]


def value_order(dimension: str) -> tuple[str, ...]:
    """Return the natural order of a dimension's values where it has one; empty otherwise."""
    if dimension in {"channel", "predecessor_channel"}:
        return tuple(BUILT_IN_CHANNELS)
    return tuple(_LABELS.get(dimension, {}))
