"""The block of alerts, on the page of goals and the overview: a handful, each with its page."""

from collections.abc import Sequence

import pandas as pd
from dash import html

from analytics.goals.alerts import Alert
from dashboard.blocks import Block, Column, Table
from dashboard.components.links import inner_link
from dashboard.context import Context
from dashboard.signals import Signal, signals

_MOST = 5


def alert_block(told: Sequence[Alert], context: Context) -> Block:
    """Return the block; calm where nothing asks for attention."""
    texts = context.texts
    said = signals(told, context)
    rows = [(one.kind, one.says, one.because) for one in said]
    left = len(said) - _MOST
    return Block(
        key="alerts",
        title=texts("alerts.title"),
        finding=_finding(len(said), context),
        table=Table(
            pd.DataFrame(rows, columns=["kind", "says", "because"]),
            (
                Column("kind", texts("alerts.kind")),
                Column("says", texts("alerts.says")),
                Column("because", texts("effects.mainly")),
            ),
        ),
        body=html.Ul([_item(one, context) for one in said[:_MOST]], className="happenings"),
        note=texts("alerts.more", count=left) if left > 0 else "",
    )


def _finding(count: int, context: Context) -> str:
    if count == 0:
        return context.texts("alerts.none")
    if count == 1:
        return context.texts("alerts.finding_one")
    return context.texts("alerts.finding", count=count)


def _item(one: Signal, context: Context) -> html.Li:
    return html.Li(
        [
            html.P(
                [
                    one.says + " ",
                    inner_link(
                        [
                            context.texts("alerts.look"),
                            html.Span(f": {one.says}", className="only-read-out"),
                        ],
                        one.path,
                        one.view,
                    ),
                ]
            ),
            *([html.P(one.because, className="note")] if one.because else []),
        ]
    )
