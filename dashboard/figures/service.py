"""Charts of service: a target beside a course, scores beside their response, a week of arrivals."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics import Unit
from dashboard import theme
from dashboard.figures.cells import add_cells
from dashboard.figures.common import Look, canvas, each, plain
from dashboard.figures.ranked import add_named_bars, row_canvas
from dashboard.numbers import count_text, decimal_text, share_text, suppressed_text, value_text

_HIGHEST_SCORE = 10


def with_target(figure: go.Figure, periods: Sequence[date], target: float, name: str) -> go.Figure:
    """Add a line of what is aimed for, named at its begin, to a chart over time.

    Args:
        figure: as `figures.trend.trend` makes it; left as it is where there is nothing to show.
        periods: those that the target is about, in order.
        target: in the chart's unit.
        name: of the target, on screen.
    """
    if not figure.data or not len(periods):
        return figure
    figure.add_scatter(
        x=list(periods),
        y=[target] * len(periods),
        mode="lines",
        line={"color": theme.REFERENCE, "width": 1.6, "dash": "dash"},
        hoverinfo="skip",
    )
    figure.add_annotation(
        x=periods[0],
        y=target,
        text=f"<b>{plain(name)}</b>",
        font={"color": theme.REFERENCE, "size": 12},
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
    )
    return figure


def scores(
    frame: pd.DataFrame, *, names: Mapping[str, str], response: str, look: Look
) -> go.Figure:
    """Draw the mean score of groups as bars up to ten, each with its response beside it.

    Args:
        frame: `group`, `value` (1 to 10), `response` (share), `scored` (how many), `suppressed`.
        names: what each group is called on screen.
        response: what the response is called on screen.
        look: how it is read.
    """
    rows = frame.reset_index(drop=True)
    figure = row_canvas(len(rows), look)
    if rows.empty:
        return figure
    beside = [
        plain(suppressed_text(look.threshold))
        if row.suppressed
        else f"<b>{value_text(row.value, Unit.NUMBER, look.language)}</b>"
        f" <span style='color:{theme.MUTED}'>{plain(response)}"
        f" {share_text(row.response, look.language)}</span>"
        for row in each(rows)
    ]
    add_named_bars(
        figure,
        rows["value"],
        names=[plain(names[group], limit=40) for group in rows["group"]],
        beside=beside,
        hovers=[
            f"<b>{plain(names[row.group])}</b><br>{text}"
            + ("" if row.suppressed else f"<br>n = {count_text(row.scored, look.language)}")
            for row, text in zip(each(rows), beside, strict=True)
        ],
        marker={"color": theme.ACCENT},
    )
    return figure.update_xaxes(visible=False, range=[0, _HIGHEST_SCORE])


def rhythm(
    frame: pd.DataFrame, *, day_names: Mapping[str, str], what: str, look: Look
) -> go.Figure:
    """Draw how many come in per half hour, weekdays below each other.

    Args:
        frame: `weekday`, `half_hour` (08:30), `value` (mean per half hour), `suppressed`; each
            combination once.
        day_names: of each weekday on screen, in order.
        what: is counted, on screen.
        look: how it is read.

    Returns:
        A heat map with `<` where a figure is hidden.
    """
    figure = canvas(34 * len(day_names) + 44, look.language, l=4, r=4, t=4, b=4)
    if frame.empty:
        return figure
    begins = sorted(frame["half_hour"].unique())
    told = {(row.weekday, row.half_hour): row for row in each(frame)}
    lines = [[told[day, begin] for begin in begins] for day in day_names]
    add_cells(
        figure,
        [[row.value for row in line] for line in lines],
        [
            [
                f"<b>{plain(day_names[row.weekday])}</b> · {row.half_hour}<br>"
                + (
                    plain(suppressed_text(look.threshold))
                    if row.suppressed
                    else f"{plain(what)}: {decimal_text(row.value, look.language)}"
                )
                for row in line
            ]
            for line in lines
        ],
        rows=[plain(name) for name in day_names.values()],
        columns=[begin if begin.endswith(":00") else "" for begin in begins],
        text=[[_in_cell(row, look) for row in line] for line in lines],
        texttemplate="%{text}",
        textfont={"size": 11},
    )
    return figure.update_xaxes(tickangle=0)


def _in_cell(row: Any, look: Look) -> str:
    if row.suppressed:
        return "&lt;"
    if pd.isna(row.value) or row.value == 0:
        return ""
    return decimal_text(row.value, look.language, digits=0 if round(row.value, 1) >= 10 else 1)
