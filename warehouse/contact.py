"""The contact: every column of the warehouse's contact tables, declared once.

`loaded_contact` is what the gate let through, one row per accepted row of a log; it is only ever
appended to. `contact` is made from it by the derivations and holds everything that metrics read.
The data dictionary in the documentation is made from these declarations.
"""

from dataclasses import dataclass

IDENTIFIER_KINDS = ("bsn", "kvk", "phone", "email", "party", "customer", "visitor")
"""What a log may know a customer by. `customer` and `visitor` are the source's own numbers:
they are hashed together with the source's name, since numbers of two systems do not compare."""

OFFICIAL_KINDS = ("bsn", "kvk")
"""Those that are one person's or one business's by law."""

STAFF_KINDS = ("agent",)
"""What a log may know an employee by: binds the rows of one conversation, links no customers."""

ATTRIBUTES = ("surname", "initials", "birth_date", "postcode", "house_number")
"""What a log may tell of a person without identifying: compared when linking with a probability."""

ATTRIBUTE_KINDS = {
    "surname": "surname, as it is written but for capitals, accents and prefixes",
    "surname_sound": "surname, as it sounds",
    "initial": "first initial",
    "birth_date": "birth date",
    "birth_either": "birth date, whichever of its numbers is the day and the month",
    "birth_month": "year and month of birth",
    "postcode": "postcode",
    "postcode_area": "first four digits of the postcode",
    "house_number": "house number, without addition",
}
"""The forms in which attributes are kept, each as a pseudonym: equal or not is all they tell."""

OUTCOMES = ("resolved", "forwarded", "callback", "case_opened", "abandoned", "unknown")
CUSTOMER_TYPES = ("citizen", "business", "other", "unknown")
INITIATIVES = ("inbound", "outbound")

MATCHES = ("matched", "call_only", "registration_only")
"""What became of a call and of a registration when the two systems were compared."""

UNKNOWN = "unknown"
"""Shown and asked for where a dimension has no value."""


@dataclass(frozen=True)
class Channel:
    """A channel: its key, names, and whether it is digital or staffed (metric digital_share)."""

    key: str
    name_nl: str
    name_en: str
    is_digital: bool = False
    is_assisted: bool = False


BUILT_IN_CHANNELS: dict[str, Channel] = {
    channel.key: channel
    for channel in (
        Channel("phone", "Telefoon", "Phone", is_assisted=True),
        Channel("counter", "Balie", "Counter", is_assisted=True),
        Channel("web_form", "Webformulier", "Web form", is_digital=True),
        Channel("email", "E-mail", "E-mail", is_digital=True),
        Channel("chat", "Chat", "Chat", is_digital=True),
        Channel("whatsapp", "WhatsApp", "WhatsApp", is_digital=True),
        Channel("chatbot", "Chatbot", "Chatbot", is_digital=True),
        Channel("post", "Post", "Post"),
        Channel("social", "Sociale media", "Social media", is_digital=True),
        Channel("app", "App", "App", is_digital=True),
        Channel("web_visit", "Websitebezoek", "Web visit", is_digital=True),
        Channel("video", "Beeldbellen", "Video call", is_digital=True),
        Channel("home_visit", "Huisbezoek", "Home visit", is_assisted=True),
        Channel("other", "Overig", "Other"),
    )
}

VISIT_CHANNEL = "web_visit"
"""Rows of this channel are visits: counted apart from contacts (docs/metrics.md, "Populations")."""


@dataclass(frozen=True)
class Field:
    """One column: its name, Ibis type, meaning, Dutch name, and whether it tells of one person."""

    name: str
    type: str
    description: str
    name_nl: str = ""
    is_personal: bool = False
    is_required: bool = False
    values: tuple[str, ...] = ()


