"""Examples: notes of contacts whose reason is known, by their code or by a person."""

import ibis
from ibis.expr.types import BooleanValue, Table

from analytics.derive.avoidable import by_code
from warehouse.settings import Settings

DROPPED = "[NOTITIE VERWIJDERD]"
"""Stands for a note that the gate could not read."""
_SPREAD = 2_654_435_761
"""Knuth's multiplier: spreads neighbouring numbers, the same on every engine."""


def is_readable(rows: Table) -> BooleanValue:
    """Tell of each row whether it has a note with words in it."""
    note = rows.note.strip()
    return rows.note.notnull() & (note != "") & (note != DROPPED)


def examples(loaded: Table, contact: Table, labels: Table, settings: Settings) -> Table:
    """Return the notes to learn from: contact_key, note, label, started_at, is_correction.

    A note is an example where the contact that it is of has a reason code that means something, or
    where a person judged it. Of more than `most_examples` a fixed draw is kept; judgements all are.

    Args:
        loaded: `loaded_contact`.
        contact: `contact`, made of it.
        labels: judgements in force: source, contact_id, category.
        settings: with reason codes and [avoidable.model].
    """
    noted = loaded.filter(is_readable(loaded)).select("contact_key", "source", "contact_id", "note")
    own = contact.select("contact_key", "conversation_key")
    head = contact.filter(contact.is_contact)
    head = head.select(
        head_key=head.contact_key, started_at=head.started_at, code=by_code(head, settings)
    )
    rows = noted.join(own, "contact_key").join(head, ibis._.conversation_key == head.head_key)
    rows = rows.left_join(labels, ["source", "contact_id"])
    rows = rows.mutate(
        is_correction=rows.category.notnull(),
        label=ibis.coalesce(rows.category, rows.code.nullif("unknown")),
    )
    rows = rows.filter(rows.label.notnull())
    draw = (rows.contact_key * _SPREAD) % 2**32
    order = ibis.row_number().over(
        order_by=[ibis.ifelse(rows.is_correction, 0, 1), draw, rows.contact_key]
    )
    chosen = rows.mutate(place=order).filter(ibis._.place < settings.avoidable.model.most_examples)
    return chosen.select("contact_key", "note", "label", "started_at", "is_correction").order_by(
        "contact_key"
    )
