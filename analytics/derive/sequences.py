"""Sequences: for each contact of a known customer on a known subject, what came before and after.

Definitions: docs/metrics.md, "Repeats" and "Avoidable contacts". A window that looks at a part of
the rows (the answered ones, say) has that part as a partition.
"""

from datetime import timedelta

import ibis
from ibis.expr.builders import LegacyWindowBuilder
from ibis.expr.types import Column, Table, TimestampValue

from analytics.derive.interactions import window
from analytics.derive.journeys import is_resolved, steps_of
from warehouse.settings import Settings

_SUBJECTS = 2**20
"""More subjects than any organisation has services or topics."""


def subjects(rows: Table) -> Table:
    """Return the subjects that occur, numbered: subject, subject_number."""
    known = rows.select("subject").distinct().filter(ibis._.subject.notnull())
    return known.mutate(subject_number=ibis.row_number().over(order_by=known.subject))


def matters(rows: Table, subject: Table, settings: Settings) -> Table:
    """Return the rows of every matter with more than one: a customer's contacts on one subject.

    Narrow, with `matter` (customer and subject as one number) and `place` (order within it: start,
    then contact_id, then source), so that the windows sort few and small rows. Who had one contact
    only has nothing before or after it.
    """
    asked = rows.filter(
        rows.is_question
        & rows.customer_number.notnull()
        & rows.subject.notnull()
        & (rows.is_inbound | rows.is_visit)
    )
    numbered = asked.join(subject, "subject").mutate(
        matter=ibis._.customer_number * _SUBJECTS + ibis._.subject_number
    )
    several = numbered.group_by("matter").agg(rows=ibis._.count()).filter(ibis._.rows > 1)
    chosen = numbered.semi_join(several, "matter")
    order = [chosen.started_at, chosen.contact_id, chosen.source]
    return chosen.select(
        "contact_key",
        "head_key",
        "matter",
        "channel",
        "outcome",
        "started_at",
        "cost",
        "is_inbound",
        "is_answered",
        "is_candidate",
        place=ibis.row_number().over(group_by=chosen.matter, order_by=order),
        **_deadlines(chosen, settings),
    )


def sequences(matter: Table, settings: Settings) -> Table:
    """Return, per row of a matter, what precedes and follows it.

    Columns: contact_key, head_key, matter, place, started_at, cost, is_inbound, channel,
    is_resolved,
    predecessor_at/_channel/_outcome (the latest within W), is_repeat, is_repeat_same_channel,
    has_follower, starts_episode, and for the rules on avoidable contacts
    broken_promise_at, digital_failure_until, case_open_until; and for journeys
    `journeys.OF_JOURNEYS`.
    """

    def among(*parts: Column) -> LegacyWindowBuilder:
        return ibis.window(group_by=[matter.matter, *parts], order_by=matter.place)

    answered = among(matter.is_answered)
    before = ibis.window(group_by=matter.matter, order_by=matter.place, preceding=(None, 1))
    seen = matter.mutate(
        previous_at=matter.started_at.lag().over(answered),
        previous_channel=matter.channel.lag().over(answered),
        previous_outcome=matter.outcome.lag().over(answered),
        previous_on_channel_at=matter.started_at.lag().over(
            among(matter.is_answered, matter.channel)
        ),
        next_at=matter.started_at.lead().over(among(matter.is_candidate)),
        previous_contact_at=matter.started_at.lag().over(among(matter.is_inbound)),
        next_contact_at=matter.started_at.lead().over(among(matter.is_inbound)),
        next_contact_channel=matter.channel.lead().over(among(matter.is_inbound)),
        next_row_at=matter.started_at.lead().over(among()),
        next_row_channel=matter.channel.lead().over(among()),
        broken_promise_at=matter.broken_from.min().over(before),
        digital_failure_until=matter.failing_until.max().over(before),
        case_open_until=matter.open_until.max().over(before),
    )
    return _within_window(seen, settings)


def _within_window(seen: Table, settings: Settings) -> Table:
    """Keep of what came before and after only what lies within W."""
    w = window(settings)
    near = seen.is_answered & (seen.previous_at >= seen.started_at - w).fill_null(False)
    near_on_channel = (seen.previous_on_channel_at >= seen.started_at - w).fill_null(False)
    is_repeat = seen.is_candidate & near
    return seen.select(
        "contact_key",
        "head_key",
        "matter",
        "place",
        "started_at",
        "cost",
        "channel",
        "is_inbound",
        "broken_promise_at",
        "digital_failure_until",
        "case_open_until",
        predecessor_at=ibis.ifelse(is_repeat, seen.previous_at, ibis.null("timestamp")),
        predecessor_channel=ibis.ifelse(is_repeat, seen.previous_channel, ibis.null("string")),
        predecessor_outcome=ibis.ifelse(is_repeat, seen.previous_outcome, ibis.null("string")),
        is_repeat=is_repeat,
        is_repeat_same_channel=seen.is_candidate & near_on_channel,
        has_follower=seen.is_candidate & (seen.next_at - w <= seen.started_at).fill_null(False),
        starts_episode=seen.is_inbound
        & ~(seen.previous_contact_at >= seen.started_at - w).fill_null(False),
        is_resolved=is_resolved(seen).cast("int8"),
        **steps_of(seen, settings),
    )


def _deadlines(matter: Table, settings: Settings) -> dict[str, TimestampValue]:
    """Return, per row, from or until when it makes a later contact avoidable."""
    none = ibis.null("timestamp")
    is_broken = matter.is_inbound & (
        matter.callback_done_at.isnull() | (matter.callback_done_at > matter.callback_due_at)
    )
    fails = matter.is_visit | ((matter.channel == "web_form") & (matter.outcome == "abandoned"))
    minutes = ibis.literal(timedelta(minutes=settings.avoidable.digital_failure_minutes))
    promised = matter.started_at + term(matter, settings)
    until = ibis.cases(
        (matter.outcome == "case_opened", promised),
        (
            matter.outcome == "callback",
            ibis.least(promised, matter.callback_due_at.fill_null(promised)),
        ),
        else_=none,
    )
    return {
        "broken_from": ibis.ifelse(is_broken, matter.callback_due_at, none),
        "failing_until": ibis.ifelse(fails, matter.started_at + minutes, none),
        "open_until": ibis.ifelse(matter.is_answered, until, none),
    }


def term(rows: Table, settings: Settings) -> ibis.expr.types.IntervalValue:
    """Return the term that each row's service promises."""
    usual = ibis.literal(timedelta(days=settings.avoidable.term_days))
    if not settings.avoidable.term_days_by_service:
        return usual
    return ibis.cases(
        *(
            (rows.service == service, ibis.literal(timedelta(days=days)))
            for service, days in settings.avoidable.term_days_by_service.items()
        ),
        else_=usual,
    )
