"""Parquet: typed columns become the text that the mapping reads; dots reach into structures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from ibis.backends.duckdb import Backend

from etl.engine import engine_errors, first_row, quoted, run
from etl.files import SourceFile
from etl.sources.rows import DIRECT_ROWS, RAW_ROWS, Rows, make_rejects
from etl.text import acquire, engine_path
from warehouse.settings import SourceSettings

_FRACTIONS = {"DOUBLE", "FLOAT"}


def open_parquet(source: SourceSettings, file: SourceFile, scratch: Path) -> Rows:
    """Open a Parquet file.

    Raises:
        SourceError: it is no Parquet file, or damaged.
    """
    content = acquire(file, scratch)
    path = quoted(engine_path(content))
    try:
        with (
            engine_errors(f"source {source.name}, {file.name}", is_source=True),
            duckdb.connect() as connection,
        ):
            relation = connection.sql(f"SELECT * FROM read_parquet({path})")
            leaves = [
                leaf
                for name, kind in zip(relation.columns, relation.types, strict=True)
                for leaf in _leaves(name, f'"{_escaped(name)}"', kind)
            ]
    except BaseException:
        content.close()
        raise
    texts = ", ".join(f"{_text(value, kind)} AS c{i}" for i, (_, value, kind) in enumerate(leaves))

    def view(backend: Backend) -> int:
        run(
            backend,
            f"CREATE OR REPLACE TEMP VIEW {DIRECT_ROWS} AS "
            f"SELECT {texts} FROM read_parquet({path})",
        )
        (count,) = first_row(backend, f"SELECT count(*) FROM read_parquet({path})")
        return int(count)

    def read(backend: Backend) -> None:
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {RAW_ROWS} AS SELECT file_row_number + 1 AS line, "
            f"{texts} FROM read_parquet({path}, file_row_number = true)",
        )
        make_rejects(backend)

    return Rows(
        columns=tuple(name for name, *_ in leaves),
        encoding="",
        read=read,
        view=view,
        close=content.close,
    )


def _leaves(name: str, value: str, kind: Any) -> Iterator[tuple[str, str, str]]:
    """Give name, expression and type of a column, or of each leaf of a structure."""
    if kind.id == "struct":
        for part, inner in kind.children:
            yield from _leaves(f"{name}.{part}", f'{value}."{_escaped(part)}"', inner)
    else:
        yield name, value, str(kind)


def _escaped(name: str) -> str:
    return name.replace('"', '""')


def _text(value: str, kind: str) -> str:
    """Write a value as text; whole numbers that were stored as fractions lose their ".0"."""
    if kind in _FRACTIONS:
        is_whole = f"{value} = trunc({value}) AND abs({value}) < 1e15"
        return f"CASE WHEN {is_whole} THEN {value}::BIGINT::VARCHAR ELSE {value}::VARCHAR END"
    return f"{value}::VARCHAR"
