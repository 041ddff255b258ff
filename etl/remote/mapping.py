"""The built-in mapping of an API's contacts, and how a configuration changes it field by field."""

from etl.remote.contacts import OPENED_CASE, REQUESTED_CALLBACK
from warehouse.settings import ColumnSettings, SourceSettings

_FORMAT = ("%Y-%m-%dT%H:%M:%S.%fZ",)

_CHANNELS = {
    "phone": ("Telefoon", "Telefonisch", "Telefoongesprek", "Terugbelverzoek"),
    "counter": ("Balie", "Baliebezoek", "Aan de balie"),
    "web_form": ("Contactformulier", "Webformulier", "E-formulier", "Formulier"),
    "email": ("E-mail", "Email", "Mail"),
    "chat": ("Live chat", "Livechat", "Live-chat", "Chat", "Webchat"),
    "whatsapp": ("WhatsApp", "Whats app", "Whats-app"),
    "chatbot": ("Chatbot", "Virtuele assistent"),
    "post": ("Post", "Brief"),
    "social": (
        "Twitter",
        "X",
        "Facebook",
        "LinkedIn",
        "Instagram",
        "Mastodon",
        "Bluesky",
        "Sociale media",
        "Social media",
        "Webcare",
    ),
    "app": ("App", "Mijn gemeente-app"),
    "video": ("Beeldbellen", "Videobellen"),
    "home_visit": ("Huisbezoek",),
    "other": ("SMS", "Intern", "Overig"),
}
RESULTS = {
    REQUESTED_CALLBACK: "callback",
    OPENED_CASE: "case_opened",
    "Afgehandeld, klant belt terug": "resolved",
    "Afgehandeld na ruggespraak": "resolved",
    "Zelfstandig afgehandeld": "resolved",
    "Doorverbonden naar afdeling": "forwarded",
    "Doorverbonden naar collega": "forwarded",
    "Verwezen naar ander instantie": "forwarded",
    "Verwezen naar andere instantie": "forwarded",
    "Verbinding verbroken": "abandoned",
    "Klant neemt opnieuw contact op": "unknown",
    "Onbekend": "unknown",
    "*": "unknown",
}
"""Result of a conversation, as KISS lists it = outcome. A municipality edits the list of KISS."""


def _channel_map() -> dict[str, str]:
    """Return the names of channels in the ways they are written: the standard has no list."""
    return {
        spelling: key
        for key, names in _CHANNELS.items()
        for name in names
        for spelling in (name, name.lower(), name.upper(), name.capitalize(), name.title())
    }


def _column(name: str, **others: object) -> ColumnSettings:
    return ColumnSettings.model_validate({"column": name, **others})


COLUMNS = {
    "contact_id": _column("uuid"),
    "started_at": _column("begin", format=_FORMAT),
    "ended_at": _column("einde", format=_FORMAT),
    "channel": _column("kanaal", map=_channel_map()),
    "initiative": _column("initiatief"),
    "customer_type": _column("soortKlant"),
    "topic": _column("vraag"),
    "department": _column("afdeling"),
    "reason": _column("resultaat"),
    "outcome": _column("resultaat", map=RESULTS),
    "planned": _column("opAfspraak"),
    "handle_seconds": _column("duur"),
    "callback_done_at": _column("afgehandeldOp", format=_FORMAT),
    "conversation": _column("gesprek"),
}
IDENTIFIERS = {
    "party": _column("partij"),
    "bsn": _column("bsn"),
    "kvk": _column("kvk"),
    "phone": _column("telefoon"),
    "email": _column("email"),
    "agent": _column("medewerker"),
}


def with_mapping(source: SourceSettings) -> SourceSettings:
    """Return the source with its whole mapping: what is built in, and what it says itself.

    A configured field takes the place of the built-in one. Where it names the same column, its
    `map` is added to the built-in one, and a format that it leaves out stays.
    """
    return source.model_copy(
        update={
            "columns": COLUMNS
            | {name: _merged(COLUMNS.get(name), one) for name, one in source.columns.items()},
            "identifiers": IDENTIFIERS | source.identifiers,
            "decimal": ".",
        }
    )


def _merged(built_in: ColumnSettings | None, own: ColumnSettings) -> ColumnSettings:
    if built_in is None or built_in.column != own.column:
        return own
    return own.model_copy(
        update={"map": built_in.map | own.map, "format": own.format or built_in.format}
    )
