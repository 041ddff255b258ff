"""Disclosure control: small groups stay hidden, also from who subtracts.

The one place where a figure is hidden. Rules: KPI.md, "Presentation"; the practice is that of
statistical offices: a primary cell below the threshold, and a secondary one so that the primary
cannot be had from a total.
"""

from collections.abc import Sequence

import pandas as pd

HIDDEN = ("value", "numerator", "denominator", "low", "high")


def suppress(
    answer: pd.DataFrame, lines: Sequence[str], weight: pd.Series, threshold: int
) -> pd.DataFrame:
    """Hide cells of fewer than `threshold` contacts or customers, and what would give them away.

    Args:
        answer: cells of one metric, one row each, with the columns HIDDEN.
        lines: the columns that split the answer; over each of them a total can be asked.
        weight: per cell, how many contacts or customers it is about; 0 tells of nobody.
        threshold: the smallest group that is shown.

    Returns:
        The answer with a column `suppressed`; hidden cells hold NaN in the columns HIDDEN.
    """
    hidden = (weight > 0) & (weight < threshold)
    for _ in range(len(answer)):
        more = hidden.copy()
        for line in lines:
            more |= _partner(answer, [name for name in lines if name != line], weight, more)
        if more.equals(hidden):
            break
        hidden = more
    protected = answer.assign(suppressed=hidden.to_numpy())
    protected.loc[hidden, [name for name in HIDDEN if name in answer]] = float("nan")
    return protected


def _partner(
    answer: pd.DataFrame, others: list[str], weight: pd.Series, hidden: pd.Series
) -> pd.Series:
    """Mark the smallest open cell of each line in which exactly one cell is hidden."""
    keys = [answer[name] for name in others] or [pd.Series(0, index=answer.index)]
    alone = hidden.groupby(keys, dropna=False).transform("sum") == 1
    open_weight = weight.where(alone & ~hidden & (weight > 0))
    rank = open_weight.groupby(keys, dropna=False).rank(method="first")
    return (rank == 1).fillna(value=False)
