"""Kanaalmix: through which channels contacts come, and how that moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from dash.development.base_component import Component

from analytics.metrics import Unit
from analytics.query import Grain, measure, span
from dashboard import findings, theme
from dashboard.blocks import Block, Column, Table
from dashboard.components.links import switch
from dashboard.context import Context
from dashboard.figures.parts import dumbbell, stacked
from dashboard.figures.ranked import heat
from dashboard.frames import before_name, compared, is_empty, labelled, of_metric, over_time
from dashboard.numbers import share_text
from dashboard.pages.common import course, empty_page, grid, page_head, period_column, with_hidden
from dashboard.view import View
from warehouse.contact import VISIT_CHANNEL
from warehouse.store import Reader

PATH = "/kanaalmix"
_MOST_SERVICES = 10
_ROOM_BESIDE = 390
"""Height of the chart beside the table of services, in pixels."""


@dataclass(frozen=True)
class Data:
    """Frames of the page: totals, counts over time, shares now and before, by service."""

    totals: pd.DataFrame
    over_time: pd.DataFrame
    grain: Grain
    shares: pd.DataFrame
    services: pd.DataFrame
    digital: pd.DataFrame


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows."""
    of = span(reader)
    selection = view.selection(of)
    counted = ["contacts", "visits"] if view.with_visits else ["contacts"]
    return Data(
        totals=compared(reader, ["contacts", "digital_share"], selection, against=["year_ago"]),
        over_time=_with_visits(over_time(reader, counted, view.trend(of), by=["channel"])),
        grain=view.trend(of)[1],
        shares=compared(reader, ["channel_share"], selection, by=["channel"], against=["year_ago"]),
        services=measure(reader, ["channel_share"], by=["channel", "service"], selection=selection),
        digital=over_time(reader, ["digital_share"], view.trend(of)),
    )


