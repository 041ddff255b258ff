"""The command's words become a question, and the answer its stable form."""

from datetime import date

import pandas as pd
import pytest

from analytics.query import Grain, Selection
from samenspel.kpi import as_csv, as_json, as_records, month_days, period_text, selection
from warehouse.errors import SelectionError


def test_a_month_is_its_first_to_its_last_day() -> None:
    assert month_days("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize("wrong", ["2024", "2024-13", "mei 2024", "2024-05-01", ""])
def test_what_is_no_month_is_named(wrong: str) -> None:
    with pytest.raises(SelectionError, match="2024-05"):
        month_days(wrong)


def test_conditions_on_one_dimension_add_up() -> None:
    asked = selection(None, None, None, ["channel=phone, web_form", "area=BU1", "channel=email"])
    assert asked.where == {"channel": ("phone", "web_form", "email"), "area": ("BU1",)}


@pytest.mark.parametrize(
    ("month", "start", "end", "where"),
    [
        ("2024-05", "2024-05-01", None, []),
        (None, "2024-05-02", "2024-05-01", []),
        (None, "1 mei", None, []),
        (None, None, None, ["channel"]),
        (None, None, None, ["=phone"]),
        (None, None, None, ["channel="]),
    ],
)
def test_a_wrong_question_is_refused(
    month: str | None, start: str | None, end: str | None, where: list[str]
) -> None:
    with pytest.raises(SelectionError):
        selection(month, start, end, where)


@pytest.mark.parametrize(
    ("grain", "text"),
    [
        (Grain.YEAR, "2024"),
        (Grain.QUARTER, "2024-Q4"),
        (Grain.MONTH, "2024-12"),
        (Grain.WEEK, "2025-W01"),
        (Grain.DAY, "2024-12-30"),
    ],
)
def test_periods_are_written_in_iso_form(grain: Grain, text: str) -> None:
    assert period_text(date(2024, 12, 30), grain, Selection()) == text


def test_a_question_without_grain_names_its_span() -> None:
    may = Selection(start=date(2024, 5, 1), end=date(2024, 5, 31))
    assert period_text(None, None, may) == "2024-05"
    part = Selection(start=date(2024, 5, 2), end=date(2024, 5, 31))
    assert period_text(None, None, part) == "2024-05-02/2024-05-31"
    assert period_text(None, None, Selection(end=date(2024, 5, 31))) == "../2024-05-31"


def _answer() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": ["repeat_share", "repeat_share"],
            "period": [date(2024, 5, 1)] * 2,
            "channel": ["phone", "email"],
            "value": [0.25, float("nan")],
            "numerator": [25.0, float("nan")],
            "denominator": [100.0, float("nan")],
            "low": [0.2, float("nan")],
            "high": [0.3, float("nan")],
            "suppressed": [False, True],
            "is_complete": [True, True],
        }
    )


def test_records_have_the_stable_keys_and_nulls_for_what_is_hidden() -> None:
    records = as_records(_answer(), ["channel"], Grain.MONTH, Selection())
    assert records == [
        {
            "metric": "repeat_share",
            "period": "2024-05",
            "channel": "phone",
            "value": 0.25,
            "numerator": 25.0,
            "denominator": 100.0,
            "suppressed": False,
        },
        {
            "metric": "repeat_share",
            "period": "2024-05",
            "channel": "email",
            "value": None,
            "numerator": None,
            "denominator": None,
            "suppressed": True,
        },
    ]
    assert '"value": null' in as_json(records)
    assert as_csv(records).splitlines()[2] == "repeat_share,2024-05,email,,,,True"
