"""One contact as it happened, with what its system recorded of it."""

from dataclasses import dataclass, field

SOURCES = {
    "phone": "telefonie",
    "counter": "balie",
    "email": "e-mail",
    "web_form": "webformulieren",
    "chat": "berichten",
    "whatsapp": "berichten",
    "post": "post",
    "web_visit": "matomo",
}


@dataclass(slots=True, eq=False)
class Happening:
    """A contact or visit. Moments are UTC epochs in seconds, durations seconds.

    `written` is what the export shows of identifiers; `known` the valid ones among them in one
    spelling, by which a careful reader can link. `details` is what it shows of name, birth date
    and address. `planted` says what the simulation meant by it, `after` on which channel the
    contact was that it followed. Of a registration at the desk, `call` is the call that it is of,
    where the exchange saw it; `talk` binds the questions of one call, `note`
    is what the agent wrote of it.
    """

    channel: str
    at: int
    person: int
    is_business: bool
    service: str
    topic: str
    department: str
    planted: str = ""
    after: str = ""
    contact_id: str = ""
    outcome: str = "resolved"
    is_outbound: bool = False
    is_planned: bool = False
    wait: int | None = None
    handle: int | None = None
    ended: int | None = None
    value: str = ""
    due: int | None = None
    done: int | None = None
    satisfaction: int | None = None
    area: str = ""
    written: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    is_loaded: bool = True
    agent: str = ""
    system: str = ""
    call: "Happening | None" = None
    talk: str = ""
    note: str = ""

    @property
    def source(self) -> str:
        """Name of the source whose export holds it."""
        return self.system or SOURCES[self.channel]
