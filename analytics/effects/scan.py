"""The series that are watched: what is counted, where, and what was to be expected each week.

Expected is what the weeks around say, without those in a disruption; and what the same weeks of
other years say. A season is then no disruption: it shows in both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.effects.weekly import Outcome, Sums

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


def watch(sums: Sums, outcomes: Sequence[Outcome] = WATCHED) -> Watched:
    """Return the watched series: every service, channel and both together, of every outcome."""
    found = list(_series(sums, outcomes))
    places = tuple(place for place, _, _ in found)
    if not found or not sums.weeks:
        empty = np.zeros((len(sums.weeks), 0))
        return Watched((), *(empty,) * 6, np.zeros(0), empty.astype(bool))
    numerator = np.column_stack([one for _, one, _ in found])
    size = np.column_stack([one for _, _, one in found])
    masked = np.zeros(numerator.shape, dtype=bool)
    around, year = _windows(len(sums.weeks))
    spread = np.ones(numerator.shape[1])
    for _ in range(_ROUNDS):  # the furthest week hides its neighbours: one at a time
        expected, events = _expected(numerator, size, masked, around)
        z = _distance(numerator, expected, spread, events)
        usable = ~masked & (size > 0)
        spread = _spread(numerator, expected, events, usable)
        far = np.where(usable, np.abs(z), 0.0)
        peak = np.array([far[list(near)].max(axis=0) for near in _near(len(far))])
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


def _series(
    sums: Sums, outcomes: Sequence[Outcome]
) -> Iterator[tuple[Place, np.ndarray, np.ndarray]]:
    services = [*range(len(sums.services)), None]
    channels = [*range(len(sums.channels)), None]
    for outcome in outcomes:
        top, size = sums.array(outcome)
        for service in services:
            for channel in channels:
                numerator = _cut(top, service, channel)
                if numerator.sum() < _FEWEST:
                    continue
                if outcome.is_ratio:
                    one = _cut(size, service, channel)
                elif channel is not None:
                    one = sums.open_days[:, channel]
                else:
                    weights = _cut(top, service, None, keep=True).sum(axis=0)
                    one = sums.open_days @ (weights / weights.sum())
                yield (
                    Place(
                        outcome,
                        None if service is None else sums.services[service],
                        None if channel is None else sums.channels[channel],
                    ),
                    numerator,
                    one,
                )


def _cut(
    array: np.ndarray, service: int | None, channel: int | None, *, keep: bool = False
) -> np.ndarray:
    array = array.sum(axis=1) if service is None else array[:, service]
    if keep:
        return array
    return array.sum(axis=1) if channel is None else array[:, channel]


def _windows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which weeks tell of each week: those around it, and the same of other years."""
    apart = np.abs(np.arange(count)[:, None] - np.arange(count)[None, :])
    around = (apart <= _AROUND) & (apart > _NEAR)
    beside = np.abs(apart - _YEAR * np.maximum(np.round(apart / _YEAR), 1)) <= _YEAR_AROUND
    return around.astype(float), (beside & (apart >= _YEAR - _YEAR_AROUND)).astype(float)


def _near(count: int) -> Iterator[range]:
    for week in range(count):
        yield range(max(week - _AROUND, 0), min(week + _AROUND + 1, count))


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
