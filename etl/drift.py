"""Schema drift: a file whose columns differ from the last one that was loaded of its source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from ibis.backends.duckdb import Backend
from rapidfuzz import fuzz, process

from etl.columns import find_origin, label
from etl.engine import engine_errors, run
from warehouse.errors import ConfigurationError
from warehouse.settings import ColumnSettings, SourceSettings

if TYPE_CHECKING:
    from etl.accounts import FileAccount

FIELD_MISSING, RENAMED, MISSING, NEW = "field_missing", "renamed", "missing", "new"
_LIKE = 70.0
_KNOWN = """
SELECT load_file.source, load_file.file_name, list(load_column."column" ORDER BY position)
FROM load_file JOIN load_column USING (file_key)
GROUP BY load_file.file_key, load_file.source, load_file.file_name
ORDER BY load_file.file_key DESC
"""


@dataclass(frozen=True)
class Known:
    """The columns of a file that was loaded."""

    source: str
    file_name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Drift:
    """One column that a file has otherwise than the last one of its source.

    Attributes:
        source: the source.
        file_name: the file.
        column: the column; of a renamed one the old name.
        change: field_missing, renamed, missing or new.
        proposal: the column it is now, or may be; empty where none is like it.
        field: the contact's field that it was; empty where it was none.
        stops: whether the load must not go on.
    """

    source: str
    file_name: str
    column: str
    change: str
    proposal: str = ""
    field: str = ""
    stops: bool = False

    def sentence(self) -> str:
        """Return what happened, for the command line."""
        hint = f"; perhaps it is now {self.proposal!r}" if self.proposal else ""
        return {
            FIELD_MISSING: f"column {self.column!r} ({self.field}) is gone{hint}",
            RENAMED: f"column {self.column!r} ({self.field}) is now read from {self.proposal!r}",
            MISSING: f"column {self.column!r}, which no field uses, is gone{hint}",
            NEW: f"column {self.column!r} is new, and no field uses it",
        }[self.change]


def known_columns(current: Path) -> tuple[Known, ...]:
    """Return the columns of every loaded file, the last loaded first.

    Raises:
        WarehouseError: the warehouse cannot be read.
    """
    with engine_errors(str(current)), duckdb.connect(current, read_only=True) as connection:
        rows = connection.execute(_KNOWN).fetchall()
    return tuple(Known(source, name, tuple(columns)) for source, name, columns in rows)


def compare(
    source: SourceSettings, file_name: str, columns: Sequence[str], known: Sequence[Known]
) -> list[Drift]:
    """Return how a file's columns differ from those of the last file like it.

    Like it is the last file of the source whose name differs in digits only; or, where all files
    of the source had the same columns, the last of them.

    Args:
        source: the source's settings.
        file_name: the file.
        columns: its columns.
        known: the loaded files' columns, the last loaded first.
    """
    last = _last_like(file_name, [one for one in known if one.source == source.name])
    if last is None or set(last.columns) == set(columns):
        return []
    if not set(last.columns) & set(columns):
        return []  # not one column is left: it is another file, or wrongly read; the load says why
    added = [name for name in columns if name and name not in last.columns]
    fields = _of_fields(source, last.columns, columns, added)
    told = {name for _, _, names, _ in fields for name in names}
    proposals = {proposal for *_, proposal in fields}
    lost = [name for name in last.columns if name and name not in columns and name not in told]
    changes = [
        *((change, label((names,)), proposal, field) for field, change, names, proposal in fields),
        *((MISSING, name, "", "") for name in lost),
        *((NEW, name, "", "") for name in added if name not in proposals),
    ]
    return [
        Drift(
            source.name, file_name, column, change, proposal, field,
            stops=_stops(source, change, field),
        )
        for change, column, proposal, field in changes
    ]  # fmt: skip


def _last_like(file_name: str, known: Sequence[Known]) -> Known | None:
    plain = re.sub(r"\d+", "0", file_name)
    alike = [one for one in known if re.sub(r"\d+", "0", one.file_name) == plain]
    if alike:
        return alike[0]
    return known[0] if len({frozenset(one.columns) for one in known}) == 1 else None


def _of_fields(
    source: SourceSettings, old: Sequence[str], new: Sequence[str], added: Sequence[str]
) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return field, change, old columns and proposal of the fields that a change touches."""
    found = []
    for field, column in {**source.columns, **source.identifiers, **source.attributes}.items():
        before, after = _origin(column, old), _origin(column, new)
        if not before or before == after:
            continue
        if after:
            found.append((field, RENAMED, before[0], label(after)))
        else:
            gone = [name for name in before[0] if name not in new]
            place = source.kind != "json"  # fields of a record stand in no order
            proposal = _like(gone[0], old, new, added, by_place=place)
            found.append((field, FIELD_MISSING, before[0], proposal))
    return found


def _origin(column: ColumnSettings, columns: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    lenient = column.model_copy(update={"optional": True})
    return find_origin(lenient, columns, "") or ()


def _like(
    name: str, old: Sequence[str], new: Sequence[str], added: Sequence[str], *, by_place: bool
) -> str:
    """Return the new column that a lost one may be: alike in name, or else in the same place."""
    best = process.extractOne(name, added, scorer=fuzz.WRatio, score_cutoff=_LIKE)
    if best:
        return str(best[0])
    place = list(old).index(name)
    is_swapped = by_place and len(old) == len(new) and new[place] in added
    return new[place] if is_swapped else ""


def _stops(source: SourceSettings, change: str, field: str) -> bool:
    if source.on_drift is not None:
        return source.on_drift == "stop"
    column = {**source.columns, **source.identifiers, **source.attributes}.get(field)
    # records of JSON leave out what is empty: an optional field may be absent from a small file
    may_be_absent = source.kind == "json" and column is not None and column.optional
    return change == FIELD_MISSING and not may_be_absent


def check(drifts: Sequence[Drift]) -> None:
    """Refuse to go on where a drift stops the load.

    Raises:
        ConfigurationError: names the first column, what it may be now, and how many more.
    """
    stopping = [drift for drift in drifts if drift.stops]
    if stopping:
        first = stopping[0]
        more = f" (and {len(stopping) - 1} more)" if len(stopping) > 1 else ""
        raise ConfigurationError(
            f"since the last load {first.sentence()}{more}; nothing was loaded",
            where=f"source {first.source}, {first.file_name}",
            remedy='Name the new column in that [[source]], or set on_drift = "warn" there.',
        )


def write_columns(
    backend: Backend, files: Sequence["FileAccount"], drifts: Sequence[Drift]
) -> None:
    """Keep the columns of the files that were loaded, and what drifted."""
    for file in files:
        for position, name in enumerate(file.columns, start=1):
            run(
                backend,
                "INSERT INTO load_column VALUES (?, ?, ?)",
                [file.file_key, position, name],
            )
        for drift in drifts:
            if (drift.source, drift.file_name) == (file.source, file.file_name):
                run(
                    backend,
                    "INSERT INTO load_drift VALUES (?, ?, ?, ?)",
                    [file.file_key, drift.column, drift.change, drift.proposal],
                )
