"""What an intervention did: estimated twice, held against chance, and said no stronger than that.

The step in its own series, the step beside comparison services (chosen by how well they ran along
before it), and the same computation where nothing happened: on other services at the same date, and
on dates before it. An effect that such placebos show just as often is no effect.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analytics.effects.interrupted import (
    MIN_WEEKS,
    Estimate,
    Fitted,
    difference_in_differences,
    has_enough,
    in_force,
    interrupted,
)
from analytics.effects.weekly import Outcome, Sums, Weekly

_COMPARISONS = 5
_WORST_FIT = 3.0
"""A comparison service whose weeks spread more than this many times chance does not run along."""
_PLACEBO_WEEKS = 3
"""Placebo dates lie so many weeks apart."""
_ENOUGH_PART = 0.3
"""A service of less than this part of the events cannot be compared with."""
SURE_PLACEBO = 0.05
"""The part of placebos that may be as far out as a real effect."""
_FEWEST_PLACEBOS = 19
"""With fewer no part of one in twenty can be shown."""


class Verdict(StrEnum):
    """How sure a change is, by the estimates and the placebos together."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True)
class Change:
    """What changed where and when, and what it should move.

    Args:
        name: on screen.
        started_on: first day.
        ended_on: last day, if it is over.
        services: that it is about; none: all.
        channels: that are looked at; none: all.
        outcome: what is measured.
    """

    name: str
    started_on: date
    ended_on: date | None
    services: tuple[str, ...]
    channels: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True)
class Placebo:
    """The same computation where nothing happened: which service, from which date, how far out."""

    service: str
    started_on: date
    z: float


class Amount(NamedTuple):
    """What was counted in some weeks, of how many (see `Weekly.size`), and how many weeks."""

    numerator: float
    size: float
    weeks: int


@dataclass(frozen=True)
class Study:
    """What was found.

    Args:
        change: what was asked.
        series: the series, raw: protect it before it is shown.
        fitted: the interrupted series; None where there is too little.
        beside: the estimate beside comparison services; None where there are none.
        comparison: their series together, raw.
        comparisons: which services those are.
        placebos: where nothing happened.
        placebo_part: the part of placebos at least as far out as the real one, itself counted in.
        verdict: how sure.
        before: numerator, size and count of the usable weeks that ended before it began.
        during: the same of those in which it was in force.
    """

    change: Change
    series: Weekly
    fitted: Fitted | None
    beside: Estimate | None
    comparison: Weekly | None
    comparisons: tuple[str, ...]
    placebos: tuple[Placebo, ...]
    placebo_part: float
    verdict: Verdict
    before: Amount
    during: Amount

    @property
    def expected(self) -> tuple[float, float, float]:
        """The figure to be expected since the change without it, and its bounds of 95%.

        A ratio's value, or the amount a week.
        """
        if self.fitted is None:
            return (float("nan"),) * 3
        now, estimate = self.now, self.fitted.estimate
        return now / estimate.ratio, now / estimate.high, now / estimate.low

    @property
    def now(self) -> float:
        """The figure since the change: a ratio's value, or the amount a week; NaN without any."""
        return self._figure(self.during)

    @property
    def earlier(self) -> float:
        """The figure before the change: a ratio's value, or the amount a week; NaN without any."""
        return self._figure(self.before)

    def _figure(self, amount: Amount) -> float:
        of = amount.size if self.series.is_ratio else amount.weeks
        return amount.numerator / of if of else float("nan")


def study(
    sums: Sums,
    change: Change,
    *,
    eventful: Collection[str] = (),
    masked: np.ndarray | None = None,
) -> Study:
    """Return what a change did to a figure.

    Args:
        sums: by week, service and channel.
        change: what is asked.
        eventful: services in which something else changed: nothing is compared with them.
        masked: (week, service) in a disruption: left out.
    """
    series = sums.series(change.outcome, change.services, change.channels, masked)
    step = in_force(series.weeks, change.started_on, change.ended_on)
    # what came after a change that has ended is not before it
    before = in_force(series.weeks, change.started_on, None) == 0
    fitted = interrupted(series, change.started_on, change.ended_on)
    others = _candidates(sums, change, series.numerator[before].sum(), eventful, masked)
    chosen = best_running_along(series, others, before)
    comparison = together([others[name] for name in chosen]) if chosen else None
    beside = (
        difference_in_differences(series, comparison, change.started_on, change.ended_on)
        if comparison is not None
        else None
    )
    placebos = _placebos(series, others, change, before) if fitted is not None else ()
    part = _part_as_far(fitted, placebos)
    return Study(
        change,
        series,
        fitted,
        beside,
        comparison,
        chosen,
        placebos,
        part,
        _verdict(fitted, beside, part, len(placebos)),
        _amount(series, before),
        _amount(series, step > 0),
    )


