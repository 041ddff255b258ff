"""Asking: any metrics, by any dimensions, for any period and selection.

The planner takes the smallest table that can answer: a cube where the metric can be summed, else
the contacts themselves. Disclosure control is the last step of every answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import ibis
import pandas as pd
from cachetools import LRUCache
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.derive.cube import CUBES, Cube
from analytics.dimensions import DIMENSIONS
from analytics.disclosure import suppress
from analytics.intervals import wilson
from analytics.measures import (
    Additive,
    Count,
    Distinct,
    Percentile,
    Ratio,
    ShareOfTotal,
    Total,
    additive_parts,
)
from analytics.metrics import METRICS, Metric, sums
from analytics.periods import Grain, is_whole, period_of
from warehouse.contact import UNKNOWN, VISIT_CHANNEL
from warehouse.errors import SelectionError
from warehouse.settings import Settings
from warehouse.store import Reader

__all__ = ["Grain", "Selection", "Span", "measure", "span", "values"]

_WEIGHT = "weight__"
_TRUNCATE = {
    Grain.DAY: "D",
    Grain.WEEK: "W",
    Grain.MONTH: "M",
    Grain.QUARTER: "Q",
    Grain.YEAR: "Y",
}


@dataclass(frozen=True)
class Selection:
    """What is asked about.

    Args:
        start: first local day, inclusive; None = from the first contact.
        end: last local day, inclusive; None = until the last contact.
        where: dimension key -> allowed values; `unknown` stands for no value.
    """

    start: date | None = None
    end: date | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """What the current version holds: local days of the first and last contact, and its settings."""

    first_on: date
    last_on: date
    loaded_at: datetime | None
    is_demo: bool
    settings: Settings


_spans: LRUCache[tuple[str, str], Span] = LRUCache(maxsize=32)


def span(reader: Reader) -> Span:
    """Return what the current version holds.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    key = (str(reader.store.folder), reader.version())
    known = _spans.get(key)
    if known is None:
        with reader.backend() as backend:
            known = _read_span(backend)
        _spans[key] = known
    return known


def _read_span(backend: Backend) -> Span:
    facts = dict(backend.table("meta").select("key", "value").to_pandas().itertuples(index=False))
    days = backend.table("cube_channel").filter(lambda t: t.channel != VISIT_CHANNEL)
    ends = days.agg(first=days.period.min(), last=days.period.max()).to_pyarrow().to_pylist()[0]
    loads = backend.table("load")
    loaded = loads.finished_at.max().to_pyarrow().as_py()
    return Span(
        first_on=ends["first"] or date.min,
        last_on=ends["last"] or date.min,
        loaded_at=loaded,
        is_demo=facts.get("is_demo") == "true",
        settings=Settings.model_validate_json(facts.get("settings", "{}")),
    )


def values(reader: Reader, dimension: str) -> list[str]:
    """Return the values of a dimension that occur, the most frequent first.

    Raises:
        SelectionError: there is no such dimension.
    """
    _check(dimension, DIMENSIONS, "dimension")
    with reader.backend() as backend:
        table, cube = _table(backend, {dimension}, {sums.CONTACTS.key}, is_monthly_enough=True)
        key = table[dimension].fill_null(UNKNOWN)
        amount = table[sums.CONTACTS.key].sum() if cube else sums.CONTACTS.on_rows(table)
        counted = table.group_by(value=key).agg(amount=amount)
        frame = counted.order_by(ibis.desc("amount"), "value").to_pandas()
    return [str(value) for value in frame["value"]]


def measure(
    reader: Reader,
    metrics: Sequence[str],
    *,
    by: Sequence[str] = (),
    grain: Grain | None = None,
    selection: Selection = Selection(),
    threshold: int | None = None,
) -> pd.DataFrame:
    """Return metrics as a tidy frame, one row per metric, period and group.

    Columns: metric; period (first day as date; the selection's first day without grain); one per
    dimension in `by`; value, numerator, denominator (float; NaN where hidden or not measured; a
    count has no denominator); low, high (bounds of 95% for shares); suppressed; is_complete (the
    period lies wholly within the days loaded). Shares are 0 to 1, times seconds, money euros.

    Raises:
        SelectionError: a metric, dimension or channel does not exist; names what is close.
        NoWarehouseError: nothing was loaded yet.
    """
    for key in metrics:
        _check(key, METRICS, "metric")
    for key in (*by, *selection.where):
        _check(key, DIMENSIONS, "dimension")
    known = span(reader)
    chosen = [METRICS[key] for key in dict.fromkeys(metrics)]
    first, last = selection.start or known.first_on, selection.end or known.last_on
    with reader.backend() as backend:
        parts = [
            _answer(metric, groups, by)
            for metric, groups in _groups(backend, chosen, by, grain, first, last, selection)
        ]
    limit = known.settings.privacy.threshold if threshold is None else threshold
    lines = ["period", *by] if grain else list(by)
    shown = [suppress(part.drop(columns=_WEIGHT), lines, part[_WEIGHT], limit) for part in parts]
    order = {metric.key: number for number, metric in enumerate(chosen)}
    answer = pd.concat(shown, ignore_index=True)
    answer["is_complete"] = _is_complete(answer["period"], grain, first, last, known)
    answer = answer.sort_values(
        ["metric", "period", *by], key=lambda c: c.map(order) if c.name == "metric" else c,
        kind="stable", ignore_index=True,
    )  # fmt: skip
    columns = ["metric", "period", *by, "value", "numerator", "denominator", "low", "high"]
    return answer[[*columns, "suppressed", "is_complete"]]


def _check(key: str, known: Mapping[str, object], what: str) -> None:
    if key in known:
        return
    close = get_close_matches(key, known, n=3) or sorted(known)
    raise SelectionError(
        f"there is no {what} {key!r}", where=what, remedy=f"Perhaps: {', '.join(close)}."
    )


