"""Asking: any metrics, by any dimensions, for any period and selection.

The planner takes the smallest table that can answer: a cube where the metric can be summed, else
the contacts themselves. Disclosure control is the last step of every answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from threading import Lock

import ibis
import pandas as pd
from cachetools import LRUCache
from ibis.backends.duckdb import Backend

from analytics.amounts import CONTACT, Question, asked, backend_table, source_of
from analytics.answer import IS_APPROXIMATE, SPAN, answer_of
from analytics.columns import column
from analytics.dimensions import DIMENSIONS
from analytics.disclosure.protection import Protection
from analytics.disclosure.shown import Shown
from analytics.exposure import with_exposure
from analytics.measures import Shift
from analytics.metrics import METRICS, sums
from analytics.periods import Days, Grain, days_before, period_of, year_before
from analytics.shift import a_year_before, shifted
from warehouse.contact import UNKNOWN, VISIT_CHANNEL
from warehouse.errors import SelectionError
from warehouse.settings import Settings
from warehouse.store import Reader

__all__ = [
    "Days",
    "Grain",
    "Selection",
    "Span",
    "measure",
    "measure_spans",
    "span",
    "span_of",
    "values",
]


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


@dataclass(frozen=True)
class Span:
    """What the current version holds: first and last local day with a contact, its settings.

    Also of all that is counted, visits too, which may be of other days: `counted_from` and
    `counted_until`. Call backs that are due later than that are not counted yet.
    """

    first_on: date
    last_on: date
    loaded_at: datetime | None
    is_demo: bool
    settings: Settings
    counted_from: date = date.min
    counted_until: date = date.min


_spans: LRUCache[tuple[str, str], Span] = LRUCache(maxsize=32)
_lock = Lock()


def span(reader: Reader) -> Span:
    """Return what the current version holds.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    with _lock:
        known = _spans.get((str(reader.store.folder), reader.version()))
    if known is None:
        with reader.versioned() as (version, backend):
            known = span_of(reader, version, backend)
    return known


def span_of(reader: Reader, version: str, backend: Backend) -> Span:
    """Return what the version holds that a backend is on (see `Reader.versioned`)."""
    key = (str(reader.store.folder), version)
    with _lock:
        known = _spans.get(key)
    if known is None:
        known = _read_span(backend)
        with _lock:
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
        source = source_of({dimension}, {sums.CONTACTS.key}, is_monthly_enough=True)
        table = backend_table(backend, source)
        is_cube = source != CONTACT
        amount = table[sums.CONTACTS.key].sum() if is_cube else sums.CONTACTS.on_rows(table)
        named = column(table, dimension).fill_null(UNKNOWN)
        counted = table.group_by(value=named).agg(amount=amount)
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
    period lies wholly within the days loaded, and within those asked); is_approximate (a percentile
    from bins, at most 2% off: `columns.LARGEST_ERROR`). Shares are 0 to 1, times seconds, money
    euros.

    Raises:
        SelectionError: no metric is asked for, or one or a dimension does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    known = span(reader)
    days = (selection.start or known.first_on, selection.end or known.last_on)
    answer = measure_spans(
        reader, metrics, [days], by=by, grain=grain, where=selection.where, threshold=threshold
    )
    return answer.drop(columns=SPAN)


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
        SelectionError: no metric is asked for, or one or a dimension does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    where = where or {}
    if not metrics:
        raise SelectionError(
            "no metric is asked for", where="metric", remedy=f"Perhaps: {', '.join(METRICS)}."
        )
    for key in metrics:
        _check(key, METRICS, "metric")
    for key in (*by, *where):
        _check(key, DIMENSIONS, "dimension")
    chosen = tuple(dict.fromkeys(metrics))
    own = tuple(METRICS[key] for key in chosen if not isinstance(METRICS[key].measure, Shift))
    answers = {}
    if own:
        question = Question(own, tuple(by), grain, tuple(spans), where)
        answer = _answered(reader, question, threshold)
        answers = {str(key): rows for key, rows in answer.groupby("metric", sort=False)}
    for key in set(chosen) - set(answers):
        if isinstance(METRICS[key].measure, Shift):
            of_shares = Question((), tuple(by), grain, tuple(spans), where)
            answers[key] = _shifted(reader, key, of_shares, threshold)
    found = [answers[key] for key in chosen if key in answers]
    return pd.concat(found, ignore_index=True) if found else answer


def _answered(reader: Reader, question: Question, threshold: int | None) -> pd.DataFrame:
    """Return the answer to a question about metrics that are of one period each."""
    by = question.by
    with reader.versioned() as (version, backend):
        known = span_of(reader, version, backend)
        loaded, settings = (known.first_on, known.last_on), known.settings
        question = replace(question, until=known.counted_until)
        limit = settings.privacy.threshold if threshold is None else threshold
        protection = Protection(
            reader.store, version, backend, settings, limit, known.counted_until
        )
        shown = Shown(by, question.where, _periods(question, known), protection, settings)
        answers = {
            metric.key: shown.of(metric, answer_of(metric, exposed, [SPAN, *by]), places)
            for metrics, amounts in asked(backend, question)
            for exposed in [with_exposure(amounts, question, loaded, settings.inhabitants)]
            for places in [shown.places(exposed)]
            for metric in metrics
        }
    answer = pd.concat([answers[metric.key] for metric in question.metrics], ignore_index=True)
    answer["is_complete"] = _is_complete(answer, question, known)
    columns = [SPAN, "metric", "period", *by, "value", "numerator", "denominator", "low", "high"]
    return answer[[*columns, "suppressed", "is_complete", IS_APPROXIMATE]]


def _shifted(reader: Reader, key: str, question: Question, threshold: int | None) -> pd.DataFrame:
    """Return a share of the total less that of a year before."""
    of = METRICS[key].measure
    assert isinstance(of, Shift)  # noqa: S101  # nobody asks otherwise
    (share,) = (name for name, metric in METRICS.items() if metric.measure == of.share)
    before = [a_year_before(days, question.grain) for days in question.spans]
    now, then = (
        measure_spans(
            reader, [share], spans, by=question.by, grain=question.grain, where=question.where,
            threshold=threshold,
        )
        for spans in (question.spans, before)
    )  # fmt: skip
    return shifted(key, of.share.dimension, now, then, question.by, question.grain)


def _periods(question: Question, known: Span) -> list[tuple[int, date, Days]]:
    """Return span, first day and days of each period of which there can be a figure."""
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


def is_complete(metric: str, days: Days, known: Span) -> bool:
    """Tell whether all of these days lie within those of which the metric can be known."""
    if isinstance(METRICS[metric].measure, Shift) and year_before(*days)[0] < known.first_on:
        return False
    window = known.settings.repeat.window_days if METRICS[metric].settles_late else 0
    last_on = days_before(known.last_on, window)
    return days[0] >= known.first_on and days[1] <= last_on


def _is_complete(answer: pd.DataFrame, question: Question, known: Span) -> pd.Series:
    """Tell per row whether its period is complete; one that the question cuts is not."""
    cells = answer[["metric", SPAN, "period"]]
    whole = {}
    for metric, number, period in cells.drop_duplicates().itertuples(index=False, name=None):
        asked = question.spans[number]
        days = period_of(period, question.grain) if question.grain else asked
        is_cut = days[0] < asked[0] or days[1] > asked[1]
        whole[metric, number, period] = not is_cut and is_complete(metric, days, known)
    rows = cells.itertuples(index=False, name=None)
    return pd.Series([whole[row] for row in rows], index=answer.index, dtype=bool)
