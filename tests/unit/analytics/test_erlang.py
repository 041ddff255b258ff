"""Queues, held against published tables, the chain of states, and a simulation."""

import heapq
import math

import numpy as np
import pytest

from analytics.planning.erlang import Promise, employees, erlang_a, erlang_b, erlang_c

# Load that N servers carry at 1% blocked: the Erlang B table of the ITU's Teletraffic Engineering
# Handbook (ITU-D, study group 2, question 16/2), as every such table has it, to three digits.
_ONE_PER_CENT = {1: 0.0101, 2: 0.153, 5: 1.36, 10: 4.46, 20: 12.0, 50: 37.9, 100: 84.1}


@pytest.mark.parametrize(("servers", "load"), _ONE_PER_CENT.items())
def test_erlang_b_gives_the_table(servers: int, load: float) -> None:
    step = 10 ** math.floor(math.log10(load)) / 200  # half of the third digit
    assert erlang_b(servers, load - step) < 0.01 < erlang_b(servers, load + step)


def test_queues_with_and_without_patience_as_published() -> None:
    """Garnett, Mandelbaum and Reiman (2002), doi:10.1287/msom.4.3.208.7753, the first example.

    50 agents, 48 calls a minute, a minute each, patience of two minutes: the average wait is 20.8 s
    where everyone waits and 3.7 s where 3.1% leave; agents are busy 96% and 93%.
    """
    everyone = erlang_c(50, 48 / 60, 60, 20)
    some = erlang_a(50, 48 / 60, 60, 20, 120)
    assert everyone.wait == pytest.approx(20.8, abs=0.05)
    assert everyone.occupancy == pytest.approx(0.96)
    assert some.wait == pytest.approx(3.7, abs=0.05)
    assert some.abandoned == pytest.approx(0.031, abs=0.0005)
    assert some.occupancy == pytest.approx(0.93, abs=0.005)


def states(servers: int, rate: float, handling: float, patience: float) -> np.ndarray:
    """Return how likely each number in the system is, from the balance of flows alone."""
    logs = [0.0]
    for number in range(1, servers + 3000):
        out = min(number, servers) / handling + max(0, number - servers) / patience
        logs.append(logs[-1] + math.log(rate / out))
    likely = np.exp(np.array(logs) - max(logs))
    return likely / likely.sum()


@pytest.mark.parametrize(
    ("servers", "rate", "handling", "patience"),
    [
        (1, 1 / 300, 240, 60),
        (3, 0.0001, 180, 30),
        (10, 1 / 30, 240, 120),
        (10, 1 / 20, 240, 120),
        (50, 0.3, 180, 300),
        (200, 1.0, 240, 600),
        (12, 0.06, 240, 36_000),
    ],
)
def test_erlang_a_keeps_the_balance_of_flows(
    servers: int, rate: float, handling: float, patience: float
) -> None:
    likely = states(servers, rate, handling, patience)
    places = np.arange(len(likely))
    waiting = float((np.maximum(places - servers, 0) * likely).sum())
    queue = erlang_a(servers, rate, handling, 20, patience)
    assert queue.waits == pytest.approx(float(likely[servers:].sum()), rel=1e-6, abs=1e-9)
    assert queue.wait == pytest.approx(waiting / rate, rel=1e-5, abs=1e-6)
    assert queue.abandoned == pytest.approx(waiting / patience / rate, rel=1e-5, abs=1e-9)
    busy = float((np.minimum(places, servers) * likely).sum()) / servers
    assert queue.occupancy == pytest.approx(busy, rel=1e-6)


def simulated(servers: int, rate: float, handling: float, within: float, patience: float) -> float:
    """Return the share helped in time, from calls drawn one by one."""
    dice = np.random.default_rng(7)
    calls = 150_000
    arrivals = np.cumsum(dice.exponential(1 / rate, calls))
    lengths, patiences = dice.exponential(handling, calls), dice.exponential(patience, calls)
    free = [0.0] * servers
    in_time = 0
    for came, length, stays in zip(arrivals, lengths, patiences, strict=True):
        wait = max(0.0, free[0] - came)
        if wait <= stays:
            heapq.heapreplace(free, came + wait + length)
            in_time += wait <= within
    return in_time / calls


@pytest.mark.parametrize(
    ("servers", "rate", "patience"),
    [(10, 1 / 26, 120.0), (10, 1 / 26, 1e12), (4, 1 / 60, 45.0), (25, 0.11, 300.0)],
)
def test_share_in_time_is_that_of_a_simulation(servers: int, rate: float, patience: float) -> None:
    queue = (
        erlang_a(servers, rate, 240, 20, patience)
        if patience < 1e9
        else erlang_c(servers, rate, 240, 20)
    )
    assert queue.service_level == pytest.approx(
        simulated(servers, rate, 240, 20, patience), abs=0.015
    )


def test_endless_patience_is_erlang_c() -> None:
    endless, everyone = erlang_a(10, 1 / 26, 240, 20, 1e7), erlang_c(10, 1 / 26, 240, 20)
    assert endless.service_level == pytest.approx(everyone.service_level, abs=1e-3)
    assert endless.waits == pytest.approx(everyone.waits, abs=1e-3)


@pytest.mark.parametrize("patience", [None, 120.0])
@pytest.mark.parametrize("concurrent", [1, 3])
def test_the_fewest_employees_that_keep_the_promise(
    patience: float | None, concurrent: int
) -> None:
    promise = Promise(0.8, 20, max_occupancy=0.85, concurrent=concurrent)
    for contacts in (0.1, 3, 40, 400):
        number, queue = employees(contacts / 1800, 300, promise, patience)
        assert queue.service_level >= 0.8
        assert queue.occupancy <= 0.85
        if number > 1:
            servers = (number - 1) * concurrent
            fewer = (
                erlang_c(servers, contacts / 1800, 300, 20)
                if patience is None
                else erlang_a(servers, contacts / 1800, 300, 20, patience)
            )
            assert fewer.service_level < 0.8 or fewer.occupancy > 0.85


def test_nothing_comes_and_nobody_is_needed() -> None:
    assert employees(0.0, 300, Promise(0.8, 20))[0] == 0
    assert erlang_c(3, 1.0, 300, 20).wait == math.inf
