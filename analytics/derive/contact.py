"""The wide contact: everything loaded, and everything derived, in one row per contact.

Columns and their meanings: warehouse.contact.
"""

from dataclasses import dataclass
from datetime import datetime

import ibis
from ibis.expr.types import BooleanValue, Table

from analytics.derive.avoidable import with_value
from analytics.derive.interactions import digital_channels
from analytics.derive.journeys import ASSISTED, OF_JOURNEYS, is_dropped_off, is_resolved
from analytics.derive.service import Told, with_service
from warehouse.contact import (
    ATTRIBUTE_KINDS,
    CONTACT_FIELDS,
    DERIVED_FIELDS,
    GATE_FIELDS,
    IDENTIFIER_KINDS,
    KEY_FIELD,
    STAFF_KINDS,
)
from warehouse.settings import Settings

_PSEUDONYMS = {f"{kind}_key" for kind in (*IDENTIFIER_KINDS, *STAFF_KINDS, *ATTRIBUTE_KINDS)}
COLUMNS: tuple[str, ...] = tuple(
    field.name
    for field in (*CONTACT_FIELDS, *GATE_FIELDS, KEY_FIELD, *DERIVED_FIELDS)
    if field.name not in _PSEUDONYMS
)
"""Columns of `contact`, in order: all but the pseudonyms of single identifiers."""

_TYPES = {
    field.name: field.type for field in (*CONTACT_FIELDS, *GATE_FIELDS, KEY_FIELD, *DERIVED_FIELDS)
}


def contact_table(name: str) -> Table:
    """Return a table of that name with the columns of `contact`, bound to no engine."""
    return ibis.table({column: _TYPES[column] for column in COLUMNS}, name=name)


_FLAGS = ("is_repeat", "is_repeat_same_channel", "has_follower")
_OF_PREDECESSOR = ("predecessor_at", "predecessor_channel", "predecessor_outcome")


@dataclass(frozen=True)
class Known:
    """What the rows of one contact do not tell by themselves.

    Attributes:
        knowable: from and until when a predecessor or follower would have been seen; None where
            there is no contact at all.
        last_at: start of the last contact, in UTC; None likewise.
        told: which sources tell when they answered.
        days: the calendar of all days with a contact (`service.calendar`).
    """

    knowable: tuple[datetime, datetime] | None
    last_at: datetime | None
    told: Told
    days: Table


def contacts(rows: Table, sequence: Table, settings: Settings, whole: Known) -> Table:
    """Return one row per loaded row, with the columns COLUMNS.

    Args:
        rows: the interactions.
        sequence: what comes before and after, with episodes; rows that are not in it stand alone.
        settings: the settings.
        whole: what is known of all contacts together.
    """
    joined = rows.left_join(sequence, "contact_key", rname="{name}_in_sequence")
    known = joined.customer_number.notnull()
    alone = joined.is_inbound & joined.is_question & known & joined.episode_key.isnull()
    candidate = joined.is_candidate & joined.is_head
    # a conversation's question can repeat where its head is planned, say: then nothing repeats
    flags = {name: candidate & joined[name].fill_null(False) for name in _FLAGS}
    start, end = whole.knowable or (None, None)
    digital = digital_channels(settings)
    wide = joined.mutate(
        started_on=joined.started_local.date(),
        conversation_key=joined.head_key,
        is_contact=joined.is_inbound & joined.is_head,
        is_answered=joined.is_answered & joined.is_head,
        is_identified=joined.is_inbound & joined.is_head & known,
        is_digital=joined.is_inbound & joined.is_head & joined.channel.isin(digital),
        is_candidate=candidate,
        is_knowable_backwards=_holds(joined.started_at >= ibis.literal(start, "timestamp")),
        is_knowable_forwards=_holds(joined.started_at <= ibis.literal(end, "timestamp")),
        episode_key=ibis.ifelse(alone, joined.contact_key, joined.episode_key),
        is_episode_start=alone | joined.is_episode_start.fill_null(False),
        episode_contact_count=ibis.ifelse(alone, 1, joined.episode_contact_count),
        episode_cost=ibis.ifelse(alone, joined.cost, joined.episode_cost),
        has_episode_ended=ibis.ifelse(
            alone,
            joined.started_at <= ibis.literal(end, "timestamp"),
            joined.has_episode_ended,
        ),
        episode_path=ibis.ifelse(alone, joined.channel, joined.episode_path),
        is_episode_resolved=ibis.ifelse(alone, is_resolved(joined), joined.is_episode_resolved),
        episode_seconds=ibis.ifelse(alone, 0.0, joined.episode_seconds),
        is_dropped_off=is_dropped_off(joined, known, settings),
        is_switch=flags["is_repeat"] & (joined.predecessor_channel != joined.channel),
        is_to_assisted=flags["is_repeat"]
        & joined.channel.isin(ASSISTED)
        & _holds(joined.predecessor_channel.isin(digital)),
        **{
            name: ibis.ifelse(flags["is_repeat"], joined[name], ibis.null(joined[name].type()))
            for name in _OF_PREDECESSOR
        },
        **flags,
    )
    wide = wide.mutate(is_in_time=_in_time(wide, settings), is_lost=_lost(wide, settings))
    wide = with_service(wide, whole.days, settings, whole.last_at, whole.told)
    return with_value(wide, settings).select(*COLUMNS)


