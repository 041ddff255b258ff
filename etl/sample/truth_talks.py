"""Conversations once more, plain and slow: which rows are of one, and what it then looks like.

Shares nothing with the product. A conversation is a list of contacts, the one that counts first.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache

from etl.sample.days import local
from etl.sample.happening import Happening
from etl.sample.registrations import SOURCE as DESK

EXCHANGE = "telefonie"
BIND = MATCH = 10 * 60
_DECIDING = ("phone", "bsn", "kvk")

Talk = list[Happening]


def conversations(happenings: list[Happening]) -> list[Talk]:
    """Return the loaded contacts as conversations, those of matched pairs merged."""
    loaded = [h for h in happenings if h.is_loaded]
    desks = _bound([h for h in loaded if h.source == DESK])
    calls = [[h] for h in loaded if h.source == EXCHANGE]
    others = [[h] for h in loaded if h.source not in {DESK, EXCHANGE}]
    pairs = _pairs([call for call in calls if call[0].outcome != "abandoned"], desks)
    taken = {id(talk) for pair in pairs for talk in pair}
    alone = [talk for talk in [*calls, *desks] if id(talk) not in taken]
    return [*others, *alone, *(_merged(call, desk) for call, desk in pairs)]


def _bound(rows: list[Happening]) -> list[Talk]:
    """Bind what one agent registered of one customer, each row minutes after the one before."""
    of_desk: dict[tuple[object, ...], Talk] = defaultdict(list)
    for row in sorted(rows, key=_by_time):
        of_desk[row.agent, _day(row)].append(row)
    talks: list[Talk] = []
    for day in of_desk.values():
        own: list[Talk] = []
        for row in day:
            # the last one before with an equal identifier of a kind, for each kind
            near: list[Talk] = []
            for kind, value in row.known.items():
                known = [other for other in day[: day.index(row)] if other.known.get(kind) == value]
                if known and row.at - (known[-1].ended or known[-1].at) <= BIND:
                    near.append(next(talk for talk in own if known[-1] in talk))
            mine = [row]
            for talk in near:
                if talk in own:
                    own.remove(talk)
                    mine += talk
            own.append(sorted(mine, key=_by_time))
        talks += own
    return talks


def _pairs(calls: list[Talk], desks: list[Talk]) -> list[tuple[Talk, Talk]]:
    """Return the calls with their registrations: the best assignment of each agent's day."""
    sides: dict[tuple[object, ...], tuple[list[Talk], list[Talk]]] = defaultdict(lambda: ([], []))
    for place, side in enumerate((calls, desks)):
        for talk in sorted(side, key=lambda talk: (talk[0].at, talk[0].contact_id)):
            sides[talk[0].agent, _day(talk[0])][place].append(talk)
    found = []
    for here, there in sides.values():
        worth = {
            (c, d): gain
            for c, call in enumerate(here)
            for d, desk in enumerate(there)
            if (gain := _gain(call[0], desk)) > 0
        }
        for component in _components(worth):
            found += [(here[c], there[d]) for c, d in _best(component, worth)]
    return found


def _gain(call: Happening, desk: Talk) -> int:
    """Return what a pair is worth in seconds; 0 where it cannot be one."""
    is_equal = False
    for kind in _DECIDING:
        noted = next((row.known[kind] for row in desk if kind in row.known), None)
        if noted is not None and kind in call.known:
            if noted != call.known[kind]:
                return 0
            is_equal = True
    answered = call.at + (call.wait or 0)
    began, ended = min(row.at for row in desk), max(row.ended or row.at for row in desk)
    apart = min(
        abs(began - call.at), abs(began - answered), abs(ended - answered - (call.handle or 0))
    )
    return max(0, MATCH + 1 - apart) + (MATCH + 1 if is_equal and apart <= MATCH else 0)


def _components(pairs: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    groups: list[list[tuple[int, int]]] = []
    for c, d in pairs:
        near = [g for g in groups if any(c == one or d == other for one, other in g)]
        groups = [g for g in groups if g not in near]
        groups.append(sorted([(c, d), *(pair for g in near for pair in g)]))
    return groups


def _best(pairs: list[tuple[int, int]], worth: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Return the heaviest assignment; of equally heavy ones that of the earliest pairs."""
    weight = {
        pair: worth[pair] + (Fraction(1, 2 ** (rank + 1)) if rank < 38 else Fraction(0))
        for rank, pair in enumerate(pairs)
    }
    calls = sorted({c for c, _ in pairs})

    @cache
    def best(place: int, taken: frozenset[int]) -> tuple[Fraction, tuple[tuple[int, int], ...]]:
        if place == len(calls):
            return Fraction(0), ()
        found = [best(place + 1, taken)]
        for c, d in pairs:
            if c == calls[place] and d not in taken:
                total, rest = best(place + 1, taken | {d})
                found.append((total + weight[c, d], ((c, d), *rest)))
        return max(found)

    return list(best(0, frozenset())[1])


def _merged(call: Talk, desk: Talk) -> Talk:
    """Make one conversation of two: the exchange's times, the desk's subject, who both know."""
    whole = [*call, *desk]
    known: dict[str, str] = {}
    for row in whole:
        known = {**row.known, **known}
    head, first = call[0], desk[0]
    rows = [replace(row, known={**known, **row.known}) for row in whole]
    for row in rows:
        row.is_outbound = head.is_outbound
    for row in (rows[0], rows[len(call)]):
        row.service = first.service or head.service
        row.topic = first.topic or head.topic
        row.department = first.department or head.department
        row.outcome = head.outcome if first.outcome == "unknown" else first.outcome
    return rows


def _day(row: Happening) -> object:
    return local(row.at).date()


def _by_time(row: Happening) -> tuple[int, str]:
    return row.at, row.contact_id
