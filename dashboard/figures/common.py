"""What charts share: the canvas, safe labels, and labels that keep out of each other's way."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.periods import Grain, period_of
from dashboard import theme
from dashboard.numbers import day_names, month_names, tick_text


@dataclass(frozen=True)
class Look:
    """How a chart is read: its language, its periods, and where disclosure control bites.

    `chosen` is the period looked at, shaded where a chart shows more than that.
    """

    language: str
    grain: Grain = Grain.MONTH
    chosen: tuple[date, date] | None = None
    threshold: int = 10


LABEL_PIXELS = 16
"""Room that one line of label needs."""


def canvas(height: int, language: str, **margins: int) -> go.Figure:
    """Return an empty figure of a height in pixels with the shared template."""
    figure = go.Figure()
    figure.update_layout(
        template=theme.template(),
        height=height,
        autosize=True,
        separators=",." if language == "nl" else ".,",
    )
    if margins:
        figure.update_layout(margin=margins)
    return figure


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Give a frame's rows, columns as attributes; pandas types them as anything at all."""
    return iter(frame.itertuples())


def plain(text: object, *, limit: int = 0) -> str:
    """Return a text that a chart shows as it stands, cut to a number of characters.

    Plotly reads tags and entities in any label, and labels come from logs.
    """
    words = str(text)
    if limit and len(words) > limit:
        words = words[: limit - 1].rstrip() + "…"
    return html.escape(words, quote=False)


def interval(values: pd.Series, low: pd.Series, high: pd.Series) -> dict[str, Any]:
    """Return Plotly's settings of error bars: none where a bound is not known."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - values).fillna(0),
        "arrayminus": (values - low).fillna(0),
        "color": theme.INK,
        "thickness": 1,
        "width": 3,
    }


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions apart until all are at least `gap` from each other, keeping their order."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    blocks: list[tuple[float, list[int]]] = []
    for index in order:
        blocks.append((positions[index], [index]))
        while len(blocks) > 1:
            (low, lower), (high, upper) = blocks[-2:]
            if high - low >= gap * (len(lower) + len(upper)) / 2:
                break
            count = len(lower) + len(upper)
            middle = (low * len(lower) + high * len(upper)) / count
            blocks[-2:] = [(middle, lower + upper)]
    moved = [0.0] * len(positions)
    for middle, members in blocks:
        for place, index in enumerate(members):
            moved[index] = middle + (place - (len(members) - 1) / 2) * gap
    return moved


def graph_config(language: str) -> dict[str, Any]:
    """Return the settings of a chart in the browser: no buttons, dates in the language."""
    return {
        "displayModeBar": False,
        "responsive": True,
        "scrollZoom": False,
        "doubleClick": False,
        "locale": language,
        "locales": {
            language: {
                "dictionary": {},
                "format": {
                    "days": day_names(language),
                    "shortDays": day_names(language, short=True),
                    "months": month_names(language),
                    "shortMonths": month_names(language, short=True),
                    "date": "%d-%m-%Y",
                    "decimal": "," if language == "nl" else ".",
                    "thousands": "." if language == "nl" else ",",
                },
            }
        },
    }


def time_axis(figure: go.Figure, periods: Sequence[date], look: Look, *, most: int = 5) -> None:
    """Name at most so many periods under a chart, counted back from the last one."""
    if not len(periods):
        return
    step = -(-len(periods) // most)
    ticks = list(periods)[::-1][::step][::-1]
    texts, year = [], None
    for tick in ticks:
        texts.append(
            tick_text(tick, look.grain, look.language)
            + (f"<br>{tick.year}" if tick.year != year else "")
        )
        year = tick.year
    reach = (periods[-1] - periods[0]) / max(len(periods) - 1, 1) * 0.6 or timedelta(days=1)
    figure.update_xaxes(
        type="date",
        range=[_moment(periods[0]) - reach, _moment(periods[-1]) + reach],
        tickmode="array",
        tickvals=ticks,
        ticktext=texts,
        tickangle=0,
    )


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  # a place on an axis


def mark_period(figure: go.Figure, periods: Sequence[date], look: Look) -> None:
    """Shade the chosen period where the chart shows more than that."""
    if look.chosen is None or not len(periods):
        return
    first, last = look.chosen
    if first <= periods[0] and last >= period_of(periods[-1], look.grain)[1]:
        return
    inside = [_moment(period) for period in periods if first <= period <= last]
    if not inside or len(periods) < 2:
        return
    half = (periods[1] - periods[0]) / 2
    figure.add_vrect(
        x0=inside[0] - half,
        x1=inside[-1] + half,
        fillcolor=theme.ACCENT_SOFT,
        opacity=0.45,
        line_width=0,
        layer="below",
    )
