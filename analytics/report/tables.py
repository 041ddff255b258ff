"""The report's tables from the answers: per month, per group, and set against a year ago."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.metrics import METRICS
from analytics.report.asking import Asking, difference_of, kind_of, number
from analytics.report.content import (
    SUPPRESSED,
    Cell,
    Chart,
    ChartKind,
    Column,
    Kind,
    Table,
)
from analytics.report.texts import month_name, text
from warehouse.contact import UNKNOWN

TOP = 10
"""So many groups a ranking shows."""


def cell_of(row: Mapping[Any, Any], key: str = "value") -> Cell:
    """Return a number of a row of `measure` as a cell; hidden where the row is."""
    return SUPPRESSED if row["suppressed"] else number(row[key])


def frame_of(rows: Sequence[Mapping[str, Cell]], columns: Sequence[Column]) -> pd.DataFrame:
    """Return rows of cells as a frame that keeps each cell as it is."""
    keys = [column.key for column in columns]
    return pd.DataFrame({key: pd.Series([r.get(key) for r in rows], dtype=object) for key in keys})


def month_table(
    key: str,
    answer: pd.DataFrame,
    metrics: Sequence[str],
    asking: Asking,
    *,
    charts: Sequence[Chart] = (),
) -> Table:
    """Return metrics per month, a column for each; incomplete months are marked."""
    columns = [
        Column("month", text("month", asking.language), Kind.MONTH),
        *(Column(metric, asking.name(metric), kind_of(metric)) for metric in metrics),
    ]
    return _per_month(key, answer, "metric", columns, asking, charts)


def group_month_table(
    key: str,
    answer: pd.DataFrame,
    dimension: str,
    asking: Asking,
    *,
    charts: Sequence[Chart] = (),
) -> Table:
    """Return one metric per month, a column for each group; the largest group first."""
    metric = str(answer["metric"].iloc[0]) if len(answer) else ""
    totals = answer.groupby(dimension)["value"].sum(min_count=1).sort_values(ascending=False)
    columns = [
        Column("month", text("month", asking.language), Kind.MONTH),
        *(
            Column(str(group), asking.label(dimension, str(group)), kind_of(metric))
            for group in totals.index
        ),
    ]
    drawn = [
        Chart(c.kind, c.title, c.category, tuple(totals.index), c.category_title, c.value_title)
        for c in charts
    ]
    return _per_month(key, answer, dimension, columns, asking, drawn)


def _per_month(
    key: str,
    answer: pd.DataFrame,
    across: str,
    columns: Sequence[Column],
    asking: Asking,
    charts: Sequence[Chart],
) -> Table:
    rows: dict[date, dict[str, Cell]] = {}
    unfinished: set[date] = set()
    for row in answer.to_dict("records"):
        rows.setdefault(row["period"], {"month": row["period"]})[str(row[across])] = cell_of(row)
        if not row["is_complete"]:
            unfinished.add(row["period"])
    months = sorted(rows)
    remark = Column("remark", text("remark", asking.language), Kind.TEXT)
    for month in unfinished:
        rows[month]["remark"] = text("incomplete", asking.language)
    all_columns = [*columns, remark] if unfinished else list(columns)
    return Table(
        key,
        text(key, asking.language),
        tuple(all_columns),
        frame_of([rows[month] for month in months], all_columns),
        tuple(charts),
        frozenset(number for number, month in enumerate(months) if month in unfinished),
    )


def change_table(
    key: str,
    compared: pd.DataFrame,
    metric: str,
    dimension: str,
    asking: Asking,
    *,
    top: int | None = None,
    chart_title: str = "",
    drawn: str = "value",
) -> Table:
    """Return one metric per group: its parts, its value, a year ago, the difference, the verdict.

    The group with the largest numerator comes first; hidden groups last. With a chart title, one
    of the columns is drawn as bars.
    """
    language, kind = asking.language, kind_of(metric)
    a_year_ago = month_name(asking.month.replace(year=asking.month.year - 1), language)
    columns = (
        Column(dimension, asking.dimension_name(dimension), Kind.TEXT),
        *_part_columns(metric, language),
        Column("value", _value_name(metric, language), kind),
        Column("year_ago", a_year_ago, kind),
        Column("difference", text("difference", language), kind, is_difference=True),
        Column("low", text("low", language), kind, is_difference=True),
        Column("high", text("high", language), kind, is_difference=True),
        Column("verdict", text("verdict", language), Kind.TEXT),
    )
    ordered = ranked(compared, "numerator")
    rows = ordered.to_dict("records")
    cells = [_change_cells(row, dimension, asking) for row in rows[:top]]
    charts: tuple[Chart, ...] = ()
    if chart_title:
        charts = (
            Chart(
                ChartKind.BAR,
                chart_title,
                dimension,
                (drawn,),
                asking.dimension_name(dimension),
                next(column.name for column in columns if column.key == drawn),
            ),
        )
    note = text("top_note", language, top=top, count=len(rows)) if top and len(rows) > top else ""
    return Table(key, text(key, language), columns, frame_of(cells, columns), charts, note=note)


def _part_columns(metric: str, language: str) -> tuple[Column, ...]:
    if kind_of(metric) != Kind.SHARE:
        return ()
    return (
        Column("numerator", text("amount", language), Kind.COUNT),
        Column("denominator", text("denominator", language), Kind.COUNT),
    )


def _value_name(metric: str, language: str) -> str:
    if kind_of(metric) == Kind.SHARE:
        return text("share", language)
    return METRICS[metric].name(language)


def _change_cells(row: Mapping[Any, Any], dimension: str, asking: Asking) -> dict[str, Cell]:
    change = difference_of(dict(row), "year_ago")
    return {
        dimension: asking.label(dimension, str(row[dimension])),
        "numerator": cell_of(row, "numerator"),
        "denominator": cell_of(row, "denominator"),
        "value": cell_of(row),
        "year_ago": number(row["year_ago"]),
        "difference": change.value,
        "low": change.low,
        "high": change.high,
        "verdict": text(change.direction.value, asking.language),
    }


def group_table(
    key: str,
    answer: pd.DataFrame,
    metrics: Sequence[str],
    dimension: str,
    asking: Asking,
    *,
    top: int | None = None,
    charts: Sequence[Chart] = (),
    without_unknown: bool = False,
) -> Table:
    """Return several metrics per group, a column for each; ordered by the first of them."""
    columns = (
        Column(dimension, asking.dimension_name(dimension), Kind.TEXT),
        *(Column(metric, asking.name(metric), kind_of(metric)) for metric in metrics),
    )
    shown = answer[answer[dimension] != UNKNOWN] if without_unknown else answer
    rows: dict[str, dict[str, Cell]] = {}
    for group in ranked(shown[shown["metric"] == metrics[0]], "value")[dimension]:
        rows[str(group)] = {dimension: asking.label(dimension, str(group))}
    for row in shown.to_dict("records"):
        rows.setdefault(
            str(row[dimension]), {dimension: asking.label(dimension, str(row[dimension]))}
        )[str(row["metric"])] = cell_of(row)
    cells = list(rows.values())
    note = ""
    if top and len(cells) > top:
        note = text("top_note", asking.language, top=top, count=len(cells))
    title = text(key, asking.language)
    return Table(key, title, columns, frame_of(cells[:top], columns), tuple(charts), note=note)


def ranked(answer: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return rows by a column, the largest first; without a value last."""
    return answer.sort_values(column, ascending=False, na_position="last", kind="stable")
