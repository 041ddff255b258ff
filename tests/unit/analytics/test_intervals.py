"""Intervals, against SciPy and against worked examples from the literature."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from analytics.intervals import difference_of_counts, difference_of_shares, widening, wilson


@pytest.mark.parametrize("trials", [1, 2, 10, 97, 1000, 123_456])
@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.5, 0.99, 1.0])
def test_wilson_is_scipys(trials: int, part: float) -> None:
    successes = round(part * trials)
    low, high = wilson(pd.Series([float(successes)]), pd.Series([float(trials)]))
    wanted = binomtest(successes, trials).proportion_ci(confidence_level=0.95, method="wilson")
    assert (low[0], high[0]) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_of_nothing_there_is_no_interval() -> None:
    low, high = wilson(pd.Series([0.0]), pd.Series([0.0]))
    assert math.isnan(low[0])
    assert math.isnan(high[0])


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe (1998), "Interval estimation for the difference between independent
        # proportions", Statistics in Medicine 17, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_difference_of_shares_is_newcombes(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    def bounds(successes: int, trials: int) -> tuple[pd.Series, pd.Series, pd.Series]:
        share = pd.Series([successes / trials])
        lowest, highest = wilson(pd.Series([float(successes)]), pd.Series([float(trials)]))
        return lowest, share, highest

    found_low, found_high = difference_of_shares(*bounds(*one), *bounds(*other))
    assert found_low[0] == pytest.approx(low, abs=6e-5)
    assert found_high[0] == pytest.approx(high, abs=6e-5)


def test_the_difference_of_counts_is_poissons() -> None:
    """Two Poisson counts of 400 and 500 differ by 100, give or take 1.96 times the root of 900."""
    low, high = difference_of_counts(pd.Series([500.0]), pd.Series([400.0]))
    assert (low[0], high[0]) == pytest.approx((100 - 58.8, 100 + 58.8), abs=0.01)


def test_a_mean_of_numbers_that_resemble_their_neighbours_is_that_much_wider() -> None:
    """Held against means of many simulated series whose correlation is known."""
    dice, alike, count = np.random.default_rng(7), 0.5, 400
    series = np.empty((3000, count))
    series[:, 0] = dice.standard_normal(3000)
    for place in range(1, count):
        fresh = dice.standard_normal(3000) * np.sqrt(1 - alike**2)
        series[:, place] = alike * series[:, place - 1] + fresh
    simulated = series.mean(axis=1).var() * count
    told = np.mean([widening(one - one.mean()) for one in series[:200]])
    assert told == pytest.approx(simulated, rel=0.1)
    assert widening(np.tile([1.0, -1.0], 50)) == 1.0
    assert widening(np.linspace(-1, 1, 200)) == pytest.approx(9.0)
