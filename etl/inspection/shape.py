"""How an unknown file is stored: its kind, where its records begin, its columns."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.files import SourceFile, find_files
from etl.look import opened
from etl.presets import kind_of
from etl.sources.csv import find_dialect, split_record
from etl.sources.structure import find_structure, leaves
from etl.text import Text, open_text
from warehouse.errors import ConfigurationError
from warehouse.settings import SourceSettings

_TITLE_LINES = 30
_TYPE = re.compile(
    r"^(INTEGER|INT|BIGINT|VARCHAR(\(\d+\))?|CHAR(\(\d+\))?|TEXT|DATE|TIMESTAMP|UNIQUEIDENTIFIER)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Shape:
    """How a file is stored.

    Attributes:
        file: the file.
        storage: the settings of a `[[source]]` that say so: kind, and where records begin.
        columns: its columns; of JSON, dotted paths.
    """

    file: SourceFile
    storage: dict[str, Any]
    columns: tuple[str, ...]

    def source(self, name: str, path: str, **settings: Any) -> SourceSettings:
        """Return a source of this file with all its columns named, and no meaning given to them."""
        columns = {"started_at": {"column": list(self.columns)}, "channel": {"value": "phone"}}
        return SourceSettings.model_validate(
            {"name": name, "path": path, "columns": columns, **self.storage, **settings}
        )


def find_shapes(path: Path) -> list[Shape]:
    """Return the shape of each file in a path: one, or one per member of a .zip.

    Raises:
        ConfigurationError: there is no such file, or no kind is known that ends so.
        SourceError: it cannot be read.
    """
    probe = _plain_source(path.name, "csv")
    shapes = []
    for file in find_files(probe, path.resolve().parent):
        kind = kind_of(file.member or file.path.name)
        if kind is None:
            raise ConfigurationError(
                "from its name this is no log",
                where=file.name,
                remedy="Known are .csv, .txt, .xlsx, .json, .jsonl, .parquet; also as .gz or .zip.",
            )
        shapes.append(_json_shape(file) if kind == "json" else _table_shape(file, kind))
    return shapes


def _plain_source(path: str, kind: str, **settings: Any) -> SourceSettings:
    columns = {"started_at": "x", "channel": "x"}
    return SourceSettings.model_validate(
        {"name": "file", "path": path, "kind": kind, "columns": columns, **settings}
    )


def _table_shape(file: SourceFile, kind: str) -> Shape:
    storage: dict[str, Any] = {"kind": kind}
    if kind == "csv":
        text = open_text(file, None, Path(tempfile.gettempdir()))
        storage |= _lines_around_header(text)
        text.close()
    with opened(_plain_source(file.path.name, **storage), file) as rows:
        return Shape(file, storage, rows.columns)


def _lines_around_header(text: Text) -> dict[str, Any]:
    """Find titles above the line that names the columns, and a line of types below it."""
    lines = text.beginning().replace("\r\n", "\n").split("\n")[:200]
    lines = lines[:-1] if len(lines) > 1 else lines
    best = max(
        (_fields_at(lines, above) for above in range(min(_TITLE_LINES, max(len(lines) - 1, 1)))),
        key=lambda found: found[0],
        default=(0, 0, ";"),
    )
    _, above, delimiter = best
    found: dict[str, Any] = {"lines_above_header": above} if above else {}
    below = lines[above + 1 : above + 2]
    types = split_record(below[0], delimiter, '"') if below else None
    if types and len(types) > 1 and all(_TYPE.match(one.strip()) for one in types):
        found["lines_below_header"] = 1
    return found


def _fields_at(lines: list[str], above: int) -> tuple[float, int, str]:
    """Rate a line as the header: how many of the lines below have as many fields as it has."""
    probe = _plain_source("x.csv", "csv", lines_above_header=above)
    dialect = find_dialect("\n".join(lines), probe)
    width = len(dialect.columns)
    alike = [
        split_record(line, dialect.delimiter, '"') for line in lines[above : above + 50] if line
    ]
    share = sum(len(one or ()) == width for one in alike) / max(len(alike), 1)
    return (share * min(width, 4) - above * 0.001 if width > 1 else 0.0, above, dialect.delimiter)


def _json_shape(file: SourceFile) -> Shape:
    text = open_text(file, None, Path(tempfile.gettempdir()))
    try:
        structure, records = find_structure(text, file.name)
    finally:
        text.close()
    storage = {"kind": "json"} | ({"records": records} if records else {})
    return Shape(file, storage, tuple(dict.fromkeys(leaves(structure))))
