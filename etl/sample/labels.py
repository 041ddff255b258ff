"""How each system spells services, outcomes and kinds of customers. `samenspel.toml` maps them."""

from etl.sample.town import CODES, COUNTER_CODES, TAGS

# service: in the telephone exchange, at the counter, in the mailbox and chats, on the website
_SERVICES = {
    "paspoort": ("Paspoort", "101 Paspoort", "paspoort", "paspoort"),
    "identiteitskaart": ("ID-kaart", "102 Identiteitskaart", "id-kaart", "identiteitskaart"),
    "rijbewijs": ("Rijbewijs", "103 Rijbewijs", "rijbewijs", "rijbewijs"),
    "verhuismelding": ("Verhuizen", "110 Verhuizing", "verhuizing", "verhuizen"),
    "brp-uittreksel": ("Uittreksel BRP", "111 Uittreksel", "uittreksel", "uittreksel-aanvragen"),
    "huwelijksaangifte": ("Trouwen/partnerschap", "120 Huwelijk", "trouwen", "trouwen"),
    "geboorteaangifte": ("Geboorte", "121 Geboorteaangifte", "geboorte", "geboorte-aangeven"),
    "overlijdensaangifte": ("Overlijden", "122 Overlijden", "overlijden", "overlijden"),
    "huishoudelijk afvalinzameling": ("Afval", "201 Afval", "afval", "afval"),
    "afvalstoffenheffing": (
        "Belasting - afval",
        "301 Heffingen",
        "heffingen",
        "afvalstoffenheffing",
    ),
    "woz-beschikking": ("Belasting - WOZ", "302 WOZ", "woz", "woz-waarde"),
    "belastingkwijtschelding": (
        "Kwijtschelding",
        "303 Kwijtschelding",
        "kwijtschelding",
        "kwijtschelding",
    ),
    "parkeervergunning": ("Parkeren", "401 Parkeren", "parkeren", "parkeervergunning"),
    "omgevingsvergunning": (
        "Bouwen en verbouwen",
        "402 Omgevingsloket",
        "bouwen",
        "omgevingsvergunning",
    ),
    "evenementenvergunning": (
        "Evenementen",
        "403 Evenementen",
        "evenementen",
        "evenement-organiseren",
    ),
    "bijstand": ("Uitkering", "501 Uitkering", "uitkering", "bijstandsuitkering"),
    "wmo-voorziening": ("Wmo", "502 Wmo", "wmo", "hulp-en-ondersteuning"),
    "schuldhulpverlening": ("Schulden", "503 Schuldhulp", "schulden", "hulp-bij-schulden"),
    "gehandicaptenparkeerkaart": ("GPK", "504 GPK", "gpk", "gehandicaptenparkeerkaart"),
    "melding openbare ruimte (algemeen)": (
        "Melding buitenruimte",
        "202 Melding",
        "mor",
        "melding-doen",
    ),
}

PHONE_SERVICES = {key: names[0] for key, names in _SERVICES.items()} | {"": "Algemeen"}
COUNTER_SERVICES = {key: names[1] for key, names in _SERVICES.items()} | {"": "999 Informatie"}
INBOX_SERVICES = {key: names[2] for key, names in _SERVICES.items()} | {"": "overig"}
SITE_SERVICES = {key: names[3] for key, names in _SERVICES.items()}

PHONE_OUTCOMES = {
    "resolved": "Afgehandeld",
    "forwarded": "Doorverbonden",
    "callback": "Terugbelverzoek",
    "case_opened": "Zaak gestart",
    "abandoned": "Opgehangen in wachtrij",
}
NOT_REACHED = "Geen gehoor"
"""Outcome of a call back that nobody took: abandoned too."""

COUNTER_OUTCOMES = {
    "resolved": "Normal",
    "forwarded": "Transferred",
    "case_opened": "Case created",
    "abandoned": "No show",
}
EMAIL_OUTCOMES = {
    "resolved": "Beantwoord",
    "forwarded": "Doorgestuurd",
    "case_opened": "Zaak aangemaakt",
}
FORM_OUTCOMES = {
    "resolved": "direct afgehandeld",
    "case_opened": "zaak geregistreerd",
    "abandoned": "niet afgerond",
}
MESSAGE_OUTCOMES = {
    "resolved": "solved",
    "forwarded": "handed_over",
    "case_opened": "case",
    "abandoned": "left",
}
POST_OUTCOMES = {"resolved": "Beantwoord", "case_opened": "In behandeling genomen"}

DESK_SERVICES = {
    key: f"Alles over {names[3].replace('-', ' ')}" for key, names in _SERVICES.items()
}
DESK_SERVICES[""] = "Anders"
"""Titles of the knowledge articles that the desk's agents have open."""

DESK_OUTCOMES = {
    "resolved": {"Zelfstandig afgehandeld": 80, "Afgehandeld na ruggespraak": 20},
    "forwarded": {"Doorverbonden naar afdeling": 75, "Doorverbonden naar collega": 25},
    "callback": {"Contactverzoek gemaakt": 1},
    "case_opened": {"Zaak gestart": 1},
    "unknown": {"Onbekend": 1},
}

MESSAGE_CHANNELS = {
    "chat": {"Webchat": 70, "webchat": 20, "Live chat": 10},
    "whatsapp": {"WhatsApp": 75, "Whatsapp": 15, "whatsapp_business": 10},
}
POST_CHANNELS = {"Post": 80, "Brief": 17, "post": 3}


_CODES = {"phone": CODES, "counter": COUNTER_CODES}


def codes_for(channel: str, value: str) -> list[str]:
    """Return the codes of the channel's system that mean this value; it may have none."""
    return [code for code, meaning in _CODES.get(channel, TAGS).items() if meaning == value]
