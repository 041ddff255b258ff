"""One customer: contacts that share an equal identifier, directly or through others.

The customers are the connected components of the graph whose nodes are pseudonyms and whose edges
join two pseudonyms of one contact. Each round every pseudonym takes the smallest label among its
neighbours, and then its label's label; rounds end when nothing changes. A pseudonym that has
implausibly many neighbours (a switchboard, a shared mailbox) is set aside first: it joins nobody.
"""

from collections.abc import Sequence
from itertools import combinations

import ibis
from ibis.expr.types import Table, Value

from warehouse.contact import IDENTIFIER_KINDS, OFFICIAL_KINDS

PROBABLE = "probable"
"""Stands beside the kinds of identifier for what linking with a probability found."""


def first_pseudonym(loaded: Table, kinds: Sequence[str]) -> Value:
    """Return one pseudonym of each row's customer; null where there is none."""
    return ibis.coalesce(*(loaded[f"{kind}_key"] for kind in kinds or IDENTIFIER_KINDS[:1]))


def pairs(loaded: Table, kinds: Sequence[str]) -> Table:
    """Return each two pseudonyms that a contact has both, both ways.

    Args:
        loaded: the rows.
        kinds: at least two kinds of identifier.

    Returns:
        Columns: pseudonym, kind, neighbour, neighbour_kind.
    """
    one_way = ibis.union(
        *(
            loaded.select(
                pseudonym=loaded[f"{one}_key"],
                kind=ibis.literal(one),
                neighbour=loaded[f"{other}_key"],
                neighbour_kind=ibis.literal(other),
            ).filter(ibis._.pseudonym.notnull() & ibis._.neighbour.notnull())
            for one, other in combinations(kinds, 2)
        )
    ).distinct()
    return one_way.union(
        one_way.select(
            pseudonym="neighbour",
            kind="neighbour_kind",
            neighbour="pseudonym",
            neighbour_kind="kind",
        )
    )


def set_aside(pair: Table, limit: int) -> Table:
    """Return the pseudonyms with more than `limit` different neighbours of one kind.

    Official numbers are never set aside: they are one person's or one business's by law.

    Columns: pseudonym, kind.
    """
    counted = pair.group_by("pseudonym", "kind", "neighbour_kind").agg(
        neighbour_count=ibis._.neighbour.count()
    )
    many = counted.filter((counted.neighbour_count > limit) & counted.kind.notin(OFFICIAL_KINDS))
    return many.select("pseudonym", "kind").distinct()


def without(loaded: Table, aside: Table, kinds: Sequence[str]) -> Table:
    """Return the rows with null in the place of every pseudonym that is set aside."""
    for kind in kinds:
        if kind in OFFICIAL_KINDS:
            continue
        key = f"{kind}_key"
        those = aside.filter(aside.kind == kind).select(is_aside="pseudonym")
        loaded = loaded.left_join(those, loaded[key] == those.is_aside)
        own = ibis.ifelse(loaded.is_aside.notnull(), ibis.null(loaded[key].type()), loaded[key])
        loaded = loaded.mutate(**{key: own}).drop("is_aside")
    return loaded


def row_counts(loaded: Table, aside: Table) -> Table:
    """Return the pseudonyms that are set aside with the number of rows that carry each.

    Columns: pseudonym, kind, row_count.
    """
    carried = ibis.union(
        *(
            loaded.select(pseudonym=loaded[f"{kind}_key"])
            for kind in IDENTIFIER_KINDS
            if kind not in OFFICIAL_KINDS
        )
    )
    counted = (
        carried.semi_join(aside, "pseudonym").group_by("pseudonym").agg(row_count=ibis._.count())
    )
    return aside.join(counted, "pseudonym").select("pseudonym", "kind", "row_count")


def edges(pair: Table, aside: Table) -> Table:
    """Return the pairs that join, both ways: pseudonym, neighbour; none that is set aside."""
    joining = pair.anti_join(aside, "pseudonym")
    joining = joining.anti_join(aside.select(neighbour="pseudonym"), "neighbour")
    return joining.select("pseudonym", "neighbour")


def with_probable(loaded: Table, probable: Table) -> Table:
    """Return the rows with `probable_key` beside: whom they are of with a probability, else null.

    Args:
        loaded: the rows.
        probable: contact_key, probable_key; a row of each record that is joined with another.
    """
    return loaded.left_join(probable, "contact_key").drop("contact_key_right")


def probable_edges(loaded: Table, kinds: Sequence[str]) -> Table:
    """Return what joins customers with a probability, both ways: pseudonym, neighbour.

    Args:
        loaded: the rows, with `probable_key`.
        kinds: the kinds of identifier.
    """
    joined = loaded.select(pseudonym=first_pseudonym(loaded, kinds), neighbour="probable_key")
    joined = joined.filter(joined.pseudonym.notnull() & joined.neighbour.notnull()).distinct()
    return joined.union(joined.select(pseudonym="neighbour", neighbour="pseudonym"))


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
