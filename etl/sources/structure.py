"""What a JSON file's records hold: their structure, and where their list lies."""

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from etl.engine import quoted
from etl.text import Text
from warehouse.errors import ConfigurationError

_RECORDS_READ = 2000
_LINE_ENDINGS = (".jsonl", ".ndjson")


def find_structure(text: Text, name: str, records: str | None = None) -> tuple[Any, str]:
    """Return the records' structure, as the engine tells it, and the path to their list.

    The first records tell. Where `records` does not say, the first list of objects is taken; the
    path is empty where the file is a list itself, or holds a record a line.

    Raises:
        ConfigurationError: it is no JSON.
    """
    beginning = text.beginning().lstrip()
    plain = name.lower().removesuffix(".gz")
    is_list = beginning.startswith("[")
    is_one = text.survey.lines <= 1 and not plain.endswith(_LINE_ENDINGS)
    has_lines = plain.endswith(_LINE_ENDINGS) or not (is_list or is_one or not _is_whole(beginning))
    layout = "array" if is_list else "newline_delimited" if has_lines else "unstructured"
    try:
        with duckdb.connect() as connection:
            row = connection.execute(
                "SELECT json_group_structure(json)::VARCHAR FROM (SELECT json FROM "
                f"read_json_objects({quoted(text.path)}, format = '{layout}', "
                f"compression = 'uncompressed', ignore_errors = {str(has_lines).lower()}, "
                f"maximum_object_size = {text.survey.byte_count + 16_777_216}) "
                f"LIMIT {_RECORDS_READ})"
            ).fetchone()
    except duckdb.Error as error:
        raise ConfigurationError(
            f"this is no valid JSON ({type(error).__name__})",
            where=name,
            remedy="Check that the file was written whole.",
        ) from None
    structure = json.loads(row[0]) if row and row[0] else {}
    if layout != "unstructured":
        return structure, ""
    lists = [(inner, path) for inner, path in _lists(structure, "") if records in {None, path}]
    return lists[0] if lists else (structure, "")


def holds_records(text: Text, name: str) -> bool:
    """Tell whether a file is a list of records, or one a line: no `records` need say where."""
    beginning = text.beginning().lstrip()
    is_named_so = name.lower().removesuffix(".gz").endswith(_LINE_ENDINGS)
    return is_named_so or beginning.startswith("[") or _is_whole(beginning)


def _is_whole(beginning: str) -> bool:
    try:
        json.loads(beginning.split("\n", 1)[0])
    except json.JSONDecodeError:
        return False
    return True


def _lists(structure: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Give the lists of objects within an object, with their paths."""
    if not isinstance(structure, dict):
        return
    for name, inner in structure.items():
        below = f"{path}.{name}" if path else name
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield inner[0], below
        else:
            yield from _lists(inner, below)


def leaves(structure: Any, path: str = "") -> Iterator[str]:
    """Give the dotted paths to a structure's values; lists of objects by their first."""
    if isinstance(structure, dict):
        for name, inner in structure.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(structure, list) and structure and isinstance(structure[0], dict):
        yield from leaves(structure[0], f"{path}.0")
    else:
        yield path
