"""From sums to answers: a metric's value, numerator, denominator and bounds.

What an answer looks like follows from the measure's type alone.
"""

from collections.abc import Sequence

import pandas as pd
from ibis.expr.types import Table, Value

from analytics.intervals import wilson
from analytics.measures import (
    Count,
    Distinct,
    Measure,
    Percentile,
    PerDistinct,
    PerHalfHour,
    PerInhabitant,
    Ratio,
    ShareOfTotal,
    Shift,
    Total,
    additive_parts,
)
from analytics.metrics import Metric

WEIGHT = "weight"
"""The column that tells how many contacts or customers a cell is about."""


SPAN = "span"
IS_APPROXIMATE = "is_approximate"
"""Whether a value is from bins: at most `columns.LARGEST_ERROR` off."""

HALF_HOURS = "half_hours"
INHABITANT_YEARS = "inhabitant_years"
"""What rates are over (analytics.exposure); inhabitants in thousands."""


def amounts_of(measure: Measure, rows: Table, *, is_cube: bool) -> dict[str, Value]:
    """Return the sums that a measure needs, from a cube's or from contacts, by name."""
    return {
        part.key: rows[part.key].sum() if is_cube else part.on_rows(rows)
        for part in additive_parts(measure)
    }


def answer_of(metric: Metric, amounts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return a metric's cells: keys, value, numerator, denominator, low, high, and WEIGHT.

    `amounts` has one row per period and group, with the columns of `amounts_of`; for numbers of
    customers and percentiles the metric's own, and for percentiles `size_of`.
    """
    none = pd.Series(float("nan"), index=amounts.index)
    low, high = none, none
    denominator = none
    match metric.measure:
        case Count(key):
            value = numerator = weight = amounts[key].fillna(0.0)
        case Total(key, of=count):
            value = numerator = amounts[key].fillna(0.0)
            weight = amounts[count.key].fillna(0.0)
        case Ratio(top, bottom):
            numerator, denominator = amounts[top.key].fillna(0.0), amounts[bottom.key].fillna(0.0)
            value, weight = numerator / denominator.where(denominator > 0), denominator
            if metric.measure.is_share:
                low, high = wilson(numerator, denominator)
        case ShareOfTotal(part, dimension):
            numerator = weight = amounts[part.key].fillna(0.0)
            rest = [amounts[name] for name in ("period", *by) if name != dimension]
            denominator = numerator.groupby(rest).transform("sum")
            value = numerator / denominator.where(denominator > 0)
            low, high = wilson(numerator, denominator)
        case Distinct():
            value = numerator = weight = amounts[metric.key].fillna(0.0)
        case Percentile():
            value, numerator = amounts[metric.key], none
            denominator = weight = amounts[size_of(metric)].fillna(0.0)
        case PerDistinct() | PerInhabitant() | PerHalfHour():
            numerator, denominator, weight = _rate(metric, metric.measure, amounts)
            value = numerator / denominator.where(denominator > 0)
        case Shift():
            raise AssertionError("made of two answers (analytics.shift)")
    cells = {
        "metric": metric.key,
        **{name: amounts[name] for name in ("period", *by)},
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "low": low,
        "high": high,
        IS_APPROXIMATE: amounts[IS_APPROXIMATE],
        WEIGHT: weight,
    }
    return pd.DataFrame(cells, index=amounts.index)


def _rate(
    metric: Metric, rate: PerDistinct | PerInhabitant | PerHalfHour, amounts: pd.DataFrame
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return a rate's numerator, denominator, and weight."""
    match rate:
        case PerDistinct(numerator=count):
            customers = amounts[metric.key].fillna(0.0)
            return amounts[count.key].fillna(0.0), customers, customers
        case PerInhabitant(part):
            contacts = amounts[part.key].fillna(0.0)
            return contacts, amounts[INHABITANT_YEARS], contacts
        case PerHalfHour(part, mean):
            contacts = amounts[part.key].fillna(0.0)
            if mean is None:
                return contacts, amounts[HALF_HOURS], contacts
            known = amounts[mean.denominator.key].fillna(0.0)
            # contacts of which none tells its time: how much work they are is not known
            seconds = amounts[mean.numerator.key] / known.where(known > 0)
            work = (contacts * seconds).mask(contacts == 0, 0.0)
            return work, amounts[HALF_HOURS], known.where(known < contacts, contacts)


def size_of(metric: Metric) -> str:
    """Name the amount that tells of how many values a percentile is."""
    return f"{metric.key}_{WEIGHT}"
