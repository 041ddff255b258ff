"""Writing cells: every value by its own type, and never a formula."""

import math
from datetime import date, datetime

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.report.content import SUPPRESSED, Cell, Column, Kind


def suppressed_text(threshold: int) -> str:
    """Return what stands where a group is too small to show: "< 10"."""
    return f"< {threshold}"


def is_nothing(cell: Cell) -> bool:
    """Whether there is nothing to show: None, or no number."""
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def shown_value(cell: float, column: Column) -> float:
    """Return the number as it is written: differences of shares in percentage points."""
    return float(cell) * 100 if column.is_difference and column.kind == Kind.SHARE else float(cell)


def write_cell(
    sheet: Worksheet,
    row: int,
    position: int,
    cell: Cell,
    column: Column,
    *,
    style: Format,
    threshold: int,
) -> None:
    """Write one cell by the type of its value.

    Text is written as text whatever it begins with; nothing from the data can become a formula,
    a link or a number.
    """
    if cell is SUPPRESSED:
        sheet.write_string(row, position, suppressed_text(threshold), style)
    elif is_nothing(cell):
        sheet.write_blank(row, position, None, style)
    elif isinstance(cell, str):
        sheet.write_string(row, position, cell, style)
    elif isinstance(cell, date | datetime):
        sheet.write_datetime(row, position, cell, style)
    elif isinstance(cell, int | float):
        sheet.write_number(row, position, shown_value(cell, column), style)
    else:
        raise TypeError(f"no cell can hold a {type(cell).__name__}")
