"""What a configuration may leave out and the rows tell: notations of time, decimal signs."""

from functools import cache

import ibis
from ibis.backends.duckdb import Backend

from etl.engine import first_row, run
from etl.mapping import Guesses, Mapping
from etl.times import Notation, find_notation, is_in_range
from etl.values import as_number

SAMPLE_ROWS = 20_000
_CLEAN, _TEXT = "guess_clean", "guess_text"
_VALUES = ibis.table({"text": "string"}, name=_TEXT)


def find_guesses(backend: Backend, mapping: Mapping, raw: str) -> Guesses:
    """Return how the columns are written whose configuration does not say.

    A notation fits all rows or, where none does, as many as can be: it never changes from row to
    row. The first candidate that fits a sample is the first that fits all rows, if any does; so a
    guess from a sample is right wherever no row is refused under it.

    Args:
        backend: where the rows are.
        mapping: which columns.
        raw: table or view of raw rows: all, or a sample.
    """
    times, numbers = mapping.guessed_columns()
    if not times and not numbers:
        return Guesses()
    clean = mapping.clean(mapping.raw_table(raw))
    run(backend, f"CREATE OR REPLACE TEMP VIEW {_CLEAN} AS {backend.compile(clean)}")
    return Guesses(
        notations={name: _notation(backend, name) for name in times},
        decimals={name: _decimal(backend, name) for name in numbers},
    )


def _look_at(backend: Backend, name: str, first: int | None) -> None:
    limit = "" if first is None else f"LIMIT {first}"
    run(
        backend,
        f"CREATE OR REPLACE TEMP VIEW {_TEXT} AS SELECT text_{name} AS text FROM {_CLEAN} "
        f"WHERE text_{name} IS NOT NULL {limit}",
    )


def _notation(backend: Backend, name: str) -> Notation:
    def hits(notation: Notation, first: int | None) -> int:
        _look_at(backend, name, first)
        (count,) = first_row(backend, _query_of_fits(notation))
        return int(count)

    _look_at(backend, name, None)
    (total,) = first_row(backend, f"SELECT count(*) FROM {_TEXT}")
    return find_notation(hits, total)


@cache
def _query_of_fits(notation: Notation) -> str:
    times = _VALUES.select(time=notation.read(_VALUES.text))
    return str(ibis.to_sql(times.filter(is_in_range(times.time)).count(), dialect="duckdb"))


@cache
def _query_of_numbers() -> str:
    counts = _VALUES.aggregate(
        dots=as_number(_VALUES.text, ".", groups=False).count(),
        commas=as_number(_VALUES.text, ",").count(),
    )
    return str(ibis.to_sql(counts, dialect="duckdb"))


def _decimal(backend: Backend, name: str) -> str:
    """Return "." unless a decimal comma fits more values."""
    _look_at(backend, name, None)
    dots, commas = first_row(backend, _query_of_numbers())
    return "," if commas > dots else "."
