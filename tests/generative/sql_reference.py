"""Each metric in SQL written by hand from the page on metrics: a second way to the same figures,
over the contacts as `sql_judged` judges them.
"""

from datetime import date, timedelta

import pandas as pd

from analytics.periods import period_of, year_before
from analytics.query import Grain, Selection, Span, span
from tests import warehouses
from tests.generative.sql_judged import each_day, judged
from warehouse.store import Reader

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
        + [f"{warehouses.in_sql(key, day)} in {_list(v)}" for key, v in selection.where.items()]
    )
    period = f"date_trunc('{grain}', {day})::date" if grain else f"date '{first}'"
    groups = {name: f"by_{name}" for name in by}
    columns = "".join(
        f", {warehouses.in_sql(name, day)} as {group}" for name, group in groups.items()
    )
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
        {judged(known.first_on, known.last_on)},
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


def _of_rate(
    kind: str, first: date, last: date, where: dict[str, tuple[str, ...]], cell: dict[str, str]
) -> float:
    """Count, day by day and half hour by half hour, what a rate is over."""
    total = 0.0
    for day in each_day(first, last):
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
