"""Sequences: for each contact of a known customer on a known subject, what came before and after.

Definitions: KPI.md, "Repeats" and "Avoidable contacts". One pass over the interactions; windows that
look at a part of the rows (the answered ones, say) have that part as a partition.
"""

from datetime import timedelta

import ibis
from ibis.expr.types import Table, TimestampValue

from analytics.derive.interactions import window
from warehouse.settings import Settings


def sequences(rows: Table, settings: Settings) -> Table:
    """Return, per row that takes part in matching, what precedes and follows it.

    Columns: contact_key, head_key, predecessor_at/_channel/_outcome (the latest within W),
    is_repeat, is_repeat_same_channel, is_switch, has_follower, gap_starts_episode, and for the
    rules on avoidable contacts broken_promise_at, digital_failure_until, case_open_until.
    """
    matter = rows.filter(
        rows.is_question
        & rows.customer_number.notnull()
        & rows.subject.notnull()
        & (rows.is_inbound | rows.is_visit)
    )
    matter = matter.mutate(**_deadlines(matter, settings))
    order = [matter.started_at, matter.contact_id, matter.source]
    same = [matter.customer_number, matter.subject]
    answered = ibis.window(group_by=[*same, matter.is_answered], order_by=order)
    on_channel = ibis.window(
        group_by=[*same, matter.is_answered, matter.channel], order_by=order
    )
    candidate = ibis.window(group_by=[*same, matter.is_candidate], order_by=order)
    contact = ibis.window(group_by=[*same, matter.is_inbound], order_by=order)
    before = ibis.window(group_by=same, order_by=order, preceding=(None, 1))
    seen = matter.mutate(
        previous_at=matter.started_at.lag().over(answered),
        previous_channel=matter.channel.lag().over(answered),
        previous_outcome=matter.outcome.lag().over(answered),
        previous_on_channel_at=matter.started_at.lag().over(on_channel),
        next_at=matter.started_at.lead().over(candidate),
        previous_contact_at=matter.started_at.lag().over(contact),
        broken_promise_at=matter.broken_from.min().over(before),
        digital_failure_until=matter.failing_until.max().over(before),
        case_open_until=matter.open_until.max().over(before),
    )
    return _within_window(seen, settings)


def _within_window(seen: Table, settings: Settings) -> Table:
    """Keep of what came before and after only what lies within W."""
    w = window(settings)
    near = seen.is_answered & (seen.previous_at >= seen.started_at - w).fill_null(False)  # noqa: FBT003
    near_on_channel = (seen.previous_on_channel_at >= seen.started_at - w).fill_null(False)  # noqa: FBT003
    is_repeat = seen.is_candidate & near
    return seen.select(
        "contact_key",
        "head_key",
        "broken_promise_at",
        "digital_failure_until",
        "case_open_until",
        predecessor_at=ibis.ifelse(is_repeat, seen.previous_at, ibis.null("timestamp")),
        predecessor_channel=ibis.ifelse(is_repeat, seen.previous_channel, ibis.null("string")),
        predecessor_outcome=ibis.ifelse(is_repeat, seen.previous_outcome, ibis.null("string")),
        is_repeat=is_repeat,
        is_repeat_same_channel=seen.is_candidate & near_on_channel,
        is_switch=is_repeat & (seen.previous_channel != seen.channel),
        has_follower=seen.is_candidate
        & (seen.next_at - w <= seen.started_at).fill_null(False),  # noqa: FBT003
        starts_episode=seen.is_inbound
        & ~(seen.previous_contact_at >= seen.started_at - w).fill_null(False),  # noqa: FBT003
    )


def _deadlines(matter: Table, settings: Settings) -> dict[str, TimestampValue]:
    """Return, per row, from or until when it makes a later contact avoidable."""
    none = ibis.null("timestamp")
    is_broken = matter.is_inbound & (
        matter.callback_done_at.isnull() | (matter.callback_done_at > matter.callback_due_at)
    )
    fails = matter.is_visit | ((matter.channel == "web_form") & (matter.outcome == "abandoned"))
    minutes = ibis.literal(timedelta(minutes=settings.avoidable.digital_failure_minutes))
    promised = matter.started_at + _term(matter, settings)
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


def _term(matter: Table, settings: Settings) -> ibis.expr.types.IntervalValue:
    """Return the term that the service promises."""
    usual = ibis.literal(timedelta(days=settings.avoidable.term_days))
    if not settings.avoidable.term_days_by_service or settings.repeat.subject != "service":
        return usual
    return ibis.cases(
        *(
            (matter.subject == service, ibis.literal(timedelta(days=days)))
            for service, days in settings.avoidable.term_days_by_service.items()
        ),
        else_=usual,
    )
