"""Episodes: maximal chains of a customer's contacts on one subject with gaps of at most W (KPI.md).

All inbound contacts of a known customer take part, abandoned and planned ones too. A contact on an
unknown subject matches nothing: it is an episode of its own.
"""

import ibis
from ibis.expr.types import Table, TimestampScalar


def episodes(rows: Table, sequence: Table, knowable_until: TimestampScalar) -> Table:
    """Return one row per contact in an episode: contact_key, episode_key, and on its first contact
    is_episode_start, episode_contact_count, episode_cost (euros), has_episode_ended.

    Args:
        rows: the interactions.
        sequence: what comes before and after.
        knowable_until: an episode whose last contact starts later may go on.
    """
    members = rows.filter(rows.is_inbound & rows.is_question & rows.customer_number.notnull())
    starts = sequence.select("contact_key", "starts_episode")
    members = members.left_join(starts, "contact_key").mutate(
        starts_episode=ibis._.starts_episode.fill_null(True)  # noqa: FBT003
    )
    chain = ibis.window(
        group_by=[members.customer_number, members.subject],
        order_by=[members.started_at, members.contact_id, members.source],
        preceding=None,
        following=0,
    )
    numbered = members.select(
        "contact_key",
        "customer_number",
        "started_at",
        "cost",
        "starts_episode",
        subject=members.subject.fill_null(""),
        # contacts on an unknown subject share no chain: each stands alone
        alone=ibis.ifelse(members.subject.isnull(), members.contact_key, -1),
        number=members.starts_episode.cast("int64").sum().over(chain),
    )
    whole = numbered.group_by("customer_number", "subject", "alone", "number").agg(
        episode_key=ibis.ifelse(
            numbered.starts_episode, numbered.contact_key, ibis.null("int64")
        ).max(),
        contacts=numbered.count(),
        euros=numbered.cost.sum(),
        has_ended=numbered.started_at.max() <= knowable_until,
    )
    joined = numbered.join(whole, ["customer_number", "subject", "alone", "number"])
    none = {"count": ibis.null("int64"), "cost": ibis.null("float64"), "ended": ibis.null("boolean")}
    first = joined.starts_episode
    return joined.select(
        "contact_key",
        "episode_key",
        is_episode_start=first,
        episode_contact_count=ibis.ifelse(first, joined.contacts, none["count"]),
        episode_cost=ibis.ifelse(first, joined.euros, none["cost"]),
        has_episode_ended=ibis.ifelse(first, joined.has_ended, none["ended"]),
    )
