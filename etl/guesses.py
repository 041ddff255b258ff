"""What a configuration may leave out and the rows tell: notations of time, decimal signs."""

from ibis.backends.duckdb import Backend
from ibis.expr.types import StringValue, Table

from etl.engine import first_row, run
from etl.mapping import Guesses, Mapping
from etl.times import find_notation
from etl.values import as_number

SAMPLE_ROWS = 20_000


def find_guesses(backend: Backend, mapping: Mapping, raw: str, *, is_sample: bool) -> Guesses:
    """Return how the columns are written whose configuration does not say.

    A notation fits all rows or, where none does, as many as can be: it never changes from row to
    row. The first candidate that fits a sample is the first that fits all rows, if any does; so a
    guess from a sample is right wherever no row is refused under it.

    Args:
        backend: where the rows are.
        mapping: which columns.
        raw: table or view of raw rows.
        is_sample: the rows are few; else a sample is tried first.
    """
    times, numbers = mapping.guessed_columns()
    if not times and not numbers:
        return Guesses()
    rows = _clean_view(backend, mapping, raw, "gate_guess")
    sample = None
    if not is_sample:
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE gate_sample AS SELECT * FROM {raw} LIMIT {SAMPLE_ROWS}",
        )
        sample = _clean_view(backend, mapping, "gate_sample", "gate_guess_sample")
    return Guesses(
        notations={n: find_notation(backend, rows, f"text_{n}", sample) for n in times},
        decimals={n: _decimal(backend, rows, f"text_{n}") for n in numbers},
    )


def _clean_view(backend: Backend, mapping: Mapping, raw: str, name: str) -> Table:
    clean = mapping.clean(backend.table(raw))
    run(backend, f"CREATE OR REPLACE TEMP VIEW {name} AS {backend.compile(clean)}")
    return backend.table(name)


def _decimal(backend: Backend, rows: Table, column: str) -> str:
    """Return "." unless a decimal comma fits more values."""
    text: StringValue = rows[column]
    dots, commas = first_row(
        backend,
        backend.compile(
            rows.aggregate(
                dots=as_number(text, ".", groups=False).count(),
                commas=as_number(text, ",").count(),
            )
        ),
    )
    return "," if commas > dots else "."
