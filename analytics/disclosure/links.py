"""Links between units of time: how small ones hang together, so that no span tells of them apart.

A link says that one more in the one unit and one less in the other is to tell nobody anything. A
span that holds one of the two units of a link is changed by that; one that holds both is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

REACH = 4
"""How many units two that are swapped lie apart at most."""


@dataclass(frozen=True)
class Needs:
    """What the cells of a margin need.

    Args:
        numbers: of the cells, sorted.
        sizes: of the cells, in all.
        links: cell, link: which links each needs.
        figures: cell, figure: how many are in each unit and in each longer period.
        touches: link, figure: which of these a link changes.
        weight: figure: how much worse it is to hide it than a unit.
    """

    numbers: np.ndarray
    sizes: np.ndarray
    links: np.ndarray
    figures: np.ndarray
    touches: np.ndarray
    weight: np.ndarray


def allowed_cuts(sizes: np.ndarray, steps: Sequence[Iterable[int]], threshold: int) -> np.ndarray:
    """Return between which units a span may end, so that no two ends enclose a small group.

    Args:
        sizes: cell, repetition, unit; a cut is allowed where it is in each repetition.
        steps: places of cuts, those wanted most first.
        threshold: the smallest group that is shown.

    Returns:
        Cell, cut: cut 0 lies before the first unit, the last one after the last; both are allowed.
    """
    count = sizes.shape[2]
    before = np.zeros((*sizes.shape[:2], count + 1))
    np.cumsum(sizes, axis=2, out=before[:, :, 1:])
    allowed = np.zeros((len(sizes), count + 1), dtype=bool)
    allowed[:, [0, -1]] = True
    for places in steps:
        after = np.empty_like(before)
        end = before[:, :, -1]
        for cut in range(count, -1, -1):
            after[:, :, cut] = end
            end = np.where(allowed[:, [cut]], before[:, :, cut], end)
        start = before[:, :, 0]
        wanted = set(places)
        for cut in range(1, count):
            here = before[:, :, cut]
            if cut in wanted:
                is_far = _is_far(here - start, threshold) & _is_far(
                    after[:, :, cut] - here, threshold
                )
                allowed[:, cut] |= is_far.all(axis=1)
            start = np.where(allowed[:, [cut]], here, start)
    return allowed


def _is_far(size: np.ndarray, threshold: int) -> np.ndarray:
    return (size >= threshold) | (size == 0)


def links_of(unit_count: int) -> np.ndarray:
    """Return every link: two units at most REACH apart, the earlier first."""
    return np.array(
        [
            (unit, unit + gap)
            for unit in range(unit_count)
            for gap in range(1, REACH + 1)
            if unit + gap < unit_count
        ],
        dtype="int64",
    ).reshape(-1, 2)


def needed_links(sizes: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return (cell, link) how the units between two allowed cuts hang together.

    Units that are empty are left out where the way around them is not too far.
    """
    count = sizes.shape[1]
    number = {(int(first), int(second)): n for n, (first, second) in enumerate(links_of(count))}
    found = np.zeros((len(sizes), len(number)), dtype=bool)
    group = np.cumsum(allowed[:, :count], axis=1)
    is_in = sizes > 0
    end = np.zeros_like(group)  # the last unit of the group that is not empty
    last = np.full(len(sizes), -1)
    for unit in range(count - 1, -1, -1):
        if unit + 1 < count:
            last = np.where(group[:, unit] == group[:, unit + 1], last, -1)
        last = np.where((last < 0) & is_in[:, unit], unit, last)
        end[:, unit] = last
    for unit in range(count - 1):
        waits = is_in[:, unit] & (end[:, unit] > unit)
        for gap in range(1, REACH + 1):
            other = unit + gap
            if other >= count:
                break
            is_next = waits & (group[:, other] == group[:, unit])
            if gap == REACH:
                is_next &= end[:, other] >= other
                is_in[:, other] |= is_next
            is_next &= is_in[:, other]
            found[:, number[unit, other]] = is_next
            waits &= ~is_next
    return found


def touched_by(links: np.ndarray, periods: Sequence[np.ndarray]) -> np.ndarray:
    """Return (link, figure) which figures a link changes: of two periods, not of one that has both.

    Args:
        links: as of `links_of`.
        periods: for each length of period, the number of the one that each unit lies in.
    """
    found = []
    for of_unit in periods:
        first, second = of_unit[links[:, 0]], of_unit[links[:, 1]]
        each = np.arange(of_unit[-1] + 1)
        found.append(
            ((first[:, None] == each) | (second[:, None] == each)) & (first != second)[:, None]
        )
    return np.concatenate(found, axis=1)


def figures_of(sizes: np.ndarray, periods: Sequence[np.ndarray]) -> np.ndarray:
    """Return (cell, figure) how many are in each period of each length."""
    starts = [np.flatnonzero(np.diff(of_unit, prepend=-1)) for of_unit in periods]
    return np.concatenate([np.add.reduceat(sizes, start, axis=1) for start in starts], axis=1)
