"""Files as lists of rows, each of which knows what a right loader makes of it; and their bytes."""

import gzip
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter

from etl.sample.happening import Happening


@dataclass(eq=False)
class Row:
    """A row of a file: its content, the contact behind it, and what becomes of it.

    The fate is `loaded`, `duplicate` or `rejected`.
    """

    content: Any
    happening: Happening
    fate: str = "loaded"


@dataclass
class LogFile:
    """One file of a source's export."""

    source: str
    path: str
    rows: list[Row] = field(default_factory=list)

    def count(self, fate: str) -> int:
        """Return how many rows meet that fate."""
        return sum(row.fate == fate for row in self.rows)

    def reject(self, share: float, content: Any) -> None:
        """Spoil the first loaded row after that share of the file; its contact is lost.

        Args:
            share: 0 to 1, where in the file.
            content: makes the spoilt content from the good.
        """
        row = self._loaded_from(share)
        row.content = content(row.content)
        row.fate = "rejected"
        row.happening.is_loaded = False

    def repeat(self, share: float, later: int = 3) -> None:
        """Write the first loaded row after that share of the file once more, some rows later."""
        row = self._loaded_from(share)
        self.rows.insert(self.rows.index(row) + later, Row(row.content, row.happening, "duplicate"))

    def overlap(self, before: "LogFile", rows: int) -> None:
        """Begin with the last loaded rows of the file before this one."""
        last = [row for row in before.rows if row.fate == "loaded"][-rows:]
        self.rows[:0] = [Row(row.content, row.happening, "duplicate") for row in last]

    def _loaded_from(self, share: float) -> Row:
        start = int(share * len(self.rows))
        return next(row for row in self.rows[start:] if row.fate == "loaded")


def line(cells: Iterable[str], delimiter: str) -> str:
    """Return a CSV line without its end; cells are quoted where they must be."""
    return delimiter.join(
        '"' + cell.replace('"', '""') + '"' if delimiter in cell or '"' in cell else cell
        for cell in cells
    )


def text_file(
    header: str | None, rows: Sequence[Row], encoding: str, newline: str = "\r\n"
) -> bytes:
    """Return a text file of one row a line, compressed."""
    lines = [header] if header is not None else []
    text = newline.join([*lines, *(row.content for row in rows), ""])
    if encoding == "utf-16":
        return compressed(b"\xff\xfe" + text.encode("utf-16-le"))
    return compressed(text.encode(encoding))


def compressed(data: bytes) -> bytes:
    """Return the data as gzip, without the time of writing."""
    target = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=target, compresslevel=9, mtime=0) as file:
        file.write(data)
    return target.getvalue()


def workbook(sheet: str, header: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return an xlsx file of one sheet; dates are written as dates, all else as text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 5)})  # noqa: DTZ001  fixed: same bytes each time
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, header)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row.content):
            if isinstance(cell, datetime):
                page.write_datetime(number, column, cell, day)
            elif cell:
                page.write_string(number, column, cell)
    book.close()
    return target.getvalue()
