"""Journeys as they can be read: channels with arrows between, and the figures of each."""

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.derive.journeys import ARROW, MORE, steps_in
from dashboard import theme
from dashboard.components.scrolling import scrolling
from dashboard.context import Context
from dashboard.numbers import count_text, decimal_text, seconds_text, share_text, suppressed_text


def path_text(path: str, context: Context) -> str:
    """Return a path in words: `Webformulier → Telefoon`."""
    steps = [context.label("channel", step) for step in steps_in(path)]
    return " → ".join([*steps, *(["…"] if path.endswith(MORE) else [])])


def too_little(context: Context) -> Component:
    """Return what stands in the place of a picture that nothing can be drawn in."""
    return html.P(context.texts("journeys.nothing"), className="note")


def path_list(paths: pd.DataFrame, context: Context) -> Component:
    """Return paths as a table with a picture of each way.

    Args:
        paths: as `analytics.journeys.paths.Paths.paths` has them, those that are shown.
        context: of the page.
    """
    texts = context.texts
    heads = ("path", "journeys", "share", "contacts", "resolved", "median")
    head = html.Tr(
        [
            html.Th(texts(f"journeys.{key}"), scope="col", className="number" if place else None)
            for place, key in enumerate(heads)
        ]
    )
    largest = float(paths["journeys"].max()) if len(paths) else 1.0
    body = [_row(row, largest, context) for _, row in paths.iterrows()]
    return scrolling(
        html.Table([html.Thead(head), html.Tbody(body)], className="journeys"),
        texts("journeys.most"),
        texts,
        class_name="scrolls",
    )


def _row(row: pd.Series, largest: float, context: Context) -> html.Tr:
    language = context.language
    resolved = (
        suppressed_text(context.threshold)
        if row["resolved_suppressed"]
        else share_text(row["resolved_share"], language, digits=0)
    )
    figures = (
        count_text(row["journeys"], language),
        share_text(row["share"], language),
        decimal_text(row["contacts_per_journey"], language),
        resolved,
        seconds_text(row["median_seconds"], language),
    )
    bar = html.Span(
        html.Span(style={"width": f"{100 * row['journeys'] / largest:.1f}%"}),
        className="journey-bar",
        **{"aria-hidden": "true"},
    )
    return html.Tr(
        [
            html.Th([chips(row["path"], context), bar], scope="row"),
            *(html.Td(figure, className="number") for figure in figures),
        ]
    )


def chips(path: str, context: Context) -> html.Span:
    """Return a path as channels with arrows between them."""
    parts: list[Component] = []
    for channel in steps_in(path):
        parts += [*_arrow(parts), _chip(context.label("channel", channel), channel)]
    if path.endswith(ARROW + MORE):
        parts += [*_arrow(parts), html.Span("…", className="chip")]
    return html.Span(parts, className="chips")


def _arrow(before: Sequence[Component]) -> list[Component]:
    return [html.Span("→", className="chip-arrow")] if before else []


def _chip(name: str, channel: str) -> html.Span:
    dot = html.Span(
        className="chip-dot",
        style={"background": theme.channel_colour(channel)},
        **{"aria-hidden": "true"},
    )
    return html.Span([dot, name], className="chip")
