"""How sure a figure is: intervals of 95%."""

import numpy as np
import pandas as pd

Z = 1.959963984540054
"""The normal distribution's 97.5th percentile."""


def wilson(successes: pd.Series, trials: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the lower and upper bound of a share, 0 to 1; NaN where there are no trials.

    Source: Wilson (1927), score interval.
    """
    n = trials.to_numpy(dtype="float64", na_value=np.nan)
    n = np.where(n > 0, n, np.nan)
    share = successes.to_numpy(dtype="float64", na_value=np.nan) / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    spread = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low, high = np.maximum(centre - spread, 0), np.minimum(centre + spread, 1)
    return pd.Series(low, index=trials.index), pd.Series(high, index=trials.index)


def difference_of_shares(
    low_now: pd.Series, now: pd.Series, high_now: pd.Series,
    low_then: pd.Series, then: pd.Series, high_then: pd.Series,
) -> tuple[pd.Series, pd.Series]:  # fmt: skip
    """Return the bounds of now - then for two independent shares with Wilson bounds.

    Source: Newcombe (1998), method 10.
    """
    difference = now - then
    low = difference - np.sqrt((now - low_now) ** 2 + (high_then - then) ** 2)
    high = difference + np.sqrt((high_now - now) ** 2 + (then - low_then) ** 2)
    return low, high


def widening(residuals: np.ndarray) -> float:
    """Return how many times the variance of a mean grows for numbers that resemble neighbours.

    Source: (1 + r) / (1 - r) for an autoregression of order one (Bartlett 1946); r, the correlation
    with the number before, is taken for no less than 0 and no more than 0.8.

    Args:
        residuals: in order of time, around nought.
    """
    alike = float(residuals[1:] @ residuals[:-1]) / max(float(residuals @ residuals), 1e-12)
    alike = min(max(alike, 0.0), 0.8)
    return (1 + alike) / (1 - alike)


def difference_of_counts(now: pd.Series, then: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the bounds of now - then for two independent counts of events (Poisson)."""
    spread = Z * np.sqrt(now + then)
    return now - then - spread, now - then + spread
