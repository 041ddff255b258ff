"""Groups against the average, held against SciPy, plain loops and worlds with a known truth."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from analytics.contrast import contrast, spread_of, stands_out


def cells_of(rows: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["group", "stratum", "size", "events"])


def test_without_strata_the_test_is_that_of_pearson() -> None:
    cells = cells_of([("a", "", 400, 90), ("b", "", 700, 100), ("c", "", 500, 60)])
    found = contrast(cells, ["group"]).set_index("group")
    for group in "abc":
        own = cells[cells["group"] == group].iloc[0]
        rest = cells[cells["group"] != group][["size", "events"]].sum()
        table = [[own["events"], own["size"] - own["events"]],
                 [rest["events"], rest["size"] - rest["events"]]]  # fmt: skip
        assert found.loc[group, "p"] == pytest.approx(
            chi2_contingency(table, correction=False).pvalue
        )


def test_excess_and_its_interval_by_hand() -> None:
    cells = cells_of([("a", "", 100, 30), ("b", "", 300, 30)])
    row = contrast(cells, ["group"]).set_index("group").loc["a"]
    assert row["expected"] == pytest.approx(15.0)
    assert row["excess"] == pytest.approx(15.0)
    assert row["ratio"] == pytest.approx(2.0)
    # 100 contacts at 0.3 against 300 at 0.1; the average holds a quarter of the group itself
    margin = 1.959964 * 0.75 * (100 * 0.3 * 0.7 + 100**2 * 0.1 * 0.9 / 300) ** 0.5
    assert row["excess_low"] == pytest.approx(15 - margin)
    assert row["excess_high"] == pytest.approx(15 + margin)


def test_within_strata_a_group_is_not_blamed_for_where_it_is() -> None:
    # b is always on the bad stratum, and no different there
    rows = [("a", "good", 900, 90), ("a", "bad", 100, 40), ("b", "bad", 400, 160)]
    assert contrast(cells_of(rows), ["group"]).set_index("group").loc["b", "ratio"] > 1.5
    within = contrast(cells_of(rows), ["group"], ["stratum"]).set_index("group").loc["b"]
    assert within["ratio"] == pytest.approx(1.0)
    assert within["p"] == pytest.approx(1.0)


def test_a_group_that_is_all_there_is_cannot_be_judged() -> None:
    row = contrast(cells_of([("a", "", 100, 30)]), ["group"]).iloc[0]
    assert pd.isna(row["p"])
    assert pd.isna(row["excess_low"])


def benjamini_hochberg(p: list[float], share: float) -> list[bool]:
    ranked = sorted(range(len(p)), key=lambda index: p[index])
    last = max(
        (rank for rank, i in enumerate(ranked, 1) if p[i] <= share * rank / len(p)), default=0
    )
    return [index in ranked[:last] for index in range(len(p))]


def test_what_stands_out_is_what_the_step_up_procedure_keeps() -> None:
    dice = np.random.default_rng(5)
    for _ in range(50):
        p = [*(dice.random(12) ** 3), *dice.random(8)]
        assert list(stands_out(pd.Series(p), 0.1)) == benjamini_hochberg(p, 0.1)


def test_what_has_no_p_is_not_counted() -> None:
    p = pd.Series([0.04, float("nan"), float("nan")])
    assert list(stands_out(p, 0.05)) == [True, False, False]


def test_spread_is_that_of_customers_one_by_one() -> None:
    dice = np.random.default_rng(7)
    customers = [
        (size, int(dice.binomial(size, dice.beta(1, 3)))) for size in dice.integers(1, 9, 800)
    ]
    frame = pd.DataFrame(customers, columns=["size", "events"])
    counted = frame.value_counts().reset_index(name="count")
    contacts, events = frame["size"].sum(), frame["events"].sum()
    rate = events / contacts
    by_hand = sum((y - rate * n) ** 2 for n, y in customers) / (contacts * rate * (1 - rate))
    assert by_hand > 1.2
    assert spread_of(counted) == pytest.approx(by_hand)


def worlds(rates: np.ndarray, sizes: np.ndarray, count: int, seed: int) -> list[pd.DataFrame]:
    dice = np.random.default_rng(seed)
    groups = [f"g{index}" for index in range(len(rates))]
    return [
        contrast(
            pd.DataFrame({"group": groups, "size": sizes, "events": dice.binomial(sizes, rates)}),
            ["group"],
        )
        for _ in range(count)
    ]


def test_no_difference_yields_false_alarms_at_the_stated_rate_at_most() -> None:
    found = worlds(np.full(40, 0.18), np.linspace(100, 900, 40).astype(int), 400, 11)
    alarms = sum(bool((stands_out(one["p"], 0.05) & (one["excess"] > 0)).any()) for one in found)
    print(  # noqa: T201
        f"worlds with any false alarm: {alarms} of {len(found)} (stated: 5% at most)"
    )
    assert alarms / len(found) <= 0.05 + 2.6 * (0.05 * 0.95 / 400) ** 0.5


def test_planted_drivers_are_found_and_the_interval_holds_the_truth() -> None:
    rates, sizes = np.full(40, 0.15), np.full(40, 600)
    rates[:6] = 0.25
    average = float(rates.mean())
    found = worlds(rates, sizes, 200, 13)
    named = [stands_out(one["p"], 0.05) & (one["excess"] > 0) for one in found]
    is_true = np.array([index in {f"g{n}" for n in range(6)} for index in found[0]["group"]])
    hits = sum(int((one & is_true).sum()) for one in named)
    false = sum(int((one & ~is_true).sum()) for one in named)
    truth = pd.Series(
        [(rate - average) * 600 for rate in rates], index=[f"g{n}" for n in range(40)]
    )
    truths = found[0]["group"].map(truth)
    held = [(one["excess_low"] <= truths) & (truths <= one["excess_high"]) for one in found]
    coverage = float(pd.concat(held).mean())
    print(  # noqa: T201
        f"precision {hits / (hits + false):.3f}, recall {hits / (6 * 200):.3f},"
        f" coverage {coverage:.3f}"
    )
    assert hits / (hits + false) >= 0.93
    assert hits / (6 * 200) >= 0.95
    assert 0.93 <= coverage <= 0.975
