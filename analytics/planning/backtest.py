"""Backtests: what each model would have said at earlier moments, held against what came.

A fold learns from the days up to its origin only, closed days, outliers and school holidays' effect
included, and looks ahead as far as the forecast does. Nothing of what came after is known to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.planning.days import Calendar, features, is_closed, weekdays
from analytics.planning.models import BASELINE, Lesson, Model, robust_weights
from warehouse.planning_settings import PlanningSettings

_WEEK = 7
_MOST_FOLDS = 12
_STEP_WEEKS = 4
_LEAST_WEEKS = 5
"""A forecast needs so many weeks of history."""
_NOTHING = 1e-9
_TRAINED_WEEKS = 52
"""A fold learns from a year at least, where there are more than one."""


@dataclass(frozen=True)
class Series:
    """A history to forecast: contacts per day, of a channel or of a service in it."""

    channel: str
    service: str | None
    counts: pd.Series


@dataclass(frozen=True)
class Plan:
    """How a history is cut: at which days, and how far each fold looks ahead.

    Attributes:
        origins: the last day that each fold knows, the earliest first.
        horizon: days that each fold looks ahead.
    """

    origins: tuple[pd.Timestamp, ...]
    horizon: int


def plan_of(days: int, last: pd.Timestamp, weeks_ahead: int) -> Plan | None:
    """Return how a history of so many days is cut; None where it is too short to test anything.

    A long history (over a year and a quarter) is cut every four weeks, at most twelve times, each
    fold after a year at least. A shorter one looks ahead a seventh of its length, whole weeks, and
    is cut once a week.
    """
    weeks = days // _WEEK
    ahead = weeks_ahead
    if weeks - _TRAINED_WEEKS - ahead >= _STEP_WEEKS * 2:
        step, least = _STEP_WEEKS, _TRAINED_WEEKS
    else:
        ahead = max(1, min(weeks_ahead, weeks // 7))
        step, least = max(1, ahead // 2), max(_LEAST_WEEKS, weeks // 3)
    places = range(weeks - ahead, least - 1, -step)
    origins = [last - timedelta(days=(weeks - place) * _WEEK) for place in places]
    if not origins:
        return None
    return Plan(tuple(sorted(origins[:_MOST_FOLDS])), ahead * _WEEK)


def lesson_of(
    series: Series, origin: pd.Timestamp, horizon: int, settings: PlanningSettings
) -> tuple[Lesson, pd.Series]:
    """Return what may be known at an origin, and which of the days ahead are closed."""
    counts = series.counts[:origin]
    calendar = Calendar(settings, counts.index[0].date(), (origin + timedelta(days=horizon)).date())
    closed = is_closed(counts, calendar)
    events = calendar.events(series.channel, series.service)
    table = features(calendar, closed, events, len(counts))
    is_open = ~closed.to_numpy()
    past = np.arange(len(closed)) < len(counts)
    learned = table[past & is_open]
    ignored = calendar.ignored(series.channel)[past & is_open]
    values = counts[is_open[: len(counts)]]
    weights = robust_weights(values, learned, ignored)
    lesson = Lesson(values, learned, weights, table[~past & is_open])
    return lesson, closed[~past]


def forecasts(
    series: Series,
    origin: pd.Timestamp,
    horizon: int,
    settings: PlanningSettings,
    models: Mapping[str, Model],
) -> pd.DataFrame:
    """Return what each model says at an origin, one row per day ahead.

    Columns: one per model; `is_closed`, closed days being zero by the calendar; `scale`, how far
    repeating last week's day was off within what is known.
    """
    lesson, closed = lesson_of(series, origin, horizon, settings)
    table = pd.DataFrame(0.0, index=closed.index, columns=list(models))
    table["is_closed"] = closed.to_numpy()
    steps = lesson.counts.groupby(weekdays(lesson.counts.index)).diff().abs()
    table["scale"] = max(float(steps.mean()), _NOTHING) if steps.notna().any() else float("nan")
    if len(lesson.ahead) and len(lesson.counts) >= _WEEK and lesson.counts.sum() > 0:
        for name, model in models.items():
            table.loc[lesson.ahead.index, name] = model(lesson)
    return table


def backtest(
    series: Series, plan: Plan, settings: PlanningSettings, models: Mapping[str, Model]
) -> pd.DataFrame:
    """Return every model's word beside what came.

    Columns: origin, day, step (days from the origin, from 1), is_closed, is_ignored, scale, actual,
    one per model, and `expected`: the word of the model that did best in the folds of which the
    outcome was known at the origin (the last of `models` where there was none).
    """
    parts: list[pd.DataFrame] = []
    for origin in plan.origins:
        table = forecasts(series, origin, plan.horizon, settings, models)
        calendar = Calendar(settings, table.index[0].date(), table.index[-1].date())
        table.insert(0, "origin", origin)
        table.insert(1, "step", np.arange(1, len(table) + 1))
        table["is_ignored"] = calendar.ignored(series.channel)
        table["actual"] = series.counts.reindex(table.index)
        table = table.rename_axis("day").reset_index()
        known = [part[part["day"] <= origin] for part in parts]
        chosen = best(pd.concat(known), list(models)) if known else list(models)[-1]
        table["expected"] = table[chosen]
        parts.append(table[table["actual"].notna()])
    return pd.concat(parts, ignore_index=True)


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that say something of a model: open days that are not to be ignored."""
    return rows[~rows["is_closed"] & ~rows["is_ignored"]]


def best(rows: pd.DataFrame, names: Sequence[str]) -> str:
    """Return the model with the smallest mean absolute error; the last named where none is known.

    What is compared is the mean of the error per day and that of the sums per week and fold (per
    day of it): a forecast of few contacts a day may not win by saying none.
    """
    good = judged(rows)
    if good.empty:
        return names[-1]
    off = {name: good[name] - good["actual"] for name in names}
    week = [good["origin"], (good["step"] - 1) // _WEEK]
    errors = {
        name: float(one.abs().mean() + one.groupby(week).sum().abs().sum() / len(one))
        for name, one in off.items()
    }
    return min(names, key=lambda name: errors[name])


@dataclass(frozen=True)
class Accuracy:
    """How far a forecast was off.

    Attributes:
        error: mean absolute error, contacts per open day.
        share: sum of the absolute errors over the sum of what came (WAPE).
        mase: error over that of repeating last week's day within the days learned from; below 1 is
            better (Hyndman and Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001).
        against_naive: error over that of repeating the last week over the same days ahead.
        days: how many days it is about.
    """

    error: float
    share: float
    mase: float
    against_naive: float
    days: int


def accuracy(rows: pd.DataFrame, name: str) -> Accuracy:
    """Return how far a model (a column of `backtest`) was off."""
    good = judged(rows)
    off = (good[name] - good["actual"]).abs()
    naive = float((good[BASELINE] - good["actual"]).abs().mean())
    total = float(good["actual"].sum())
    return Accuracy(
        error=float(off.mean()),
        share=float(off.sum()) / total if total else float("nan"),
        mase=float((off / good["scale"]).mean()),
        against_naive=float(off.mean()) / naive if naive > 0 else float("nan"),
        days=len(good),
    )
