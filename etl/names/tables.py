"""Name tables of the municipality: small CSV files that a person edits in a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from warehouse.errors import ConfigurationError

Row = dict[str, str]


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """Give the rows of a name table with their line, from 2; empty ones are left out.

    Spreadsheets write semicolons or commas, in UTF-8 or Windows-1252: either will do.

    Args:
        path: the file.
        columns: those that it must have.

    Raises:
        ConfigurationError: the file is missing, or lacks a column.
    """
    reader = csv.DictReader(io.StringIO(_text(path)), delimiter=_delimiter(_text(path)))
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in columns if name not in names]
    if missing:
        raise ConfigurationError(
            f"the table has no column {', '.join(missing)}",
            where=str(path),
            remedy=f"Its first line reads: {';'.join(columns)}",
        )
    reader.fieldnames = names
    for row in reader:
        cells = {name: str(row.get(name) or "").strip() for name in names}
        if any(cells.values()):
            yield reader.line_num, cells


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Write a name table as spreadsheets here open it: semicolons, UTF-8 with its mark.

    Raises:
        ConfigurationError: it cannot be written.
    """
    target = io.StringIO()
    writer = csv.DictWriter(target, columns, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    try:
        path.write_text(target.getvalue(), encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be written ({error.strerror})",
            where=str(path),
            remedy="Close it in the spreadsheet, or check its permissions.",
        ) from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the table cannot be read ({error.strerror})",
            where=str(path),
            remedy="Its path is relative to the configuration file.",
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(";,\t", key=first.count)
