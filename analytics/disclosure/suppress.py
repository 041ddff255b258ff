"""Hiding in a table: what is small, and what would give that away.

Rules: docs/metrics.md; the practice is that of statistical offices: primary cells below the
threshold, and secondary ones so that no primary can be had from a total. A total is any answer with
fewer dimensions or longer periods, of the same days and filters: what is hidden there is worked out
here too, from the coarsest to the finest, so that two answers never contradict each other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.periods import COARSER, Grain, begins

HIDDEN = ("value", "numerator", "denominator", "low", "high")
PERIOD = "period"
_SOLVABLE = 120
"""Up to so many hidden cells of one metric are held against all sums together."""
_NOTHING = 1e-9
_MANY = 2**62
"""Numbers stay below what 64 bits hold."""


def suppress(
    answer: pd.DataFrame,
    lines: Sequence[str],
    weight: str,
    threshold: int,
    *,
    apart: Sequence[str] = ("metric",),
    grain: Grain | None = None,
) -> pd.DataFrame:
    """Hide cells of fewer than `threshold` contacts or customers, and what would give them away.

    Args:
        answer: cells, one row each, with the columns HIDDEN.
        lines: the columns that split the answer; over each of them a total can be asked.
        weight: the column that tells how many contacts or customers a cell is about; 0 tells of
            nobody, and is hidden only where nothing else can hide another cell.
        threshold: the smallest group that is shown.
        apart: the columns over which nothing is ever added up.
        grain: how long the periods in the column `period` are, where that is one of the lines.

    Returns:
        The answer with a column `suppressed` and without `weight`; hidden cells hold NaN.
    """
    size = answer[weight].to_numpy(dtype="float64")
    hidden = (size > 0) & (size < threshold)
    answer = answer.drop(columns=weight)
    if hidden.any():
        columns = {name: answer[name] for name in lines}
        coarser = {}
        if grain and PERIOD in columns:
            longer = _longer_periods(answer[PERIOD], grain)
            columns |= longer
            coarser = _nesting(grain)
        pattern = _Pattern(columns, [answer[name] for name in apart], size, threshold, coarser)
        finest = pattern.margin(frozenset(lines))
        hidden = finest.hidden[finest.cell_of_row]
        answer.loc[hidden, list(HIDDEN)] = float("nan")
    answer["suppressed"] = hidden
    return answer


def hide(
    answer: pd.DataFrame,
    lines: Sequence[str],
    weight: str,
    threshold: int,
    held: Collection[tuple[object, ...]],
) -> pd.DataFrame:
    """Hide small cells, and those that the full table says to be hidden (protection.py).

    Args:
        answer: cells of one metric, one row each, with the columns HIDDEN.
        lines: the columns that split the answer.
        weight: the column that tells how many a cell is about.
        threshold: the smallest group that is shown.
        held: the values of `lines` of what is hidden; what may not be told to be nought gets a row.

    Returns:
        The answer with a column `suppressed` and without `weight`; hidden cells hold NaN.
    """
    size = answer[weight].to_numpy(dtype="float64")
    places = list(answer[list(lines)].itertuples(index=False, name=None)) if lines else [()]
    kept = set(held)
    hidden = (size > 0) & (size < threshold) | np.array([place in kept for place in places], bool)
    answer = answer.drop(columns=weight)
    answer.loc[hidden, list(HIDDEN)] = float("nan")
    answer["suppressed"] = hidden
    absent = sorted(kept.difference(places)) if lines else []
    if not absent:
        return answer
    more = pd.DataFrame(absent, columns=list(lines)).assign(
        metric=answer["metric"].iloc[0] if len(answer) else None, suppressed=True
    )
    return pd.concat([answer, more.assign(**dict.fromkeys(HIDDEN, float("nan")))])


def _longer_periods(periods: pd.Series, grain: Grain) -> dict[str, pd.Series]:
    """Return the first day of each longer period that the periods lie in."""
    return {_column(longer): begins(periods, longer) for longer in COARSER[grain]}


def _nesting(grain: Grain) -> dict[str, list[str]]:
    """Return the columns of longer periods into which each column of periods adds up."""
    nested = {PERIOD: COARSER[grain]} | {
        _column(longer): COARSER[longer] for longer in COARSER[grain]
    }
    return {name: [_column(longer) for longer in grains] for name, grains in nested.items()}


def _column(grain: Grain) -> str:
    """Name the column of a longer period, in the alphabet where `period` has its place."""
    return f"{PERIOD} {grain}"


@dataclass(frozen=True)
class _Margin:
    """The cells of an answer by some of the columns: how large, which hidden, where each row is."""

    cell_of_row: np.ndarray
    size: np.ndarray
    hidden: np.ndarray


@dataclass(frozen=True)
class _Totals:
    """The cells of one margin as totals over those of a finer one."""

    margin: _Margin
    of_cell: np.ndarray


class _Pattern:
    """Which cells are hidden, in an answer and in every answer that it adds up to."""

    def __init__(
        self,
        columns: Mapping[str, pd.Series],
        apart: Sequence[pd.Series],
        size: np.ndarray,
        threshold: int,
        coarser: Mapping[str, Sequence[str]],
    ) -> None:
        # sorted, so that equal cells have the same order in every answer that holds them
        self._codes = {name: pd.factorize(column, sort=True)[0] for name, column in columns.items()}
        self._apart = _combined([pd.factorize(column)[0] for column in apart], len(size))
        self._size = size
        self._threshold = threshold
        self._coarser = coarser
        self._known: dict[frozenset[str], _Margin] = {}

    def margin(self, by: frozenset[str]) -> _Margin:
        """Return the cells by these columns, with all that is hidden among them."""
        if by not in self._known:
            codes = [self._apart, *(self._codes[name] for name in sorted(by))]
            cell_of_row = _combined(codes, len(self._size))
            size = np.bincount(cell_of_row, weights=self._size)
            margin = _Margin(cell_of_row, size, (size > 0) & (size < self._threshold))
            if margin.hidden.any():  # a small total is made of small cells only
                self._complete(margin, [self._totals(margin, less) for less in self._less(by)])
                if len(by) > 1:
                    self._hold_crosswise(margin, by)
            self._known[by] = margin
        return self._known[by]

    def _less(self, by: frozenset[str]) -> list[frozenset[str]]:
        """Return the columns of each total: one left out, or a period made longer."""
        shorter = [(name, longer) for name in by for longer in self._coarser.get(name, ())]
        # a quarter before the year: who hides another cell of the quarter needs none of the year
        longer = [by - {name} | {longer} for name, longer in shorter]
        return [*longer, *(by - {name} for name in sorted(by))]

    def _totals(self, margin: _Margin, by: frozenset[str]) -> _Totals:
        total = self.margin(by)
        of_cell = np.zeros(len(margin.size), dtype="int64")
        of_cell[margin.cell_of_row] = total.cell_of_row
        return _Totals(total, of_cell)

    def _complete(self, margin: _Margin, totals: Sequence[_Totals]) -> None:
        """Hide further cells until no line of any total gives a small group away by itself."""
        lone = np.zeros(len(margin.size), dtype=bool)
        for total in totals:
            filled = np.bincount(total.of_cell, weights=margin.size > 0)
            lone |= ((filled == 1) & ~total.margin.hidden)[total.of_cell]
        is_complete = False
        while not is_complete:
            is_complete = True
            for total in totals:
                chosen = self._partners(margin, total, lone)
                margin.hidden[chosen] = True
                is_complete = is_complete and not len(chosen)

    def _partners(self, margin: _Margin, total: _Totals, lone: np.ndarray) -> np.ndarray:
        """Return, for each line that gives something away, its smallest open cell.

        A line does where its total is shown and one cell alone is hidden, or several that are a
        small group together; and where its total is hidden and all of its cells are shown.
        """
        hidden, size = margin.hidden, margin.size
        count = np.bincount(total.of_cell, weights=hidden)
        together = np.bincount(total.of_cell, weights=hidden * size)
        gives_away = np.where(
            total.margin.hidden,
            count == 0,
            (count == 1) | ((count > 0) & (together < self._threshold)),
        )
        open_cells = np.flatnonzero(~hidden & gives_away[total.of_cell])
        # a cell that is all of another shown total would be known from that; nought is the last
        # resort: it hides nobody, but no longer tells that the others are all there is
        order = (size[open_cells], lone[open_cells], size[open_cells] == 0)
        ranked = open_cells[np.lexsort(order)]
        _, first = np.unique(total.of_cell[ranked], return_index=True)
        return ranked[first]

    def _hold_crosswise(self, margin: _Margin, by: frozenset[str]) -> None:
        """Hide further cells until no small one follows from all lines together either.

        Two rows less two columns can leave one cell over. That takes linear algebra, which is only
        affordable where few cells are hidden: where the many are, a lone one is rare.
        """
        coarser = [self._totals(margin, less) for less in self._all_less(by)]
        of_answer = np.zeros(len(margin.size), dtype="int64")
        of_answer[margin.cell_of_row] = self._apart
        for number in np.unique(of_answer[margin.hidden]):
            own = of_answer == number
            while True:
                hidden = np.flatnonzero(margin.hidden & own)
                if len(hidden) > _SOLVABLE:
                    break
                found = hidden[_follows(hidden, coarser) & (margin.size[hidden] < self._threshold)]
                near = np.zeros(len(own), dtype=bool)
                for total in coarser:
                    near |= np.isin(total.of_cell, total.of_cell[found])
                open_cells = np.flatnonzero(near & own & ~margin.hidden)
                if not len(found) or not len(open_cells):
                    break
                margin.hidden[
                    min(open_cells, key=lambda c: (margin.size[c] == 0, margin.size[c]))
                ] = True

    def _all_less(self, by: frozenset[str]) -> set[frozenset[str]]:
        """Return the columns of every total, and of their totals."""
        found: set[frozenset[str]] = set()
        waiting = [by]
        while waiting:
            new = set(self._less(waiting.pop())) - found
            found |= new
            waiting += new
        return found


def _follows(hidden: np.ndarray, coarser: Sequence[_Totals]) -> np.ndarray:
    """Tell for each hidden cell whether it is a combination of sums that are shown."""
    sums = []
    for total in coarser:
        of_hidden = total.of_cell[hidden]
        shown = np.unique(of_hidden[~total.margin.hidden[of_hidden]])
        sums.append((of_hidden == shown[:, None]).astype("float64"))
    known = np.concatenate(sums)
    if not len(known):
        return np.zeros(len(hidden), dtype=bool)
    # a cell follows where nothing that leaves all sums as they are can change it
    strength, directions = np.linalg.eigh(known.T @ known)
    free = directions[:, strength < _NOTHING]
    return np.abs(free).max(axis=1, initial=0.0) < _NOTHING


def _combined(codes: Sequence[np.ndarray], length: int) -> np.ndarray:
    """Return one number per row, from 0 on, that is equal where all codes are."""
    number, count = np.zeros(length, dtype="int64"), 1
    for code in codes:
        values = int(code.max(initial=0)) + 1
        if count * values >= _MANY:
            number = np.unique(number, return_inverse=True)[1]
            count = length
        number, count = number * values + code, count * values
    return np.unique(number, return_inverse=True)[1]
