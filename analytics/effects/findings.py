"""Everything that happened and what changes did: worked out once per version of the warehouse.

What is in here may be shown: small groups are out of it.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.effects.disruptions import Disruption, disruptions, masks
from analytics.effects.interrupted import Estimate
from analytics.effects.scan import WATCHED, watch
from analytics.effects.shifts import Shift, shifts
from analytics.effects.shown import Course, course
from analytics.effects.study import Change, Placebo, Verdict, study
from analytics.effects.weekly import Outcome, Sums, Weekly, check_outcome, read_sums
from analytics.kept import kept, look_up
from analytics.measures import Total
from analytics.query import span
from warehouse.goal_settings import InterventionSettings
from warehouse.settings import Settings
from warehouse.store import Reader

_NAME = "effects"
_FORM = "3"
"""Changes with what is kept: an older form is worked out anew."""


@dataclass(frozen=True)
class Effect:
    """What a change did to a figure, as it may be shown.

    Args:
        change: what was asked.
        verdict: how sure.
        estimate: the ratio to what was to be expected from the series itself.
        beside: the same beside comparison services.
        comparisons: those services, the best running along first.
        placebos: the same computation where nothing happened.
        placebo_part: the part of placebos at least as far out.
        now: the figure since the change: a ratio, or the amount a week; None where hidden.
        expected: what was to be expected, with bounds.
        expected_low: lower bound of 95%.
        expected_high: upper bound.
        before: the figure before the change.
        total: the amount since the change beyond (less than: negative) what was to be expected.
        total_low: its lower bound.
        total_high: its upper bound.
        events: what was counted since the change, and of how many.
        course: over time.
        is_known: whether there is such a service and channel at all.
    """

    change: Change
    verdict: Verdict
    estimate: Estimate | None
    beside: Estimate | None
    comparisons: tuple[str, ...]
    placebos: tuple[Placebo, ...]
    placebo_part: float | None
    now: float | None
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    before: float | None
    total: float | None
    total_low: float | None
    total_high: float | None
    events: tuple[float, float] | None
    course: Course
    is_known: bool


@dataclass(frozen=True)
class Findings:
    """What changes did, and what happened by itself.

    Args:
        effects: of each change that the configuration marks, one per figure that it should move.
        disruptions: in order of time.
        shifts: in order of time.
        series: how many series are watched.
        weeks: how many whole weeks there are.
        first_on: Monday of the first week; None without any.
        has_seasons: whether there is more than a year, so that a season is known as such.
    """

    effects: tuple[Effect, ...]
    disruptions: tuple[Disruption, ...]
    shifts: tuple[Shift, ...]
    series: int
    weeks: int
    first_on: date | None
    has_seasons: bool


def findings(reader: Reader, settings: Settings | None = None) -> Findings:
    """Return everything that happened; takes seconds the first time, and is then kept.

    Args:
        reader: of the warehouse.
        settings: with the interventions; those with which the warehouse was made when left out.

    Raises:
        ConfigurationError: an intervention names a metric that cannot be followed.
        NoWarehouseError: nothing was loaded yet.
    """
    chosen = settings or span(reader).settings
    changes = changes_of(chosen.intervention)
    return kept(
        reader, _NAME, _depends(reader, chosen), Findings, lambda: _compute(reader, changes)
    )


def known_findings(reader: Reader) -> Findings | None:
    """Return everything that happened where it was worked out already; None else."""
    return look_up(reader, _NAME, _depends(reader, span(reader).settings), Findings)


def _depends(reader: Reader, settings: Settings) -> str:
    threshold = span(reader).settings.privacy.threshold
    marked = "\n".join(one.model_dump_json() for one in settings.intervention)
    return f"{_FORM}\n{threshold}\n{marked}"


def changes_of(interventions: Sequence[InterventionSettings]) -> tuple[Change, ...]:
    """Return the changes that the configuration marks, one per figure that they should move.

    Raises:
        ConfigurationError: one names a metric that does not exist or cannot be summed.
    """
    found = []
    for one in interventions:
        for move in one.moves:
            outcome = Outcome(move.metric, move.category)
            check_outcome(outcome, f"intervention {one.name!r}")
            found.append(
                Change(
                    one.name,
                    one.started_on,
                    one.ended_on,
                    one.services,
                    move.channels or one.channels,
                    outcome,
                )
            )
    return tuple(found)


def _compute(reader: Reader, changes: Sequence[Change]) -> Findings:
    sums = read_sums(reader, [*WATCHED, *(change.outcome for change in changes)])
    return worked_out(sums, changes, span(reader).settings.privacy.threshold)


def worked_out(sums: Sums, changes: Sequence[Change], threshold: int) -> Findings:
    """Return what happened according to weekly sums."""
    watched = watch(sums)
    happened = disruptions(sums, watched, threshold)
    masked = masks(sums, happened)
    eventful = {service for change in changes for service in change.services}
    return Findings(
        tuple(
            effect_of(sums, change, threshold, eventful=eventful, masked=masked)
            for change in changes
        ),
        happened,
        shifts(sums, masked, threshold),
        len(watched.places),
        len(sums.weeks),
        sums.weeks[0] if sums.weeks else None,
        len(sums.weeks) > 52,
    )


def what_if(reader: Reader, change: Change) -> Effect:
    """Return what a change did that somebody marks to have a look; nothing is written.

    Raises:
        ConfigurationError: the metric cannot be followed.
        NoWarehouseError: nothing was loaded yet.
    """
    check_outcome(change.outcome, "intervention")
    known = span(reader)
    found = findings(reader)
    sums = read_sums(reader, [change.outcome, Outcome("contacts")])
    eventful = {name for one in known.settings.intervention for name in one.services}
    masked = masks(sums, found.disruptions)
    return effect_of(
        sums, change, known.settings.privacy.threshold, eventful=eventful, masked=masked
    )


def effect_of(
    sums: Sums,
    change: Change,
    threshold: int,
    *,
    eventful: Collection[str] = (),
    masked: np.ndarray | None = None,
) -> Effect:
    """Return what a change did, as it may be shown.

    Args:
        sums: by week.
        change: what is asked.
        threshold: the smallest group that is shown.
        eventful: services in which something else changed.
        masked: (week, service) in a disruption.
    """
    is_known = all(name in sums.services for name in change.services) and all(
        name in sums.channels for name in change.channels
    )
    found = study(sums, change, eventful=eventful, masked=masked)
    weight = _weight(sums, found.series, change)
    drawn = course(
        found.series, weight, change.started_on, found.fitted, found.comparison, threshold
    )
    by_numerator = bool(change.outcome.category) or not found.series.is_ratio
    shows_now = not found.series.is_ratio or found.during.size >= threshold
    if by_numerator and found.during.numerator:
        shows_now = shows_now and found.during.numerator >= threshold
    shows_before = (found.before.numerator if by_numerator else found.before.size) >= threshold
    estimate = found.fitted.estimate if found.fitted else None
    can_tell = shows_now and shows_before and estimate is not None
    expected, expected_low, expected_high = found.expected if can_tell else (None,) * 3
    now = _number(found.now) if shows_now else None
    bounds: list[float | None] = [None] * 3
    if can_tell and estimate is not None:
        amount = found.during.numerator
        bounds = [amount - amount / by for by in (estimate.ratio, estimate.low, estimate.high)]
    return Effect(
        change,
        found.verdict,
        estimate,
        found.beside,
        found.comparisons,
        found.placebos,
        _number(found.placebo_part),
        now,
        expected,
        expected_low,
        expected_high,
        _number(found.earlier) if shows_before else None,
        bounds[0],
        bounds[1],
        bounds[2],
        (found.during.numerator, found.during.size) if shows_now else None,
        drawn,
        is_known,
    )


def _weight(sums: Sums, series: Weekly, change: Change) -> np.ndarray:
    """Return how many contacts each week is about, as disclosure control counts them."""
    if change.outcome.category:
        return series.numerator
    if series.is_ratio:
        return series.size
    if isinstance(change.outcome.measure, Total):
        return sums.series(Outcome("contacts"), change.services, change.channels).numerator
    return series.numerator


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
