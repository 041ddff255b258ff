"""Conversations that left several rows: what was bound, and what two systems have in common."""

from datetime import date

import ibis
import pandas as pd
from ibis.expr.types import Table

from analytics.amounts import backend_table
from analytics.columns import chosen
from analytics.disclosure import HIDDEN, suppress
from analytics.disclosure.protection import Protection
from analytics.measures import Count
from analytics.periods import Grain, period_of
from analytics.query import EVERYTHING, Selection, span, span_of
from warehouse.contact import MATCHES
from warehouse.store import Reader

_MATCHED = Count("matched_count", lambda c: c.match.isin(MATCHES) & (c.initiative != "outbound"))
_COUNTS = ("rows", "conversations", "questions")


def matches(
    reader: Reader, selection: Selection = EVERYTHING, *, threshold: int | None = None
) -> pd.DataFrame:
    """Return how many calls and registrations the other system has too, by month and source.

    Conversations within a source count once, outbound and abandoned calls not at all.

    Args:
        reader: of the warehouse.
        selection: which days, and which values of dimensions.
        threshold: the smallest group that is shown; the configured one where left out.

    Returns:
        Columns: period (first day of the month; NaT for the whole selection), source, match (see
        `contact.match`), value (count; NaN where hidden), suppressed.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    with reader.versioned() as (version, backend):
        known = span_of(reader, version, backend)
        limit = known.settings.privacy.threshold if threshold is None else threshold
        rows = _selected(backend_table(backend, "contact"), selection)
        rows = rows.filter(rows.match.isin(MATCHES) & (rows.initiative != "outbound"))
        keys = {"source": rows.source, "match": rows.match}
        monthly = rows.group_by(period=rows.started_on.truncate("M"), **keys).agg(
            value=rows.count()
        )
        found = monthly.to_pyarrow().to_pandas(date_as_object=True)
        lines = ["source", "match"]
        days = (selection.start or known.first_on, selection.end or known.last_on)
        months = sorted(set(found["period"]))
        spans = [days, *(_within(month, days) for month in months)]
        protection = Protection(
            reader.store, version, backend, known.settings, limit, known.counted_until
        )
        held = protection.hidden(_MATCHED, lines, spans, selection.where)
    held["period"] = held["span"].map(dict(enumerate([pd.NaT, *months])))
    whole = found.groupby(lines, as_index=False).agg(value=("value", "sum"))
    by_month = _hidden(found, ["period", *lines], limit, Grain.MONTH)
    cells = pd.concat([_hidden(whole.assign(period=pd.NaT), lines, limit, None), by_month])
    # by text, in which no period is a period like others
    texts = [cells[name].astype(str) for name in ("period", *lines)]
    places = set(zip(*(held[name].astype(str) for name in ("period", *lines)), strict=True))
    is_held = pd.Series([key in places for key in zip(*texts, strict=True)], index=cells.index)
    cells = cells.assign(
        suppressed=cells["suppressed"] | is_held, value=cells["value"].mask(is_held)
    )[["period", *lines, "value", "suppressed"]]
    return cells.sort_values(["source", "match", "period"], na_position="first", ignore_index=True)


def _within(month: date, days: tuple[date, date]) -> tuple[date, date]:
    first, last = period_of(month, Grain.MONTH)
    return max(first, days[0]), min(last, days[1])


def _hidden(found: pd.DataFrame, lines: list[str], limit: int, grain: Grain | None) -> pd.DataFrame:
    cells = found.assign(metric="talks", weight=found["value"])
    cells = cells.assign(
        **{name: float("nan") for name in HIDDEN if name != "value"},
        value=cells["value"].astype("float64"),
    )
    return suppress(cells, lines, "weight", limit, grain=grain)


def bound(
    reader: Reader, selection: Selection = EVERYTHING, *, threshold: int | None = None
) -> pd.DataFrame:
    """Return what binding did within each source where some conversation left several rows.

    Args:
        reader: of the warehouse.
        selection: which days, and which values of dimensions.
        threshold: the smallest group that is shown; the configured one where left out.

    Returns:
        Columns: source; rows, conversations, questions (counts; NaN where fewer rows were bound
        than may be shown); suppressed. Most rows first.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    limit = span(reader).settings.privacy.threshold if threshold is None else threshold
    with reader.backend() as backend:
        rows = _selected(backend_table(backend, "contact"), selection)
        first = rows.match.isin(MATCHES)
        # of a pair the registration's first question is told by the call, its head
        asks = rows.is_question | (first & (rows.conversation_key != rows.contact_key))
        counted = rows.group_by("source").agg(
            rows=rows.count(),
            conversations=rows.conversation_key.nunique(),
            questions=asks.cast("int64").sum(),
        )
        several = counted.filter(counted.rows > counted.conversations)
        frame = several.order_by(several.rows.desc(), "source").to_pyarrow().to_pandas()
    frame["suppressed"] = frame["rows"] - frame["conversations"] < limit
    frame[[*_COUNTS]] = frame[[*_COUNTS]].astype("float64").mask(frame["suppressed"])
    return frame


def _selected(contact: Table, selection: Selection) -> Table:
    first, last = selection.start or date.min, selection.end or date.max
    return contact.filter(
        contact.started_on.between(ibis.literal(first), ibis.literal(last)),
        *chosen(contact, selection.where),
    )
