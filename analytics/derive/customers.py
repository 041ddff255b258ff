"""One customer: contacts that share an equal identifier, directly or through others.

The customers are the connected components of the graph whose nodes are pseudonyms and whose edges
join two pseudonyms of one contact. Each round every pseudonym takes the smallest label among its
neighbours, and then its label's label; rounds end when nothing changes.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from warehouse.contact import IDENTIFIER_KINDS


def appearances(loaded: Table, kinds: Sequence[str] = IDENTIFIER_KINDS) -> Table:
    """Return one row per contact and identifier of these kinds: contact_key, pseudonym (uuid)."""
    found = [
        loaded.select("contact_key", pseudonym=loaded[f"{kind}_key"]).filter(
            lambda t: t.pseudonym.notnull()
        )
        for kind in kinds or IDENTIFIER_KINDS[:1]
    ]
    return ibis.union(*found) if len(found) > 1 else found[0]


def nodes(seen: Table) -> Table:
    """Return one row per pseudonym: pseudonym, node (integer, in the pseudonyms' order)."""
    distinct = seen.select("pseudonym").distinct()
    return distinct.mutate(node=ibis.row_number().over(order_by=distinct.pseudonym))


def numbered(seen: Table, node: Table) -> Table:
    """Return appearances with numbers for pseudonyms: contact_key, node."""
    return seen.join(node, "pseudonym").select("contact_key", "node")


def edges(numbered_seen: Table) -> Table:
    """Return each pair of pseudonyms that one contact joins, both ways: left_node, right_node."""
    firsts = numbered_seen.group_by("contact_key").agg(
        first=numbered_seen.node.min(), last=numbered_seen.node.max(), count=ibis._.count()
    )
    several = firsts.filter(firsts["count"] > 1).select("contact_key", "first")
    pairs = (
        several.join(numbered_seen, "contact_key")
        .filter(lambda t: t.first != t.node)
        .select(left_node="first", right_node="node")
        .distinct()
    )
    return pairs.union(pairs.select(left_node="right_node", right_node="left_node"))


def first_labels(edge: Table) -> Table:
    """Return each joined pseudonym with itself as label: node, label."""
    return edge.select(node="left_node").distinct().mutate(label=ibis._.node)


def next_labels(labels: Table, edge: Table) -> Table:
    """Return the labels after one round: node, label."""
    neighbour = labels.select(right_node="node", neighbour_label="label")
    lowest = (
        edge.join(neighbour, "right_node")
        .group_by(node="left_node")
        .agg(neighbour_label=ibis._.neighbour_label.min())
    )
    taken = (
        labels.join(lowest, "node")
        .mutate(label=ibis.least(ibis._.label, ibis._.neighbour_label))
        .select("node", "label")
    )
    further = taken.select(label="node", further="label")
    return (
        taken.left_join(further, "label")
        .mutate(label=ibis.coalesce(ibis._.further, ibis._.label))
        .select("node", "label")
    )


def links(numbered_seen: Table, node: Table, labels: Table | None) -> Table:
    """Return each identified contact's customer: contact_key, customer_number, customer_id.

    customer_id is the smallest pseudonym among the customer's, as text: it stays the same when
    contacts are added, unless a smaller one joins.
    """
    first = numbered_seen.group_by("contact_key").agg(node=numbered_seen.node.min())
    if labels is None:
        keyed = first.mutate(customer_number=ibis._.node)
    else:
        keyed = first.left_join(labels, "node").mutate(
            customer_number=ibis.coalesce(ibis._.label, ibis._.node)
        )
    keyed = keyed.select("contact_key", "customer_number")
    names = node.select(customer_number="node", customer_id=node.pseudonym.cast("string"))
    return keyed.join(names, "customer_number").select("contact_key", "customer_number", "customer_id")
