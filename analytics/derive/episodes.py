"""Episodes: maximal chains of a customer's contacts on one subject with gaps of at most W.

Definitions: docs/metrics.md, "Repeats". All inbound contacts of a known customer take part,
abandoned and planned ones too. A contact on an unknown subject matches nothing: it is an episode of
its own.
"""

import ibis
from ibis.expr.types import Table, TimestampScalar

from analytics.derive.journeys import MOST_STEPS, path_of
from analytics.derive.moments import seconds

_OF_MATTERS = (
    "matter",
    "place",
    "started_at",
    "cost",
    "channel",
    "is_resolved",
    "is_inbound",
    "starts_episode",
)


def with_episodes(sequence: Table, knowable_until: TimestampScalar) -> Table:
    """Add to each row of a matter its episode.

    Adds episode_key, and on the episode's first contact is_episode_start, episode_contact_count,
    episode_cost (euros), has_episode_ended, episode_path, is_episode_resolved (its last one was;
    null where that is unknown) and episode_seconds (from the first start to the last). Visits
    belong to no episode.

    Args:
        sequence: what comes before and after, by matter.
        knowable_until: an episode whose last contact starts later may go on.
    """
    chain = ibis.window(
        group_by=[sequence.matter, sequence.is_inbound],
        order_by=sequence.place,
        preceding=None,
        following=0,
    )
    order = ibis.window(group_by=[sequence.matter, sequence.is_inbound], order_by=sequence.place)
    further = {f"step_{n}": sequence.channel.lead(n).over(order) for n in range(1, MOST_STEPS)}
    numbered = sequence.mutate(
        number=sequence.starts_episode.cast("int64").sum().over(chain), **further
    )
    members = numbered.filter(numbered.is_inbound)
    whole = members.group_by("matter", "number").agg(
        episode_key=ibis.ifelse(
            members.starts_episode, members.contact_key, ibis.null("int64")
        ).max(),
        contact_count=members.count(),
        euros=members.cost.sum(),
        has_ended=members.started_at.max() <= knowable_until,
        last_at=members.started_at.max(),
        resolved=ibis.ifelse(
            members.next_channel.isnull(), members.is_resolved, ibis.null("int8")
        ).max(),
    )
    joined = numbered.left_join(whole, ["matter", "number"])
    first = joined.starts_episode
    return joined.select(
        *(name for name in sequence.columns if name not in _OF_MATTERS),
        episode_key=ibis.ifelse(joined.is_inbound, joined.episode_key, ibis.null("int64")),
        is_episode_start=first,
        episode_contact_count=ibis.ifelse(first, joined.contact_count, ibis.null("int64")),
        episode_cost=ibis.ifelse(first, joined.euros, ibis.null("float64")),
        has_episode_ended=ibis.ifelse(first, joined.has_ended, ibis.null("boolean")),
        episode_path=ibis.ifelse(
            first,
            path_of(joined, [joined[name] for name in further], joined.contact_count),
            ibis.null("string"),
        ),
        is_episode_resolved=ibis.ifelse(first, joined.resolved == 1, ibis.null("boolean")),
        episode_seconds=ibis.ifelse(
            first,
            (seconds(joined.last_at) - seconds(joined.started_at)).cast("float64"),
            ibis.null("float64"),
        ),
    )
