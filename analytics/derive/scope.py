"""Scope: which rows a change concerns, so that only these need be derived anew.

A derived row depends on itself, on the rows of its customer, on the rows of its conversation, and
on where the whole begins and ends. Which rows are a conversation depends on all that its systems
logged on that day. The scope of new rows is closed over these: what lies outside cannot change.
"""

from dataclasses import dataclass
from datetime import timedelta

import ibis
from ibis.expr.types import Table

from analytics.derive.bench import Bench
from analytics.derive.steps import Whole, count_rows
from warehouse.contact import IDENTIFIER_KINDS
from warehouse.settings import Settings


@dataclass(frozen=True)
class Change:
    """What came to a warehouse whose contacts were derived before.

    Attributes:
        loaded: all of `loaded_contact`, the new rows too.
        contact: what was derived of the rows before.
        aside: the pseudonyms that were set aside before: pseudonym, kind.
        first_new: the lowest contact_key of the new rows.
    """

    loaded: Table
    contact: Table
    aside: Table
    first_new: int

    @property
    def new(self) -> Table:
        """The new rows."""
        return self.loaded.filter(self.loaded.contact_key >= self.first_new)

    @property
    def earlier(self) -> Table:
        """The rows that were there before."""
        return self.loaded.filter(self.loaded.contact_key < self.first_new)


def pseudonyms(rows: Table) -> Table:
    """Return the different pseudonyms that rows carry: pseudonym."""
    carried = ibis.union(
        *(rows.select(pseudonym=rows[f"{kind}_key"]) for kind in IDENTIFIER_KINDS), distinct=True
    )
    return carried.filter(carried.pseudonym.notnull())


def carriers(loaded: Table, those: Table) -> Table:
    """Return the rows that carry one of the pseudonyms `those`: contact_key."""
    return ibis.union(
        *(
            loaded.semi_join(those, loaded[f"{kind}_key"] == those.pseudonym).select("contact_key")
            for kind in IDENTIFIER_KINDS
        ),
        distinct=True,
    )


def scope(change: Change, whole: Whole, settings: Settings, bench: Bench) -> Table:
    """Return the rows that the new ones concern, and these themselves: contact_key.

    Args:
        change: what came.
        whole: where all rows begin and end now.
        settings: the settings.
        bench: keeps the intermediate tables; the one returned is among them.
    """
    fresh = bench.keep("fresh", _with_the_rest_of_their_days(change, whole))
    touched = bench.keep("touched", pseudonyms(fresh).anti_join(change.aside, "pseudonym"))
    seeds = ibis.union(
        fresh.select("contact_key"),
        carriers(change.loaded, touched),
        _outdated(change.contact, whole, settings),
    ).distinct()
    concerned = bench.keep("scope_0", seeds)
    size, number = count_rows(concerned), 0
    while True:
        number += 1
        wider = bench.keep(f"scope_{number}", _widened(change, concerned))
        bench.drop(f"scope_{number - 1}")
        concerned, before = wider, size
        size = count_rows(concerned)
        if size == before:
            return concerned


def _with_the_rest_of_their_days(change: Change, whole: Whole) -> Table:
    """Add to the new rows those that were logged on the same days where rows are bound or matched.

    Which rows are one conversation is decided within a local day (`binding`, `matching`).
    """
    assert whole.parts is not None  # noqa: S101  # a part cannot tell which sources there are
    parts = whole.parts
    systems = (*parts.binding, *parts.telephony, *parts.registration)
    if not systems:
        return change.new
    logged = change.loaded.filter(change.loaded.source.isin(systems))
    logged = logged.mutate(day=logged.started_local.date())
    days = logged.filter(logged.contact_key >= change.first_new).select("day").distinct()
    return change.new.union(logged.semi_join(days, "day").drop("day"), distinct=True)


def _outdated(contact: Table, whole: Whole, settings: Settings) -> Table:
    """Return the rows of which it is now known, or no longer, what came before or after.

    Those too whose term for an answer is over since.
    """
    start, end = whole.knowable or (None, None)
    window = timedelta(days=settings.repeat.window_days)
    today = (end + window).date() if end else None
    backwards = (contact.started_at >= ibis.literal(start, "timestamp")).fill_null(False)
    forwards = (contact.started_at <= ibis.literal(end, "timestamp")).fill_null(False)
    return contact.filter(
        (contact.is_knowable_backwards != backwards)
        | (contact.is_knowable_forwards != forwards)
        | (contact.is_on_time.isnull() & (contact.answer_due_on < ibis.literal(today, "date")))
    ).select("contact_key")


def _widened(change: Change, concerned: Table) -> Table:
    """Add the rows of the same customers and of the same conversations."""
    contact, loaded = change.contact, change.loaded
    inside = contact.semi_join(concerned, "contact_key")
    customers = inside.filter(inside.customer_number.notnull()).select("customer_number").distinct()
    bound = loaded.semi_join(concerned, "contact_key")
    talks = bound.filter(bound.conversation.notnull()).select("source", "conversation").distinct()
    bound_before = inside.select("conversation_key").distinct()
    return ibis.union(
        concerned,
        contact.semi_join(customers, "customer_number").select("contact_key"),
        contact.semi_join(bound_before, "conversation_key").select("contact_key"),
        loaded.semi_join(talks, ["source", "conversation"]).select("contact_key"),
    ).distinct()


def freed(change: Change, derived: Table, bench: Bench) -> Table:
    """Return the identifiers that may join again: pseudonym.

    An identifier is set aside for what its rows and those matched with them carry. Where a new row
    takes another's place in a pair, it may have been met with too many no longer, and that can only
    be told from all of its rows.

    Args:
        change: what came.
        derived: the rows in scope as they are derived now.
        bench: keeps the intermediate table.
    """
    now = derived.select("contact_key", now="conversation_key")
    before = change.contact.join(now, "contact_key")
    parted = before.filter(before.conversation_key != before.now).select("contact_key")
    parted = bench.keep("parted", parted)
    if not count_rows(parted):
        return change.aside.select("pseudonym").limit(0)
    return pseudonyms(change.loaded.semi_join(parted, "contact_key")).semi_join(
        change.aside, "pseudonym"
    )
