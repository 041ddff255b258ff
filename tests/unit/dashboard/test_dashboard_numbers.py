"""Numbers and dates as Dutch and English readers write them."""

from datetime import UTC, date, datetime

import pytest

from analytics.metrics import Unit
from analytics.periods import Grain
from dashboard.numbers import (
    change_text,
    day_names,
    decimal_change_text,
    moment_text,
    month_names,
    period_text,
    range_text,
    relative_text,
    suppressed_text,
    tick_text,
    value_text,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "unit", "dutch", "english"),
    [
        (1234567.0, Unit.COUNT, "1.234.567", "1,234,567"),
        (0.1234, Unit.SHARE, "12,3%", "12.3%"),
        (1.0, Unit.SHARE, "100,0%", "100.0%"),
        (1234.5, Unit.EUROS, "€ 1.234", "€ 1,234"),
        (8.5, Unit.EUROS, "€ 8,50", "€ 8.50"),
        (1.333, Unit.NUMBER, "1,33", "1.33"),
        (45.25, Unit.SECONDS, "45,2 sec", "45.2 secs"),
        (330.0, Unit.SECONDS, "5,5 min", "5.5 mins"),
        (NAN, Unit.SHARE, "–", "–"),
    ],
)
def test_values_by_unit(value: float, unit: Unit, dutch: str, english: str) -> None:
    shown = [value_text(value, unit, language).replace("\xa0", " ") for language in ("nl", "en")]
    assert shown == [dutch, english]


def test_a_suppressed_value_says_less_than_the_threshold_whatever_it_is() -> None:
    text = value_text(7.0, Unit.COUNT, "nl", suppressed=True, threshold=10)
    assert text == suppressed_text(10) == "<\xa010"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0123, Unit.SHARE, "+1,2\xa0pp"),
        (-0.0123, Unit.SHARE, "−1,2\xa0pp"),
        (0.0, Unit.SHARE, "0,0\xa0pp"),
        (-1500.0, Unit.COUNT, "−1.500"),
        (12.0, Unit.COUNT, "+12"),
        (NAN, Unit.COUNT, "–"),
    ],
)
def test_differences_carry_their_sign(value: float, unit: Unit, text: str) -> None:
    assert change_text(value, unit, "nl") == text


def test_differences_of_numbers_carry_their_sign_unless_rounded_to_nothing() -> None:
    values = (12.54, -1234.5, 0.04, -0.04, NAN, None)
    texts = [decimal_change_text(value, "nl") for value in values]
    assert texts == ["+12,5", "−1.234,5", "0,0", "0,0", "–", "–"]


def test_relative_changes() -> None:
    assert [relative_text(value, "nl") for value in (0.034, -0.5, 0.0)] == [
        "+3,4%",
        "−50,0%",
        "0,0%",
    ]
    assert relative_text(-0.0001, "en") == "0.0%"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2025, 3, 1), date(2025, 3, 31), "maart 2025"),
        (date(2024, 2, 1), date(2024, 2, 29), "februari 2024"),
        (date(2025, 4, 1), date(2025, 6, 30), "K2 2025"),
        (date(2024, 1, 1), date(2024, 12, 31), "2024"),
        (date(2025, 1, 1), date(2025, 3, 15), "1 jan 2025 – 15 mrt 2025"),
        (date(2024, 4, 1), date(2025, 3, 31), "1 apr 2024 – 31 mrt 2025"),
    ],
)
def test_periods_are_called_by_their_name_where_they_have_one(
    first: date, last: date, text: str
) -> None:
    assert range_text(first, last, "nl").replace(".", "") == text


def test_single_periods() -> None:
    assert period_text(date(2024, 12, 30), Grain.WEEK, "nl") == "week 1, 2025"
    assert period_text(date(2025, 3, 1), Grain.MONTH, "en") == "March 2025"
    assert tick_text(date(2025, 3, 1), Grain.MONTH, "nl") == "mrt"
    assert moment_text(datetime(2025, 3, 1, 8, 5, tzinfo=UTC), "nl") == "1 mrt 2025 08:05"


def test_names_for_the_charts_begin_with_january_and_sunday() -> None:
    assert month_names("nl")[0] == "januari"
    assert month_names("nl", short=True)[2] == "mrt"
    assert day_names("nl")[0] == "zondag"
    assert day_names("en", short=True)[1] == "Mon"
