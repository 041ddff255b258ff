"""Disclosure control: small groups stay hidden, also from who subtracts.

The one place where a figure is hidden. Rules: KPI.md, "Presentation"; the practice is that of
statistical offices: a primary cell below the threshold, and a secondary one so that the primary
cannot be had from a total.
"""

from collections.abc import Sequence

import pandas as pd

HIDDEN = ("value", "numerator", "denominator", "low", "high")


def suppress(
    answer: pd.DataFrame,
    lines: Sequence[str],
    weight: str,
    threshold: int,
    *,
    apart: Sequence[str] = ("metric",),
) -> pd.DataFrame:
    """Hide cells of fewer than `threshold` contacts or customers, and what would give them away.

    Args:
        answer: cells, one row each, with the columns HIDDEN.
        lines: the columns that split the answer; over each of them a total can be asked.
        weight: the column that tells how many contacts or customers a cell is about; 0 tells of
            nobody and stays.
        threshold: the smallest group that is shown.
        apart: the columns over which nothing is ever added up.

    Returns:
        The answer with a column `suppressed` and without `weight`; hidden cells hold NaN.
    """
    size = answer[weight]
    hidden = (size > 0) & (size < threshold)
    answer = answer.drop(columns=weight)
    if hidden.any():
        hidden = _with_partners(answer, lines, size, hidden, apart)
        answer.loc[hidden, list(HIDDEN)] = float("nan")
    answer["suppressed"] = hidden
    return answer


def _with_partners(
    answer: pd.DataFrame,
    lines: Sequence[str],
    size: pd.Series,
    hidden: pd.Series,
    apart: Sequence[str],
) -> pd.Series:
    """Hide a second cell wherever one alone is hidden in a line, until that is so nowhere."""
    while True:
        before = hidden
        for line in lines:
            keys = [*apart, *(name for name in lines if name != line)]
            hidden = hidden | _smallest_open(answer, keys, size, hidden)
        if hidden.equals(before):
            return hidden


def _smallest_open(
    answer: pd.DataFrame, keys: list[str], size: pd.Series, hidden: pd.Series
) -> pd.Series:
    """Mark the smallest open cell of each line in which exactly one cell is hidden."""
    groups = [answer[name] for name in keys]
    alone = hidden.groupby(groups, dropna=False).transform("sum") == 1
    open_size = size.where(alone & ~hidden & (size > 0))
    rank = open_size.groupby(groups, dropna=False).rank(method="first")
    return (rank == 1).fillna(value=False)
