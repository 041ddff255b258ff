"""Interrupted time series: what a figure was after a change, beside what was to be expected.

A segmented regression by week: level, trend, the season of the year, and a step where the change
began. The expected value is the exponential of these, so that effects are ratios; a Poisson
pseudo-likelihood makes it consistent for any amount that is not negative, whatever its spread
(Gourieroux, Monfort and Trognon 1984), and a Newey-West covariance (1987) for weeks that resemble
their neighbours. That covariance is too small in short series: the wider of it and the one by the
residuals' own spread is taken.

Sources: Wagner et al. (2002); Bernal, Cummins and Gasparrini (2017).
"""

import warnings
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import statsmodels.api as sm
from scipy import stats

from analytics.effects.regression import YEAR_WEEKS, fitted, poisson, season
from analytics.effects.weekly import Weekly

MIN_WEEKS = 8
"""So many usable weeks are needed before a change and after it."""
_TREND_WEEKS = 26
_TWO_HARMONICS = 100


@dataclass(frozen=True)
class Estimate:
    """An effect as a ratio: 0.8 is a fifth less than expected.

    Args:
        ratio: the figure with the change over that without it.
        low: lower bound of 95%.
        high: upper bound.
        z: the logarithm of the ratio over its standard error.
    """

    ratio: float
    low: float
    high: float
    z: float

    @property
    def is_sure(self) -> bool:
        """Whether the bounds leave out "no change"."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class Fitted:
    """An estimate with the expected values by week as if nothing had changed, and their bounds."""

    estimate: Estimate
    expected: np.ndarray
    expected_low: np.ndarray
    expected_high: np.ndarray


def in_force(weeks: tuple[date, ...], start: date, end: date | None) -> np.ndarray:
    """Return which part of each week's days a change was in force."""
    last = end or date.max
    return np.array(
        [sum(start <= week + timedelta(days=day) <= last for day in range(7)) / 7 for week in weeks]
    )


def has_enough(series: Weekly, step: np.ndarray) -> bool:
    """Tell whether there are enough weeks and events before and during a change to estimate it."""
    usable = series.usable & (series.size > 0)
    before, during = usable & (step == 0), usable & (step > 0)
    return bool(
        before.sum() >= MIN_WEEKS
        and during.sum() >= MIN_WEEKS
        and series.numerator[before].sum() >= MIN_WEEKS
    )


def interrupted(series: Weekly, start: date, end: date | None = None) -> Fitted | None:
    """Return the effect of a change on a series; None where there is too little to go by."""
    step = in_force(series.weeks, start, end)
    if not has_enough(series, step):
        return None
    usable = series.usable & (series.size > 0)
    numerator = _not_all_zero(series.numerator, usable & (step > 0))
    design = _best_design(series, numerator, usable, step)
    fit = _fit(poisson(numerator[usable], design[usable], series.size[usable]))
    if fit is None:
        return None
    coefficients, covariance, freedom = fit
    estimate = _estimate(coefficients[-1], covariance[-1, -1], freedom)
    without = design.copy()
    without[:, -1] = 0.0
    middle = without @ coefficients
    spread = stats.t.ppf(0.975, freedom) * np.sqrt(
        np.einsum("ij,jk,ik->i", without, covariance, without).clip(min=0)
    )
    scale = np.ones(len(step)) if series.is_ratio else series.size
    bounds = (np.exp(middle + sign * spread) * scale for sign in (0, -1, 1))
    return Fitted(estimate, *bounds)


