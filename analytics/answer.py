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
    Percentile,
    Ratio,
    ShareOfTotal,
    Total,
    additive_parts,
)
from analytics.metrics import Metric

WEIGHT = "weight"
"""The column that tells how many contacts or customers a cell is about."""


def amounts_of(metric: Metric, rows: Table, *, is_cube: bool) -> dict[str, Value]:
    """Return the aggregates that a metric needs, from a cube's sums or from contacts, by name."""
    amounts: dict[str, Value] = {
        part.key: rows[part.key].sum() if is_cube else part.on_rows(rows)
        for part in additive_parts(metric.measure)
    }
    if isinstance(metric.measure, Distinct | Percentile):
        amounts[metric.key] = metric.measure.on_rows(rows)
    if isinstance(metric.measure, Percentile):
        amounts[_size(metric)] = metric.measure.weight(rows)
    return amounts


def answer_of(metric: Metric, amounts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return a metric's cells: keys, value, numerator, denominator, low, high, and WEIGHT.

    `amounts` has one row per period and group, with the columns of `amounts_of`.
    """
    none = pd.Series(float("nan"), index=amounts.index)
    low, high = none, none
    match metric.measure:
        case Count(key):
            value = numerator = weight = amounts[key].fillna(0.0)
            denominator = none
        case Total(key, of=count):
            value = numerator = amounts[key].fillna(0.0)
            denominator, weight = none, amounts[count.key].fillna(0.0)
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
            denominator = none
        case Percentile():
            value, numerator = amounts[metric.key], none
            denominator = weight = amounts[_size(metric)].fillna(0.0)
    cells = {
        "metric": metric.key,
        **{name: amounts[name] for name in ("period", *by)},
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "low": low,
        "high": high,
        WEIGHT: weight,
    }
    return pd.DataFrame(cells, index=amounts.index)


def _size(metric: Metric) -> str:
    return f"{metric.key}_{WEIGHT}"
