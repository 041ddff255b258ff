"""What could just as well have been: changes of cells that leave every larger sum as it is.

Take one contact from a cell and put it in another day, give one back to a cell beside it, and so
on: sums over the days, and over the values, stay the same. Such a change is a *swap*: of two values
of each dimension, and of two units of time. Each small group is touched by a swap; a figure that a
swap would change is hidden. So all that is shown is the same in the world as it is and in one where
the small group is another size, and nobody can tell which (docs/adr/0005).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from analytics.disclosure.links import Needs

_GREEDY = 3_000
"""Up to so many cells each has its partner chosen; of more, values are paired by size."""
_EMPTY, _OTHER_SIDE = 5.0, 1000.0
"""What it costs to hide an empty cell, and to swap with a value on another side, in cells; of each
further side, which matters more, it is twice as much."""
_LARGE = 5.0
"""Large figures are dearer to hide than small ones: one of 150 twice as dear as nearly none."""


@dataclass(frozen=True)
class Cells:
    """How many are in each cell: codes of its values (one column per dimension), unit, size."""

    codes: np.ndarray
    unit: np.ndarray
    size: np.ndarray
    shape: tuple[int, ...]
    unit_count: int

    def margin(self, by: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of the cells by some dimensions, sorted, and their size per unit."""
        number = numbered(self.codes, by, self.shape)
        keys, row = np.unique(number, return_inverse=True)
        place = row * self.unit_count + self.unit
        sizes = np.bincount(place, self.size, minlength=len(keys) * self.unit_count)
        return keys, sizes.reshape(len(keys), self.unit_count)


