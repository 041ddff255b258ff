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
    BUILT_IN_CHANNELS,
    IDENTIFIER_KINDS,
    MAPPABLE_FIELDS,
    STAFF_KINDS,
)
from warehouse.errors import ConfigurationError

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

    column: str | None = Field(
        None, description="Column of the source; dots reach into JSON objects."
    )
    value: str | None = Field(None, description="A constant, instead of a column.")
    format: Texts = Field((), description="Date format(s), in strptime's letters; tried in order.")
    map: dict[str, str] = Field({}, description='Value to value; "*" stands for every other value.')
    missing: Texts = Field((), description="Values that mean: none.")
    unit: Literal["seconds", "minutes", "hours", "milliseconds", "clock"] = Field(
        "seconds", description='For durations; "clock" reads hh:mm:ss or mm:ss.'
    )

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnSettings":
        if (self.column is None) == (self.value is None):
            raise ValueError("give either `column` or `value`")
        return self


def _as_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Column = Annotated[ColumnSettings, BeforeValidator(_as_column)]

SourceKind = Literal["csv", "parquet", "json", "xlsx"]


class SourceSettings(_Model):
    """One log: where it lies, how it is written, and which column is which field."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="Unique name of the source."
    )
    kind: SourceKind = Field(description="How the log is stored.")
    path: Texts = Field(description="File or files, relative to the configuration; globs allowed.")
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
    sheet: str | None = Field(None, description="xlsx: the sheet; the first when left out.")
    records: str | None = Field(None, description="json: dotted path to the list of records.")
    timezone: TimeZone | None = Field(
        None, description="Time zone of times without offset; the organisation's when left out."
    )
    keep: Literal["first", "last"] = Field(
        "first", description="Which row of one contact_id stands when a load holds several."
    )
    columns: dict[str, Column] = Field(description="Contact field = column.")
    identifiers: dict[str, Column] = Field(
        {}, description="Identifier kind = column; hashed at the gate."
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
        ):
            unknown = sorted(set(names) - set(known))
            if unknown:
                raise ValueError(
                    f"[source.{table}] has no field {', '.join(unknown)}; known: {', '.join(known)}"
                )
        for required in ("started_at", "channel"):
            if required not in self.columns:
                raise ValueError(f"[source.columns] needs {required}")
        return self


class RepeatSettings(_Model):
    """What a repeat contact is."""

    window_days: int = Field(
        7, ge=1, le=30, description="Days within which a contact repeats an earlier one."
    )
    subject: Literal["service", "topic", "any"] = Field(
        "service", description='What "about the same" means.'
    )


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
    cost: dict[str, float | RateSettings] = Field(
        {}, description="Euros per contact, by channel; or a table with rate_per_hour."
    )
    avoidable: AvoidableSettings = AvoidableSettings()
    quality: QualitySettings = QualitySettings()
    privacy: PrivacySettings = PrivacySettings()
    server: ServerSettings = ServerSettings()
    channels: dict[str, ChannelSettings] = Field({}, description="Further channels.")
    source: tuple[SourceSettings, ...] = Field((), description="The logs.")

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        names = [source.name for source in self.source]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two sources are called {', '.join(twice)}; give each a name of its own"
            )
        known = set(BUILT_IN_CHANNELS) | set(self.channels)
        unknown = sorted(set(self.cost) - known)
        if unknown:
            raise ValueError(
                f"[cost] names no channel {', '.join(unknown)}; known: {', '.join(sorted(known))}"
            )
        return self


def read_settings(path: Path) -> Settings:
    """Read and validate a configuration file.

    Returns:
        The settings, with paths of sources still relative to the file's folder.

    Raises:
        ConfigurationError: the file is missing, is no TOML, or a setting is wrong; one line.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
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
    return parse_settings(raw, where=str(path))


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
