"""The derivations in their order, from what was loaded to the wide contact, on any engine.

The engine's part is to compute an intermediate table once and keep it (`Bench`): in DuckDB a
temporary table, in Spark a cached one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
from ibis.expr.types import Table

from analytics.derive import customers, records
from analytics.derive.bench import Bench
from analytics.derive.components import components
from analytics.derive.contact import Known, by_conversation, contacts
from analytics.derive.conversations import Roles, alone, bridges, conversations, roles_of
from analytics.derive.episodes import with_episodes
from analytics.derive.interactions import interactions
from analytics.derive.sequences import matters, sequences, subjects
from analytics.derive.service import Told, answering, calendar
from warehouse.contact import IDENTIFIER_KINDS, VISIT_CHANNEL
from warehouse.settings import Settings

_DAY = timedelta(days=1)
_NEVER = datetime(2000, 1, 1)  # noqa: DTZ001  # any day: there is no contact


@dataclass(frozen=True)
class Whole:
    """What a part of the rows cannot tell: where the whole ends, and who was set aside before.

    Attributes:
        knowable: from and until when a predecessor or follower would have been seen; None where
            there is no contact at all.
        aside: pseudonyms known to be set aside: pseudonym, kind; None where there are none.
        parts: which sources see the same contacts; found from the rows where left out.
        told: which sources tell when they answered; found from the rows where left out.
    """

    knowable: tuple[datetime, datetime] | None
    aside: Table | None = None
    parts: Roles | None = None
    told: Told | None = None


def derive(
    loaded: Table,
    settings: Settings,
    bench: Bench,
    roles: Mapping[str, str],
    whole: Whole | None = None,
    probable: Table | None = None,
) -> Table:
    """Return the expression of `contact`; it reads tables that lie on the bench.

    Leaves on the bench, besides what it reads: `set_aside`, where any kind can be set aside (see
    `customers.set_aside`).

    Args:
        loaded: rows of `loaded_contact`: all of them, or all that one change concerns.
        settings: with the repeat window, costs and rules that apply.
        bench: keeps the intermediate tables; all but these may be dropped once `contact` is made.
        roles: role of each source; one that is not named is of role contact.
        whole: what is known of the whole, where `loaded` is a part of it.
        probable: who is one with a probability (`customers.with_probable`); None: join nobody so.
    """
    whole = whole or Whole(knowable(loaded, settings))
    parts = whole.parts or roles_of(loaded, roles)
    certain = _certain(loaded, settings, bench, parts, whole.aside)
    linkable, edge, kinds = certain.rows, certain.edge, certain.kinds
    if probable is not None:
        linkable, edge = _probable(linkable, edge, kinds, probable, bench)
        kinds = [*kinds, customers.PROBABLE]
    members = _members(linkable, edge, kinds, bench)
    rows = interactions(linkable, members, kinds, settings)
    if certain.has_conversations:
        rows = bench.keep("interactions", rows)
    subject = bench.keep("subjects", subjects(rows))
    matter = bench.keep("matters", matters(rows, subject, settings))
    sequence = bench.keep("sequences", sequences(matter, settings))
    bench.drop("matters")
    end = ibis.literal(whole.knowable[1] if whole.knowable else None, "timestamp")
    chained = bench.keep("chained", with_episodes(sequence, end))
    bench.drop("sequences")
    if certain.has_conversations:
        chained = bench.keep("by_conversation", by_conversation(chained))
    return contacts(rows, chained, settings, _known(loaded, settings, bench, whole))


def _known(loaded: Table, settings: Settings, bench: Bench, whole: Whole) -> Known:
    """Gather what is known of all contacts together."""
    told = answering(loaded, settings) if whole.told is None else whole.told
    first_at = last_at = None
    if whole.knowable is not None:
        window = timedelta(days=settings.repeat.window_days)
        first_at, last_at = whole.knowable[0] - window, whole.knowable[1] + window
    # a local day can be the one before or after that of the moment in UTC
    first = (first_at or _NEVER).date() - _DAY
    last = (last_at or _NEVER).date() + _DAY
    days = bench.bring("calendar", calendar(first, last, settings))
    return Known(whole.knowable, last_at, told, days)


def ends(loaded: Table) -> tuple[datetime | None, datetime | None]:
    """Return when the first and the last contact began, in UTC; None where there is none."""
    real = loaded.filter(loaded.channel != VISIT_CHANNEL)
    (found,) = (
        real.agg(first=real.started_at.min(), last=real.started_at.max()).to_pyarrow().to_pylist()
    )
    return found["first"], found["last"]


def knowable(loaded: Table, settings: Settings) -> tuple[datetime, datetime] | None:
    """Return from and until when a predecessor or follower would have been seen.

    Returns:
        Two moments in UTC; None where there is no contact at all.
    """
    first, last = ends(loaded)
    if first is None or last is None:
        return None
    window = timedelta(days=settings.repeat.window_days)
    return first + window, last - window


def _what_occurs(loaded: Table) -> tuple[bool, list[str]]:
    """Return whether a source tells of conversations, and which kinds of identifier there are."""
    occurs = {kind: loaded[f"{kind}_key"].notnull().any() for kind in IDENTIFIER_KINDS}
    (found,) = (
        loaded.agg(**occurs, conversations=loaded.conversation.notnull().any())
        .to_pyarrow()
        .to_pylist()
    )
    return bool(found["conversations"]), [kind for kind in IDENTIFIER_KINDS if found[kind]]


def people(
    loaded: Table, settings: Settings, bench: Bench, roles: Mapping[str, str]
) -> tuple[Table, Table]:
    """Return what linking with a probability compares, and which record each row belongs to.

    See `records.records` and `records.numbers`, and for the arguments `derive`. The first reads
    the second, which lies on the bench.
    """
    certain = _certain(loaded, settings, bench, roles_of(loaded, roles), None)
    linkable, edge, kinds = certain.rows, certain.edge, certain.kinds
    members = _members(linkable, edge, kinds, bench)
    number = bench.keep("numbers", records.numbers(linkable, members, kinds))
    return records.records(loaded, number), number


@dataclass(frozen=True)
class _Certain:
    """What joins customers for certain: the rows, the edges between pseudonyms if there are any."""

    rows: Table
    edge: Table | None
    kinds: list[str]
    has_conversations: bool


def _certain(
    loaded: Table, settings: Settings, bench: Bench, parts: Roles, known_aside: Table | None
) -> _Certain:
    """Bind the rows of one conversation, and find what equal identifiers and calls join."""
    tells_conversations, kinds = _what_occurs(loaded)
    has_conversations = tells_conversations or bool(parts.binding) or parts.are_two_systems
    talk = (
        conversations(loaded, kinds, parts, settings, bench) if has_conversations else alone(loaded)
    )
    rows, edge = _exact(talk, kinds, settings, bench, known_aside, has_pairs=parts.are_two_systems)
    return _Certain(rows, edge, kinds, has_conversations)


def _members(linkable: Table, edge: Table | None, kinds: list[str], bench: Bench) -> Table:
    """Find the customer of each pseudonym."""
    labels = None if edge is None else _labels(edge, bench)
    return bench.keep("members", customers.members(linkable, kinds, labels))


def _exact(
    loaded: Table,
    kinds: list[str],
    settings: Settings,
    bench: Bench,
    known_aside: Table | None,
    *,
    has_pairs: bool = False,
) -> tuple[Table, Table | None]:
    """Find what equal identifiers join, and calls with their registrations.

    Returns:
        The rows without the identifiers that are set aside, and the edges between pseudonyms where
        there can be any.
    """
    edges = []
    if len(kinds) > 1 or known_aside is not None:
        aside, pair = _set_aside(loaded, kinds, settings, bench, known_aside)
        if count_rows(aside):
            loaded = customers.without(loaded, aside, kinds)
        if pair is not None:
            edges.append(customers.edges(pair, aside))
    if has_pairs:
        edges.append(bridges(loaded, kinds))
    if not edges:
        return loaded, None
    return loaded, bench.keep("edges", ibis.union(*edges))


def _probable(
    linkable: Table, edge: Table | None, kinds: list[str], probable: Table, bench: Bench
) -> tuple[Table, Table]:
    """Add to rows and edges what is joined with a probability."""
    linkable = customers.with_probable(linkable, probable)
    likely = customers.probable_edges(linkable, kinds)
    return linkable, bench.keep("all_edges", likely if edge is None else edge.union(likely))


def _set_aside(
    loaded: Table, kinds: list[str], settings: Settings, bench: Bench, known: Table | None
) -> tuple[Table, Table | None]:
    """Return who is set aside (kept as `set_aside`), and the pairs where there can be any."""
    if len(kinds) <= 1:
        assert known is not None  # noqa: S101  # nobody asks otherwise
        return bench.keep("set_aside", known), None
    pair = bench.keep("pairs", customers.pairs(loaded, kinds))
    found = customers.set_aside(pair, settings.linking.most_neighbours)
    if known is not None:
        found = found.union(known, distinct=True)
    return bench.keep("set_aside", found), pair


def _labels(edge: Table, bench: Bench) -> Table:
    """Return which customer each joined pseudonym is of: pseudonym, label."""
    found = components(edge.rename(node="pseudonym"), bench, "labels")
    return found.rename(pseudonym="node")


def count_rows(table: Table) -> int:
    """Return how many rows a table or expression has."""
    return int(table.count().to_pyarrow().as_py())
