"""Forecasts, held against worlds of which the truth is known."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.planning.backtest import (
    Plan,
    Series,
    accuracy,
    backtest,
    best,
    forecasts,
    judged,
    plan_of,
)
from analytics.planning.bands import bands, coverage
from analytics.planning.busy import spread
from analytics.planning.models import BASELINE, MODELS
from analytics.planning.work_out import planning
from tests.warehouses import build
from warehouse.planning_settings import EventSettings, IgnoreSettings, PlanningSettings

_WEEKDAYS = np.array([1.3, 1.1, 1.0, 1.0, 0.8, 0.0, 0.0])
_OWN = PlanningSettings()


def truth(days: pd.DatetimeIndex, level: float = 120.0) -> np.ndarray:
    """Return what is expected each day: a week, a year, and shut at weekends."""
    year = 1 + 0.25 * np.sin(2 * np.pi * days.day_of_year / 365.25)
    return np.asarray(level * _WEEKDAYS[days.day_of_week] * year)


def world(first: str, last: str, seed: int = 1, level: float = 120.0) -> pd.Series:
    days = pd.date_range(first, last, freq="D")
    drawn = np.random.default_rng(seed).poisson(truth(days, level))
    return pd.Series(drawn, index=days, dtype=float)


def ahead(
    counts: pd.Series, settings: PlanningSettings, model: str, days: int = 84
) -> pd.DataFrame:
    return forecasts(
        Series("phone", None, counts), counts.index[-1], days, settings, {model: MODELS[model]}
    )


@pytest.mark.parametrize("model", ["regression", "regression_level"])
def test_a_forecast_finds_week_and_year(model: str) -> None:
    counts = world("2022-01-01", "2024-09-30")
    found = ahead(counts, _OWN, model)
    open_days = found[~found["is_closed"]]
    expected = truth(open_days.index)
    assert np.abs(open_days[model] - expected).mean() / expected.mean() < 0.06
    assert (found.loc[found.index.day_of_week >= 5, model] == 0).all()


def test_the_baseline_repeats_the_last_week() -> None:
    counts = world("2024-01-01", "2024-09-29")
    found = ahead(counts, _OWN, BASELINE, 14)[BASELINE]
    assert found.tolist() == [*counts[-7:].tolist()] * 2


def test_an_event_is_expected_where_it_comes_back() -> None:
    starts = (date(2023, 3, 6), date(2024, 3, 4), date(2025, 3, 3))
    counts = world("2022-06-01", "2025-02-23")
    for start in starts[:2]:
        during = counts[pd.Timestamp(start) : pd.Timestamp(start + timedelta(days=9))]
        counts[during.index] = during * 2
    event = EventSettings(name="tax", dates=starts, days=10)
    with_it = ahead(counts, PlanningSettings(event=(event,)), "regression", 28)["regression"]
    day = pd.Timestamp("2025-03-04")
    assert with_it[day] == pytest.approx(2 * truth(pd.DatetimeIndex([day]))[0], rel=0.2)
    after = pd.Timestamp("2025-03-18")
    assert with_it[after] == pytest.approx(truth(pd.DatetimeIndex([after]))[0], rel=0.2)


def test_corona_and_a_disruption_are_not_learnt() -> None:
    counts = world("2022-01-01", "2024-06-30")
    broken = counts.copy()
    broken["2024-02-01":"2024-05-31"] *= 0.3
    broken["2024-06-12"] *= 6
    out = IgnoreSettings(name="corona", start=date(2024, 2, 1), end=date(2024, 5, 31))
    for model in ("regression_level", "recent_weeks"):
        whole = ahead(counts, _OWN, model)[model].sum()
        ignoring = ahead(broken, PlanningSettings(ignore=(out,)), model)[model].sum()
        assert ignoring == pytest.approx(whole, rel=0.08)


def test_no_fold_looks_ahead() -> None:
    counts = world("2022-01-01", "2024-06-30")
    origin = pd.Timestamp("2024-02-25")
    changed = counts.copy()
    changed[changed.index > origin] = 10_000.0
    plan = Plan((origin,), 84)
    first, second = (
        backtest(Series("phone", None, one), plan, _OWN, MODELS) for one in (counts, changed)
    )
    columns = [*MODELS, "expected", "is_closed", "scale"]
    pd.testing.assert_frame_equal(first[columns], second[columns])


def test_how_histories_are_cut() -> None:
    last = pd.Timestamp("2025-12-31")
    long, short = plan_of(104 * 7, last, 12), plan_of(12 * 7, last, 12)
    assert long
    assert short
    assert long.horizon == 84
    assert all(origin + timedelta(days=84) <= last for origin in long.origins)
    assert 3 <= len(long.origins) <= 12
    assert short.horizon == 7
    assert len(short.origins) >= 3
    assert plan_of(30, last, 12) is None


def test_accuracy_by_hand() -> None:
    days = pd.date_range("2024-01-01", periods=4)
    rows = pd.DataFrame(
        {"origin": days[0], "day": days, "step": range(1, 5), "actual": [10.0, 20, 0, 30],
         BASELINE: [14.0, 20, 0, 22], "expected": [11.0, 18, 5, 33], "scale": 4.0,
         "is_closed": [False, False, True, False], "is_ignored": False}
    )  # fmt: skip
    found = accuracy(rows, "expected")
    assert found.error == pytest.approx(2.0)  # |1|, |2| and |3|: the closed day is left out
    assert found.share == pytest.approx(6 / 60)
    assert found.mase == pytest.approx(0.5)
    assert found.against_naive == pytest.approx(6 / 12)
    assert best(rows, [BASELINE, "expected"]) == "expected"


def test_bands_hold_what_they_promise_where_chance_is_all() -> None:
    series = Series("phone", None, world("2022-01-01", "2025-06-29", seed=5))
    plan = plan_of(len(series.counts), series.counts.index[-1], 12)
    assert plan
    rows = judged(backtest(series, plan, _OWN, {BASELINE: MODELS[BASELINE],
                                                "regression": MODELS["regression"]}))  # fmt: skip
    held = coverage(rows)
    assert held
    assert held.shares[80] == pytest.approx(0.80, abs=0.05)
    assert held.shares[95] == pytest.approx(0.95, abs=0.03)


def test_bands_are_the_quantiles_of_errors() -> None:
    errors = np.arange(-50, 51)
    rows = pd.DataFrame({"expected": 100.0, "actual": 100.0 + errors, "step": 1})
    made = bands(rows, 1.0)
    assert made
    around = made.around(np.array([200.0]), np.array([3]))
    # 10 of 101 errors lie beyond each bound, of a hundred; of two hundred it is twice as far
    assert around["low_80"][0] == pytest.approx(200 - 2 * 41)
    assert around["high_80"][0] == pytest.approx(200 + 2 * 41)


def test_the_spread_over_the_day() -> None:
    cells = pd.DataFrame(
        [("phone", 0, 18, 30), ("phone", 0, 19, 60), ("phone", 1, 18, 4), ("phone", 1, 19, 36),
         ("phone", 1, 44, 2)],
        columns=["channel", "weekday", "slot", "contacts"],
    )  # fmt: skip
    found = spread(cells, 10).set_index(["weekday", "slot"])["share"]
    assert found[0, 18] == pytest.approx(1 / 3)
    assert (1, 44) not in found.index  # two contacts at ten in the evening are no opening hours
    pooled, own = 34 / 130, 36 / 40
    assert found[1, 18] == pytest.approx(pooled / (pooled + own))  # four are too few to be shown
    assert found.groupby("weekday").sum().tolist() == pytest.approx([1, 1])


def test_parts_add_up_and_small_ones_stay_hidden(tmp_path: object) -> None:
    dice = np.random.default_rng(3)
    rows = []
    for day in pd.date_range("2024-01-01", "2024-07-28", freq="D"):
        for service, mean in (("paspoort", 20), ("verhuizing", 8), ("hondenbelasting", 0.3)):
            for number in range(dice.poisson(mean if day.day_of_week < 5 else 0)):
                moment = day + pd.Timedelta(hours=8, minutes=int(dice.integers(0, 540)))
                rows.append({"contact_id": f"{day:%j}{service}{number}", "started_at": moment,
                             "service": service, "outcome": "resolved", "handle_seconds": 240.0,
                             "wait_seconds": 10.0})  # fmt: skip
    reader = build(tmp_path, rows)  # type: ignore[arg-type]
    found = planning(reader)
    weeks = found["weeks"]
    parts = weeks[weeks["service"] != ""].groupby("first_on")["expected"].sum()
    whole = weeks[(weeks["service"] == "") & (weeks["channel"] == "phone")]
    assert len(parts) == 12
    assert parts.tolist() == pytest.approx(whole["expected"].tolist())
    assert set(weeks["service"]) == {"", "paspoort", "verhuizing", "*"}
    small = weeks[weeks["service"] == "*"]
    assert small["baseline"].isna().all()
    days = found["days"][found["days"]["channel"] == "phone"]
    assert days["expected"].sum() == pytest.approx(whole["expected"].sum())
    again = planning(reader)  # from beside the warehouse
    for name, table in found.items():
        pd.testing.assert_frame_equal(table, again[name], check_dtype=False)
