"""Native Excel charts from a table's description of them."""

from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart as NativeChart

from analytics.report.content import Chart, ChartKind, Column, Kind, Table
from reports import palette
from reports.styles import FONT, number_format

_SMALL = {"name": FONT, "size": 9, "color": palette.MUTED}
_KINDS: dict[ChartKind, dict[str, str]] = {
    ChartKind.LINE: {"type": "line"},
    ChartKind.BAR: {"type": "bar"},
    ChartKind.STACKED: {"type": "column", "subtype": "stacked"},
}


@dataclass(frozen=True)
class Place:
    """Where a table's values stand: the sheet, the row of the headings, a column's position."""

    sheet: str
    head_row: int
    row_count: int
    positions: dict[str, int]

    def values(self, key: str) -> list[object]:
        """Return the range of a column's values, as XlsxWriter takes it."""
        position = self.positions[key]
        return [self.sheet, self.head_row + 1, position, self.head_row + self.row_count, position]

    def heading(self, key: str) -> list[object]:
        """Return the cell of a column's heading."""
        return [self.sheet, self.head_row, self.positions[key]]


def native_chart(
    book: Workbook, chart: Chart, table: Table, place: Place, *, language: str
) -> NativeChart:
    """Return Excel's own chart, with titles, axis titles and number formats, not placed yet."""
    columns = {column.key: column for column in table.columns}
    native = book.add_chart(_KINDS[chart.kind])
    for number, key in enumerate(chart.series):
        native.add_series(_series(chart, table, place, key, number, columns[key], language))
    native.set_title(
        {
            "name": chart.title,
            "name_font": {"name": FONT, "size": 11, "bold": True, "color": palette.INK},
            "overlay": False,
        }
    )
    _set_axes(native, chart, columns, language)
    if len(chart.series) == 1:
        native.set_legend({"none": True})
    else:
        native.set_legend({"position": "bottom", "font": _SMALL})
    native.set_chartarea({"border": {"none": True}, "fill": {"color": palette.PAPER}})
    native.set_plotarea({"fill": {"none": True}})
    native.show_blanks_as("gap")
    native.show_hidden_data()
    return native


def _series(
    chart: Chart,
    table: Table,
    place: Place,
    key: str,
    number: int,
    column: Column,
    language: str,
) -> dict[str, Any]:
    colour = palette.series_colour(key, number)
    series: dict[str, Any] = {
        "name": place.heading(key),
        "categories": place.values(chart.category),
        "values": place.values(key),
    }
    if chart.kind == ChartKind.LINE:
        # marks differ as well as colours, so that lines can be told apart in black and white
        mark = ("circle", "square", "diamond", "triangle", "x", "plus")[number % 6]
        series |= {
            "line": {"color": colour, "width": 2.25},
            "marker": {
                "type": mark,
                "size": 5,
                "fill": {"color": colour},
                "border": {"color": colour},
            },
        }
        unfinished: dict[str, Any] = {"line": {"color": colour, "dash_type": "dash"}}
    else:
        series |= {"fill": {"color": colour}, "border": {"color": palette.PAPER}, "gap": 45}
        unfinished = {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": colour}}
    if table.unfinished:
        series["points"] = [
            unfinished if row in table.unfinished else None for row in range(len(table.frame))
        ]
    if chart.kind == ChartKind.BAR and len(chart.series) == 1:
        series["data_labels"] = {
            "value": True,
            "num_format": number_format(column.kind, language),
            "font": _SMALL,
        }
    return series


def _set_axes(native: NativeChart, chart: Chart, columns: dict[str, Column], language: str) -> None:
    category, value = columns[chart.category], columns[chart.series[0]]
    titles = {"name": FONT, "size": 9, "bold": False, "color": palette.MUTED}
    categories: dict[str, Any] = {
        "name": chart.category_title,
        "name_font": titles,
        "num_font": _SMALL,
        "line": {"color": palette.RULE},
        "major_tick_mark": "none",
    }
    if category.kind == Kind.MONTH:
        categories |= {"num_format": number_format(category.kind, language), "text_axis": True}
    if chart.kind == ChartKind.BAR:
        # Excel draws the first row at the bottom; tables begin with the largest
        categories["reverse"] = True
    values = {
        "name": chart.value_title,
        "name_font": titles,
        "num_font": _SMALL,
        "num_format": _axis_format(value, language),
        "min": 0,
        "line": {"none": True},
        "major_tick_mark": "none",
        "major_gridlines": {"visible": True, "line": {"color": palette.SOFT, "width": 0.75}},
    }
    if chart.kind == ChartKind.BAR and len(chart.series) == 1:
        # each bar carries its own figure: the axis would say it twice
        values |= {"visible": False, "major_gridlines": {"visible": False}}
    is_lying = chart.kind == ChartKind.BAR
    native.set_x_axis(values if is_lying else categories)
    native.set_y_axis(categories if is_lying else values)


def _axis_format(column: Column, language: str) -> str:
    """Return the axis' number format: whole percents and euros read faster along an axis."""
    plain = {Kind.SHARE: "0%", Kind.EUROS: '"€ "#,##0', Kind.SECONDS: "#,##0"}
    return plain.get(column.kind) or number_format(column.kind, language)
