"""Every setting of `samenspel.toml`: its type, its default and its explanation.

The documentation's list of settings is made from these models.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from warehouse.contact import (
    ATTRIBUTES,
    BUILT_IN_CHANNELS,
    DURATION_FIELDS,
    IDENTIFIER_KINDS,
    MAPPABLE_FIELDS,
    STAFF_KINDS,
)
from warehouse.errors import ConfigurationError
from warehouse.source_kinds import (
    API_TOKENS,
    check_contacts_of_kiss,
    check_source,
    web_address,
)

AVOIDABLE_CATEGORIES = (
    "broken_promise",
    "wrong_place",
    "premature_closure",
    "digital_failure",
    "progress_chasing",
    "unclear_information",
    "repeat_information",
    "organisation_error",
)
"""Avoidable categories in order of precedence (docs/metrics.md, "Avoidable contacts")."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"unknown time zone {name!r}; use a name such as Europe/Amsterdam"
        ) from error
    return name


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class ColumnSettings(_Model):
    """Where one field of the contact comes from."""

    column: Texts = Field(
        (),
        description="Column of the source, or several names for it: the first that the file has. "
        "Dots reach into JSON objects.",
    )
    columns: Texts = Field(
        (),
        description="Columns that make up one text together, such as a date and a time; a space "
        "comes between. Beside `column`: what to take where the file has none of those.",
    )
    value: str | None = Field(None, description="A constant, instead of a column.")
    optional: bool = Field(
        False, description="The file may lack the column: the field is then empty."
    )
    format: Texts = Field((), description="Date format(s), in strptime's letters; tried in order.")
    map: dict[str, str] = Field(
        {},
        description='Value to value; "*" stands for every other value, "Text*" for every value '
        "that begins with Text.",
    )
    missing: Texts = Field((), description="Values that mean: none.")
    unit: Literal["seconds", "minutes", "hours", "milliseconds", "clock", "seconds_or_clock"] = (
        Field("seconds", description='For durations; "clock" reads hh:mm:ss or mm:ss.')
    )
    between: tuple[str, ...] = Field(
        (),
        description="For durations, instead of a column: the columns of its begin and its end.",
    )

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnSettings":
        origins = (self.column or self.columns, self.value is not None, self.between)
        if sum(map(bool, origins)) != 1:
            raise ValueError("give either `column` or `value`")
        if self.between and len(self.between) != 2:
            raise ValueError("`between` takes two columns: begin and end")
        return self


def _as_column(value: object) -> object:
    return {"column": value} if isinstance(value, str | list) else value


Column = Annotated[ColumnSettings, BeforeValidator(_as_column)]

SourceKind = Literal["csv", "parquet", "json", "xlsx", "openklant", "kiss", "contactmomenten"]
WebAddress = Annotated[str, AfterValidator(web_address)]


