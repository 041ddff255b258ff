"""Materialising: the derivations' expressions become tables of the version being built."""

from datetime import timedelta

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.derive import customers
from analytics.derive.contact import by_conversation, contacts
from analytics.derive.cube import CUBES, cube
from analytics.derive.episodes import episodes
from analytics.derive.interactions import interactions
from analytics.derive.sequences import sequences
from warehouse.contact import IDENTIFIER_KINDS, VISIT_CHANNEL
from warehouse.settings import Settings

_KEYED = "loaded_with_key"
_ROUNDS = 100


class _Scratch:
    """Temporary tables, that live as long as one materialisation and never reach the file."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.names: list[str] = []

    def keep(self, name: str, expression: Table) -> Table:
        scratch = f"scratch_{name}"
        self.names.append(scratch)
        return self.backend.create_table(scratch, expression, temp=True)

    def drop(self, *tables: str) -> None:
        for name in tables or tuple(self.names):
            self.backend.drop_table(name, force=True)
        self.names = [name for name in self.names if name not in tables] if tables else []


def materialise(backend: Backend, settings: Settings) -> None:
    """Make `contact` and the cubes from `loaded_contact`, replacing earlier ones.

    Args:
        backend: an Ibis backend on the version being built, writable.
        settings: with the repeat window, costs and rules that apply.
    """
    # DuckDB numbers the rows of a table itself; Spark has a function for it
    backend.raw_sql(
        f"create or replace temp view {_KEYED} as select rowid as contact_key, * from loaded_contact"  # noqa: S608
    )
    loaded = backend.table(_KEYED)
    scratch = _Scratch(backend)
    has_conversations = bool(loaded.conversation.notnull().any().execute())
    links = scratch.keep("links", _links(scratch, loaded))
    rows = scratch.keep(
        "interactions",
        interactions(loaded, links, settings, has_conversations=has_conversations),
    )
    knowable_from, knowable_until = _knowable(loaded, settings)
    sequence = scratch.keep("sequences", sequences(rows, settings))
    episode = scratch.keep("episodes", episodes(rows, sequence, knowable_until))
    if has_conversations:
        sequence = scratch.keep("by_conversation", by_conversation(sequence))
    wide = contacts(loaded, rows, sequence, episode, settings, knowable_from, knowable_until)
    backend.create_table("contact", wide, overwrite=True)
    scratch.drop()
    for shape in CUBES:
        backend.create_table(shape.name, cube(backend.table("contact"), shape), overwrite=True)
    backend.raw_sql(f"drop view {_KEYED}")


def _knowable(
    loaded: Table, settings: Settings
) -> tuple[ibis.expr.types.TimestampScalar, ibis.expr.types.TimestampScalar]:
    """Return from and until when a predecessor or follower would have been seen (KPI.md)."""
    real = loaded.filter(loaded.channel != VISIT_CHANNEL)
    ends = real.agg(first=real.started_at.min(), last=real.started_at.max()).to_pyarrow().to_pylist()
    first, last = ends[0]["first"], ends[0]["last"]
    if first is None:
        return ibis.null("timestamp"), ibis.null("timestamp")
    days = timedelta(days=settings.repeat.window_days)
    return ibis.literal(first + days), ibis.literal(last - days)


def _links(scratch: _Scratch, loaded: Table) -> Table:
    """Find the customers: connected components, a round at a time until nothing changes."""
    kinds = [kind for kind in IDENTIFIER_KINDS if _occurs(loaded, kind)]
    seen = scratch.keep("appearances", customers.appearances(loaded, kinds))
    node = scratch.keep("nodes", customers.nodes(seen))
    numbered = scratch.keep("numbered", customers.numbered(seen, node))
    if len(kinds) <= 1:
        return customers.links(numbered, node, None)
    edge = scratch.keep("edges", customers.edges(numbered))
    labels = scratch.keep("labels_0", customers.first_labels(edge))
    for number in range(1, _ROUNDS):
        following = scratch.keep(f"labels_{number}", customers.next_labels(labels, edge))
        changed = (
            following.rename(new_label="label")
            .join(labels, "node")
            .filter(lambda t: t.new_label != t.label)
            .count()
            .execute()
        )
        scratch.drop(f"scratch_labels_{number - 1}")
        labels = following
        if not changed:
            break
    return customers.links(numbered, node, labels)


def _occurs(loaded: Table, kind: str) -> bool:
    return bool(loaded[f"{kind}_key"].notnull().any().execute())
