"""What every kind of source gives the loader: rows of text, and where each of them stood."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ibis.backends.duckdb import Backend

from etl.engine import first_row, run
from warehouse.errors import AccountsError, ConfigurationError

RAW_ROWS = "raw_row"
"""Temporary table of a file's rows: `line`, and `c0`, `c1`, … as text."""
RAW_REJECTS = "raw_reject"
"""Temporary table of what is no row at all: `line`, `reason`."""
DIRECT_ROWS = "direct_row"
"""View on a file's rows in the engine's own reading: `c0`, `c1`, …, in order of the lines."""


@dataclass
class Rows:
    """A file, opened.

    Attributes:
        columns: names of its columns, in order.
        encoding: text encoding it was written in; empty for kinds that are no text.
        byte_count: bytes of the file as it lies on disk.
        read: makes RAW_ROWS and RAW_REJECTS: exact, line by line.
        view: makes DIRECT_ROWS and returns the number of rows it must give if nothing is wrong
            with the file; None where there is no such way.
        close: lets go of the file.
        is_sparse: the columns are what the source is asked for; a record may lack any of them.
    """

    columns: tuple[str, ...]
    encoding: str
    read: Callable[[Backend], None]
    view: Callable[[Backend], int] | None = None
    close: Callable[[], None] = field(default=lambda: None)
    is_sparse: bool = False


def make_rejects(backend: Backend, query: str = "SELECT 0::BIGINT, '' WHERE false") -> None:
    """Make RAW_REJECTS from a query that gives line and reason."""
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {RAW_REJECTS} AS "
        f"SELECT * FROM ({query}) AS refused(line, reason)",
    )


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Return column names that differ: trimmed, the second `x` becomes `x_1`, none `column_<n>`."""
    seen: set[str] = set()
    unique = []
    for number, name in enumerate(names, start=1):
        base = name.strip() or f"column_{number}"
        candidate, suffix = base, 0
        while candidate in seen:
            suffix += 1
            candidate = f"{base}_{suffix}"
        seen.add(candidate)
        unique.append(candidate)
    return tuple(unique)


def no_such_column(name: str, columns: Sequence[str], where: str) -> ConfigurationError:
    """Return the error for a configured column that a file does not have.

    What looks like a value is not quoted: a file without header shows its first row here.
    """
    shown = [one if looks_like_a_name(one) else "…" for one in columns]
    close = difflib.get_close_matches(name, [one for one in shown if one != "…"], n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(repr(one) for one in close)}? " if close else ""
    return ConfigurationError(
        f"there is no column {name!r}",
        where=where,
        remedy=f"{hint}The file has: {', '.join(shown)}.",
    )


def looks_like_a_name(text: str) -> bool:
    """Tell whether a column's name can be shown: without header it is a value of the first row."""
    return "@" not in text and sum(letter.isdigit() for letter in text) < 5 and len(text) <= 80


def check_lines(backend: Backend, query: str, expected: int, where: str) -> None:
    """Hold the engine's count of lines against our own.

    Raises:
        AccountsError: they differ.
    """
    (counted,) = first_row(backend, query)
    if counted != expected:
        raise AccountsError(
            f"{expected} lines were counted but {counted} accounted for; nothing was loaded",
            where=where,
            remedy="Please report this, with a made-up file that shows it.",
        )
