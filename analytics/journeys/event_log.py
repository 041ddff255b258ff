"""The event log: journeys contact by contact, for programs that mine processes.

It is data about single people, so it holds no more than such a program needs, and by default no
journey that few others went too: see docs/privacy.md. What tells people apart is left out or made
coarse in the engine, before a row leaves it.
"""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Literal

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import StringValue, Table, TimestampValue, Value

from analytics.amounts import CONTACT, backend_table
from analytics.derive.journeys import ARROW
from analytics.journeys.cells import days_of, selected
from analytics.query import EVERYTHING, Selection, Span
from warehouse.contact import UNKNOWN

Precision = Literal["day", "hour", "minute"]

_UNITS = {"day": "D", "hour": "h", "minute": "m"}
_KEY_LENGTH = 16


@dataclass(frozen=True)
class LogOptions:
    """What may leave.

    Attributes:
        precision: to what times are rounded down. The seconds do not tell time: they tell the order
            within a journey (00 the first contact, 01 the second).
        keeps_rare: keep journeys whose channels and services fewer than the threshold went too.
        with_customers: add which journeys are of one customer, by a number of this log alone.
        salt: of the numbers; drawn anew for each log where left out, so that two logs cannot be
            laid side by side.
    """

    precision: Precision = "hour"
    keeps_rare: bool = False
    with_customers: bool = False
    salt: str = field(default_factory=lambda: token_hex(32), repr=False)


@dataclass(frozen=True)
class LogSize:
    """How many journeys and contacts a log holds, and how many journeys were left out as rare."""

    journeys: int
    events: int
    left_out: int


@dataclass(frozen=True)
class EventLog:
    """The journeys of a selection.

    Attributes:
        events: the contacts of those that may leave, in order of journey and time. Columns: journey
            (number of this log alone), event (1 for the first contact), activity (key of the
            channel), at (UTC, rounded down to `precision`, plus a second per earlier contact of the
            journey; for `day` the local day), service, outcome, has_ended (false: the journey may
            go on); and customer where it is asked for.
        journeys: every one of the selection: journey, event_count, is_kept (it may leave).
    """

    events: Table
    journeys: Table

    def size(self) -> LogSize:
        """Return how much the log holds, and leaves out."""
        kept = self.journeys.is_kept
        (found,) = (
            self.journeys.agg(
                journeys=kept.sum().fill_null(0),
                events=self.journeys.event_count.sum(where=kept).fill_null(0),
                left_out=(~kept).sum().fill_null(0),
            )
            .to_pyarrow()
            .to_pylist()
        )
        return LogSize(**found)


def event_log(
    backend: Backend,
    known: Span,
    selection: Selection = EVERYTHING,
    options: LogOptions | None = None,
) -> EventLog:
    """Return the log of the journeys that began in a selection.

    Args:
        backend: on the version asked.
        known: what that version holds, with the threshold.
        selection: days in which, and values of dimensions with which, journeys began.
        options: what may leave; the safe choice where left out.

    Raises:
        SelectionError: a filter is on a dimension that does not exist.
    """
    options = options or LogOptions()
    events = _of_journeys(backend, known, selection, options)
    journeys = _journeys(events, known, options)
    if not options.keeps_rare:
        kept = journeys.filter(journeys.is_kept)
        events = events.filter(events.journey.isin(kept.journey))
    return EventLog(events.order_by("journey", "event"), journeys)


def _of_journeys(backend: Backend, known: Span, selection: Selection, options: LogOptions) -> Table:
    """Return every contact of the journeys that began in the selection."""
    contact = backend_table(backend, CONTACT)
    days = days_of(selection, (known.first_on, known.last_on))
    starts = selected(contact, selection, days)
    starts = starts.filter(starts.is_episode_start)
    rows = contact.filter(contact.episode_key.isin(starts.episode_key))
    whole = ibis.window(group_by=rows.episode_key)
    order = [rows.started_at, rows.contact_id, rows.source]
    number = ibis.row_number().over(group_by=rows.episode_key, order_by=order) + 1
    columns: dict[str, Value] = {
        "journey": _number(rows.episode_key, "journey", options),
        "event": number,
        "activity": rows.channel,
        "at": _rounded(rows, options.precision) + (number - 1).as_interval("s"),
        "service": rows.service.fill_null(UNKNOWN),
        "outcome": rows.outcome,
        "has_ended": rows.has_episode_ended.cast("int8").max().over(whole) == 1,
    }
    if options.with_customers:
        columns["customer"] = _number(rows.customer_number, "customer", options)
    return rows.select(**columns)


def _journeys(events: Table, known: Span, options: LogOptions) -> Table:
    """Return the journeys, and whether each may leave: where as many as the threshold went alike.

    Two went the same way where all their channels and services are the same, in the same order.
    """
    if options.keeps_rare:
        sizes = events.group_by("journey").agg(event_count=events.count())
        return sizes.mutate(is_kept=ibis.literal(True))  # a column's value
    step = events.activity + "@" + events.service
    traces = events.group_by("journey").agg(
        event_count=events.count(), trace=step.group_concat(ARROW, order_by=events.event)
    )
    alike = traces.count().over(group_by=traces.trace)
    return traces.select(
        "journey", "event_count", is_kept=alike >= known.settings.privacy.threshold
    )


def _number(key: Value, what: str, options: LogOptions) -> StringValue:
    """Return a number that means nothing outside this log: a hash with the log's own salt."""
    text = ibis.literal(f"{options.salt}:{what}:") + key.cast("string")
    return text.hexdigest("sha256").substr(0, _KEY_LENGTH)


def _rounded(rows: Table, precision: Precision) -> TimestampValue:
    # a day is the organisation's own; an hour begins with one of UTC in every Dutch zone
    moment = rows.started_local if precision == "day" else rows.started_at
    return moment.truncate(_UNITS[precision])