CONTACT_FIELDS: tuple[Field, ...] = (
    Field(
        "contact_id",
        "string",
        "The source's own id, or a hash of the row where it has none; unique within the source.",
        "Contactnummer",
    ),
    Field("source", "string", "The configured source.", "Bron", is_required=True),
    Field("channel", "string", "Key of the channel.", "Kanaal", is_required=True),
    Field("started_at", "timestamp(6)", "Start, in UTC.", "Begin", is_required=True),
    Field("ended_at", "timestamp(6)", "End, in UTC.", "Einde"),
    Field(
        "initiative",
        "string",
        "Who began: inbound (the customer) or outbound.",
        "Initiatief",
        values=INITIATIVES,
    ),
    Field("customer_type", "string", "Kind of customer.", "Klanttype", values=CUSTOMER_TYPES),
    Field("service", "string", "Product or service.", "Dienst"),
    Field("topic", "string", "Subject below the service.", "Onderwerp"),
    Field("department", "string", "Who handled it.", "Afdeling"),
    Field("reason", "string", "The source's reason or result code.", "Reden"),
    Field("outcome", "string", "How it ended.", "Afhandeling", values=OUTCOMES),
    Field("planned", "boolean", "Agreed beforehand: never a repeat.", "Op afspraak"),
    Field("wait_seconds", "float64", "Waiting time in seconds.", "Wachttijd"),
    Field("handle_seconds", "float64", "Handling time in seconds.", "Afhandeltijd"),
    Field(
        "callback_due_at",
        "timestamp(6)",
        "Until when a call back was promised, in UTC.",
        "Terugbellen vóór",
    ),
    Field(
        "callback_done_at", "timestamp(6)", "When the call back was done, in UTC.", "Teruggebeld"
    ),
    Field("satisfaction", "float64", "Satisfaction, 1 to 10.", "Tevredenheid"),
    Field("area", "string", "CBS neighbourhood or district code.", "Wijk of buurt"),
    Field("conversation", "string", "Binds the rows that one conversation left behind.", "Gesprek"),
    Field(
        "note",
        "string",
        "Free text, redacted at the gate; kept only where the configuration maps it.",
        "Notitie",
        is_personal=True,
    ),
)
"""What a source can tell of a contact (DESIGN.md, "The contact")."""

MAPPABLE_FIELDS: tuple[str, ...] = tuple(f.name for f in CONTACT_FIELDS if f.name != "source")

DURATION_FIELDS = ("wait_seconds", "handle_seconds")
"""Those that are a length of time."""

KEY_FIELD = Field(
    "contact_key",
    "int64",
    "Our own number of the row, given when it was loaded; it stays the same from load to load.",
)

GATE_FIELDS: tuple[Field, ...] = (
    Field(
        "started_local",
        "timestamp(6)",
        "Start on the organisation's own clock: days, weeks and hours come from it.",
        "Begin (lokale tijd)",
    ),
    Field("file_key", "int64", "Which loaded file the row came from: `load_file.file_key`."),
    *(
        Field(
            f"{kind}_key",
            "uuid",
            f"Pseudonym of the {kind} identifier: the first 128 bits of a keyed hash.",
            is_personal=True,
        )
        for kind in (*IDENTIFIER_KINDS, *STAFF_KINDS)
    ),
    *(
        Field(
            f"{kind}_key",
            "uuid",
            f"Pseudonym of an attribute: {meaning}. Compared only when linking with a probability.",
            is_personal=True,
        )
        for kind, meaning in ATTRIBUTE_KINDS.items()
    ),
)
"""What the gate adds to each accepted row."""

LOADED_FIELDS: tuple[Field, ...] = (*CONTACT_FIELDS, *GATE_FIELDS)
"""Columns of `loaded_contact` after KEY_FIELD, in order."""

