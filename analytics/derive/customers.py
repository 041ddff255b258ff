"""One customer: contacts that share an equal identifier, directly or through others.

The customers are the connected components of the graph whose nodes are pseudonyms and whose edges
join two pseudonyms of one contact. Each round every pseudonym takes the smallest label among its
neighbours, and then its label's label; rounds end when nothing changes.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table, Value

from warehouse.contact import IDENTIFIER_KINDS


def first_pseudonym(loaded: Table, kinds: Sequence[str]) -> Value:
    """Return one pseudonym of each row's customer; null where there is none."""
    return ibis.coalesce(*(loaded[f"{kind}_key"] for kind in kinds or IDENTIFIER_KINDS[:1]))


def edges(loaded: Table, kinds: Sequence[str], bridges: Table | None = None) -> Table:
    """Return each pair of pseudonyms that one contact joins, both ways: pseudonym, neighbour.

    `bridges` are further pairs: of rows that are one contact, though none holds both pseudonyms.
    """
    first = first_pseudonym(loaded, kinds)
    pairs = ibis.union(
        *(
            loaded.select(pseudonym=first, neighbour=loaded[f"{kind}_key"]).filter(
                lambda t: t.neighbour.notnull() & (t.pseudonym != t.neighbour)
            )
            for kind in kinds
        )
    )
    pairs = (pairs if bridges is None else pairs.union(bridges)).distinct()
    return pairs.union(pairs.select(pseudonym="neighbour", neighbour="pseudonym"))


def first_labels(edge: Table) -> Table:
    """Return each joined pseudonym with itself as label: pseudonym, label."""
    return edge.select("pseudonym").distinct().mutate(label=ibis._.pseudonym)


def next_labels(labels: Table, edge: Table) -> Table:
    """Return the labels after one round: pseudonym, label."""
    around = labels.select(neighbour="pseudonym", around="label")
    lowest = edge.join(around, "neighbour").group_by("pseudonym").agg(around=ibis._.around.min())
    taken = (
        labels.join(lowest, "pseudonym")
        .mutate(label=ibis.least(ibis._.label, ibis._.around))
        .select("pseudonym", "label")
    )
    further = taken.select(label="pseudonym", further="label")
    return (
        taken.left_join(further, "label")
        .mutate(label=ibis.coalesce(ibis._.further, ibis._.label))
        .select("pseudonym", "label")
    )


def members(loaded: Table, kinds: Sequence[str], labels: Table | None) -> Table:
    """Return the customer of each first pseudonym: pseudonym, customer_id, customer_number.

    Both stay the same when contacts are added, unless these join two customers: customer_id is the
    smallest pseudonym among the customer's, customer_number the smallest contact_key.
    """
    first = first_pseudonym(loaded, kinds)
    own = loaded.group_by(pseudonym=first).agg(first_key=loaded.contact_key.min())
    own = own.filter(own.pseudonym.notnull())
    if labels is None:
        return own.select("pseudonym", customer_id="pseudonym", customer_number="first_key")
    named = own.left_join(labels, "pseudonym").select(
        own.pseudonym, own.first_key, customer_id=ibis.coalesce(labels.label, own.pseudonym)
    )
    return named.select(
        "pseudonym",
        "customer_id",
        customer_number=named.first_key.min().over(group_by=named.customer_id),
    )
