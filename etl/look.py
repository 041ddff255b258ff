"""Looking at files without loading them: what the mapping makes of their rows, stage by stage."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from etl.engine import engine_errors, spilling_to
from etl.files import SourceFile
from etl.functions import set_functions
from etl.guesses import find_guesses
from etl.load import OPENERS
from etl.mapping import STAGES, Guesses, Mapping, Problem
from etl.sources.rows import DIRECT_ROWS, RAW_ROWS, Rows
from warehouse.settings import Settings, SourceSettings


@dataclass(frozen=True)
class Look:
    """A file's rows on their way to contacts.

    Attributes:
        backend: where they are.
        mapping: which columns are what.
        guesses: how the columns are written.
        raw: name of the table of raw rows.
        has_line: whether it has LINE.
    """

    backend: Backend
    mapping: Mapping
    guesses: Guesses
    raw: str
    has_line: bool

    def at(self, stage: str) -> Table:
        """Return the rows as they are after a stage of `etl.mapping.STAGES`."""
        table = self.mapping.raw_table(self.raw, has_line=self.has_line)
        for name, function in zip(STAGES, self.mapping.stages(self.guesses), strict=True):
            table = function(table)
            if name == stage:
                break
        return table

    def problems(self) -> list[Problem]:
        """Return what the numbers in PROBLEM mean, once the last stage was asked for."""
        return self.mapping.problems

    def frame(self, table: Table) -> pd.DataFrame:
        """Return a small table's rows."""
        result: pd.DataFrame = self.backend.con.execute(self.backend.compile(table)).df()
        return result


@contextmanager
def looking(settings: Settings) -> Iterator[Backend]:
    """Give an engine that forgets everything: pseudonyms are made with a key nobody keeps."""
    with tempfile.TemporaryDirectory() as scratch:
        connection = duckdb.connect(":memory:", config=spilling_to(scratch))
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        backend = ibis.duckdb.from_connection(connection)
        try:
            set_functions(backend, settings, secrets.token_bytes(32))
            yield backend
        finally:
            connection.close()


@contextmanager
def opened(source: SourceSettings, file: SourceFile) -> Iterator[Rows]:
    """Open a source's file.

    Raises:
        SourceError: it cannot be read.
        ConfigurationError: it is not as configured.
    """
    with engine_errors(f"source {source.name}, {file.name}", is_source=True):
        rows = OPENERS[source.kind](source, file, Path(tempfile.gettempdir()))
        try:
            yield rows
        finally:
            rows.close()


def look_at(
    backend: Backend, settings: Settings, source: SourceSettings, file: SourceFile, rows: Rows
) -> Look | None:
    """Read an opened file's rows; None where it is empty.

    Raises:
        SourceError: it cannot be read.
        ConfigurationError: a configured column is not there, or a map is wrong.
    """
    if not rows.columns:
        return None
    mapping = Mapping(source, settings, rows.columns, file.name, is_sparse=rows.is_sparse)
    if rows.view is not None:
        rows.view(backend)
    else:
        rows.read(backend)
    raw = RAW_ROWS if rows.view is None else DIRECT_ROWS
    guesses = find_guesses(backend, mapping, raw)
    return Look(backend, mapping, guesses, raw, has_line=rows.view is None)


def counted(
    settings: Settings,
    files: list[tuple[SourceSettings, SourceFile]],
    values: Callable[[Look], Table | None],
) -> pd.DataFrame:
    """Count the values of one column over files.

    Args:
        settings: all settings.
        files: what to look at.
        values: gives a table of one column `value` for a file's rows; None where it has none.

    Returns:
        source, value, rows; most rows first.
    """
    found = []
    with looking(settings) as backend:
        for source, file in files:
            with opened(source, file) as rows:
                look = look_at(backend, settings, source, file, rows)
                table = values(look) if look else None
                if look is not None and table is not None:
                    grouped = table.group_by("value").agg(rows=table.count())
                    found.append(look.frame(grouped).assign(source=source.name))
    columns = ["source", "value", "rows"]
    if not found:
        return pd.DataFrame(columns=columns)
    whole = pd.concat(found, ignore_index=True).groupby(["source", "value"], as_index=False).sum()
    whole = whole.sort_values(["source", "rows"], ascending=[True, False], ignore_index=True)
    return whole[columns]
