"""What the pages share: how they begin, and how blocks are laid out."""

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.kept_frames import Frames
from analytics.metrics import METRICS, Unit
from analytics.query import Grain
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components import states
from dashboard.components.block import draw_block
from dashboard.context import Context
from dashboard.figures.trend import trend
from dashboard.frames import before_name, of_metric, one
from dashboard.numbers import range_text
from dashboard.periods import loaded_days


def page_head(context: Context, key: str, lead: str = "", *, has_period: bool = True) -> html.Div:
    """Return a page's heading with the period looked at, if any, and a sentence of lead."""
    return html.Div(
        [
            html.Div(
                [
                    html.H1(context.texts(f"page.{key}.title")),
                    *(
                        [html.Span(context.period_name, className="page-period")]
                        if has_period
                        else []
                    ),
                ],
                className="page-name",
            ),
            *([html.P(lead, className="page-lead")] if lead else []),
        ],
        className="page-head",
    )


def grid(blocks: Sequence[Block], context: Context, path: str) -> html.Div:
    """Return blocks in the twelve columns of a page."""
    return html.Div([draw_block(block, context, path) for block in blocks], className="grid")


def share_columns(context: Context, metric: str) -> tuple[Column, ...]:
    """Return the columns that a share always brings: itself, its interval, what it is of."""
    texts = context.texts
    return (
        Column("value", context.metric_name(metric), METRICS[metric].unit),
        Column("low", texts("table.low"), Unit.SHARE),
        Column("high", texts("table.high"), Unit.SHARE),
        Column("numerator", texts("table.numerator"), Unit.COUNT),
        Column("denominator", texts("table.denominator"), Unit.COUNT),
    )


def period_column(context: Context, grain: Grain) -> Column:
    """Return the column of a table over time."""
    return Column("period", context.texts("table.period"), grain)


def course(
    totals: pd.DataFrame,
    over_time: pd.DataFrame,
    metric: str,
    grain: Grain,
    context: Context,
    *,
    against: str = "year_ago",
    height: int = 200,
    width: int = 4,
) -> Block:
    """Return the block of one metric over time.

    Args:
        totals: the metric in the chosen period, compared with before: gives the finding.
        over_time: the metric by period.
        metric: its key.
        grain: of `over_time`.
        context: of the page.
        against: what the finding compares with.
        height: of the chart, in pixels.
        width: of the block, in twelfths of the page.
    """
    unit = METRICS[metric].unit
    rows = of_metric(over_time, metric)
    columns = (
        share_columns(context, metric)
        if unit is Unit.SHARE
        else (Column("value", context.metric_name(metric), unit),)
    )
    return Block(
        key=f"course-{metric}",
        title=context.texts(
            "chart.course",
            name=context.metric_name(metric),
            grain=context.texts(f"grain.by_{grain}"),
        ),
        finding=findings.change_sentence(
            one(totals, metric), metric, against, before_name(against, context), context
        ),
        table=Table(rows, (period_column(context, grain), *columns)),
        figure=trend(
            rows,
            unit=unit,
            look=context.look(grain),
            height=height,
        ),
        metrics=(metric,),
        width=width,
    )


def with_hidden(note: str, frame: pd.DataFrame, context: Context) -> str:
    """Return a note, with what `<` in a cell means where there is one."""
    if not frame["suppressed"].any():
        return note
    return f"{note} {context.texts('chart.hidden', threshold=context.threshold)}"


def kept_period(answer: Frames, context: Context) -> str:
    """Return the name of the days that a kept result is about, which its `about` tells."""
    about = answer["about"].iloc[0]
    first, last = (pd.Timestamp(about[name]).date() for name in ("first_on", "last_on"))
    return range_text(first, last, context.language)


def empty_page(context: Context, key: str, path: str) -> list[Component]:
    """Return a page on which no contact meets the filters."""
    loaded = range_text(*loaded_days(context.span), context.language)
    return [
        page_head(context, key),
        states.nothing_selected(context.texts, context.view, path, loaded),
    ]