def _amount(series: Weekly, when: np.ndarray) -> Amount:
    chosen = series.usable & when
    return Amount(
        float(series.numerator[chosen].sum()), float(series.size[chosen].sum()), int(chosen.sum())
    )


def _candidates(
    sums: Sums,
    change: Change,
    events: float,
    eventful: Collection[str],
    masked: np.ndarray | None,
) -> dict[str, Weekly]:
    """Return the series of services in which nothing happened, large enough beside `events`."""
    if not change.services:
        return {}
    step = in_force(sums.weeks, change.started_on, change.ended_on)
    before = in_force(sums.weeks, change.started_on, None) == 0
    found = {}
    for service in sums.services:
        if service in change.services or service in eventful:
            continue
        one = sums.series(change.outcome, [service], change.channels, masked)
        if has_enough(one, step) and one.numerator[before].sum() >= _ENOUGH_PART * events:
            found[service] = one
    return found


def best_running_along(
    series: Weekly, others: dict[str, Weekly], before: np.ndarray
) -> tuple[str, ...]:
    """Return the services that ran along best before the change, the best first.

    How well: the spread of the share that a series has in the sum of both, over that of chance
    (Pearson's chi square by degree of freedom); only weeks `before` the change are looked at.
    """
    fits = {name: _spread_beside(series, other, before) for name, other in others.items()}
    good = [name for name in sorted(fits, key=lambda name: fits[name]) if fits[name] <= _WORST_FIT]
    return tuple(good[:_COMPARISONS])


def _spread_beside(series: Weekly, other: Weekly, before: np.ndarray) -> float:
    usable = before & series.usable & other.usable & (series.size > 0) & (other.size > 0)
    usable &= series.numerator + other.numerator > 0
    if usable.sum() < MIN_WEEKS:
        return float("inf")
    own, theirs = series.numerator[usable], other.numerator[usable]
    sizes = series.size[usable] / other.size[usable]
    level = own.sum() / (theirs * sizes).sum() if (theirs * sizes).sum() else 0.0
    share = level * sizes / (1 + level * sizes)
    both = own + theirs
    spread = both * share * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(spread > 0, (own - both * share) ** 2 / spread, 0.0)
    return float(pearson.sum() / (usable.sum() - 1))


def together(series: Sequence[Weekly]) -> Weekly:
    """Return several series as one; a week counts where it counts in all."""
    first = series[0]
    numerator = np.sum([one.numerator for one in series], axis=0)
    size = np.sum([one.size for one in series], axis=0)
    if not first.is_ratio:
        size = size / len(series)
    return replace(
        first,
        numerator=numerator,
        size=size,
        usable=np.all([one.usable for one in series], axis=0),
    )


def _placebos(
    series: Weekly, others: dict[str, Weekly], change: Change, before: np.ndarray
) -> tuple[Placebo, ...]:
    """Return the step where nothing happened: other services now, and all of them before."""
    found = []
    dates = placebo_dates(series.weeks, change.started_on)
    own = " + ".join(change.services)
    for name, one in {own: series, **others}.items():
        if name != own:
            fitted = interrupted(one, change.started_on, change.ended_on)
            if fitted is not None:
                found.append(Placebo(name, change.started_on, fitted.estimate.z))
        earlier = one.part(before)
        for day in dates:
            fitted = interrupted(earlier, day)
            if fitted is not None:
                found.append(Placebo(name, day, fitted.estimate.z))
    return tuple(found)


def placebo_dates(weeks: Sequence[date], started_on: date) -> tuple[date, ...]:
    """Return Mondays before the change with enough weeks on either side."""
    before = [week for week in weeks if week + timedelta(days=6) < started_on]
    return tuple(before[MIN_WEEKS : len(before) - MIN_WEEKS + 1 : _PLACEBO_WEEKS])


def _part_as_far(fitted: Fitted | None, placebos: Sequence[Placebo]) -> float:
    if fitted is None or not placebos:
        return float("nan")
    as_far = sum(abs(placebo.z) >= abs(fitted.estimate.z) for placebo in placebos)
    return (1 + as_far) / (1 + len(placebos))


def _verdict(
    fitted: Fitted | None, beside: Estimate | None, placebo_part: float, count: int
) -> Verdict:
    """Return how sure: all three agree; two of them; or fewer."""
    if fitted is None:
        return Verdict.TOO_LITTLE
    own = fitted.estimate
    is_out = count >= _FEWEST_PLACEBOS and placebo_part <= SURE_PLACEBO
    agrees = beside is not None and beside.is_sure and (beside.ratio > 1) == (own.ratio > 1)
    if own.is_sure and is_out and agrees:
        return Verdict.SURE
    if own.is_sure + is_out + agrees >= 2:
        return Verdict.LIKELY
    return Verdict.UNSURE
