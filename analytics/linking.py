"""Linking side by side: what each channel sees of its customers, and what all see together."""

import pandas as pd

from analytics.query import Selection, measure
from warehouse.store import Reader

TOTAL = "total"
"""Stands in the column `channel` for all channels together."""

_WITHIN, _ACROSS = "repeat_share_same_channel", "repeat_share"
ASKED = (_WITHIN, _ACROSS, "customers")
"""The metrics that `side_by_side` puts beside each other."""


def side_by_side(
    reader: Reader, selection: Selection, channels: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return customers and repeats as seen per channel and as seen over all channels.

    Args:
        reader: of the warehouse.
        selection: which days, and which values of dimensions.
        channels: what `measure` gives of ASKED by channel, where that is known already.

    Returns:
        Per channel, the most contacts first, and at the end TOTAL: channel; candidates (contacts of
        which it is known whether they are a repeat); repeats_within and repeats_across (with a
        predecessor on the same channel, or on any), within and across (the same as shares of the
        candidates, 0 to 1), missed (the difference), missed_share (of repeats_across, 0 to 1);
        customers (different ones); suppressed. In TOTAL, customers_within is the sum of the
        channels' customers: who uses two is counted twice. What is hidden is NaN.

    Raises:
        SelectionError: the selection names a dimension that does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    if channels is None:
        channels = measure(reader, ASKED, by=["channel"], selection=selection)
    channels = _wide(channels)
    channels = channels[channels["customers"].gt(0) | channels["suppressed"]]
    channels = channels.sort_values("candidates", ascending=False, kind="stable")
    total = _wide(measure(reader, ASKED, selection=selection).assign(channel=TOTAL))
    total["customers_within"] = channels["customers"].sum(min_count=1)
    return pd.concat([channels.assign(customers_within=channels["customers"]), total]).reset_index()


def _wide(answer: pd.DataFrame) -> pd.DataFrame:
    """Return one row per channel, with the metrics beside each other."""
    within, across, customers = (
        answer[answer["metric"] == metric].set_index("channel")
        for metric in (_WITHIN, _ACROSS, "customers")
    )
    missed = across["numerator"] - within["numerator"]
    hidden = [part["suppressed"].reindex(customers.index) for part in (within, across, customers)]
    return pd.DataFrame(
        {
            "candidates": across["denominator"],
            "repeats_within": within["numerator"],
            "repeats_across": across["numerator"],
            "within": within["value"],
            "across": across["value"],
            "missed": missed,
            "missed_share": missed / across["numerator"].where(across["numerator"] > 0),
            "customers": customers["value"],
            "suppressed": pd.concat(hidden, axis=1).fillna(value=False).astype(bool).any(axis=1),
        }
    )