def _holds(condition: BooleanValue) -> BooleanValue:
    return condition.fill_null(False)


def by_conversation(sequence: Table) -> Table:
    """Return the sequences with each head repeating where any of its questions does.

    Episodes stay with the questions: a conversation on two subjects belongs to an episode of each.
    """
    flags = {name: sequence[name].cast("int64").max() > 0 for name in _FLAGS}
    heads = sequence.group_by("head_key").agg(
        broken_promise_at=sequence.broken_promise_at.min(),
        digital_failure_until=sequence.digital_failure_until.max(),
        case_open_until=sequence.case_open_until.max(),
        **flags,
    )
    heads = heads.left_join(_latest_predecessors(sequence), "head_key").drop("head_key_right")
    of_episodes = [name for name in sequence.columns if "episode" in name]
    own = sequence.select("contact_key", *of_episodes, *OF_JOURNEYS)
    both = heads.mutate(contact_key=heads.head_key).outer_join(own, "contact_key")
    return both.mutate(contact_key=ibis.coalesce(both.contact_key, both.contact_key_right)).drop(
        "contact_key_right"
    )


def _latest_predecessors(sequence: Table) -> Table:
    """Return per head the latest predecessor of any question; at one moment, the first channel."""
    repeats = sequence.filter(sequence.is_repeat)
    rank = ibis.row_number().over(
        group_by=repeats.head_key,
        order_by=[
            repeats.predecessor_at.desc(),
            repeats.predecessor_channel,
            repeats.predecessor_outcome,
        ],
    )
    ranked = repeats.select("head_key", *_OF_PREDECESSOR, rank=rank)
    return ranked.filter(ranked["rank"] == 0).drop("rank")


def _lost(wide: Table, settings: Settings) -> BooleanValue:
    """Abandoned after more than a short moment (docs/metrics.md, abandonment_share)."""
    short = wide.wait_seconds <= settings.quality.short_abandon_seconds
    return wide.is_contact & (wide.outcome == "abandoned") & ~short.fill_null(False)


def _in_time(wide: Table, settings: Settings) -> BooleanValue:
    """Answered within the target (service_level); null where that is not asked or not known."""
    asked = (
        (wide.channel == "phone")
        & wide.wait_seconds.notnull()
        & (wide.is_answered | _lost(wide, settings))
    )
    in_time = wide.is_answered & (wide.wait_seconds <= settings.quality.service_level_seconds)
    return ibis.ifelse(asked, in_time, ibis.null("boolean"))