DERIVED_FIELDS: tuple[Field, ...] = (
    Field("started_on", "date", "Local day of the start.", "Dag"),
    Field(
        "customer_number",
        "int64",
        "The linked customer, as a number: contact_key of the first row; null = anonymous.",
        is_personal=True,
    ),
    Field(
        "customer_id",
        "uuid",
        "The linked customer's pseudonym; null = anonymous.",
        "Klant (pseudoniem)",
        is_personal=True,
    ),
    Field(
        "subject",
        "string",
        "What the contact is about, for repeats (setting repeat.subject); null = unknown.",
    ),
    Field("is_visit", "boolean", "A web visit: counted apart."),
    Field(
        "conversation_key",
        "int64",
        "The conversation: contact_key of its head, the row that counts; its own when alone.",
        "Gesprek",
    ),
    Field(
        "is_question",
        "boolean",
        "First row of its conversation on its subject: takes part in finding repeats.",
    ),
    Field(
        "match",
        "string",
        "On the first row of a telephone call or of its registration: whether the other system has "
        "it too; null where that is not asked.",
        "Gekoppeld",
        values=MATCHES,
    ),
    Field(
        "is_contact",
        "boolean",
        "Counts as an inbound contact: inbound, no visit, first row of its conversation.",
    ),
    Field("is_answered", "boolean", "Counts as a contact and was not abandoned."),
    Field("is_identified", "boolean", "Counts as a contact and the customer is known."),
    Field("is_digital", "boolean", "Counts as a contact, on a digital channel."),
    Field(
        "is_candidate",
        "boolean",
        "Could be a repeat: answered, identified, not planned (docs/metrics.md, Repeats).",
    ),
    Field(
        "is_knowable_backwards",
        "boolean",
        "At least the window after the first contact in the warehouse.",
    ),
    Field(
        "is_knowable_forwards",
        "boolean",
        "At least the window before the last contact in the warehouse.",
    ),
    Field(
        "predecessor_at",
        "timestamp(6)",
        "Start of the latest predecessor within the window, in UTC.",
    ),
    Field("predecessor_channel", "string", "Its channel."),
    Field("predecessor_outcome", "string", "Its outcome."),
    Field("is_repeat", "boolean", "A candidate with a predecessor.", "Herhaalcontact"),
    Field(
        "is_repeat_same_channel", "boolean", "A candidate with a predecessor on the same channel."
    ),
    Field(
        "is_switch",
        "boolean",
        "A repeat whose latest predecessor was on another channel.",
        "Kanaalwissel",
    ),
    Field(
        "has_follower", "boolean", "A candidate within the window after it has it as predecessor."
    ),
    Field(
        "episode_key",
        "int64",
        "The episode: contact_key of its first contact; null = anonymous or no contact.",
    ),
    Field("is_episode_start", "boolean", "First contact of its episode."),
    Field(
        "episode_contact_count",
        "int64",
        "On the episode's first contact: contacts in the episode; else null.",
    ),
    Field(
        "episode_cost",
        "float64",
        "On the episode's first contact: euros of the episode; else null.",
    ),
    Field(
        "has_episode_ended",
        "boolean",
        "On the episode's first contact: its last contact is knowable forwards.",
    ),
    Field(
        "episode_path",
        "string",
        "On the episode's first contact: the channels of its contacts in order, with > between; "
        "after five steps `...`; else null.",
        "Route",
    ),
    Field(
        "is_episode_resolved",
        "boolean",
        "On the episode's first contact: its last contact was resolved; null where the outcome of "
        "that is unknown, and elsewhere.",
        "Afgehandeld bij het laatste contact",
    ),
    Field(
        "episode_seconds",
        "float64",
        "On the episode's first contact: whole seconds from its first start to its last; else "
        "null.",
        "Duur van de reis",
    ),
    Field(
        "next_channel",
        "string",
        "Channel of the next contact of the episode; null = last of it, or in none.",
        "Volgend kanaal",
    ),
    Field("next_seconds", "float64", "Whole seconds from this start to that of the next contact."),
    Field(
        "is_dropped_off",
        "boolean",
        "On the last of a customer's digital contacts and visits in a row on one subject: whether "
        "a contact by phone, at a counter or at home followed within the window; else null.",
        "Afgehaakt van digitaal",
    ),
    Field(
        "avoidable_category",
        "string",
        "Why the contact was avoidable; null = not, or not known.",
        "Vermijdbaar: categorie",
        values=(),
    ),
    Field(
        "avoidable_basis",
        "string",
        "What says so: code, rule or model.",
        values=("code", "rule", "model"),
    ),
    Field("is_value_known", "boolean", "An avoidable category or `valuable` is known."),
    Field(
        "is_in_time",
        "boolean",
        "Answered within the service level's seconds; null where that is not known or not asked.",
    ),
    Field("is_lost", "boolean", "Counts as a contact, abandoned after more than the short moment."),
    Field(
        "is_to_assisted",
        "boolean",
        "A repeat on phone, counter or home visit whose latest predecessor was digital.",
    ),
    Field(
        "is_out_of_hours",
        "boolean",
        "Counts as a contact, begun outside the opening hours of its channel (setting opening).",
    ),
    Field(
        "answer_due_on",
        "date",
        "Last local day of the term within which it is to be answered (setting answer); null where "
        "the channel has none, or the source never tells when it answered.",
        "Antwoord vóór",
    ),
    Field(
        "is_on_time",
        "boolean",
        "Answered within that term; null where there is none, or it is not over.",
    ),
    Field(
        "cost",
        "float64",
        "Cost of the contact in euros (setting cost); 0 where the channel has none.",
    ),
)
"""What the derivations add (analytics.derive)."""
