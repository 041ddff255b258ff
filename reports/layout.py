"""Where things stand on a sheet: widths, heights, names of sheets, and the printed page."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from analytics.report.content import Cell, Kind, Report, Table
from analytics.report.texts import text

_A4 = 9
_LINE_POINTS = 1.3
_POINTS_BESIDE = 3
PIXELS_PER_POINT = 4 / 3
_PAGE_RATIO = 0.6
"""Height to width of what is printed on A4 landscape within the margins, with some air."""
_WIDTHS = {Kind.TEXT: (22, 44), Kind.MOMENT: (18, 18), Kind.DAY: (13, 13), Kind.MONTH: (14, 14)}
_FIGURE_WIDTH = (12, 14)
_PIXELS_PER_CHARACTER = 7
_PIXELS_BESIDE = 5
PAGE_PIXELS = 1120
"""The width of what is printed on one page; narrower sheets get empty columns up to it."""


def sheet_name(title: str) -> str:
    """Return a title as Excel takes it for a sheet: short, and without some punctuation."""
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:31]


def prepare_for_print(sheet: Worksheet, report: Report) -> None:
    """Set the page: A4 landscape, one page wide, organisation and period at the top."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    organisation = report.organisation.replace("&", "&&")[:80]  # & begins a code there
    sheet.set_header(f"&L&9{organisation}&R&9{report.title}, {report.period}")
    page, of = text("page", report.language), text("of", report.language)
    sheet.set_footer(f"&L&9&A&R&9{page} &P {of} &N")


def keep_together(sheet: Worksheet, layout: "Layout", blocks: Sequence[tuple[int, int]]) -> None:
    """Begin a printed page before each part that does not fit on the rest of one.

    Programs that leave out breaks on sheets fitted to the page's width break where it is full.

    Args:
        sheet: prepared for print, one page wide.
        layout: its columns.
        blocks: first row and height in pixels of each part.
    """
    page = layout.pixels * _PAGE_RATIO
    breaks, used = [], 0
    for first_row, height in blocks:
        if used and used + height > page:
            breaks.append(first_row)
            used = 0
        used += height
    sheet.set_h_pagebreaks(breaks)


def lines_needed(words: str, width: float) -> int:
    """Return how many lines a text takes in a width of characters, when broken between words."""
    lines, used = 1, 0
    for word in words.split():
        if used and used + 1 + len(word) > width:
            lines, used = lines + 1, len(word)
        else:
            used += len(word) + (1 if used else 0)
    return lines


def row_points(lines: int, size: int) -> float:
    """Return the height in points of a row that holds so many lines of a font size."""
    return round(lines * size * _LINE_POINTS + _POINTS_BESIDE, 2)


def _pixels(width: float) -> int:
    return int(width * _PIXELS_PER_CHARACTER + _PIXELS_BESIDE)


@dataclass(frozen=True)
class Layout:
    """The columns of a sheet, shared by its tables: widths in characters."""

    widths: tuple[float, ...]

    @classmethod
    def of_tables(cls, tables: Sequence[Table]) -> "Layout":
        """Return widths in which every table's columns fit, and that fill a page."""
        count = max([len(table.columns) for table in tables] + [1])
        widths = [float(_FIGURE_WIDTH[0])] * count
        for table in tables:
            for position, column in enumerate(table.columns):
                low, high = _WIDTHS.get(column.kind, _FIGURE_WIDTH)
                longest = max(map(len, column.name.split()), default=0)
                if column.kind == Kind.TEXT:
                    longest = max(
                        [longest]
                        + [len(cell) for cell in table.frame[column.key] if isinstance(cell, str)]
                    )
                widths[position] = max(widths[position], min(max(low, longest + 2), high))
        while sum(map(_pixels, widths)) < PAGE_PIXELS:
            widths.append(float(_FIGURE_WIDTH[0]))
        return cls(tuple(widths))

    @property
    def count(self) -> int:
        """Number of columns."""
        return len(self.widths)

    @property
    def pixels(self) -> int:
        """The width of all columns in pixels."""
        return sum(map(_pixels, self.widths))

    def pixels_right_of(self, count: int) -> int:
        """Return how many pixels the columns after the first so many are wide, up to the page."""
        return self.pixels - sum(map(_pixels, self.widths[:count]))

    def text_height(self, words: str, size: int) -> float:
        """Return the height in points of a text across all columns."""
        # the widths count digits of 11 points; running text is a little narrower
        width = sum(self.widths) * 11 / size
        return row_points(lines_needed(words, width), size)

    def head_height(self, table: Table) -> float:
        """Return the height in points of a table's headings."""
        pairs = zip(table.columns, self.widths, strict=False)
        return row_points(max(lines_needed(c.name, width - 1) for c, width in pairs), 10) + 3

    def row_height(self, cells: Sequence[Cell]) -> float:
        """Return the height in points of a row: of its longest text."""
        pairs = zip(cells, self.widths, strict=False)
        lines = [lines_needed(c, width - 1) for c, width in pairs if isinstance(c, str)]
        return math.ceil(row_points(max([1, *lines]), 10))
