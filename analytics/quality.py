"""Data quality: what was loaded and refused, and how far the figures reach."""

from datetime import timedelta

import pandas as pd

from analytics.query import Selection, measure, span
from warehouse.store import Reader


def loads(reader: Reader) -> pd.DataFrame:
    """Return the loads, newest first: the columns of warehouse.accounts.LOAD_FIELDS."""
    with reader.backend() as backend:
        table = backend.table("load")
        return table.order_by(table.load_key.desc()).to_pandas()


def files(reader: Reader) -> pd.DataFrame:
    """Return the loaded files, newest first: the columns of warehouse.accounts.LOAD_FILE_FIELDS."""
    with reader.backend() as backend:
        table = backend.table("load_file")
        return table.order_by(table.file_key.desc()).to_pandas()


def rejects_by_reason(reader: Reader) -> pd.DataFrame:
    """Return how many rows were refused: source, column, reason (its key), count; most first."""
    with reader.backend() as backend:
        reject, file = backend.table("reject"), backend.table("load_file")
        joined = reject.join(file.select("file_key", "source"), "file_key")
        counted = joined.group_by("source", "column", "reason").agg(count=joined.count())
        return counted.order_by(counted["count"].desc(), "source", "column", "reason").to_pandas()


def coverage(reader: Reader, selection: Selection) -> pd.DataFrame:
    """Return per channel how far figures on customers and repeats reach, the largest channel first.

    Columns: channel, contacts (count), identified_share (0 to 1), candidates (contacts that could
    be a repeat), suppressed.

    Raises:
        SelectionError: the selection names a dimension that does not exist.
    """
    asked = ["contacts", "identified_share", "repeat_share"]
    frame = measure(reader, asked, by=["channel"], selection=selection)
    wide = frame.pivot_table(
        index="channel", columns="metric", values=["value", "denominator"], dropna=False
    )
    table = pd.DataFrame(
        {
            "contacts": wide[("value", "contacts")],
            "identified_share": wide[("value", "identified_share")],
            "candidates": wide[("denominator", "repeat_share")],
        }
    )
    return table.sort_values("contacts", ascending=False).reset_index()


def unknowable_until_now(reader: Reader) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return from and until which local day repeats can be known in both directions."""
    known = span(reader)
    window = timedelta(days=known.settings.repeat.window_days)
    return pd.Timestamp(known.first_on + window), pd.Timestamp(known.last_on - window)
