"""`samenspel kpi`: the command's words into a question, the answer into a table, CSV or JSON."""

import json
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
from rich.table import Table

from analytics.query import Grain, Selection, Span
from samenspel.tables import new_table
from warehouse.errors import SelectionError


def selection(
    month: str | None, start: str | None, end: str | None, where: Sequence[str]
) -> Selection:
    """Read the command's period and filters.

    Returns:
        The selection; a missing bound stays open.

    Raises:
        SelectionError: a month, date or filter is not written as it should be.
    """
    if month and (start or end):
        raise SelectionError("--month goes without --from and --to", where="kpi")
    first, last = month_days(month) if month else (_day(start, "--from"), _day(end, "--to"))
    if first and last and last < first:
        raise SelectionError(
            "the period ends before it begins", where="kpi", remedy="Swap --from and --to."
        )
    return Selection(start=first, end=last, where=_filters(where))


def bounded(chosen: Selection, known: Span) -> Selection:
    """Return the selection with its open bounds at the first and last day loaded."""
    return replace(chosen, start=chosen.start or known.first_on, end=chosen.end or known.last_on)


def month_days(month: str) -> tuple[date, date]:
    """Return the first and last day of a month written as 2024-05.

    Raises:
        SelectionError: it is no month.
    """
    try:
        year, number = (int(part) for part in month.split("-"))
        return date(year, number, 1), date(year, number, monthrange(year, number)[1])
    except ValueError as error:
        raise SelectionError(
            f"{month!r} is no month", where="--month", remedy="Write it as 2024-05."
        ) from error


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SelectionError(
            f"{text!r} is no date", where=option, remedy="Write it as 2024-05-31."
        ) from error


def _filters(where: Sequence[str]) -> dict[str, tuple[str, ...]]:
    filters: dict[str, tuple[str, ...]] = {}
    for condition in where:
        dimension, sign, values = condition.partition("=")
        if not sign or not dimension.strip() or not values.strip():
            raise SelectionError(
                f"{condition!r} is no condition",
                where="--where",
                remedy="Write it as channel=phone,web_form.",
            )
        wanted = tuple(value.strip() for value in values.split(","))
        filters[dimension.strip()] = (*filters.get(dimension.strip(), ()), *wanted)
    return filters


def period_text(period: object, grain: Grain | None, chosen: Selection) -> str:
    """Return how a period is written for programs: 2024, 2024-Q2, 2024-05, 2024-W18, 2024-05-31.

    Where the question has no grain: the month, or first day/last day of the selection.
    """
    if grain is None:
        first, last = chosen.start, chosen.end
        if first and last and (first, last) == month_days(f"{first:%Y-%m}"):
            return f"{first:%Y-%m}"
        return f"{first or '..'}/{last or '..'}"
    day = pd.Timestamp(str(period)).date()
    year, week, _ = day.isocalendar()
    texts = {
        Grain.YEAR: f"{day:%Y}",
        Grain.QUARTER: f"{day:%Y}-Q{(day.month + 2) // 3}",
        Grain.MONTH: f"{day:%Y-%m}",
        Grain.WEEK: f"{year}-W{week:02}",
        Grain.DAY: day.isoformat(),
    }
    return texts[grain]


def as_records(
    answer: pd.DataFrame, by: Sequence[str], grain: Grain | None, chosen: Selection
) -> list[dict[str, Any]]:
    """Return the stable form that other programs read (DESIGN: `kpi --format json`)."""
    columns = ["metric", "period", *by, "value", "numerator", "denominator", "suppressed"]
    stable = answer.assign(
        period=[period_text(period, grain, chosen) for period in answer["period"]],
        suppressed=answer["suppressed"].astype(bool),
    )[columns].astype(object)
    stable = stable.where(stable.notna(), None)
    return [dict(zip(columns, row, strict=True)) for row in stable.itertuples(index=False)]


def as_json(records: list[dict[str, Any]]) -> str:
    """Return the records as indented JSON."""
    return json.dumps(records, indent=1, ensure_ascii=False, default=float)


def as_csv(records: list[dict[str, Any]]) -> str:
    """Return the records as CSV with a header."""
    return str(pd.DataFrame(records).to_csv(index=False))


def as_table(records: list[dict[str, Any]], by: Sequence[str], units: dict[str, str]) -> Table:
    """Return the records as a table for a terminal; `units` tells each metric's unit."""
    numbers = ("value", "numerator", "denominator")
    table = new_table("metric", "period", *by, *numbers, numbers=numbers)
    for record in records:
        shown = "suppressed" if record["suppressed"] else _shown(record, units)
        table.add_row(
            str(record["metric"]),
            str(record["period"]),
            *(str(record[name]) for name in by),
            shown,
            _plain(record["numerator"]),
            _plain(record["denominator"]),
        )
    return table


def _shown(record: dict[str, Any], units: dict[str, str]) -> str:
    value = record["value"]
    if value is None:
        return "-"
    unit = units.get(str(record["metric"]), "")
    return _FORMATS.get(unit, "{:,.2f}").format(100 * value if unit == "points" else value)


_FORMATS = {
    "share": "{:.1%}",
    "points": "{:+.1f} pp",
    "seconds": "{:,.1f} s",
    "euros": "€ {:,.2f}",
    "count": "{:,.0f}",
}


def _plain(value: object) -> str:
    return "-" if value is None else f"{float(str(value)):,.0f}"
