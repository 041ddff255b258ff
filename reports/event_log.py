"""The event log as a file: CSV, XES or OCEL 2.0. Written beside it first, so never half there."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Literal

import pyarrow as pa
from ibis.expr.types import Table
from pyarrow import csv

from analytics.journeys.event_log import LogOptions, LogSize, event_log
from analytics.journeys.log_texts import ocel_lines, xes_lines
from analytics.query import EVERYTHING, Selection, span
from analytics.spreadsheets import FORMULA
from warehouse.errors import ConfigurationError
from warehouse.store import Reader

LogFormat = Literal["csv", "xes", "ocel"]


def write_event_log(
    reader: Reader,
    file: Path,
    form: LogFormat,
    selection: Selection = EVERYTHING,
    options: LogOptions | None = None,
) -> LogSize:
    """Write the journeys that began in a selection, contact by contact.

    CSV has the columns of `analytics.journeys.event_log` under the names that pm4py and others
    expect: case:concept:name, concept:name, time:timestamp, ….

    Args:
        reader: of the warehouse.
        file: what to write; replaced where it is there.
        form: of the file.
        selection: in which days, and with which values of dimensions, journeys began.
        options: what may leave; the safe choice where left out.

    Returns:
        How much was written and left out.

    Raises:
        SelectionError: a filter is on a dimension that does not exist.
        ConfigurationError: the file cannot be written.
        NoWarehouseError: nothing was loaded yet.
    """
    known, options = span(reader), options or LogOptions()
    with reader.backend() as backend:
        log = event_log(backend, known, selection, options)
        size = log.size()
        try:
            _write_beside(file, log.events, form)
        except OSError as error:
            raise ConfigurationError(
                f"the file cannot be written ({error.strerror})", where=str(file)
            ) from error
    return size


def _write_beside(file: Path, events: Table, form: LogFormat) -> None:
    with TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        part = Path(folder) / file.name
        with part.open("xb") as out:
            part.chmod(0o600)  # about single people: for its owner alone
            _write(out, events, form)
        part.replace(file)


def _write(out: IO[bytes], events: Table, form: LogFormat) -> None:
    match form:
        case "csv":
            _write_csv(out, events)
        case "xes":
            _write_texts(out, xes_lines(events))
        case "ocel":
            _write_texts(out, ocel_lines(events))


def _write_texts(out: IO[bytes], texts: Iterable[str]) -> None:
    for text in texts:
        out.write(text.encode("utf-8"))


def _write_csv(out: IO[bytes], events: Table) -> None:
    named = {
        "case:concept:name": events.journey,
        "concept:name": events.activity,
        "time:timestamp": events.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        # a spreadsheet would run what begins like a formula
        "service": events.service.re_replace(f"({FORMULA})", r"'\1"),
        "outcome": events.outcome,
        "case:has_ended": events.has_ended,
    }
    if "customer" in events.columns:
        named["case:customer"] = events.customer
    ordered = events.select("journey", "event", **named).order_by("journey", "event")
    batches = ordered.drop("journey", "event").to_pyarrow_batches()
    schema = pa.schema(batches.schema)
    with csv.CSVWriter(out, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
