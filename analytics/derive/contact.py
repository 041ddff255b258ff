"""The wide contact: everything loaded, and everything derived, in one row per contact.

Columns and their meanings: warehouse.contact.
"""

import ibis
from ibis.expr.types import BooleanValue, Table, TimestampScalar

from analytics.derive.avoidable import with_value
from warehouse.contact import (
    CONTACT_FIELDS,
    DERIVED_FIELDS,
    GATE_FIELDS,
    IDENTIFIER_KINDS,
    UNKNOWN,
)
from warehouse.settings import Settings

_PSEUDONYMS = {f"{kind}_key" for kind in IDENTIFIER_KINDS}
COLUMNS: tuple[str, ...] = tuple(
    field.name
    for field in (*CONTACT_FIELDS, *GATE_FIELDS, *DERIVED_FIELDS)
    if field.name not in _PSEUDONYMS
)
"""Columns of `contact`, in order: all but the pseudonyms of single identifiers."""

_FALSE_WHERE_ABSENT = ("is_repeat", "is_repeat_same_channel", "is_switch", "has_follower")


def contacts(  # noqa: PLR0913, PLR0917  # the parts that the wide row is made of
    loaded: Table,
    rows: Table,
    sequence: Table,
    episode: Table,
    settings: Settings,
    knowable_from: TimestampScalar,
    knowable_until: TimestampScalar,
) -> Table:
    """Return one row per loaded row, with the columns COLUMNS.

    Args:
        loaded: `loaded_contact` with contact_key.
        rows: the interactions.
        sequence: what comes before and after, one row per contact (see by_conversation).
        episode: the episodes.
        settings: the settings.
        knowable_from: from when on a predecessor would have been seen.
        knowable_until: until when a follower would have been seen.
    """
    own = rows.select(
        "contact_key",
        "customer_number",
        "customer_id",
        "subject",
        "cost",
        "is_visit",
        is_contact=rows.is_inbound & rows.is_head,
        is_answered=rows.is_answered & rows.is_head,
        is_identified=rows.is_inbound & rows.is_head & rows.customer_number.notnull(),
        is_digital=rows.is_digital & rows.is_head,
        is_candidate=rows.is_candidate & rows.is_head,
    )
    wide = (
        loaded.join(own, "contact_key")
        .left_join(
            sequence.drop("head_key", "starts_episode"), "contact_key", rname="{name}_in_sequence"
        )
        .left_join(episode, "contact_key", rname="{name}_in_episode")
    )
    wide = wide.mutate(
        started_on=wide.started_local.date(),
        customer_type=wide.customer_type.fill_null(UNKNOWN).cast("string"),
        outcome=wide.outcome.fill_null(UNKNOWN),
        is_knowable_backwards=wide.started_at >= knowable_from,
        is_knowable_forwards=wide.started_at <= knowable_until,
        is_episode_start=wide.is_episode_start.fill_null(False),  # noqa: FBT003
        is_in_time=_in_time(wide, settings),
        is_lost=_lost(wide, settings),
        **{name: wide[name].fill_null(False) for name in _FALSE_WHERE_ABSENT},  # noqa: FBT003
    )
    return with_value(wide, settings).select(*COLUMNS)


def by_conversation(sequence: Table) -> Table:
    """Return the sequences by head: a conversation repeats where any of its questions does."""
    latest = {
        name: sequence[name].argmax(sequence.predecessor_at)
        for name in ("predecessor_channel", "predecessor_outcome")
    }
    flags = {
        name: sequence[name].cast("int64").max() > 0
        for name in (*_FALSE_WHERE_ABSENT, "starts_episode")
    }
    return (
        sequence.group_by("head_key")
        .agg(
            predecessor_at=sequence.predecessor_at.max(),
            broken_promise_at=sequence.broken_promise_at.min(),
            digital_failure_until=sequence.digital_failure_until.max(),
            case_open_until=sequence.case_open_until.max(),
            **latest,
            **flags,
        )
        .mutate(contact_key=ibis._.head_key)
    )




def _lost(wide: Table, settings: Settings) -> BooleanValue:
    """Abandoned after more than a short moment (KPI.md, abandonment_share)."""
    short = wide.wait_seconds <= settings.quality.short_abandon_seconds
    return wide.is_contact & (wide.outcome == "abandoned") & ~short.fill_null(False)  # noqa: FBT003


def _in_time(wide: Table, settings: Settings) -> BooleanValue:
    """Answered within the target (KPI.md, service_level); null where not asked or not known."""
    asked = (
        (wide.channel == "phone")
        & wide.wait_seconds.notnull()
        & (wide.is_answered | _lost(wide, settings))
    )
    in_time = wide.is_answered & (wide.wait_seconds <= settings.quality.service_level_seconds)
    return ibis.ifelse(asked, in_time, ibis.null("boolean"))
