"""Groups against the average: how many more than that, how sure, and which stand out by chance.

A group's events are held against what the average of its stratum would give (without strata: the
average of all). Many groups are held so at once, so a group counts as standing out only where the
Benjamini-Hochberg procedure leaves it.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analytics.intervals import Z


def contrast(
    cells: pd.DataFrame, keys: Sequence[str], strata: Sequence[str] = (), *, spread: float = 1.0
) -> pd.DataFrame:
    """Return each group against the average.

    Source: the test is that of Cochran (1954) and Mantel and Haenszel (1959); the interval is the
    normal one of the stratified difference with the contacts outside the group.

    Args:
        cells: rows with `keys`, `strata`, and `size` (contacts) and `events` (of these); cells
            may repeat.
        keys: what makes a group.
        strata: within what the average is taken.
        spread: by how much customers' contacts hang together: variances are so many times those
            of independent contacts (see `spread_of`).

    Returns:
        One row per group: the keys; size; events; rate (0 to 1); expected (events at the average);
        excess (events - expected), excess_low and excess_high (95%); ratio (events / expected) with
        ratio_low, ratio_high; p (two-sided, that nothing is the matter). What cannot be known,
        as for a group that is all of its strata, is NaN.
    """
    names = [*dict.fromkeys([*keys, *strata])]
    parts = cells.groupby(names, dropna=False, sort=True)[["size", "events"]].sum().reset_index()
    if strata:
        whole = parts.groupby(list(strata), dropna=False)[["size", "events"]].transform("sum")
    else:
        whole = pd.DataFrame({name: parts[name].sum() for name in ("size", "events")}, parts.index)
    n, y = parts["size"].astype("float64"), parts["events"].astype("float64")
    rest_n = whole["size"] - n
    rest_rate = ((whole["events"] - y) / rest_n.where(rest_n > 0)).fillna(0.0)
    average, rate, outside = whole["events"] / whole["size"], y / n, rest_n / whole["size"]
    chance = average * (1 - average) * n * outside
    unsure = outside**2 * (
        n * rate * (1 - rate) + n**2 * rest_rate * (1 - rest_rate) / rest_n.where(rest_n > 0)
    )
    parts = parts.assign(
        expected=n * average, chance=chance * spread, unsure=unsure.fillna(0.0) * spread
    )
    sums = ["size", "events", "expected", "chance", "unsure"]
    groups = parts.groupby(list(keys), dropna=False, sort=True)[sums].sum().reset_index()
    excess = groups["events"] - groups["expected"]
    margin = Z * np.sqrt(groups["unsure"].where(groups["unsure"] > 0))
    score = excess / np.sqrt(groups["chance"].where(groups["chance"] > 0))
    expected = groups["expected"].where(groups["expected"] > 0)
    return groups[[*keys, "size", "events"]].assign(
        rate=groups["events"] / groups["size"],
        expected=groups["expected"],
        excess=excess,
        excess_low=excess - margin,
        excess_high=excess + margin,
        ratio=groups["events"] / expected,
        ratio_low=((groups["expected"] + excess - margin) / expected).clip(lower=0),
        ratio_high=(groups["expected"] + excess + margin) / expected,
        p=2 * stats.norm.sf(score.abs()),
    )


def stands_out(p: pd.Series, share: float) -> pd.Series:
    """Return which of many hypotheses are kept, so that a share of these at most is by chance.

    Source: Benjamini and Hochberg (1995). What has no p is never kept, and not counted.
    """
    kept = pd.Series(False, index=p.index)
    known = p[p.notna()]
    if len(known):
        kept.loc[known.index] = stats.false_discovery_control(known.to_numpy()) <= share
    return kept


def spread_of(customers: pd.DataFrame) -> float:
    """Return by how much contacts of one customer resemble each other, at least 1.

    Source: Rao and Scott (1992), the design effect of a share of clustered events.

    Args:
        customers: how many customers (`count`) have so many contacts (`size`) and of these so many
            events (`events`).
    """
    count, size, events = (
        customers[name].astype("float64") for name in ("count", "size", "events")
    )
    contacts = float((count * size).sum())
    rate = float((count * events).sum()) / contacts if contacts else 0.0
    independent = contacts * rate * (1 - rate)
    if independent <= 0:
        return 1.0
    return max(1.0, float((count * (events - rate * size) ** 2).sum()) / independent)
