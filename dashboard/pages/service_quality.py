"""Dienstverlening: how long people wait, who gives up, which promises are kept, what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from dash.development.base_component import Component

from analytics.metrics import Unit
from analytics.periods import period_of
from analytics.query import Days, Grain, Selection, Span, measure, span
from dashboard import findings, theme
from dashboard.blocks import Block, Column, Table
from dashboard.components.cards import cards
from dashboard.context import Context
from dashboard.figures.service import with_target
from dashboard.figures.trend import lines, trend
from dashboard.frames import before_name, compared, is_empty, of_metric, one, over_time
from dashboard.numbers import change_text, count_text, seconds_text, share_text
from dashboard.pages.common import empty_page, grid, page_head, period_column, share_columns
from dashboard.pages.service_arrivals import (
    ARRIVALS,
    arrivals_block,
    can_tell_arrivals,
    timeless_channels,
)
from dashboard.pages.service_parts import (
    GROUPED,
    kept_blocks,
    satisfaction_block,
    scoreboard,
)
from dashboard.pages.service_told import TELLS, missing_block, told
from dashboard.view import View
from warehouse.store import Reader

PATH = "/dienstverlening"
_CARDS = (
    "service_level",
    "median_wait",
    "abandonment_share",
    "callback_kept_share",
    "on_time_share",
    "mean_satisfaction",
)
_WAITS = ("median_wait", "p90_wait")
_WAIT_COLOURS = {"median_wait": theme.ACCENT, "p90_wait": theme.MUTED}
_MOST_CHANNELS = 3


@dataclass(frozen=True)
class Data:
    """Frames of the page.

    `totals` against before, `over_time`, waits by channel (against before, and over time), the
    figures by channel and by service, and contacts by weekday and half hour in whole years,
    `arrivals_of`, as a month has too few contacts at each hour: None where a filter asks for more
    than channels. `told` names what the logs tell anything of at all; `timeless` are the chosen
    channels of which they tell days and no times.
    """

    totals: pd.DataFrame
    over_time: pd.DataFrame
    grain: Grain
    waits: pd.DataFrame
    waits_over_time: pd.DataFrame
    channels: pd.DataFrame
    services: pd.DataFrame
    arrivals: pd.DataFrame | None
    arrivals_of: Days
    told: frozenset[str]
    timeless: tuple[str, ...]


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows."""
    of = span(reader)
    selection = view.selection(of)
    years = _years_of(selection, of)
    return Data(
        totals=compared(reader, [*_CARDS, "satisfaction_response", "contacts"], selection),
        over_time=over_time(reader, _CARDS, view.trend(of)),
        grain=view.trend(of)[1],
        waits=compared(reader, _WAITS, selection, by=["channel"], against=["year_ago"]),
        waits_over_time=over_time(reader, _WAITS, view.trend(of), by=["channel"]),
        channels=measure(reader, GROUPED, by=["channel"], selection=selection),
        services=measure(reader, GROUPED, by=["service"], selection=selection),
        arrivals=_arrivals(reader, selection, years),
        arrivals_of=years,
        told=told(reader),
        timeless=tuple(
            name
            for name in timeless_channels(reader)
            if name in selection.where.get("channel", (name,))
        ),
    )


def _years_of(selection: Selection, of: Span) -> Days:
    """Return the whole years, as far as loaded, that a selection has days of."""
    first, last = selection.start or of.first_on, selection.end or of.last_on
    return (
        max(period_of(first, Grain.YEAR)[0], of.first_on),
        min(period_of(last, Grain.YEAR)[1], of.last_on),
    )


def _arrivals(reader: Reader, selection: Selection, days: Days) -> pd.DataFrame | None:
    """Return arrivals by weekday and half hour; None where no cube can tell at once."""
    if not can_tell_arrivals(selection.where):
        return None
    by = ["weekday", "half_hour"]
    return measure(reader, [ARRIVALS], by=by, selection=Selection(*days, selection.where))


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    if is_empty(answer.totals):
        return empty_page(context, "service_quality", PATH)
    totals, course = (
        _of_what_is_told(frame, answer.told) for frame in (answer.totals, answer.over_time)
    )
    return [
        page_head(context, "service_quality"),
        cards(totals, course, _CARDS, context, class_name="cards of-three"),
        grid(blocks(answer, context), context, PATH),
    ]


def _of_what_is_told(frame: pd.DataFrame, told: frozenset[str]) -> pd.DataFrame:
    """Return a frame without figures of which no log tells anything: 0% would say that it does."""
    untold = frame["metric"].isin(set(TELLS) - told)
    figures = frame.select_dtypes("float64").columns
    return frame.assign(**{name: frame[name].mask(untold) for name in figures})


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    return [
        *_waits(answer, context),
        _service_level(answer, context),
        satisfaction_block(answer.channels, answer.told, context),
        scoreboard("channel", answer.channels, answer.told, context, PATH),
        scoreboard("service", answer.services, answer.told, context, PATH),
        *kept_blocks(answer.totals, answer.channels, answer.services, answer.told, context),
        arrivals_block(answer.arrivals, answer.timeless, answer.arrivals_of, context),
    ]


