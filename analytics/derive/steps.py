"""The derivations in their order, from what was loaded to the wide contact, on any engine.

The engine's part is to compute an intermediate table once and keep it (`Bench`): in DuckDB a
temporary table, in Spark a cached one.
"""

from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

import ibis
from ibis.expr.types import Table

from analytics.derive import customers
from analytics.derive.contact import by_conversation, contacts
from analytics.derive.episodes import with_episodes
from analytics.derive.interactions import interactions
from analytics.derive.records import records
from analytics.derive.sequences import matters, sequences, subjects
from warehouse.contact import IDENTIFIER_KINDS, VISIT_CHANNEL
from warehouse.settings import Settings


class Bench(Protocol):
    """Where intermediate tables are kept while the steps need them."""

    def keep(self, name: str, expression: Table) -> Table:
        """Compute an expression now, and return it as a table."""

    def drop(self, name: str) -> None:
        """Let go of a table that was kept."""


def derive(loaded: Table, settings: Settings, bench: Bench) -> Table:
    """Return the expression of `contact`; it reads tables that lie on the bench.

    Args:
        loaded: `loaded_contact` with contact_key, a number per row.
        settings: with the repeat window, costs and rules that apply.
        bench: keeps the intermediate tables; all but these may be dropped once `contact` is made.
    """
    has_conversations, kinds = _what_occurs(loaded)
    members = bench.keep("members", _members(loaded, kinds, bench))
    rows = interactions(loaded, members, kinds, settings, has_conversations=has_conversations)
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


def people(loaded: Table, bench: Bench) -> Table:
    """Return the records that linking with a probability compares (`records.records`).

    It reads tables that lie on the bench, which may be dropped once it is computed.
    """
    _, kinds = _what_occurs(loaded)
    return records(loaded, bench.keep("members", _members(loaded, kinds, bench)), kinds)


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
    """Return whether rows are bound to conversations, and which kinds of identifier there are."""
    occurs = {kind: loaded[f"{kind}_key"].notnull().any() for kind in IDENTIFIER_KINDS}
    (found,) = (
        loaded.agg(**occurs, conversations=loaded.conversation.notnull().any())
        .to_pyarrow()
        .to_pylist()
    )
    return bool(found["conversations"]), [kind for kind in IDENTIFIER_KINDS if found[kind]]


def _members(loaded: Table, kinds: list[str], bench: Bench) -> Table:
    """Find the customers: connected components, a round at a time until nothing changes."""
    if len(kinds) <= 1:
        return customers.members(loaded, kinds, None)
    edge = bench.keep("edges", customers.edges(loaded, kinds))
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
