"""Overzicht: how it went, against before, and what changed most."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
from dash.development.base_component import Component

from analytics.goals.alerts import Alert, alerts
from analytics.metrics import Unit
from analytics.query import Grain, Span, span
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components import states
from dashboard.components.cards import cards
from dashboard.components.movers import movers
from dashboard.context import Context
from dashboard.frames import (
    avoidable_metric,
    before_name,
    compared,
    is_empty,
    labelled,
    one,
    over_time,
)
from dashboard.pages.alert_block import alert_block
from dashboard.pages.common import course, empty_page, grid, page_head
from dashboard.view import View
from dashboard.working import StillWorkingError, known
from warehouse.errors import ConfigurationError
from warehouse.store import Reader

PATH = "/"
_MOST_MOVERS = 6


@dataclass(frozen=True)
class Data:
    """Frames of the page.

    `figures` and `movers_*` are compared with before; `over_time` is by `grain`.
    """

    figures: pd.DataFrame
    over_time: pd.DataFrame
    grain: Grain
    channels: pd.DataFrame
    services: pd.DataFrame
    alerts: Callable[[], tuple[Alert, ...] | None]
    """Asked when the page is drawn: None as long as they are being worked out."""


def key_metrics(of: Span) -> tuple[str, ...]:
    """Return the metrics of the cards, in reading order."""
    return (
        "contacts",
        "digital_share",
        "repeat_share",
        "first_contact_resolution",
        avoidable_metric(of),
        "service_level",
        "cost_per_episode",
        "total_cost",
    )


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows; costs the same whatever the number of contacts."""
    of = span(reader)
    selection, metrics = view.selection(of), key_metrics(of)
    return Data(
        figures=compared(reader, metrics, selection),
        over_time=over_time(reader, metrics, view.trend(of)),
        grain=view.trend(of)[1],
        channels=compared(reader, ["contacts"], selection, by=["channel"], against=["previous"]),
        services=compared(reader, ["contacts"], selection, by=["service"], against=["previous"]),
        alerts=partial(_alerts, reader, view, of),
    )


def _alerts(reader: Reader, view: View, of: Span) -> tuple[Alert, ...] | None:
    try:
        answer = known(reader, patience=0.0)
    except StillWorkingError:
        return None
    except ConfigurationError:  # the page of goals says what is to be mended
        return ()
    return alerts(answer.findings, answer.goals, view.period(of), of.last_on)


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    if is_empty(answer.figures):
        return empty_page(context, "overview", PATH)
    told = answer.alerts()
    return [
        page_head(context, "overview", _lead(answer, context)),
        cards(answer.figures, answer.over_time, key_metrics(context.span), context),
        *([states.working_line(context.texts)] if told is None else []),
        grid(_blocks(answer, told, context), context, PATH),
    ]


def _lead(answer: Data, context: Context) -> str:
    contacts, repeats = one(answer.figures, "contacts"), one(answer.figures, "repeat_share")
    before = before_name("year_ago", context)
    return " ".join(
        (
            findings.change_sentence(contacts, "contacts", "year_ago", before, context),
            findings.change_sentence(repeats, "repeat_share", "year_ago", before, context),
        )
    )


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    return _blocks(answer, answer.alerts(), context)


def _blocks(answer: Data, told: Sequence[Alert] | None, context: Context) -> list[Block]:
    trends = ("contacts", "repeat_share", avoidable_metric(context.span))
    courses = (
        course(answer.figures, answer.over_time, metric, answer.grain, context, against="previous")
        for metric in trends
    )
    return [
        *([alert_block(told, context)] if told else []),
        *courses,
        _movers(answer, context),
    ]


def _movers(answer: Data, context: Context) -> Block:
    texts = context.texts
    before = before_name("previous", context)
    groups = {
        "channel": _most_changed(answer.channels, "channel"),
        "service": _most_changed(answer.services, "service"),
    }
    parts: list[pd.DataFrame] = []
    for dimension, rows in (("channel", answer.channels), ("service", answer.services)):
        ranked = labelled(rows, dimension, context).rename(columns={dimension: "group"})
        parts.append(ranked.assign(kind=texts(f"overview.by_{dimension}")))
    table = pd.concat(parts, ignore_index=True)
    return Block(
        key="movers",
        title=texts("overview.movers", before=before),
        finding=_mover_sentence(groups, before, context),
        table=Table(
            table,
            (
                Column("group", texts("table.group")),
                Column("kind", texts("table.kind")),
                Column("value", context.period_name, Unit.COUNT),
                Column("previous", before, Unit.COUNT),
                Column("previous_difference", texts("table.difference"), Unit.COUNT),
                Column("previous_low", texts("table.low"), Unit.COUNT),
                Column("previous_high", texts("table.high"), Unit.COUNT),
            ),
        ),
        body=movers(groups, "contacts", "previous", context),
        metrics=("contacts",),
        width=12,
    )


def _most_changed(rows: pd.DataFrame, dimension: str) -> pd.DataFrame:
    known = rows[rows["previous_difference"].notna()].rename(columns={dimension: "group"})
    order = known["previous_difference"].abs().sort_values(ascending=False).index
    return known.loc[order].head(_MOST_MOVERS).reset_index(drop=True)


def _mover_sentence(groups: dict[str, pd.DataFrame], before: str, context: Context) -> str:
    texts = context.texts
    sure = {
        dimension: rows[rows["previous_is_change"].astype(bool)]
        for dimension, rows in groups.items()
    }
    said = []
    for dimension, rows in sure.items():
        if rows.empty:
            continue
        first = rows.iloc[0]
        said.append(
            texts(
                "overview.mover",
                group=context.label(dimension, first["group"]),
                size=findings.difference_text(first, "previous", "contacts", context),
            )
        )
    if not said:
        return texts("overview.no_movers", before=before)
    return texts("overview.most", groups=texts("overview.and").join(said), before=before)
