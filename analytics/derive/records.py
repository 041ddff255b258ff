"""What is compared when linking with a probability: each customer once, and each row of nobody.

A customer that equal identifiers found is one record, with of each attribute what its rows say most
often. A row without any identifier is a record of its own.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from analytics.derive.customers import first_pseudonym
from warehouse.contact import OFFICIAL_KINDS

_TOGETHER = (
    ("surname", "surname_sound"),
    ("initial",),
    ("birth_date", "birth_either", "birth_month"),
    ("postcode", "postcode_area", "house_number"),
)
"""Attributes that are told in one breath, so that a record has no half of two addresses."""


def numbers(loaded: Table, members: Table, kinds: Sequence[str]) -> Table:
    """Return which record each row belongs to.

    Args:
        loaded: `loaded_contact`, without identifiers that are set aside.
        members: the customers that equal identifiers give (`customers.members`).
        kinds: the kinds of identifier that occur.

    Returns:
        contact_key, record_number (contact_key of the record's first row, which for a customer is
        customer_number), is_customer (an identifier says whose the row is).
    """
    rows = loaded.select("contact_key", pseudonym=first_pseudonym(loaded, kinds))
    rows = rows.left_join(members.select("pseudonym", "customer_number"), "pseudonym")
    return rows.select(
        "contact_key",
        record_number=ibis.coalesce(rows.customer_number, rows.contact_key),
        is_customer=rows.customer_number.notnull(),
    )


def records(loaded: Table, number: Table) -> Table:
    """Return the records that can be compared.

    Args:
        loaded: `loaded_contact`.
        number: which record each row belongs to (`numbers`).

    Returns:
        record_number, is_official (has a number that only one person has), and the attributes as
        `<kind>_key`. Only records with a surname or a birth date.
    """
    told = [kind for group in _TOGETHER for kind in group]
    official = [loaded[f"{kind}_key"].notnull() for kind in OFFICIAL_KINDS]
    rows = loaded.select(
        "contact_key", *(f"{kind}_key" for kind in told), is_official=ibis.or_(*official)
    ).join(number, "contact_key")
    whole = rows.group_by("record_number").agg(is_official=rows.is_official.any())
    for group in _TOGETHER:
        found = _commonest(rows, [f"{kind}_key" for kind in group])
        whole = whole.left_join(found, "record_number").drop("record_number_right")
    return whole.filter(whole.surname_key.notnull() | whole.birth_date_key.notnull())


def known_pairs(loaded: Table) -> Table:
    """Return what rows of one person tell, for learning how often it agrees.

    Returns:
        label (pseudonym of the official number), source, and the attributes as `<kind>_key`; equal
        rows once. Two rows of one label are of one person.
    """
    told = [f"{kind}_key" for group in _TOGETHER for kind in group]
    rows = loaded.mutate(label=ibis.coalesce(*(loaded[f"{kind}_key"] for kind in OFFICIAL_KINDS)))
    rows = rows.filter(
        rows.label.notnull() & (rows.surname_key.notnull() | rows.birth_date_key.notnull())
    )
    return rows.select("label", "source", *told).distinct()


def _commonest(rows: Table, names: Sequence[str]) -> Table:
    """Return of each record the values that its rows give most often; of equals the least."""
    counted = (
        rows.filter(rows[names[0]].notnull())
        .group_by(["record_number", *names])
        .agg(row_count=lambda t: t.count())
    )
    place = ibis.row_number().over(
        group_by="record_number", order_by=[ibis.desc("row_count"), *names]
    )
    return counted.mutate(place=place).filter(lambda t: t.place == 0).drop("row_count", "place")
