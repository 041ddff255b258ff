"""Datakwaliteit, on the loads: when each ran, and what it read."""

import pandas as pd

from analytics.metrics import Unit
from dashboard.blocks import Block, Column, Table
from dashboard.components.block import draw_table
from dashboard.context import Context
from dashboard.numbers import moment_text


def loads(known: pd.DataFrame, files: pd.DataFrame, context: Context) -> Block:
    """Return the block on the loads, newest first.

    Args:
        known: the frame of `analytics.quality.loads`, on the organisation's clock.
        files: the frame of `analytics.quality.files`.
        context: language and look.
    """
    texts = context.texts
    sums = files.groupby("load_key", as_index=False).agg(
        files=("file_name", "nunique"),
        **{
            f"{part}_count": (f"{part}_count", "sum")
            for part in ("read", "loaded", "duplicate", "rejected")
        },
    )
    rows = known[["load_key", "started_at", "finished_at"]].merge(sums, on="load_key", how="left")
    rows = rows.sort_values("started_at", ascending=False, ignore_index=True)
    table = Table(
        rows,
        (
            Column("started_at", texts("quality.started"), "moment"),
            Column("finished_at", texts("quality.finished"), "moment"),
            Column("files", texts("quality.files"), Unit.COUNT),
            Column("read_count", texts("quality.read"), Unit.COUNT),
            Column("loaded_count", texts("quality.loaded"), Unit.COUNT),
            Column("duplicate_count", texts("quality.duplicate"), Unit.COUNT),
            Column("rejected_count", texts("quality.rejected"), Unit.COUNT),
        ),
    )
    moment = rows.iloc[0]["finished_at"] if len(rows) else None
    return Block(
        key="loads",
        title=texts("quality.loads"),
        finding=texts("quality.loads_finding", moment=moment_text(moment, context.language)),
        table=table,
        body=draw_table(Table(rows.head(12), table.columns), texts("quality.loads"), context),
        width=6,
    )