def numbered(codes: np.ndarray, by: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Return one number per row for its values in some dimensions."""
    number = np.zeros(len(codes), dtype="int64")
    for place in by:
        number = number * shape[place] + codes[:, place]
    return number


@dataclass(frozen=True)
class Swaps:
    """Swaps between cells of one margin.

    Args:
        by: the places of the dimensions of which two values are swapped.
        pairs: swap, dimension, two values; where but one value is touched, the second is -1.
        links: swap, link: which two units of time are swapped; of several each by itself.
        lead: the number, within the margin, of the cell that needs the swap.
        division: 0 where `pairs` are the cells that need the swap; else the number of a division of
            values into groups (see groups_of_values.py), and `by_group` those cells in it.
    """

    by: tuple[int, ...]
    pairs: np.ndarray
    links: np.ndarray
    lead: np.ndarray
    division: int = 0
    by_group: np.ndarray | None = None


type NeedsOf = Callable[[Cells, tuple[int, ...]], Needs]
"""What the cells of a margin (places of dimensions) of a table need."""


def swaps_of(
    cells: Cells,
    needs: Mapping[tuple[int, ...], Needs],
    sides: Mapping[int, np.ndarray],
    *,
    has_days: bool = False,
) -> list[Swaps]:
    """Return swaps that touch every cell of every margin in every link that it needs.

    Which swaps a margin has depends on its own cells only, so that answers by different dimensions
    agree.

    Args:
        cells: the full table.
        needs: margin (places of dimensions) -> what its cells need.
        sides: place of a dimension -> (value, side) numbers; swaps stay on a side, most of all on
            the last.
        has_days: whether units are made of days, which a swap takes one of: then a swap of a total
            touches its largest value, but not on a day on which that has any, and does not do for
            it.
    """
    ranks = [_ranked(cells, place, sides.get(place)) for place in range(len(cells.shape))]
    found: dict[tuple[int, ...], Swaps] = {}
    for by in sorted(needs, key=lambda by: (len(by), by)):
        numbers, links = needs[by].numbers, needs[by].links
        shape = tuple(cells.shape[place] for place in by)
        is_small = int(np.prod([float(length) for length in shape])) <= _GREEDY
        if not links.any():
            pairs = np.zeros((0, len(by), 2), dtype="int64")
            found[by] = Swaps(by, pairs, links[:0], numbers[:0])
        elif is_small:
            lifted = [
                _lifted(found[less], by, cells, needs)
                for count in range(len(by))
                for less in combinations(by, count)
            ]
            own = {place: sides[by[place]] for place in range(len(by)) if by[place] in sides}
            found[by] = _chosen(by, shape, needs[by], lifted, own, has_days=has_days)
        else:
            chosen = links.any(axis=1)
            values = np.stack(np.unravel_index(numbers[chosen], shape), axis=1)
            others = [ranks[place][values[:, column]] for column, place in enumerate(by)]
            pairs = np.stack([values, np.stack(others, axis=1)], axis=2)
            found[by] = Swaps(by, pairs, links[chosen], numbers[chosen])
    every = tuple(range(len(cells.shape)))
    return [_lifted(swaps, every, cells, needs) for swaps in found.values() if len(swaps.lead)]


def _ranked(cells: Cells, place: int, sides: np.ndarray | None) -> np.ndarray:
    """Return for each value the one next to it in size on its side, which it is swapped with."""
    count = cells.shape[place]
    size = np.bincount(cells.codes[:, place], cells.size, minlength=count)
    sides = np.zeros((count, 1), dtype="int64") if sides is None else sides
    order = np.lexsort((size, *sides.T))
    is_first = np.append(True, (np.diff(sides[order], axis=0) != 0).any(axis=1))[:count]
    group = np.cumsum(is_first) - 1
    start, length = np.flatnonzero(is_first)[group], np.bincount(group)[group]
    position = start + ((np.arange(count) - start) ^ 1)
    # the last of an odd number goes with the one before it, one alone with that of another side
    position = np.where(position < start + length, position, np.arange(count) - 1)
    if count and position[0] < 0:
        position[0] = min(1, count - 1)
    other = np.empty(count, dtype="int64")
    other[order] = order[position]
    return other


def _lifted(
    swaps: Swaps,
    by: tuple[int, ...],
    cells: Cells,
    needs: Mapping[tuple[int, ...], Needs],
) -> Swaps:
    """Return swaps in a finer table: in each further dimension they touch the largest value."""
    pairs = np.full((len(swaps.lead), len(by), 2), -1, dtype="int64")
    for column, place in enumerate(by):
        if place in swaps.by:
            pairs[:, column] = swaps.pairs[:, swaps.by.index(place)]
            continue
        finer = tuple(sorted((*swaps.by, place)))
        numbers, sizes = needs[finer].numbers, needs[finer].sizes
        values = np.stack(
            np.unravel_index(numbers, tuple(cells.shape[name] for name in finer)), axis=1
        )
        codes = np.zeros((len(values), len(cells.shape)), dtype="int64")
        codes[:, list(finer)] = values
        whole = numbered(codes, swaps.by, cells.shape)
        order = np.lexsort((-sizes, whole))
        leads, first = np.unique(whole[order], return_index=True)
        largest = codes[order[first], place]
        pairs[:, column, 0] = largest[np.searchsorted(leads, swaps.lead)]
    return Swaps(swaps.by, pairs, swaps.links, swaps.lead)


def corners(pairs: np.ndarray) -> list[np.ndarray]:
    """Return the cells that swaps touch: a matrix of swap, dimension each; -1: none there."""
    count = pairs.shape[1]
    return [
        np.stack([pairs[:, place, side] for place, side in enumerate(choice)], axis=1)
        if count
        else np.zeros((len(pairs), 0), dtype="int64")
        for choice in product((0, 1), repeat=count)
    ]


def _chosen(
    by: tuple[int, ...],
    shape: tuple[int, ...],
    needs: Needs,
    lifted: Sequence[Swaps],
    sides: Mapping[int, np.ndarray],
    *,
    has_days: bool,
) -> Swaps:
    """Choose for each cell the swap that hides fewest others, those in need of one first."""
    numbers, links = needs.numbers, needs.links
    count, link_count = int(np.prod(shape)), links.shape[1]
    is_needed = np.zeros((count, link_count), dtype=bool)
    is_needed[numbers] = links
    is_touched = np.zeros_like(is_needed)
    for swaps in lifted:
        for cell in corners(swaps.pairs):
            kept = (cell >= 0).all(axis=1)
            number = (
                np.ravel_multi_index(tuple(cell[kept].T), shape)
                if shape
                else np.zeros(kept.sum(), dtype="int64")
            )
            np.logical_or.at(is_touched, number, swaps.links[kept])
    is_done = np.zeros_like(is_needed) if has_days else is_touched.copy()
    is_open = ~((is_needed | is_touched).astype("float32") @ needs.touches.astype("float32") > 0)
    weight = np.full((count, needs.touches.shape[1]), _EMPTY)
    weight[numbers] = np.where(needs.figures > 0, 1 + np.log1p(needs.figures) / _LARGE, _EMPTY)
    weight *= needs.weight
    pairs: list[list[tuple[int, int]]] = []
    chosen: list[np.ndarray] = []
    leads: list[int] = []
    for number in numbers[np.lexsort((numbers, needs.sizes))]:
        need = is_needed[number] & ~is_done[number]
        if not need.any():
            continue
        place = np.unravel_index(number, shape) if shape else ()
        touched = needs.touches[need].any(axis=0)
        cost = np.where(is_open[:, touched], weight[:, touched], 0.0).sum(axis=1)
        best = _best(cost, shape, place, sides)
        if best is None:
            continue  # one value alone is its total, and touched with it
        pair = [(int(a), int(b)) for a, b in zip(place, best, strict=True)]
        for corner in product(*pair):
            number_of_corner = int(np.ravel_multi_index(corner, shape)) if shape else 0
            is_done[number_of_corner] |= need
            is_open[number_of_corner] &= ~touched
        pairs.append(pair)
        chosen.append(need)
        leads.append(int(number))
    return Swaps(
        by,
        np.array(pairs, dtype="int64").reshape(len(pairs), len(by), 2),
        np.array(chosen, dtype=bool).reshape(len(pairs), link_count),
        np.array(leads, dtype="int64"),
    )


def _best(
    cost: np.ndarray,
    shape: tuple[int, ...],
    place: tuple[np.intp, ...],
    sides: Mapping[int, np.ndarray],
) -> tuple[np.intp, ...] | None:
    """Return the cell to swap with; None where the values of some dimension are but one."""
    if not shape:
        return ()
    whole = _cost_of_corners(cost.reshape(shape), place)
    for column, side in sides.items():
        other = (side != side[place[column]]) @ (_OTHER_SIDE * 2.0 ** np.arange(side.shape[1]))
        line = [1] * len(shape)
        line[column] = -1
        whole = whole + other.reshape(line)
    best = int(np.argmin(whole))
    return np.unravel_index(best, shape) if np.isfinite(whole.flat[best]) else None


def _cost_of_corners(cost: np.ndarray, place: Sequence[np.intp]) -> np.ndarray:
    """Return for each cell what hiding it and the others between it and `place` costs together."""
    whole = np.zeros_like(cost)
    count = cost.ndim
    for swapped in product((False, True), repeat=count):
        if any(swapped):
            at = tuple(
                slice(None) if is_swapped else slice(int(own), int(own) + 1)
                for is_swapped, own in zip(swapped, place, strict=True)
            )
            whole = whole + cost[at]
    for axis, own in enumerate(place):
        at_own: list[slice | int] = [slice(None)] * count
        at_own[axis] = int(own)
        whole[tuple(at_own)] = np.inf
    return whole
