"""From tables to amounts: which table answers a metric, and what is asked of it.

The planner takes the smallest table that can answer: a cube where sums can, bins for percentiles,
the customers of each month for whole months, else the contacts themselves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import ibis
import ibis.expr.operations as ops
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import IntegerValue, Table, Value

from analytics.answer import IS_APPROXIMATE, SPAN, amounts_of, size_of
from analytics.columns import chosen, column
from analytics.derive import customer_months
from analytics.derive.cube import smallest_cube
from analytics.measures import (
    Day,
    Distinct,
    Percentile,
    PerDistinct,
    ShareOfTotal,
    Shift,
    Total,
    additive_parts,
    start_day,
)
from analytics.metrics import Metric
from analytics.periods import Days, Grain, is_whole
from warehouse.contact import UNKNOWN

CONTACT = "contact"
_TRUNCATE = {
    Grain.DAY: "D",
    Grain.WEEK: "W",
    Grain.MONTH: "M",
    Grain.QUARTER: "Q",
    Grain.YEAR: "Y",
}
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True)
class Question:
    """What is asked, checked and with its bounds; of several spans of days where they are apart.

    Nothing is counted after the day `until`: a call back that is due later is not due yet.
    """

    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    grain: Grain | None
    spans: tuple[Days, ...]
    where: Mapping[str, tuple[str, ...]]
    until: date = date.max

    @property
    def is_monthly(self) -> bool:
        """Whether sums by month can answer."""
        whole = all(is_whole(first, last, Grain.MONTH) for first, last in self.spans)
        return whole and self.grain not in {Grain.DAY, Grain.WEEK}

    @property
    def dimensions(self) -> set[str]:
        """By what is split and filtered."""
        return {*self.by, *self.where}


@dataclass(frozen=True)
class _Source:
    """A table that can answer, and the day to which its contacts are counted."""

    table: str
    day: Day = start_day

    @property
    def is_cube(self) -> bool:
        return self.table != CONTACT


_SHAPES = "samenspel_shapes"


def backend_table(backend: Backend, name: str) -> Table:
    """Return a table of the current version; its columns are looked up once per connection.

    What was looked up is kept on the connection and goes with it. It holds no table: that would
    hold the connection, and with it a version that was replaced.
    """
    shapes: dict[str, tuple[ibis.Schema, ops.Namespace]]
    shapes = vars(backend).setdefault(_SHAPES, {})
    if name not in shapes:
        found = backend.table(name).op()
        assert isinstance(found, ops.DatabaseTable)  # noqa: S101  # a table of a database is one
        shapes[name] = found.schema, found.namespace
    schema, namespace = shapes[name]
    return ops.DatabaseTable(
        name=name, schema=schema, source=backend, namespace=namespace
    ).to_expr()


def source_of(
    dimensions: Collection[str], parts: Collection[str], *, is_monthly_enough: bool
) -> str:
    """Return the name of the smallest table that has these dimensions and sums.

    That is a cube, or CONTACT where none has them.
    """
    cube = smallest_cube(dimensions, parts, is_monthly_enough=is_monthly_enough)
    return cube.name if cube else CONTACT


def within_days_counted(rows: Table, day: Day, until: date) -> Table:
    """Return the rows with `period` up to a day; no contact starts after the last that is counted.

    Args:
        rows: of a cube, or contacts.
        day: on which these are counted.
        until: the last day that is counted.
    """
    return rows if day is start_day else rows.filter(rows.period <= ibis.literal(until))


def asked(backend: Backend, question: Question) -> Iterator[tuple[list[Metric], pd.DataFrame]]:
    """Give the amounts for each metric; metrics that one table can answer share one query.

    The frames have one row per span, period and group, with the columns of `amounts_of` and
    IS_APPROXIMATE.
    """
    plans: dict[_Source, list[Metric]] = {}
    percentiles: dict[tuple[Total, str], dict[Metric, Percentile]] = {}
    for metric in question.metrics:
        match metric.measure:
            case Distinct():
                yield [metric], _customers(backend, metric, metric.measure, question)
            case Percentile(of=of, bins=bins):
                percentiles.setdefault((of, bins), {})[metric] = metric.measure
            case PerDistinct(denominator=distinct):
                counted = _customers(backend, metric, distinct, question)
                sums = _sums(backend, _plan(metric, question), [metric], question)
                keys = [SPAN, "period", *question.by]
                sums = sums.drop(columns=IS_APPROXIMATE)
                yield [metric], sums.merge(counted, on=keys, how="left")
            case _:
                plans.setdefault(_plan(metric, question), []).append(metric)
    for source, metrics in plans.items():
        yield metrics, _sums(backend, source, metrics, question)
    for alike in percentiles.values():
        yield list(alike), _percentiles(backend, alike, question)


def _plan(metric: Metric, question: Question) -> _Source:
    """Return the smallest table that can answer; sums by another day go by themselves."""
    parts = additive_parts(metric.measure)
    dimensions = set(question.dimensions)
    if isinstance(metric.measure, ShareOfTotal | Shift):
        dimensions.add("channel" if isinstance(metric.measure, Shift) else metric.measure.dimension)
    if isinstance(metric.measure, Percentile):
        dimensions.add(metric.measure.bins)
    keys = {part.key for part in parts}
    table = source_of(dimensions, keys, is_monthly_enough=question.is_monthly)
    return _Source(table, parts[0].day)


def _rows(backend: Backend, source: _Source, question: Question) -> tuple[Table, Value]:
    """Return the rows asked about, and the day of each."""
    table = backend_table(backend, source.table)
    if not source.is_cube:
        table = table.mutate(period=source.day(table))
    table = within_days_counted(table, source.day, question.until)
    within = [
        table.period.between(ibis.literal(first), ibis.literal(last))
        for first, last in question.spans
    ]
    rows = table.filter(ibis.or_(*within), *chosen(table, question.where))
    return rows, rows.period


def _sums(
    backend: Backend, source: _Source, metrics: Sequence[Metric], question: Question
) -> pd.DataFrame:
    """Return one row per period and group with every sum that the metrics need."""
    rows, day = _rows(backend, source, question)
    keys = _keys(rows, day, question)
    amounts: dict[str, Value] = {}
    for metric in metrics:
        amounts |= amounts_of(metric.measure, rows, is_cube=source.is_cube)
    return _frame(_grouped(rows, keys, amounts), question)


def _grouped(rows: Table, keys: Mapping[str, Value], amounts: Mapping[str, Value]) -> Table:
    return rows.group_by(**keys).agg(**amounts) if keys else rows.agg(**amounts)


def _frame(answered: Table, question: Question, *, is_approximate: bool = False) -> pd.DataFrame:
    """Return an answer as a frame with span and period, in order."""
    frame = answered.to_pyarrow().to_pandas(date_as_object=True)
    keys = {SPAN, "period", *question.by}
    frame = frame.astype({name: "float64" for name in frame.columns if name not in keys})
    if SPAN not in frame:
        frame[SPAN] = 0
    if not question.grain:
        frame["period"] = frame[SPAN].map(dict(enumerate(first for first, _ in question.spans)))
    elif len(frame) and isinstance(frame["period"].iloc[0], datetime):
        frame["period"] = frame["period"].map(lambda moment: moment.date()).astype("object")
    frame[IS_APPROXIMATE] = is_approximate
    return frame.sort_values([SPAN, "period", *question.by], ignore_index=True)


def _keys(rows: Table, day: Value, question: Question) -> dict[str, Value]:
    """Return by what the rows are grouped: span, period and dimensions."""
    keys: dict[str, Value] = {key: column(rows, key).fill_null(UNKNOWN) for key in question.by}
    if len(question.spans) > 1:
        spans = enumerate(question.spans)
        within = [
            (day.between(ibis.literal(a), ibis.literal(b)), number) for number, (a, b) in spans
        ]
        keys[SPAN] = ibis.cases(*within)
    if question.grain:
        keys["period"] = day.truncate(_TRUNCATE[question.grain])
    return keys


def _percentiles(
    backend: Backend, metrics: Mapping[Metric, Percentile], question: Question
) -> pd.DataFrame:
    """Return percentiles of one amount per group: from bins where a cube has them."""
    (first, measure), *_ = metrics.items()
    source = _plan(first, question)
    rows, day = _rows(backend, source, question)
    keys = _keys(rows, day, question)
    if not source.is_cube:
        counted: dict[str, Value] = {}
        for metric, percentile in metrics.items():
            counted[metric.key] = percentile.on_rows(rows)
            counted[size_of(metric)] = measure.of.of.on_rows(rows)
        return _frame(_grouped(rows, keys, counted), question)
    binned = rows.group_by(**keys, bin=rows[measure.bins]).agg(
        count=rows[measure.of.of.key].sum(), amount=rows[measure.of.key].sum()
    )
    found = from_bins(binned, list(keys), {one: metrics[one].quantile for one in metrics})
    return _frame(found, question, is_approximate=True)


def from_bins(binned: Table, keys: Sequence[str], quantiles: Mapping[Metric, float]) -> Table:
    """Return percentiles per group, linear between ranks; a value is the mean of its bin.

    Args:
        binned: per group and `bin`: `count` of values and their `amount` together.
        keys: the columns that name a group.
        quantiles: metric -> 0 to 1; the metric names the columns: its key, and `size_of` it.
    """
    filled = binned.filter(binned["count"] > 0)
    whole = ibis.window(group_by=list(keys))
    so_far = ibis.window(group_by=list(keys), order_by="bin", preceding=None, following=0)
    ranked = filled.mutate(
        until=filled["count"].sum().over(so_far),
        total=filled["count"].sum().over(whole),
        mean=filled.amount / filled["count"],
    )
    amounts: dict[str, Value] = {"size": ranked.total.max()}
    for metric, quantile in quantiles.items():
        place = (ranked.total - 1) * quantile
        # a bin holds the ranks from `until` less its count on, and before `until`
        first = ranked.until - ranked["count"]
        for side, rank in (("low", place.floor()), ("high", place.ceil())):
            holds = (first <= rank) & (rank < ranked.until)
            mean = ibis.ifelse(holds, ranked["mean"], ibis.null("float64"))
            amounts[f"{metric.key}_{side}"] = mean.max()
        amounts[f"{metric.key}_part"] = (place - place.floor()).max()
    found = ranked.group_by(list(keys)).agg(**amounts) if keys else ranked.agg(**amounts)
    columns: dict[str, Value] = {}
    for metric in quantiles:
        low, high, part = (found[f"{metric.key}_{name}"] for name in ("low", "high", "part"))
        columns |= {metric.key: low + (high - low) * part, size_of(metric): found["size"]}
    return found.select(*keys, **columns)


def _customers(
    backend: Backend, metric: Metric, measure: Distinct, question: Question
) -> pd.DataFrame:
    """Return how many different customers: by month where whole months are asked about.

    The customers of each month stand ready for everybody, and by each value of one dimension.
    """
    name = _customer_dimension(question)
    if name is None:
        rows, day = _rows(backend, _Source(CONTACT), question)
        keys = _keys(rows, day, question)
        amounts = {metric.key: measure.on_rows(rows)}
        return _frame(_grouped(rows, keys, amounts), question)
    table = backend_table(backend, customer_months.NAME)
    rows = table.filter(table.dimension == name)
    for allowed in question.where.values():
        rows = rows.filter(rows.value.isin(allowed))
    rows = rows.mutate(begin=_begin(rows.month, question))
    rows = rows.filter(rows.begin.notnull(), rows.previous < rows.begin)
    keys = dict.fromkeys(question.by, rows.value)
    if len(question.spans) > 1:
        keys[SPAN] = ibis.cases(*_by_span(rows.month, question, number=True))
    if question.grain:
        length = _MONTHS[question.grain]
        keys["period"] = rows.month - rows.month % length
    amounts = {metric.key: rows[customer_months.COUNT].sum()}
    frame = _frame(_grouped(rows, keys, amounts), question)
    if question.grain:
        frame["period"] = [customer_months.first_day(int(month)) for month in frame["period"]]
    return frame


def _customer_dimension(question: Question) -> str | None:
    """Return under which dimension the customers asked about stand; None where they do not."""
    if not question.is_monthly:
        return None
    if not question.dimensions:
        return customer_months.EVERYBODY
    (name, *others) = question.dimensions
    if others or name not in customer_months.DIMENSIONS:
        return None
    # who had contact on two channels is one customer of both together
    return name if name in question.by or len(set(question.where[name])) == 1 else None


def _by_span(month: IntegerValue, question: Question, *, number: bool) -> list[tuple[Value, Value]]:
    """Return, per span, the condition that a month lies in it, and its number or first month."""
    cases = []
    for place, days in enumerate(question.spans):
        first, last = (customer_months.month_number(day) for day in days)
        cases.append(
            (month.between(first, last), ibis.literal(place if number else first, "int64"))
        )
    return cases


def _begin(month: IntegerValue, question: Question) -> IntegerValue:
    """Return the first month that counts together with a month; null where it is not asked."""
    begin = ibis.cases(*_by_span(month, question, number=False), else_=ibis.null("int64"))
    if question.grain is None:
        return begin
    own = month - month % _MONTHS[question.grain]
    return ibis.ifelse(begin.notnull(), ibis.greatest(own, begin), ibis.null("int64"))
