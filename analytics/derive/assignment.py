"""The best one-to-one assignment, where calls and registrations can be paired in several ways.

Works on arrays: the engine has settled all that can be paired in one way only, so few are left.
"""

from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

_TIE_BREAKERS = 38
"""So many pairs of one component weigh a little more the earlier they come: with gains below some
ten thousand, halves of halves of one second fit in a double's 53 bits up to here."""


def best_pairs(
    component: np.ndarray, call: np.ndarray, desk: np.ndarray, gain: np.ndarray
) -> np.ndarray:
    """Tell of each possible pair whether the best assignment has it.

    In each component the assignment has the greatest sum of gains; no call and no registration is
    in two pairs, and one may stay alone. Where sums are equal, earlier calls get the earlier
    registrations: the pair that comes first decides.

    Args:
        component: number of the component of each pair; equal ones stand together.
        call: place of the call within its component, from 0.
        desk: place of the registration within its component, from 0.
        gain: what the pair is worth: whole, above 0.

    Returns:
        Booleans, one per pair.
    """
    chosen = np.zeros(len(component), dtype=bool)
    if not len(component):
        return chosen
    starts = np.flatnonzero(np.r_[True, component[1:] != component[:-1]])
    for start, end in pairwise([*starts, len(component)]):
        here = slice(start, end)
        chosen[here] = _best(call[here], desk[here], gain[here])
    return chosen


def _best(call: np.ndarray, desk: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Tell the same within one component."""
    order = np.lexsort((desk, call))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    weight = gain.astype(np.float64) + np.where(rank < _TIE_BREAKERS, 0.5 ** (rank + 1), 0.0)
    # what cannot be a pair is worth nothing: to be given it is to stay alone
    worth = np.zeros((call.max() + 1, desk.max() + 1))
    worth[call, desk] = weight
    pairs = np.zeros_like(worth, dtype=bool)
    pairs[linear_sum_assignment(worth, maximize=True)] = True
    taken: np.ndarray = pairs[call, desk]
    return taken
