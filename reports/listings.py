"""The sheets to look things up in: every figure of the report, and the definitions."""

from dataclasses import replace

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analytics.report.content import Cell, Column, Kind, Report
from analytics.report.texts import text
from reports.cells import write_cell
from reports.figures import figure_columns, figure_rows, kind_in_row
from reports.layout import lines_needed, prepare_for_print, row_points
from reports.styles import Styles, is_text

_DEFINITION_WIDTHS = (30, 14, 62, 44, 24, 26)


def write_figures(book: Workbook, report: Report, styles: Styles) -> None:
    """Write every figure of the report on a sheet: one a row, for filtering and pivot tables."""
    columns = figure_columns(report)
    widths = [26 if is_text(column.kind) else 13 for column in columns]
    sheet = _sheet(book, report, styles, "figures", columns, widths)
    for number, (kind, cells) in enumerate(figure_rows(report), start=1):
        for position, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            shown = replace(column, kind=kind_in_row(column, kind))
            _write(sheet, number, position, cell, shown, report, styles)
    if len(report.figures):
        sheet.autofilter(0, 0, len(report.figures), len(columns) - 1)


def write_definitions(book: Workbook, report: Report, styles: Styles) -> None:
    """Write what each metric means: formula and population in words, caveat, source."""
    heads = ("name", "unit", "description", "caveat", "source", "key")
    columns = [Column(key, text(key, report.language), Kind.TEXT) for key in heads]
    sheet = _sheet(book, report, styles, "definitions", columns, _DEFINITION_WIDTHS)
    for number, definition in enumerate(report.definitions, start=1):
        cells = (
            definition.name,
            definition.unit,
            definition.description,
            definition.caveat,
            definition.source,
            definition.metric,
        )
        pairs = zip(cells, _DEFINITION_WIDTHS, strict=True)
        lines = max(lines_needed(cell, width - 2) for cell, width in pairs)
        sheet.set_row(number, row_points(lines, 10))
        for position, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            _write(sheet, number, position, cell, column, report, styles, is_wrapped=True)
    if report.definitions:
        sheet.autofilter(0, 0, len(report.definitions), len(columns) - 1)


def _sheet(
    book: Workbook,
    report: Report,
    styles: Styles,
    title: str,
    columns: list[Column],
    widths: list[int] | tuple[int, ...],
) -> Worksheet:
    sheet = book.add_worksheet(text(title, report.language))
    sheet.hide_gridlines(2)
    prepare_for_print(sheet, report)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for position, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(position, position, width)
        style = styles.column_head(is_text=is_text(column.kind), is_first=position == 0)
        sheet.write_string(0, position, column.name, style)
    return sheet


def _write(
    sheet: Worksheet,
    row: int,
    position: int,
    cell: Cell,
    column: Column,
    report: Report,
    styles: Styles,
    *,
    is_wrapped: bool = False,
) -> None:
    style = styles.cell(column, is_first=position == 0, valign="top", text_wrap=is_wrapped)
    write_cell(sheet, row, position, cell, column, style=style, threshold=report.threshold)
