"""Each metric in SQL written by hand from the page on metrics: a second way to the same figures.

Everything comes from what was loaded; of the derivations only the customer and the avoidable
category are taken over, which are held against a reference of their own. Without conversations.
"""

import pandas as pd

from analytics.query import Grain, Selection, span
from tests import warehouses
from warehouse.store import Reader

JUDGED = """
with base as (
    select
        *,
        initiative = 'inbound' and channel <> 'web_visit' as inbound,
        inbound and outcome <> 'abandoned' as answered,
        answered and customer_id is not null and not coalesce(planned, false) as candidate,
        (select min(started_at) from contact where channel <> 'web_visit') as first_at,
        (select max(started_at) from contact where channel <> 'web_visit') as last_at
    from contact
),

pairs as (  -- each candidate with each of its predecessors
    select
        later.source || later.contact_id as later_id,
        earlier.source || earlier.contact_id as earlier_id,
        later.channel as later_channel,
        earlier.channel as earlier_channel,
        row_number() over (
            partition by later.source, later.contact_id
            order by earlier.started_at desc, earlier.contact_id desc, earlier.source desc
        ) as rank
    from base as later
    inner join base as earlier
        on later.customer_id = earlier.customer_id
        and later.service = earlier.service
        and later.candidate
        and earlier.answered
        and (earlier.started_at, earlier.contact_id, earlier.source)
            < (later.started_at, later.contact_id, later.source)
        and later.started_at - earlier.started_at <= interval 7 days
),

gaps as (
    select
        source || contact_id as id,
        coalesce(
            started_at - lag(started_at) over matter <= interval 7 days and service is not null,
            false
        ) as continues
    from base
    where inbound and customer_id is not null
    window matter as (
        partition by customer_id, service order by started_at, contact_id, source
    )
),

chained as (
    select
        id,
        not continues as starts,
        sum(if(continues, 0, 1)) over (
            partition by customer_id, service order by started_at, contact_id, source
        ) as chain,
        customer_id,
        service,
        started_at,
        cost
    from gaps
    inner join base on id = source || contact_id
),

episode as (
    select
        customer_id,
        service,
        chain,
        count(*) as contacts,
        sum(cost) as cost,
        max(started_at) as last_started_at
    from chained
    group by all
),

judged as (
    select
        base.*,
        started_at >= first_at + interval 7 days as known_back,
        started_at <= last_at - interval 7 days as known_forth,
        source || contact_id in (select later_id from pairs) as repeat,
        source || contact_id in (
            select later_id from pairs where later_channel = earlier_channel
        ) as repeat_same,
        source || contact_id in (
            select later_id from pairs where rank = 1 and later_channel <> earlier_channel
        ) as switched,
        source || contact_id in (select earlier_id from pairs) as followed,
        starts.starts as starts,
        starts.contacts as contacts,
        starts.euros as euros,
        starts.last_started_at <= last_at - interval 7 days as ended
    from base
    left join (
        select chained.id, chained.starts, episode.contacts, episode.cost as euros,
            episode.last_started_at
        from chained
        inner join episode
            on chained.customer_id = episode.customer_id
            and chained.service is not distinct from episode.service
            and chained.chain = episode.chain
        where chained.starts
    ) as starts on starts.id = base.source || base.contact_id
)
"""

_LOST = "inbound and outcome = 'abandoned' and coalesce(wait_seconds, 6) > 5"
_TIMED = f"channel = 'phone' and wait_seconds is not null and (answered or ({_LOST}))"
_FIRST = "candidate and not repeat and known_back and known_forth"
_KNOWN = "inbound and (avoidable_category is not null or reason = 'R2')"


def _count(where: str) -> str:
    return f"count(*) filter (where {where})"


def _sum(what: str, where: str) -> str:
    return f"coalesce(sum({what}) filter (where {where}), 0)"


def _quantile(share: float) -> tuple[str, str, str]:
    waited = "where answered and wait_seconds is not null"
    return (
        f"quantile_cont(wait_seconds, {share}) filter ({waited})",
        "null",
        f"count(*) filter ({waited})",
    )


