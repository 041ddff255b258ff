"""Each metric in SQL written by hand from the page on metrics: a second way to the same figures.

Everything comes from what was loaded; of the derivations only the customer and the avoidable
category are taken over, which are held against a reference of their own. Without conversations.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import holidays
import pandas as pd

from analytics.periods import period_of, year_before
from analytics.query import Grain, Selection, Span, span
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

_LOST = "inbound and outcome = 'abandoned' and coalesce(wait_seconds, 6) > 5"
_TIMED = f"channel = 'phone' and wait_seconds is not null and (answered or ({_LOST}))"
_FIRST = "candidate and not repeat and known_back and known_forth"
_KNOWN = "inbound and (avoidable_category is not null or reason = 'R2')"


def _count(where: str) -> str:
    return f"count(*) filter (where {where})"


def _sum(what: str, where: str) -> str:
    return f"coalesce(sum({what}) filter (where {where}), 0)"


def _quantile(share: float, of: str, where: str) -> tuple[str, str, str]:
    return (
        f"quantile_cont({of}, {share}) filter (where {where})",
        "null",
        f"count(*) filter (where {where})",
    )


_WAITED = "answered and wait_seconds is not null"
_MEAN = "avg(handle_seconds) filter (where answered)"
_CLOSED = (
    "inbound and channel <> 'post' and channel <> 'web_form'"
    " and not if(channel = 'phone', phone_open, usually_open)"
)


# metric: value, numerator, denominator
REFERENCE: dict[str, tuple[str, str, str]] = {
    "contacts": (_count("inbound"), _count("inbound"), "null"),
    "visits": (_count("channel = 'web_visit'"), _count("channel = 'web_visit'"), "null"),
    "customers": ("count(distinct customer_id) filter (where inbound)",) * 2 + ("null",),
    "episodes": (_count("starts"), _count("starts"), "null"),
    "avoidable_cost": (_sum("cost", "avoidable_category is not null"),) * 2 + ("null",),
    "total_cost": (_sum("cost", "inbound"), _sum("cost", "inbound"), "null"),
    "cost_to_serve": (_sum("cost", "inbound"), _sum("cost", "inbound"), "null"),
    "median_wait": _quantile(0.5, "wait_seconds", _WAITED),
    "p90_wait": _quantile(0.9, "wait_seconds", _WAITED),
    "time_to_repeat": _quantile(0.5, "gap", "repeat and known_back"),
    "contacts_per_1000": ("years", _count("inbound"), "0::double"),
    "arrivals": ("half hours", _count("inbound"), "0::double"),
    "workload": (
        "half hours",
        f"if({_count('inbound')} = 0, 0, {_count('inbound')} * {_MEAN})",
        "0::double",
    ),
    **{
        metric: (f"({top}) / nullif({bottom}, 0)", top, bottom)
        for metric, (top, bottom) in {
            "digital_share": (
                _count("inbound and channel in ('web_form', 'email', 'chat')"),
                _count("inbound"),
            ),
            "self_service_share": (
                _count("inbound and channel = 'web_form' and outcome = 'resolved'"),
                _count("inbound"),
            ),
            "out_of_hours_share": (_count(_CLOSED), _count("inbound")),
            "contacts_per_customer": (
                _count("inbound and customer_id is not null"),
                "count(distinct customer_id) filter (where inbound)",
            ),
            "digital_to_assisted_share": (
                _count("to_assisted and known_back"),
                _count("repeat and known_back"),
            ),
            "callback_share": (
                _count("answered and callback_due_at is not null"),
                _count("answered"),
            ),
            "callback_kept_share": (
                _count("inbound and callback_done_at <= callback_due_at"),
                _count("inbound and callback_due_at is not null"),
            ),
            "on_time_share": (_count("answer_over and in_term"), _count("answer_over")),
            "mean_satisfaction": (
                _sum("satisfaction", "answered"),
                _count("answered and satisfaction is not null"),
            ),
            "satisfaction_response": (
                _count("answered and satisfaction is not null"),
                _count("answered"),
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
    "channel_shift": ("shift", "", ""),
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
    if metric == "channel_shift":
        return _shift(reader, by, grain, Selection(first, last, selection.where))
    day = "due_on" if metric == "callback_kept_share" else "started_on"
    where = " and ".join(
        [f"{day} between '{first}' and '{min(last, known.counted_until)}'"]
        + [f"{_named(key, day)} in {_list(v)}" for key, v in selection.where.items()]
    )
    period = f"date_trunc('{grain}', {day})::date" if grain else f"date '{first}'"
    groups = {name: f"by_{name}" for name in by}
    columns = "".join(f", {_named(name, day)} as {group}" for name, group in groups.items())
    kind, numerator, denominator = REFERENCE[metric]
    value = "null" if kind in {"years", "half hours"} else kind
    if value == "share":
        others = ["period", *(group for name, group in groups.items() if name != denominator)]
        denominator = f"sum({numerator}) over (partition by {', '.join(others)})"
        value = f"({numerator}) / nullif({denominator}, 0)"
    keys = ", ".join(["period", *groups.values()])
    frame = warehouses.frame(
        reader,
        f"""
        {JUDGED.format(closed=_days(_closed()), terms=_terms(known.first_on, known.last_on))},
        chosen as (select *, {period} as period{columns} from judged where {where})
        select {keys}, {value} as value, {numerator} as numerator, {denominator} as denominator
        from chosen
        group by {keys}
        """,
    )
    frame["period"] = [moment.date() for moment in pd.to_datetime(frame["period"])]
    frame = frame.rename(columns={group: name for name, group in groups.items()})
    if value == "null":
        for row in frame.index:
            begin, end = period_of(frame.at[row, "period"], grain) if grain else (first, last)
            begin, end = max(begin, first, known.first_on), min(end, last, known.last_on)
            frame.at[row, "denominator"] = _of_rate(
                kind, begin, end, selection.where, frame.loc[row, by].to_dict()
            )
        frame["value"] = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    return frame.astype(dict.fromkeys(["value", "numerator", "denominator"], "float64"))


def _named(dimension: str, day: str) -> str:
    """Return a dimension in SQL."""
    match dimension:
        case "weekday":
            return f"isodow({day})::varchar"
        case "half_hour":
            return "strftime(time_bucket(interval 30 minutes, started_local), '%H:%M')"
        case _:
            return f"coalesce({dimension}, 'unknown')"


def _of_rate(
    kind: str, first: date, last: date, where: dict[str, tuple[str, ...]], cell: dict[str, str]
) -> float:
    """Count, day by day and half hour by half hour, what a rate is over."""
    total = 0.0
    for day in _each(first, last):
        if kind == "years":
            total += 4.0 / (366 if day.year % 4 == 0 else 365)
            continue
        for number in range(48):
            own = {
                "weekday": str(day.isoweekday()),
                "half_hour": f"{number // 2:02}:{'30' if number % 2 else '00'}",
            }
            total += all(
                own[name] in where.get(name, (own[name],))
                and own[name] == cell.get(name, own[name])
                for name in own
            )
    return total


def _each(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _closed() -> set[date]:
    """Return the days on which everything is closed: those of the crowd's settings too."""
    return {*holidays.country_holidays("NL", years=range(2022, 2027)), date(2025, 2, 3)}


