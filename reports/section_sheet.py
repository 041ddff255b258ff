"""A sheet of one subject: the finding on top, then each table under its charts."""

from itertools import pairwise

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analytics.report.content import Chart, Report, Section, Table
from reports.cells import write_cell
from reports.chart_data import ChartData
from reports.charts import Place, native_chart
from reports.layout import PIXELS_PER_POINT, Layout, keep_together, prepare_for_print
from reports.styles import Styles, is_text

_FIRST_ROW = 5
_ROW_PIXELS = 20
_CHART_HEIGHT = 290
_CHART_MINIMUM = 420


class SectionSheet:
    """One subject's sheet; takes its place in the workbook when made, its content by `write`."""

    def __init__(
        self, book: Workbook, report: Report, styles: Styles, section: Section, name: str
    ) -> None:
        self._book, self._report, self._styles, self._section = book, report, styles, section
        self._sheet: Worksheet = book.add_worksheet(name)
        self._layout = Layout.of_tables(section.tables)
        self._heights: dict[int, int] = {}

    def write(self, chart_data: ChartData) -> None:
        """Write everything on the sheet."""
        sheet, styles = self._sheet, self._styles
        sheet.hide_gridlines(2)
        prepare_for_print(sheet, self._report)
        for position, width in enumerate(self._layout.widths):
            sheet.set_column(position, position, width)
        self._set_height(0, 30)
        sheet.write_string(0, 0, self._section.title, styles.title)
        where = f"{self._report.organisation} · {self._report.period}"
        sheet.write_string(1, 0, where, styles.subtitle)
        sheet.freeze_panes(2, 1)
        self._write_across(3, self._section.finding, size=11)
        row, begins = _FIRST_ROW, []
        for number, table in enumerate(self._section.tables):
            begins.append(row)
            row = self._write_table(table, row, chart_data, is_filtered=number == 0)
        keep_together(sheet, self._layout, self._blocks(begins, row))

    def _blocks(self, begins: list[int], end: int) -> list[tuple[int, int]]:
        """Return where each table's part begins, and how many pixels it is high."""
        starts = [0, *begins[1:]]
        return [
            (start, sum(self._heights.get(row, _ROW_PIXELS) for row in range(start, following)))
            for start, following in pairwise([*starts, end])
        ]

    def _set_height(self, row: int, points: float) -> None:
        self._sheet.set_row(row, points)
        self._heights[row] = round(points * PIXELS_PER_POINT)

    def _write_across(self, row: int, words: str, *, size: int) -> None:
        style = self._styles.finding if size > 9 else self._styles.note
        self._set_height(row, self._layout.text_height(words, size))
        self._sheet.merge_range(row, 0, row, self._layout.count - 1, "", style)
        self._sheet.write_string(row, 0, words, style)

    def _write_table(
        self, table: Table, row: int, chart_data: ChartData, *, is_filtered: bool
    ) -> int:
        """Write heading, charts, rows and note; returns the row where the next may begin."""
        self._sheet.write_string(row, 0, table.title, self._styles.heading)
        head_row = row + 1
        is_beside = self._layout.pixels_right_of(len(table.columns) + 1) >= _CHART_MINIMUM
        if not is_beside:
            head_row += len(self._charts(table)) * _rows_of(_CHART_HEIGHT)
        end = head_row + len(table.frame)
        self._write_head(table, head_row)
        self._write_rows(table, head_row + 1)
        if is_filtered and len(table.frame):  # Excel knows one filter per sheet
            self._sheet.autofilter(head_row, 0, end, len(table.columns) - 1)
        place = self._place(table, head_row, chart_data)
        if is_beside:
            end += self._charts_beside(table, place, head_row)
        else:
            self._charts_above(table, place, row + 1)
        if table.note:
            end += 1
            self._write_across(end, table.note, size=9)
        return end + 2

    def _charts(self, table: Table) -> tuple[Chart, ...]:
        return table.charts if len(table.frame) else ()

    def _place(self, table: Table, head_row: int, chart_data: ChartData) -> Place:
        positions = {column.key: number for number, column in enumerate(table.columns)}
        shown = Place(self._sheet.get_name(), head_row, len(table.frame), positions)
        return chart_data.place(table, shown) if self._charts(table) else shown

    def _charts_above(self, table: Table, place: Place, row: int) -> None:
        """Put the charts over the table, as wide as the page."""
        size = (self._layout.pixels_right_of(0), _CHART_HEIGHT)
        for number, chart in enumerate(self._charts(table)):
            self._insert(chart, table, place, (row + number * _rows_of(_CHART_HEIGHT), 0), size, 0)

    def _charts_beside(self, table: Table, place: Place, row: int) -> int:
        """Put the charts right of the table; returns how many rows they reach below it."""
        charts = self._charts(table)
        if not charts:
            return 0
        position = len(table.columns) + 1
        height = max(_CHART_HEIGHT, self._table_pixels(table) // len(charts))
        size = (self._layout.pixels_right_of(position), height)
        for number, chart in enumerate(charts):
            self._insert(chart, table, place, (row, position), size, number * height)
        below = len(charts) * height - self._table_pixels(table)
        return _rows_of(below) if below > 0 else 0

    def _table_pixels(self, table: Table) -> int:
        rows = (self._layout.row_height(tuple(row)) for row in table.frame.itertuples(index=False))
        return int((self._layout.head_height(table) + sum(rows)) * PIXELS_PER_POINT)

    def _insert(
        self,
        chart: Chart,
        table: Table,
        place: Place,
        corner: tuple[int, int],
        size: tuple[int, int],
        offset: int,
    ) -> None:
        native = native_chart(self._book, chart, table, place, language=self._report.language)
        native.set_size({"width": size[0], "height": size[1]})
        alternative = f"{chart.title}. {self._section.finding}"
        options = {"description": alternative, "y_offset": offset}
        self._sheet.insert_chart(*corner, native, options)

    def _write_head(self, table: Table, row: int) -> None:
        self._set_height(row, self._layout.head_height(table))
        for position, column in enumerate(table.columns):
            style = self._styles.column_head(is_text=is_text(column.kind), is_first=position == 0)
            self._sheet.write_string(row, position, column.name, style)

    def _write_rows(self, table: Table, first_row: int) -> None:
        # some tens of rows of figures, each cell with its own type and format
        for number, cells in enumerate(table.frame.itertuples(index=False)):
            row = first_row + number
            self._set_height(row, self._layout.row_height(tuple(cells)))
            for position, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
                write_cell(
                    self._sheet,
                    row,
                    position,
                    cell,
                    column,
                    style=self._styles.cell(
                        column,
                        is_first=position == 0,
                        is_unfinished=number in table.unfinished,
                    ),
                    threshold=self._report.threshold,
                )


def _rows_of(height: int) -> int:
    """Return how many rows of the usual height a chart covers, with one of air."""
    return -(-height // _ROW_PIXELS) + 1
