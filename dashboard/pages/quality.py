"""Datakwaliteit: what was loaded and refused, and how far the figures reach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pandas as pd
from dash.development.base_component import Component

from analytics import quality
from analytics.metrics import Unit
from analytics.periods import days_before
from analytics.query import Grain, Selection, Span, measure, span
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components.accounts import accounts
from dashboard.components.block import draw_table
from dashboard.context import Context
from dashboard.figures.common import each
from dashboard.figures.ranked import ranked
from dashboard.frames import compared, labelled, of_metric, one, over_time
from dashboard.numbers import count_text, day_text, share_text
from dashboard.pages.common import course, grid, page_head, share_columns
from dashboard.pages.drift import drift
from dashboard.pages.quality_linking import set_aside
from dashboard.pages.quality_loads import loads
from dashboard.pages.quality_talks import TalkData, talk_blocks, talk_data
from dashboard.view import View
from warehouse.contact import UNKNOWN
from warehouse.store import Reader

PATH = "/datakwaliteit"
_ROOM_BESIDE = 280
"""Height of the chart beside the channels, in pixels."""


@dataclass(frozen=True)
class Data:
    """Frames of the page: accounts of all loads, and the reach of the figures in the selection."""

    loads: pd.DataFrame
    files: pd.DataFrame
    rejects: pd.DataFrame
    drifts: pd.DataFrame
    totals: pd.DataFrame
    over_time: pd.DataFrame
    grain: Grain
    channels: pd.DataFrame
    services: pd.DataFrame
    unknowable: pd.DataFrame
    set_aside: pd.DataFrame
    most_neighbours: int
    talks: TalkData


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows."""
    of = span(reader)
    selection = view.selection(of)
    return Data(
        loads=quality.loads(reader),
        files=quality.files(reader),
        rejects=quality.rejects_by_reason(reader),
        drifts=quality.drifts(reader),
        totals=compared(reader, ["identified_share", "contacts"], selection, against=["year_ago"]),
        over_time=over_time(reader, ["identified_share"], view.trend(of)),
        grain=view.trend(of)[1],
        channels=measure(reader, ["identified_share"], by=["channel"], selection=selection),
        services=measure(reader, ["contacts"], by=["service"], selection=selection),
        unknowable=_unknowable(reader, of, selection),
        set_aside=quality.set_aside(reader),
        most_neighbours=of.settings.linking.most_neighbours,
        talks=talk_data(reader, selection),
    )


