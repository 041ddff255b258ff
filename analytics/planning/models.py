"""The models: each learns from the open days of one series, and says what days to come will bring.

All take the same and give the same, so that a backtest can choose. What is heavy is an extra:
`statsforecast` is only for comparing (see docs/planning.md for what it brings and costs).
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np
import pandas as pd
from sklearn.linear_model import PoissonRegressor
from sklearn.preprocessing import StandardScaler

from analytics.planning.days import weekdays

BASELINE = "seasonal_naive"
_RECENT_WEEKS = 8
_RIDGE = 0.003
_HALF_LIFE = 270.0
"""Days after which what happened weighs half as much."""
_LEVEL_DAYS = 40
_LEVEL_SHRINK = 10.0
_OUTLIER = 4.0
"""So many robust deviations from what was expected, and a day is held for an outlier."""
_SMOOTH = 3.0


@dataclass(frozen=True)
class Lesson:
    """What a model may know.

    Attributes:
        counts: contacts on each open day of the history, in order.
        known: what the calendar knows of these days, one row each.
        weights: how much each day counts; 0 is nothing, 1 all.
        ahead: what the calendar knows of the open days to come.
        made: what one model made and another needs too.
    """

    counts: pd.Series
    known: pd.DataFrame
    weights: np.ndarray
    ahead: pd.DataFrame
    made: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict, compare=False)


type Model = Callable[[Lesson], np.ndarray]
"""Gives the expected contacts of each day ahead; never negative."""


def seasonal_naive(lesson: Lesson) -> np.ndarray:
    """Repeat the last week: each day is as the last open day of the same weekday was."""
    counts = lesson.counts[~lesson.counts.index.duplicated()]
    last = counts.groupby(weekdays(counts.index)).last()
    return _by_weekday(last, counts, lesson.ahead.index)


def recent_weeks(lesson: Lesson) -> np.ndarray:
    """Repeat the mean of the last eight weeks by weekday, without outliers and holidays' traces."""
    counts, calm = lesson.counts, _calm(lesson)
    recent = counts[calm][-_RECENT_WEEKS * _days_per_week(counts) :]
    return _by_weekday(recent.groupby(weekdays(recent.index)).mean(), recent, lesson.ahead.index)


def regression(lesson: Lesson) -> np.ndarray:
    """Weigh what the calendar knows, in a Poisson regression with a ridge (scikit-learn)."""
    fitted, ahead = _regression(lesson)
    del fitted
    return ahead


def regression_level(lesson: Lesson) -> np.ndarray:
    """Lift or lower the regression to the level of the last weeks."""
    fitted, ahead = _regression(lesson)
    return ahead * _level(lesson, fitted)


def combined(lesson: Lesson) -> np.ndarray:
    """Return the mean of the last weeks and the regression: their errors even out."""
    return np.asarray(np.mean([recent_weeks(lesson), regression_level(lesson)], axis=0))


def auto_ets(lesson: Lesson) -> np.ndarray:
    """Let statsforecast choose an exponential smoothing by its information criterion."""
    from statsforecast.models import AutoETS

    week = _days_per_week(lesson.counts)
    return _of_library(AutoETS(season_length=week), lesson)


def auto_arima(lesson: Lesson) -> np.ndarray:
    """Let statsforecast choose a seasonal ARIMA by its information criterion."""
    from statsforecast.models import AutoARIMA

    week = _days_per_week(lesson.counts)
    return _of_library(AutoARIMA(season_length=week, max_p=3, max_q=3), lesson)


def mstl(lesson: Lesson) -> np.ndarray:
    """Let statsforecast take week and year apart, and smooth what is left."""
    from statsforecast.models import MSTL, AutoETS

    week = _days_per_week(lesson.counts)
    seasons = [week, round(week * 365.25 / 7)] if len(lesson.counts) > 2.1 * week * 52 else [week]
    return _of_library(MSTL(season_length=seasons, trend_forecaster=AutoETS(model="ZZN")), lesson)


MODELS: Mapping[str, Model] = {
    BASELINE: seasonal_naive,
    "recent_weeks": recent_weeks,
    "regression": regression,
    "regression_level": regression_level,
    "combined": combined,
}
"""Always there, by key."""

LIBRARY_MODELS: Mapping[str, Model] = {
    "auto_ets": auto_ets,
    "auto_arima": auto_arima,
    "mstl": mstl,
}
"""Those of statsforecast, to compare with: an extra."""


def has_library() -> bool:
    """Tell whether statsforecast is installed."""
    return find_spec("statsforecast") is not None


def _days_per_week(counts: pd.Series) -> int:
    return max(1, len(np.unique(weekdays(counts.index))))


