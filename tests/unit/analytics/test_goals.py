"""Goals: how likely they are, held against worlds in which the year's end is known."""

# ruff: noqa: T201  # what was measured is shown

from datetime import date

import numpy as np
import pytest

from analytics.goals.forecast import Months, forecast
from warehouse.errors import ConfigurationError
from warehouse.goal_settings import GoalSettings
from warehouse.settings import parse_settings


def months(seed: int, count: int) -> Months:
    """A share with season and drift, of clumped numbers."""
    dice = np.random.default_rng(seed)
    place = np.arange(count)
    share = 0.2 * np.exp(0.1 * np.cos(2 * np.pi * place / 12) + 0.004 * place)
    share = share * np.exp(0.03 * dice.standard_normal(count))
    size = dice.poisson(3000, count).astype(float)
    return Months(dice.binomial(size.astype(int), share).astype(float), size)


def test_the_margin_of_the_end_holds_the_end_about_as_often_as_it_says() -> None:
    within = []
    for seed in range(60):
        whole = months(seed, 36)
        assert whole.denominator is not None
        known = Months(whole.numerator[:28], whole.denominator[:28])
        ahead = forecast(known, 8)
        assert ahead is not None
        assert ahead.denominator is not None
        ends = ahead.numerator.sum(axis=1) / ahead.denominator.sum(axis=1)
        truth = whole.numerator[28:].sum() / whole.denominator[28:].sum()
        low, high = np.quantile(ends, [0.1, 0.9])
        within.append(low <= truth <= high)
    print(f"the margin of 80% holds the year's rest in {np.mean(within):.0%} of 60 worlds")
    assert 0.65 <= np.mean(within) <= 0.98


def test_a_season_comes_back() -> None:
    season = 100 + 50 * np.cos(2 * np.pi * np.arange(36) / 12)
    ahead = forecast(Months(season, None), 12)
    assert ahead is not None
    assert ahead.is_seasonal
    assert np.median(ahead.numerator, axis=0) == pytest.approx(season[:12], rel=0.05)


def test_half_a_year_is_too_little() -> None:
    assert forecast(Months(np.full(5, 10.0), None), 3) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "repeat_share", "year": 2026},
        {"metric": "repeat_share", "at_most": 0.1, "at_least": 0.1, "year": 2026},
        {"metric": "repeat_share", "at_most": 0.1},
        {"metric": "repeat_share", "at_most": 0.1, "year": 2026, "by": date(2026, 3, 1)},
        {"metric": "repeat_share", "at_most": 0.1, "year": 2026, "where": {"area": ["a"]}},
    ],
)
def test_a_goal_that_says_too_little_or_two_things_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        parse_settings({"goal": [wrong]})


def test_a_goal_knows_its_days() -> None:
    goal = GoalSettings(metric="repeat_share", at_most=0.1, year=2026)
    assert goal.days == (date(2026, 1, 1), date(2026, 12, 31))


def test_an_unknown_category_is_refused() -> None:
    moves = [{"metric": "avoidable_share", "category": "no_such_thing"}]
    one = {"name": "x", "started_on": date(2026, 1, 1), "moves": moves}
    with pytest.raises(ConfigurationError, match="no_such_thing"):
        parse_settings({"intervention": [one]})
