"""What the monthly report holds, without saying how it looks: figures, findings, tables, charts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Final

import pandas as pd


class Kind(StrEnum):
    """What the values of a column are; the renderers choose the number format from it."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    EUROS = "euros"
    NUMBER = "number"
    POINTS = "points"
    MONTH = "month"
    DAY = "day"
    MOMENT = "moment"


class Hidden(Enum):
    """The type of `SUPPRESSED`."""

    SUPPRESSED = "suppressed"


SUPPRESSED: Final = Hidden.SUPPRESSED
"""Stands in a cell whose group is below the threshold."""

Cell = str | float | int | date | datetime | Hidden | None
"""One cell of a table. None: there is nothing to show, such as a share of nothing."""


class ChartKind(StrEnum):
    """How a table is drawn."""

    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"


@dataclass(frozen=True)
class Column:
    """One column of a table: its key in the frame, its heading, and what its values are.

    A difference has the kind of what is subtracted; of shares it is in percentage points.
    """

    key: str
    name: str
    kind: Kind
    is_difference: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart of the table it belongs to; `category` and `series` are keys of its columns."""

    kind: ChartKind
    title: str
    category: str
    series: tuple[str, ...]
    category_title: str
    value_title: str


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of cells under typed columns.

    `frame` has the columns' keys, in order; `unfinished` holds the numbers of the rows (from 0)
    whose period is incomplete.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    charts: tuple[Chart, ...] = ()
    unfinished: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, eq=False)
class Section:
    """One subject: its main finding, all that was found, and the tables behind it."""

    key: str
    title: str
    headline: str
    finding: str
    tables: tuple[Table, ...]


class Direction(StrEnum):
    """What a difference means: good or bad where the metric says which is better."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NO_CHANGE = "no_change"
    UNTESTED = "untested"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Figure:
    """A metric's value in one period, with what it is a share of."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    is_suppressed: bool = False
    is_complete: bool = True

    @property
    def cell(self) -> Cell:
        """The value as a cell of a table."""
        return SUPPRESSED if self.is_suppressed else self.value


@dataclass(frozen=True)
class Difference:
    """Now minus then, with its 95% interval where one is known."""

    value: float | None
    low: float | None
    high: float | None
    is_change: bool
    direction: Direction


@dataclass(frozen=True)
class KeyFigure:
    """A metric this month, the month before and the same month a year ago."""

    metric: str
    name: str
    kind: Kind
    now: Figure
    previous: Figure
    year_ago: Figure
    since_previous: Difference
    since_year: Difference


@dataclass(frozen=True)
class Definition:
    """A metric in words, from the registry."""

    metric: str
    name: str
    kind: Kind
    unit: str
    description: str
    caveat: str
    source: str


@dataclass(frozen=True, eq=False)
class Report:
    """The monthly report.

    `month` is its first day; `first_on` and `last_on` are the first and last loaded days.
    `figures` holds every figure behind it, tidy: metric, period, the dimensions (empty: all),
    value, numerator, denominator, low, high, suppressed, is_complete.
    """

    title: str
    organisation: str
    language: str
    month: date
    period: str
    previous_period: str
    year_ago_period: str
    is_complete: bool
    is_demo: bool
    first_on: date
    last_on: date
    loaded_at: datetime
    threshold: int
    summary: tuple[str, ...]
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    dimension_names: Mapping[str, str]
    figures: pd.DataFrame = field(repr=False)
