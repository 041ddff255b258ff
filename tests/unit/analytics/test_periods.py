"""Periods of the calendar, and the periods that they are held against."""

from datetime import date, timedelta

import pandas as pd
import pytest

from analytics.periods import COARSER, Grain, begins, is_whole, period_of, previous, year_before


@pytest.mark.parametrize(
    ("day", "grain", "first", "last"),
    [
        (date(2024, 2, 29), Grain.DAY, date(2024, 2, 29), date(2024, 2, 29)),
        (date(2024, 2, 29), Grain.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        (date(2023, 2, 10), Grain.MONTH, date(2023, 2, 1), date(2023, 2, 28)),
        # around new year a week lies in both years, and counts to the year of its Thursday
        (date(2024, 12, 31), Grain.WEEK, date(2024, 12, 30), date(2025, 1, 5)),
        (date(2025, 1, 1), Grain.WEEK, date(2024, 12, 30), date(2025, 1, 5)),
        (date(2027, 1, 3), Grain.WEEK, date(2026, 12, 28), date(2027, 1, 3)),
        (date(2025, 3, 31), Grain.QUARTER, date(2025, 1, 1), date(2025, 3, 31)),
        (date(2025, 4, 1), Grain.QUARTER, date(2025, 4, 1), date(2025, 6, 30)),
        (date(2024, 12, 31), Grain.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_period_of(day: date, grain: Grain, first: date, last: date) -> None:
    assert period_of(day, grain) == (first, last)
    assert begins(pd.Series([day]), grain)[0].date() == first


@pytest.mark.parametrize("day", [date(2020, 1, 1) + timedelta(days=97 * n) for n in range(25)])
def test_weeks_are_those_of_iso(day: date) -> None:
    year, week, _ = day.isocalendar()
    first = date.fromisocalendar(year, week, 1)
    assert period_of(day, Grain.WEEK) == (first, first + timedelta(days=6))


@pytest.mark.parametrize("grain", Grain)
def test_a_period_lies_wholly_in_its_longer_ones(grain: Grain) -> None:
    for number in range(800):
        first, last = period_of(date(2023, 12, 20) + timedelta(days=number), grain)
        for longer in COARSER[grain]:
            assert period_of(first, longer) == period_of(last, longer)


def test_whole_months() -> None:
    assert is_whole(date(2024, 2, 1), date(2024, 2, 29), Grain.MONTH)
    assert is_whole(date(2024, 1, 1), date(2024, 12, 31), Grain.MONTH)
    assert not is_whole(date(2024, 2, 1), date(2024, 2, 28), Grain.MONTH)
    assert not is_whole(date(2024, 1, 2), date(2024, 2, 29), Grain.MONTH)


@pytest.mark.parametrize(
    ("span", "before", "a_year_before"),
    [
        # whole months are held against whole months, however many days they have
        (("2024-03-01", "2024-03-31"), ("2024-02-01", "2024-02-29"), ("2023-03-01", "2023-03-31")),
        (("2025-01-01", "2025-03-31"), ("2024-10-01", "2024-12-31"), ("2024-01-01", "2024-03-31")),
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
        (("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31"), ("2024-01-01", "2024-12-31")),
        # other days against as many days, a year ago the same weekdays
        (("2025-03-10", "2025-03-16"), ("2025-03-03", "2025-03-09"), ("2024-03-11", "2024-03-17")),
        (("2024-02-29", "2024-02-29"), ("2024-02-28", "2024-02-28"), ("2023-03-02", "2023-03-02")),
    ],
)
def test_what_a_period_is_held_against(
    span: tuple[str, str], before: tuple[str, str], a_year_before: tuple[str, str]
) -> None:
    first, last = map(date.fromisoformat, span)
    assert previous(first, last) == tuple(map(date.fromisoformat, before))
    assert year_before(first, last) == tuple(map(date.fromisoformat, a_year_before))
    assert year_before(first, last)[0].weekday() == first.weekday() or is_whole(
        first, last, Grain.MONTH
    )
