"""Asking: any metrics, by any dimensions, for any period and selection.

The planner takes the smallest table that can answer: a cube where the metric can be summed, else
the contacts themselves. Disclosure control is the last step of every answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import get_close_matches

import ibis
import pandas as pd
from cachetools import LRUCache
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table, Value

from analytics.answer import amounts_of, answer_of
from analytics.derive.cube import smallest_cube
from analytics.dimensions import DIMENSIONS
from analytics.measures import ShareOfTotal, additive_parts
from analytics.metrics import METRICS, Metric, sums
from analytics.periods import Grain, is_whole, period_of
from analytics.protection import Protection
from analytics.shown import SPAN as _SPAN
from analytics.shown import Shown
from analytics.tables import backend_table
from warehouse.contact import UNKNOWN, VISIT_CHANNEL
from warehouse.errors import SelectionError
from warehouse.settings import Settings
from warehouse.store import Reader

__all__ = ["Grain", "Selection", "Span", "measure", "measure_spans", "span", "values"]

CONTACT = "contact"
_UNSUMMED = " itself"
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


EVERYTHING = Selection()


type Days = tuple[date, date]
"""First and last local day, both inclusive."""


@dataclass(frozen=True)
class _Question:
    """What is asked, checked and with its bounds; of several spans of days where they are apart."""

    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    grain: Grain | None
    spans: tuple[Days, ...]
    where: Mapping[str, tuple[str, ...]]

    @property
    def is_monthly(self) -> bool:
        """Whether sums by month can answer."""
        whole = all(is_whole(first, last, Grain.MONTH) for first, last in self.spans)
        return whole and self.grain not in {Grain.DAY, Grain.WEEK}


@dataclass(frozen=True)
class Span:
    """What the current version holds: first and last local day with a contact, its settings.

    Also of visits, which may be of other days: `counted_from` and `counted_until`.
    """

    first_on: date
    last_on: date
    loaded_at: datetime | None
    is_demo: bool
    settings: Settings
    counted_from: date = date.min
    counted_until: date = date.min


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
    days = backend.table("cube_channel")
    is_contact = days.channel != VISIT_CHANNEL
    ends = (
        days.agg(
            first=days.period.min(where=is_contact),
            last=days.period.max(where=is_contact),
            counted_from=days.period.min(),
            counted_until=days.period.max(),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    loads = backend.table("load")
    # the last load by its number: a machine's clock may have gone back since the one before
    loaded = loads.finished_at.argmax(loads.load_key).to_pyarrow().as_py()
    return Span(
        first_on=ends["first"] or date.min,
        last_on=ends["last"] or date.min,
        counted_from=ends["counted_from"] or date.min,
        counted_until=ends["counted_until"] or date.min,
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
        cube = smallest_cube({dimension}, {sums.CONTACTS.key}, is_monthly_enough=True)
        table = backend_table(backend, cube.name if cube else CONTACT)
        amount = table[sums.CONTACTS.key].sum() if cube else sums.CONTACTS.on_rows(table)
        counted = table.group_by(value=table[dimension].fill_null(UNKNOWN)).agg(amount=amount)
        frame = counted.order_by(ibis.desc("amount"), "value").to_pyarrow().to_pandas()
    return [str(value) for value in frame["value"]]


def measure(
    reader: Reader,
    metrics: Sequence[str],
    *,
    by: Sequence[str] = (),
    grain: Grain | None = None,
    selection: Selection = EVERYTHING,
    threshold: int | None = None,
) -> pd.DataFrame:
    """Return metrics as a tidy frame, one row per metric, period and group.

    Columns: metric; period (first day as date; the selection's first day without grain); one per
    dimension in `by`; value, numerator, denominator (float; NaN where hidden or not measured; a
    count has no denominator); low, high (bounds of 95% for shares); suppressed; is_complete (the
    period lies wholly within the days loaded, and within those asked). Shares are 0 to 1, times
    seconds, money euros.

    Raises:
        SelectionError: a metric, dimension or channel does not exist; names what is close.
        NoWarehouseError: nothing was loaded yet.
    """
    known = span(reader)
    days = (selection.start or known.first_on, selection.end or known.last_on)
    answer = measure_spans(
        reader, metrics, [days], by=by, grain=grain, where=selection.where, threshold=threshold
    )
    return answer.drop(columns=_SPAN)


def measure_spans(
    reader: Reader,
    metrics: Sequence[str],
    spans: Sequence[Days],
    *,
    by: Sequence[str] = (),
    grain: Grain | None = None,
    where: Mapping[str, tuple[str, ...]] | None = None,
    threshold: int | None = None,
) -> pd.DataFrame:
    """Return what `measure` does for several spans of days at once, which do not overlap.

    A further column `span` tells the span by its place in `spans`, from 0.

    Raises:
        SelectionError: a metric or dimension does not exist; names what is close.
        NoWarehouseError: nothing was loaded yet.
    """
    where = where or {}
    for key in metrics:
        _check(key, METRICS, "metric")
    for key in (*by, *where):
        _check(key, DIMENSIONS, "dimension")
    known = span(reader)
    chosen = tuple(METRICS[key] for key in dict.fromkeys(metrics))
    question = _Question(chosen, tuple(by), grain, tuple(spans), where)
    limit = known.settings.privacy.threshold if threshold is None else threshold
    with reader.backend() as backend:
        protection = Protection(reader, backend, known.settings, limit)
        periods = _periods(question, known)
        shown = Shown(tuple(by), where, periods, protection, known.settings)
        answers = {
            metric.key: shown.of(metric, answer_of(metric, amounts, [_SPAN, *by]), places)
            for asked, amounts in _asked(backend, question)
            for places in [shown.places(amounts)]
            for metric in asked
        }
    answer = pd.concat([answers[metric.key] for metric in chosen], ignore_index=True)
    answer["is_complete"] = _is_complete(answer, question, known)
    columns = [_SPAN, "metric", "period", *by, "value", "numerator", "denominator", "low", "high"]
    return answer[[*columns, "suppressed", "is_complete"]]


def _periods(question: _Question, known: Span) -> list[tuple[int, date, Days]]:
    """Return span, first day and bounds of each period of which there can be a figure."""
    if not question.grain:
        return [(number, days[0], days) for number, days in enumerate(question.spans)]
    found = []
    for number, (first, last) in enumerate(question.spans):
        day, end = max(first, known.counted_from), min(last, known.counted_until)
        while day <= end:
            start, until = period_of(day, question.grain)
            found.append((number, start, (max(start, first), min(until, last))))
            day = until + timedelta(days=1)
    return found


def _check(key: str, known: Mapping[str, object], what: str) -> None:
    if key in known:
        return
    close = get_close_matches(key, known, n=3) or sorted(known)
    raise SelectionError(
        f"there is no {what} {key!r}", where=what, remedy=f"Perhaps: {', '.join(close)}."
    )


def _asked(backend: Backend, question: _Question) -> Iterator[tuple[list[Metric], pd.DataFrame]]:
    """Give the sums for each metric; metrics that one table can answer share one query."""
    plans: dict[str, list[Metric]] = {}
    for metric in question.metrics:
        plans.setdefault(plan(metric, question), []).append(metric)
    for name, metrics in plans.items():
        yield metrics, _sums(backend, name.removesuffix(_UNSUMMED), metrics, question)


def plan(metric: Metric, question: _Question) -> str:
    """Return the smallest table that can answer; metrics without sums go by themselves."""
    parts = {part.key for part in additive_parts(metric.measure)}
    dimensions = {*question.by, *question.where}
    if isinstance(metric.measure, ShareOfTotal):
        dimensions.add(metric.measure.dimension)
    cube = smallest_cube(dimensions, parts, is_monthly_enough=question.is_monthly)
    return cube.name if cube else f"{CONTACT}{'' if parts else _UNSUMMED}"


def _sums(
    backend: Backend, name: str, metrics: Sequence[Metric], question: _Question
) -> pd.DataFrame:
    """Return one row per period and group with every sum that the metrics need."""
    table = backend_table(backend, name)
    is_cube = name != CONTACT
    day = table.period if is_cube else table.started_on
    within = [
        day.between(ibis.literal(first), ibis.literal(last)) for first, last in question.spans
    ]
    rows = table.filter(
        ibis.or_(*within),
        *(table[key].fill_null(UNKNOWN).isin(allowed) for key, allowed in question.where.items()),
    )
    keys = _keys(rows, rows.period if is_cube else rows.started_on, question)
    amounts: dict[str, Value] = {}
    for metric in metrics:
        amounts |= amounts_of(metric, rows, is_cube=is_cube)
    answered = rows.group_by(**keys).agg(**amounts) if keys else rows.agg(**amounts)
    frame = answered.to_pyarrow().to_pandas(date_as_object=True)
    if _SPAN not in keys:
        frame[_SPAN] = 0
    if not question.grain:
        frame["period"] = frame[_SPAN].map(dict(enumerate(first for first, _ in question.spans)))
    frame = frame.sort_values([_SPAN, "period", *question.by], ignore_index=True)
    return frame.astype(dict.fromkeys(amounts, "float64"))


def _keys(rows: Table, day: Value, question: _Question) -> dict[str, Value]:
    """Return by what the rows are grouped: span, period and dimensions."""
    keys: dict[str, Value] = {key: rows[key].fill_null(UNKNOWN) for key in question.by}
    if len(question.spans) > 1:
        spans = enumerate(question.spans)
        within = [
            (day.between(ibis.literal(a), ibis.literal(b)), number) for number, (a, b) in spans
        ]
        keys[_SPAN] = ibis.cases(*within)
    if question.grain:
        keys["period"] = day.truncate(_TRUNCATE[question.grain])
    return keys


def is_complete(metric: str, days: Days, known: Span) -> bool:
    """Tell whether all of these days lie within those of which the metric can be known."""
    window = timedelta(days=known.settings.repeat.window_days)
    last_on = known.last_on - window if METRICS[metric].settles_late else known.last_on
    return days[0] >= known.first_on and days[1] <= last_on


def _is_complete(answer: pd.DataFrame, question: _Question, known: Span) -> pd.Series:
    """Tell per row whether its period is complete; one that the question cuts is not."""
    cells = answer[["metric", _SPAN, "period"]]
    whole = {}
    for metric, number, period in cells.drop_duplicates().itertuples(index=False, name=None):
        asked = question.spans[number]
        days = period_of(period, question.grain) if question.grain else asked
        is_cut = days[0] < asked[0] or days[1] > asked[1]
        whole[metric, number, period] = not is_cut and is_complete(metric, days, known)
    rows = cells.itertuples(index=False, name=None)
    return pd.Series([whole[row] for row in rows], index=answer.index, dtype=bool)
