"""Opinion: what the model makes of a note, where neither a code nor a rule says anything.

An opinion depends on the words of its own note alone. So a row's opinion is worked out once, when
the row comes, and deriving anew from the same opinions gives the same contacts.
"""

import ibis
from ibis.expr.types import Table

from warehouse.labels import VALUABLE


def with_opinion(contacts: Table, opinion: Table) -> Table:
    """Return the contacts, with the model's word where there is none else; same columns, any order.

    Of a conversation, the opinion on any of its rows counts for the row that counts: the most
    probable one that is sure.

    Args:
        contacts: `contact`, or a part of it that holds whole conversations.
        opinion: `note_opinion`.
    """
    sure = opinion.filter(opinion.is_sure)
    said = sure.join(contacts.select("contact_key", "conversation_key"), "contact_key")
    first = ibis.row_number().over(
        group_by=said.conversation_key,
        order_by=[said.probability.desc(), said.contact_key],
    )
    said = said.mutate(place=first).filter(ibis._.place == 0)
    said = said.select(said_of="conversation_key", said="category")
    rows = contacts.left_join(said, contacts.contact_key == said.said_of)
    speaks = (
        rows.is_contact
        & rows.avoidable_category.isnull()
        & ~rows.is_value_known
        & rows.said.notnull()
    )
    names = speaks & (rows.said != VALUABLE)
    return rows.mutate(
        avoidable_category=ibis.ifelse(names, rows.said, rows.avoidable_category),
        avoidable_basis=ibis.ifelse(names, "model", rows.avoidable_basis),
        is_value_known=rows.is_value_known | speaks,
    ).select(*contacts.columns)
