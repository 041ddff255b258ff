"""Herhaalcontacten, side by side: customers and repeats per channel and over all channels."""

import pandas as pd

from analytics.linking import TOTAL
from analytics.metrics import Unit
from dashboard.blocks import Block, Column, Table
from dashboard.components.block import draw_table
from dashboard.context import Context
from dashboard.frames import labelled
from dashboard.numbers import count_text, share_text


def side_by_side(figures: pd.DataFrame, context: Context) -> Block:
    """Return the block that sets the view per channel beside that over all channels.

    Args:
        figures: the frame of `analytics.linking.side_by_side`.
        context: language and look.
    """
    texts = context.texts
    named = labelled(figures, "channel", context, dimension="channel")
    named.loc[figures["channel"] == TOTAL, "channel"] = texts("repeats.all_channels")
    table = Table(
        named,
        (
            Column("channel", texts("table.channel")),
            Column("customers", texts("repeats.customers"), Unit.COUNT),
            Column("candidates", texts("table.denominator"), Unit.COUNT),
            Column("repeats_within", texts("repeats.repeats_within"), Unit.COUNT),
            Column("within", texts("repeats.share_within"), Unit.SHARE),
            Column("repeats_across", texts("repeats.repeats_across"), Unit.COUNT),
            Column("across", texts("repeats.share_across"), Unit.SHARE),
            Column("missed", texts("repeats.missed_count"), Unit.COUNT),
            Column("missed_share", texts("repeats.missed_share"), Unit.SHARE),
        ),
    )
    return Block(
        key="repeats-side-by-side",
        title=texts("repeats.side_by_side"),
        finding=_finding(figures, context),
        table=table,
        body=draw_table(table, texts("repeats.side_by_side"), context),
        note=texts("repeats.side_by_side_note"),
        metrics=("customers", "repeat_share", "repeat_share_same_channel"),
        width=12,
    )


def _finding(figures: pd.DataFrame, context: Context) -> str:
    texts, language = context.texts, context.language
    total = figures[figures["channel"] == TOTAL].iloc[0]
    needed = ("customers_within", "customers", "missed", "missed_share")
    if total[list(needed)].isna().any():
        return texts("finding.nothing_known")
    return texts(
        "repeats.side_by_side_finding",
        within=count_text(float(total["customers_within"]), language),
        across=count_text(float(total["customers"]), language),
        missed=count_text(float(total["missed"]), language),
        part=share_text(float(total["missed_share"]), language, digits=0),
    )
