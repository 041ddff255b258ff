"""A series as it may be shown: by so many weeks that no small group is left, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.disclosure import HIDDEN, suppress
from analytics.effects.interrupted import Fitted
from analytics.effects.weekly import Weekly

_ENOUGH_SHOWN = {1: 0.85, 2: 0.85, 4: 0.85, 13: 0.6}
"""The part of the points that must be left, by how many weeks one stands for."""


@dataclass(frozen=True)
class Point:
    """A stretch of weeks: the figure, what was to be expected with its bounds, and beside others.

    A figure is a ratio, or the amount a week; None where it is hidden or not known.
    """

    first_on: date
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    beside: float | None


@dataclass(frozen=True)
class Course:
    """A series over time by stretches of so many weeks.

    Args:
        weeks: how many weeks a point stands for; 0 where nothing can be shown.
        points: in order.
        hidden: how many of them are hidden, about too few people.
    """

    weeks: int
    points: tuple[Point, ...]
    hidden: int


def course(
    series: Weekly,
    weight: np.ndarray,
    started_on: date,
    fitted: Fitted | None,
    comparison: Weekly | None,
    threshold: int,
) -> Course:
    """Return a series in the shortest stretches of which nearly all can be shown.

    Args:
        series: raw.
        weight: how many contacts each week is about.
        started_on: a stretch begins in this day's week.
        fitted: what was to be expected.
        comparison: series beside which it is shown, on the level of the series before the change.
        threshold: the smallest group that is shown.
    """
    anchor = sum(week + timedelta(days=6) < started_on for week in series.weeks)
    for length, enough in _ENOUGH_SHOWN.items():
        stretches = _stretches(len(series.weeks), anchor, length)
        hidden = _hidden(series, weight, stretches, threshold)
        since = hidden[[one.start >= anchor for one in stretches]] if stretches else hidden
        if stretches and 1 - np.mean(hidden) >= enough and (len(since) == 0 or since.mean() < 0.5):
            beside = _level_with(series, comparison, anchor)
            points = tuple(
                _point(series, stretch, bool(hides), fitted, beside)
                for stretch, hides in zip(stretches, hidden, strict=True)
            )
            return Course(length, points, int(np.sum(hidden)))
    return Course(0, (), 0)


def _stretches(count: int, anchor: int, length: int) -> list[range]:
    first = anchor % length
    return [range(start, start + length) for start in range(first, count - length + 1, length)]


def _hidden(
    series: Weekly, weight: np.ndarray, stretches: Sequence[range], threshold: int
) -> np.ndarray:
    frame = pd.DataFrame(
        {
            "metric": "series",
            "place": range(len(stretches)),
            **{
                name: [float(series.numerator[list(one)].sum()) for one in stretches]
                for name in HIDDEN
            },
            "weight": [float(weight[list(one)].sum()) for one in stretches],
        }
    )
    return suppress(frame, ["place"], "weight", threshold)["suppressed"].to_numpy(dtype=bool)


def _level_with(series: Weekly, comparison: Weekly | None, anchor: int) -> np.ndarray | None:
    """Return a comparison's figures by week on the level that the series had before."""
    if comparison is None:
        return None
    own, theirs = series.value()[:anchor], comparison.value()[:anchor]
    usable = series.usable[:anchor] & comparison.usable[:anchor]
    level = np.nanmean(own[usable]) / np.nanmean(theirs[usable]) if usable.any() else np.nan
    return np.asarray(comparison.value() * level)


def _point(
    series: Weekly,
    stretch: range,
    hides: bool,
    fitted: Fitted | None,
    beside: np.ndarray | None,
) -> Point:
    weeks = list(stretch)
    size = float(series.size[weeks].sum())
    value = None
    if not hides:
        if series.is_ratio:
            value = float(series.numerator[weeks].sum()) / size if size else None
        else:
            value = float(series.numerator[weeks].mean())
    weights = series.size[weeks] if series.is_ratio and size else np.ones(len(weeks))

    def mean(line: np.ndarray | None) -> float | None:
        return None if line is None else float(np.average(line[weeks], weights=weights))

    return Point(
        series.weeks[stretch.start],
        value,
        mean(fitted.expected if fitted else None),
        mean(fitted.expected_low if fitted else None),
        mean(fitted.expected_high if fitted else None),
        None if beside is None or np.isnan(beside[weeks]).any() else float(beside[weeks].mean()),
    )