def _fit(model: sm.GLM) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Return coefficients, covariance and degrees of freedom; None where there is no solution."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so too where it finds no solution: checked below
        try:
            count = int(model.endog.shape[0])
            lags = int(4 * (count / 100) ** (2 / 9))  # Newey and West (1994)
            fit = model.fit(
                maxiter=50, cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
            )
        except (np.linalg.LinAlgError, ValueError, sm.tools.sm_exceptions.PerfectSeparationError):
            return None
        robust = np.asarray(fit.cov_params())
        own = np.asarray(fit.normalized_cov_params) * max(fit.pearson_chi2 / fit.df_resid, 1.0)
    if not (np.isfinite(robust).all() and np.isfinite(own).all() and np.isfinite(fit.params).all()):
        return None
    wider = robust if robust[-1, -1] > own[-1, -1] else own
    return np.asarray(fit.params), wider, float(fit.df_resid)


def _estimate(log_ratio: float, variance: float, freedom: float) -> Estimate:
    error = float(np.sqrt(max(variance, 1e-12)))
    reach = float(stats.t.ppf(0.975, freedom)) * error
    low, middle, high = np.exp(np.clip([log_ratio - reach, log_ratio, log_ratio + reach], -50, 50))
    return Estimate(float(middle), float(low), float(high), float(log_ratio / error))


def _best_design(
    series: Weekly, numerator: np.ndarray, usable: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """Return the design whose season says most for its columns (quasi-BIC); none in short series.

    A share mostly has little season, and a season of a few columns takes the effect's place.
    """
    count = len(step)
    most = 2 if count >= _TWO_HARMONICS else 1 if count >= YEAR_WEEKS else 0
    designs = [_design(step, harmonics) for harmonics in range(most + 1)]
    if most == 0:
        return designs[0]
    numbers, size = numerator[usable], series.size[usable]
    fits = [fitted(poisson(numbers, design[usable], size)) for design in designs]
    scale = max(float(fits[-1].pearson_chi2 / fits[-1].df_resid), 1.0)
    scores = [
        float(fit.deviance) / scale + design.shape[1] * np.log(usable.sum())
        for fit, design in zip(fits, designs, strict=True)
    ]
    return designs[int(np.argmin(scores))]


def _design(step: np.ndarray, harmonics: int) -> np.ndarray:
    """Return the columns: level, trend where the series is long enough, season, and step last."""
    count = len(step)
    place = np.arange(count)
    columns: list[np.ndarray] = [np.ones(count)]
    if (step == 0).sum() >= _TREND_WEEKS:
        columns.append((place - count / 2) / YEAR_WEEKS)
    return np.column_stack([*columns, *season(place, harmonics), step])


def _not_all_zero(numerator: np.ndarray, during: np.ndarray) -> np.ndarray:
    """Spread half an event over a stretch that has none: its logarithm would have no end."""
    if numerator[during].sum() > 0:
        return numerator
    return numerator + np.where(during, 0.5 / max(during.sum(), 1), 0.0)


def difference_in_differences(
    series: Weekly, comparison: Weekly, start: date, end: date | None = None
) -> Estimate | None:
    """Return the effect beside series in which nothing changed; None where too little is known.

    Two Poisson series with an effect of each week are, given their sum, one binomial series: the
    weeks' effects need no estimate (Chamberlain 1980). The logarithm of the ratio steps.
    """
    step = in_force(series.weeks, start, end)
    if not has_enough(series, step) or not has_enough(comparison, step):
        return None
    both = series.numerator + comparison.numerator
    usable = series.usable & comparison.usable & (both > 0)
    usable &= (series.size > 0) & (comparison.size > 0)
    numerator = _not_all_zero(series.numerator, usable & (step > 0))
    if (usable & (step == 0)).sum() < MIN_WEEKS or (usable & (step > 0)).sum() < MIN_WEEKS:
        return None
    model = sm.GLM(
        np.column_stack([numerator, comparison.numerator])[usable],
        np.column_stack([np.ones(len(step)), step])[usable],
        family=sm.families.Binomial(),
        offset=np.log(series.size[usable] / comparison.size[usable]),
    )
    fit = _fit(model)
    if fit is None:
        return None
    coefficients, covariance, freedom = fit
    return _estimate(coefficients[-1], covariance[-1, -1], freedom)
