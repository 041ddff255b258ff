"""Doelen: how far each goal is, where it will end, and what asks for attention."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.goals.alerts import alerts
from analytics.goals.progress import Progress, Status
from analytics.metrics import METRICS
from dashboard.blocks import Block, Column, Table
from dashboard.components import states
from dashboard.components.block import draw_table
from dashboard.components.goal_card import goal_cards
from dashboard.context import Context
from dashboard.numbers import range_text, share_text, value_text
from dashboard.pages.alert_block import alert_block
from dashboard.pages.common import grid, page_head
from dashboard.signals import goal_name, target_text
from dashboard.view import View
from dashboard.working import Known, known
from warehouse.store import Reader

PATH = "/doelen"
_WELL = {Status.MET, Status.ON_TRACK}
_BADLY = {Status.MISSED, Status.OFF_TRACK}


@dataclass(frozen=True)
class Data:
    """What the page shows."""

    known: Known


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows; the first time after a load it is worked out.

    Raises:
        StillWorkingError: it is being worked out.
    """
    del view  # a goal says itself what it is about
    return Data(known(reader))


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    goals = answer.known.goals
    if not goals:
        texts = context.texts
        return [
            page_head(context, "goals", has_period=False),
            states.message(texts("goals.none_title"), [html.P(texts("goals.none"))], level=2),
            grid(blocks(answer, context), context, PATH),
        ]
    lead = context.texts(
        "goals.lead", met=sum(one.status in _WELL for one in goals), count=len(goals)
    )
    return [
        page_head(context, "goals", lead, has_period=False),
        goal_cards(goals, context),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks: what asks for attention, and all goals in a table."""
    of = context.span
    told = alerts(answer.known.findings, answer.known.goals, context.period, of.last_on)
    return [alert_block(told, context), _table(answer.known.goals, context)]


def _table(goals: Sequence[Progress], context: Context) -> Block:
    texts = context.texts
    columns = ("goal", "until", "target", "value", "end", "probability", "status")
    rows = [_row(one, context) for one in goals]
    table = Table(
        pd.DataFrame(rows, columns=list(columns)),
        tuple(Column(name, texts(f"goals.{name}")) for name in columns),
    )
    return Block(
        key="goals",
        title=texts("goals.overview"),
        finding=texts(
            "goals.finding",
            count=len(goals),
            missed=sum(one.status in _BADLY for one in goals),
        ),
        table=table,
        body=draw_table(table, texts("goals.overview"), context),
        note=texts("goals.note"),
    )


def _row(one: Progress, context: Context) -> tuple[str, ...]:
    unit, language = METRICS[one.goal.metric].unit, context.language
    return (
        goal_name(one, context),
        range_text(one.first_on, one.last_on, language),
        target_text(one, context),
        value_text(one.value, unit, language, suppressed=one.status is Status.HIDDEN),
        value_text(one.end, unit, language),
        share_text(one.probability, language, digits=0),
        context.texts(f"goals.{one.status}"),
    )
