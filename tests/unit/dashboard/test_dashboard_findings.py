"""Sentences above charts are never bolder than the figures."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics.query import Span
from dashboard import findings
from dashboard.context import Context
from dashboard.view import View
from warehouse.settings import Settings

NAN = float("nan")
SPAN = Span(
    first_on=date(2024, 1, 1),
    last_on=date(2025, 3, 31),
    loaded_at=None,
    is_demo=False,
    settings=Settings(),
)
CONTEXT = Context(View(language="nl"), SPAN)


def row(**changes: Any) -> pd.Series:
    values: dict[str, Any] = {
        "value": 0.20,
        "suppressed": False,
        "is_complete": True,
        "previous": 0.18,
        "previous_difference": 0.02,
        "previous_low": 0.01,
        "previous_high": 0.03,
        "previous_is_change": True,
    }
    return pd.Series({**values, **changes})


def said(metric: str = "repeat_share", **changes: Any) -> str:
    return findings.change_sentence(row(**changes), metric, "previous", "februari 2025", CONTEXT)


def test_a_change_is_said_with_its_size_and_direction() -> None:
    assert said() == "Aandeel herhaalcontacten: 20,0%, 2,0\xa0pp hoger dan in februari 2025."
    lower = said(previous_difference=-0.02, previous_low=-0.03, previous_high=-0.01)
    assert "2,0\xa0pp lager dan" in lower


def test_no_change_is_called_where_the_interval_holds_zero() -> None:
    text = said(previous_low=-0.01, previous_is_change=False)
    assert "geen aantoonbaar verschil met februari 2025" in text
    assert "hoger" not in text


def test_without_an_interval_both_figures_are_given_and_no_change_is_called() -> None:
    text = said(
        "total_cost",
        value=900.0,
        previous=1000.0,
        previous_difference=-100.0,
        previous_low=NAN,
        previous_high=NAN,
        previous_is_change=False,
    )
    assert text.replace("\xa0", " ") == "Totale kosten: € 900; in februari 2025 was dat € 1.000."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"suppressed": True, "value": NAN}, "<\xa010"),
        ({"value": NAN}, "niet te bepalen"),
        ({"previous_difference": NAN}, "geen eerdere periode"),
        ({"previous_difference": NAN, "is_complete": False}, "nog niet volledig"),
    ],
)
def test_what_cannot_be_said_is_said_to_be_so(changes: dict[str, Any], words: str) -> None:
    assert words in said(**changes)


@pytest.mark.parametrize(
    ("metric", "difference", "is_change", "kind"),
    [
        ("repeat_share", 0.1, True, "bad"),
        ("repeat_share", -0.1, True, "good"),
        ("first_contact_resolution", 0.1, True, "good"),
        ("contacts", 10.0, True, "plain"),
        ("repeat_share", 0.1, False, "none"),
    ],
)
def test_good_and_bad_follow_the_metric_and_only_for_a_change(
    metric: str, difference: float, is_change: bool, kind: str
) -> None:
    assert findings.direction(metric, difference, is_change) == kind


def ranks(*bounds: tuple[float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(bounds, columns=["value", "low", "high"])
    return frame.assign(group=["a", "b", "c"][: len(frame)], suppressed=False)


NAMES = {"a": "Paspoort", "b": "Afval", "c": "Bijstand"}


def test_the_highest_is_sure_only_when_it_lies_above_the_next() -> None:
    sure = findings.largest_sentence(
        NAMES, ranks((0.3, 0.28, 0.32), (0.2, 0.1, 0.27)), "x", CONTEXT
    )
    unsure = findings.largest_sentence(
        NAMES, ranks((0.3, 0.2, 0.4), (0.2, 0.1, 0.27)), "x", CONTEXT
    )
    assert "aantoonbaar" in sure
    assert "Afval kan toeval zijn" in unsure


def test_sure_is_said_only_where_the_first_lies_above_all_others() -> None:
    """The second need not be the rival: a smaller group further down may reach higher."""
    rows = ranks((0.30, 0.28, 0.32), (0.20, 0.19, 0.21), (0.18, 0.05, 0.40))
    text = findings.largest_sentence(NAMES, rows, "x", CONTEXT)
    assert "Bijstand kan toeval zijn" in text


def test_the_lowest_is_sure_only_when_it_lies_below_all_others() -> None:
    rows = ranks((0.10, 0.08, 0.12), (0.20, 0.19, 0.21), (0.25, 0.11, 0.40))
    text = findings.lowest_sentence(NAMES, rows, "x", CONTEXT)
    assert "Paspoort heeft het laagste x: 10,0%" in text
    assert "Bijstand kan toeval zijn" in text
    sure = findings.lowest_sentence(NAMES, rows.iloc[:2], "x", CONTEXT)
    assert "aantoonbaar het laagste" in sure


def test_changes_in_counts_are_relative() -> None:
    counts = row(value=110.0, previous=100.0, previous_difference=10.0)
    assert findings.difference_text(counts, "previous", "contacts", CONTEXT) == "+10,0%"
