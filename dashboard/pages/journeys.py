"""Klantreizen: which way customers go over the channels, where they turn back, and drop off."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from dash.development.base_component import Component

from analytics.journeys.paths import Paths, paths
from analytics.journeys.steps import drop_off, steps
from analytics.query import Grain, span
from dashboard.blocks import Block
from dashboard.components.cards import cards
from dashboard.context import Context
from dashboard.frames import compared, is_empty, over_time
from dashboard.pages.common import empty_page, grid, page_head
from dashboard.pages.journeys_paths import flow_block, kinds_block, loops_block, most_block
from dashboard.pages.journeys_steps import drop_off_block, steps_block
from dashboard.view import View
from warehouse.store import Reader

PATH = "/klantreizen"
_CARDS = ("episodes", "contacts_per_episode", "first_contact_resolution", "switch_share")


@dataclass(frozen=True)
class Data:
    """Frames of the page: totals, over time, journeys by path, steps, drop-off whole and split."""

    totals: pd.DataFrame
    over_time: pd.DataFrame
    grain: Grain
    paths: Paths
    steps: pd.DataFrame
    drop_off: pd.DataFrame
    by_service: pd.DataFrame
    by_channel: pd.DataFrame


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows."""
    of = span(reader)
    selection = view.selection(of)
    return Data(
        totals=compared(reader, [*_CARDS, "contacts"], selection),
        over_time=over_time(reader, _CARDS, view.trend(of)),
        grain=view.trend(of)[1],
        paths=paths(reader, selection),
        steps=steps(reader, selection),
        drop_off=drop_off(reader, selection=selection),
        by_service=drop_off(reader, "service", selection),
        by_channel=drop_off(reader, "channel", selection),
    )


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    if is_empty(answer.totals):
        return empty_page(context, "journeys", PATH)
    return [
        page_head(context, "journeys", context.texts("journeys.lead")),
        cards(answer.totals, answer.over_time, _CARDS, context),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    return [
        flow_block(answer.paths, context),
        most_block(answer.paths, context),
        steps_block(answer.steps, context),
        kinds_block(answer.paths, context),
        loops_block(answer.paths, context),
        drop_off_block(answer.by_service, answer.drop_off, "service", context),
        drop_off_block(answer.by_channel, answer.drop_off, "channel", context),
    ]
