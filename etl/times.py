"""Times as logs write them: the notations that are known, which one a column uses, reading it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import duckdb
import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, FloatingValue, StringValue, TimestampValue

from etl.engine import parse_time, parse_time_with_offset, quoted
from etl.zones import END_MOMENT, FIRST_MOMENT
from warehouse.errors import ConfigurationError
from warehouse.settings import SourceSettings

EPOCH, EPOCH_MILLISECONDS = "epoch", "epoch_ms"
"""May stand for a format: seconds, or milliseconds, since 1970 in UTC."""

_CLOCKS = (
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "",
    "T%H:%M",
    " %H:%M:%S.%f",
    "T%H:%M:%S.%f",
    ", %H:%M",
    ", %H:%M:%S",
    " %I:%M:%S %p",
    " %I:%M %p",
)
_DATES = (
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%m/%d/%y",
)
_MONTHS = (
    ("januari", "january"),
    ("februari", "february"),
    ("maart", "march"),
    ("mrt", "mar"),
    ("mei", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("augustus", "august"),
    ("oktober", "october"),
    ("okt", "oct"),
)


@dataclass(frozen=True)
class Notation:
    """One way to write a time: formats that differ in the clock's part only, never in the order.

    Attributes:
        local: formats (strptime's letters) of times without offset.
        moments: formats of times with an offset, or a literal Z.
    """

    local: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()

    def read_local(self, text: StringValue) -> TimestampValue:
        """Return the local time that the text writes without offset, else null."""
        if not self.local:
            return ibis.null("timestamp(6)")
        return parse_time(_with_english_months(text, self.local), list(self.local))

    def read_moment(self, text: StringValue) -> TimestampValue:
        """Return the moment in UTC that the text writes with its offset, else null."""
        found = []
        offsets = [name for name in self.moments if "%z" in name]
        zulu = [name for name in self.moments if name.endswith("Z") and "%z" not in name]
        if offsets:
            in_english = _with_english_months(text, offsets)
            found.append(parse_time_with_offset(in_english, offsets).cast("timestamp(6)"))
        if zulu:
            found.append(parse_time(_with_english_months(text, zulu), zulu))
        found += [
            _read_epoch(text, digits, per_second)
            for name, digits, per_second in (
                (EPOCH, r"^\d{9,10}$", 1),
                (EPOCH_MILLISECONDS, r"^\d{12,13}$", 1000),
            )
            if name in self.moments
        ]
        return ibis.coalesce(*found) if found else ibis.null("timestamp(6)")

    def read(self, text: StringValue) -> TimestampValue:
        """Return the time that the text writes, local or in UTC, else null."""
        read = [
            *([self.read_local(text)] if self.local else []),
            *([self.read_moment(text)] if self.moments else []),
        ]
        return ibis.coalesce(*read)


def is_in_range(time: TimestampValue) -> BooleanValue:
    """Tell whether a time lies from 1970 to 2099."""
    return (time >= ibis.literal(FIRST_MOMENT, "timestamp(6)")) & (
        time < ibis.literal(END_MOMENT, "timestamp(6)")
    )


def seconds_between(begin: TimestampValue, end: TimestampValue) -> FloatingValue:
    """Return how long it lasted, in seconds; negative where the end lies first."""
    return (_microseconds(end) - _microseconds(begin)).cast("float64") / 1e6


@ibis.udf.scalar.builtin(name="epoch_us", signature=(("timestamp(6)",), "int64"))
def _microseconds(time):  # type: ignore[no-untyped-def]
    """Return microseconds since 1970."""


def _read_epoch(text: StringValue, digits: str, per_second: int) -> TimestampValue:
    number = text.re_search(digits).ifelse(text.try_cast("int64"), ibis.null("int64"))
    return number.as_timestamp("s" if per_second == 1 else "ms").cast("timestamp(6)")


def _with_english_months(text: StringValue, formats: Sequence[str]) -> StringValue:
    if not any(letter in name for name in formats for letter in ("%b", "%B")):
        return text
    text = text.lower().replace("mrt.", "mrt")
    for dutch, english in _MONTHS:
        text = text.replace(dutch, english)
    return text


def notation_of(formats: Sequence[str]) -> Notation:
    """Return the notation of a configured list of formats; they are tried in order."""

    def is_moment(name: str) -> bool:
        return "%z" in name or name.endswith("Z") or name in {EPOCH, EPOCH_MILLISECONDS}

    return Notation(
        local=tuple(name for name in formats if not is_moment(name)),
        moments=tuple(name for name in formats if is_moment(name)),
    )


def check_formats(backend: Backend, source: SourceSettings) -> None:
    """Have the engine read the configured formats.

    Raises:
        ConfigurationError: one of them is no format.
    """
    for field, column in source.columns.items():
        for name in column.format:
            try:
                backend.con.execute(f"SELECT try_strptime('', {quoted(name)})")
            except duckdb.Error:
                raise ConfigurationError(
                    f"{name!r} is no format of a time",
                    where=f"source {source.name}, {field}",
                    remedy="Use strptime's letters, for instance %d-%m-%Y %H:%M:%S, "
                    f"or {EPOCH} or {EPOCH_MILLISECONDS}; or leave it out.",
                ) from None


def _known_notations() -> tuple[Notation, ...]:
    local = tuple(Notation(local=tuple(date + clock for clock in _CLOCKS)) for date in _DATES)
    clocks = [clock for clock in _CLOCKS if clock and "%p" not in clock]
    moments = tuple(
        Notation(
            moments=tuple(date + clock + end for end in ("%z", " %z", "Z") for clock in clocks)
        )
        for date in _DATES[:3]
    )
    compact = Notation(local=("%Y%m%d%H%M%S", "%Y%m%d%H%M"))
    epochs = (Notation(moments=(EPOCH,)), Notation(moments=(EPOCH_MILLISECONDS,)))
    mail = Notation(moments=("%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z"))
    return (*moments, *local, compact, *epochs, mail)


NOTATIONS = _known_notations()
"""What is tried where a column's format is left out, the likeliest first: where the order of day
and month could be either, the day comes first."""


Hits = Callable[[Notation, int | None], int]
"""Counts the values that a notation fits, among the first so many or all (None)."""

_FEW = 500


def find_notation(hits: Hits, total: int) -> Notation:
    """Return the first notation that fits all values; if none does, the one that fits most.

    What fits none of the first values fits not all, and is not tried on the rest.

    Args:
        hits: counts over the column's values.
        total: number of values.
    """
    best, most = NOTATIONS[0], 0
    for notation in NOTATIONS if total else ():
        fitting = hits(notation, None) if hits(notation, _FEW) else 0
        if fitting > most:
            best, most = notation, fitting
        if fitting == total:
            break
    return _likeliest_first(hits, best) if most else best


def _likeliest_first(hits: Hits, notation: Notation) -> Notation:
    """Order the formats so that the engine's first attempt is the right one for most rows."""

    def ordered(kind: str) -> tuple[str, ...]:
        formats: tuple[str, ...] = getattr(notation, kind)
        counts = {name: hits(Notation(**{kind: (name,)}), _FEW) for name in formats}
        return tuple(sorted(formats, key=lambda name: -counts[name]))

    return replace(notation, local=ordered("local"), moments=ordered("moments"))
