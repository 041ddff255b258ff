"""Comparing a period with the one before and with the same a year ago; a change only when sure."""

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from analytics.intervals import difference_of_counts, difference_of_shares
from analytics.measures import Count, Distinct, Total
from analytics.metrics import METRICS, Unit
from analytics.periods import previous, year_before
from analytics.query import (
    Days,
    Selection,
    Span,
    is_complete,
    measure,
    measure_spans,
    span,
)
from warehouse.store import Reader

_OTHER = ["value", "low", "high", "suppressed", "is_complete"]


EARLIER = ("previous", "year_ago")
"""What a period can be held against."""


def compare(
    reader: Reader,
    metrics: Sequence[str],
    selection: Selection,
    *,
    by: Sequence[str] = (),
    against: Sequence[str] = EARLIER,
) -> pd.DataFrame:
    """Return metrics of the selection beside earlier periods, one row per metric and group.

    Columns: those of `measure`, and for each of `against`, which are `previous` (the period before,
    as long; whole months before whole months) and `year_ago` (the same period a year ago): the
    value then, `…_difference` (now - then, in the metric's unit), `…_low` and `…_high` (its bounds
    of 95%: Newcombe for shares, Poisson for counts, none for others), and `…_is_change` (the bounds
    leave zero out). All missing where either period is not complete, or hidden. A group that occurs
    in one of the periods only has zero contacts in the others.

    Raises:
        SelectionError: a metric or dimension does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    known = span(reader)
    now = (selection.start or known.first_on, selection.end or known.last_on)
    earlier = {"previous": previous(*now), "year_ago": year_before(*now)}
    asked = {name: earlier[name] for name in against}
    reached = [days for days in asked.values() if days[0] >= known.first_on]
    frames = _with_every_group(
        _measured(reader, metrics, by, selection, [now, *reached]), by, known
    )
    compared = frames[now]
    for name, days in asked.items():
        then = frames.get(days, frames[now].iloc[:0])
        compared = _beside(compared, then, ["metric", *by], name)
    return compared


def _with_every_group(
    frames: dict[Days, pd.DataFrame], by: Sequence[str], known: Span
) -> dict[Days, pd.DataFrame]:
    """Give each span a row for every group that occurs in any: what is counted is zero there."""
    keys = ["metric", *by]
    groups = pd.concat([frame[keys] for frame in frames.values()]).drop_duplicates()
    order = {key: number for number, key in enumerate(groups["metric"].unique())}
    filled = {}
    for days, frame in frames.items():
        is_whole = len(frame) == len(groups)
        whole = frame.copy() if is_whole else groups.merge(frame, on=keys, how="left")
        absent = whole["suppressed"].isna()
        adds_up = whole["metric"].map(
            lambda key: isinstance(METRICS[key].measure, Count | Total | Distinct)
        )
        whole.loc[absent & adds_up, ["value", "numerator"]] = 0.0
        whole["suppressed"] = whole["suppressed"].fillna(value=False).astype(bool)
        whole["period"] = days[0]
        whole["is_complete"] = [is_complete(metric, days, known) for metric in whole["metric"]]
        filled[days] = whole[frame.columns].sort_values(
            keys, key=lambda c: c.map(order) if c.name == "metric" else c, ignore_index=True
        )
    return filled


def _measured(
    reader: Reader,
    metrics: Sequence[str],
    by: Sequence[str],
    selection: Selection,
    spans: list[Days],
) -> dict[Days, pd.DataFrame]:
    """Return the figures of each span, in one question where the spans lie apart."""
    different = sorted(set(spans))
    if any(first <= end for (_, end), (first, _) in pairwise(different)):
        return {
            days: measure(reader, metrics, by=by, selection=Selection(*days, selection.where))
            for days in different
        }
    answer = measure_spans(reader, metrics, different, by=by, where=selection.where)
    return {
        days: answer[answer["span"] == number].drop(columns="span").reset_index(drop=True)
        for number, days in enumerate(different)
    }


def _beside(now: pd.DataFrame, then: pd.DataFrame, keys: list[str], name: str) -> pd.DataFrame:
    """Add one earlier period's columns to the figures of now."""
    both = now.merge(then[[*keys, *_OTHER]], on=keys, how="left", suffixes=("", "_then"))
    units = both["metric"].map({key: METRICS[key].unit for key in METRICS})
    comparable = both["is_complete"] & both["is_complete_then"].fillna(value=False).astype(bool)
    value_then = both["value_then"].astype("float64")
    share_low, share_high = difference_of_shares(
        both["low"], both["value"], both["high"],
        both["low_then"].astype("float64"), value_then, both["high_then"].astype("float64"),
    )  # fmt: skip
    count_low, count_high = difference_of_counts(both["value"], value_then)
    is_count = (units == Unit.COUNT) & comparable
    low = share_low.where(comparable).mask(is_count, count_low)
    high = share_high.where(comparable).mask(is_count, count_high)
    return now.assign(
        **{
            name: value_then.to_numpy(),
            f"{name}_difference": (both["value"] - value_then).where(comparable).to_numpy(),
            f"{name}_low": low.to_numpy(),
            f"{name}_high": high.to_numpy(),
            f"{name}_is_change": ((low > 0) | (high < 0)).to_numpy(),
        }
    )
