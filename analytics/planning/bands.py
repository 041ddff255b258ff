"""Bands around a forecast: how far off the same forecast was before, as far ahead (conformal).

Errors of the backtest are put on one scale (error over a power of what was expected), and their
quantiles, with the correction for few of them, carried over to the days ahead. Nothing is assumed
of their shape. (Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World; Hyndman
and Athanasopoulos, Forecasting: Principles and Practice, section 5.5, on bootstrapped residuals.)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVELS = (80, 95)
POWERS = (0.5, 0.75, 1.0)
"""What the spread grows with: a root (pure chance) to in proportion."""

_BLOCK_DAYS = 28
_FEW = 60
"""Fewer errors than this as far ahead, and those of every distance are taken together."""


@dataclass(frozen=True)
class Bands:
    """Quantiles of the errors, per distance and level.

    Attributes:
        power: of what was expected, which the errors were divided by.
        quantiles: (block or -1 for all, level) -> lowest and highest.
    """

    power: float
    quantiles: Mapping[tuple[int, int], tuple[float, float]]

    def around(self, expected: np.ndarray, step: np.ndarray) -> dict[str, np.ndarray]:
        """Return low_80, high_80, low_95 and high_95 of what is expected so many days ahead."""
        scale = _scale(expected, self.power)
        blocks = (np.asarray(step) - 1) // _BLOCK_DAYS
        found = {}
        for level in LEVELS:
            pairs = [
                self.quantiles.get((int(block), level), self.quantiles[-1, level])
                for block in blocks
            ]
            low = np.array([pair[0] for pair in pairs])
            high = np.array([pair[1] for pair in pairs])
            found[f"low_{level}"] = np.maximum(expected + low * scale, 0.0)
            found[f"high_{level}"] = np.maximum(expected + high * scale, 0.0)
        return found


def _scale(expected: np.ndarray, power: float) -> np.ndarray:
    return np.asarray(np.maximum(expected, 1.0) ** power)


def bands(rows: pd.DataFrame, power: float) -> Bands | None:
    """Return the bands that errors before give; None where there are none.

    Args:
        rows: `expected`, `actual` and `step` (days ahead, from 1) of the backtest.
        power: see `Bands`.
    """
    if rows.empty:
        return None
    expected = rows["expected"].to_numpy(dtype=float)
    errors = (rows["actual"].to_numpy(dtype=float) - expected) / _scale(expected, power)
    blocks = (rows["step"].to_numpy() - 1) // _BLOCK_DAYS
    found: dict[tuple[int, int], tuple[float, float]] = {}
    for block in (-1, *np.unique(blocks)):
        part = np.sort(errors if block == -1 else errors[blocks == block])
        if block != -1 and len(part) < _FEW:
            continue
        for level in LEVELS:
            found[int(block), level] = _quantiles(part, 1 - level / 100)
    return Bands(power, found)


def _quantiles(errors: np.ndarray, outside: float) -> tuple[float, float]:
    count = len(errors)
    low = int(np.floor((count + 1) * outside / 2)) - 1
    high = int(np.ceil((count + 1) * (1 - outside / 2))) - 1
    return float(errors[max(low, 0)]), float(errors[min(high, count - 1)])


@dataclass(frozen=True)
class Coverage:
    """How often what came lay within the bands.

    Attributes:
        shares: per level, 0 to 1.
        days: of how many.
        power: the scale that did best.
    """

    shares: Mapping[int, float]
    days: int
    power: float

    @property
    def gap(self) -> float:
        """The mean distance from what the levels promise, 0 to 1."""
        return float(np.mean([abs(self.shares[level] - level / 100) for level in LEVELS]))


def coverage(rows: pd.DataFrame) -> Coverage | None:
    """Return how often bands held that knew only what came before each origin.

    Args:
        rows: `origin`, `day`, `step`, `expected` and `actual` of the backtest.

    Returns:
        Of the scale that holds best; None where no fold has enough folds before it.
    """
    found = [one for power in POWERS if (one := _coverage(rows, power)) is not None]
    return min(found, key=lambda one: one.gap) if found else None


def _coverage(rows: pd.DataFrame, power: float) -> Coverage | None:
    inside: dict[int, list[np.ndarray]] = {level: [] for level in LEVELS}
    days = 0
    for origin in sorted(rows["origin"].unique()):
        known, asked = rows[rows["day"] <= origin], rows[rows["origin"] == origin]
        learnt = bands(known, power) if len(known) >= _FEW / 3 else None
        if learnt is None:
            continue
        around = learnt.around(asked["expected"].to_numpy(dtype=float), asked["step"].to_numpy())
        actual, days = asked["actual"].to_numpy(), days + len(asked)
        for level in LEVELS:
            # contacts are whole: a bound is read as the nearest number of them
            low, high = np.rint(around[f"low_{level}"]), np.rint(around[f"high_{level}"])
            inside[level].append((actual >= low) & (actual <= high))
    if not days:
        return None
    shares = {level: float(np.concatenate(inside[level]).mean()) for level in LEVELS}
    return Coverage(shares, days, power)