def _by_weekday(values: pd.Series, counts: pd.Series, days: pd.Index) -> np.ndarray:
    """Look up each day's weekday; one that was never open takes the mean of the others."""
    other = float(counts.mean()) if len(counts) else 0.0
    return np.array([float(values.get(day, other)) for day in weekdays(days)])


def _calm(lesson: Lesson) -> np.ndarray:
    """Tell which days neither a holiday, an event nor an outlier touched."""
    names = [
        name
        for name in lesson.known
        if name in {"after", "before", "bridging", "holiday", "christmas"}
        or str(name).startswith("event_")
    ]
    touched = lesson.known[names].to_numpy().any(axis=1)
    calm = ~touched & (lesson.weights > 0.5)
    few = 2 * _days_per_week(lesson.counts)
    return calm if calm.sum() >= few else np.ones(len(calm), dtype=bool)


def _weights(lesson: Lesson) -> np.ndarray:
    """Weigh the days by how long ago they are, on top of what the lesson says."""
    ages = (lesson.counts.index[-1] - lesson.counts.index).days.to_numpy()
    return np.asarray(lesson.weights * 0.5 ** (ages / _HALF_LIFE) + 1e-9)


def _regression(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    if "regression" not in lesson.made:  # three models need it
        lesson.made["regression"] = _fit(lesson)
    return lesson.made["regression"]


def _fit(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    varies = [name for name in lesson.known if lesson.known[name].nunique() > 1]
    scaler = StandardScaler().fit(lesson.known[varies])
    model = PoissonRegressor(alpha=_RIDGE, max_iter=100, solver="newton-cholesky")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a series of few contacts may not settle to the last digit
        model.fit(scaler.transform(lesson.known[varies]), lesson.counts, _weights(lesson))
    # a trend goes on for a while, not for ever: beyond the history it is held
    ahead = lesson.ahead[varies].copy()
    if "years" in varies:
        ahead["years"] = np.minimum(ahead["years"], lesson.known["years"].max())
    most = 3.0 * max(1.0, float(lesson.counts.max()))
    return (
        np.asarray(model.predict(scaler.transform(lesson.known[varies]))),
        np.clip(model.predict(scaler.transform(ahead)), 0.0, most),
    )


def _level(lesson: Lesson, fitted: np.ndarray) -> float:
    """Return the factor of the last weeks over what was fitted, drawn towards one."""
    recent = slice(-_LEVEL_DAYS, None)
    weights = lesson.weights[recent]
    actual = float((lesson.counts.to_numpy()[recent] * weights).sum())
    expected = float((fitted[recent] * weights).sum())
    return (actual + _LEVEL_SHRINK) / (expected + _LEVEL_SHRINK)


def _of_library(model: object, lesson: Lesson) -> np.ndarray:
    values = _without_outliers(lesson)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = model.forecast(y=values, h=len(lesson.ahead))  # type: ignore[attr-defined]
    return np.maximum(np.asarray(answer["mean"], dtype=float), 0.0)


def _without_outliers(lesson: Lesson) -> np.ndarray:
    """Return the history with days that count for little put at the median of their weekday."""
    counts = lesson.counts.to_numpy(dtype=float).copy()
    middle = lesson.counts.groupby(weekdays(lesson.counts.index)).transform("median").to_numpy()
    counts[lesson.weights < 0.5] = middle[lesson.weights < 0.5]
    return counts


def robust_weights(counts: pd.Series, known: pd.DataFrame, ignored: np.ndarray) -> np.ndarray:
    """Return how much each open day counts: what is ignored nothing, outliers little.

    An outlier lies more than four robust deviations (1.4826 times the median of the absolute
    deviations, after a square root that evens out the spread of counts) from the median of its
    weekday in the seven weeks around it; a known event is none.

    Args:
        counts: contacts per open day.
        known: what the calendar knows of these days.
        ignored: whether the settings say to learn nothing from a day.
    """
    roots = counts.astype(float) ** 0.5
    middle = roots.groupby(weekdays(roots.index)).transform(
        lambda part: part.rolling(7, center=True, min_periods=1).median()
    )
    away = (roots - middle).to_numpy()
    usable = ~ignored
    spread = 1.4826 * float(np.median(np.abs(away[usable]))) if usable.any() else 0.0
    names = [
        name
        for name in known
        if str(name).startswith("event_") or name in {"after", "before", "bridging", "holiday"}
    ]
    explained = known[names].to_numpy().any(axis=1)
    limit = _OUTLIER * max(spread, 0.5)
    far = np.maximum(np.abs(away) - limit, 0.0) / max(spread, 0.5)
    weights = np.where(explained, 1.0, 1.0 / (1.0 + _SMOOTH * far))
    return np.where(ignored, 0.0, weights)
