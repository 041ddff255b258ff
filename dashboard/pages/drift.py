"""Datakwaliteit, one block: columns that came otherwise than in the load before."""

import pandas as pd

from dashboard.blocks import Block, Column, Table
from dashboard.components.block import draw_table
from dashboard.context import Context
from dashboard.numbers import count_text


def drift(rows: pd.DataFrame, context: Context) -> Block:
    """Return the block.

    Args:
        rows: as `analytics.quality.drifts` gives them.
        context: language and texts.
    """
    texts = context.texts
    told = rows.assign(change=[texts(f"drift.{change}") for change in rows["change"]])
    table = Table(
        told,
        (
            Column("source", texts("quality.source")),
            Column("file_name", texts("quality.file")),
            Column("column", texts("quality.column")),
            Column("change", texts("drift.change")),
            Column("proposal", texts("drift.proposal")),
        ),
    )
    finding = (
        texts("drift.none")
        if rows.empty
        else texts(
            "drift.finding",
            count=count_text(float(len(rows)), context.language),
            source=rows.iloc[0]["source"],
        )
    )
    return Block(
        key="drift",
        title=texts("drift.title"),
        finding=finding,
        table=table,
        body=draw_table(Table(told.head(12), table.columns), texts("drift.title"), context),
        note="" if rows.empty else texts("drift.note"),
        width=6,
    )
