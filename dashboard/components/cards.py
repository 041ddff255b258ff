"""A key figure: its value, its course, and how it stands against before."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.metrics import METRICS, Unit
from dashboard import findings
from dashboard.components.block import definitions
from dashboard.components.hidden import hidden_note
from dashboard.components.links import icon
from dashboard.context import Context
from dashboard.figures.trend import sparkline
from dashboard.frames import AGAINST, before_name, of_metric, one
from dashboard.numbers import change_text, count_text


def cards(
    totals: pd.DataFrame,
    over_time: pd.DataFrame,
    metrics: Sequence[str],
    context: Context,
    *,
    class_name: str = "cards",
) -> html.Div:
    """Return a row of cards: values and differences of `totals`, small lines of `over_time`.

    Where `totals` has a metric without which another says too little, it stands beside that. Under
    the row, where a figure is hidden because of the chosen days or filters, what helps.
    """
    names = {against: before_name(against, context, short=True) for against in AGAINST}
    row = html.Div(
        [
            card(
                one(totals, metric),
                of_metric(over_time, metric),
                metric,
                names,
                context,
                beside={
                    other: one(totals, other)
                    for other in METRICS[metric].beside
                    if other in set(totals["metric"])
                },
            )
            for metric in metrics
        ],
        className=class_name,
    )
    note = hidden_note(totals[totals["metric"].isin(metrics)], context)
    return html.Div([row, *note], className="cards-and-note")


def card(
    row: pd.Series,
    over_time: pd.DataFrame,
    metric: str,
    before_names: Mapping[str, str],
    context: Context,
    *,
    beside: Mapping[str, pd.Series] = MappingProxyType({}),
) -> html.Section:
    """Return a card.

    Args:
        row: the metric now, with its differences.
        over_time: the metric over time, for the small line.
        metric: its key.
        before_names: what each period it is held against is called.
        context: of the page.
        beside: metrics that it is always read with, and their rows.
    """
    name = context.metric_name(metric)
    picture = sparkline(list(over_time.sort_values("period")["value"]))
    title = f"card-{metric}"
    return html.Section(
        [
            html.Div(
                [html.H2(name, id=title), definitions(title, (metric,), name, context)],
                className="card-head",
            ),
            html.Div(
                [
                    html.P(_value(row, metric, context), className="card-value"),
                    *([html.Img(src=picture, alt="")] if picture else []),
                ],
                className="card-row",
            ),
            html.P(_of(row, metric, beside, context), className="card-of"),
            html.Div(
                [
                    _change(row, metric, against, before, context)
                    for against, before in before_names.items()
                ],
                className="changes",
            ),
        ],
        className="card",
        **{"aria-labelledby": title},
    )


def _value(row: pd.Series, metric: str, context: Context) -> str:
    if bool(row["suppressed"]):
        return context.texts("card.hidden")
    return findings.shown(row, metric, context)


def _of(row: pd.Series, metric: str, beside: Mapping[str, pd.Series], context: Context) -> str:
    """Say of how many a share is, or give no-break space so that cards stay in line."""
    if (
        METRICS[metric].unit is Unit.COUNT
        or not findings.is_known(row)
        or pd.isna(row["denominator"])
    ):
        return "\N{NO-BREAK SPACE}"
    key = "card.of" if METRICS[metric].unit is Unit.SHARE else "card.over"
    said = [context.texts(key, count=count_text(row["denominator"], context.language))]
    said += [
        context.texts(
            "card.beside",
            name=context.metric_name(other).lower(),
            value=findings.shown(its, other, context),
        )
        for other, its in beside.items()
    ]
    return "; ".join(said)


def _change(row: pd.Series, metric: str, against: str, before: str, context: Context) -> Component:
    texts, unit = context.texts, METRICS[metric].unit
    difference = row[f"{against}_difference"]
    if pd.isna(difference):
        return html.Div(
            [
                icon("same"),
                html.Span(
                    texts(
                        "card.no_comparison" if bool(row["is_complete"]) else "card.unsettled",
                        before=before,
                    ),
                    className="change-missing",
                ),
            ],
            className="change change-none",
        )
    is_change, is_bounded = bool(row[f"{against}_is_change"]), findings.has_interval(row, against)
    kind = findings.direction(metric, float(difference), is_change)
    shape = "same" if is_bounded and not is_change else "up" if difference > 0 else "down"
    low, high = (
        change_text(row[f"{against}_{bound}"], unit, context.language) for bound in ("low", "high")
    )
    meaning = texts(f"card.{kind}" if is_bounded else "card.unsure")
    interval = texts("card.interval", low=low, high=high, meaning=meaning)
    return html.Div(
        [
            icon(shape),
            html.Span(
                findings.difference_text(row, against, metric, context), className="change-size"
            ),
            html.Span(
                [
                    html.Span(texts("card.against") + " ", className="wide-only"),
                    before,
                    html.Span(f" ({meaning})", className="only-read-out"),
                ]
            ),
        ],
        className=f"change change-{kind}",
        title=interval if is_bounded else meaning,
    )
