"""Planning: what the coming weeks bring, how sure that is, and the staff it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.kept_frames import Frames
from analytics.metrics import Unit
from analytics.planning.history import REST
from analytics.planning.work_out import ALL, NAME, work_out_planning
from analytics.query import span
from dashboard.background import worked_out
from dashboard.blocks import Block, Column, Table
from dashboard.components import states
from dashboard.components.block import draw_table
from dashboard.components.links import switch
from dashboard.context import Context
from dashboard.figures.common import each
from dashboard.figures.forecast import fan
from dashboard.numbers import count_text, share_text
from dashboard.pages.common import grid, page_head
from dashboard.pages.planning_staff import staff_block
from dashboard.periods import add_months
from dashboard.planning_view import changed
from dashboard.view import View
from warehouse.settings import Settings
from warehouse.store import Reader

PATH = "/planning"
_BOUNDS = ("low_80", "high_80", "low_95", "high_95")
_PAST_MONTHS = 15


@dataclass(frozen=True)
class Data:
    """What the page shows: forecasts with their tests, and the settings they came from."""

    found: Frames
    settings: Settings


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows; the first time after a load it is worked out.

    Raises:
        StillWorkingError: it is being worked out.
    """
    del view  # forecasts are of all contacts; the view chooses what is shown of them
    return Data(worked_out(reader, NAME, work_out_planning), span(reader).settings)


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    texts = context.texts
    if answer.found["days"].empty:
        return [
            page_head(context, "planning", has_period=False),
            states.message(
                texts("planning.short_title"), [html.P(texts("planning.short"))], level=2
            ),
        ]
    return [
        page_head(context, "planning", texts("planning.lead"), has_period=False),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    if answer.found["days"].empty:
        return []
    found = answer.found
    return [
        _ahead(found, context),
        *staff_block(found, answer.settings, context, PATH),
        _channels(found, context),
        _services(found, context),
        _days(found, context),
        _tests(found, context),
    ]


def _shown_channel(found: Frames, context: Context) -> str:
    """Return the channel asked for; that of the filter, where it is one; else all together."""
    wanted = dict(context.view.planning).get("ahead", "")
    filtered = context.view.values("channel")
    wanted = wanted or (filtered[0] if len(filtered) == 1 else "")
    return wanted if wanted in set(found["days"]["channel"]) else ALL


def _name(channel: str, context: Context) -> str:
    return context.texts("planning.all") if channel == ALL else context.label("channel", channel)


def _choices(found: Frames, context: Context) -> html.Div:
    shown, view = _shown_channel(found, context), context.view
    choices = [
        (
            _name(channel, context),
            replace(view, planning=changed(view.planning, "ahead", channel or None)),
            channel == shown,
        )
        for channel in found["days"]["channel"].unique()
    ]
    return html.Div(
        switch(context.texts("table.channel"), choices, PATH), className="planning-choices"
    )


def _ahead(found: Frames, context: Context) -> Block:
    texts, channel = context.texts, _shown_channel(found, context)
    weeks = found["weeks"]
    weeks = weeks[(weeks["channel"] == channel) & (weeks["service"] == "")]
    weeks = weeks.assign(first_on=pd.to_datetime(weeks["first_on"]))
    past = found["past"][found["past"]["channel"] == channel]
    past = past.assign(first_on=pd.to_datetime(past["first_on"]))
    since = pd.Timestamp(add_months(past["first_on"].max().date(), -_PAST_MONTHS))
    past = past[past["first_on"] >= since]
    days = found["days"][(found["days"]["channel"] == channel) & (found["days"]["holiday"] != "")]
    marked = [
        (pd.Timestamp(day), name)
        for day, name in days[["day", "holiday"]].itertuples(index=False, name=None)
    ]
    names = {name: texts(f"planning.{name}") for name in
             ("past", "expected", "baseline", "holiday")}  # fmt: skip
    names |= {str(level): texts("planning.band", level=level) for level in (80, 95)}
    return Block(
        key="planning-ahead",
        title=texts("planning.ahead", channel=_name(channel, context)),
        finding=_accuracy_sentence(found, channel, context),
        table=Table(
            weeks,
            (
                Column("first_on", texts("planning.week_from"), "day"),
                Column("expected", texts("planning.expected"), Unit.COUNT),
                *_bound_columns(context),
                Column("baseline", texts("planning.baseline"), Unit.COUNT),
            ),
        ),
        figure=fan(past, weeks, marked, names, look=context.look()),
        controls=(_choices(found, context),),
        note=texts("planning.ahead_note"),
    )


def _bound_columns(context: Context) -> tuple[Column, ...]:
    return tuple(
        Column(
            name,
            context.texts(f"planning.{name.split('_')[0]}", level=name.split("_")[1]),
            Unit.COUNT,
        )
        for name in _BOUNDS
    )


def _chosen(found: Frames, channel: str) -> pd.Series:
    tests = found["tests"]
    rows = tests[(tests["channel"] == channel) & (tests["service"] == "") & tests["is_chosen"]]
    return rows.iloc[0]


def _accuracy_sentence(found: Frames, channel: str, context: Context) -> str:
    texts, language = context.texts, context.language
    of = _chosen(found, channel)
    weeks = int(of["horizon"]) // 7
    said = texts(
        "planning.off",
        weeks=weeks,
        off=share_text(float(of["recent_share"]), language, digits=0),
        naive=share_text(float(of["recent_naive"]), language, digits=0),
    )
    if int(of["covered_days"]):
        said += " " + texts(
            "planning.covered",
            held=share_text(float(of["covered_80"]), language, digits=0),
            most=share_text(float(of["covered_95"]), language, digits=0),
        )
    return said


def _channels(found: Frames, context: Context) -> Block:
    texts = context.texts
    weeks = found["weeks"][found["weeks"]["service"] == ""]
    rows = []
    for channel in weeks["channel"].unique():
        part, of = weeks[weeks["channel"] == channel], _chosen(found, channel)
        rows.append(
            {
                "channel": _name(channel, context),
                "expected": part["expected"].sum(),
                "off": of["share"],
                "naive": of["share"] / of["against_naive"],
                "mase": of["mase"],
                "covered_80": of["covered_80"],
                "covered_95": of["covered_95"],
            }
        )
    table = Table(
        pd.DataFrame(rows),
        (
            Column("channel", texts("table.channel")),
            Column("expected", texts("planning.expected_in", weeks=_weeks(found)), Unit.COUNT),
            Column("off", texts("planning.off_column"), Unit.SHARE),
            Column("naive", texts("planning.naive_column"), Unit.SHARE),
            Column("mase", texts("planning.mase"), Unit.NUMBER),
            Column("covered_80", texts("planning.held", level=80), Unit.SHARE),
            Column("covered_95", texts("planning.held", level=95), Unit.SHARE),
        ),
    )
    good = sum(float(row["mase"]) < 1 for row in rows)
    title = texts("planning.channels")
    return Block(
        key="planning-channels",
        title=title,
        finding=texts("planning.channels_finding", good=good, count=len(rows)),
        table=table,
        body=draw_table(table, title, context),
        note=texts("planning.channels_note"),
    )


def _weeks(found: Frames) -> int:
    return int(found["weeks"]["first_on"].nunique())


def _services(found: Frames, context: Context) -> Block:
    texts, channel = context.texts, _shown_channel(found, context)
    weeks = found["weeks"][found["weeks"]["service"] != ""]
    weeks = weeks if channel == ALL else weeks[weeks["channel"] == channel]
    sums = weeks.groupby(["channel", "service"], sort=False)[["expected"]].sum().reset_index()
    # what is small and taken together comes last, however much that is
    sums = sums.assign(is_rest=sums["service"] == REST).sort_values(
        ["is_rest", "expected"], ascending=[True, False], ignore_index=True
    )
    tests = found["tests"][found["tests"]["is_chosen"]]
    sums = sums.merge(tests[["channel", "service", "share", "mase"]], on=["channel", "service"])
    names = context.labels("service", set(sums["service"]) - {REST})
    named = sums.assign(
        channel=[_name(one, context) for one in sums["channel"]],
        service=[names.get(one, texts("planning.rest")) for one in sums["service"]],
    )
    table = Table(
        named,
        (
            Column("service", texts("table.service")),
            Column("channel", texts("table.channel")),
            Column("expected", texts("planning.expected_in", weeks=_weeks(found)), Unit.COUNT),
            Column("share", texts("planning.off_column"), Unit.SHARE),
            Column("mase", texts("planning.mase"), Unit.NUMBER),
        ),
    )
    title = texts("planning.services", channel=_name(channel, context))
    own = named[sums["service"] != REST]
    top = own.iloc[0] if len(own) else None
    return Block(
        key="planning-services",
        title=title,
        finding=texts(
            "planning.services_finding",
            service=top["service"],
            channel=top["channel"],
            count=count_text(float(top["expected"]), context.language),
        )
        if top is not None
        else texts("finding.nothing_known"),
        table=table,
        body=draw_table(table, title, context),
        note=texts("planning.services_note"),
    )


def _days(found: Frames, context: Context) -> Block:
    texts, channel = context.texts, _shown_channel(found, context)
    days = found["days"][found["days"]["channel"] == channel]
    closed = texts("planning.closed")
    days = days.assign(
        what=[
            ", ".join(
                part for part in (row.holiday, row.school, closed if row.is_closed else "") if part
            )
            for row in each(days)
        ]
    )
    table = Table(
        days,
        (
            Column("day", texts("planning.day"), "day"),
            Column("expected", texts("planning.expected"), Unit.COUNT),
            *_bound_columns(context),
            Column("what", texts("planning.what")),
        ),
    )
    title = texts("planning.days", channel=_name(channel, context))
    return Block(
        key="planning-days",
        title=title,
        finding=texts("planning.days_finding", count=len(days)),
        table=table,
        body=draw_table(table, title, context),
        note=texts("planning.days_note"),
    )


def _tests(found: Frames, context: Context) -> Block:
    texts, channel = context.texts, _shown_channel(found, context)
    tests = found["tests"]
    tests = tests[(tests["channel"] == channel) & (tests["service"] == "")]
    known = {"seasonal_naive", "recent_weeks", "regression", "regression_level", "combined"}
    named = tests.assign(
        name=[
            texts("planning.model_chosen") if row.is_chosen
            else texts(f"planning.model_{row.model}") if row.model in known else row.model
            for row in each(tests)
        ],
        naive=tests["share"] / tests["against_naive"],
    )  # fmt: skip
    table = Table(
        named,
        (
            Column("name", texts("planning.model")),
            Column("folds", texts("planning.folds"), Unit.COUNT),
            Column("days", texts("planning.tested_days"), Unit.COUNT),
            Column("share", texts("planning.off_column"), Unit.SHARE),
            Column("mase", texts("planning.mase"), Unit.NUMBER),
            Column("covered_80", texts("planning.held", level=80), Unit.SHARE),
            Column("covered_95", texts("planning.held", level=95), Unit.SHARE),
        ),
    )
    title = texts("planning.tests", channel=_name(channel, context))
    return Block(
        key="planning-tests",
        title=title,
        finding=texts("planning.tests_finding", count=int(tests["folds"].max())),
        table=table,
        body=draw_table(table, title, context),
        note=texts("planning.tests_note"),
    )