def _waits(answer: Data, context: Context) -> list[Block]:
    """Return a block per channel on which people wait, the largest first."""
    sizes = of_metric(answer.waits, "median_wait").set_index("channel")["denominator"]
    known = sizes[sizes > 0].sort_values(ascending=False, kind="stable")
    channels = [str(channel) for channel in known.index[:_MOST_CHANNELS]]
    title = context.texts("service_quality.waits", grain=context.texts(f"grain.by_{answer.grain}"))
    if "mean_wait" not in answer.told:
        return [missing_block("service-waits", title, ["wait_seconds"], _WAITS, context)]
    if not channels:
        table = _wait_table(answer.waits_over_time.iloc[:0], answer.grain, context)
        finding = context.texts("finding.nothing_known")
        return [Block("service-waits", title, finding, table, metrics=_WAITS)]
    width = 12 // len(channels)
    return [
        _wait_of(number, channel, width, answer, context)
        for number, channel in enumerate(channels, 1)
    ]


def _wait_of(number: int, channel: str, width: int, answer: Data, context: Context) -> Block:
    texts = context.texts
    own = answer.waits_over_time[answer.waits_over_time["channel"] == channel]
    rows = own.reset_index(drop=True)
    return Block(
        key=f"service-waits-{number}",
        title=texts(
            "service_quality.waits_of",
            channel=context.label("channel", channel),
            grain=texts(f"grain.by_{answer.grain}"),
        ),
        finding=_wait_sentence(answer.waits[answer.waits["channel"] == channel], context),
        table=_wait_table(rows, answer.grain, context),
        figure=lines(
            rows,
            series="metric",
            names={key: texts(f"service_quality.{key}") for key in _WAITS},
            colours=_WAIT_COLOURS,
            unit=Unit.SECONDS,
            look=context.look(answer.grain),
            height=230,
        ),
        note=texts("service_quality.waits_note"),
        metrics=_WAITS,
        width=width,
    )


def _wait_table(rows: pd.DataFrame, grain: Grain, context: Context) -> Table:
    texts = context.texts
    names = {key: context.metric_name(key) for key in _WAITS}
    frame = rows.assign(what=rows["metric"].map(names)).sort_values(["period", "metric"])
    return Table(
        frame,
        (
            period_column(context, grain),
            Column("what", texts("service_quality.what")),
            Column("value", texts("service_quality.wait"), Unit.SECONDS),
            Column("denominator", texts("table.denominator"), Unit.COUNT),
        ),
    )


def _wait_sentence(rows: pd.DataFrame, context: Context) -> str:
    half, most = (one(rows, key) for key in _WAITS)
    if not (findings.is_known(half) and findings.is_known(most)):
        return context.texts("finding.nothing_known")
    language = context.language
    said = context.texts(
        "service_quality.waited",
        half=seconds_text(float(half["value"]), language),
        most=seconds_text(float(most["value"]), language),
    )
    if pd.isna(half["year_ago_difference"]) or pd.isna(most["year_ago_difference"]):
        return f"{said}."
    then = context.texts(
        "service_quality.waited_then",
        before=before_name("year_ago", context),
        half=seconds_text(float(half["year_ago"]), language),
        most=seconds_text(float(most["year_ago"]), language),
    )
    return f"{said}; {then}."


def _service_level(answer: Data, context: Context) -> Block:
    texts, metric = context.texts, "service_level"
    seconds = context.span.settings.quality.service_level_seconds
    title = texts(
        "service_quality.level",
        seconds=count_text(seconds, context.language),
        grain=texts(f"grain.by_{answer.grain}"),
    )
    key = "service-level"
    if metric not in answer.told:
        return missing_block(key, title, ["wait_seconds"], (metric,), context, width=7)
    rows = of_metric(answer.over_time, metric).sort_values("period", ignore_index=True)
    target, periods, origin = _target(list(rows["period"]), answer.grain, context)
    named = texts("service_quality.target", target=share_text(target, context.language, digits=0))
    figure = trend(rows, unit=Unit.SHARE, look=context.look(answer.grain), height=260)
    return Block(
        key=key,
        title=title,
        finding=_level_sentence(one(answer.totals, metric), target, seconds, context),
        table=Table(
            rows.assign(
                target=[target if day in periods else float("nan") for day in rows["period"]]
            ),
            (
                period_column(context, answer.grain),
                *share_columns(context, metric),
                Column("target", texts("service_quality.target_column"), Unit.SHARE),
            ),
        ),
        figure=with_target(figure, periods, target, named),
        note=texts(f"service_quality.target_{origin}"),
        metrics=(metric,),
        width=7,
    )


def _target(periods: list[date], grain: Grain, context: Context) -> tuple[float, list[date], str]:
    """Return what is aimed for, in which of the periods, and whether a goal or planning says so.

    A goal that covers the last day looked at goes before the promise that staffing is planned for.
    """
    settings, end = context.span.settings, context.period[1]
    goals = [
        goal
        for goal in settings.goal
        if goal.metric == "service_level"
        and not goal.is_upper
        and set(goal.where) <= {"channel"}
        and goal.days[0] <= end <= goal.days[1]
    ]
    if not goals:
        return settings.planning.staffing.service_level, periods, "planning"
    first, last = goals[-1].days
    within = [day for day in periods if first <= period_of(day, grain)[1] and day <= last]
    return goals[-1].target, within, "goal"


def _level_sentence(row: pd.Series, target: float, seconds: int, context: Context) -> str:
    texts, language = context.texts, context.language
    if not findings.is_known(row):
        return findings.change_sentence(
            row, "service_level", "year_ago", before_name("year_ago", context), context
        )
    value = float(row["value"])
    far = change_text(value - target, Unit.SHARE, language).lstrip("+−")
    return texts(
        "service_quality.level_met" if value >= target else "service_quality.level_missed",
        value=share_text(value, language),
        seconds=count_text(seconds, language),
        target=share_text(target, language, digits=0),
        far=far,
    )
