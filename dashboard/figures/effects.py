"""Charts of effects: a series with what was to be expected, and an effect among placebos."""

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from analytics.effects.shown import Point
from analytics.metrics import Unit
from dashboard import theme
from dashboard.figures.common import Look, canvas, plain, time_axis
from dashboard.numbers import day_text, decimal_text, value_text


def effect_course(
    points: Sequence[Point],
    started_on: date,
    weeks: int,
    unit: Unit,
    look: Look,
    names: tuple[str, str, str],
) -> go.Figure:
    """Draw a series, what was to be expected of it with its bounds, and the day of the change.

    Args:
        points: in order.
        started_on: where the line of the change stands.
        weeks: how many weeks a point stands for.
        unit: of the figures.
        look: how it is read.
        names: of the series, the expectation, and the comparison services, on screen.
    """
    figure = canvas(300, look.language, l=4, r=12, t=30, b=4)
    days = [point.first_on + timedelta(days=7 * weeks // 2) for point in points]
    since = [number for number, day in enumerate(days) if day >= started_on]
    _band(figure, [days[n] for n in since], [points[n] for n in since])
    if any(point.beside is not None for point in points):
        figure.add_scatter(
            x=days,
            y=[point.beside for point in points],
            mode="lines",
            line={"color": theme.BEFORE, "width": 1.2, "dash": "dot"},
            name=names[2],
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[days[n] for n in since],
        y=[points[n].expected for n in since],
        mode="lines",
        line={"color": theme.REFERENCE, "width": 2, "dash": "dash"},
        name=names[1],
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=days,
        y=[point.value for point in points],
        mode="lines+markers",
        line={"color": theme.ACCENT, "width": 2},
        marker={"size": 4},
        name=names[0],
        connectgaps=False,
        hovertemplate="%{customdata}<extra></extra>",
        customdata=[
            f"<b>{day_text(point.first_on, look.language)}</b><br>"
            + value_text(point.value, unit, look.language)
            + f"<br>{plain(names[1])}: {value_text(point.expected, unit, look.language)}"
            for point in points
        ],
    )
    figure.add_vline(x=started_on.isoformat(), line={"color": theme.INK, "width": 1.2})
    figure.add_annotation(
        x=started_on.isoformat(),
        y=1,
        yref="paper",
        yanchor="top",
        xanchor="right",
        xshift=-4,
        showarrow=False,
        text=day_text(started_on, look.language),
        font={"size": 11.5, "color": theme.INK},
    )
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 1.12, "x": 0, "yanchor": "bottom", "font": {"size": 11.5}},
    )
    figure.update_yaxes(nticks=5, rangemode="tozero")
    if unit is Unit.SHARE:
        figure.update_yaxes(tickformat=".0%")
    time_axis(figure, days, look)
    return figure


def _band(figure: go.Figure, days: Sequence[date], points: Sequence[Point]) -> None:
    if not points or points[0].high is None:
        return
    edge = {"x": days, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(**edge, y=[point.high for point in points], showlegend=False)
    figure.add_scatter(
        **edge,
        y=[point.low for point in points],
        fill="tonexty",
        fillcolor=theme.faint(theme.REFERENCE, 0.14),
        showlegend=False,
    )


def before_and_after(
    values: Sequence[tuple[str, float | None]], unit: Unit, look: Look
) -> go.Figure:
    """Draw a few named figures as bars: where a series itself is about too few people."""
    figure = canvas(300, look.language, l=4, r=60, t=12, b=4)
    names = [plain(name) for name, _ in values][::-1]
    numbers = [value for _, value in values][::-1]
    figure.add_bar(
        x=numbers,
        y=names,
        orientation="h",
        marker={"color": [theme.ACCENT, theme.REFERENCE, theme.BEFORE]},
        text=[value_text(value, unit, look.language) for value in numbers],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    return figure.update_xaxes(visible=False).update_yaxes(showgrid=False)


def placebos(chance: Sequence[float], real: float, look: Look, names: tuple[str, str]) -> go.Figure:
    """Draw how far out the same computation lies where nothing happened, and the real one.

    Args:
        chance: how far out each placebo lies, in standard errors.
        real: the same of the change.
        look: how it is read.
        names: of the placebos and of the change, on screen.
    """
    figure = canvas(300, look.language, l=4, r=12, t=30, b=4)
    reach = max([abs(real), *(abs(one) for one in chance), 3.0]) * 1.1
    figure.add_histogram(
        x=list(chance),
        xbins={"start": -reach, "end": reach, "size": reach / 14},
        marker={"color": theme.BEFORE},
        name=names[0],
        hoverinfo="skip",
    )
    figure.add_vline(x=real, line={"color": theme.BAD, "width": 2.5})
    figure.add_annotation(
        x=real,
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=f"<b>{plain(names[1])}</b>",
        font={"color": theme.BAD, "size": 12},
        xanchor="left" if real < 0 else "right",
    )
    ticks = [tick for tick in (-6, -4, -2, 0, 2, 4, 6) if abs(tick) <= reach]
    figure.update_xaxes(
        range=[-reach, reach],
        tickvals=ticks,
        ticktext=[decimal_text(tick, look.language, digits=0) for tick in ticks],
    )
    return figure.update_yaxes(nticks=4)
