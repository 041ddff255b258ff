"""The settings of one source: where its log is, how it is written, and what its columns mean."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from warehouse.contact import (
    ATTRIBUTES,
    DURATION_FIELDS,
    IDENTIFIER_KINDS,
    MAPPABLE_FIELDS,
    STAFF_KINDS,
)
from warehouse.source_kinds import API_TOKENS, check_source, web_address


class SettingsModel(BaseModel):
    """A table of settings: nothing that it does not know, and nothing changed afterwards."""

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


class ColumnSettings(SettingsModel):
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


class SourceSettings(SettingsModel):
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
