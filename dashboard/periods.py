"""The periods that a reader may pick, and those that a chart over time shows."""

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.periods import Days, Grain, period_of
from analytics.query import Span


@dataclass(frozen=True)
class Preset:
    """A period that a reader picks by name: `key` names it in the texts."""

    key: str
    start: date
    end: date


def loaded_days(span: Span) -> Days:
    """Return the first and last day with a contact; with a visit where there is no contact.

    `date.min` twice where nothing was loaded.
    """
    if span.last_on > date.min:
        return span.first_on, span.last_on
    return span.counted_from, span.counted_until


def presets(first_on: date, last_on: date) -> tuple[Preset, ...]:
    """Return the named periods, seen from the last day with contacts.

    Seen from the data and not from the clock: a log that is a week behind would otherwise greet
    its readers with an empty month.
    """
    if last_on == date.min:  # nothing was loaded
        return ()
    named = []
    for name, grain in (("month", Grain.MONTH), ("quarter", Grain.QUARTER), ("year", Grain.YEAR)):
        start, end = period_of(last_on, grain)
        named.append(Preset(f"this_{name}", start, end))
        named.append(Preset(f"last_{name}", *period_of(before(start), grain)))
    last = last_complete_month(first_on, last_on)[1]
    named.append(Preset("last_12_months", add_months(last, -11), last))
    return tuple(preset for preset in named if preset.end >= first_on)


def last_complete_month(first_on: date, last_on: date) -> tuple[date, date]:
    """Return the last month of which every day has passed; the days loaded where there is none."""
    begun = (last_on + timedelta(days=1)).replace(day=1)
    if begun <= first_on:
        return first_on, last_on
    return period_of(before(begun), Grain.MONTH)


def add_months(day: date, months: int) -> date:
    """Return the first day of the month so many months on; of the first that there is at least."""
    number = max(day.year * 12 + day.month - 1 + months, date.min.year * 12)
    return date(number // 12, number % 12 + 1, 1)


def before(day: date) -> date:
    """Return the day before."""
    return day - timedelta(days=1)


def periods_between(first: date, last: date, grain: Grain) -> list[date]:
    """Return the first day of each period that has a day from `first` to `last`."""
    starts, start = [], period_of(first, grain)[0]
    while start <= last:
        starts.append(start)
        start = period_of(start, grain)[1] + timedelta(days=1)
    return starts
