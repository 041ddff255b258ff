"""The staff that the coming weeks ask for, half hour by half hour, and what changes that."""

from dataclasses import replace

import pandas as pd
from dash import html

from analytics.kept_frames import Frames
from analytics.metrics import Unit
from analytics.planning.staffing import Wish, hours, mondays, staffed_channels, staffing, wish_of
from dashboard.blocks import Block, Column, Table
from dashboard.components.links import switch
from dashboard.context import Context
from dashboard.figures.common import each
from dashboard.figures.forecast import clock, week_map
from dashboard.numbers import count_text, day_text, decimal_text, seconds_text, share_text
from dashboard.planning_view import changed
from warehouse.settings import Settings

_LEVELS = (70, 80, 90, 95)
_HANDLING = (80, 90, 100, 110, 120)
_SHRINKAGE = (20, 25, 30, 35, 40)


def staff_block(found: Frames, settings: Settings, context: Context, path: str) -> list[Block]:
    """Return the block of staff with its what-if; none where no channel with staff is known."""
    channels, weeks = staffed_channels(found), mondays(found)
    if not channels or not weeks:
        return []
    chosen = dict(context.view.planning)
    channel = chosen.get("staff", "")
    channel = channel if channel in channels else channels[0]
    number = min(int(chosen.get("week", 0)), len(weeks) - 1)
    asked = wish_of(settings, found["habits"], channel)
    wish = _changed(asked, chosen)
    rows = staffing(found, channel, weeks[number], wish)
    texts = context.texts
    title = texts(
        "planning.staff",
        channel=context.label("channel", channel),
        week=day_text(weeks[number].date(), context.language),
    )
    return [
        Block(
            key="planning-staff",
            title=title,
            finding=_finding(rows, wish, context),
            table=_table(rows, context),
            figure=week_map(rows, _hovers(rows, context), look=context.look())
            if len(rows)
            else None,
            body=None if len(rows) else html.P(texts("planning.staff_unknown"), className="note"),
            note=texts("planning.staff_note"),
            width=7,
        ),
        Block(
            key="planning-what-if",
            title=texts("planning.what_if"),
            finding=_difference(found, channel, weeks[number], asked, wish, context),
            table=_wishes(asked, wish, context),
            body=_controls(channels, channel, weeks, number, asked, context, path),
            note=texts("planning.what_if_note"),
            width=5,
        ),
    ]


def _changed(wish: Wish, chosen: dict[str, str]) -> Wish:
    return replace(
        wish,
        level=int(chosen["level"]) / 100 if "level" in chosen else wish.level,
        handling=wish.handling * int(chosen.get("handling", 100)) / 100,
        shrinkage=int(chosen["shrinkage"]) / 100 if "shrinkage" in chosen else wish.shrinkage,
    )


def _finding(rows: pd.DataFrame, wish: Wish, context: Context) -> str:
    texts, language = context.texts, context.language
    if rows.empty:
        return texts("finding.nothing_known")
    worked, paid = hours(rows)
    top = rows.nlargest(1, "employees").iloc[0]
    return texts(
        "planning.staff_finding",
        worked=count_text(worked, language),
        paid=count_text(paid, language),
        most=count_text(float(top["employees"]), language),
        day=day_text(top["day"].date(), language),
        time=clock(int(top["slot"])),
        level=share_text(wish.level, language, digits=0),
        within=count_text(wish.within, language),
    )


def _difference(
    found: Frames, channel: str, monday: pd.Timestamp, asked: Wish, wish: Wish, context: Context
) -> str:
    texts, language = context.texts, context.language
    if wish == asked or not asked.handling > 0:
        return texts("planning.what_if_none")
    before = hours(staffing(found, channel, monday, asked))[1]
    after = hours(staffing(found, channel, monday, wish))[1]
    key = "more" if after > before else "less" if after < before else "same"
    return texts(
        f"planning.what_if_{key}",
        hours=count_text(abs(after - before), language),
        before=count_text(before, language),
        after=count_text(after, language),
    )


