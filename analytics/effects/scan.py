"""The series that are watched: what is counted, where, and what was to be expected each week.

Expected is what the weeks around say, without those in a disruption; and what the same weeks of
other years say. A season is then no disruption: it shows in both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage, stats

from analytics.effects.weekly import Outcome, Sums, Weekly

WATCHED: tuple[Outcome, ...] = (
    Outcome("contacts"),
    Outcome("abandonment_share"),
    Outcome("repeat_share"),
    Outcome("avoidable_share"),
)
"""What is watched over all services and channels."""

_AROUND, _NEAR = 8, 2
_YEAR, _YEAR_AROUND = 52, 3
_FEWEST = 52.0
"""A series with fewer events in all is not watched: a week of it is about too few people."""
_FAR_OUT = 4.0
_ROUNDS = 12
_SMALL = 0.5
_EDGE_EVENTS = 1.0


@dataclass(frozen=True)
class Place:
    """Where a series is: one service or all (None), one channel or all (None), and what."""

    outcome: Outcome
    service: str | None
    channel: str | None

    def series(self, sums: Sums, masked: np.ndarray | None = None) -> Weekly:
        """Return its numbers by week; those of `masked` (week, service) do not count."""
        services = [self.service] if self.service else ()
        return sums.series(self.outcome, services, [self.channel] if self.channel else (), masked)


@dataclass(frozen=True)
class Watched:
    """All watched series beside what was to be expected; arrays are (week, series).

    Args:
        places: which series they are.
        numerator: what was counted.
        size: by what it is proportional.
        expected: from the weeks around.
        z: how far the numbers lie from there, in standard errors.
        high: the probability of as many or more, by the weeks around and by other years; the
            larger of both.
        low: of as few or fewer.
        spread: of each series, the variance over that of chance.
        masked: weeks that lie far out.
    """

    places: tuple[Place, ...]
    numerator: np.ndarray
    size: np.ndarray
    expected: np.ndarray
    z: np.ndarray
    high: np.ndarray
    low: np.ndarray
    spread: np.ndarray
    masked: np.ndarray

    @property
    def chance(self) -> np.ndarray:
        """The probability of a number so far out on its own side, (week, series)."""
        return np.minimum(self.high, self.low)


def watch(sums: Sums, outcomes: Sequence[Outcome] = WATCHED) -> Watched:
    """Return the watched series: every service, channel and both together, of every outcome."""
    found = list(_series(sums, outcomes))
    places = tuple(place for place, _ in found)
    if not found or not sums.weeks:
        empty = np.zeros((len(sums.weeks), 0))
        return Watched((), *(empty,) * 6, np.zeros(0), empty.astype(bool))
    numerator = np.column_stack([series.numerator for _, series in found])
    size = np.column_stack([series.size for _, series in found])
    masked = np.zeros(numerator.shape, dtype=bool)
    around, year = _windows(len(sums.weeks))
    spread = np.ones(numerator.shape[1])
    for _ in range(_ROUNDS):  # the furthest week hides its neighbours: one at a time
        expected, events = _expected(numerator, size, masked, around)
        z = _distance(numerator, expected, spread, events)
        usable = ~masked & (size > 0)
        spread = _spread(numerator, expected, events, usable)
        far = np.where(usable, np.abs(z), 0.0)
        peak = ndimage.maximum_filter1d(far, 2 * _AROUND + 1, axis=0, mode="nearest")
        new = (far > _FAR_OUT) & (far >= peak)
        if not new.any():
            break
        masked |= new
    expected, events = _expected(numerator, size, masked, around)
    z = _distance(numerator, expected, spread, events)
    high, low = _tails(numerator, expected, spread, events)
    then, then_events = _expected(numerator, size, masked, year)
    then_high, then_low = _tails(numerator, then, spread, then_events)
    known = then_events > 0
    high = np.where(known, np.maximum(high, then_high), high)
    low = np.where(known, np.maximum(low, then_low), low)
    return Watched(places, numerator, size, expected, z, high, low, spread, masked)


def _series(sums: Sums, outcomes: Sequence[Outcome]) -> Iterator[tuple[Place, Weekly]]:
    for outcome in outcomes:
        for service in (*sums.services, None):
            for channel in (*sums.channels, None):
                place = Place(outcome, service, channel)
                series = place.series(sums)
                if series.numerator.sum() >= _FEWEST:
                    yield place, series


def _windows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which weeks tell of each week: those around it, and the same of other years."""
    apart = np.abs(np.arange(count)[:, None] - np.arange(count)[None, :])
    around = (apart <= _AROUND) & (apart > _NEAR)
    beside = np.abs(apart - _YEAR * np.maximum(np.round(apart / _YEAR), 1)) <= _YEAR_AROUND
    return around.astype(float), (beside & (apart >= _YEAR - _YEAR_AROUND)).astype(float)


def _expected(
    numerator: np.ndarray, size: np.ndarray, masked: np.ndarray, window: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what the window's weeks lead one to expect, and of how many events that is known."""
    usable = ~masked & (size > 0)
    events = window @ np.where(usable, numerator, 0.0)
    sizes = window @ np.where(usable, size, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(sizes > 0, size * (events + _SMALL) / sizes, numerator)
    return expected, np.where(sizes > 0, events + _SMALL, 0.0)


def _variance(expected: np.ndarray, spread: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Return the variance of a week's number beside its expectation, which is itself uncertain."""
    known = np.maximum(events, _EDGE_EVENTS)
    return np.asarray(spread * (expected + expected**2 / known))


def _distance(
    numerator: np.ndarray, expected: np.ndarray, spread: np.ndarray, events: np.ndarray
) -> np.ndarray:
    spreads = np.sqrt(_variance(expected, spread, events))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spreads > 0, (numerator - expected) / spreads, 0.0)


def _spread(
    numerator: np.ndarray, expected: np.ndarray, events: np.ndarray, usable: np.ndarray
) -> np.ndarray:
    """Return the spread of each series over that of chance, at least one."""
    variance = _variance(expected, np.ones(numerator.shape[1]), events)
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(usable & (variance > 0), (numerator - expected) ** 2 / variance, np.nan)
    count = np.maximum(usable.sum(axis=0) - 1, 1)
    return np.asarray(np.maximum(np.nansum(squares, axis=0) / count, 1.0))


def _tails(
    numerator: np.ndarray, expected: np.ndarray, spread: np.ndarray, events: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability of as many or more, and of as few or fewer.

    By a negative binomial distribution with the series' own spread.
    """
    mean = np.maximum(expected, 1e-9)
    variance = np.maximum(_variance(mean, spread, events), mean * 1.001)
    size = mean**2 / (variance - mean)
    chance = mean / variance
    high = stats.nbinom.sf(numerator - 1, size, chance)
    low = stats.nbinom.cdf(numerator, size, chance)
    return high, low
