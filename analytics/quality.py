"""Data quality: what was loaded and refused, and how far the figures reach."""

import pandas as pd

from analytics.amounts import backend_table
from analytics.query import Selection, measure
from warehouse.contact import UNKNOWN
from warehouse.store import Reader


def loads(reader: Reader) -> pd.DataFrame:
    """Return the loads, newest first: the columns of warehouse.accounts.LOAD_FIELDS."""
    with reader.backend() as backend:
        table = backend_table(backend, "load")
        return table.order_by(table.load_key.desc()).to_pandas()


def files(reader: Reader) -> pd.DataFrame:
    """Return the loaded files, newest first: the columns of warehouse.accounts.LOAD_FILE_FIELDS."""
    with reader.backend() as backend:
        table = backend_table(backend, "load_file")
        return table.order_by(table.file_key.desc()).to_pandas()


def drifts(reader: Reader) -> pd.DataFrame:
    """Return columns that loaded files had otherwise than the last of their source, newest first.

    Columns: source, file_name, and those of warehouse.accounts.LOAD_DRIFT_FIELDS.
    """
    with reader.backend() as backend:
        drift, file = backend_table(backend, "load_drift"), backend_table(backend, "load_file")
        joined = drift.join(file.select("file_key", "source", "file_name"), "file_key")
        return joined.order_by(joined.file_key.desc(), "change", "column").to_pandas()


def rejects_by_reason(reader: Reader) -> pd.DataFrame:
    """Return how many rows were refused: source, column, reason (its key), count; most first."""
    with reader.backend() as backend:
        reject, file = backend_table(backend, "reject"), backend_table(backend, "load_file")
        joined = reject.join(file.select("file_key", "source"), "file_key")
        counted = joined.group_by("source", "column", "reason").agg(count=joined.count())
        return counted.order_by(counted["count"].desc(), "source", "column", "reason").to_pandas()


def set_aside(reader: Reader) -> pd.DataFrame:
    """Return the identifiers that join nobody, because they were met with implausibly many others.

    Columns: kind; identifiers, rows (counts). Most identifiers first; never which they are.
    """
    with reader.backend() as backend:
        aside = backend_table(backend, "set_aside")
        counted = aside.group_by("kind").agg(
            identifiers=aside.count(),
            rows=aside.row_count.sum(),
        )
        return counted.order_by(counted.identifiers.desc(), "kind").to_pandas()


def coverage(reader: Reader, selection: Selection) -> pd.DataFrame:
    """Return per channel how far figures on customers and repeats reach, the largest channel first.

    Columns: channel; contacts (count); identified_share and unknown_service_share (0 to 1, of the
    contacts); candidates (count: contacts of which it is known whether they are a repeat);
    suppressed (the channel has too few contacts to tell). What is hidden is NaN.

    Raises:
        SelectionError: the selection names a dimension that does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    asked = ["contacts", "identified_share", "repeat_share"]
    of_channel = measure(reader, asked, by=["channel"], selection=selection)
    contacts, identified, repeats = (
        of_channel[of_channel["metric"] == metric].set_index("channel") for metric in asked
    )
    services = measure(reader, ["contacts"], by=["channel", "service"], selection=selection)
    unknown = services[services["service"] == UNKNOWN].set_index("channel")
    absent = ~contacts.index.isin(unknown.index)
    table = pd.DataFrame(
        {
            "contacts": contacts["value"],
            "identified_share": identified["value"],
            "unknown_service_share": (
                unknown["value"].reindex(contacts.index).mask(absent, 0.0) / contacts["value"]
            ),
            "candidates": repeats["denominator"],
            "suppressed": contacts["suppressed"],
        }
    )
    table = table[table["contacts"].ne(0)]
    return table.sort_values("contacts", ascending=False, kind="stable").reset_index()
