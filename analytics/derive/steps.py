"""The derivations in their order, from what was loaded to the wide contact, on any engine.

The engine's part is to compute an intermediate table once and keep it (`Bench`): in DuckDB a
temporary table, in Spark a cached one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count

import ibis
from ibis.expr.types import Table

from analytics.derive import customers
from analytics.derive.bench import Bench
from analytics.derive.contact import by_conversation, contacts
from analytics.derive.conversations import alone, conversations, roles_of
from analytics.derive.episodes import with_episodes
from analytics.derive.interactions import interactions
from analytics.derive.sequences import matters, sequences, subjects
from warehouse.contact import IDENTIFIER_KINDS, VISIT_CHANNEL
from warehouse.settings import Settings


def derive(loaded: Table, settings: Settings, bench: Bench, roles: Mapping[str, str]) -> Table:
    """Return the expression of `contact`; it reads tables that lie on the bench.

    Args:
        loaded: `loaded_contact` with contact_key, a number per row.
        settings: with the repeat window, costs and rules that apply.
        bench: keeps the intermediate tables; all but these may be dropped once `contact` is made.
        roles: role of each source; one that is not named is of role contact.
    """
    tells_conversations, kinds = _what_occurs(loaded)
    parts = roles_of(loaded, roles)
    has_conversations = tells_conversations or bool(parts.binding) or parts.are_two_systems
    talk = (
        conversations(loaded, kinds, parts, settings, bench) if has_conversations else alone(loaded)
    )
    members = bench.keep("members", _members(talk.rows, kinds, talk.bridges, bench))
    rows = interactions(talk.rows, members, kinds, settings)
    if has_conversations:
        rows = bench.keep("interactions", rows)
    knowable = _knowable(loaded, settings)
    subject = bench.keep("subjects", subjects(rows))
    matter = bench.keep("matters", matters(rows, subject, settings))
    sequence = bench.keep("sequences", sequences(matter, settings))
    bench.drop("matters")
    end = ibis.literal(knowable[1] if knowable else None, "timestamp")
    chained = bench.keep("chained", with_episodes(sequence, end))
    bench.drop("sequences")
    if has_conversations:
        chained = bench.keep("by_conversation", by_conversation(chained))
    return contacts(rows, chained, settings, knowable)


def _knowable(loaded: Table, settings: Settings) -> tuple[datetime, datetime] | None:
    """Return from and until when a predecessor or follower would have been seen."""
    real = loaded.filter(loaded.channel != VISIT_CHANNEL)
    (ends,) = (
        real.agg(first=real.started_at.min(), last=real.started_at.max()).to_pyarrow().to_pylist()
    )
    if ends["first"] is None:
        return None
    window = timedelta(days=settings.repeat.window_days)
    return ends["first"] + window, ends["last"] - window


def _what_occurs(loaded: Table) -> tuple[bool, list[str]]:
    """Return whether a source tells of conversations, and which kinds of identifier there are."""
    occurs = {kind: loaded[f"{kind}_key"].notnull().any() for kind in IDENTIFIER_KINDS}
    (found,) = (
        loaded.agg(**occurs, conversations=loaded.conversation.notnull().any())
        .to_pyarrow()
        .to_pylist()
    )
    return bool(found["conversations"]), [kind for kind in IDENTIFIER_KINDS if found[kind]]


def _members(loaded: Table, kinds: list[str], bridges: Table | None, bench: Bench) -> Table:
    """Find the customers: connected components, a round at a time until nothing changes."""
    if len(kinds) <= 1 and bridges is None:
        return customers.members(loaded, kinds, None)
    edge = bench.keep("edges", customers.edges(loaded, kinds, bridges))
    labels = bench.keep("labels_0", customers.first_labels(edge))
    for number in count(1):
        following = bench.keep(f"labels_{number}", customers.next_labels(labels, edge))
        before = labels.rename(label_before="label")
        changed = (
            following.join(before, "pseudonym")
            .filter(ibis._.label != ibis._.label_before)
            .count()
            .to_pyarrow()
            .as_py()
        )
        bench.drop(f"labels_{number - 1}")
        labels = following
        if not changed:
            break
    return customers.members(loaded, kinds, labels)
