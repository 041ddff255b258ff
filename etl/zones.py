"""Local time and UTC, as expressions: the offsets of a zone, and its nights of no or double hours.

The zone's offsets come from the IANA database through `zoneinfo`, as a search tree of comparisons:
the engine's own conversion takes the second reading of a double hour and moves a time that does
not exist, both without a word.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, IntegerValue, TimestampValue

from etl.engine import run

FIRST_YEAR, LAST_YEAR = 1970, 2099
FIRST_MOMENT = datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001  # compared with times without offset
END_MOMENT = datetime(LAST_YEAR + 1, 1, 1)  # noqa: DTZ001
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Change:
    """One change of a zone's offset: when (UTC), and the seconds east of UTC before and after."""

    moment: datetime
    before: int
    after: int


@cache
def changes(zone_name: str) -> tuple[Change, ...]:
    """Return the zone's changes of offset from 1970 to 2099, in order."""
    zone = ZoneInfo(zone_name)
    found = []
    day = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(LAST_YEAR + 1, 1, 2, tzinfo=UTC)
    while day < end:
        if _offset(zone, day) != _offset(zone, day + _DAY):
            moment = _first_second_after(zone, day)
            before, after = _offset(zone, day), _offset(zone, moment)
            found.append(Change(moment.replace(tzinfo=None), before, after))
        day += _DAY
    return tuple(found)


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101  # an aware time always has one
    return int(offset.total_seconds())


def _first_second_after(zone: ZoneInfo, day: datetime) -> datetime:
    """Find the second within the day at which the offset changes."""
    low, high = 0, int(_DAY / _SECOND)
    before = _offset(zone, day)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, day + middle * _SECOND) == before:
            low = middle
        else:
            high = middle
    return day + high * _SECOND


def _initial_offset(zone_name: str) -> int:
    return _offset(ZoneInfo(zone_name), datetime(FIRST_YEAR, 1, 1, tzinfo=UTC))


Piece = tuple[datetime | None, int | None]
"""From when a piece of the time line runs (None: from its beginning), and its offset in seconds."""


def _local_pieces(zone_name: str, *, second: bool) -> list[Piece]:
    """Cut the local time line into pieces of one offset; None for hours that do not exist."""
    pieces: list[Piece] = [(None, _initial_offset(zone_name))]
    for change in changes(zone_name):
        old = change.moment + timedelta(seconds=change.before)
        new = change.moment + timedelta(seconds=change.after)
        if new > old:
            pieces += [(old, None), (new, change.after)]
        else:  # the local hour from `new` to `old` comes twice
            pieces.append((new if second else old, change.after))
    return pieces


def _search(pieces: list[Piece]) -> str:
    """Write the tree of comparisons that finds the offset of the piece a time falls in."""
    if len(pieces) == 1:
        offset = pieces[0][1]
        return "NULL" if offset is None else str(offset)
    middle = len(pieces) // 2
    return (
        f"CASE WHEN moment < TIMESTAMP '{pieces[middle][0]}' "
        f"THEN {_search(pieces[:middle])} ELSE {_search(pieces[middle:])} END"
    )


def prepare_zone(backend: Backend, zone_name: str) -> None:
    """Give this connection what the functions below need for a zone."""
    moments: list[Piece] = [(None, _initial_offset(zone_name))]
    moments += [(change.moment, change.after) for change in changes(zone_name)]
    for name, pieces in (
        ("first", _local_pieces(zone_name, second=False)),
        ("second", _local_pieces(zone_name, second=True)),
        ("moment", moments),
    ):
        run(
            backend,
            f"CREATE OR REPLACE TEMP MACRO {_function_name(name, zone_name)}(moment) AS "
            f"CAST({_search(pieces)} AS INTEGER)",
        )


def _function_name(kind: str, zone_name: str) -> str:
    return f"offset_{kind}_{re.sub('[^a-z0-9]', '_', zone_name.lower())}"


@cache
def _offset_function(kind: str, zone_name: str) -> Callable[[TimestampValue], IntegerValue]:
    """Return the function of expressions that finds an offset, in seconds east of UTC."""

    def find(time):  # type: ignore[no-untyped-def]
        """Stand for the engine's function."""

    find.__name__ = _function_name(kind, zone_name)
    return ibis.udf.scalar.builtin(find, signature=(("timestamp(6)",), "int32"))


def to_utc(local: TimestampValue, zone_name: str, *, second: bool = False) -> TimestampValue:
    """Return the moment in UTC of a local time; null where that local time does not exist.

    A local time that comes twice is read as the first of the two, or the second where asked.
    """
    offset = _offset_function("second" if second else "first", zone_name)(local)
    return local - offset.as_interval("s")


def to_local(moment: TimestampValue, zone_name: str) -> TimestampValue:
    """Return what a clock in the zone shows at a moment in UTC."""
    return moment + _offset_function("moment", zone_name)(moment).as_interval("s")


def is_first_of_double_hour(
    moment: TimestampValue, zone_name: str, first: datetime, last: datetime
) -> BooleanValue:
    """Tell whether a moment in UTC lies in an hour whose local time comes again.

    Args:
        moment: UTC.
        zone_name: IANA name.
        first: only changes of offset between these two are looked at, which keeps the test short.
        last: see `first`.
    """
    is_double = ibis.literal(value=False)
    for change in changes(zone_name):
        length = timedelta(seconds=change.before - change.after)
        if length > timedelta(0) and first - _DAY <= change.moment <= last + _DAY:
            start = change.moment - length
            is_double |= (moment >= ibis.literal(start, "timestamp(6)")) & (
                moment < ibis.literal(change.moment, "timestamp(6)")
            )
    return is_double
