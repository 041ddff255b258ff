"""The town: what Lindermonde offers, to whom, when, and how its people go about it.

Lindermonde does not exist. Services carry their names from the national list (UPL).
"""

from dataclasses import dataclass, field
from datetime import date

NAME = "Gemeente Lindermonde"
INHABITANTS = 100_000
FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2025, 12, 31)

CITIZENS = 40_000
"""Adults who are in touch with the town now and then; the others it never hears of."""
BUSINESSES = 2_400

AREAS = {
    "BU99990101": ("Binnenstad", 0.13),
    "BU99990102": ("Stationskwartier", 0.09),
    "BU99990103": ("Havenbuurt", 0.07),
    "BU99990201": ("Lindenhof", 0.12),
    "BU99990202": ("Molenveld", 0.11),
    "BU99990203": ("Kruidenbuurt", 0.10),
    "BU99990301": ("Nieuwe Weide Noord", 0.12),
    "BU99990302": ("Nieuwe Weide Zuid", 0.11),
    "BU99990401": ("Oud-Monde", 0.06),
    "BU99990402": ("Veenrand", 0.05),
    "BU99990501": ("Bedrijvenpark De Sluis", 0.04),
}
"""CBS-like codes of neighbourhoods (municipality 9999 does not exist): name and share of people."""

CHANNELS = ("phone", "counter", "email", "web_form", "chat", "whatsapp", "post")


@dataclass(frozen=True)
class Service:
    """A product and how it is asked for.

    `weight` is its share of first questions; `channels` the share of each channel at the start;
    `season` multiplies single months; `again` is the probability that a matter said to be settled
    is not; `chase` the probability that someone asks how far a case is.
    """

    key: str
    department: str
    weight: float
    topics: dict[str, float]
    channels: dict[str, float]
    season: dict[int, float] = field(default_factory=dict)
    business_share: float = 0.0
    again: float = 0.08
    chase: float = 0.18
    unclear: float = 0.05
    asks_bsn: float = 0.2
    form: str = ""


def _mix(
    phone: float,
    counter: float,
    email: float,
    web_form: float,
    chat: float = 4,
    whatsapp: float = 4,
    post: float = 1,
) -> dict[str, float]:
    values = (phone, counter, email, web_form, chat, whatsapp, post)
    return dict(zip(CHANNELS, values, strict=True))


_BEFORE_SUMMER = {3: 1.1, 4: 1.3, 5: 1.5, 6: 1.45, 7: 1.15, 11: 0.8, 12: 0.75}
_TAX = {1: 0.5, 2: 2.7, 3: 2.3, 4: 1.2, 5: 0.8, 6: 0.7, 7: 0.6, 8: 0.5, 9: 0.6, 10: 0.7, 12: 0.5}

