"""Herhaalcontacten: who has to come back, and what a view per channel does not see of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from dash.development.base_component import Component

from analytics import linking
from analytics.metrics import Unit
from analytics.query import Grain, measure, span
from dashboard import findings, theme
from dashboard.blocks import Block, Column, Table
from dashboard.components.cards import cards
from dashboard.context import Context
from dashboard.figures.parts import pairs
from dashboard.figures.ranked import heat, ranked
from dashboard.figures.trend import lines
from dashboard.frames import before_name, compared, is_empty, labelled, of_metric, one, over_time
from dashboard.numbers import count_text, share_text
from dashboard.pages.common import (
    course,
    empty_page,
    grid,
    page_head,
    period_column,
    share_columns,
    with_hidden,
)
from dashboard.pages.repeats_linking import side_by_side
from dashboard.view import View
from warehouse.contact import UNKNOWN
from warehouse.store import Reader

PATH = "/herhaalcontacten"
_MOST_SERVICES = 12
_BOTH = ("repeat_share", "repeat_share_same_channel")
_CARDS = ("repeat_share", "first_contact_resolution", "contacts_per_episode", "cost_per_episode")
_LINE_COLOURS = {"repeat_share": theme.ACCENT, "repeat_share_same_channel": theme.MUTED}


@dataclass(frozen=True)
class Data:
    """Frames of the page: totals against before, over time, by channel, by service, switches."""

    totals: pd.DataFrame
    over_time: pd.DataFrame
    grain: Grain
    channels: pd.DataFrame
    services: pd.DataFrame
    switches: pd.DataFrame
    side_by_side: pd.DataFrame


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows."""
    of = span(reader)
    selection = view.selection(of)
    metrics = [*_CARDS, "repeat_share_same_channel", "switch_share", "contacts"]
    channels = measure(reader, linking.ASKED, by=["channel"], selection=selection)
    return Data(
        totals=compared(reader, metrics, selection),
        over_time=over_time(reader, [*_CARDS, "repeat_share_same_channel"], view.trend(of)),
        grain=view.trend(of)[1],
        channels=channels[channels["metric"].isin(_BOTH)].reset_index(drop=True),
        services=measure(reader, ["repeat_share"], by=["service"], selection=selection),
        switches=measure(
            reader, ["switch_share"], by=["predecessor_channel", "channel"], selection=selection
        ),
        side_by_side=linking.side_by_side(reader, selection, channels),
    )


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    if is_empty(answer.totals):
        return empty_page(context, "repeats", PATH)
    return [
        page_head(context, "repeats"),
        cards(answer.totals, answer.over_time, _CARDS, context),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    return [
        _both_views(answer, context),
        _by_channel(answer, context),
        _by_service(answer, context),
        _switches(answer, context),
        side_by_side(answer.side_by_side, context),
        *(
            course(answer.totals, answer.over_time, metric, answer.grain, context)
            for metric in _CARDS[1:]
        ),
    ]


def _names(context: Context) -> dict[str, str]:
    return {
        "repeat_share": context.texts("repeats.across"),
        "repeat_share_same_channel": context.texts("repeats.within"),
    }


def _both_views(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = answer.over_time[answer.over_time["metric"].isin(_BOTH)]
    names = _names(context)
    return Block(
        key="repeats-over-time",
        title=texts("repeats.over_time", grain=texts(f"grain.by_{answer.grain}")),
        finding=_missed_sentence(answer, context),
        table=Table(
            rows.assign(view=rows["metric"].map(names)).sort_values(["period", "view"]),
            (
                period_column(context, answer.grain),
                Column("view", texts("repeats.view")),
                *share_columns(context, "repeat_share"),
            ),
        ),
        figure=lines(
            rows,
            series="metric",
            names=names,
            colours=_LINE_COLOURS,
            unit=Unit.SHARE,
            look=context.look(answer.grain),
            height=290,
        ),
        note=texts("repeats.window", days=context.span.settings.repeat.window_days),
        metrics=_BOTH,
        width=7,
    )


def _missed_sentence(answer: Data, context: Context) -> str:
    texts, language = context.texts, context.language
    across, within = (one(answer.totals, metric) for metric in _BOTH)
    if not (findings.is_known(across) and findings.is_known(within)):
        return findings.change_sentence(
            across,
            "repeat_share",
            "year_ago",
            before_name("year_ago", context),
            context,
        )
    repeats, seen = float(across["numerator"]), float(within["numerator"])
    if repeats <= 0:
        return texts("repeats.none")
    return texts(
        "repeats.missed",
        share=share_text(float(across["value"]), language),
        missed=count_text(repeats - seen, language),
        repeats=count_text(repeats, language),
        part=share_text((repeats - seen) / repeats, language, digits=0),
    )


def _by_channel(answer: Data, context: Context) -> Block:
    texts = context.texts
    across, within = (of_metric(answer.channels, metric).set_index("channel") for metric in _BOTH)
    table = across.join(
        within[["value", "numerator"]].rename(
            columns={"value": "within", "numerator": "within_numerator"}
        )
    ).reset_index(names="group")
    table = table[table["denominator"].fillna(0).gt(0) | table["suppressed"].astype(bool)]
    table = table.sort_values("value", ascending=False)
    names = context.labels("channel", table["group"])
    return Block(
        key="repeats-by-channel",
        title=texts("repeats.by_channel"),
        finding=_gap_sentence(table, names, context),
        table=Table(
            labelled(table, "group", context, dimension="channel"),
            (
                Column("group", texts("table.channel")),
                *share_columns(context, "repeat_share"),
                Column("within", context.metric_name("repeat_share_same_channel"), Unit.SHARE),
                Column("within_numerator", texts("repeats.within_count"), Unit.COUNT),
            ),
        ),
        figure=pairs(
            table.rename(columns={"within": "before"}),
            names=names,
            colours={channel: theme.channel_colour(channel) for channel in names},
            look=context.look(),
        ),
        note=texts("repeats.by_channel_note"),
        metrics=_BOTH,
        width=5,
    )


def _gap_sentence(table: pd.DataFrame, names: dict[str, str], context: Context) -> str:
    known = table[table["value"].notna() & table["within"].notna()]
    if known.empty:
        return context.texts("finding.nothing_known")
    widest = known.assign(gap=known["value"] - known["within"]).nlargest(1, "gap").iloc[0]
    return context.texts(
        "repeats.largest_gap",
        channel=names[widest["group"]],
        across=share_text(float(widest["value"]), context.language),
        within=share_text(float(widest["within"]), context.language),
    )


def _by_service(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = of_metric(answer.services, "repeat_share").rename(columns={"service": "group"})
    rows = rows[(rows["denominator"].fillna(0) > 0) | rows["suppressed"].astype(bool)]
    rows = rows.sort_values("value", ascending=False, na_position="last")
    names = context.labels("service", rows["group"])
    whole = one(answer.totals, "repeat_share")
    return Block(
        key="repeats-by-service",
        title=texts("repeats.by_service", count=min(_MOST_SERVICES, len(rows))),
        finding=findings.largest_sentence(names, rows, texts("repeats.what"), context),
        table=Table(
            labelled(rows, "group", context, dimension="service"),
            (Column("group", texts("table.service")), *share_columns(context, "repeat_share")),
        ),
        figure=ranked(
            rows.head(_MOST_SERVICES),
            names=names,
            unit=Unit.SHARE,
            look=context.look(),
            reference=float(whole["value"]) if findings.is_known(whole) else None,
        ),
        note=texts("repeats.by_service_note"),
        metrics=("repeat_share",),
        width=6,
    )


def _switches(answer: Data, context: Context) -> Block:
    texts = context.texts
    frame = of_metric(answer.switches, "switch_share")
    frame = frame.assign(value=frame["denominator"])  # of which any number moved: all repeats
    frame = frame[frame["value"].fillna(0).gt(0) | frame["suppressed"].astype(bool)]
    frame = frame[frame["predecessor_channel"] != UNKNOWN]
    totals = frame.groupby("predecessor_channel")["value"].sum().sort_values(ascending=False)
    rows = [str(key) for key in totals.index]
    columns = [
        str(key)
        for key in frame.groupby("channel")["value"].sum().sort_values(ascending=False).index
    ]
    whole = float(one(answer.totals, "switch_share")["denominator"])
    drawn = frame.assign(
        row=frame["predecessor_channel"],
        column=frame["channel"],
        count=frame["value"],
        value=frame["value"] / (whole if whole else float("nan")),
    )
    table = labelled(
        labelled(drawn, "predecessor_channel", context, dimension="channel"), "channel", context
    )
    return Block(
        key="repeats-switches",
        title=texts("repeats.switches"),
        finding=_switch_sentence(answer, drawn, context),
        table=Table(
            table.sort_values("count", ascending=False),
            (
                Column("predecessor_channel", texts("repeats.from")),
                Column("channel", texts("repeats.to")),
                Column("count", texts("repeats.count"), Unit.COUNT),
                Column("value", texts("repeats.of_all"), Unit.SHARE),
            ),
        ),
        figure=heat(
            drawn,
            rows=rows,
            columns=columns,
            row_names=context.labels("channel", rows),
            column_names=context.labels("channel", columns),
            look=context.look(),
        ),
        note=with_hidden(texts("repeats.switches_note"), drawn, context),
        metrics=("switch_share",),
        width=6,
        min_width=480,
    )


def _switch_sentence(answer: Data, drawn: pd.DataFrame, context: Context) -> str:
    texts, language = context.texts, context.language
    share = one(answer.totals, "switch_share")
    moved = drawn[(drawn["row"] != drawn["column"]) & drawn["value"].notna()]
    if not findings.is_known(share) or moved.empty:
        return findings.change_sentence(
            share,
            "switch_share",
            "year_ago",
            before_name("year_ago", context),
            context,
        )
    top = moved.nlargest(1, "count").iloc[0]
    return texts(
        "repeats.switched",
        share=share_text(float(share["value"]), language),
        first=context.label("channel", top["row"]),
        second=context.label("channel", top["column"]),
        count=count_text(float(top["count"]), language),
    )
