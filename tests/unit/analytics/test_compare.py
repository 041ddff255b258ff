"""A period beside earlier ones: only whole against whole, and a change only when sure of it."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.compare import compare
from analytics.intervals import difference_of_shares, wilson
from analytics.query import Selection
from tests import warehouses
from warehouse.errors import SelectionError
from warehouse.store import Reader

MARCH = Selection(date(2025, 3, 1), date(2025, 3, 31))


def month(first: str, days: int, **counts: int) -> list[dict[str, Any]]:
    """Return so many contacts per channel, spread over a month, the first and last day included."""
    return [
        {
            "started_at": pd.Timestamp(f"{first} 12:00") + pd.Timedelta(days=number % days),
            "channel": channel,
        }
        for channel, count in counts.items()
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    contacts = [
        *month("2024-03-01", 31, phone=400, email=40, post=31),
        *month("2025-02-01", 28, phone=310, email=90, post=5),
        *month("2025-03-01", 31, phone=300, email=150, app=20),
    ]
    return warehouses.build(tmp_path_factory.mktemp("compared"), contacts)


@pytest.fixture(scope="module")
def of_large_groups(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    contacts = [
        *month("2024-03-01", 31, phone=400, email=40),
        *month("2025-02-01", 28, phone=310, email=90),
        *month("2025-03-01", 31, phone=300, email=150),
    ]
    return warehouses.build(tmp_path_factory.mktemp("large"), contacts)


def compared(
    reader: Reader, metric: str, selection: Selection = MARCH, **more: Any
) -> dict[str, Any]:
    (row,) = compare(reader, [metric], selection, **more).to_dict("records")
    return row


def by_channel(reader: Reader, metric: str) -> dict[str, dict[str, Any]]:
    rows = compare(reader, [metric], MARCH, by=["channel"]).to_dict("records")
    return {row["channel"]: row for row in rows}


def test_counts(reader: Reader) -> None:
    row = compared(reader, "contacts")
    assert (row["value"], row["previous"], row["year_ago"]) == (470, 405, 471)
    assert (row["previous_difference"], row["year_ago_difference"]) == (65, -1)
    spread = 1.959964 * (470 + 405) ** 0.5
    assert (row["previous_low"], row["previous_high"]) == pytest.approx((65 - spread, 65 + spread))
    assert row["previous_is_change"]
    assert not row["year_ago_is_change"]


def test_shares(reader: Reader) -> None:
    row = compared(reader, "digital_share")
    now, then = (170, 470), (90, 405)

    def bounds(part: int, whole: int) -> tuple[pd.Series, pd.Series, pd.Series]:
        low, high = wilson(pd.Series([float(part)]), pd.Series([float(whole)]))
        return low, pd.Series([part / whole]), high

    low, high = difference_of_shares(*bounds(*now), *bounds(*then))
    assert row["previous_difference"] == pytest.approx(170 / 470 - 90 / 405)
    assert (row["previous_low"], row["previous_high"]) == pytest.approx((low[0], high[0]))
    assert row["previous_is_change"]


def test_a_small_difference_is_no_change(of_large_groups: Reader) -> None:
    row = by_channel(of_large_groups, "contacts")["phone"]
    assert (row["value"], row["previous"]) == (300, 310)
    assert row["previous_low"] < 0 < row["previous_high"]
    assert not row["previous_is_change"]


def test_a_group_that_is_new_counts_as_nought_before(reader: Reader) -> None:
    row = by_channel(reader, "contacts")["app"]
    assert (row["value"], row["year_ago"], row["year_ago_difference"]) == (20, 0, 20)
    assert row["year_ago_is_change"]


def test_a_hidden_group_has_no_difference(reader: Reader) -> None:
    """In February the post was five letters: neither it nor what hides it is told.

    E-mail could not hide it: it is all that is digital, of which the share is shown.
    """
    rows = by_channel(reader, "contacts")
    assert pd.isna(rows["post"]["previous"])
    assert pd.isna(rows["post"]["previous_difference"])
    assert not rows["post"]["previous_is_change"]
    assert pd.isna(rows["phone"]["previous"])
    assert rows["email"]["previous"] == 90


@pytest.mark.parametrize(
    "days",
    [
        (date(2025, 3, 1), date(2025, 4, 30)),  # April was not loaded
        (date(2024, 2, 1), date(2024, 3, 31)),  # nor was February 2024
    ],
)
def test_an_incomplete_period_is_never_compared(reader: Reader, days: tuple[date, date]) -> None:
    row = compared(reader, "contacts", Selection(*days))
    assert not row["is_complete"]
    for name in ("previous", "year_ago"):
        assert pd.isna(row[f"{name}_difference"])
        assert pd.isna(row[f"{name}_low"])
        assert pd.isna(row[f"{name}_high"])
        assert not row[f"{name}_is_change"]


def test_nothing_is_compared_with_days_before_the_first(reader: Reader) -> None:
    row = compared(reader, "contacts", Selection(date(2024, 3, 1), date(2024, 3, 31)))
    assert (row["value"], row["is_complete"]) == (471, True)
    assert pd.isna(row["previous_difference"])
    assert pd.isna(row["year_ago_difference"])


def test_what_settles_late_is_compared_once_the_window_has_passed(reader: Reader) -> None:
    assert not compared(reader, "cost_per_episode")["is_complete"]
    february = Selection(date(2025, 2, 1), date(2025, 2, 28))
    assert compared(reader, "cost_per_episode", february)["is_complete"]


def test_only_what_is_asked_for(reader: Reader) -> None:
    row = compared(reader, "contacts", against=["previous"])
    assert "previous" in row
    assert not [name for name in row if name.startswith("year_ago")]


def test_filters_hold_in_every_period(of_large_groups: Reader) -> None:
    selection = Selection(MARCH.start, MARCH.end, {"channel": ("phone",)})
    row = compared(of_large_groups, "contacts", selection)
    assert (row["value"], row["previous"], row["year_ago"]) == (300, 310, 400)


def test_periods_that_overlap(tmp_path: Path) -> None:
    """Of twenty months the same a year ago lies partly in them."""
    days = pd.date_range("2022-01-01 12:00", "2025-08-31 12:00", freq="D")
    reader = warehouses.build(tmp_path, [{"started_at": day} for day in days])
    row = compared(reader, "contacts", Selection(date(2024, 1, 1), date(2025, 8, 31)))
    spans = [
        ("2024-01-01", "2025-08-31"),
        ("2022-05-01", "2023-12-31"),
        ("2023-01-01", "2024-08-31"),
    ]
    wanted = [len(pd.date_range(*days, freq="D")) for days in spans]
    assert [row["value"], row["previous"], row["year_ago"]] == wanted


def test_an_unknown_metric(reader: Reader) -> None:
    with pytest.raises(SelectionError, match="repeat_sharre"):
        compare(reader, ["repeat_sharre"], MARCH)
