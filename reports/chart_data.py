"""A hidden copy of tables with suppressed cells, for their charts to be drawn from.

Excel draws text such as "< 10" as zero. In the copy those cells are empty and leave a gap; so the
copy tells nothing that the table does not.
"""

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analytics.report.content import SUPPRESSED, Report, Table
from reports.cells import write_cell
from reports.charts import Place
from reports.styles import Styles

SHEET_NAME = "grafiekgegevens"


class ChartData:
    """The hidden sheet; made when a table first needs it.

    Args:
        book: the workbook.
        report: for the threshold.
        styles: for the number formats, which axes take over.
    """

    def __init__(self, book: Workbook, report: Report, styles: Styles) -> None:
        self._book, self._report, self._styles = book, report, styles
        self._sheet: Worksheet | None = None
        self._next_row = 0

    def place(self, table: Table, shown: Place) -> Place:
        """Say where a table's charts find their values: where it is shown, or in the copy."""
        if not has_suppressed(table):
            return shown
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(SHEET_NAME)
            self._sheet.hide()
        head_row = self._next_row
        self._next_row += len(table.frame) + 2
        for position, column in enumerate(table.columns):
            self._sheet.write_string(head_row, position, column.name)
            style = self._styles.cell(column)
            for number, cell in enumerate(table.frame[column.key], start=1):
                write_cell(
                    self._sheet,
                    head_row + number,
                    position,
                    None if cell is SUPPRESSED else cell,
                    column,
                    style=style,
                    threshold=self._report.threshold,
                )
        return Place(SHEET_NAME, head_row, shown.row_count, shown.positions)


def has_suppressed(table: Table) -> bool:
    """Whether any cell of the table is suppressed."""
    return any(cell is SUPPRESSED for key in table.frame.columns for cell in table.frame[key])
