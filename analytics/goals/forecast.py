"""The months to come of one figure: last year's months, moved by how much this year differs.

A simple forecast that says how far off it has been: seasonal-naive with a drift, its errors those
that it made on the months already known (Hyndman and Athanasopoulos, Forecasting, 5.2 and 5.8).
Whoever forecasts better replaces `forecast`: it takes months and gives draws.
"""

from dataclasses import dataclass

import numpy as np

from analytics.intervals import widening

DRAWS = 4000
_YEAR = 12
_FEWEST = 6
"""Fewer months, or months with one a year before, tell nothing of the next."""
_DAMPED = 0.5
"""So much of the drift is believed: what grew may go on, stop or turn; draws take all of it."""
_UNSURE = 0.75
_SMALLEST_SPREAD = 0.01


@dataclass(frozen=True)
class Months:
    """What is known by month, in order, without gaps.

    Args:
        numerator: what is summed.
        denominator: by what it is divided; None of a count or total.
    """

    numerator: np.ndarray
    denominator: np.ndarray | None


@dataclass(frozen=True)
class Ahead:
    """Draws of the months to come, (draw, month): each draw is one way it may go.

    Args:
        numerator: what will be summed.
        denominator: by what it will be divided; None of a count or total.
        error: the usual relative error of a month in the backtest (median); None without one.
        is_seasonal: whether a year ago is known; else every month is like the mean.
    """

    numerator: np.ndarray
    denominator: np.ndarray | None
    error: float | None
    is_seasonal: bool


def forecast(known: Months, ahead: int, *, seed: int = 0) -> Ahead | None:
    """Return draws of the months to come; None where too little is known.

    Args:
        known: the months so far.
        ahead: how many months are asked.
        seed: of the draws: the same question has the same answer.
    """
    if len(known.numerator) < _FEWEST:
        return None
    dice = np.random.default_rng(seed)
    main = _ratio(known)
    is_seasonal = len(main) >= _YEAR + _FEWEST
    error = _backtest(main)
    drawn = _draws(main, ahead, dice, error)
    if known.denominator is None:
        return Ahead(drawn, None, error, is_seasonal)
    size = np.exp(_draws(np.log(known.denominator + 0.5), ahead, dice, None, is_log=True))
    return Ahead(drawn * size, size, error, is_seasonal)


def _ratio(known: Months) -> np.ndarray:
    if known.denominator is None:
        return known.numerator
    return (known.numerator + 0.5) / (known.denominator + 1.0)


def _draws(
    series: np.ndarray,
    ahead: int,
    dice: np.random.Generator,
    error: float | None,
    *,
    is_log: bool = False,
) -> np.ndarray:
    """Return draws of a series that is positive, or is given as logarithms."""
    logs = series if is_log else np.log(np.maximum(series, 1e-9))
    if len(logs) < _YEAR + _FEWEST:
        recent = logs[-_YEAR:]
        spread = max(float(recent.std(ddof=1)), _SMALLEST_SPREAD)
        level = recent.mean() + spread / np.sqrt(len(recent)) * dice.standard_t(
            len(recent) - 1, (DRAWS, 1)
        )
        drawn = level + spread * dice.standard_normal((DRAWS, ahead))
        return drawn if is_log else np.exp(drawn)
    differences = (logs[_YEAR:] - logs[:-_YEAR])[-_YEAR:]
    count = len(differences)
    spread = max(float(differences.std(ddof=1)), _SMALLEST_SPREAD)
    if error is not None:  # the median of absolute normal errors is 0.67 of their spread
        spread = max(spread, error / 0.6745)
    persists = dice.uniform(_DAMPED - _UNSURE, _DAMPED + _UNSURE, (DRAWS, 1))
    unsure = spread * np.sqrt(widening(differences - differences.mean()) / count)
    drift = persists * differences.mean() + unsure * dice.standard_t(count - 1, (DRAWS, 1))
    drawn = np.empty((DRAWS, ahead))
    for month in range(ahead):
        a_year_ago = drawn[:, month - _YEAR] if month >= _YEAR else logs[month - _YEAR]
        drawn[:, month] = a_year_ago + drift[:, 0] + spread * dice.standard_normal(DRAWS)
    return drawn if is_log else np.exp(drawn)


def _backtest(series: np.ndarray) -> float | None:
    """Return the median relative error of each known month, forecast from those before it."""
    logs = np.log(np.maximum(series, 1e-9))
    errors = []
    for month in range(_YEAR + _FEWEST, len(logs)):
        differences = (logs[_YEAR:month] - logs[: month - _YEAR])[-_YEAR:]
        expected = logs[month - _YEAR] + _DAMPED * differences.mean()
        errors.append(abs(np.exp(logs[month] - expected) - 1))
    return float(np.median(errors)) if len(errors) >= 3 else None
