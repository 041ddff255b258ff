"""Steps: from which channel to which, after how long; and who leaves the digital road for help."""

import pandas as pd

from analytics.derive.cube import ROW_COUNT
from analytics.derive.journey_cubes import STEPS, TRIES
from analytics.journeys.cells import asked, counts, quantiles, shares, summed
from analytics.query import EVERYTHING, Selection
from warehouse.store import Reader

_PAIR = ["channel", "next_channel"]


def steps(
    reader: Reader, selection: Selection = EVERYTHING, *, threshold: int | None = None
) -> pd.DataFrame:
    """Return how often one channel directly follows another within an episode, and how long after.

    A filter on channel is on that of the first of the two; the period is that in which it began.

    Args:
        reader: of the warehouse.
        selection: which days, and which values of dimensions.
        threshold: the smallest group that is shown; the configured one where left out.

    Returns:
        Columns: channel, next_channel; steps (count), share (of all steps from `channel` that are
        shown), p50 and p90 (seconds from start to start); NaN where hidden; suppressed.

    Raises:
        SelectionError: a filter is on a dimension that does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    with asked(reader, STEPS, selection, threshold) as (rows, shown):
        binned = summed(rows, [*_PAIR, "time_bin"], STEPS)
        found = binned.groupby(_PAIR, as_index=False)[[ROW_COUNT]].sum()
        answer = shown.of(counts("steps", found[[*_PAIR]], found[ROW_COUNT]), _PAIR)
    frame = answer[[*_PAIR, "value", "suppressed"]].rename(columns={"value": "steps"})
    frame["share"] = frame["steps"] / frame.groupby("channel")["steps"].transform("sum")
    frame = frame.merge(quantiles(binned, _PAIR, ROW_COUNT, [0.5, 0.9]), on=_PAIR, how="left")
    frame[["p50", "p90"]] = frame[["p50", "p90"]].mask(frame["suppressed"])
    columns = [*_PAIR, "steps", "share", "p50", "p90", "suppressed"]
    return frame[columns].sort_values(
        ["suppressed", "steps", *_PAIR], ascending=[True, False, True, True], ignore_index=True
    )


def drop_off(
    reader: Reader,
    by: str | None = None,
    selection: Selection = EVERYTHING,
    *,
    threshold: int | None = None,
) -> pd.DataFrame:
    """Return after how many digital tries somebody had to help.

    A try: digital contacts and web visits of one customer on one subject, each within the repeat
    window of the one before. It dropped off where the next thing that the customer did on the
    subject within the window was to call or to come by. That the one led to the other it does not
    tell. The period and a filter on channel are those of the try's last contact or visit.

    Args:
        reader: of the warehouse.
        by: channel (of the try's last contact or visit), service or customer_type; None for all.
        selection: which days, and which values of dimensions.
        threshold: the smallest group that is shown; the configured one where left out.

    Returns:
        Columns: group (where `by` is given); tries (all, also too recent to know); value (share
        that dropped off), numerator, denominator (tries of which it can be known), low, high (95%);
        suppressed. Most drop-offs first.

    Raises:
        SelectionError: a filter is on a dimension that does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    lines = [by] if by else []
    with asked(reader, TRIES, selection, threshold) as (rows, shown):
        found = summed(rows, lines or ["channel"], TRIES)
        if not by:
            found = found[[*TRIES.amounts]].sum().to_frame().T
        share = shares("drop_off", found[lines], found["dropped_count"], found["known_count"])
        frame = shown.of(share, lines, "known_count").drop(columns="metric")
        tries = shown.of(counts("tries", found[lines], found[ROW_COUNT]), lines)
    tries = tries[[*lines, "value"]].rename(columns={"value": "tries"})
    frame = frame.merge(tries, on=lines, how="outer") if by else frame.assign(tries=tries["tries"])
    frame["suppressed"] = frame["suppressed"].isna() | frame["suppressed"].eq(True)
    frame["tries"] = frame["tries"].mask(frame["suppressed"])
    if by:
        frame = frame.rename(columns={by: "group"})
    return frame.sort_values(
        ["suppressed", "numerator", *(["group"] if by else [])],
        ascending=[True, False, *([True] if by else [])],
        ignore_index=True,
    )