SERVICES = {
    service.key: service
    for service in (
        Service(
            "paspoort", "Burgerzaken", 9.5,
            {"aanvragen": 6, "afhalen": 1.5, "kosten en leges (€)": 1, "vermissing": 1,
             "spoed": 0.5},
            _mix(34, 26, 4, 26), _BEFORE_SUMMER, again=0.05, chase=0.08, asks_bsn=0.35,
            form="Afspraak paspoort of identiteitskaart",
        ),
        Service(
            "identiteitskaart", "Burgerzaken", 5,
            {"aanvragen": 6, "afhalen": 1.5, "voor een kind": 2, "vermissing": 0.8},
            _mix(32, 28, 4, 26), _BEFORE_SUMMER, again=0.05, chase=0.08, asks_bsn=0.35,
        ),
        Service(
            "rijbewijs", "Burgerzaken", 8,
            {"verlengen": 5, "afhalen": 1.5, "gezondheidsverklaring": 2, "omwisselen": 1},
            _mix(36, 27, 4, 24), {7: 0.9, 12: 0.8}, again=0.06, chase=0.1, asks_bsn=0.35,
            form="Afspraak rijbewijs",
        ),
        Service(
            "verhuismelding", "Burgerzaken", 7.5,
            {"binnen de gemeente": 4, "naar Lindermonde": 4, "uit het buitenland": 1,
             "adresonderzoek": 0.6},
            _mix(28, 9, 5, 48), {7: 1.2, 8: 1.35, 9: 1.25, 12: 0.8}, chase=0.14, asks_bsn=0.4,
            form="Verhuizing doorgeven",
        ),
        Service(
            "brp-uittreksel", "Burgerzaken", 3.5,
            {"uittreksel aanvragen": 5, "internationaal": 1, "legaliseren": 0.5},
            _mix(24, 24, 5, 42), again=0.04, chase=0.1, asks_bsn=0.4, form="Uittreksel aanvragen",
        ),
        Service(
            "huwelijksaangifte", "Burgerzaken", 1.6,
            {"melding voorgenomen huwelijk": 4, "trouwlocatie": 2, "getuigen": 1},
            _mix(40, 16, 18, 20), {1: 1.3, 4: 1.2, 9: 0.8, 12: 0.7}, chase=0.2, asks_bsn=0.4,
        ),
        Service(
            "geboorteaangifte", "Burgerzaken", 1.6, {"aangifte": 5, "naamskeuze": 1},
            _mix(26, 40, 4, 26), again=0.04, chase=0.06, asks_bsn=0.4,
        ),
        Service(
            "overlijdensaangifte", "Burgerzaken", 1.3, {"aangifte": 3, "akte": 2},
            _mix(45, 30, 14, 2, 1, 1, 3), {1: 1.2, 2: 1.1}, business_share=0.4, again=0.05,
            chase=0.1, asks_bsn=0.3,
        ),
        Service(
            "huishoudelijk afvalinzameling", "Beheer openbare ruimte", 11,
            {"container kapot of kwijt": 4, "grofvuil ophalen": 4, "afvalpas": 3,
             "niet geleegd": 3, "milieustraat": 1.5},
            _mix(52, 2, 7, 22, 5, 8, 0.3), {1: 1.25, 6: 1.1, 12: 1.05}, business_share=0.05,
            again=0.13, chase=0.27, unclear=0.04, asks_bsn=0.02, form="Grofvuil laten ophalen",
        ),
        Service(
            "afvalstoffenheffing", "Belastingen", 4,
            {"aanslag": 4, "automatische incasso": 2, "bezwaar": 1.5, "verhuizing verrekenen": 1},
            _mix(55, 4, 13, 12, 4, 4, 6), _TAX, business_share=0.06, again=0.11, chase=0.24,
            unclear=0.2, asks_bsn=0.45,
        ),
        Service(
            "woz-beschikking", "Belastingen", 4.5,
            {"hoogte van de waarde": 4, "bezwaar": 3, "taxatieverslag": 2, "aanslag": 3},
            _mix(48, 4, 14, 18, 4, 3, 8), _TAX, business_share=0.15, again=0.11, chase=0.28,
            unclear=0.24, asks_bsn=0.45, form="Bezwaar WOZ-waarde",
        ),
        Service(
            "belastingkwijtschelding", "Belastingen", 2,
            {"aanvragen": 4, "bewijsstukken": 2, "afwijzing": 1},
            _mix(50, 12, 8, 18, 2, 5, 5), {2: 1.6, 3: 2.1, 4: 1.5, 8: 0.6, 12: 0.6}, again=0.13,
            chase=0.36, unclear=0.16, asks_bsn=0.5, form="Kwijtschelding aanvragen",
        ),
        Service(
            "parkeervergunning", "Vergunningen", 6,
            {"bewonersvergunning": 5, "bezoekersregeling": 3, "kenteken wijzigen": 2.5,
             "bedrijfsvergunning": 1.2},
            _mix(46, 4, 11, 28, 5, 6, 0.5), {9: 1.2, 12: 0.85}, business_share=0.13, again=0.12,
            chase=0.24, unclear=0.07, asks_bsn=0.15, form="Parkeervergunning aanvragen",
        ),
        Service(
            "omgevingsvergunning", "Vergunningen", 5,
            {"vooroverleg": 3, "stand van zaken": 2, "kappen van bomen": 1.6,
             "zienswijze of bezwaar": 1, "dakkapel of aanbouw": 3},
            _mix(45, 3, 26, 15, 2, 1, 7), {3: 1.2, 4: 1.2, 8: 0.7, 12: 0.8}, business_share=0.34,
            again=0.14, chase=0.42, unclear=0.12, asks_bsn=0.08, form="Vooroverleg bouwplan",
        ),
        Service(
            "evenementenvergunning", "Vergunningen", 1.4,
            {"aanvragen": 4, "straatfeest melden": 2, "geluid": 1},
            _mix(36, 1, 34, 24, 1, 1, 2), {2: 1.3, 3: 1.6, 4: 1.5, 5: 1.2, 10: 0.7, 12: 0.5},
            business_share=0.6, again=0.12, chase=0.38, asks_bsn=0.02,
        ),
        Service(
            "bijstand", "Werk en inkomen", 5,
            {"aanvragen": 3, "uitbetaling": 4, "wijziging doorgeven": 3, "bijzondere bijstand": 2},
            _mix(58, 12, 8, 10, 2, 6, 4), {1: 1.2, 6: 1.1}, again=0.17, chase=0.42, unclear=0.12,
            asks_bsn=0.65,
        ),
        Service(
            "wmo-voorziening", "Maatschappelijke ondersteuning", 5,
            {"hulp bij het huishouden": 5, "hulpmiddel": 3, "vervoer": 2, "herindicatie": 2},
            _mix(66, 5, 9, 7, 1, 3, 7), {1: 1.15, 8: 0.85}, again=0.16, chase=0.42, unclear=0.1,
            asks_bsn=0.6,
        ),
        Service(
            "schuldhulpverlening", "Werk en inkomen", 1.6,
            {"aanmelden": 4, "afspraak": 2, "brief ontvangen": 1},
            _mix(62, 10, 10, 8, 2, 6, 2), {1: 1.3, 2: 1.15}, again=0.15, chase=0.36, asks_bsn=0.5,
        ),
        Service(
            "gehandicaptenparkeerkaart", "Maatschappelijke ondersteuning", 1.3,
            {"aanvragen": 4, "keuring": 2, "verlengen": 2},
            _mix(52, 10, 8, 18, 2, 3, 6), again=0.12, chase=0.4, asks_bsn=0.5,
        ),
        Service(
            "melding openbare ruimte (algemeen)", "Beheer openbare ruimte", 9,
            {"straatverlichting": 3, "zwerfvuil en dumping": 4, "losse tegel of gat": 3,
             "groen en bomen": 3, "overlast": 2},
            _mix(38, 1, 7, 38, 3, 12, 0.4),
            {1: 0.95, 5: 1.1, 6: 1.15, 8: 1.05, 10: 1.15, 11: 1.15}, business_share=0.07, again=0.1,
            chase=0.2, unclear=0.02, asks_bsn=0.0, form="Melding openbare ruimte",
        ),
    )
}  # fmt: skip

