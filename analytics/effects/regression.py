"""The regression by week that effects and shifts share: Poisson numbers, and a season in waves."""

import warnings
from typing import Any

import numpy as np
import statsmodels.api as sm

YEAR_WEEKS = 52.1775
"""Weeks in a year."""


def poisson(numbers: np.ndarray, design: np.ndarray, exposure: np.ndarray) -> sm.GLM:
    """Return the model, not fitted, of numbers that are proportional to an exposure.

    Args:
        numbers: what is counted, by week.
        design: (week, column).
        exposure: above nought, by week.
    """
    return sm.GLM(numbers, design, family=sm.families.Poisson(), offset=np.log(exposure))


def fitted(model: sm.GLM) -> Any:
    """Return the fitted model; where it finds no solution it is silent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a level of nought fits perfectly, and that is no fault
        return model.fit(maxiter=50)


def season(weeks: np.ndarray, harmonics: int) -> list[np.ndarray]:
    """Return the columns of a yearly season: a cosine and a sine per harmonic.

    Args:
        weeks: how many weeks each week lies after the first.
        harmonics: how many waves, of a year, half a year and so on.
    """
    angles = [2 * np.pi * number * weeks / YEAR_WEEKS for number in range(1, harmonics + 1)]
    return [wave(angle) for angle in angles for wave in (np.cos, np.sin)]
