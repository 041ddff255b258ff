"""Swaps for groups of values: figures over several values that may be small themselves.

Kinds of paths, say. A table by groups instead of values tells which need a swap; it is made with
one value of each group, so that every figure by values knows of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analytics.disclosure.swaps import Cells, NeedsOf, Swaps, numbered, swaps_of


def groups_of(sides: np.ndarray) -> list[np.ndarray]:
    """Return every division of values into groups of which some sides are alike.

    Args:
        sides: (value, side) numbers.

    Returns:
        Per division the group of each value, from 0 on; no two are the same, and none is of single
        values.
    """
    found: dict[bytes, np.ndarray] = {}
    columns = range(sides.shape[1])
    for count in range(1, len(columns) + 1):
        for chosen in combinations(columns, count):
            _, group = np.unique(sides[:, list(chosen)], axis=0, return_inverse=True)
            if 1 < group.max(initial=0) + 1 < len(group):
                found[group.astype("int64").tobytes()] = group.astype("int64")
    return list(found.values())


def _sides_of(group: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return (group, side) the sides that all values of a group have in common."""
    _, first = np.unique(group, return_index=True)
    is_common = (sides[first][group] == sides).all(axis=0)
    return sides[first][:, is_common]


@dataclass(frozen=True)
class Division:
    """A division of one dimension's values into groups.

    Args:
        number: of the division, from 1 on.
        place: of the dimension.
        group: per value its group.
        sides: (value, side) numbers; swaps stay on a side, most of all on the last.
    """

    number: int
    place: int
    group: np.ndarray
    sides: np.ndarray

    def shape(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Return how many values each dimension has, by group."""
        count = int(self.group.max(initial=0)) + 1
        return (*shape[: self.place], count, *shape[self.place + 1 :])

    def cells(self, cells: Cells) -> Cells:
        """Return the table by group."""
        codes = cells.codes.copy()
        codes[:, self.place] = self.group[codes[:, self.place]]
        return replace(cells, codes=codes, shape=self.shape(cells.shape))


def swaps_of_groups(
    cells: Cells,
    division: Division,
    needs_of: NeedsOf,
    margins: Sequence[tuple[int, ...]],
    *,
    has_days: bool,
) -> list[Swaps]:
    """Return swaps that touch each group of values in every link that it needs.

    Args:
        cells: the full table.
        division: the groups.
        needs_of: tells what the cells of a table by groups need.
        margins: of the table.
        has_days: as for `swaps_of`.
    """
    by_group, place = division.cells(cells), division.place
    needs = {by: needs_of(by_group, by) for by in margins}
    sides = {place: _sides_of(division.group, division.sides)}
    return [
        replace(
            swaps,
            pairs=_by_value(swaps, cells, by_group, place),
            division=division.number,
            by_group=swaps.pairs,
        )
        for swaps in swaps_of(by_group, needs, sides, has_days=has_days)
    ]


def _by_value(swaps: Swaps, cells: Cells, by_group: Cells, place: int) -> np.ndarray:
    """Return the pairs with a value of each group: the smallest that the cell has.

    That one is hidden most anyway. Where a cell has none it is the smallest of the whole group.
    """
    by = tuple(sorted({*swaps.by, place}))
    pairs = swaps.pairs.copy()
    for side in (0, 1):
        wanted = swaps.pairs[:, :, 0].copy()
        wanted[:, place] = swaps.pairs[:, place, side]
        kept = wanted[:, place] >= 0
        values = _smallest((place,), cells, by_group, place, wanted[kept])
        own = _smallest(by, cells, by_group, place, wanted[kept])
        pairs[kept, place, side] = np.where(own >= 0, own, values)
    return pairs


def _smallest(
    by: tuple[int, ...], cells: Cells, by_group: Cells, place: int, wanted: np.ndarray
) -> np.ndarray:
    """Return for each row of codes by group the value with fewest in that cell; -1: none has."""
    value = numbered(cells.codes, tuple(sorted({*by, place})), cells.shape)
    _, first, row = np.unique(value, return_index=True, return_inverse=True)
    size = np.bincount(row, cells.size)
    number = numbered(by_group.codes[first], by, by_group.shape)
    order = np.lexsort((size, number))
    numbers, start = np.unique(number[order], return_index=True)
    chosen = cells.codes[first[order[start]], place]
    asked = numbered(wanted, by, by_group.shape)
    found = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
    return np.where(numbers[found] == asked, chosen[found], -1)
