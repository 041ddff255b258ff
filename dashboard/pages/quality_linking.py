"""Datakwaliteit, on customers: which identifiers join nobody, because they would join too many."""

import pandas as pd

from analytics.metrics import Unit
from dashboard.blocks import Block, Column, Table
from dashboard.components.block import draw_table
from dashboard.context import Context
from dashboard.numbers import count_text


def set_aside(kinds: pd.DataFrame, limit: int, context: Context) -> Block:
    """Return the block on identifiers that were set aside.

    Args:
        kinds: the frame of `analytics.quality.set_aside`.
        limit: setting `linking.most_neighbours`.
        context: language and look.
    """
    texts = context.texts
    table = Table(
        kinds.assign(kind=[texts(f"identifier.{kind}") for kind in kinds["kind"]]),
        (
            Column("kind", texts("linking.kind")),
            Column("identifiers", texts("linking.identifiers"), Unit.COUNT),
            Column("rows", texts("linking.rows"), Unit.COUNT),
        ),
    )
    finding = (
        texts("linking.none", limit=count_text(limit, context.language))
        if kinds.empty
        else texts(
            "linking.finding",
            count=count_text(float(kinds["identifiers"].sum()), context.language),
            rows=count_text(float(kinds["rows"].sum()), context.language),
        )
    )
    return Block(
        key="set-aside",
        title=texts("linking.set_aside"),
        finding=finding,
        table=table,
        body=draw_table(table, texts("linking.set_aside"), context),
        note=texts("linking.note", limit=count_text(limit, context.language)),
        width=6,
    )
