"""Periods: days, ISO weeks, months, quarters and years of the organisation's own calendar."""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import pandas as pd

type Days = tuple[date, date]
"""First and last local day, both inclusive."""


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_OFFSETS = {
    Grain.DAY: "D",
    Grain.WEEK: "W-SUN",
    Grain.MONTH: "M",
    Grain.QUARTER: "Q",
    Grain.YEAR: "Y",
}


COARSER: dict[Grain, tuple[Grain, ...]] = {
    Grain.DAY: (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR),
    Grain.WEEK: (),
    Grain.MONTH: (Grain.QUARTER, Grain.YEAR),
    Grain.QUARTER: (Grain.YEAR,),
    Grain.YEAR: (),
}
"""The longer periods that each is wholly a part of; a week can lie in two months."""


@lru_cache(maxsize=16_384)
def period_of(day: date, grain: Grain) -> tuple[date, date]:
    """Return first and last day of the period that a day lies in; weeks begin on Monday."""
    period = pd.Period(day, freq=_OFFSETS[grain])
    return period.start_time.date(), period.end_time.date()


def days_before(day: date, count: int) -> date:
    """Return the day so many days before; the first that there is, where that is before it."""
    return date.fromordinal(max(day.toordinal() - count, date.min.toordinal()))


def begins(days: pd.Series, grain: Grain) -> pd.Series:
    """Return the first moment of the period that each day lies in."""
    return pd.to_datetime(days).dt.to_period(_OFFSETS[grain]).dt.start_time


def is_whole(first: date, last: date, grain: Grain) -> bool:
    """Tell whether a span is made of whole periods."""
    return period_of(first, grain)[0] == first and period_of(last, grain)[1] == last


def previous(first: date, last: date) -> tuple[date, date]:
    """Return the span before: the months before whole months, else as many days before."""
    if is_whole(first, last, Grain.MONTH):
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        begin = (pd.Period(first, freq="M") - months).start_time.date()
        return begin, first - timedelta(days=1)
    days = (last - first).days + 1
    return first - timedelta(days=days), first - timedelta(days=1)


def year_before(first: date, last: date) -> tuple[date, date]:
    """Return the same span a year ago: the same months, else 364 days back (the same weekdays)."""
    if is_whole(first, last, Grain.MONTH):
        begin = (pd.Period(first, freq="M") - 12).start_time.date()
        return begin, (pd.Period(last, freq="M") - 12).end_time.date()
    return first - timedelta(days=364), last - timedelta(days=364)
