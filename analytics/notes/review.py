"""What people look at: the contacts of which the model is least sure, and how good it is.

A note is read by few: whoever asks for one must have been let in by the caller.
"""

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from analytics.columns import chosen
from analytics.derive.avoidable import by_code
from analytics.disclosure import suppress
from analytics.intervals import wilson
from analytics.notes.card import Card, card_from_json
from analytics.query import EVERYTHING, Selection, span
from warehouse.contact import UNKNOWN
from warehouse.opinions import MODEL_TABLE, OPINION_TABLE
from warehouse.store import Reader

QUEUE_COLUMNS = (
    "source", "contact_id", "note", "channel", "service", "month", "category", "probability",
)  # fmt: skip
_CONSIDERED = 5_000
"""The least sure opinions that are looked at: filters choose among these."""


def model_card(reader: Reader) -> Card | None:
    """Return the card of the current version's model; None where notes were never looked at.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    with reader.backend() as backend:
        if not _has(backend, MODEL_TABLE):
            return None
        found = backend.table(MODEL_TABLE).select("card").to_pyarrow().to_pylist()
    return card_from_json(found[0]["card"]) if found else None


def _has(backend: Backend, name: str) -> bool:
    return name in backend.list_tables()


def quality_table(card: Card, threshold: int) -> pd.DataFrame:
    """Return precision and recall per category, with intervals; small groups are hidden.

    Args:
        card: of a model.
        threshold: the smallest group that is shown.

    Returns:
        Columns metric (precision or recall), category, value, numerator, denominator, low, high,
        stated (of precision: what the model said itself, on average), suppressed.
    """
    rows = [
        row
        for one in card.categories
        for row in (
            ("precision", one.category, one.right, one.spoken, one.mean_probability),
            ("recall", one.category, one.right, one.actual, None),
        )
    ]
    names = ["metric", "category", "numerator", "denominator", "stated"]
    frame = pd.DataFrame(rows, columns=names).astype(
        {"numerator": "float64", "denominator": "float64", "stated": "float64"}
    )
    low, high = wilson(frame["numerator"], frame["denominator"])
    of = frame["denominator"].where(frame["denominator"] > 0)
    frame = frame.assign(
        value=frame["numerator"] / of, low=low, high=high, weight=frame["denominator"]
    )
    shown = suppress(frame, ["category"], "weight", threshold)
    return shown.assign(stated=shown["stated"].where(~shown["suppressed"]))


def queue(reader: Reader, selection: Selection = EVERYTHING, *, limit: int = 200) -> pd.DataFrame:
    """Return contacts without a code or rule, those first of which the model is least sure.

    Filters choose among the least sure few thousand, so that it costs the same at any size.

    Args:
        reader: of the warehouse.
        selection: which days, and which values of dimensions.
        limit: most contacts.

    Returns:
        Columns source, contact_id (of the row with the note), note (redacted), channel, service,
        month (its first day), category (the likeliest), probability (0 to 1). Empty where there is
        no model.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    settings = span(reader).settings
    with reader.backend() as backend:
        if not _has(backend, OPINION_TABLE):
            return pd.DataFrame(columns=list(QUEUE_COLUMNS))
        opinion = backend.table(OPINION_TABLE)
        contact = backend.table("contact")
        least = opinion.filter(opinion.probability < 1)
        least = least.order_by(["probability", "contact_key"]).limit(_CONSIDERED)
        noted = least.join(
            contact.select("contact_key", "conversation_key", "source", "contact_id", "note"),
            "contact_key",
        )
        heads = contact.filter(contact.is_contact)
        code = by_code(heads, settings)
        open_ = code.isnull() | (code == UNKNOWN)
        is_open = open_ & (heads.avoidable_basis.fill_null("") != "rule")
        heads = heads.filter(is_open, *chosen(heads, selection.where))
        if selection.start:
            heads = heads.filter(heads.started_on >= selection.start)
        if selection.end:
            heads = heads.filter(heads.started_on <= selection.end)
        heads = heads.select(
            head_key="contact_key",
            channel=heads.channel,
            service=heads.service.fill_null(UNKNOWN),
            month=heads.started_on.truncate("M"),
        )
        rows = noted.join(heads, ibis._.conversation_key == heads.head_key)
        rows = rows.filter(rows.note.notnull()).order_by(["probability", "contact_key"])
        return rows.limit(limit).select(*QUEUE_COLUMNS).to_pyarrow().to_pandas()
