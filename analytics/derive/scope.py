"""Scope: which rows a change concerns, so that only these need be derived anew.

A derived row depends on itself, on the rows of its customer, on the rows of its conversation, and
on where the whole begins and ends. The scope of new rows is closed over these: what lies outside
it cannot change.
"""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table

from analytics.derive.steps import Bench, Whole, count_rows
from warehouse.contact import IDENTIFIER_KINDS


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


def scope(change: Change, whole: Whole, bench: Bench) -> Table:
    """Return the rows that the new ones concern, and these themselves: contact_key.

    Args:
        change: what came.
        whole: where all rows begin and end now.
        bench: keeps the intermediate tables; the one returned is among them.
    """
    touched = bench.keep("touched", pseudonyms(change.new).anti_join(change.aside, "pseudonym"))
    seeds = ibis.union(
        change.new.select("contact_key"),
        carriers(change.loaded, touched),
        _outdated(change.contact, whole),
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
            bench.drop("touched")
            return concerned


def _outdated(contact: Table, whole: Whole) -> Table:
    """Return the rows of which it is now known, or no longer, what came before or after."""
    start, end = whole.knowable or (None, None)
    backwards = (contact.started_at >= ibis.literal(start, "timestamp")).fill_null(False)
    forwards = (contact.started_at <= ibis.literal(end, "timestamp")).fill_null(False)
    return contact.filter(
        (contact.is_knowable_backwards != backwards) | (contact.is_knowable_forwards != forwards)
    ).select("contact_key")


def _widened(change: Change, concerned: Table) -> Table:
    """Add the rows of the same customers and of the same conversations."""
    contact, loaded = change.contact, change.loaded
    inside = contact.semi_join(concerned, "contact_key")
    customers = inside.filter(inside.customer_number.notnull()).select("customer_number").distinct()
    bound = loaded.semi_join(concerned, "contact_key")
    talks = bound.filter(bound.conversation.notnull()).select("source", "conversation").distinct()
    return ibis.union(
        concerned,
        contact.semi_join(customers, "customer_number").select("contact_key"),
        loaded.semi_join(talks, ["source", "conversation"]).select("contact_key"),
    ).distinct()
