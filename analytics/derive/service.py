"""Service: what began outside opening hours, and what was answered within its term.

Definitions: docs/metrics.md, `out_of_hours_share` and `on_time_share`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import holidays
import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import BooleanValue, DateValue, Table

from analytics.columns import local_day
from warehouse.contact import VISIT_CHANNEL
from warehouse.service_settings import DEFAULT, Hours, parse_hours
from warehouse.settings import Settings

type Told = frozenset[tuple[str, str]]
"""Sources, each with a channel, that tell when they answered."""

_MARGIN = timedelta(days=20)
"""More than any row of holidays and weekends, so that every term ends within the calendar."""


def answering(loaded: Table, settings: Settings) -> Told:
    """Return which sources tell for which channels when a message was answered.

    A log without that column says nothing of being late: nothing of it is counted.
    """
    asked = loaded.filter(
        loaded.channel.isin(list(settings.answer.working_days)) & loaded.ended_at.notnull()
    )
    pairs = asked.select("source", "channel").distinct().to_pyarrow().to_pylist()
    return frozenset((pair["source"], pair["channel"]) for pair in pairs)


def calendar(first: date, last: date, settings: Settings) -> pa.Table:
    """Return the days from first to last with what the rules need of them.

    Columns: day; is_closed (a public holiday of the Netherlands, or a day of the setting
    opening.closed_on); and `due_N` for every term of N working days: the last day of a term that
    begins on this day.
    """
    terms = sorted(set(settings.answer.working_days.values()))
    begin = min(first, last)
    end = last + timedelta(days=3 * max(terms, default=0)) + _MARGIN
    closed = {*holidays.country_holidays("NL", years=range(begin.year, end.year + 1))}
    closed |= set(settings.opening.closed_on)
    days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
    columns: dict[str, pa.Array] = {
        "day": pa.array(days, pa.date32()),
        "is_closed": pa.array([day in closed for day in days], pa.bool_()),
    }
    asked, shut = (np.array(those, dtype="datetime64[D]") for those in (days, sorted(closed)))
    for term in terms:
        # counted from the last working day until then: whoever writes on a Sunday, from Friday
        due = np.busday_offset(asked, term, roll="preceding", holidays=shut)
        columns[f"due_{term}"] = pa.array(due, pa.date32(), mask=due > asked[-1])
    return pa.table(columns)


def with_service(
    wide: Table,
    days: Table,
    settings: Settings,
    last_at: datetime | None,
    told: Told,
) -> Table:
    """Add is_out_of_hours, answer_due_on and is_on_time.

    Args:
        wide: contacts with all that other derivations add.
        days: `calendar`, of all days on which there is a contact.
        settings: with opening hours and terms.
        last_at: start of the last contact in the warehouse, in UTC; None where there is none.
        told: what `answering` finds in all rows.
    """
    known = wide.left_join(days, wide.started_on == days.day)
    due = _due(known, settings, told)
    is_over = due < ibis.literal(last_at.date() if last_at else None, "date")
    in_time = (local_day(known, known.ended_at) <= due).fill_null(False)
    return known.mutate(
        is_out_of_hours=known.is_contact & ~_is_open(known, settings),
        answer_due_on=due,
        is_on_time=ibis.ifelse(is_over.fill_null(False), in_time, ibis.null("boolean")),
    )


def _due(rows: Table, settings: Settings, told: Told) -> DateValue:
    """Return the last day of each answered contact's term; null where none can be held to one."""
    none = ibis.null("date")
    by_channel = {
        channel: sorted(source for source, tells in told if tells == channel)
        for channel in sorted(settings.answer.working_days)
    }
    terms = [
        (
            rows.is_answered & (rows.channel == channel) & rows.source.isin(sources),
            rows[f"due_{settings.answer.working_days[channel]}"],
        )
        for channel, sources in by_channel.items()
        if sources
    ]
    return ibis.cases(*terms, else_=none) if terms else none


def _is_open(rows: Table, settings: Settings) -> BooleanValue:
    """Tell whether a row begins within the opening hours of its channel."""
    by_hours: dict[str, list[str]] = {}
    for channel in sorted(settings.opening.channels - {VISIT_CHANNEL}):
        by_hours.setdefault(settings.opening.of(channel), []).append(channel)
    usual = settings.opening.of(DEFAULT)
    return ibis.cases(
        *(
            (rows.channel.isin(channels), _within(rows, parse_hours(text)))
            for text, channels in by_hours.items()
            if text != usual
        ),
        (ibis.literal(True), _within(rows, parse_hours(usual))),
        else_=ibis.literal(True),
    )


def _within(rows: Table, hours: Sequence[Hours] | None) -> BooleanValue:
    if hours is None:
        return ibis.literal(True)
    day = rows.started_local.day_of_week.index()
    minute = rows.started_local.hour().cast("int32") * 60 + rows.started_local.minute()
    opened = ibis.or_(
        *(
            day.between(min(part.days), max(part.days))
            & (minute >= part.opens)
            & (minute < part.closes)
            for part in hours
        )
    )
    return opened & ~rows.is_closed.fill_null(False)
