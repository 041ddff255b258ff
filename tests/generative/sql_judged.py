"""Each contact of the crowd judged in SQL written by hand: repeats, episodes, terms, opening hours.

Everything comes from what was loaded; of the derivations only the customer and the avoidable
category are taken over, which are held against a reference of their own. Without conversations.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import holidays

_CLOSED = frozenset({*holidays.country_holidays("NL", years=range(2022, 2027)), date(2025, 2, 3)})
"""The days on which everything is closed: those of the crowd's settings too."""
_TERMS = {"email": 2, "post": 5}
"""Working days of the crowd's settings; its forms have a term too, but never tell their answer."""

_JUDGED = """
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
        earlier.started_at as earlier_at,
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
        source || contact_id in (
            select later_id from pairs
            where rank = 1 and later_channel in ('phone', 'counter')
                and earlier_channel in ('web_form', 'email', 'chat')
        ) as to_assisted,
        epoch(started_at) - epoch(latest.earlier_at) as gap,
        (callback_due_at + (started_local - started_at))::date as due_on,
        isodow(started_on) between 1 and 5 and started_on not in ({closed})
            and started_local::time >= time '08:00'
            and started_local::time < if(isodow(started_on) = 4, time '20:00', time '17:00')
            as phone_open,
        isodow(started_on) between 1 and 5 and started_on not in ({closed})
            and started_local::time >= time '08:30' and started_local::time < time '17:00'
            as usually_open,
        answer.due as answer_due,
        answer.due < last_at::date as answer_over,
        coalesce((ended_at + (started_local - started_at))::date <= answer.due, false) as in_term,
        source || contact_id in (select earlier_id from pairs) as followed,
        starts.starts as starts,
        starts.contacts as contacts,
        starts.euros as euros,
        starts.last_started_at <= last_at - interval 7 days as ended
    from base
    left join (select later_id, earlier_at from pairs where rank = 1) as latest
        on latest.later_id = base.source || base.contact_id
    left join (values {terms}) as answer(came_on, on_channel, due)
        on answer.came_on = started_on and answer.on_channel = base.channel
        and base.answered and base.source = 'a'
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


def judged(first: date, last: date) -> str:
    """Return a WITH clause that ends in `judged`: a row per contact, with what is so of it.

    Args:
        first: the first day on which a contact was made; terms are worked out from here on.
        last: the last one.
    """
    closed = ", ".join(f"date '{day}'" for day in sorted(_CLOSED))
    return _JUDGED.format(closed=closed, terms=_terms(first, last))


def each_day(first: date, last: date) -> Iterator[date]:
    """Yield the days from the first to the last."""
    while first <= last:
        yield first
        first += timedelta(days=1)


def _terms(first: date, last: date) -> str:
    """Return the last day of every term that begins on these days, by walking on from each."""
    found = []
    for came in each_day(first, last):
        for channel, term in _TERMS.items():
            day, left = came, term
            while left:
                day += timedelta(days=1)
                left -= day.weekday() < 5 and day not in _CLOSED
            found.append(f"(date '{came}', '{channel}', date '{day}')")
    return ", ".join(found)