def _with_visits(frame: pd.DataFrame) -> pd.DataFrame:
    """Take visits from their own metric: as contacts they count for nothing."""
    is_visit = frame["channel"] == VISIT_CHANNEL
    return frame[(frame["metric"] == "visits") == is_visit].reset_index(drop=True)


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    if is_empty(answer.totals):
        return empty_page(context, "mix", PATH)
    return [
        page_head(context, "mix"),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    by_service = _by_service(answer, context)
    return [
        _over_time(answer, context),
        _shift(answer, context),
        by_service,
        course(
            answer.totals,
            answer.digital,
            "digital_share",
            answer.grain,
            context,
            height=_ROOM_BESIDE,
            width=5,
        ),
    ]


def _order(frame: pd.DataFrame) -> list[str]:
    totals = frame.groupby("channel")["value"].sum().sort_values(ascending=False)
    return [str(channel) for channel in totals[totals > 0].index]


def _over_time(answer: Data, context: Context) -> Block:
    texts, view = context.texts, context.view
    order = _order(answer.over_time)
    names = context.labels("channel", order)
    return Block(
        key="mix-over-time",
        title=texts(
            "mix.counts_over_time" if view.shows_counts else "mix.shares_over_time",
            grain=texts(f"grain.by_{answer.grain}"),
        ),
        finding=_mix_sentence(answer, context),
        table=Table(
            labelled(answer.over_time, "channel", context).sort_values(["period", "channel"]),
            (
                period_column(context, answer.grain),
                Column("channel", texts("table.channel")),
                Column("value", context.metric_name("contacts"), Unit.COUNT),
            ),
        ),
        figure=stacked(
            answer.over_time,
            part="channel",
            order=order,
            names=names,
            colours={channel: theme.channel_colour(channel) for channel in order},
            look=context.look(answer.grain),
            as_share=not view.shows_counts,
        ),
        metrics=("contacts", "channel_share", *(("visits",) if view.with_visits else ())),
        controls=_switches(context),
        width=7,
    )


def _switches(context: Context) -> tuple[Component, ...]:
    texts, view = context.texts, context.view
    shares, counts = (replace(view, shows_counts=counts) for counts in (False, True))
    without, with_visits = (replace(view, with_visits=visits) for visits in (False, True))
    return (
        switch(
            texts("mix.visits"),
            [
                (texts("mix.without_visits"), without, not view.with_visits),
                (texts("mix.with_visits"), with_visits, view.with_visits),
            ],
            PATH,
        ),
        switch(
            texts("mix.show"),
            [
                (texts("mix.shares"), shares, not view.shows_counts),
                (texts("mix.counts"), counts, view.shows_counts),
            ],
            PATH,
        ),
    )


def _shown_shares(answer: Data) -> pd.DataFrame:
    rows = of_metric(answer.shares, "channel_share").rename(columns={"channel": "group"})
    return rows[rows["value"].fillna(0) > 0].sort_values("value", ascending=False)


def _mix_sentence(answer: Data, context: Context) -> str:
    rows = _shown_shares(answer)
    if rows.empty:
        return context.texts("finding.nothing_known")
    first = rows.iloc[0]
    return context.texts(
        "mix.largest",
        channel=context.label("channel", first["group"]),
        share=share_text(float(first["value"]), context.language),
        period=context.period_name,
    )


def _shift(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = _shown_shares(answer)
    names = context.labels("channel", rows["group"])
    before = before_name("year_ago", context)
    drawn = rows.assign(
        before=rows["year_ago"],
        change=rows["year_ago_difference"],
        is_change=rows["year_ago_is_change"],
    )
    return Block(
        key="mix-shift",
        title=texts("mix.shift", before=before),
        finding=_shift_sentence(rows, before, context),
        table=Table(
            labelled(rows, "group", context, dimension="channel"),
            (
                Column("group", texts("table.channel")),
                Column("value", context.period_name, Unit.SHARE),
                Column("year_ago", before, Unit.SHARE),
                Column("year_ago_difference", texts("table.difference"), "points"),
                Column("year_ago_low", texts("table.low"), "points"),
                Column("year_ago_high", texts("table.high"), "points"),
                Column("numerator", texts("table.numerator"), Unit.COUNT),
                Column("denominator", texts("table.denominator"), Unit.COUNT),
            ),
        ),
        figure=dumbbell(
            drawn,
            names=names,
            colours={channel: theme.channel_colour(channel) for channel in names},
            look=context.look(),
        ),
        note=texts("mix.shift_note", before=before),
        metrics=("channel_share",),
        width=5,
    )


def _shift_sentence(rows: pd.DataFrame, before: str, context: Context) -> str:
    texts = context.texts
    sure = rows[rows["year_ago_is_change"].fillna(value=False).astype(bool)]
    if rows["year_ago_difference"].isna().all():
        return texts("finding.no_before", before=before)
    if sure.empty:
        return texts("mix.no_shift", before=before)
    ordered = sure.sort_values("year_ago_difference")
    down, up = ordered.iloc[0], ordered.iloc[-1]
    said = [
        texts(
            f"mix.{key}",
            channel=context.label("channel", row["group"]),
            size=findings.difference_text(row, "year_ago", "channel_share", context),
        )
        for key, row, is_so in (
            ("gained", up, up["year_ago_difference"] > 0),
            ("lost", down, down["year_ago_difference"] < 0),
        )
        if is_so
    ]
    return texts("mix.shifted", said=texts("mix.and").join(said), before=before)


def _by_service(answer: Data, context: Context) -> Block:
    texts = context.texts
    frame = answer.services[answer.services["channel"] != VISIT_CHANNEL]
    totals = frame.groupby("service")["numerator"].sum().sort_values(ascending=False)
    services = [str(name) for name in totals[totals > 0].head(_MOST_SERVICES).index]
    per_channel = frame.groupby("channel")["numerator"].sum().sort_values(ascending=False)
    columns = [str(name) for name in per_channel[per_channel > 0].index]
    shares = frame.assign(row=frame["service"], column=frame["channel"], count=frame["numerator"])
    row_names, column_names = (
        context.labels("service", services),
        context.labels("channel", columns),
    )
    table = labelled(labelled(shares, "service", context), "channel", context)
    return Block(
        key="mix-by-service",
        title=texts("mix.by_service"),
        finding=_service_sentence(shares[shares["row"].isin(services)], row_names, context),
        table=Table(
            table.sort_values(["service", "count"], ascending=[True, False]),
            (
                Column("service", texts("table.service")),
                Column("channel", texts("table.channel")),
                Column("count", context.metric_name("contacts"), Unit.COUNT),
                Column("value", texts("mix.of_service"), Unit.SHARE),
            ),
        ),
        figure=heat(
            shares,
            rows=services,
            columns=columns,
            row_names=row_names,
            column_names=column_names,
            look=context.look(),
        ),
        note=with_hidden(texts("mix.by_service_note", count=len(services)), shares, context),
        metrics=("contacts",),
        width=7,
        min_width=600,
    )


def _service_sentence(shares: pd.DataFrame, names: dict[str, str], context: Context) -> str:
    known = shares[shares["value"].notna() & ~shares["suppressed"].astype(bool)]
    assisted = known[known["channel"].isin(["phone", "counter"])].groupby("row")["value"].sum()
    if assisted.empty:
        return context.texts("finding.nothing_known")
    return context.texts(
        "mix.most_assisted",
        service=names[str(assisted.idxmax())],
        share=share_text(float(assisted.max()), context.language),
    )
