"""What rates are over: half hours, and thousands of inhabitants times years.

Counted from the calendar, for the days that are asked about and loaded.
"""

from calendar import isleap
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from analytics.amounts import Question
from analytics.answer import HALF_HOURS, INHABITANT_YEARS, SPAN
from analytics.measures import PerHalfHour, PerInhabitant
from analytics.periods import Days, period_of

_WEEKDAYS = tuple(str(day) for day in range(1, 8))
_HALF_HOURS_OF_DAY = tuple(f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30"))
_DAYS_OF_YEAR, _DAYS_OF_LEAP_YEAR = 365, 366
_THOUSAND = 1000.0


def with_exposure(
    amounts: pd.DataFrame, question: Question, loaded: Days, inhabitants: int | None
) -> pd.DataFrame:
    """Add HALF_HOURS and INHABITANT_YEARS (in thousands; NaN where inhabitants are not set).

    Where no metric of the question is a rate over these, the amounts as they are. Weekdays and half
    hours that do not exist are over nothing.

    Args:
        amounts: one row per span, period and group.
        question: what was asked.
        loaded: first and last day with a contact.
        inhabitants: how many people live there.
    """
    if not any(isinstance(one.measure, PerInhabitant | PerHalfHour) for one in question.metrics):
        return amounts
    known: dict[tuple[int, date], tuple[list[int], float]] = {}
    half_hours, years = [], []
    weekdays = _chosen(question, "weekday", _WEEKDAYS)
    half_hours_of_day = _chosen(question, "half_hour", _HALF_HOURS_OF_DAY)
    slots = 1 if "half_hour" in question.by else len(half_hours_of_day)
    of_day = amounts["weekday"] if "weekday" in question.by else [None] * len(amounts)
    for number, period, weekday in zip(amounts[SPAN], amounts["period"], of_day, strict=True):
        key = (number, period)
        if key not in known:
            known[key] = _days_of(_asked_of(question, number, period, loaded))
        per_weekday, part_of_year = known[key]
        counted = weekdays & {weekday} if weekday is not None else weekdays
        half_hours.append(float(slots * sum(per_weekday[int(day) - 1] for day in counted)))
        years.append(part_of_year)
    people = float("nan") if inhabitants is None else inhabitants / _THOUSAND
    return amounts.assign(
        **{HALF_HOURS: half_hours, INHABITANT_YEARS: [part * people for part in years]}
    )


def _chosen(question: Question, dimension: str, every: Sequence[str]) -> set[str]:
    """Return which of a dimension's values are counted; all where it is not filtered by."""
    return set(every) & set(question.where.get(dimension, every))


def _asked_of(question: Question, number: int, period: date, loaded: Days) -> Days:
    """Return the days of a period that are asked about and loaded."""
    first, last = question.spans[number]
    if question.grain:
        begin, end = period_of(period, question.grain)
        first, last = max(first, begin), min(last, end)
    return max(first, loaded[0]), min(last, loaded[1])


def _days_of(days: Days) -> tuple[list[int], float]:
    """Return how many days there are of each weekday, and how much of a year they are."""
    first, last = days
    per_weekday = [0] * 7
    part = 0.0
    for number in range(max((last - first).days + 1, 0)):
        day = first + timedelta(days=number)
        per_weekday[day.weekday()] += 1
        part += 1 / (_DAYS_OF_LEAP_YEAR if isleap(day.year) else _DAYS_OF_YEAR)
    return per_weekday, part
