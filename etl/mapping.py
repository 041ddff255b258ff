"""From a log's rows of text to contacts: the configured columns as expressions, problems and all.

The work goes through a few stages, each a view on the one before: an expression that is used more
than once is a column of an earlier stage, so that the engine works it out once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from etl import identifiers, values
from etl.columns import Origin, label, present_fields, text_of
from etl.engine import ends_with, join_texts, keyed_hash, trim_characters
from etl.names.channels import lower_names, spellings
from etl.names.services import with_service_names
from etl.privacy import CONTENT_LABEL, CONTENT_MARK
from etl.redact import redact_note
from etl.times import Notation, is_in_range, notation_of, seconds_between
from etl.zones import to_local, to_utc
from warehouse.contact import (
    CONTACT_FIELDS,
    CUSTOMER_TYPES,
    DURATION_FIELDS,
    INITIATIVES,
    LOADED_FIELDS,
    OUTCOMES,
    UNKNOWN,
)
from warehouse.settings import ColumnSettings, Settings, SourceSettings

TIME_FIELDS = tuple(f.name for f in CONTACT_FIELDS if f.type == "timestamp(6)")
NUMBER_FIELDS = (*DURATION_FIELDS, "satisfaction")
CLOSED_DEFAULTS = {"initiative": "inbound", "customer_type": UNKNOWN, "outcome": UNKNOWN}
INVALID_COUNT = "invalid_identifier_count"
NO = ibis.literal(value=False)
PROBLEM = "problem"
LINE = "line"
_SPACES = " \t\r\n\u00a0"
STAGES = ("clean", "parse", "shift", "check", "row")

_FIELD_SEPARATOR, _NULL_MARK = "\x1f", "\x1e"


def raw_column(position: int) -> str:
    """Return the name under which a source's column is read, by its position from 0."""
    return f"c{position}"


@dataclass(frozen=True)
class Problem:
    """Why rows are refused: the source's column and the reason's key."""

    column: str
    reason: str


@dataclass(frozen=True)
class Guesses:
    """What the configuration leaves out and the rows tell: by field, how the column is written."""

    notations: dict[str, Notation] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)


Stage = dict[str, Value]


