"""Times as logs write them: the notations that are known, which one a column uses, reading it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, StringValue, Table, TimestampValue

from etl.engine import first_row, parse_time, parse_time_with_offset
from etl.zones import END_MOMENT, FIRST_MOMENT

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

    def fits(self, text: StringValue) -> BooleanValue:
        """Tell whether the text is a time in this notation, in the years we know offsets of."""
        time = ibis.coalesce(self.read_local(text), self.read_moment(text))
        return is_in_range(time).fill_null(ibis.literal(value=False))


def is_in_range(time: TimestampValue) -> BooleanValue:
    """Tell whether a time lies from 1970 to 2099."""
    return (time >= ibis.literal(FIRST_MOMENT, "timestamp(6)")) & (
        time < ibis.literal(END_MOMENT, "timestamp(6)")
    )


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
    return (*moments, *local, compact, *epochs)


NOTATIONS = _known_notations()
"""What is tried where a column's format is left out, the likeliest first: where the order of day
and month could be either, the day comes first."""


def find_notation(
    backend: Backend, rows: Table, column: str, sample: Table | None = None
) -> Notation:
    """Return the one notation that fits most values of a text column, the earliest at a tie.

    Args:
        backend: where the tables are.
        rows: the values to fit.
        column: name of the text column.
        sample: fewer rows; a notation that fits none of them is not tried on all.
    """
    candidates = list(NOTATIONS)
    if sample is not None:
        hits = _fits(backend, sample, column, candidates)
        candidates = [one for one, count in zip(candidates, hits, strict=True) if count]
    if len(candidates) > 1:
        hits = _fits(backend, rows, column, candidates)
        candidates = [candidates[hits.index(max(hits))]]
    if not candidates:
        return NOTATIONS[0]
    return _likeliest_first(backend, rows if sample is None else sample, column, candidates[0])


def _fits(
    backend: Backend, rows: Table, column: str, candidates: Sequence[Notation]
) -> tuple[int, ...]:
    text = rows[column]
    counts = [one.fits(text).sum().fill_null(0).name(f"n{i}") for i, one in enumerate(candidates)]
    return first_row(backend, backend.compile(rows.aggregate(counts)))


def _likeliest_first(backend: Backend, rows: Table, column: str, notation: Notation) -> Notation:
    """Order the formats so that the engine's first attempt is the right one for most rows."""

    def ordered(kind: str) -> tuple[str, ...]:
        formats: tuple[str, ...] = getattr(notation, kind)
        if len(formats) < 2:
            return formats
        hits = _fits(backend, rows, column, [Notation(**{kind: (name,)}) for name in formats])
        return tuple(name for _, name in sorted(zip(hits, formats, strict=True), key=_by_hits))

    return replace(notation, local=ordered("local"), moments=ordered("moments"))


def _by_hits(pair: tuple[int, str]) -> int:
    return -pair[0]
