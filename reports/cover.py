"""The workbook's first sheet: what a director reads, on one page."""

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.report.content import (
    Column,
    Direction,
    Figure,
    KeyFigure,
    Kind,
    Report,
)
from analytics.report.texts import day_name, text
from reports import palette
from reports.cells import suppressed_text, write_cell
from reports.layout import Layout, prepare_for_print
from reports.styles import Styles

_WIDTHS = (36.0, 13.0, 11.0, 13.0, 12.0, 25.0, 13.0, 12.0, 11.0, 11.0, 25.0)
_TEXT_POSITIONS = (0, 5, 10)
_SIGNS = {
    Direction.BETTER: "▲ ",
    Direction.WORSE: "▼ ",
    Direction.HIGHER: "↑ ",
    Direction.LOWER: "↓ ",
    Direction.NO_CHANGE: "= ",
    Direction.UNTESTED: "",
    Direction.UNKNOWN: "",
}
_COLOURS = {Direction.BETTER: palette.GOOD, Direction.WORSE: palette.BAD}


def write_cover(
    book: Workbook, report: Report, styles: Styles, sheet_names: dict[str, str]
) -> None:
    """Write organisation, period, warnings, findings, key figures, reading guide and contents."""
    _Cover(book, report, styles).write(sheet_names)


class _Cover:
    def __init__(self, book: Workbook, report: Report, styles: Styles) -> None:
        self._report, self._styles = report, styles
        self._sheet: Worksheet = book.add_worksheet(text("cover", report.language))
        self._layout = Layout(_WIDTHS)
        self._row = 0

    def write(self, sheet_names: dict[str, str]) -> None:
        sheet, report, styles = self._sheet, self._report, self._styles
        sheet.hide_gridlines(2)
        prepare_for_print(sheet, report)
        sheet.fit_to_pages(1, 1)
        for position, width in enumerate(_WIDTHS):
            sheet.set_column(position, position, width)
        self._line(report.title, styles.title, height=32)
        self._line(f"{report.organisation} · {report.period}", styles.cover_subtitle, height=22)
        self._line(self._state(), styles.subtitle)
        for warning in self._warnings():
            self._across(warning, styles.warning, size=11)
        self._row += 1
        self._line(self._text("findings"), styles.heading)
        for finding in report.summary:
            self._across(finding, styles.finding, size=11)
        self._row += 1
        self._key_figures()
        self._across(self._reading(), styles.note, size=9)
        self._row += 1
        self._contents(sheet_names)
        sheet.activate()

    def _text(self, key: str, **values: object) -> str:
        return text(key, self._report.language, **values)

    def _state(self) -> str:
        report = self._report
        moment = f"{day_name(report.loaded_at.date(), report.language)}, {report.loaded_at:%H:%M}"
        return self._text("made_from", moment=moment)

    def _warnings(self) -> list[str]:
        report = self._report
        warnings = []
        if report.is_demo:
            warnings.append(self._text("demo"))
        if not report.is_complete:
            first = day_name(report.first_on, report.language)
            last = day_name(report.last_on, report.language)
            warnings.append(self._text("incomplete_month", first=first, last=last))
        return warnings

    def _reading(self) -> str:
        threshold = self._report.threshold
        return self._text("reading", threshold=threshold, shown=suppressed_text(threshold))

    def _line(self, words: str, style: Format, height: float | None = None) -> None:
        if height:
            self._sheet.set_row(self._row, height)
        self._sheet.write_string(self._row, 0, words, style)
        self._row += 1

    def _across(self, words: str, style: Format, size: int) -> None:
        self._sheet.set_row(self._row, self._layout.text_height(words, size))
        self._sheet.merge_range(self._row, 0, self._row, len(_WIDTHS) - 1, "", style)
        self._sheet.write_string(self._row, 0, words, style)
        self._row += 1

    def _key_figures(self) -> None:
        self._line(self._text("key_figures"), self._styles.heading)
        self._sheet.set_row(self._row, 32)
        for position, name in enumerate(self._heads()):
            style = self._styles.column_head(
                is_text=position in _TEXT_POSITIONS, is_first=position == 0
            )
            self._sheet.write_string(self._row, position, name, style)
        self._row += 1
        for figure in self._report.key_figures:
            self._key_figure(figure)

    def _heads(self) -> list[str]:
        report = self._report
        return [
            self._text("metric"),
            report.period,
            self._text("denominator"),
            report.previous_period,
            self._text("difference"),
            self._text("verdict"),
            report.year_ago_period,
            *(self._text(key) for key in ("difference", "low", "high", "verdict")),
        ]

    def _key_figure(self, figure: KeyFigure) -> None:
        self._sheet.set_row(self._row, 21)
        value = Column("value", "", figure.kind)
        difference = Column("difference", "", figure.kind, is_difference=True)
        self._cell(0, figure.name, Column("name", "", Kind.TEXT), bold=True)
        self._figure(1, figure.now, value, bold=True)
        self._cell(2, figure.now.denominator, Column("denominator", "", Kind.COUNT))
        self._figure(3, figure.previous, value)
        self._cell(4, figure.since_previous.value, difference)
        self._verdict(5, figure.since_previous.direction)
        self._figure(6, figure.year_ago, value)
        self._cell(7, figure.since_year.value, difference)
        self._cell(8, figure.since_year.low, difference)
        self._cell(9, figure.since_year.high, difference)
        self._verdict(10, figure.since_year.direction)
        self._row += 1

    def _verdict(self, position: int, direction: Direction) -> None:
        verdict = _SIGNS[direction] + self._text(direction.value)
        colour = _COLOURS.get(direction, palette.MUTED)
        self._cell(position, verdict, Column("verdict", "", Kind.TEXT), font_color=colour)

    def _figure(self, position: int, figure: Figure, column: Column, **style: Any) -> None:
        style |= {} if figure.is_complete else {"italic": True}
        self._cell(position, figure.cell, column, **style)

    def _cell(self, position: int, cell: Any, column: Column, **style: Any) -> None:
        write_cell(
            self._sheet,
            self._row,
            position,
            cell,
            column,
            style=self._styles.cell(column, is_first=position == 0, **style),
            threshold=self._report.threshold,
        )

    def _contents(self, sheet_names: dict[str, str]) -> None:
        self._line(self._text("contents"), self._styles.heading)
        titles = [*sheet_names.values(), self._text("figures"), self._text("definitions")]
        for name in titles:
            link = f"internal:'{name}'!A1"
            self._sheet.write_url(self._row, 0, link, self._styles.link, name)
            self._row += 1
