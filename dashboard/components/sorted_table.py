"""A table of groups that a reader sorts by a heading; the order stands in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.metrics import METRICS, Unit
from dashboard.components.links import inner_link
from dashboard.components.scrolling import scrolling
from dashboard.context import Context
from dashboard.figures.common import each
from dashboard.frames import of_metric
from dashboard.numbers import count_text, suppressed_text, value_text

NAME = "name"
_ARROWS = {"ascending": "▲", "descending": "▼"}


@dataclass(frozen=True)
class Heading:
    """A column: its key, which is a metric's or NAME, and what it is called on screen."""

    key: str
    text: str


def in_order(frame: pd.DataFrame, names: dict[str, str], sort: str, *, otherwise: str) -> list[str]:
    """Return groups in the order asked for; hidden and unknown ones last, then by name.

    Args:
        frame: a tidy frame with `metric`, `group`, `value`.
        names: of each group on screen.
        sort: NAME or a metric's key, with `-` before it for the largest first.
        otherwise: the same, where `sort` is not of this table.
    """
    known = {NAME, *frame["metric"]}
    chosen = sort if sort.removeprefix("-") in known else otherwise
    key, falls = chosen.removeprefix("-"), chosen.startswith("-")
    by_name = sorted(names, key=lambda group: names[group].casefold())
    if key == NAME:
        return by_name[::-1] if falls else by_name
    values = of_metric(frame, key).set_index("group")["value"].reindex(by_name)
    ordered = values.sort_values(ascending=not falls, na_position="last", kind="stable")
    return [str(group) for group in ordered.index]


def sorted_table(
    frame: pd.DataFrame,
    headings: Sequence[Heading],
    names: dict[str, str],
    title: str,
    context: Context,
    path: str,
    *,
    otherwise: str,
) -> html.Div:
    """Return a row per group and a column per metric, with a bar and what a share is of.

    Args:
        frame: a tidy frame with `metric`, `group`, `value`, `denominator`, `suppressed`.
        headings: the columns; the first is NAME.
        names: of each group on screen.
        title: of the table, for screen readers.
        context: of the page.
        path: of the page.
        otherwise: the order where the address asks for none.
    """
    order = in_order(frame, names, context.view.sort, otherwise=otherwise)
    cells = {(row.metric, row.group): row for row in each(frame)}
    highest = {str(key): float(rows.max()) for key, rows in frame.groupby("metric")["value"]}
    known = {heading.key for heading in headings}
    asked = context.view.sort
    shown = asked if asked.removeprefix("-") in known else otherwise
    body = [
        html.Tr(
            [
                html.Th(names[group], scope="row"),
                *(
                    _cell(cells.get((heading.key, group)), heading.key, highest, context)
                    for heading in headings[1:]
                ),
            ]
        )
        for group in order
    ]
    return scrolling(
        html.Table(
            [
                html.Caption(title, className="only-read-out"),
                html.Thead(html.Tr([_head(one, shown, context, path) for one in headings])),
                html.Tbody(body),
            ],
            className="data scoreboard",
        ),
        title,
        context.texts,
        class_name="table-frame scoreboard-frame",
    )


def _head(heading: Heading, shown: str, context: Context, path: str) -> html.Th:
    is_on = shown.removeprefix("-") == heading.key
    way = ("descending" if shown.startswith("-") else "ascending") if is_on else "none"
    # numbers begin with the largest, names with the first of the alphabet
    first, second = heading.key, f"-{heading.key}"
    if heading.key != NAME:
        first, second = second, first
    to = second if is_on and shown == first else first
    parts: list[Component | str] = [heading.text]
    if is_on:
        parts.append(html.Span(_ARROWS[way], className="sort-arrow", **{"aria-hidden": "true"}))
    return html.Th(
        inner_link(
            parts,
            path,
            replace(context.view, sort=to),
            className="sort",
            title=context.texts("service_quality.sort", name=heading.text),
        ),
        scope="col",
        className=None if heading.key == NAME else "number",
        **{"aria-sort": way},
    )


def _cell(row: Any, key: str, highest: dict[str, float], context: Context) -> html.Td:
    if row is None:
        return html.Td("–", className="number")
    if row.suppressed:
        return html.Td(suppressed_text(context.threshold), className="number")
    value, unit = float(row.value), METRICS[key].unit
    parts: list[Component | str] = [value_text(value, unit, context.language)]
    if unit is Unit.SHARE and not pd.isna(value):
        size = count_text(float(row.denominator), context.language)
        parts.append(html.Span(context.texts("card.of", count=size), className="cell-of"))
    top = highest.get(key, 0.0)
    if not pd.isna(value) and top > 0:
        width = {"width": f"{100 * value / top:.1f}%"}
        parts.append(
            html.Span(html.Span(style=width), className="cell-bar", **{"aria-hidden": "true"})
        )
    return html.Td(parts, className="number")
