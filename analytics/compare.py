"""Comparing a period with the one before and with the same a year ago; a change only when sure."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analytics.intervals import difference_of_counts, difference_of_shares
from analytics.metrics import METRICS, Unit
from analytics.periods import previous, year_before
from analytics.query import Selection, measure, span
from warehouse.store import Reader

_OTHER = ["value", "low", "high", "suppressed", "is_complete"]


def compare(
    reader: Reader, metrics: Sequence[str], selection: Selection, *, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return metrics of the selection beside two earlier periods, one row per metric and group.

    Columns: those of `measure`, and for each of `previous` (the period before, as long; whole
    months before whole months) and `year_ago` (the same period a year ago): the value then,
    `…_difference` (now - then, in the metric's unit), `…_low` and `…_high` (its bounds of 95%:
    Newcombe for shares, Poisson for counts, none for others), and `…_is_change` (the bounds leave
    zero out). All missing where either period is not complete, or hidden.

    Raises:
        SelectionError: a metric or dimension does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    known = span(reader)
    first, last = selection.start or known.first_on, selection.end or known.last_on
    now = measure(reader, metrics, by=by, selection=selection)
    compared = now
    for name, (begin, end) in {
        "previous": previous(first, last),
        "year_ago": year_before(first, last),
    }.items():
        then = _measured(
            reader, metrics, by, Selection(begin, end, selection.where), known.first_on
        )
        compared = _beside(compared, then, ["metric", *by], name)
    return compared


def _measured(
    reader: Reader,
    metrics: Sequence[str],
    by: Sequence[str],
    selection: Selection,
    first_on: date,
) -> pd.DataFrame:
    """Return the earlier period's figures; no rows where the loaded days do not reach so far."""
    if selection.start is None or selection.start < first_on:
        columns = ["metric", *by, "value", "numerator", "denominator", "low", "high"]
        empty = pd.DataFrame(columns=[*columns, "suppressed", "is_complete"])
        return empty.astype(dict.fromkeys(("value", "low", "high"), "float64"))
    return measure(reader, metrics, by=by, selection=selection)


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