GENERAL = Service(
    "", "Klantcontactcentrum", 7,
    {"": 1.0},
    _mix(68, 6, 14, 0, 6, 6, 2), business_share=0.1, again=0.06, chase=0.05, unclear=0.04,
    asks_bsn=0.02,
)  # fmt: skip
"""Contacts of which the source does not tell the service."""

TREND = {
    "phone": 0.72,
    "counter": 0.9,
    "email": 0.82,
    "web_form": 1.5,
    "chat": 1.35,
    "whatsapp": 2.0,
    "post": 0.65,
}
"""By how much each channel's share has multiplied at the end of the 24 months."""

COUNTER_CODES = {
    "M1": "valuable",
    "M2": "progress_chasing",
    "M3": "repeat_information",
    "M4": "wrong_place",
    "M9": "unknown",
}
"""Marks that the counter's staff give a visit without appointment."""

CODES = {
    "N10": "valuable",
    "I20": "valuable",
    "A15": "valuable",
    "S30": "progress_chasing",
    "T40": "broken_promise",
    "D45": "wrong_place",
    "O50": "unclear_information",
    "W60": "digital_failure",
    "H70": "repeat_information",
    "F80": "organisation_error",
    "Z99": "unknown",
}
"""Wrap-up codes of the telephone exchange; the other systems use the tags below."""

TAGS = {
    "nieuwe vraag": "valuable",
    "informatie": "valuable",
    "status": "progress_chasing",
    "onduidelijk": "unclear_information",
    "website": "digital_failure",
    "fout gemeente": "organisation_error",
    "overig": "unknown",
}
"""Labels in the mailbox and in the messaging platform."""

COST = {
    "phone": 8.0,
    "counter": 14.5,
    "email": 6.5,
    "web_form": 2.75,
    "chat": 5.0,
    "whatsapp": 4.5,
    "post": 16.0,
}
TERM_DAYS = 14
TERM_DAYS_BY_SERVICE = {
    "omgevingsvergunning": 56,
    "wmo-voorziening": 42,
    "bijstand": 28,
    "huishoudelijk afvalinzameling": 5,
}


@dataclass(frozen=True)
class Event:
    """Something that happened in the town, as the truth tells it."""

    key: str
    kind: str
    first_on: date
    last_on: date
    description: str
    services: tuple[str, ...] = ()


EVENTS = {
    event.key: event
    for event in (
        Event(
            "form_outage", "disruption", date(2024, 9, 9), date(2024, 9, 22),
            "The form for moving house fails at its last step: most attempts end unfinished, and "
            "people call or chat instead.", ("verhuismelding",),
        ),
        Event(
            "wrong_letter", "disruption", date(2025, 3, 10), date(2025, 3, 23),
            "Some households get a waste levy assessment with a double amount; a flood of calls "
            "(code F80) with long waits, and a correction letter a week later.",
            ("afvalstoffenheffing",),
        ),
        Event(
            "clear_assessment", "intervention", date(2025, 2, 1), LAST_DAY,
            "The property tax assessment is rewritten in plain Dutch: calls from people who do "
            "not understand it (code O50) halve.", ("woz-beschikking",),
        ),
        Event(
            "parking_form", "intervention", date(2025, 5, 12), LAST_DAY,
            "A new form for parking permits: fewer unfinished forms, decisions at once, so that "
            "fewer people ask how far it is.", ("parkeervergunning",),
        ),
    )
}  # fmt: skip


def is_during(key: str, day: date) -> bool:
    """Return whether the event was going on that day."""
    return EVENTS[key].first_on <= day <= EVENTS[key].last_on
