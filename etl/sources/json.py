"""JSON: a list of records, an object that holds one, or a record a line; dots reach inside."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from ibis.backends.duckdb import Backend

from etl.columns import configured_names, required
from etl.engine import first_row, quoted, run
from etl.files import SourceFile
from etl.sources.lines import LINES, number_lines
from etl.sources.rows import RAW_ROWS, Rows, make_rejects, no_such_column
from etl.text import Text, open_text
from warehouse.errors import ConfigurationError, SamenspelError, SourceError
from warehouse.settings import SourceSettings

WHOLE_RECORD = "(record)"
"""Last raw column: the record's own text; records without id are told apart by all of it."""

_VALUES = "json_value"
"""Temporary table: `line` (or number of the record), `j` the record's text."""
_LINE_ENDINGS = (".jsonl", ".ndjson")
_POSITION = re.compile(r"at byte (\d+)")
_SHOWN_PATHS = 200


def open_json(source: SourceSettings, file: SourceFile, scratch: Path) -> Rows:
    """Open a JSON file.

    Raises:
        SourceError: it is no text.
        ConfigurationError: the encoding does not exist.
    """
    text = open_text(file, source.encoding, scratch)
    paths = configured_names(source)
    reading = _Reading(text, source, paths, file.name)
    return Rows(
        columns=(*paths, WHOLE_RECORD) if text.survey.byte_count else (),
        encoding=text.encoding,
        read=reading.read,
        close=text.close,
        is_sparse=True,
    )


@dataclass(frozen=True)
class _Reading:
    text: Text
    source: SourceSettings
    paths: tuple[str, ...]
    name: str

    def read(self, backend: Backend) -> None:
        """Make RAW_ROWS and RAW_REJECTS.

        Raises:
            SourceError: the document is malformed, or holds no list of records.
            ConfigurationError: no record has a configured field.
        """
        refused = "SELECT 0::BIGINT, '' WHERE false"
        if self._has_lines():
            refused = self._read_lines(backend)
        elif self.source.records and not self.text.beginning().lstrip().startswith("["):
            self._read_document(backend, self.source.records)
        else:
            self._read_list(backend)
        make_rejects(
            backend,
            f"{refused} UNION ALL SELECT line, 'not_an_object' FROM {_VALUES} "
            "WHERE json_type(j) <> 'OBJECT'",
        )
        run(backend, f"DELETE FROM {_VALUES} WHERE json_type(j) <> 'OBJECT'")
        self._check_paths(backend)
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {RAW_ROWS} AS SELECT line, "
            + "".join(f"{_coalesced(path)} AS c{i}, " for i, path in enumerate(self.paths))
            + f"j AS c{len(self.paths)} FROM {_VALUES}",
        )
        for table in (_VALUES, LINES):
            run(backend, f"DROP TABLE IF EXISTS {table}")

    def _has_lines(self) -> bool:
        """Tell a record a line from one document: by the file's name, or by its first line."""
        name = self.name.lower().removesuffix(".gz")
        if name.endswith(_LINE_ENDINGS):
            return True
        beginning = self.text.beginning().lstrip()
        if self.source.records or beginning.startswith("["):
            return False
        first, _, rest = beginning.partition("\n")
        with duckdb.connect() as connection:
            row = connection.execute("SELECT json_valid(?)", [first]).fetchone()
        is_whole = row is not None and bool(row[0])
        if not is_whole and rest.strip():
            raise self._no_records(is_object=beginning.startswith("{"))
        return True

    def _no_records(self, *, is_object: bool) -> SamenspelError:
        where = f"source {self.source.name}, {self.name}"
        if is_object:
            return ConfigurationError(
                "this is one JSON object; where is its list of records?",
                where=where,
                remedy='Give the dotted path to it: records = "results".',
            )
        return SourceError(
            "this is no JSON",
            where=where,
            remedy="Check that the file is of the configured kind; "
            "where each line is a record, name it .jsonl.",
        )

    def _read_lines(self, backend: Backend) -> str:
        number_lines(backend, self.text, self.name)
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {_VALUES} AS "
            f"SELECT n AS line, t AS j FROM {LINES} WHERE json_valid(t)",
        )
        return f"SELECT n, 'invalid_json' FROM {LINES} WHERE trim(t) <> '' AND NOT json_valid(t)"

    def _read_list(self, backend: Backend) -> None:
        with self._malformed():
            run(
                backend,
                f"CREATE OR REPLACE TEMP TABLE {_VALUES} AS "
                "SELECT row_number() OVER () AS line, json::VARCHAR AS j "
                f"FROM read_json_objects({quoted(self.text.path)}, format = 'array', "
                "compression = 'uncompressed', maximum_object_size = 67108864)",
            )

    def _read_document(self, backend: Backend, records: str) -> None:
        path = quoted(_json_path(records))
        with self._malformed():
            run(
                backend,
                "CREATE OR REPLACE TEMP TABLE json_document AS "
                f"SELECT json_extract(json, {path}) AS list FROM read_json_objects("
                f"{quoted(self.text.path)}, format = 'unstructured', compression = 'uncompressed', "
                f"maximum_object_size = {max(self.text.survey.byte_count + 1024, 16777216)})",
            )
        (kind,) = first_row(backend, "SELECT any_value(json_type(list)) FROM json_document")
        if kind != "ARRAY":
            raise ConfigurationError(
                f"there is no list of records at {records!r}",
                where=f"source {self.source.name}, {self.name}",
                remedy="Give the dotted path to the list as `records`.",
            )
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {_VALUES} AS "
            "SELECT row_number() OVER () AS line, j::VARCHAR AS j "
            "FROM (SELECT unnest(json_extract(list, '$[*]')) AS j FROM json_document)",
        )
        run(backend, "DROP TABLE json_document")

    def _malformed(self) -> "_Malformed":
        return _Malformed(f"source {self.source.name}, {self.name}")

    def _check_paths(self, backend: Backend) -> None:
        """Refuse a configured field that no record has."""
        if not self.paths:
            return
        counts = ", ".join(
            " OR ".join(f"bool_or(json_exists(j, {quoted(p)}))" for p in _json_paths(path))
            for path in self.paths
        )
        found = first_row(backend, f"SELECT count(*), {counts} FROM {_VALUES}")
        if not found[0]:
            return
        there = {path for path, is_there in zip(self.paths, found[1:], strict=True) if is_there}
        for ways in required(self.source):
            if not any(set(names) <= there for names in ways):
                missing = next(name for name in ways[0] if name not in there)
                raise no_such_column(
                    missing, _paths_of_some(backend), f"source {self.source.name}, {self.name}"
                )