class Mapping:
    """How the rows of one file become contacts.

    Args:
        source: the source's settings.
        settings: all settings.
        columns: the file's columns, in order.
        where: the file, for messages.
        is_sparse: a record may lack a column that another has.

    Attributes:
        fields: the configured fields that the file has.
        identifiers: the configured identifiers that it has.

    Raises:
        ConfigurationError: a configured column is not there, or a constant or a map is wrong.
    """

    def __init__(
        self,
        source: SourceSettings,
        settings: Settings,
        columns: Sequence[str],
        where: str,
        *,
        is_sparse: bool = False,
    ) -> None:
        self.source, self.settings, self.columns = source, settings, tuple(columns)
        self.zone = source.timezone or settings.timezone
        self.where = f"source {source.name}, {where}"
        self.problems: list[Problem] = []
        self._conditions: list[BooleanValue] = []
        self._origins = present_fields(source, columns, self.where, is_sparse=is_sparse)
        self.fields, self.identifiers = (
            {name: column for name, column in table.items() if name in self._origins}
            for table in (source.columns, source.identifiers)
        )
        if "service" in self.fields:
            names = settings.service_names.get(source.name, {})
            self.fields["service"] = with_service_names(self.fields["service"], names)

    def origin(self, name: str) -> Origin:
        """Return what a field or identifier that the file has comes from."""
        return self._origins[name]

    def single_column(self, name: str) -> int | None:
        """Return the position of the one column that a field is; None where it is not just one."""
        origin = self._origins.get(name, ())
        is_single = len(origin) == 1 and len(origin[0]) == 1
        return self.columns.index(origin[0][0]) if is_single else None

    def guessed_columns(self) -> tuple[list[str], list[str]]:
        """Return the fields whose notation of time, and whose decimal sign, must be found out."""
        configured = {n: c for n, c in self.fields.items() if c.value is None}
        times = [
            n
            for n, column in configured.items()
            if (n in TIME_FIELDS or column.between) and not column.format
        ]
        numbers = [
            n
            for n in NUMBER_FIELDS
            if n in configured and self.source.decimal is None
            if configured[n].unit != "clock" and not configured[n].between
        ]
        return times, numbers

    def clean(self, raw: Table) -> Table:
        """Return the raw rows with `text_<field>` beside: trimmed, null where empty or missing."""
        new: Stage = {}
        for name, column in {**self.fields, **self.identifiers}.items():
            if column.value is not None:
                new[f"text_{name}"] = ibis.literal(column.value).nullif("")
                continue
            if column.between:
                begin, end = (_trimmed(self._raw(raw, one), column) for one in column.between)
                new[f"begin_{name}"], new[f"text_{name}"] = (
                    begin,
                    begin.notnull().ifelse(end, ibis.null("string")),
                )
                continue
            texts = [
                _trimmed(text_of([self._raw(raw, part) for part in parts]), column)
                for parts in self._origins[name]
            ]
            new[f"text_{name}"] = texts[0] if len(texts) == 1 else ibis.coalesce(*texts)
        return raw.mutate(**new)

    def _raw(self, raw: Table, name: str) -> StringValue:
        return raw[raw_column(self.columns.index(name))]

    def raw_table(self, name: str, *, has_line: bool = False) -> Table:
        """Return the table of raw rows of that name: all columns text, LINE where it has one."""
        columns = {raw_column(i): "string" for i in range(len(self.columns))}
        return ibis.table(({LINE: "int64"} if has_line else {}) | columns, name=name)

    def stages(self, guesses: Guesses) -> list[Callable[[Table], Table]]:
        """Return what leads from the raw rows to contacts, one function per stage of STAGES.

        The last gives the columns of `loaded_contact` but `file_key`, INVALID_COUNT, PROBLEM
        (number of the first problem, from 1, into `self.problems`; null where there is none), and
        LINE where the raw rows have it.
        """
        self.problems, self._conditions = [], []
        return [
            self.clean,
            lambda clean: clean.mutate(**self._parse(clean, guesses)),
            lambda parsed: parsed.mutate(**self._shift(parsed)),
            lambda shifted: shifted.mutate(**self._check(shifted)),
            lambda checked: checked.select(**self._row(checked)),
        ]

    def _parse(self, clean: Table, guesses: Guesses) -> Stage:
        new: Stage = {}
        for name, column in self.fields.items():
            text = clean[f"text_{name}"]
            notation = (
                notation_of(column.format)
                if column.format
                else guesses.notations.get(name, Notation())
            )
            if column.between:
                for end in ("begin", "text"):
                    new[f"{end}_local_{name}"] = notation.read_local(clean[f"{end}_{name}"])
                    new[f"{end}_moment_{name}"] = notation.read_moment(clean[f"{end}_{name}"])
            elif name in TIME_FIELDS:
                new[f"local_{name}"] = notation.read_local(text)
                new[f"moment_{name}"] = notation.read_moment(text)
            elif name in NUMBER_FIELDS:
                new[f"number_{name}"] = self._number(name, column, text, guesses)
            elif name in {"channel", *CLOSED_DEFAULTS}:
                new[f"lower_{name}"] = text.lower()
            elif name == "planned":
                new["yes_planned"] = values.as_boolean(values.as_mapped_text(text, column))
            elif name == "note":
                new["value_note"] = redact_note(values.as_mapped_text(text, column))
            elif name != "contact_id":
                new[f"value_{name}"] = values.as_mapped_text(text, column)
        new["id"] = self._contact_id(clean)
        return new | self._identifier_step(clean, 0)

    def _number(
        self, name: str, column: ColumnSettings, text: StringValue, guesses: Guesses
    ) -> Value:
        text = values.as_mapped_text(text, column)
        decimal = self.source.decimal or guesses.decimals.get(name, ".")
        # unless configured, "1,234" is not taken for a thousand: it may be a decimal comma
        groups = self.source.decimal is not None or decimal == ","
        if name in DURATION_FIELDS:
            return values.as_seconds(text, column.unit, decimal, groups=groups)
        return values.as_number(text, decimal, groups=groups)

    def _contact_id(self, clean: Table) -> StringValue:
        """Return the source's id, or where it has none a keyed hash of the whole row."""
        in_order = sorted(range(len(self.columns)), key=self.columns.__getitem__)
        parts = [clean[raw_column(i)].nullif("").fill_null(_NULL_MARK) for i in in_order]
        content = ibis.literal(CONTENT_MARK) + keyed_hash(
            CONTENT_LABEL, join_texts(ibis.array(parts), _FIELD_SEPARATOR)
        )
        column = self.fields.get("contact_id")
        if column is None:
            return content
        text = values.as_mapped_text(clean["text_contact_id"], column)
        return text.isnull().ifelse(content, text)

    def _shift(self, parsed: Table) -> Stage:
        new: Stage = {}
        for name, column in self.fields.items():
            if name in TIME_FIELDS:
                local = parsed[f"local_{name}"]
                new[f"read_{name}"] = ibis.coalesce(local, parsed[f"moment_{name}"])
                new[f"utc_{name}"] = ibis.coalesce(
                    to_utc(local, self.zone), parsed[f"moment_{name}"]
                )
            elif column.between:
                begin, end = (
                    ibis.coalesce(
                        to_utc(parsed[f"{one}_local_{name}"], self.zone),
                        parsed[f"{one}_moment_{name}"],
                    )
                    for one in ("begin", "text")
                )
                new[f"number_{name}"] = seconds_between(begin, end)
            elif name in {"channel", *CLOSED_DEFAULTS}:
                text, lower = parsed[f"text_{name}"], parsed[f"lower_{name}"]
                new[f"key_{name}"] = values.as_key(
                    text,
                    lower,
                    column,
                    self._names(name),
                    f"{self.where}, {name}",
                    spellings(self.settings) if name == "channel" else None,
                )
        return new | self._identifier_step(parsed, 1)

    def _names(self, name: str) -> dict[str, str]:
        if name == "channel":
            return lower_names(self.settings)
        lists = {
            "initiative": INITIATIVES,
            "customer_type": CUSTOMER_TYPES,
            "outcome": OUTCOMES,
        }
        return {key: key for key in lists[name]}

    def _check(self, shifted: Table) -> Stage:
        new: Stage = {"end": ibis.null("timestamp(6)")}
        if "ended_at" in self.fields:
            first, start = shifted["utc_ended_at"], shifted["utc_started_at"]
            # a conversation through the double hour ends at the second reading of its end
            second = to_utc(shifted["local_ended_at"], self.zone, second=True)
            new["end"] = (first < start).ifelse(ibis.coalesce(second, first), first)
        new["start_local"] = self._start_local(shifted)
        return new | self._identifier_step(shifted, 2)

    def _start_local(self, shifted: Table) -> Value:
        converted = to_local(shifted["utc_started_at"], self.settings.timezone)
        if self.zone != self.settings.timezone:
            return converted
        return ibis.coalesce(shifted["local_started_at"], converted)

    def _identifier_step(self, table: Table, number: int) -> Stage:
        """Apply one step to each identifier; `normal_<kind>` goes on from stage to stage."""
        new: Stage = {}
        for kind, column in self.identifiers.items():
            steps = identifiers.steps(kind, self.source.name, self.settings.privacy)
            if number == 0:
                text = values.as_mapped_text(table[f"text_{kind}"], column)
                new[f"normal_{kind}"] = steps[0](text)
            elif number < len(steps):
                new[f"normal_{kind}"] = steps[number](table[f"normal_{kind}"])
        return new

    def _row(self, table: Table) -> Stage:
        fields: Stage = {f.name: ibis.null(f.type) for f in LOADED_FIELDS if f.name != "file_key"}
        fields["contact_id"] = table["id"]
        fields["source"] = ibis.literal(self.source.name)
        fields["started_local"] = table["start_local"]
        for name in self.fields:
            if name != "contact_id":
                fields[name] = self._value(table, name)
        fields["ended_at"] = table["end"]
        for name, default in CLOSED_DEFAULTS.items():
            fields[name] = ibis.coalesce(fields[name], ibis.literal(default))
        fields["planned"] = ibis.coalesce(fields["planned"], ibis.literal(value=False))
        invalid = ibis.literal(0, "int8")
        for kind in self.identifiers:
            normal = table[f"normal_{kind}"]
            fields[f"{kind}_key"] = keyed_hash(kind, normal).cast("uuid")
            is_invalid = normal.isnull() & table[f"text_{kind}"].notnull()
            invalid += is_invalid.ifelse(1, 0)
        self._judge(table)
        problem = ibis.cases(
            *(
                (condition.fill_null(NO), ibis.literal(number, "int16"))
                for number, condition in enumerate(self._conditions, start=1)
            ),
            else_=ibis.null("int16"),
        )
        extra = {INVALID_COUNT: invalid.cast("int8"), PROBLEM: problem}
        return fields | extra | ({LINE: table[LINE]} if LINE in table.columns else {})

    def _value(self, table: Table, name: str) -> Value:
        if name in TIME_FIELDS:
            return table[f"utc_{name}"]
        if name in NUMBER_FIELDS:
            return table[f"number_{name}"]
        if name in {"channel", *CLOSED_DEFAULTS}:
            return table[f"key_{name}"]
        return table["yes_planned" if name == "planned" else f"value_{name}"]

    def _judge(self, table: Table) -> None:
        """Note every problem a row can have, the gravest first."""
        for name in self.fields:
            text = table[f"text_{name}"]
            if name in TIME_FIELDS:
                self._judge_time(table, name)
            elif name in NUMBER_FIELDS:
                self._judge_number(table, name)
            elif name == "channel":
                self._problem(name, "missing", text.isnull() & table["key_channel"].isnull())
                self._problem(name, "unknown_channel", table["key_channel"].isnull())
            elif name in CLOSED_DEFAULTS:
                unknown = text.notnull() & table[f"key_{name}"].isnull()
                self._problem(name, "unknown_value", unknown)
            elif name == "planned":
                self._problem(name, "bad_boolean", text.notnull() & table["yes_planned"].isnull())
        if "ended_at" in self.fields:
            early = table["end"] < table["utc_started_at"]
            self._problem("ended_at", "ended_before_started", early)

    def _judge_time(self, table: Table, name: str) -> None:
        text, read = table[f"text_{name}"], table[f"read_{name}"]
        if name == "started_at":
            self._problem(name, "missing", text.isnull())
        self._problem(name, "bad_time", text.notnull() & read.isnull())
        self._problem(name, "time_out_of_range", read.notnull() & ~is_in_range(read))
        self._problem(name, "no_such_local_time", read.notnull() & table[f"utc_{name}"].isnull())

    def _judge_number(self, table: Table, name: str) -> None:
        text, number = table[f"text_{name}"], table[f"number_{name}"]
        is_duration = name in DURATION_FIELDS
        bad = (text.notnull() & number.isnull()) | number.isnan() | number.isinf()
        self._problem(name, "bad_duration" if is_duration else "bad_number", bad)
        if is_duration:
            self._problem(name, "negative_duration", number < 0)
        else:
            self._problem(name, "satisfaction_out_of_range", (number < 1) | (number > 10))

    def _problem(self, name: str, reason: str, condition: BooleanValue) -> None:
        self.problems.append(Problem(label(self._origins[name]), reason))
        self._conditions.append(condition)


def _trimmed(text: StringValue, column: ColumnSettings) -> StringValue:
    """Trim only where a space stands at either end: that is found in a fraction of the time."""
    has_space = (text < "!") | ends_with(text, " ") | ends_with(text, "\u00a0")
    trimmed = has_space.ifelse(trim_characters(text, _SPACES), text).nullif("")
    if not column.missing:
        return trimmed
    return trimmed.isin(column.missing).ifelse(ibis.null("string"), trimmed)
