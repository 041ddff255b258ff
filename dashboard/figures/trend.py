"""Charts over time: one metric with its band, or several lines with their names at the end."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics import Unit
from dashboard import theme
from dashboard.figures.common import (
    LABEL_PIXELS,
    Look,
    canvas,
    each,
    mark_period,
    plain,
    spread,
    time_axis,
)
from dashboard.numbers import count_text, period_text, seconds_text, value_text

_HEIGHT = 240


def trend(
    frame: pd.DataFrame,
    *,
    unit: Unit,
    look: Look,
    height: int = _HEIGHT,
    colour: str = theme.ACCENT,
) -> go.Figure:
    """Draw one metric over time.

    Args:
        frame: `period`, `value`, `low`, `high`, `denominator`, `suppressed`, `is_complete`.
        unit: of the values.
        look: how it is read.
        height: in pixels.
        colour: of the line.

    Returns:
        A line with its 95% band; incomplete periods dotted and hollow; the last whole one labelled.
    """
    figure = canvas(height, look.language, l=4, r=64, t=12, b=4)
    if frame["value"].isna().all():
        return figure.update_xaxes(visible=False).update_yaxes(visible=False)
    frame = frame.sort_values("period").reset_index(drop=True)
    periods = list(frame["period"])
    if frame["low"].notna().any():
        _add_band(figure, frame, colour)
    _add_line(figure, frame, colour)
    figure.data[-1].update(
        hovertemplate="%{customdata}<extra></extra>",
        customdata=_hovers(frame, unit, look),
    )
    _label_last(figure, frame, unit, look.language, colour)
    _value_axis(figure, unit, float(frame["value"].max()), look.language)
    time_axis(figure, periods, look)
    mark_period(figure, periods, look)
    return figure


def _add_band(figure: go.Figure, frame: pd.DataFrame, colour: str) -> None:
    both = frame[frame["low"].notna() & frame["high"].notna()]
    edge = {"x": both["period"], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(**edge, y=both["high"])
    figure.add_scatter(**edge, y=both["low"], fill="tonexty", fillcolor=theme.faint(colour, 0.14))


def _add_line(figure: go.Figure, frame: pd.DataFrame, colour: str) -> None:
    whole = frame["is_complete"].astype(bool)
    beside = (~whole).shift(-1, fill_value=False) | (~whole).shift(1, fill_value=False)
    broken = frame["value"].where(~whole | beside)
    if (~whole).any():
        figure.add_scatter(
            x=frame["period"],
            y=broken,
            mode="lines",
            line={"color": colour, "width": 2, "dash": "dot"},
            connectgaps=False,
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=frame["period"],
        y=frame["value"].where(whole),
        mode="lines",
        line={"color": colour, "width": 2},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=frame["period"],
        y=frame["value"],
        mode="markers",
        marker={
            "size": 6 if len(frame) <= 40 else 3,
            "color": [colour if is_whole else theme.PAPER for is_whole in whole],
            "line": {"color": colour, "width": 1.5},
        },
    )


def _hovers(frame: pd.DataFrame, unit: Unit, look: Look) -> list[str]:
    return [
        f"<b>{period_text(row.period, look.grain, look.language)}</b><br>"
        + value_text(
            row.value,
            unit,
            look.language,
            suppressed=row.suppressed,
            threshold=look.threshold,
        )
        + (
            f"<br>n = {count_text(row.denominator, look.language)}"
            if unit is not Unit.COUNT and not row.suppressed
            else ""
        )
        for row in each(frame)
    ]


def _label_last(
    figure: go.Figure, frame: pd.DataFrame, unit: Unit, language: str, colour: str
) -> None:
    known = frame[frame["value"].notna() & frame["is_complete"].astype(bool)]
    if known.empty:
        return
    last = known.iloc[-1]
    is_end = last["period"] == frame["period"].iloc[-1]
    figure.add_annotation(
        x=last["period"],
        y=last["value"],
        text=f"<b>{value_text(last['value'], unit, language)}</b>",
        font={"color": colour, "size": 13},
        showarrow=False,
        **({"xanchor": "left", "xshift": 8} if is_end else {"yshift": 14}),
    )


_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
"""Seconds between the lines of an axis of time: whole minutes, hours and days."""


def _value_axis(figure: go.Figure, unit: Unit, highest: float, language: str) -> None:
    figure.update_yaxes(nticks=5)
    if unit is Unit.SECONDS:
        step = next((step for step in _STEPS if highest / step <= 4), highest / 4)
        ticks = [number * step for number in range(5) if number * step <= highest * 1.1]
        figure.update_yaxes(
            rangemode="tozero",
            tickmode="array",
            tickvals=ticks,
            ticktext=[seconds_text(tick, language, digits=0) for tick in ticks],
        )
        return
    if unit is Unit.SHARE:
        figure.update_yaxes(tickformat=".0%")
    else:
        figure.update_yaxes(rangemode="tozero", tickformat=",~f")
    if unit is Unit.EUROS:
        figure.update_yaxes(tickprefix="€\N{NO-BREAK SPACE}")


def lines(
    frame: pd.DataFrame,
    *,
    series: str,
    names: Mapping[str, str],
    colours: Mapping[str, str],
    unit: Unit,
    look: Look,
    height: int = _HEIGHT,
) -> go.Figure:
    """Draw several series over time, each named at its end.

    Args:
        frame: as for `trend`, with a column `series` names what each row belongs to.
        series: that column.
        names: what each series is called on screen.
        colours: of each series.
        unit: of the values.
        look: how it is read.
        height: in pixels.

    Returns:
        Lines with 95% bands.
    """
    width = max((len(name) for name in names.values()), default=8)
    figure = canvas(height, look.language, l=4, r=min(170, 24 + 7 * width), t=12, b=4)
    if frame["value"].isna().all():
        return figure.update_xaxes(visible=False).update_yaxes(visible=False)
    periods = sorted(frame["period"].unique())
    ends: list[tuple[str, date, float]] = []
    for key in names:
        part = frame[frame[series] == key].sort_values("period").reset_index(drop=True)
        known = part[part["value"].notna()]
        if known.empty:
            continue
        colour = colours[key]
        if part["low"].notna().any():
            _add_band(figure, part, colour)
        _add_line(figure, part, colour)
        figure.data[-1].update(
            name=plain(names[key]),
            hovertemplate="%{customdata}<extra></extra>",
            customdata=[f"{plain(names[key])}<br>{text}" for text in _hovers(part, unit, look)],
        )
        ends.append((key, known.iloc[-1]["period"], float(known.iloc[-1]["value"])))
    _name_ends(figure, frame, ends, names, colours, height)
    _value_axis(figure, unit, float(frame["value"].max()), look.language)
    time_axis(figure, periods, look, most=4)
    mark_period(figure, periods, look)
    return figure


def _name_ends(
    figure: go.Figure,
    frame: pd.DataFrame,
    ends: Sequence[tuple[str, date, float]],
    names: Mapping[str, str],
    colours: Mapping[str, str],
    height: int,
) -> None:
    low, high = frame["value"].min(), frame["value"].max()
    per_pixel = ((high - low) or 1.0) / max(height - 60, 1)
    moved = spread([value for _, _, value in ends], LABEL_PIXELS * per_pixel)
    for (key, period, value), place in zip(ends, moved, strict=True):
        figure.add_annotation(
            x=period,
            y=value,
            yshift=(place - value) / per_pixel,
            text=f"<b>{plain(names[key], limit=24)}</b>",
            font={"color": colours[key], "size": 12},
            showarrow=False,
            xanchor="left",
            xshift=8,
        )


def sparkline(values: Sequence[float], *, colour: str = theme.ACCENT) -> str:
    """Draw a small line without axes.

    Returns:
        A data address of an SVG picture of 120 by 28; empty with fewer than two values.
    """
    known = [(place, value) for place, value in enumerate(values) if not pd.isna(value)]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    height = (high - low) or 1.0
    points = [
        (4 + 112 * place / max(len(values) - 1, 1), 24 - 20 * (value - low) / height)
        for place, value in known
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    ink = colour.replace("#", "%23")
    return (
        "data:image/svg+xml;utf8,"
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 28' width='120' height='28'>"
        f"<polyline points='{path}' fill='none' stroke='{ink}' stroke-width='1.6'"
        " stroke-linejoin='round' stroke-linecap='round'/>"
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2.6' fill='{ink}'/></svg>"
    )
