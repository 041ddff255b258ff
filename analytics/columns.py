"""Columns that follow from others: parts of the day and week, and the bins of percentiles.

They stand in cubes, but not in the contact, which would hold the same twice.
"""

from collections.abc import Callable, Mapping, Sequence
from math import log

import ibis
from ibis.expr.types import (
    BooleanValue,
    DateValue,
    IntegerValue,
    NumericValue,
    StringValue,
    Table,
    TimestampValue,
    Value,
)

from warehouse.contact import UNKNOWN

GROWTH = 1.02
"""Each bin reaches to this many times where it begins. A value that is told by its bin (as the mean
of the values in it) is at most 2% off: DDSketch (Masson, Rim and Lee, 2019) with other middles."""

LARGEST_ERROR = GROWTH - 1
"""Largest relative error of a percentile from bins."""

_NO_TIME = -100_000
"""The bin of no time at all: before every other."""


def weekday(rows: Table) -> StringValue:
    """Return the day of the week, from 1 (Monday) to 7: of a cube's day, or of the start."""
    day = rows.period if "period" in rows.columns else rows.started_on
    return (day.day_of_week.index() + 1).cast("string")


def slot(rows: Table) -> IntegerValue:
    """Return the half hour of the local day in which a contact begins, from 0 to 47."""
    if "slot" in rows.columns:
        return rows.slot
    half = ibis.ifelse(rows.started_local.minute() >= 30, 1, 0)
    return (rows.started_local.hour() * 2 + half).cast("int64")


def half_hour(rows: Table) -> StringValue:
    """Return when the half hour begins, such as 08:30."""
    number = slot(rows)
    hour = (number // 2).cast("int64").cast("string").lpad(2, "0")
    return hour + ibis.ifelse(number % 2 == 0, ":00", ":30")


def repeat_seconds(rows: Table) -> NumericValue:
    """Return the whole seconds between a repeat and its latest predecessor."""
    gap = rows.started_at.epoch_seconds() - rows.predecessor_at.epoch_seconds()
    return gap.cast("float64")


def local_day(rows: Table, moment: TimestampValue) -> DateValue:
    """Return the local day of a moment in UTC, by the clock with which the row's contact began."""
    return (moment + (rows.started_local - rows.started_at)).date()


def _bin(amount: NumericValue) -> IntegerValue:
    number = (amount.ln() / log(GROWTH)).floor().cast("int64")
    return ibis.ifelse(amount > 0, number, ibis.literal(_NO_TIME, "int64"))


def wait_bin(rows: Table) -> IntegerValue:
    """Return the bin of the wait."""
    return _bin(ibis.ifelse(rows.wait_seconds > 0, rows.wait_seconds, ibis.null("float64")))


def gap_bin(rows: Table) -> IntegerValue:
    """Return the bin of the time since the latest predecessor."""
    gap = repeat_seconds(rows)
    return _bin(ibis.ifelse(gap > 0, gap, ibis.null("float64")))


NUMBERS: dict[str, Callable[[Table], IntegerValue]] = {
    "slot": slot,
    "wait_bin": wait_bin,
    "gap_bin": gap_bin,
}
"""Columns of cubes that are numbers."""

OF_TIME: dict[str, tuple[Callable[[Table], StringValue], str]] = {
    "weekday": (weekday, "period"),
    "half_hour": (half_hour, "slot"),
}
"""Dimensions of time, and the column of a cube from which they follow."""


def column(rows: Table, name: str) -> Value:
    """Return a column of a cube or of contacts, whether it stands there or follows."""
    if name in OF_TIME:
        return OF_TIME[name][0](rows)
    if name in NUMBERS and name not in rows.columns:
        return NUMBERS[name](rows)
    return rows[name]


def chosen(rows: Table, where: Mapping[str, Sequence[str]]) -> list[BooleanValue]:
    """Return the conditions of a selection on a cube or contacts: dimension to allowed values.

    A missing value is allowed where `unknown` is.
    """
    return [column(rows, key).fill_null(UNKNOWN).isin(kept) for key, kept in where.items()]