class SourceSettings(_Model):
    """One log: where it lies, how it is written, and which column is which field.

    A file needs `path` and `columns`; an API (openklant, kiss, contactmomenten) needs `url`, and
    has its columns built in: what stands under `[source.columns]` comes on top.
    """

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="Unique name of the source."
    )
    preset: str | None = Field(
        None,
        description="A ready description of the system's export (see docs/presets.md), or a file "
        "with one of your own (`mine.toml`). What stands here beside it wins.",
    )
    kind: SourceKind = Field(
        description="How the log is stored; with a preset, told by the file's name."
    )
    path: Texts = Field(
        (), description="File or files, relative to the configuration; globs allowed."
    )
    member: Texts = Field(
        (), description="Which files inside a .zip, globs allowed; all when left out."
    )
    role: Literal["contact", "telephony", "registration"] = Field(
        "contact",
        description="Whether two systems see the same contacts (telephony and registration).",
    )
    encoding: str | None = Field(None, description="Text encoding; found out when left out.")
    delimiter: str | None = Field(
        None, min_length=1, max_length=4, description="Found out when left out."
    )
    quote: str = Field('"', max_length=1, description='Quote character; "" for none.')
    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal sign; found out when left out."
    )
    header: bool = Field(True, description="Whether the first line names the columns.")
    lines_above_header: int = Field(
        0, ge=0, le=1000, description="Lines of titles before the one that names the columns."
    )
    lines_below_header: int = Field(
        0, ge=0, le=100, description="Lines after it that are no records, such as types or units."
    )
    sheet: str | None = Field(None, description="xlsx: the sheet; the first when left out.")
    records: str | None = Field(None, description="json: dotted path to the list of records.")
    timezone: TimeZone | None = Field(
        None, description="Time zone of times without offset; the organisation's when left out."
    )
    keep: Literal["first", "last"] = Field(
        "first", description="Which row of one contact_id stands when a load holds several."
    )
    on_drift: Literal["stop", "warn"] | None = Field(
        None,
        description="What a file with other columns than the last one does: stop the load or only "
        "be told. Left out: a column that a field needs stops it, others are told.",
    )
    url: WebAddress | None = Field(
        None, description="Address of the API, with its path up to and including the version."
    )
    token_env: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="APIs: environment variable that holds the token or secret; when left out "
        + ", ".join(f"`{name}` ({kind})" for kind, name in API_TOKENS.items())
        + ".",
    )
    client_id: str | None = Field(
        None,
        min_length=1,
        description="contactmomenten: with it, the secret makes the tokens of the ZGW standard.",
    )
    contacts: str | None = Field(
        None, description="kiss: name of the source whose contacts it tells more about."
    )
    page_size: int | None = Field(
        None, ge=1, le=5000, description="APIs: records a page; the most the API gives if unsaid."
    )
    overlap_days: int = Field(
        7, ge=0, le=366, description="APIs: days before the last contact that are read again."
    )
    full_reload_days: int = Field(
        7, ge=1, le=366, description="APIs: days after which everything is read again."
    )
    timeout_seconds: float = Field(60, gt=0, le=3600, description="APIs: how long to wait.")
    confidential: Literal["count", "whole"] = Field(
        "count",
        description="openklant: of a confidential contact load only that it was there, or all.",
    )
    columns: dict[str, Column] = Field({}, description="Contact field = column.")
    identifiers: dict[str, Column] = Field(
        {}, description="Identifier kind = column; hashed at the gate."
    )
    attributes: dict[str, Column] = Field(
        {},
        description="Attribute of the person = column; hashed at the gate, for linking with a "
        f"probability only. Attributes: {', '.join(ATTRIBUTES)}.",
    )

    @model_validator(mode="after")
    def _can_part_lines(self) -> "SourceSettings":
        signs = (self.delimiter or "") + self.quote
        if set(signs) & {"\n", "\r"}:
            raise ValueError("`delimiter` and `quote` cannot be the end of a line")
        if self.quote and self.quote in (self.delimiter or ""):
            raise ValueError("`delimiter` and `quote` must differ")
        return self

    @model_validator(mode="after")
    def _known_fields(self) -> "SourceSettings":
        for names, known, table in (
            (self.columns, MAPPABLE_FIELDS, "columns"),
            (self.identifiers, (*IDENTIFIER_KINDS, *STAFF_KINDS), "identifiers"),
            (self.attributes, ATTRIBUTES, "attributes"),
        ):
            unknown = sorted(set(names) - set(known))
            if unknown:
                raise ValueError(
                    f"[source.{table}] has no field {', '.join(unknown)}; known: {', '.join(known)}"
                )
        others = (*self.identifiers.values(), *self.attributes.values())
        timed = sorted(n for n, c in self.columns.items() if c.between and n not in DURATION_FIELDS)
        if timed or any(column.between for column in others):
            raise ValueError(f"`between` is for {' and '.join(DURATION_FIELDS)} only")
        return self

    @model_validator(mode="after")
    def _complete(self) -> "SourceSettings":
        check_source(self, self.model_fields_set, self.columns)
        return self

    @property
    def is_api(self) -> bool:
        """Whether it is asked over the network."""
        return self.kind in API_TOKENS


