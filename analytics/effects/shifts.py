"""Shifts: from which week on a figure stayed higher or lower.

The season is taken out, and the series is cut where the level of its Poisson numbers changes
(ruptures, binary segmentation). Of each cut the step is held against what the largest of all
possible steps would be by chance (Miller and Siegmund 1982), with the numbers' own spread and the
resemblance of neighbouring weeks reckoned in; and the probability of even one false shift, over all
series together, stays below FALSE_SHIFTS. A figure that drifts slowly has no week in which it
shifted: a straight line must explain it worse than the step. Numbers of contacts grow and follow
the season: they are watched from three years on, when these can be told apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import ruptures
from ruptures.base import BaseCost
from scipy import stats

from analytics.effects.regression import YEAR_WEEKS, fitted, poisson, season
from analytics.effects.scan import WATCHED, Place
from analytics.effects.weekly import Outcome, Sums, Weekly
from analytics.intervals import widening

FALSE_SHIFTS = 0.05
"""The probability of a false shift over everything that is watched together."""
_SEGMENT = 13
"""A level that lasts less than a quarter is no shift."""
_FEWEST_WEEKS = 2 * _SEGMENT
_FEWEST = 52.0
_YEARS_FOR_COUNTS = 3
_PENALTY = 4.0
"""In units of the spread; generous: what it lets through must still pass the test."""
_ENOUGH_PART = 0.15


@dataclass(frozen=True)
class Shift:
    """A level that changed and stayed.

    Args:
        started_on: Monday of the first week at the new level.
        place: the series.
        before: the figure before, back to the shift before it: a ratio, or the number a week.
        after: the figure after.
        events: what is counted before and after: numerators.
        chance: the probability of so large a step anywhere in the series by chance.
    """

    started_on: date
    place: Place
    before: float
    after: float
    events: tuple[float, float]
    chance: float

    @property
    def is_more(self) -> bool:
        """Whether it went up."""
        return self.after > self.before


def shifts(
    sums: Sums,
    masked: np.ndarray,
    threshold: int,
    outcomes: Sequence[Outcome] = WATCHED,
) -> tuple[Shift, ...]:
    """Return the shifts, in order of time.

    Args:
        sums: by week.
        masked: (week, service) in a disruption.
        threshold: the smallest group that is shown.
        outcomes: what is watched; each avoidable category is watched besides.
    """
    watched = list(_series(sums, masked, outcomes))
    limit = FALSE_SHIFTS / max(len(watched), 1)
    found: list[Shift] = []
    for place, series in watched:
        found += [
            shift
            for shift in _shifts_of(place, series, limit)
            if _is_about_enough(shift, threshold)
        ]
    return tuple(sorted(found, key=lambda one: (one.started_on, one.chance)))


def _is_about_enough(shift: Shift, threshold: int) -> bool:
    """Tell whether a shift may be shown; of a category each level counts by itself."""
    if shift.place.outcome.category and min(shift.events) < threshold:
        return False
    return max(shift.events) >= 2 * threshold


def _series(
    sums: Sums, masked: np.ndarray, outcomes: Sequence[Outcome]
) -> Iterator[tuple[Place, Weekly]]:
    """Give the series of each service and each channel, and of unfinished forms.

    Of a channel's series the services in a disruption are left out for as long as it lasts.
    """
    calm = ~masked[:, :, None]
    quiet = replace(
        sums,
        parts={key: array * calm for key, array in sums.parts.items()},
        categories={key: array * calm for key, array in sums.categories.items()},
    )
    kinds = [*outcomes, *(Outcome("avoidable_share", category) for category in sums.categories)]
    is_long = len(sums.weeks) >= _YEARS_FOR_COUNTS * YEAR_WEEKS
    for outcome in kinds:
        if not (outcome.is_ratio or is_long):
            continue
        pairs: list[tuple[str | None, str | None]] = [
            *((service, None) for service in sums.services),
            *((None, channel) for channel in sums.channels),
        ]
        if outcome.metric == "abandonment_share":
            pairs += [(service, channel) for service in sums.services for channel in sums.channels]
        for service, channel in pairs:
            place = Place(outcome, service, channel)
            series = place.series(sums, masked) if service else place.series(quiet)
            usable = series.usable & (series.size > 0)
            if series.numerator[usable].sum() >= _FEWEST and usable.sum() >= _FEWEST_WEEKS:
                yield place, series.part(usable)


class _PoissonCost(BaseCost):
    """What it costs to give a stretch of Poisson numbers one level: minus the log-likelihood."""

    model = "poisson"
    min_size = 1

    def fit(self, signal: np.ndarray) -> "_PoissonCost":
        """Take the numbers and their exposure, two columns."""
        self.signal = signal
        self._sums = np.concatenate([np.zeros((1, 2)), np.cumsum(signal, axis=0)])
        return self

    def error(self, start: int, end: int) -> float:
        """Return the cost of the stretch from start until end."""
        events, size = self._sums[end] - self._sums[start]
        return float(-events * np.log(events / size)) if events > 0 and size > 0 else 0.0


def _shifts_of(place: Place, series: Weekly, limit: float) -> Iterator[Shift]:
    size = _seasoned(series)
    signal = np.column_stack([series.numerator, size])
    spread = _spread(signal)
    detector = ruptures.Binseg(custom_cost=_PoissonCost(), min_size=_SEGMENT, jump=1)
    cuts = [0, *detector.fit(signal).predict(pen=_PENALTY * spread)]
    for first, cut, last in zip(cuts, cuts[1:], cuts[2:], strict=False):
        chance = step_chance(signal[first:last], cut - first)
        before, after = _level(series, first, cut), _level(series, cut, last)
        is_large = abs(after - before) >= _ENOUGH_PART * max(before, after)
        if chance < limit and is_large and not _drifts(signal[first:last], cut - first):
            yield Shift(
                series.weeks[cut],
                place,
                before,
                after,
                (
                    float(series.numerator[first:cut].sum()),
                    float(series.numerator[cut:last].sum()),
                ),
                chance,
            )


def _spread(signal: np.ndarray) -> float:
    """Return the spread of neighbouring weeks over that of chance: a level's steps hardly count."""
    expected = signal[:, 1] * signal[:, 0].sum() / signal[:, 1].sum()
    residual = (signal[:, 0] - expected) / np.sqrt(expected)
    return max(float(np.mean(np.diff(residual) ** 2) / 2), 1.0)


