"""What the report asks of the warehouse, and the memory of every answer it used."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.compare import compare
from analytics.dimensions import DIMENSIONS, value_label
from analytics.metrics import METRICS, Better
from analytics.periods import Grain
from analytics.query import Selection, Span, measure
from analytics.report.content import (
    Difference,
    Direction,
    Figure,
    KeyFigure,
    Kind,
)
from warehouse.contact import VISIT_CHANNEL
from warehouse.store import Reader

TREND_MONTHS = 13
"""This month, and the twelve before: the same month a year ago stands beside it."""

FIGURE_COLUMNS = (
    "value", "numerator", "denominator", "low", "high", "suppressed", "is_complete",
)  # fmt: skip


class Asking:
    """Asks the report's questions about one month, and remembers the figures.

    Args:
        reader: the warehouse.
        known: what it holds.
        month: first day of the month.
        language: "nl" or "en".
    """

    def __init__(self, reader: Reader, known: Span, month: date, language: str) -> None:
        self.reader, self.known, self.month, self.language = reader, known, month, language
        last = month.replace(day=monthrange(month.year, month.month)[1])
        self.selection = Selection(start=month, end=last)
        self.is_complete = known.first_on <= month and last <= known.last_on
        self._figures: list[pd.DataFrame] = []

    @property
    def has_earlier(self) -> bool:
        """Whether the month is complete and so is the one before, or the same a year ago."""
        earliest = months_before(self.month, 1)
        return self.is_complete and self.known.first_on <= earliest

    def of_month(self, metrics: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
        """Return metrics of the month, as `measure` gives them."""
        return self._remember(measure(self.reader, metrics, by=by, selection=self.selection))

    def trend(self, metrics: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
        """Return metrics per month of the last thirteen, as `measure` gives them."""
        begin = max(months_before(self.month, TREND_MONTHS - 1), self.known.first_on.replace(day=1))
        selection = Selection(start=begin, end=self.selection.end)
        return self._remember(
            measure(self.reader, metrics, by=by, grain=Grain.MONTH, selection=selection)
        )

    def compared(self, metrics: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
        """Return metrics beside the month before and the same month a year ago."""
        self.of_month(metrics, by)
        return _without_visits(compare(self.reader, metrics, self.selection, by=by))

    def _remember(self, answer: pd.DataFrame) -> pd.DataFrame:
        self._figures.append(_without_visits(answer))
        return self._figures[-1]

    def figures(self) -> pd.DataFrame:
        """Return every figure asked for, once: metric, period, dimensions, value and the rest.

        A dimension that a figure is not split by is empty.
        """
        dimensions = [
            key for key in DIMENSIONS if any(key in frame.columns for frame in self._figures)
        ]
        columns = ["metric", "period", *dimensions, *FIGURE_COLUMNS]
        everything = pd.concat(
            [frame.reindex(columns=columns) for frame in self._figures], ignore_index=True
        )
        everything[dimensions] = everything[dimensions].astype(object).fillna("")
        flags = ["suppressed", "is_complete"]
        everything[flags] = everything[flags].astype(bool)
        keys = ["metric", "period", *dimensions]
        once = everything.drop_duplicates(keys)
        order = {metric: number for number, metric in enumerate(METRICS)}
        return once.sort_values(
            keys, key=lambda c: c.map(order) if c.name == "metric" else c, ignore_index=True
        )

    def name(self, metric: str) -> str:
        """Return a metric's name."""
        return METRICS[metric].name(self.language)

    def label(self, dimension: str, value: str) -> str:
        """Return what a dimension's value is called."""
        return value_label(dimension, value, self.language, self.known.settings)

    def dimension_name(self, dimension: str) -> str:
        """Return what a dimension is called."""
        return DIMENSIONS[dimension].name(self.language)

    def key_figures(self, metrics: Sequence[str]) -> tuple[KeyFigure, ...]:
        """Return metrics of the month, the month before and the same month a year ago."""
        rows = self.compared(metrics).to_dict("records")
        trend = self._earlier(metrics)
        return tuple(self._key_figure(row, trend) for row in rows)

    def _earlier(self, metrics: Sequence[str]) -> dict[tuple[str, date], dict[Any, Any]]:
        """Return the figures of the last thirteen months, by metric and month."""
        rows = self.trend(metrics).to_dict("records")
        return {(row["metric"], row["period"]): row for row in rows}

    def _key_figure(
        self, row: dict[Any, Any], trend: dict[tuple[str, date], dict[Any, Any]]
    ) -> KeyFigure:
        metric = str(row["metric"])
        before, year_ago = months_before(self.month, 1), months_before(self.month, 12)
        return KeyFigure(
            metric=metric,
            name=self.name(metric),
            kind=kind_of(metric),
            now=figure_of(trend.get((metric, self.month))),
            previous=figure_of(trend.get((metric, before))),
            year_ago=figure_of(trend.get((metric, year_ago))),
            since_previous=difference_of(row, "previous"),
            since_year=difference_of(row, "year_ago"),
        )


def _without_visits(answer: pd.DataFrame) -> pd.DataFrame:
    """Leave out web visits, which are no contacts: each of their figures would be zero."""
    if "channel" not in answer.columns:
        return answer
    return answer[answer["channel"] != VISIT_CHANNEL].reset_index(drop=True)


def months_before(month: date, count: int) -> date:
    """Return the first day of the month so many months earlier."""
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def kind_of(metric: str) -> Kind:
    """Return what a metric's values are."""
    return Kind(METRICS[metric].unit.value)


def number(value: Any) -> float | None:
    """Return a number, or None where there is none."""
    return None if value is None or pd.isna(value) else float(value)


def figure_of(row: dict[Any, Any] | None) -> Figure:
    """Return a row of `measure` as a figure; an empty one where the period has no row."""
    if row is None:
        return Figure(None, is_complete=False)
    return Figure(
        number(row["value"]),
        number(row["numerator"]),
        number(row["denominator"]),
        is_suppressed=bool(row["suppressed"]),
        is_complete=bool(row["is_complete"]),
    )


def difference_of(row: dict[Any, Any], against: str) -> Difference:
    """Return a row of `compare` as the difference from `previous` or `year_ago`."""
    value = number(row[f"{against}_difference"])
    is_change = bool(row[f"{against}_is_change"])
    low, high = number(row[f"{against}_low"]), number(row[f"{against}_high"])
    direction = direction_of(str(row["metric"]), value, low, is_change=is_change)
    return Difference(value, low, high, is_change, direction)


def direction_of(
    metric: str, difference: float | None, low: float | None, *, is_change: bool
) -> Direction:
    """Return what a difference means: only a change is good or bad, higher or lower."""
    if difference is None:
        return Direction.UNKNOWN
    if not is_change:
        return Direction.NO_CHANGE if low is not None else Direction.UNTESTED
    is_up = difference > 0
    better = METRICS[metric].better
    if better == Better.NEITHER:
        return Direction.HIGHER if is_up else Direction.LOWER
    return Direction.BETTER if is_up == (better == Better.HIGHER) else Direction.WORSE
