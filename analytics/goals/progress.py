"""How far a goal is, and how likely it is to be met."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analytics.effects.weekly import Outcome, check_outcome
from analytics.goals.forecast import Ahead, Months, forecast
from analytics.metrics import METRICS
from analytics.periods import Grain, year_before
from analytics.query import Selection, Span, measure, span
from warehouse.goal_settings import GoalSettings
from warehouse.settings import Settings
from warehouse.store import Reader

LIKELY = 0.8
UNLIKELY = 0.2
_MOST_PARTS = 3
_LARGE_PART = 0.1


class Status(StrEnum):
    """Where a goal stands."""

    MET = "met"
    MISSED = "missed"
    ON_TRACK = "on_track"
    UNCERTAIN = "uncertain"
    OFF_TRACK = "off_track"
    UNKNOWN = "unknown"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Contribution:
    """A service or channel, and its part in what lies beyond the target (1 is all of it)."""

    dimension: str
    name: str
    part: float


@dataclass(frozen=True)
class Progress:
    """A goal and where it stands.

    Args:
        goal: as configured.
        first_on: first day that it is about.
        last_on: last day.
        until: the last day known of these; None before the first.
        value: the figure so far; None where hidden or not known.
        low: its lower bound of 95%, of shares.
        high: its upper bound.
        size: of how many, of a ratio.
        a_year_before: the figure of the whole period a year before; None where not known.
        end: the figure to be expected at the end (median).
        end_low: lower bound of 80%.
        end_high: upper bound.
        probability: of meeting the goal, 0 to 1; None where it is over or not known.
        error: the forecast's usual relative error of a month; None without a backtest.
        status: in a word.
        because: the services and channels that lie furthest beyond the target.
    """

    goal: GoalSettings
    first_on: date
    last_on: date
    until: date | None
    value: float | None
    low: float | None
    high: float | None
    size: float | None
    a_year_before: float | None
    end: float | None
    end_low: float | None
    end_high: float | None
    probability: float | None
    error: float | None
    status: Status
    because: tuple[Contribution, ...]


def progress(reader: Reader, settings: Settings | None = None) -> tuple[Progress, ...]:
    """Return each goal and where it stands, in the order of the configuration.

    Raises:
        ConfigurationError: a goal names a metric that does not exist or cannot be followed.
        NoWarehouseError: nothing was loaded yet.
    """
    known = span(reader)
    goals = (settings or known.settings).goal
    for goal in goals:
        check_outcome(Outcome(goal.metric), f"goal for {goal.metric!r}")
    return tuple(_progress(reader, goal, known) for goal in goals)


def _progress(reader: Reader, goal: GoalSettings, known: Span) -> Progress:
    first, last = goal.days
    has_begun = first <= known.last_on
    until = min(last, known.last_on) if has_begun and last >= known.first_on else None
    so_far = _one(reader, goal, (first, until)) if until else None
    is_hidden = so_far is not None and bool(so_far["suppressed"])
    value = None if so_far is None else _number(so_far["value"])
    is_over = until is not None and known.last_on >= last and not is_hidden
    end = None if is_over or is_hidden else _at_end(reader, goal)
    return Progress(
        goal,
        first,
        last,
        until,
        value,
        None if so_far is None else _number(so_far["low"]),
        None if so_far is None else _number(so_far["high"]),
        None if so_far is None else _number(so_far["denominator"]),
        _a_year_before(reader, goal, known),
        value if is_over else end.middle if end else None,
        value if is_over else end.low if end else None,
        value if is_over else end.high if end else None,
        end.probability if end else None,
        end.error if end else None,
        _status(goal, value, end, is_over=is_over, is_hidden=is_hidden),
        _because(reader, goal, (first, until)) if until and value is not None else (),
    )


def _status(
    goal: GoalSettings, value: float | None, end: "_End | None", *, is_over: bool, is_hidden: bool
) -> Status:
    if is_hidden:
        return Status.HIDDEN
    if is_over and value is not None:
        return Status.MET if reaches(goal, value) else Status.MISSED
    if end is None:
        return Status.UNKNOWN
    if end.probability >= LIKELY:
        return Status.ON_TRACK
    return Status.OFF_TRACK if end.probability <= UNLIKELY else Status.UNCERTAIN


def reaches(goal: GoalSettings, value: float) -> bool:
    """Tell whether a value meets the goal."""
    return value <= goal.target if goal.is_upper else value >= goal.target


@dataclass(frozen=True)
class _End:
    middle: float
    low: float
    high: float
    probability: float
    error: float | None


def _at_end(reader: Reader, goal: GoalSettings) -> _End | None:
    """Return the figure at the end: what is known, and draws of the months to come."""
    first, last = goal.days
    months, begins_on = _known_months(reader, goal)
    if months is None or begins_on is None:
        return None
    ahead = pd.period_range(begins_on, last, freq="M")
    drawn = forecast(months, len(ahead)) if len(ahead) else None
    if drawn is None:
        return None
    shares = _part_of_months(ahead, first, last)
    settled = (0.0, 0.0)
    if first < begins_on:
        row = _one(reader, goal, (first, begins_on - timedelta(days=1)), threshold=1)
        settled = (_number(row["numerator"]) or 0.0, _number(row["denominator"]) or 0.0)
    return _end_of(goal, drawn, shares, settled)


def _end_of(
    goal: GoalSettings, drawn: Ahead, shares: np.ndarray, settled: tuple[float, float]
) -> _End:
    numerator = settled[0] + drawn.numerator @ shares
    ends = numerator
    if drawn.denominator is not None:
        ends = numerator / (settled[1] + drawn.denominator @ shares)
    met = ends <= goal.target if goal.is_upper else ends >= goal.target
    low, middle, high = np.quantile(ends, [0.1, 0.5, 0.9])
    # no forecast this simple is ever certain
    probability = float(np.clip(met.mean(), 0.01, 0.99))
    return _End(float(middle), float(low), float(high), probability, drawn.error)


def _known_months(reader: Reader, goal: GoalSettings) -> tuple[Months | None, date | None]:
    """Return the whole months known, and the first day after them."""
    frame = measure(
        reader,
        [goal.metric],
        grain=Grain.MONTH,
        selection=Selection(where=goal.where),
        threshold=1,  # nothing of a month is shown: they tell of the months to come
    )
    whole = frame[frame["is_complete"].astype(bool)]
    if whole.empty:
        return None, None
    months = pd.period_range(whole["period"].min(), whole["period"].max(), freq="M")
    by_month = whole.set_index(pd.PeriodIndex(whole["period"], freq="M")).reindex(months)
    is_ratio = by_month["denominator"].notna().any()
    numerator = by_month["numerator"].fillna(0.0).to_numpy(dtype="float64")
    size = by_month["denominator"].fillna(0.0).to_numpy(dtype="float64") if is_ratio else None
    return Months(numerator, size), (months[-1] + 1).start_time.date()


def _part_of_months(months: pd.PeriodIndex, first: date, last: date) -> np.ndarray:
    """Return which part of each month to come the goal is about."""
    parts = []
    for month in months:
        start, end = month.start_time.date(), month.end_time.date()
        inside = (min(end, last) - max(start, first)).days + 1
        parts.append(max(inside, 0) / month.days_in_month)
    return np.array(parts)


def _one(
    reader: Reader,
    goal: GoalSettings,
    days: tuple[date, date],
    *,
    threshold: int | None = None,
) -> pd.Series:
    selection = Selection(*days, where=goal.where)
    return measure(reader, [goal.metric], selection=selection, threshold=threshold).iloc[0]


def _a_year_before(reader: Reader, goal: GoalSettings, known: Span) -> float | None:
    first, last = year_before(*goal.days)
    if first < known.first_on or last > known.last_on:
        return None
    return _number(_one(reader, goal, (first, last))["value"])


def _because(
    reader: Reader, goal: GoalSettings, days: tuple[date, date]
) -> tuple[Contribution, ...]:
    """Return what lies furthest beyond the target, of a ratio; small groups are left out of it."""
    found: list[Contribution] = []
    for dimension in ("service", "channel"):
        if len(goal.where.get(dimension, ())) == 1 or METRICS[goal.metric].unit == "count":
            continue
        selection = Selection(*days, where=goal.where)
        rows = measure(reader, [goal.metric], by=[dimension], selection=selection)
        rows = rows[~rows["suppressed"].astype(bool) & rows["denominator"].notna()]
        sign = 1.0 if goal.is_upper else -1.0
        beyond = sign * (rows["numerator"] - goal.target * rows["denominator"])
        total = beyond.clip(lower=0).sum()
        parts = [
            Contribution(dimension, str(name), float(amount / total))
            for name, amount in zip(rows[dimension], beyond, strict=True)
            if total > 0 and amount >= _LARGE_PART * total
        ]
        found += sorted(parts, key=lambda one: -one.part)[:_MOST_PARTS]
    return tuple(found)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