# metric: value, numerator, denominator
REFERENCE: dict[str, tuple[str, str, str]] = {
    "contacts": (_count("inbound"), _count("inbound"), "null"),
    "visits": (_count("channel = 'web_visit'"), _count("channel = 'web_visit'"), "null"),
    "customers": ("count(distinct customer_id) filter (where inbound)",) * 2 + ("null",),
    "episodes": (_count("starts"), _count("starts"), "null"),
    "avoidable_cost": (_sum("cost", "avoidable_category is not null"),) * 2 + ("null",),
    "total_cost": (_sum("cost", "inbound"), _sum("cost", "inbound"), "null"),
    "median_wait": _quantile(0.5),
    "p90_wait": _quantile(0.9),
    **{
        metric: (f"({top}) / nullif({bottom}, 0)", top, bottom)
        for metric, (top, bottom) in {
            "digital_share": (
                _count("inbound and channel in ('web_form', 'email', 'chat')"),
                _count("inbound"),
            ),
            "identified_share": (
                _count("inbound and customer_id is not null"),
                _count("inbound"),
            ),
            "repeat_share": (
                _count("repeat and known_back"),
                _count("candidate and known_back"),
            ),
            "repeat_share_same_channel": (
                _count("repeat_same and known_back"),
                _count("candidate and known_back"),
            ),
            "first_contact_resolution": (_count(f"{_FIRST} and not followed"), _count(_FIRST)),
            "contacts_per_episode": (_sum("contacts", "ended"), _count("ended")),
            "switch_share": (
                _count("switched and known_back"),
                _count("repeat and known_back"),
            ),
            "avoidable_share": (
                _count("avoidable_category is not null"),
                _count(_KNOWN),
            ),
            "avoidable_detected_share": (_count("avoidable_basis = 'rule'"), _count("inbound")),
            "avoidable_model_share": (_count("avoidable_basis = 'model'"), _count("inbound")),
            "avoidable_known_share": (_count(_KNOWN), _count("inbound")),
            "mean_wait": (
                _sum("wait_seconds", "answered"),
                _count("answered and wait_seconds is not null"),
            ),
            "mean_handle": (
                _sum("handle_seconds", "answered"),
                _count("answered and handle_seconds is not null"),
            ),
            "service_level": (
                _count("channel = 'phone' and answered and wait_seconds <= 30"),
                _count(_TIMED),
            ),
            "abandonment_share": (_count(_LOST), _count(f"answered or ({_LOST})")),
            "transfer_share": (_count("answered and outcome = 'forwarded'"), _count("answered")),
            "cost_per_contact": (_sum("cost", "inbound"), _count("inbound")),
            "cost_per_episode": (_sum("euros", "ended"), _count("ended")),
        }.items()
    },
    "channel_share": ("share", _count("inbound"), "channel"),
    "avoidable_by_category": (
        "share",
        _count("avoidable_category is not null"),
        "avoidable_category",
    ),
}


def answer(
    reader: Reader, metric: str, by: list[str], grain: Grain | None, selection: Selection
) -> pd.DataFrame:
    """Return the metric's period, groups, value, numerator and denominator."""
    known = span(reader)
    first, last = selection.start or known.first_on, selection.end or known.last_on
    where = " and ".join(
        [f"started_on between '{first}' and '{last}'"]
        + [f"coalesce({key}, 'unknown') in {_list(v)}" for key, v in selection.where.items()]
    )
    period = f"date_trunc('{grain}', started_on)::date" if grain else f"date '{first}'"
    groups = {name: f"by_{name}" for name in by}
    columns = "".join(f", coalesce({name}, 'unknown') as {group}" for name, group in groups.items())
    value, numerator, denominator = REFERENCE[metric]
    if value == "share":
        others = ["period", *(group for name, group in groups.items() if name != denominator)]
        denominator = f"sum({numerator}) over (partition by {', '.join(others)})"
        value = f"({numerator}) / nullif({denominator}, 0)"
    keys = ", ".join(["period", *groups.values()])
    frame = warehouses.frame(
        reader,
        f"""
        {JUDGED},
        chosen as (select *, {period} as period{columns} from judged where {where})
        select {keys}, {value} as value, {numerator} as numerator, {denominator} as denominator
        from chosen
        group by {keys}
        """,
    )
    frame["period"] = [moment.date() for moment in pd.to_datetime(frame["period"])]
    frame = frame.rename(columns={group: name for name, group in groups.items()})
    return frame.astype(dict.fromkeys(["value", "numerator", "denominator"], "float64"))


def _list(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"
