"""What the definitions say of conversations, in plain Python: rows bound, and calls matched.

Written from the page on metrics, sharing no code with the derivations. A conversation is a list of
rows, the one that counts first. Small numbers only: every assignment is tried.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from functools import cache
from math import floor
from typing import Any

from warehouse.contact import IDENTIFIER_KINDS
from warehouse.settings import Settings

Row = dict[str, Any]
Talk = list[Row]

SAME_EVERYWHERE = ("phone_key", "bsn_key", "kvk_key")


def find_conversations(rows: list[Row], settings: Settings) -> None:
    """Put the rows of conversations together, and what two systems tell of one.

    Gives each row `conversation_rows` (the head first), `conversation_key`, `match` and `is_pair`
    (the conversation is a call with its registration: what one row does not know its customer by,
    it has from the first that does).
    """
    roles = {source.name: source.role for source in settings.source}
    talks = bound(rows, roles, settings.conversation.bind_minutes * 60)
    for row in rows:
        row["match"], row["is_pair"] = None, False
    if settings.conversation.match_minutes and {"telephony", "registration"} <= {
        roles.get(row["source"]) for row in rows
    }:
        talks = matched(talks, roles, settings.conversation.match_minutes * 60)
    for talk in talks:
        for row in talk:
            row["conversation_rows"] = talk
            row["conversation_key"] = talk[0]["contact_key"]


def bound(rows: list[Row], roles: dict[str, str], longest: int) -> list[Talk]:
    """Return the rows that one source has of each conversation, in order of time."""
    talks = [[row] for row in rows]

    def join(one: Row, other: Row) -> None:
        mine, theirs = (next(t for t in talks if any(r is x for r in t)) for x in (one, other))
        if mine is not theirs:
            talks.remove(theirs)
            mine.extend(theirs)

    for one in rows:
        for other in rows:
            told = one["conversation"] is not None
            if told and alike(one, other, "source", "conversation"):
                join(one, other)
    desks = [row for row in rows if longest and is_bound_by_time(row, roles)]
    for row in desks:
        for kind in IDENTIFIER_KINDS:
            before = [
                other
                for other in desks
                if row[f"{kind}_key"] is not None
                and alike(row, other, "source", "channel", "agent_key", f"{kind}_key")
                and day(row) == day(other)
                and (row["initiative"] == "outbound") == (other["initiative"] == "outbound")
                and by_time(other) < by_time(row)
            ]
            if before and begin(row) - end(max(before, key=by_time)) <= longest:
                join(row, max(before, key=by_time))
    return [sorted(talk, key=by_time) for talk in talks]


def is_bound_by_time(row: Row, roles: dict[str, str]) -> bool:
    """Tell whether a row is of a desk that tells its agent, and does not bind its rows itself."""
    return (
        roles.get(row["source"], "contact") != "telephony"
        and row["agent_key"] is not None
        and row["conversation"] is None
        and row["channel"] != "web_visit"
    )


def matched(talks: list[Talk], roles: dict[str, str], tolerance: int) -> list[Talk]:
    """Return the conversations once calls and registrations are paired and merged."""

    def on_phone(role: str) -> list[Talk]:
        return [
            talk
            for talk in talks
            if roles.get(talk[0]["source"]) == role
            and any(row["channel"] == "phone" for row in talk)
        ]

    calls, desks = on_phone("telephony"), on_phone("registration")
    taken = [call for call in calls if not all(is_lost(row) for row in phone_rows(call))]
    pairs = best_pairs(taken, desks, tolerance)
    for call in taken:
        phone_rows(call)[0]["match"] = "call_only"
    for desk in desks:
        phone_rows(desk)[0]["match"] = "registration_only"
    for call, desk in pairs:
        talks = [talk for talk in talks if talk is not call and talk is not desk]
        talks.append(merged(call, desk))
    return talks


def best_pairs(calls: list[Talk], desks: list[Talk], tolerance: int) -> list[tuple[Talk, Talk]]:
    """Try every assignment; the one with the greatest gain, or of equal ones the earliest, wins."""
    calls, desks = (sorted(side, key=unit_order) for side in (calls, desks))
    possible = [
        (c, d, gain)
        for c, call in enumerate(calls)
        for d, desk in enumerate(desks)
        if (gain := worth(call, desk, tolerance)) is not None
    ]
    found: list[tuple[Talk, Talk]] = []
    for component in hanging_together(possible):
        # halves of halves of a second, so that the pair that comes first decides
        weight = {
            (c, d): gain + Fraction(1, 2 ** (rank + 1))
            for rank, (c, d, gain) in enumerate(sorted(component))
        }
        found += [(calls[c], desks[d]) for c, d in heaviest(weight)]
    return found


def hanging_together(pairs: Iterable[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Return the pairs in groups that share no call and no registration with each other."""
    groups: list[list[tuple[int, int, int]]] = []
    for pair in pairs:
        touching = [g for g in groups if any(p[0] == pair[0] or p[1] == pair[1] for p in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([pair, *(p for g in touching for p in g)])
    return groups


def heaviest(weight: dict[tuple[int, int], Fraction]) -> list[tuple[int, int]]:
    """Return the pairs of the heaviest assignment."""
    calls = sorted({c for c, _ in weight})

    @cache
    def best(place: int, free: frozenset[int]) -> tuple[Fraction, tuple[tuple[int, int], ...]]:
        if place == len(calls):
            return Fraction(0), ()
        found = [best(place + 1, free)]
        for d in sorted(free):
            if (calls[place], d) in weight:
                total, pairs = best(place + 1, free - {d})
                pair = calls[place], d
                found.append((total + weight[pair], (pair, *pairs)))
        return max(found)

    return list(best(0, frozenset(d for _, d in weight))[1])


def worth(call: Talk, desk: Talk, tolerance: int) -> int | None:
    """Return what a pair gains, in seconds; None where it cannot be one."""
    there, here = phone_rows(call), phone_rows(desk)
    if day(there[0]) != day(here[0]) or not had_by_the_same(there, here):
        return None
    known = [(first(there, kind), first(here, kind)) for kind in SAME_EVERYWHERE]
    if any(None not in both and both[0] != both[1] for both in known):
        return None
    apart = min(
        abs(min(map(begin, here)) - min(map(begin, there))),
        abs(min(map(begin, here)) - min(map(answered, there))),
        abs(max(map(end, here)) - max(map(end, there))),
    )
    if apart > tolerance:
        return None
    is_equal = any(both[0] is not None and both[0] == both[1] for both in known)
    return tolerance + 1 - apart + (tolerance + 1 if is_equal else 0)


def had_by_the_same(there: Talk, here: Talk) -> bool:
    """Go by the agent; where one side has none by the department; else by the number."""
    for field in ("agent_key", "department"):
        one, other = first(there, field), first(here, field)
        if one is not None and other is not None:
            return bool(one == other)
    return first(there, "phone_key") is not None and first(there, "phone_key") == first(
        here, "phone_key"
    )


def merged(call: Talk, desk: Talk) -> Talk:
    """Make one conversation of two, the call first: its times, the subject of the desk."""
    talk = [*call, *desk]
    known = {kind: first(talk, f"{kind}_key") for kind in IDENTIFIER_KINDS}
    head, noted = call[0], desk[0]
    for name in ("service", "topic", "department", "reason", "outcome"):
        is_known: Callable[[Any], bool] = lambda value: value not in {None, "unknown"}  # noqa: E731
        head[name] = noted[name] = noted[name] if is_known(noted[name]) else head[name]
    for name in (
        "ended_at", "wait_seconds", "handle_seconds", "callback_due_at", "callback_done_at",
        "satisfaction", "planned", "area",
    ):  # fmt: skip
        head[name] = noted[name] if head[name] is None else head[name]
    for row in talk:
        row["is_pair"] = True
        for kind, value in known.items():
            row[f"{kind}_key"] = row[f"{kind}_key"] or value
        row["initiative"] = head["initiative"]
    for unit in (call, desk):
        phone_rows(unit)[0]["match"] = "matched"
    return talk


def phone_rows(talk: Talk) -> Talk:
    """Return what the exchange could have seen of it."""
    return [row for row in talk if row["channel"] == "phone"]


def is_lost(row: Row) -> bool:
    """Tell whether nobody took the call."""
    return bool(row["outcome"] == "abandoned")


def first(talk: Talk, name: str) -> Any:
    """Return the first value that is known."""
    return next((row[name] for row in talk if row[name] is not None), None)


def unit_order(talk: Talk) -> tuple[int, str, str]:
    """Return by what calls, and registrations, are ordered."""
    rows = phone_rows(talk)
    return min(map(begin, rows)), rows[0]["contact_id"], rows[0]["source"]


def alike(one: Row, other: Row, *names: str) -> bool:
    """Tell whether two rows agree."""
    return all(one[name] == other[name] for name in names)


def by_time(row: Row) -> tuple[datetime, str]:
    """Return by what rows of a source are ordered."""
    return row["started_at"], row["contact_id"]


def day(row: Row) -> Any:
    """Return the local day."""
    return row["started_local"].date()


def whole(moment: datetime) -> int:
    """Return whole seconds."""
    return floor((moment - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001


def begin(row: Row) -> int:
    """Return the start."""
    return whole(row["started_at"])


def answered(row: Row) -> int:
    """Return when the wait was over."""
    return begin(row) + floor(row["wait_seconds"] or 0)


def end(row: Row) -> int:
    """Return the end, as far as it is known."""
    if row["ended_at"] is not None:
        return whole(row["ended_at"])
    return answered(row) + floor(row["handle_seconds"] or 0)
