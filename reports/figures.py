"""Every figure behind the report as rows of cells: for the workbook's list."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from analytics.report.content import SUPPRESSED, Cell, Column, Kind, Report
from analytics.report.texts import text

VALUE_COLUMNS = ("value", "low", "high")
PART_COLUMNS = ("numerator", "denominator")
_KINDS = {
    "period": Kind.MONTH,
    **dict.fromkeys((*VALUE_COLUMNS, *PART_COLUMNS), Kind.NUMBER),
}
_NAMED = (
    "metric", "period", "value", "numerator", "denominator", "low", "high",
    "suppressed", "is_complete",
)  # fmt: skip


def figure_columns(report: Report) -> list[Column]:
    """Return the columns of the list: name of the metric, then those of `report.figures`."""
    names = {key: text(key, report.language) for key in _NAMED}
    return [
        Column("name", text("name", report.language), Kind.TEXT),
        *(
            Column(key, names.get(key) or report.dimension_names.get(key, key), _kind(key))
            for key in report.figures.columns
        ),
    ]


def kind_in_row(column: Column, metric_kind: Kind) -> Kind:
    """Return what a column's value is in a row of a metric: its parts are mostly counts."""
    if column.key in VALUE_COLUMNS:
        return metric_kind
    if column.key in PART_COLUMNS and metric_kind in {Kind.COUNT, Kind.SHARE}:
        return Kind.COUNT
    return column.kind


def _kind(key: str) -> Kind:
    return _KINDS.get(key, Kind.TEXT)


def figure_rows(report: Report) -> Iterator[tuple[Kind, list[Cell]]]:
    """Give each figure's kind and cells, in the order of `figure_columns`."""
    names = {definition.metric: definition.name for definition in report.definitions}
    kinds = {definition.metric: definition.kind for definition in report.definitions}
    words = {True: text("yes", report.language), False: text("no", report.language)}
    for record in report.figures.to_dict("records"):
        metric = str(record["metric"])
        cells = [_cell(key, record, words) for key in report.figures.columns]
        yield kinds.get(metric, Kind.NUMBER), [names.get(metric, metric), *cells]


def _cell(key: str, record: Mapping[Hashable, Any], words: dict[bool, str]) -> Cell:
    value = record[key]
    if record["suppressed"] and key in {"value", *PART_COLUMNS}:
        return SUPPRESSED
    if isinstance(value, bool):
        return words[value]
    return None if pd.isna(value) else value
