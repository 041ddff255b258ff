"""Datakwaliteit, on conversations: which calls are registered too, and which rows were bound."""

from dataclasses import dataclass

import pandas as pd

from analytics import talks
from analytics.metrics import Unit
from analytics.query import Grain, Selection
from dashboard.blocks import Block, Column, Table
from dashboard.components.block import draw_table
from dashboard.context import Context
from dashboard.numbers import count_text, share_text
from warehouse.store import Reader


@dataclass(frozen=True)
class TalkData:
    """Frames of the blocks: see `analytics.talks`."""

    matches: pd.DataFrame
    bound: pd.DataFrame


def talk_data(reader: Reader, selection: Selection) -> TalkData:
    """Return what the blocks show."""
    return TalkData(talks.matches(reader, selection), talks.bound(reader, selection))


def talk_blocks(answer: TalkData, context: Context) -> list[Block]:
    """Return the blocks on conversations; none where no source has any."""
    blocks = []
    if len(answer.matches):
        blocks.append(_matches(shares(answer.matches), context))
    if len(answer.bound):
        blocks.append(_bound(answer.bound, context))
    return blocks


def shares(matches: pd.DataFrame) -> pd.DataFrame:
    """Return per source and period what is matched and what is alone.

    Columns: source, period (NaT: the whole), role (telephony or registration), matched, alone
    (counts; NaN where hidden), share (0 to 1), suppressed.
    """
    rows = []
    for (source, period), cells in matches.groupby(["source", "period"], dropna=False):
        value = dict(zip(cells["match"], cells["value"], strict=True))
        is_desk = "registration_only" in set(matches.loc[matches["source"] == source, "match"])
        alone = value.get("registration_only" if is_desk else "call_only", 0.0)
        matched = value.get("matched", 0.0)
        of = matched + alone
        rows.append(
            {
                "source": source,
                "period": period,
                "role": "registration" if is_desk else "telephony",
                "matched": matched,
                "alone": alone,
                "share": matched / of if of else float("nan"),
                "suppressed": bool(cells["suppressed"].any()),
            }
        )
    return pd.DataFrame(rows)


def _matches(rows: pd.DataFrame, context: Context) -> Block:
    texts = context.texts
    rows = rows.assign(side=[texts(f"talks.{role}") for role in rows["role"]])
    columns = (
        Column("source", texts("quality.source")),
        Column("share", texts("talks.share"), Unit.SHARE),
        Column("matched", texts("talks.matched"), Unit.COUNT),
        Column("alone", texts("talks.alone"), Unit.COUNT),
        Column("side", texts("talks.side")),
    )
    whole = rows[rows["period"].isna()]
    by_month = rows[rows["period"].notna()]
    month = Column("period", texts("table.period"), Grain.MONTH)
    return Block(
        key="calls-and-registrations",
        title=texts("talks.matches"),
        finding=_finding(whole, context),
        table=Table(by_month, (columns[0], month, *columns[1:])),
        body=draw_table(Table(whole, columns), texts("talks.matches"), context),
        note=texts("talks.matches_note"),
        width=6,
    )


def _finding(whole: pd.DataFrame, context: Context) -> str:
    """Say how much of each side the other has, over all sources of that side."""
    sums = whole.groupby("role")[["matched", "alone"]].sum(min_count=1)
    of = sums["matched"] + sums["alone"]
    if whole["suppressed"].any() or not {"telephony", "registration"} <= set(of[of > 0].index):
        return context.texts("finding.nothing_known")
    return context.texts(
        "talks.matches_finding",
        calls=count_text(float(of["telephony"]), context.language),
        registered=share_text(
            float(sums["matched"]["telephony"] / of["telephony"]), context.language
        ),
        unseen=share_text(
            float(sums["alone"]["registration"] / of["registration"]), context.language
        ),
    )


def _bound(rows: pd.DataFrame, context: Context) -> Block:
    texts = context.texts
    known = rows[~rows["suppressed"]]
    table = Table(
        rows,
        (
            Column("source", texts("quality.source")),
            Column("rows", texts("talks.rows"), Unit.COUNT),
            Column("conversations", texts("talks.conversations"), Unit.COUNT),
            Column("questions", texts("talks.questions"), Unit.COUNT),
        ),
    )
    finding = (
        texts("finding.nothing_known")
        if known.empty
        else texts(
            "talks.bound_finding",
            source=known.iloc[0]["source"],
            rows=count_text(float(known.iloc[0]["rows"]), context.language),
            conversations=count_text(float(known.iloc[0]["conversations"]), context.language),
        )
    )
    return Block(
        key="bound-rows",
        title=texts("talks.bound"),
        finding=finding,
        table=table,
        body=draw_table(table, texts("talks.bound"), context),
        note=texts("talks.bound_note"),
        width=6,
    )
