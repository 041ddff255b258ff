"""Queues of a staffed channel: how many employees keep a promise about waiting.

Erlang C: everyone waits until they are helped. Erlang A: who waits longer than their patience
(exponential) leaves. No well-kept library gives both without a solver's weight: `pyworkforce` has
Erlang C only, and brings OR-Tools.

Sources: A.K. Erlang (1917); Angus (2001), An introduction to Erlang B and Erlang C; Mandelbaum and
Zeltyn (2007), Service engineering in action: the Palm/Erlang-A queue; Zeltyn and Mandelbaum (2005),
Call centers with impatient customers, section 4 (the density of the wait that is offered).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(256)
_TAIL = 40.0
_MOST = 20_000


@dataclass(frozen=True)
class Queue:
    """How a queue fares.

    Attributes:
        service_level: share of those who come that is helped in time, 0 to 1.
        wait: mean seconds until helped or gone; infinite where the queue only grows.
        abandoned: share that leaves, 0 to 1.
        occupancy: part of its time that a server is busy, 0 to 1.
        waits: share that has to wait at all, 0 to 1.
    """

    service_level: float
    wait: float
    abandoned: float
    occupancy: float
    waits: float


def erlang_b(servers: int, load: float) -> float:
    """Return the share blocked where nobody can wait, 0 to 1.

    Args:
        servers: how many.
        load: contacts coming in during one handling time (erlang).
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(servers: int, rate: float, handling: float, within: float) -> Queue:
    """Return how a queue fares in which everyone waits.

    Args:
        servers: contacts that can be handled at once.
        rate: contacts coming in per second.
        handling: mean seconds per contact.
        within: seconds that count as in time.
    """
    load = rate * handling
    if load <= 0:
        return Queue(1.0, 0.0, 0.0, 0.0, 0.0)
    if servers <= load:
        return Queue(0.0, math.inf, 0.0, 1.0, 1.0)
    blocked = erlang_b(servers, load)
    waits = blocked * servers / (servers - load * (1 - blocked))
    late = waits * math.exp(-(servers - load) * within / handling)
    return Queue(1 - late, waits * handling / (servers - load), 0.0, load / servers, waits)


def erlang_a(servers: int, rate: float, handling: float, within: float, patience: float) -> Queue:
    """Return how a queue fares of which people leave who wait too long.

    Args:
        servers: contacts that can be handled at once, at least one.
        rate: contacts coming in per second.
        handling: mean seconds per contact.
        within: seconds that count as in time.
        patience: mean seconds that people are willing to wait.
    """
    load = rate * handling
    if load <= 0:
        return Queue(1.0, 0.0, 0.0, 0.0, 0.0)
    leave, helped = 1 / patience, servers / handling

    def exponent(wait: np.ndarray) -> np.ndarray:
        return np.asarray(rate * -np.expm1(-leave * wait) / leave - helped * wait)

    # the exponent is largest where as many leave the queue as come to it
    peak_at = max(0.0, math.log(rate / helped) / leave) if rate > helped else 0.0
    top = float(exponent(np.array(peak_at)))
    end = (rate / leave + _TAIL - min(top, 0.0)) / helped

    def density(wait: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(exponent(wait) - top))

    def staying(wait: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-leave * wait) * density(wait))

    cuts = [0.0, peak_at, end] if peak_at > 0 else [0.0, end / 20, end]
    whole = sum(_integral(density, a, b) for a, b in pairwise(cuts))
    stays = sum(_integral(staying, a, b) for a, b in pairwise(cuts))
    in_time = _integral(staying, 0.0, min(within, end))
    # states with a free server, over the last of them, on the same scale as the integrals
    free = math.exp(-top) / erlang_b(servers - 1, load)
    total = free + rate * whole
    at_once = free / total
    answered = at_once + rate * stays / total
    abandoned = max(0.0, 1 - answered)
    return Queue(
        service_level=min(1.0, at_once + rate * in_time / total),
        wait=abandoned * patience,  # those who leave do so at the pace 1/patience of those waiting
        abandoned=abandoned,
        occupancy=min(1.0, load * answered / servers),
        waits=1 - at_once,
    )


def _integral(of: Callable[[np.ndarray], np.ndarray], start: float, end: float) -> float:
    half = (end - start) / 2
    return float(half * np.dot(_WEIGHTS, of(start + half * (_NODES + 1)))) if half > 0 else 0.0


@dataclass(frozen=True)
class Promise:
    """What staffing has to keep.

    Args:
        level: share to be helped in time, 0 to 1.
        within: seconds that count as in time.
        max_occupancy: largest part of its time that a server may be busy, 0 to 1.
        concurrent: contacts that one employee handles at once.
    """

    level: float
    within: float
    max_occupancy: float = 1.0
    concurrent: int = 1


def employees(
    rate: float, handling: float, promise: Promise, patience: float | None = None
) -> tuple[int, Queue]:
    """Return the fewest employees that keep a promise, and how the queue fares with them.

    Args:
        rate: contacts coming in per second.
        handling: mean seconds per contact.
        promise: what is to be kept.
        patience: mean seconds people are willing to wait; None: they all wait.
    """

    def fares(number: int) -> Queue:
        servers = number * promise.concurrent
        if patience is None:
            return erlang_c(servers, rate, handling, promise.within)
        return erlang_a(servers, rate, handling, promise.within, patience)

    def keeps(number: int) -> bool:
        queue = fares(number)
        return queue.service_level >= promise.level and queue.occupancy <= promise.max_occupancy

    if rate <= 0 or handling <= 0:
        return 0, Queue(1.0, 0.0, 0.0, 0.0, 0.0)
    least, most = 0, max(1, math.ceil(rate * handling / promise.concurrent))
    while not keeps(most) and most < _MOST:
        least, most = most, most * 2
    while most - least > 1:  # more employees never do worse
        middle = (least + most) // 2
        least, most = (least, middle) if keeps(middle) else (middle, most)
    return most, fares(most)
