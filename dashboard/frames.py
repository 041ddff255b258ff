"""Asking for figures, and picking them out of the answer."""

from collections.abc import Sequence

import pandas as pd

from analytics.compare import compare
from analytics.measures import Count, Total
from analytics.metrics import METRICS
from analytics.periods import Grain, period_of, previous, year_before
from analytics.query import Selection, Span, measure, span
from dashboard.context import Context
from dashboard.numbers import range_text
from dashboard.periods import periods_between
from warehouse.store import Reader

AGAINST = ("previous", "year_ago")
"""What a period is held against."""


def has_codes(span: Span) -> bool:
    """Return whether reason codes tell which contacts are avoidable, so that a share is known."""
    return bool(span.settings.avoidable.reasons)


def avoidable_metric(span: Span) -> str:
    """Return the metric that may be called the avoidable share here (docs/metrics.md)."""
    return "avoidable_share" if has_codes(span) else "avoidable_detected_share"


def compared(
    reader: Reader,
    metrics: Sequence[str],
    selection: Selection,
    *,
    by: Sequence[str] = (),
    against: Sequence[str] = AGAINST,
) -> pd.DataFrame:
    """Return metrics beside the previous period and the same period a year ago."""
    return compare(reader, metrics, selection, by=by, against=against)


def over_time(
    reader: Reader,
    metrics: Sequence[str],
    trend: tuple[Selection, Grain],
    *,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Return metrics by period, also of periods in which nothing happened.

    There, what is counted or paid is zero and a share has no value. A period that the selection
    cuts is not complete either.
    """
    selection, grain = trend
    frame = measure(reader, metrics, by=by, grain=grain, selection=selection)
    if frame.empty or selection.start is None or selection.end is None:
        return frame
    periods = periods_between(selection.start, selection.end, grain)
    groups = frame[["metric", *by]].drop_duplicates()
    full = groups.merge(pd.DataFrame({"period": periods}), how="cross")
    frame = full.merge(frame, on=["metric", *by, "period"], how="left")
    adds_up = frame["metric"].map(lambda key: isinstance(METRICS[key].measure, Count | Total))
    frame["value"] = frame["value"].mask(frame["suppressed"].isna() & adds_up, 0.0)
    frame["suppressed"] = frame["suppressed"].fillna(value=False).astype(bool)
    loaded = span(reader)
    first, last = max(selection.start, loaded.first_on), min(selection.end, loaded.last_on)
    whole = {
        period for period in periods if first <= period and period_of(period, grain)[1] <= last
    }
    is_settled = frame["is_complete"].fillna(value=True).astype(bool)
    return frame.assign(is_complete=is_settled & frame["period"].isin(whole))


def of_metric(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return one metric's rows of a tidy frame."""
    return frame[frame["metric"] == metric].reset_index(drop=True)


def one(frame: pd.DataFrame, metric: str) -> pd.Series:
    """Return the one row of a metric; an empty one, all missing, where there is none."""
    rows = of_metric(frame, metric)
    if rows.empty:
        return pd.Series(dict.fromkeys(frame.columns, float("nan")) | {"suppressed": False})
    return rows.iloc[0]


def is_empty(frame: pd.DataFrame, metric: str = "contacts") -> bool:
    """Return whether nothing at all was counted."""
    rows = of_metric(frame, metric)
    return not rows["suppressed"].any() and not (rows["value"].fillna(0) > 0).any()


def labelled(
    frame: pd.DataFrame, column: str, context: Context, *, dimension: str | None = None
) -> pd.DataFrame:
    """Return a frame with a column of a dimension's values as they are called on screen."""
    names = context.labels(dimension or column, frame[column].unique())
    return frame.assign(**{column: frame[column].map(names)})


def before_name(against: str, context: Context, *, short: bool = False) -> str:
    """Return what the period is held against is called: `februari 2025`."""
    bounds = (previous if against == "previous" else year_before)(*context.period)
    return range_text(*bounds, context.language, short=short)
