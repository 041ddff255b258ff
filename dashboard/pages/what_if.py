"""A change that a reader marks to have a look: kept in the address, written nowhere."""

from dataclasses import replace

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from analytics.effects.findings import Effect
from dashboard.blocks import Block, Column, Table
from dashboard.components.links import switch
from dashboard.context import Context
from dashboard.numbers import day_text
from dashboard.pages.effect_blocks import effect_blocks
from dashboard.periods import loaded_days
from dashboard.view import MOVES


def what_if_block(marked: Effect | None, context: Context, path: str) -> list[Block]:
    """Return the block in which a reader marks a change, and what it did."""
    texts, view = context.texts, context.view
    chosen = view.moved or MOVES[0]
    choices = [
        (context.metric_name(metric), replace(view, moved=metric), metric == chosen)
        for metric in MOVES
    ]
    day = view.changed_on
    first, last = loaded_days(context.span)
    controls = html.Div(
        [
            dmc.DatePickerInput(
                id="what-if-day",
                label=texts("effects.what_if_day"),
                value=day.isoformat() if day else None,
                minDate=first.isoformat(),
                maxDate=last.isoformat(),
                clearable=True,
                clearButtonProps={"aria-label": texts("filters.clear")},
                valueFormat="D MMM YYYY",
                size="sm",
                className="what-if-day",
            ),
            html.Div(
                [
                    html.P(texts("effects.what_if_moves"), className="note"),
                    switch(texts("effects.what_if_moves"), choices, path),
                ]
            ),
        ],
        className="what-if",
    )
    found = (
        effect_blocks(
            marked,
            "own",
            texts("effects.what_if_name", day=day_text(day, context.language)),
            context,
        )
        if marked is not None
        else []
    )
    empty = pd.DataFrame([(day, context.metric_name(chosen))], columns=["day", "what"])
    own = Block(
        key="what-if",
        title=texts("effects.what_if"),
        finding=found[0].finding if found else texts("effects.what_if_finding"),
        table=Table(
            empty,
            (
                Column("day", texts("effects.what_if_day"), "day"),
                Column("what", texts("effects.what_if_moves")),
            ),
        ),
        body=controls,
        note=texts("effects.what_if_says"),
    )
    return [own, *found]
