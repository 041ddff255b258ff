"""Which columns of a file make up a field: alternatives, parts that are joined, absence."""

from collections.abc import Iterator, Sequence

import ibis
from ibis.expr.types import StringValue

from etl.engine import join_texts
from etl.sources.rows import no_such_column
from warehouse.settings import ColumnSettings, SourceSettings

Origin = tuple[tuple[str, ...], ...]
"""What a field's text comes from: the first that holds a text of these; several names are joined.
Empty for a constant."""

_DAY_WITHOUT_TIME = r" 00:00:00(\.0+)?$"
_TIME_WITHOUT_DAY = r"^(1899-12-3[01]|1900-01-00) "
"""Workbooks and databases write a bare day with a midnight, a bare time with their first day."""


def candidates(column: ColumnSettings) -> Origin:
    """Return everything that a field may come from, the preferred first; one tuple per way."""
    together = tuple(names for names in (column.columns, column.between) if names)
    return (*((name,) for name in column.column), *together)


def configured_names(source: SourceSettings) -> tuple[str, ...]:
    """Return every column that the source's settings name, each once."""
    return tuple(
        dict.fromkeys(
            name
            for table in (source.columns, source.identifiers)
            for column in table.values()
            for names in candidates(column)
            for name in names
        )
    )


def find_origin(
    column: ColumnSettings, columns: Sequence[str], where: str, *, is_sparse: bool = False
) -> Origin | None:
    """Return what a field comes from in a file with these columns; None where it may be absent.

    Args:
        column: the field's settings.
        columns: the file's columns.
        where: the file, for messages.
        is_sparse: a record may lack a column that another has: each is asked for all of them.

    Raises:
        ConfigurationError: the file lacks the column, and it is not optional.
    """
    ways = candidates(column)
    if not ways:
        return ()
    found = tuple(names for names in ways if set(names) <= set(columns))
    if found:
        return found if is_sparse else found[:1]
    if column.optional:
        return None
    missing = next(name for name in ways[0] if name not in columns)
    raise no_such_column(missing, columns, where)


def present_fields(
    source: SourceSettings, columns: Sequence[str], where: str, *, is_sparse: bool = False
) -> dict[str, Origin]:
    """Return the fields and identifiers that a file with these columns has, and their origins.

    Raises:
        ConfigurationError: as `find_origin`.
    """
    found = {
        name: find_origin(column, columns, where, is_sparse=is_sparse)
        for name, column in {**source.columns, **source.identifiers}.items()
    }
    return {name: origin for name, origin in found.items() if origin is not None}


def text_of(parts: Sequence[StringValue]) -> StringValue:
    """Join the parts of one text, such as a date and a time; null where all are empty."""
    if len(parts) == 1:
        return parts[0]
    days = [part.re_replace(_DAY_WITHOUT_TIME, "") for part in parts[:-1]]
    pieces = [piece.re_replace(_TIME_WITHOUT_DAY, "") for piece in (*days, parts[-1])]
    return join_texts(ibis.array([piece.strip().nullif("") for piece in pieces]), " ").nullif("")


def label(origin: Origin) -> str:
    """Return the name of what a field comes from, for accounts; empty for a constant."""
    return " + ".join(origin[0]) if origin else ""


def required(source: SourceSettings) -> Iterator[Origin]:
    """Give, for each field that a file must have, the ways to it."""
    for table in (source.columns, source.identifiers):
        for column in table.values():
            if candidates(column) and not column.optional:
                yield candidates(column)
