"""A block of a page: a title, a finding, a chart, and the table that can be read and downloaded."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd
import plotly.graph_objects as go
from dash.development.base_component import Component

from analytics.metrics import Unit
from analytics.query import Grain
from analytics.spreadsheets import harmless
from dashboard.numbers import (
    change_text,
    day_text,
    moment_text,
    period_text,
    suppressed_text,
    value_text,
)

Kind = Unit | Grain | str
"""A unit, a period's grain, or "points" (a difference of shares), "text", "day", "moment"."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its key in the frame, its heading, and what it holds."""

    key: str
    heading: str
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers, which line up at the right."""
        return isinstance(self.kind, Unit) or self.kind == "points"


@dataclass(frozen=True)
class Table:
    """What a reader sees under a chart and gets as CSV.

    `frame` holds values, not texts; a column `suppressed` tells which rows hide their numbers.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]

    def cells(self, language: str, threshold: int) -> list[list[str]]:
        """Return every cell as text, row by row."""
        hidden = _hidden(self.frame)
        return [
            [
                _cell_text(value, column.kind, language, hides and column.is_number, threshold)
                for column, value in zip(self.columns, row, strict=True)
            ]
            for hides, row in zip(hidden, _rows(self), strict=True)
        ]

    def csv(self, language: str, threshold: int) -> str:
        """Return the table as CSV that a spreadsheet of that language opens well.

        Numbers are written in full; texts that a spreadsheet would run are made harmless.
        """
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";" if language == "nl" else ",", lineterminator="\r\n")
        writer.writerow(harmless(column.heading) for column in self.columns)
        for hides, row in zip(_hidden(self.frame), _rows(self), strict=True):
            writer.writerow(
                suppressed_text(threshold).replace("\N{NO-BREAK SPACE}", " ")
                if hides and column.is_number
                else _csv_cell(value, language)
                for column, value in zip(self.columns, row, strict=True)
            )
        return "\N{BYTE ORDER MARK}" + out.getvalue()


@dataclass(frozen=True)
class Block:
    """One thing that a page says.

    `body` stands in the place of `figure` where what is shown is no chart. `metrics` are the
    definitions that its information button opens.
    """

    key: str
    title: str
    finding: str
    table: Table
    figure: go.Figure | None = None
    body: Component | Sequence[Component] | None = None
    metrics: tuple[str, ...] = ()
    note: str = ""
    controls: tuple[Component, ...] = field(default=())
    width: int = 12
    min_width: int = 0


def _hidden(frame: pd.DataFrame) -> list[bool]:
    if "suppressed" not in frame:
        return [False] * len(frame)
    return [bool(hides) for hides in frame["suppressed"]]


def _rows(table: Table) -> list[tuple[object, ...]]:
    keys = [column.key for column in table.columns]
    return list(table.frame[keys].astype(object).itertuples(index=False, name=None))


def _is_nothing(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value))


def _cell_text(value: object, kind: Kind, language: str, hides: bool, threshold: int) -> str:
    if hides:
        return suppressed_text(threshold)
    if _is_nothing(value):
        return "–"
    match kind:
        case Unit():
            return value_text(float(str(value)), kind, language, threshold=threshold)
        case "points":
            return change_text(float(str(value)), Unit.SHARE, language)
        case Grain() | "day" | "moment":
            return _time_text(pd.Timestamp(str(value)), kind, language)
    return str(value)


def _time_text(moment: pd.Timestamp, kind: Grain | str, language: str) -> str:
    if isinstance(kind, Grain):
        return period_text(moment.date(), kind, language)
    if kind == "day":
        return day_text(moment.date(), language)
    return moment_text(moment.to_pydatetime(), language)


def _csv_cell(value: object, language: str) -> str:
    if _is_nothing(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        number = repr(float(value)).removesuffix(".0")
        return number.replace(".", ",") if language == "nl" else number
    if isinstance(value, date | datetime):
        return value.isoformat()
    return harmless(str(value))
