"""Materialising: the derivations' expressions become tables of the version being built."""

from datetime import datetime, timedelta
from itertools import count

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.derive import customers
from analytics.derive.contact import by_conversation, contacts
from analytics.derive.cube import CUBES, cube
from analytics.derive.episodes import with_episodes
from analytics.derive.interactions import interactions
from analytics.derive.sequences import matters, sequences, subjects
from warehouse.contact import IDENTIFIER_KINDS, VISIT_CHANNEL
from warehouse.settings import Settings

_KEYED = "loaded_with_key"


class _Scratch:
    """Temporary tables, that live as long as one materialisation and never reach the file."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.names: list[str] = []

    def keep(self, name: str, expression: Table) -> Table:
        """Compute an expression now, and return it as a table."""
        self.names.append(name)
        return self.backend.create_table(f"scratch_{name}", expression, temp=True)

    def drop(self, name: str) -> None:
        """Let go of one table."""
        self.backend.drop_table(f"scratch_{name}", database=("temp", "main"))
        self.names.remove(name)

    def drop_all(self) -> None:
        """Let go of every table."""
        for name in tuple(self.names):
            self.drop(name)


def materialise(backend: Backend, settings: Settings) -> None:
    """Make `contact` and the cubes from `loaded_contact`, replacing earlier ones.

    Args:
        backend: an Ibis backend on the version being built, writable.
        settings: with the repeat window, costs and rules that apply.
    """
    # DuckDB numbers the rows of a table itself; Spark has a function for it
    backend.raw_sql(
        f"create or replace temp view {_KEYED} as"
        " select rowid as contact_key, * from loaded_contact"
    )
    loaded = backend.table(_KEYED)
    scratch = _Scratch(backend)
    has_conversations, kinds = _what_occurs(loaded)
    members = scratch.keep("members", _members(scratch, loaded, kinds))
    rows = interactions(loaded, members, kinds, settings, has_conversations=has_conversations)
    if has_conversations:
        rows = scratch.keep("interactions", rows)
    knowable = _knowable(loaded, settings)
    subject = scratch.keep("subjects", subjects(rows))
    matter = scratch.keep("matters", matters(rows, subject, settings))
    sequence = scratch.keep("sequences", sequences(matter, settings))
    scratch.drop("matters")
    end = ibis.literal(knowable[1] if knowable else None, "timestamp")
    chained = scratch.keep("chained", with_episodes(sequence, end))
    scratch.drop("sequences")
    if has_conversations:
        chained = scratch.keep("by_conversation", by_conversation(chained))
    backend.create_table("contact", contacts(rows, chained, settings, knowable), overwrite=True)
    scratch.drop_all()
    for shape in CUBES:
        backend.create_table(shape.name, cube(backend.table("contact"), shape), overwrite=True)
    backend.raw_sql(f"drop view {_KEYED}")


def _what_occurs(loaded: Table) -> tuple[bool, list[str]]:
    """Return whether rows are bound to conversations, and which kinds of identifier there are."""
    occurs = {kind: loaded[f"{kind}_key"].notnull().any() for kind in IDENTIFIER_KINDS}
    (found,) = (
        loaded.agg(**occurs, conversations=loaded.conversation.notnull().any())
        .to_pyarrow()
        .to_pylist()
    )
    return bool(found["conversations"]), [kind for kind in IDENTIFIER_KINDS if found[kind]]


def _knowable(loaded: Table, settings: Settings) -> tuple[datetime, datetime] | None:
    """Return from and until when a predecessor or follower would have been seen (KPI.md)."""
    real = loaded.filter(loaded.channel != VISIT_CHANNEL)
    (ends,) = (
        real.agg(first=real.started_at.min(), last=real.started_at.max()).to_pyarrow().to_pylist()
    )
    if ends["first"] is None:
        return None
    window = timedelta(days=settings.repeat.window_days)
    return ends["first"] + window, ends["last"] - window


def _members(scratch: _Scratch, loaded: Table, kinds: list[str]) -> Table:
    """Find the customers: connected components, a round at a time until nothing changes."""
    if len(kinds) <= 1:
        return customers.members(loaded, kinds, None)
    edge = scratch.keep("edges", customers.edges(loaded, kinds))
    labels = scratch.keep("labels_0", customers.first_labels(edge))
    for number in count(1):
        following = scratch.keep(f"labels_{number}", customers.next_labels(labels, edge))
        before = labels.rename(label_before="label")
        changed = (
            following.join(before, "pseudonym")
            .filter(ibis._.label != ibis._.label_before)
            .count()
            .to_pyarrow()
            .as_py()
        )
        scratch.drop(f"labels_{number - 1}")
        labels = following
        if not changed:
            break
    return customers.members(loaded, kinds, labels)