def _groups(
    backend: Backend,
    metrics: Sequence[Metric],
    by: Sequence[str],
    grain: Grain | None,
    first: date,
    last: date,
    selection: Selection,
) -> Iterator[tuple[Metric, pd.DataFrame]]:
    """Give each metric its grouped sums; metrics that one table can answer share one query."""
    needed = {*by, *selection.where}
    monthly = is_whole(first, last, Grain.MONTH) and grain not in {Grain.DAY, Grain.WEEK}
    plans: dict[str, tuple[Table, Cube | None, list[Metric]]] = {}
    for metric in metrics:
        parts = additive_parts(metric.measure)
        dimensions = needed | (
            {metric.measure.dimension} if isinstance(metric.measure, ShareOfTotal) else set()
        )
        keys = {part.key for part in parts}
        table, cube = _table(backend, dimensions, keys, is_monthly_enough=monthly)
        name = (cube.name if cube else "contact") + ("" if parts else " itself")
        plans.setdefault(name, (table, cube, []))[2].append(metric)
    for table, cube, asked in plans.values():
        grouped = _ask(table, cube, asked, by, grain, first, last, selection)
        for metric in asked:
            yield metric, grouped


def _table(
    backend: Backend, dimensions: set[str], parts: set[str], *, is_monthly_enough: bool
) -> tuple[Table, Cube | None]:
    """Return the smallest table that has the dimensions and sums."""
    for cube in CUBES if parts else ():
        if cube.is_monthly and not is_monthly_enough:
            continue
        if dimensions <= set(cube.dimensions) and parts <= set(cube.parts):
            return backend.table(cube.name), cube
    return backend.table("contact"), None


def _ask(
    table: Table,
    cube: Cube | None,
    metrics: Sequence[Metric],
    by: Sequence[str],
    grain: Grain | None,
    first: date,
    last: date,
    selection: Selection,
) -> pd.DataFrame:
    """Return one row per period and group with every sum that the metrics need."""
    day = table.period if cube else table.started_on
    rows = table.filter(
        day.between(ibis.literal(first), ibis.literal(last)),
        *(table[key].fill_null(UNKNOWN).isin(allowed) for key, allowed in selection.where.items()),
    )
    day = rows.period if cube else rows.started_on
    keys: dict[str, Any] = {key: rows[key].fill_null(UNKNOWN) for key in by}
    if grain:
        keys["period"] = day.truncate(_TRUNCATE[grain])
    amounts: dict[str, Any] = {}
    for metric in metrics:
        for part in additive_parts(metric.measure):
            amounts[part.key] = rows[part.key].sum() if cube else part.on_rows(rows)
        if isinstance(metric.measure, Distinct):
            amounts[metric.key] = metric.measure.on_rows(rows)
        if isinstance(metric.measure, Percentile):
            amounts[metric.key] = metric.measure.on_rows(rows)
            amounts[f"{metric.key}{_WEIGHT}"] = metric.measure.weight(rows)
    grouped = rows.group_by(**keys).agg(**amounts) if keys else rows.agg(**amounts)
    frame = grouped.to_pandas()
    if not grain:
        frame["period"] = first
    frame["period"] = pd.to_datetime(frame["period"]).dt.date
    numbers = list(amounts)
    frame[numbers] = frame[numbers].astype("float64")
    return frame


def _answer(metric: Metric, grouped: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return a metric's rows: value, numerator, denominator, bounds, and the disclosure weight."""
    nothing = pd.Series(float("nan"), index=grouped.index)
    low, high = nothing, nothing
    match metric.measure:
        case Count(key) | Total(key):
            numerator, denominator = grouped[key].fillna(0.0), nothing
            value, weight = numerator, _people(metric.measure, numerator, grouped)
        case Ratio(top, bottom):
            numerator, denominator = grouped[top.key].fillna(0.0), grouped[bottom.key].fillna(0.0)
            value, weight = numerator / denominator.where(denominator > 0), denominator
            if metric.measure.is_share:
                low, high = wilson(numerator, denominator)
        case ShareOfTotal(part, dimension):
            numerator = grouped[part.key].fillna(0.0)
            rest = [grouped[name] for name in ("period", *by) if name != dimension]
            denominator = numerator.groupby(rest).transform("sum")
            value, weight = numerator / denominator.where(denominator > 0), numerator
            low, high = wilson(numerator, denominator)
        case Distinct():
            numerator, denominator = grouped[metric.key].fillna(0.0), nothing
            value, weight = numerator, numerator
        case Percentile():
            denominator = grouped[f"{metric.key}{_WEIGHT}"].fillna(0.0)
            value, numerator, weight = grouped[metric.key], nothing, denominator
    keys = grouped[["period", *by]]
    return keys.assign(
        metric=metric.key,
        value=value,
        numerator=numerator,
        denominator=denominator,
        low=low,
        high=high,
        **{_WEIGHT: weight},
    )


def _people(measure: Additive, numerator: pd.Series, grouped: pd.DataFrame) -> pd.Series:
    """Return how many contacts an amount is about: the count itself, or a sum's own count."""
    if isinstance(measure, Count):
        return numerator
    return grouped[measure.of.key].fillna(0.0)


def _is_complete(
    periods: pd.Series, grain: Grain | None, first: date, last: date, known: Span
) -> pd.Series:
    """Tell per row whether its period lies wholly within the days loaded."""

    def whole(period: date) -> bool:
        begin, end = period_of(period, grain) if grain else (first, last)
        return begin >= known.first_on and end <= known.last_on

    return periods.map({period: whole(period) for period in periods.unique()}).astype(bool)

