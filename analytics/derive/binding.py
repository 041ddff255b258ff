"""Binding: which rows one conversation left behind within one source.

A source may say so itself (field `conversation`). Else rows of an agent's desk are bound that
follow each other within minutes: same agent, channel and local day, and a customer known by an
equal identifier. Only identifiers count, not what links them elsewhere, and only one day: so
loading a day never changes what is bound on another.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from analytics.derive.bench import Bench
from analytics.derive.components import both_ways, components
from analytics.derive.moments import begins, ends
from warehouse.contact import VISIT_CHANNEL
from warehouse.settings import Settings

SECONDS_PER_MINUTE = 60


def bound(
    loaded: Table, kinds: Sequence[str], sources: Sequence[str], settings: Settings, bench: Bench
) -> Table:
    """Return the rows of each conversation that left more than one: contact_key, unit.

    Args:
        loaded: `loaded_contact`.
        kinds: kinds of identifier that occur.
        sources: where rows are bound by time: their rows tell the agent.
        settings: with `conversation.bind_minutes`.
        bench: keeps what lies between.
    """
    told = _told(loaded)
    if not sources or not kinds or not settings.conversation.bind_minutes:
        return told
    pairs = both_ways(_neighbours(loaded, kinds, sources, settings))
    labels = components(bench.keep("bound_pairs", pairs), bench, "bound")
    bench.drop("bound_pairs")
    return told.union(labels.select(contact_key="node", unit="label"))


def _told(loaded: Table) -> Table:
    """Return the rows that their source binds itself."""
    rows = loaded.filter(loaded.conversation.notnull())
    talk = ibis.window(group_by=[rows.source, rows.conversation])
    return rows.select("contact_key", unit=rows.contact_key.min().over(talk))


def _neighbours(
    loaded: Table, kinds: Sequence[str], sources: Sequence[str], settings: Settings
) -> Table:
    """Return each row with the one before it of the same conversation: node, neighbour."""
    rows = loaded.filter(
        loaded.source.isin(sources)
        & loaded.agent_key.notnull()
        & loaded.conversation.isnull()
        & (loaded.channel != VISIT_CHANNEL)
    )
    rows = rows.select(
        "contact_key",
        "contact_id",
        "source",
        "channel",
        "agent_key",
        "started_at",
        *(f"{kind}_key" for kind in kinds),
        day=rows.started_local.date(),
        is_outbound=(rows.initiative == "outbound").fill_null(False),
        begin=begins(rows),
        end=ends(rows),
    )
    longest = settings.conversation.bind_minutes * SECONDS_PER_MINUTE
    return ibis.union(*(_following(rows, f"{kind}_key", longest) for kind in kinds), distinct=True)


def _following(rows: Table, identifier: str, longest: int) -> Table:
    """Return each row with the one before it that has the same identifier, if it is near."""
    rows = rows.filter(rows[identifier].notnull())
    desk = ["source", "channel", "agent_key", "day", "is_outbound", identifier]
    before = ibis.window(group_by=desk, order_by=["started_at", "contact_id"])
    seen = rows.select(
        "begin",
        node=rows.contact_key,
        neighbour=rows.contact_key.lag().over(before),
        previous_end=rows.end.lag().over(before),
    )
    near = seen.filter(seen.neighbour.notnull() & (seen.begin - seen.previous_end <= longest))
    return near.select("node", "neighbour")