class RepeatSettings(_Model):
    """What a repeat contact is."""

    window_days: int = Field(
        7, ge=1, le=30, description="Days within which a contact repeats an earlier one."
    )
    subject: Literal["service", "topic", "any"] = Field(
        "service", description='What "about the same" means.'
    )


class ConversationSettings(_Model):
    """When rows of a log, or of two, are one conversation."""

    bind_minutes: int = Field(
        10,
        ge=0,
        le=60,
        description="Rows of one customer, agent and channel that follow each other within so many "
        "minutes are one conversation; 0: never.",
    )
    match_minutes: int = Field(
        10,
        ge=0,
        le=60,
        description="A call and a registration start or end within so many minutes of each other "
        "where they are one conversation; 0: never.",
    )


class ProbabilisticSettings(_Model):
    """Linking customers by attributes that agree, with a probability."""

    enabled: bool = Field(
        False, description="Join customers that are likely one person (docs/koppelen.md)."
    )
    threshold: float = Field(
        0.95,
        ge=0.5,
        le=0.9999,
        description="Probability from which two are one; look first with `samenspel links`.",
    )


class LinkingSettings(_Model):
    """How contacts are taken for those of one customer."""

    most_neighbours: int = Field(
        4,
        ge=1,
        description="An identifier that was met with more than this many different ones of one "
        "other kind (a switchboard, a shared mailbox) is set aside: it joins nobody. A BSN or KvK "
        "number never is.",
    )
    probabilistic: ProbabilisticSettings = ProbabilisticSettings()


class RateSettings(_Model):
    """A cost by time."""

    rate_per_hour: float = Field(ge=0, description="Euros per hour of handling time.")


class AvoidableSettings(_Model):
    """How avoidable contacts are recognised."""

    reasons: dict[str, Literal[(*AVOIDABLE_CATEGORIES, "valuable", "unknown")]] = Field(  # type: ignore[valid-type]
        {}, description="Reason code of a source = avoidable category, valuable or unknown."
    )
    digital_failure_minutes: int = Field(
        60, ge=1, le=1440, description="Minutes after a visit or unfinished form."
    )
    term_days: int = Field(14, ge=1, le=365, description="Promised term of a service, in days.")
    term_days_by_service: dict[str, int] = Field({}, description="The same for one service.")


class QualitySettings(_Model):
    """Service-level targets."""

    service_level_seconds: int = Field(
        30, ge=1, description="Answered within this many seconds counts."
    )
    short_abandon_seconds: int = Field(5, ge=0, description="Abandoned within this does not count.")


class PrivacySettings(_Model):
    """What protects people."""

    threshold: int = Field(10, ge=1, le=1000, description="Smaller groups are not shown.")
    key_file: Path | None = Field(
        None, description="File with the secret key for pseudonyms; or set SAMENSPEL_KEY."
    )
    email_dots: Literal["keep", "ignore"] = Field(
        "keep", description="Whether dots before the @ count, at the domains of email_dot_domains."
    )
    email_dot_domains: Texts = Field(
        ("gmail.com", "googlemail.com"), description="Domains whose mailboxes have no dots."
    )
    email_tags: Literal["keep", "ignore"] = Field(
        "keep", description='Whether "+tag" before the @ counts, at every domain.'
    )
    retain_months: int | None = Field(
        None,
        ge=1,
        le=600,
        description="Contacts are kept for this many whole months after their own, then removed "
        "by the next load; for ever when left out.",
    )
    retain_notes_months: int | None = Field(
        None, ge=0, le=600, description="The same for free text (`note`): a shorter term."
    )


class ChannelSettings(_Model):
    """A channel that the built-in list does not have."""

    name_nl: str = Field(description="Dutch name.")
    name_en: str = Field(description="English name.")
    is_digital: bool = Field(False, description="Counts as digital.")


class ServerSettings(_Model):
    """Who may see the dashboard."""

    users_file: Path | None = Field(
        None, description="File with lines `name:password-hash` (see `samenspel user`)."
    )