def _hovers(rows: pd.DataFrame, context: Context) -> list[str]:
    texts, language = context.texts, context.language
    return [
        f"<b>{day_text(row.day.date(), language)} {clock(row.slot)}</b><br>"
        + texts(
            "planning.staff_hover",
            contacts=decimal_text(row.contacts, language),
            employees=count_text(row.employees, language),
            busy=count_text(row.employees_busy, language),
            level=share_text(row.service_level, language, digits=0),
            wait=seconds_text(row.wait, language),
        ).replace("\n", "<br>")
        for row in each(rows)
    ]


def _table(rows: pd.DataFrame, context: Context) -> Table:
    texts = context.texts
    named = rows.assign(time=[clock(int(slot)) for slot in rows["slot"]])
    return Table(
        named,
        (
            Column("day", texts("planning.day"), "day"),
            Column("time", texts("planning.time")),
            Column("contacts", texts("planning.expected"), Unit.NUMBER),
            Column("employees", texts("planning.employees"), Unit.COUNT),
            Column("employees_busy", texts("planning.employees_busy"), Unit.COUNT),
            Column("employees_c", texts("planning.employees_c"), Unit.COUNT),
            Column("paid", texts("planning.paid"), Unit.NUMBER),
            Column("service_level", texts("planning.in_time"), Unit.SHARE),
            Column("wait", texts("planning.wait"), Unit.SECONDS),
            Column("occupancy", texts("planning.occupancy"), Unit.SHARE),
        ),
    )


def _wishes(asked: Wish, wish: Wish, context: Context) -> Table:
    texts, language = context.texts, context.language
    lines = [
        ("level", share_text(asked.level, language), share_text(wish.level, language)),
        ("within", seconds_text(asked.within, language), seconds_text(wish.within, language)),
        ("handling", seconds_text(asked.handling, language), seconds_text(wish.handling, language)),
        ("patience", seconds_text(asked.patience, language), seconds_text(wish.patience, language)),
        ("shrinkage", share_text(asked.shrinkage, language), share_text(wish.shrinkage, language)),
        ("max_occupancy", share_text(asked.max_occupancy, language),
         share_text(wish.max_occupancy, language)),
        ("concurrent", str(asked.concurrent), str(wish.concurrent)),
    ]  # fmt: skip
    frame = pd.DataFrame(
        [(texts(f"planning.wish_{name}"), before, after) for name, before, after in lines],
        columns=["name", "before", "after"],
    )
    return Table(
        frame,
        (
            Column("name", texts("planning.wish")),
            Column("before", texts("planning.wish_before")),
            Column("after", texts("planning.wish_after")),
        ),
    )


def _controls(
    channels: list[str],
    channel: str,
    weeks: list[pd.Timestamp],
    number: int,
    asked: Wish,
    context: Context,
    path: str,
) -> list[html.Div]:
    texts, language = context.texts, context.language
    view, chosen = context.view, dict(context.view.planning)

    def line(name: str, choices: list[tuple[str, str | None, bool]]) -> html.Div:
        title = texts(f"planning.choose_{name}")
        links = [
            (text, replace(view, planning=changed(view.planning, name, value)), on)
            for text, value, on in choices
        ]
        return html.Div(
            [html.P(title, className="note"), switch(title, links, path)], className="planning-line"
        )

    def of(name: str, values: tuple[int, ...], usual: int) -> list[tuple[str, str | None, bool]]:
        current = int(chosen.get(name, usual))
        return [
            (
                share_text(value / 100, language, digits=0),
                None if value == usual else str(value),
                value == current,
            )
            for value in sorted({*values, usual, current})
        ]

    steps = sorted({0, *range(0, len(weeks), 2), number})
    return [
        line("staff", [(context.label("channel", one), one, one == channel) for one in channels]),
        line(
            "week",
            [(day_text(weeks[one].date(), language), str(one) if one else None, one == number)
             for one in steps],
        ),
        line("level", of("level", _LEVELS, round(asked.level * 100))),
        line("handling", of("handling", _HANDLING, 100)),
        line("shrinkage", of("shrinkage", _SHRINKAGE, round(asked.shrinkage * 100))),
    ]  # fmt: skip
