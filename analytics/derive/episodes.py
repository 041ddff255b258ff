"""Episodes: maximal chains of a customer's contacts on one subject with gaps of at most W.

Definitions: docs/metrics.md, "Repeats". All inbound contacts of a known customer take part,
abandoned and planned ones too. A contact on an unknown subject matches nothing: it is an episode of
its own.
"""

import ibis
from ibis.expr.types import Table, TimestampScalar

_OF_MATTERS = ("matter", "place", "started_at", "cost", "is_inbound", "starts_episode")


def with_episodes(sequence: Table, knowable_until: TimestampScalar) -> Table:
    """Add to each row of a matter its episode.

    Adds episode_key, and on the episode's first contact is_episode_start, episode_contact_count,
    episode_cost (euros) and has_episode_ended. Visits belong to no episode.

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
    numbered = sequence.mutate(number=sequence.starts_episode.cast("int64").sum().over(chain))
    members = numbered.filter(numbered.is_inbound)
    whole = members.group_by("matter", "number").agg(
        episode_key=ibis.ifelse(
            members.starts_episode, members.contact_key, ibis.null("int64")
        ).max(),
        contact_count=members.count(),
        euros=members.cost.sum(),
        has_ended=members.started_at.max() <= knowable_until,
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
    )