def _level(series: Weekly, first: int, last: int) -> float:
    total = float(series.numerator[first:last].sum())
    return total / (float(series.size[first:last].sum()) if series.is_ratio else last - first)


def _seasoned(series: Weekly) -> np.ndarray:
    """Return the exposure of each week, with the year's season in it where that can be known."""
    days = np.array([(week - series.weeks[0]).days for week in series.weeks]) / 7
    harmonics = (1 if series.is_ratio else 3) if days[-1] >= 1.5 * YEAR_WEEKS else 0
    if not harmonics:
        return series.size
    design = np.column_stack([np.ones(len(days)), *season(days, harmonics)])
    fit = fitted(poisson(series.numerator, design, series.size))
    seasons = np.clip(design[:, 1:] @ fit.params[1:], -3, 3)
    return np.asarray(series.size * np.exp(seasons))


def step_chance(signal: np.ndarray, cut: int) -> float:
    """Return the probability that chance alone gives so large a step at some week of the series.

    Args:
        signal: the numbers by week and their exposure, two columns.
        cut: the place of the first week after the step.
    """
    count = len(signal)
    cost = _PoissonCost().fit(signal)
    gain = 2 * (cost.error(0, count) - cost.error(0, cut) - cost.error(cut, count))
    rates = [
        part[:, 0].sum() / part[:, 1].sum() if part[:, 1].sum() else 0.0
        for part in (signal[:cut], signal[cut:])
    ]
    expected = signal[:, 1] * np.where(np.arange(count) < cut, rates[0], rates[1])
    within = (signal[:, 0] - expected) / np.sqrt(np.maximum(expected, 0.25))
    variance = max(float(within @ within) / max(count - 2, 1), 1.0)
    far = float(np.sqrt(max(gain, 0.0) / (variance * widening(within))))
    if far < 1:
        return 1.0
    edge = _SEGMENT / count
    density = float(stats.norm.pdf(far))
    largest = 4 * density / far + density * (far - 1 / far) * np.log((1 - edge) ** 2 / edge**2)
    return float(min(largest, 1.0))


def _drifts(signal: np.ndarray, cut: int) -> bool:
    """Tell whether a line explains the series as well as the step does (deviance, log scale)."""
    count = len(signal)
    place = np.arange(count) / count - 0.5
    exposure = np.maximum(signal[:, 1], 1e-9)
    deviances = [
        fitted(poisson(signal[:, 0], np.column_stack([np.ones(count), column]), exposure)).deviance
        for column in (place, (np.arange(count) >= cut).astype(float))
    ]
    return bool(deviances[0] <= deviances[1])