class _Malformed:
    """Says where a document is broken, if the engine tells."""

    def __init__(self, where: str) -> None:
        self.where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, duckdb.InvalidInputException):
            position = _POSITION.search(str(error))
            place = f" at byte {position.group(1)}" if position else ""
            raise SourceError(
                f"this is no valid JSON{place}",
                where=self.where,
                remedy="Check that the file was written whole.",
            ) from None


def _json_path(path: str) -> str:
    """Return the engine's path for a dotted one; a number reaches into a list, from 0."""
    parts = (
        f"[{part}]" if part.isdigit() else '."' + part.replace('"', '\\"') + '"'
        for part in path.split(".")
    )
    return "$" + "".join(parts)


def _json_paths(path: str) -> Sequence[str]:
    """Return what a configured column may mean: a key that holds dots, or a way down."""
    plain = '$."' + path.replace('"', '\\"') + '"'
    return (plain, _json_path(path)) if "." in path else (plain,)


def _coalesced(path: str) -> str:
    found = ", ".join(f"json_extract_string(j, {quoted(one)})" for one in _json_paths(path))
    return f"coalesce({found})"


def _paths_of_some(backend: Backend) -> list[str]:
    """Return the dotted paths in the first records, without their values."""
    rows = backend.con.execute(f"SELECT j FROM {_VALUES} LIMIT 100").fetchall()
    paths = dict.fromkeys(path for (text,) in rows for path in _paths(json.loads(text), ""))
    return list(paths)[:_SHOWN_PATHS]


def _paths(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, f"{path}.{name}" if path else name)
    else:
        yield path
