"""Matching: which call of the telephone exchange is which registration at the desk.

Both systems saw one conversation. A call and a registration can be a pair where they lie on the
same local day, the same agent had both (the same department, where one does not tell the agent),
no identifier says otherwise, and starts or ends lie within minutes. Each goes with one other at
most; together the pairs are as near as can be, and an equal identifier counts for more than any
nearness. Candidates lie within one local day: so loading a day never changes the pairs of another.
Calls over midnight are the price: they pair only where both began on the same day.
"""

from collections.abc import Sequence

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, IntegerValue, Table

from analytics.derive.assignment import best_pairs
from analytics.derive.bench import Bench
from analytics.derive.binding import SECONDS_PER_MINUTE
from analytics.derive.components import both_ways, components
from analytics.derive.moments import answered, begins, ends
from warehouse.settings import Settings

CHANNEL = "phone"
"""What a telephone exchange logs; registrations of other channels have no call."""

_DECIDING = ("phone", "bsn", "kvk")
"""Kinds of identifier that mean the same in both systems: two of a kind that differ are two
people, two that are equal most likely one conversation."""


def units(rows: Table) -> Table:
    """Return the conversations within each source, as matching sees them, one row each.

    Args:
        rows: the calls and registrations: the columns of `loaded_contact`, and unit and is_call.

    Returns:
        unit, is_call, first_key (contact_key of the first row), day, source, contact_id, begin,
        answered, end (seconds), is_abandoned (nobody took it), agent, department, phone, bsn, kvk.
    """
    place = ibis.row_number().over(group_by=rows.unit, order_by=["started_at", "contact_id"])
    rows = rows.mutate(
        place=place,
        day=rows.started_local.date(),
        begin=begins(rows),
        answered=answered(rows),
        end=ends(rows),
        unanswered=(rows.outcome == "abandoned").fill_null(False).cast("int64"),
    )
    first = {name: rows[name].argmin(rows.place) for name in ("day", "source", "contact_id")}
    known = {
        name: rows[column].argmin(rows.place, where=rows[column].notnull())
        for name, column in {
            "agent": "agent_key",
            "department": "department",
            **{kind: f"{kind}_key" for kind in _DECIDING},
        }.items()
    }
    return rows.group_by("unit", "is_call").agg(
        first_key=rows.contact_key.argmin(rows.place),
        begin=rows.begin.min(),
        answered=rows.answered.min(),
        end=rows.end.max(),
        is_abandoned=rows.unanswered.min() == 1,
        **first,
        **known,
    )


def matched(unit: Table, settings: Settings, bench: Bench) -> Table:
    """Return the pairs: call, desk (the units of both).

    Args:
        unit: the units.
        settings: with `conversation.match_minutes`.
        bench: keeps what lies between.
    """
    pairs = bench.keep("match_pairs", candidates(unit, settings))
    counted = pairs.mutate(
        of_call=pairs.count().over(group_by=pairs.call),
        of_desk=pairs.count().over(group_by=pairs.desk),
    )
    clear = (counted.of_call == 1) & (counted.of_desk == 1)
    settled = counted.filter(clear).select("call", "desk")
    open_pairs = bench.keep("match_open", counted.filter(~clear).drop("of_call", "of_desk"))
    chosen = _chosen(open_pairs, bench)
    return settled.union(chosen)


def candidates(unit: Table, settings: Settings) -> Table:
    """Return what can be a pair: call, desk, gain (what it is worth), and an order for each side.

    The gain is one more than the seconds left of the tolerance; an equal identifier adds the
    tolerance, and one, once more.
    """
    calls = unit.filter(unit.is_call & ~unit.is_abandoned)
    desks = unit.filter(~unit.is_call)
    desks = desks.rename({f"desk_{name}": name for name in desks.columns if name != "is_call"})
    tolerance = settings.conversation.match_minutes * SECONDS_PER_MINUTE
    found = [
        _near(_joined(calls, desks, by), by, tolerance) for by in ("agent", "department", "phone")
    ]
    return ibis.union(*found, distinct=True)


def _joined(calls: Table, desks: Table, by: str) -> Table:
    keys = [calls.day == desks.desk_day, calls[by] == desks[f"desk_{by}"]]
    return calls.join(desks, keys)


def _near(pairs: Table, by: str, tolerance: int) -> Table:
    """Keep the pairs that may be, each by the best evidence there is on who had it."""
    apart = _seconds_apart(pairs)
    allowed = (apart <= tolerance) & _is_best_evidence(pairs, by) & ~_conflicts(pairs)
    equal = ibis.or_(*(pairs[kind] == pairs[f"desk_{kind}"] for kind in _DECIDING))
    bonus = ibis.ifelse(equal.fill_null(False), tolerance + 1, 0)
    return pairs.filter(allowed).select(
        call="unit",
        desk="desk_unit",
        gain=(tolerance + 1 - apart + bonus).cast("int64"),
        call_begin="begin",
        call_id="contact_id",
        call_source="source",
        desk_begin="desk_begin",
        desk_id="desk_contact_id",
        desk_source="desk_source",
    )


def _seconds_apart(pairs: Table) -> IntegerValue:
    """Return how far a call and a registration lie apart: from start to start, or end to end.

    A registration may start with the call or when it is answered. One that tells a single moment
    is held against both ends: some desks write at the start, most when they save.
    """
    return ibis.least(
        (pairs.desk_begin - pairs.begin).abs(),
        (pairs.desk_begin - pairs.answered).abs(),
        (pairs.desk_end - pairs.end).abs(),
    )


def _is_best_evidence(pairs: Table, by: str) -> BooleanValue:
    """Departments speak only where an agent is missing, numbers only where a department is too."""
    no_agent = pairs.agent.isnull() | pairs.desk_agent.isnull()
    no_department = pairs.department.isnull() | pairs.desk_department.isnull()
    match by:
        case "agent":
            return ibis.literal(True)
        case "department":
            return no_agent
        case _:
            return no_agent & no_department


def _conflicts(pairs: Table) -> BooleanValue:
    differ = [(pairs[kind] != pairs[f"desk_{kind}"]).fill_null(False) for kind in _DECIDING]
    return ibis.or_(*differ)


def _chosen(pairs: Table, bench: Bench) -> Table:
    """Return the best assignment of the pairs that are not the only ones: call, desk."""
    edge = bench.keep("match_edges", both_ways(pairs.select(node="call", neighbour="desk")))
    labels = components(edge, bench, "match")
    bench.drop("match_edges")
    labelled = pairs.join(labels.select(call="node", component="label"), "call")
    places = {
        side: ibis.dense_rank().over(
            group_by=labelled.component, order_by=[labelled[name] for name in _order(side)]
        )
        for side in ("call", "desk")
    }
    ordered = labelled.select(
        "call", "desk", "component", "gain", call_place=places["call"], desk_place=places["desk"]
    ).order_by("component", "call_place", "desk_place")
    rows = ordered.to_pyarrow()
    best = best_pairs(
        *(rows[name].to_numpy() for name in ("component", "call_place", "desk_place", "gain"))
    )
    return bench.bring("match_chosen", rows.select(["call", "desk"]).filter(pa.array(best)))


def _order(side: str) -> Sequence[str]:
    return [f"{side}_{name}" for name in ("begin", "id", "source")]
