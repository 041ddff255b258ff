"""What changed most: groups with a bar to the left or right of none."""

from collections.abc import Mapping

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.metrics import METRICS
from dashboard import findings
from dashboard.context import Context
from dashboard.numbers import change_text, value_text


def movers(
    groups: Mapping[str, pd.DataFrame], metric: str, against: str, context: Context
) -> html.Div:
    """Return a list per dimension, the largest difference first.

    Args:
        groups: dimension and its rows: `group`, `value`, and the differences `against`.
        metric: what is compared.
        against: the period it is held against.
        context: of the page.
    """
    largest = max(
        (float(rows[f"{against}_difference"].abs().max()) for rows in groups.values() if len(rows)),
        default=1.0,
    )
    parts: list[Component] = []
    for dimension, rows in groups.items():
        items = [
            _mover(row, dimension, metric, against, largest or 1.0, context)
            for _, row in rows.iterrows()
        ]
        heading = html.H3(context.texts(f"overview.by_{dimension}"), className="movers-group")
        parts.append(html.Div([heading, html.Ul(items, className="movers")]))
    return html.Div(parts, className="two-columns")


def _mover(
    row: pd.Series, dimension: str, metric: str, against: str, largest: float, context: Context
) -> html.Li:
    unit, language = METRICS[metric].unit, context.language
    difference = float(row[f"{against}_difference"])
    is_change = bool(row[f"{against}_is_change"])
    kind = findings.direction(metric, difference, is_change)
    name = {"good": "is-good", "bad": "is-bad", "none": "is-unsure"}.get(kind, "")
    width = 50 * abs(difference) / largest
    side = {"left": "50%"} if difference > 0 else {"right": "50%"}
    group = context.label(dimension, row["group"])
    figures = (
        f"{value_text(row[against], unit, language)} → {value_text(row['value'], unit, language)}"
    )
    return html.Li(
        [
            html.Span(
                [group, html.Span(f" {figures}", className="mover-figures")],
                className="mover-name",
                title=group,
            ),
            html.Span(
                html.Span(className=name, style={"width": f"{width:.1f}%", **side}),
                className="mover-bar",
                **{"aria-hidden": "true"},
            ),
            html.Span(
                [
                    change_text(difference, unit, language),
                    *(
                        []
                        if is_change
                        else [
                            html.Span(f" ({context.texts('card.none')})", className="only-read-out")
                        ]
                    ),
                ],
                className=f"mover-size {name}",
            ),
        ],
        className="mover",
    )