def _unknowable(reader: Reader, of: Span, selection: Selection) -> pd.DataFrame:
    """Return contacts of the selection that are too late, or too early, to know of repeats."""
    more = of.settings.repeat.window_days - 1
    start, end = selection.start or of.first_on, selection.end or of.last_on
    parts = []
    for kind, first, last in (
        ("forwards", max(start, days_before(of.last_on, more)), min(end, of.last_on)),
        ("backwards", max(start, of.first_on), min(end, of.first_on + timedelta(days=more))),
    ):
        if first <= last:
            chosen = replace(selection, start=first, end=last)
            parts.append(measure(reader, ["contacts"], selection=chosen).assign(kind=kind))
        else:
            none = {"kind": kind, "value": 0.0, "suppressed": False}
            parts.append(pd.DataFrame([none]))
    return pd.concat(parts, ignore_index=True)[["kind", "value", "suppressed"]]


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    return [
        page_head(context, "quality"),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    answer = replace(
        answer,
        files=context.localised(answer.files, "first_started_at", "last_started_at"),
        loads=context.localised(answer.loads, "started_at", "finished_at"),
    )
    return [
        _accounts(answer, context),
        _rejects(answer, context),
        _freshness(answer, context),
        _identified(answer, context),
        course(
            answer.totals,
            answer.over_time,
            "identified_share",
            answer.grain,
            context,
            height=_ROOM_BESIDE,
            width=6,
        ),
        _reach(answer, context),
        set_aside(answer.set_aside, answer.most_neighbours, context),
        *talk_blocks(answer.talks, context),
        loads(answer.loads, answer.files, context),
        drift(answer.drifts, context),
    ]


def _balance(files: pd.DataFrame, context: Context) -> str:
    if files.empty:
        return context.texts("quality.nothing_read")
    parts = ("read", "loaded", "duplicate", "rejected")
    sums = {part: int(files[f"{part}_count"].sum()) for part in parts}
    is_even = sums["read"] == sums["loaded"] + sums["duplicate"] + sums["rejected"]
    return context.texts(
        "quality.balance" if is_even else "quality.imbalance",
        **{part: count_text(number, context.language) for part, number in sums.items()},
    )


def _sources(files: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts per source, the one with the most rows first."""
    sums = files.groupby("source", as_index=False).agg(
        files=("file_name", "nunique"),
        read_count=("read_count", "sum"),
        loaded_count=("loaded_count", "sum"),
        duplicate_count=("duplicate_count", "sum"),
        rejected_count=("rejected_count", "sum"),
        last_started_at=("last_started_at", "max"),
    )
    return sums.sort_values("read_count", ascending=False, ignore_index=True)


def _accounts(answer: Data, context: Context) -> Block:
    texts = context.texts
    return Block(
        key="accounts",
        title=texts("quality.accounts"),
        finding=_balance(answer.files, context),
        table=Table(
            answer.files,
            (
                Column("source", texts("quality.source")),
                Column("file_name", texts("quality.file")),
                Column("read_count", texts("quality.read"), Unit.COUNT),
                Column("loaded_count", texts("quality.loaded"), Unit.COUNT),
                Column("duplicate_count", texts("quality.duplicate"), Unit.COUNT),
                Column("rejected_count", texts("quality.rejected"), Unit.COUNT),
                Column("ambiguous_time_count", texts("quality.ambiguous"), Unit.COUNT),
                Column("invalid_identifier_count", texts("quality.invalid"), Unit.COUNT),
                Column("encoding", texts("quality.encoding")),
                Column("first_started_at", texts("quality.first"), "moment"),
                Column("last_started_at", texts("quality.last"), "moment"),
            ),
        ),
        body=accounts(_sources(answer.files), context),
        note=texts("quality.accounts_note"),
    )


def _rejects(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = answer.rejects.sort_values("count", ascending=False, ignore_index=True)
    rows = rows.assign(
        reason=[_reason(key, context) for key in rows["reason"]],
        column=rows["column"].fillna("").replace("", texts("quality.whole_line")),
    )
    by_reason = rows.groupby("reason", as_index=False).agg(count=("count", "sum"))
    by_reason = by_reason.sort_values("count", ascending=False, ignore_index=True)
    finding = (
        texts("quality.no_rejects")
        if rows.empty
        else texts(
            "quality.most_rejects",
            count=count_text(float(rows["count"].sum()), context.language),
            reason=by_reason.iloc[0]["reason"],
            share=share_text(
                float(by_reason.iloc[0]["count"] / rows["count"].sum()), context.language, digits=0
            ),
        )
    )
    columns = (
        Column("reason", texts("quality.reason")),
        Column("source", texts("quality.source")),
        Column("column", texts("quality.column")),
        Column("count", texts("quality.count"), Unit.COUNT),
    )
    return Block(
        key="rejects",
        title=texts("quality.rejects"),
        finding=finding,
        table=Table(rows, columns),
        figure=None
        if rows.empty
        else ranked(
            _bars(by_reason.head(8), "reason", "count"),
            names=dict(zip(by_reason["reason"], by_reason["reason"], strict=True)),
            unit=Unit.COUNT,
            look=context.look(),
            label_limit=44,
        ),
        note="" if rows.empty else texts("quality.rejects_note"),
        width=6,
    )


def _reason(key: str, context: Context) -> str:
    name = f"reject.{key}"
    return context.texts(name) if context.texts.has(name) else key


def _bars(frame: pd.DataFrame, group: str, value: str) -> pd.DataFrame:
    """Return plain counts in the shape that a ranked chart takes."""
    return pd.DataFrame(
        {
            "group": frame[group],
            "value": frame[value].astype(float),
            "low": float("nan"),
            "high": float("nan"),
            "denominator": float("nan"),
            "suppressed": False,
        }
    )


def _freshness(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = _sources(answer.files)[["source", "last_started_at"]].dropna()
    newest = rows["last_started_at"].max()
    behind = newest.normalize() - rows["last_started_at"].dt.normalize()
    rows = rows.assign(days=behind.dt.days)
    rows = rows.sort_values("days", ascending=False, ignore_index=True)
    if rows.empty:
        finding = texts("quality.nothing_read")
    elif rows.iloc[0]["days"] == 0:
        finding = texts("quality.fresh_all", last=day_text(newest.date(), context.language))
    else:
        finding = texts(
            "quality.fresh_behind",
            source=rows.iloc[0]["source"],
            last=day_text(rows.iloc[0]["last_started_at"].date(), context.language),
        )
    table = Table(
        rows,
        (
            Column("source", texts("quality.source")),
            Column("last_started_at", texts("quality.last"), "moment"),
            Column("days", texts("quality.days_behind"), Unit.COUNT),
        ),
    )
    return Block(
        key="freshness",
        title=texts("quality.fresh"),
        finding=finding,
        table=table,
        body=draw_table(table, texts("quality.fresh"), context),
        width=6,
    )


def _identified(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = of_metric(answer.channels, "identified_share").rename(columns={"channel": "group"})
    rows = rows[(rows["denominator"].fillna(0) > 0) | rows["suppressed"].astype(bool)]
    rows = rows.sort_values("value", ascending=False, na_position="last", ignore_index=True)
    names = context.labels("channel", rows["group"])
    known = rows[rows["value"].notna()]
    finding = (
        texts("finding.nothing_known")
        if known.empty
        else texts(
            "quality.least_identified",
            channel=names[known.iloc[-1]["group"]],
            share=share_text(float(known.iloc[-1]["value"]), context.language),
        )
    )
    whole = one(answer.totals, "identified_share")
    return Block(
        key="identified-by-channel",
        title=texts("quality.identified"),
        finding=finding,
        table=Table(
            labelled(rows, "group", context, dimension="channel"),
            (Column("group", texts("table.channel")), *share_columns(context, "identified_share")),
        ),
        figure=ranked(
            rows,
            names=names,
            unit=Unit.SHARE,
            look=context.look(),
            reference=float(whole["value"]) if findings.is_known(whole) else None,
        ),
        note=texts("quality.identified_note"),
        metrics=("identified_share",),
        width=6,
    )


def _facts(answer: Data) -> pd.DataFrame:
    """Return what the figures cannot see: `fact`, `value`, `of` (counts), `suppressed`."""
    contacts, identified = (one(answer.totals, key) for key in ("contacts", "identified_share"))
    services = of_metric(answer.services, "contacts")
    nameless = services[services["service"] == UNKNOWN]
    of = contacts["value"]
    rows = [
        (
            "anonymous",
            identified["denominator"] - identified["numerator"],
            of,
            bool(identified["suppressed"]),
        ),
        (
            "no_service",
            float(nameless["value"].sum()),
            of,
            bool(nameless["suppressed"].any()),
        ),
        *((row.kind, row.value, of, bool(row.suppressed)) for row in each(answer.unknowable)),
    ]
    loaded = float(answer.files["loaded_count"].sum())
    for fact, column in (
        ("ambiguous", "ambiguous_time_count"),
        ("invalid", "invalid_identifier_count"),
    ):
        rows.append((fact, float(answer.files[column].sum()), loaded, False))
    return pd.DataFrame(rows, columns=["fact", "value", "of", "suppressed"])


def _reach(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = _facts(answer)
    nameless = rows[rows["fact"] == "no_service"].iloc[0]
    whole = float(nameless["of"]) if not pd.isna(nameless["of"]) else 0.0
    if nameless["suppressed"] or not whole:
        finding = texts("finding.nothing_known")
    elif nameless["value"] == 0:
        finding = texts("quality.reach_none")
    else:
        share = share_text(float(nameless["value"]) / whole, context.language)
        finding = texts("quality.reach_finding", share=share)
    table = Table(
        rows.assign(fact=[texts(f"reach.{fact}") for fact in rows["fact"]]),
        (
            Column("fact", texts("quality.measure")),
            Column("value", texts("quality.count"), Unit.COUNT),
            Column("of", texts("quality.of"), Unit.COUNT),
        ),
    )
    return Block(
        key="reach",
        title=texts("quality.reach"),
        finding=finding,
        table=table,
        body=draw_table(table, texts("quality.reach"), context),
        metrics=("identified_share",),
        width=6,
    )