def _days(days: set[date]) -> str:
    return ", ".join(f"date '{day}'" for day in sorted(days))


def _terms(first: date, last: date) -> str:
    """Return the last day of every term that begins on these days, by walking on from each."""
    found = []
    for came in _each(first, last):
        for channel, term in {"email": 2, "post": 5, "web_form": 1}.items():
            day, left = came, term if channel != "web_form" else 0
            while left:
                day += timedelta(days=1)
                left -= day.weekday() < 5 and day not in _closed_days
            if term and channel != "web_form":  # forms never tell when they were answered
                found.append(f"(date '{came}', '{channel}', date '{day}')")
    return ", ".join(found)


_closed_days = _closed()


def _shift(
    reader: Reader, by: list[str], grain: Grain | None, selection: Selection
) -> pd.DataFrame:
    """Return the difference of two years' shares, cell by cell."""
    known = span(reader)
    now_days = (selection.start or known.first_on, selection.end or known.last_on)
    back = timedelta(days=364)
    if grain in {Grain.DAY, Grain.WEEK}:
        then_days = (now_days[0] - back, now_days[1] - back)
    else:
        then_days = year_before(*now_days)
    shares = [
        answer(reader, "channel_share", by, grain, Selection(*days, selection.where))
        for days in (now_days, then_days)
    ]
    cells: list[dict[tuple, tuple[float, float]]] = []
    for frame, later in zip(shares, (False, True), strict=True):
        found = {}
        for row in frame.to_dict("records"):
            period = row["period"]
            if later:
                period = now_days[0] if not grain else _later(period, grain, back)
            found[period, *(row[name] for name in by)] = (row["numerator"], row["denominator"])
        cells.append(found)
    rows = []
    for key in sorted({*cells[0], *cells[1]}):
        others = [name for name in by if name != "channel"]
        of_total = [
            {
                part[1]
                for cell, part in one.items()
                if cell[0] == key[0]
                and all(cell[1 + by.index(name)] == key[1 + by.index(name)] for name in others)
            }
            for one in cells
        ]
        top, bottom = cells[0].get(key, (0.0, max(of_total[0], default=0.0)))
        top_then, bottom_then = cells[1].get(key, (0.0, max(of_total[1], default=0.0)))
        value = None
        if bottom and bottom_then and _is_whole(key[0], grain, now_days, then_days, known, back):
            value = top / bottom - top_then / bottom_then
        rows.append({
            "period": key[0], **dict(zip(by, key[1:], strict=True)),
            "value": value, "numerator": top, "denominator": bottom,
        })  # fmt: skip
    frame = pd.DataFrame(rows, columns=["period", *by, "value", "numerator", "denominator"])
    return frame.astype(dict.fromkeys(["value", "numerator", "denominator"], "float64"))


def _later(period: date, grain: Grain, back: timedelta) -> date:
    if grain in {Grain.DAY, Grain.WEEK}:
        return period + back
    return date(period.year + 1, period.month, period.day)


def _is_whole(
    period: date,
    grain: Grain | None,
    now: tuple[date, date],
    then: tuple[date, date],
    known: Span,
    back: timedelta,
) -> bool:
    days = period_of(period, grain) if grain else now
    if not grain:
        before = then
    elif grain in {Grain.DAY, Grain.WEEK}:
        before = (days[0] - back, days[1] - back)
    else:
        before = year_before(*days)
    return (
        now[0] <= days[0]
        and days[1] <= now[1]
        and then[0] <= before[0]
        and before[1] <= then[1]
        and known.first_on <= before[0]
        and days[1] <= known.last_on
        and before[1] <= known.last_on
        and known.first_on <= days[0]
    )


def _list(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"