class Settings(_Model):
    """All of `samenspel.toml`."""

    organisation: str = Field("", description="Name shown on screen and in reports.")
    timezone: TimeZone = Field(
        "Europe/Amsterdam", description="Days, weeks and months are those of this zone."
    )
    language: Literal["nl", "en"] = Field("nl", description="Language on screen and in reports.")
    inhabitants: int | None = Field(None, ge=1, description="For contacts per 1,000 inhabitants.")
    repeat: RepeatSettings = RepeatSettings()
    conversation: ConversationSettings = ConversationSettings()
    linking: LinkingSettings = LinkingSettings()
    cost: dict[str, float | RateSettings] = Field(
        {}, description="Euros per contact, by channel; or a table with rate_per_hour."
    )
    avoidable: AvoidableSettings = AvoidableSettings()
    quality: QualitySettings = QualitySettings()
    privacy: PrivacySettings = PrivacySettings()
    server: ServerSettings = ServerSettings()
    channels: dict[str, ChannelSettings] = Field({}, description="Further channels.")
    channel_names: dict[str, str] = Field(
        {},
        description="What a system calls a channel = the channel's key or name; or the name of a "
        "CSV file with columns naam and kanaal. Case, spaces and dashes make no difference.",
    )
    service_names: dict[str, dict[str, str]] = Field(
        {},
        description="For each source, what it calls a service = our name; or the name of a CSV "
        "file as `samenspel services` writes it. Only filled-in rows count.",
    )
    source: tuple[SourceSettings, ...] = Field((), description="The logs.")

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        names = [source.name for source in self.source]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two sources are called {', '.join(twice)}; give each a name of its own"
            )
        check_contacts_of_kiss(self.source)
        known = set(BUILT_IN_CHANNELS) | set(self.channels)
        unknown = sorted(set(self.cost) - known)
        if unknown:
            raise ValueError(
                f"[cost] names no channel {', '.join(unknown)}; known: {', '.join(sorted(known))}"
            )
        return self


def read_toml(path: Path) -> dict[str, Any]:
    """Read a configuration file as plain data; `etl.configuration.read_settings` makes settings.

    Raises:
        ConfigurationError: the file is missing, cannot be read, or is no TOML; one line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            "there is no such configuration file", where=str(path), remedy="Name one with --config."
        ) from error
    except (RecursionError, OverflowError) as error:
        raise ConfigurationError(
            "this is no valid TOML (nested too deep)", where=str(path), remedy="Mend that line."
        ) from error
    except ValueError as error:  # no TOML, no UTF-8, or a number of thousands of digits
        raise ConfigurationError(
            f"this is no valid TOML ({error})", where=str(path), remedy="Mend that line."
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be read ({error.strerror})",
            where=str(path),
            remedy="Check its permissions.",
        ) from error


def parse_settings(raw: dict[str, Any], *, where: str = "configuration") -> Settings:
    """Validate settings given as plain data.

    Returns:
        The settings.

    Raises:
        ConfigurationError: with the first wrong setting, named by its place in the file.
    """
    if _holds_nul(raw):
        raise ConfigurationError(
            "a setting holds a NUL character", where=where, remedy="Take it out."
        )
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = _place(first["loc"], raw)
        others = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        what = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(
            f"{place}: {what}{others}" if place else f"{what}{others}",
            where=where,
            remedy="See docs/settings.md for what is allowed.",
        ) from error


def _holds_nul(value: object) -> bool:
    """Tell whether a NUL stands in any text: neither the system nor the engine can take one."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            left += one
        elif isinstance(one, str) and "\0" in one:
            return True
    return False


def _place(location: tuple[int | str, ...], raw: dict[str, Any]) -> str:
    """Name a setting as a reader of the file would: a source by its name, not its number."""
    parts = [str(part) for part in location if str(part) not in {"float", "RateSettings"}]
    if len(parts) >= 2 and parts[0] == "source" and parts[1].isdigit():
        source = raw["source"][int(parts[1])]
        name = source.get("name") if isinstance(source, dict) else None
        parts[:2] = [f"source {name!r}" if name else f"source number {int(parts[1]) + 1}"]
    return ".".join(parts)
