"""Klantreizen: which way customers go over the channels, where they turn back, and drop off."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.derive.journeys import MOST_STEPS
from analytics.journeys.paths import KINDS, Paths, flows, loops, paths
from analytics.journeys.steps import drop_off, steps
from analytics.metrics import Unit
from analytics.query import Grain, span
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components.cards import cards
from dashboard.components.journeys import path_list, path_text
from dashboard.context import Context
from dashboard.figures.journeys import flow, step_table
from dashboard.figures.ranked import ranked
from dashboard.frames import compared, is_empty, labelled, over_time
from dashboard.numbers import count_text, seconds_text, share_text
from dashboard.pages.common import empty_page, grid, page_head, with_hidden
from dashboard.view import View
from warehouse.store import Reader

PATH = "/klantreizen"
_CARDS = ("episodes", "contacts_per_episode", "first_contact_resolution", "switch_share")
_MOST_PATHS, _MOST_SERVICES = 12, 12


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
        _flow(answer, context),
        _most(answer, context),
        _steps(answer, context),
        _kinds(answer, context),
        _loops(answer, context),
        _drop_off(answer, "service", context),
        _drop_off(answer, "channel", context),
    ]


def _shown(answer: Data) -> pd.DataFrame:
    frame = answer.paths.paths
    return frame[~frame["suppressed"].astype(bool)].reset_index(drop=True)


def _hidden_note(answer: Data, context: Context) -> str:
    """Say how many journeys the shown paths leave out; nothing where they leave out none."""
    hidden = int(answer.paths.paths["suppressed"].sum())
    left = answer.paths.total - _shown(answer)["journeys"].sum()
    if not hidden or pd.isna(left):
        return ""
    texts = context.texts
    return " " + texts(
        "journeys.rare",
        paths=count_text(hidden, context.language),
        count=count_text(left, context.language),
        threshold=context.threshold,
    )


def _flow(answer: Data, context: Context) -> Block:
    texts = context.texts
    drawn = flows(answer.paths.paths)
    names = context.labels("channel", {*drawn["source"], *drawn["target"]})
    table = drawn.assign(
        source=drawn["source"].map(names),
        target=drawn["target"].map(names),
        place=drawn["place"].astype(str),
    )
    return Block(
        key="journeys-flow",
        title=texts("journeys.flow", most=MOST_STEPS),
        finding=_flow_sentence(answer, context),
        table=Table(
            table,
            (
                Column("place", texts("journeys.place")),
                Column("source", texts("journeys.from")),
                Column("target", texts("journeys.to")),
                Column("journeys", texts("journeys.journeys"), Unit.COUNT),
            ),
        ),
        figure=flow(
            drawn,
            names=names,
            heading=texts("journeys.contact_number", number="{number}"),
            look=context.look(),
        )
        if len(drawn)
        else None,
        body=_nothing(context),
        note=texts("journeys.flow_note") + _hidden_note(answer, context),
        metrics=("episodes",),
        width=12,
        min_width=680,
    )


def _nothing(context: Context) -> Component:
    """Return what stands in the place of a picture that nothing can be drawn in."""
    return html.P(context.texts("journeys.nothing"), className="note")


def _flow_sentence(answer: Data, context: Context) -> str:
    texts, language = context.texts, context.language
    kinds = answer.paths.kinds.set_index("kind")
    share = kinds["share"].get("single")
    shown = _shown(answer)
    several = shown[shown["kind"] != "single"]
    if share is None or pd.isna(share) or several.empty:
        return texts("finding.nothing_known")
    return texts(
        "journeys.single_share",
        share=share_text(float(share), language),
        path=path_text(several.iloc[0]["path"], context),
        count=count_text(float(several.iloc[0]["journeys"]), language),
    )


def _most(answer: Data, context: Context) -> Block:
    texts = context.texts
    shown = _shown(answer)
    table = shown.assign(path=[path_text(path, context) for path in shown["path"]])
    return Block(
        key="journeys-paths",
        title=texts("journeys.most"),
        finding=_most_sentence(shown, context),
        table=Table(
            table,
            (
                Column("path", texts("journeys.path")),
                Column("journeys", texts("journeys.journeys"), Unit.COUNT),
                Column("share", texts("journeys.share"), Unit.SHARE),
                Column("contacts_per_journey", texts("journeys.contacts"), Unit.NUMBER),
                Column("resolved_share", texts("journeys.resolved"), Unit.SHARE),
                Column("low", texts("table.low"), Unit.SHARE),
                Column("high", texts("table.high"), Unit.SHARE),
                Column("resolved", texts("table.numerator"), Unit.COUNT),
                Column("known", texts("table.denominator"), Unit.COUNT),
                Column("median_seconds", texts("journeys.median"), Unit.SECONDS),
            ),
        ),
        body=path_list(shown.head(_MOST_PATHS), context),
        note=texts("journeys.most_note") + _hidden_note(answer, context),
        metrics=("episodes", "contacts_per_episode"),
        width=12,
    )


def _most_sentence(shown: pd.DataFrame, context: Context) -> str:
    texts, language = context.texts, context.language
    known = shown[~shown["resolved_suppressed"].astype(bool) & shown["resolved_share"].notna()]
    if known.empty:
        return texts("finding.nothing_known")
    worst = known.head(_MOST_PATHS).nsmallest(1, "resolved_share").iloc[0]
    return texts(
        "journeys.least_resolved",
        path=path_text(worst["path"], context),
        share=share_text(float(worst["resolved_share"]), language, digits=0),
        low=share_text(float(worst["low"]), language, digits=0),
        high=share_text(float(worst["high"]), language, digits=0),
        known=count_text(float(worst["known"]), language),
    )


def _steps(answer: Data, context: Context) -> Block:
    texts = context.texts
    frame = answer.steps
    rows, columns = (
        [str(key) for key in frame.groupby(side)["steps"].sum().sort_values(ascending=False).index]
        for side in ("channel", "next_channel")
    )
    names = context.labels("channel", {*rows, *columns})
    table = frame.assign(
        channel=frame["channel"].map(names), next_channel=frame["next_channel"].map(names)
    )
    return Block(
        key="journeys-steps",
        title=texts("journeys.steps"),
        finding=_steps_sentence(frame, context),
        table=Table(
            table,
            (
                Column("channel", texts("journeys.from")),
                Column("next_channel", texts("journeys.to")),
                Column("steps", texts("journeys.step_count"), Unit.COUNT),
                Column("share", texts("journeys.of_row_head"), Unit.SHARE),
                Column("p50", texts("journeys.step_median"), Unit.SECONDS),
                Column("p90", texts("journeys.step_p90"), Unit.SECONDS),
            ),
        ),
        body=_nothing(context),
        figure=None
        if frame["suppressed"].all()
        else step_table(
            frame,
            rows=rows,
            columns=columns,
            names=names,
            texts={
                "of_row": texts("journeys.of_row"),
                "median": texts("journeys.step_median"),
                "p90": texts("journeys.step_p90"),
            },
            look=context.look(),
        ),
        note=with_hidden(texts("journeys.steps_note"), frame, context),
        metrics=("switch_share",),
        width=12,
        min_width=680,
    )


def _steps_sentence(frame: pd.DataFrame, context: Context) -> str:
    texts, language = context.texts, context.language
    moved = frame[(frame["channel"] != frame["next_channel"]) & ~frame["suppressed"].astype(bool)]
    if moved.empty:
        return texts("finding.nothing_known")
    top = moved.nlargest(1, "steps").iloc[0]
    return texts(
        "journeys.step",
        first=context.label("channel", top["channel"]),
        second=context.label("channel", top["next_channel"]),
        count=count_text(float(top["steps"]), language),
        median=seconds_text(float(top["p50"]), language),
        p90=seconds_text(float(top["p90"]), language),
    )


def _kinds(answer: Data, context: Context) -> Block:
    texts, language = context.texts, context.language
    frame = answer.paths.kinds.set_index("kind").reindex(KINDS).dropna(how="all").reset_index()
    names = {kind: texts(f"journeys.kind_{kind}") for kind in KINDS}
    drawn = frame.assign(
        group=frame["kind"],
        value=frame["share"],
        low=float("nan"),
        high=float("nan"),
        numerator=frame["journeys"],
        denominator=answer.paths.total,
        suppressed=frame["suppressed"].astype(bool),
    )
    known = frame.set_index("kind")["share"]
    parts = [
        texts(f"journeys.kinds_{kind}", share=share_text(float(known[kind]), language))
        for kind in ("single", "same", "onward", "other")
        if pd.notna(known.get(kind))
    ]
    finding = "; ".join(parts) + "." if parts else texts("finding.nothing_known")
    return Block(
        key="journeys-kinds",
        title=texts("journeys.kinds"),
        finding=finding,
        table=Table(
            frame.assign(
                kind=frame["kind"].map(names), suppressed=frame["suppressed"].astype(bool)
            ),
            (
                Column("kind", texts("journeys.kind")),
                Column("journeys", texts("journeys.journeys"), Unit.COUNT),
                Column("share", texts("journeys.share"), Unit.SHARE),
                Column("contacts_per_journey", texts("journeys.contacts"), Unit.NUMBER),
                Column("resolved_share", texts("journeys.resolved"), Unit.SHARE),
                Column("resolved", texts("table.numerator"), Unit.COUNT),
                Column("known", texts("table.denominator"), Unit.COUNT),
            ),
        ),
        figure=ranked(
            drawn, names=names, unit=Unit.SHARE, look=context.look(), shows_numerator=True
        ),
        note=with_hidden(texts("journeys.kinds_note", most=MOST_STEPS), drawn, context),
        metrics=("episodes",),
        width=6,
    )


def _loops(answer: Data, context: Context) -> Block:
    texts, language = context.texts, context.language
    frame = loops(answer.paths.paths)
    drawn = frame.assign(
        group=frame["channel"],
        value=(frame["again"] / frame["journeys"]),
        low=float("nan"),
        high=float("nan"),
        numerator=frame["again"],
        denominator=frame["journeys"],
        suppressed=False,
    ).sort_values("value", ascending=False)
    names = context.labels("channel", frame["channel"])
    is_any_hidden = answer.paths.paths["suppressed"].any()
    finding = texts("finding.all_hidden" if is_any_hidden else "journeys.no_loops")
    if len(drawn):
        top = drawn.nlargest(1, "again").iloc[0]
        finding = texts(
            "journeys.loops_finding",
            channel=names[top["channel"]],
            again=count_text(float(top["again"]), language),
            journeys=count_text(float(top["journeys"]), language),
        )
    return Block(
        key="journeys-loops",
        title=texts("journeys.loops"),
        finding=finding,
        table=Table(
            labelled(drawn, "channel", context),
            (
                Column("channel", texts("table.channel")),
                Column("journeys", texts("journeys.through"), Unit.COUNT),
                Column("again", texts("journeys.again"), Unit.COUNT),
                Column("value", texts("journeys.again_share"), Unit.SHARE),
                Column("back", texts("journeys.back"), Unit.COUNT),
            ),
        ),
        figure=ranked(drawn, names=names, unit=Unit.SHARE, look=context.look())
        if len(drawn)
        else None,
        body=_nothing(context),
        note=texts("journeys.loops_note"),
        width=6,
    )


def _drop_off(answer: Data, by: str, context: Context) -> Block:
    texts = context.texts
    frame = answer.by_service if by == "service" else answer.by_channel
    frame = frame[(frame["denominator"].fillna(0) > 0) | frame["suppressed"].astype(bool)]
    drawn = frame if by == "service" else frame.sort_values("value", ascending=False)
    names = context.labels(by, frame["group"])
    whole = answer.drop_off.iloc[0] if len(answer.drop_off) else None
    is_known = whole is not None and not whole["suppressed"] and pd.notna(whole["value"])
    return Block(
        key=f"journeys-drop-off-{by}",
        title=texts(f"journeys.drop_off_{by}"),
        finding=_drop_off_sentence(answer, frame, names, context, by=by),
        table=Table(
            labelled(drawn, "group", context, dimension=by),
            (
                Column("group", texts(f"table.{by}")),
                Column("value", texts("journeys.drop_off_share"), Unit.SHARE),
                Column("low", texts("table.low"), Unit.SHARE),
                Column("high", texts("table.high"), Unit.SHARE),
                Column("numerator", texts("table.numerator"), Unit.COUNT),
                Column("denominator", texts("table.denominator"), Unit.COUNT),
                Column("tries", texts("journeys.tries"), Unit.COUNT),
            ),
        ),
        body=_nothing(context),
        figure=None
        if drawn.empty
        else ranked(
            drawn.head(_MOST_SERVICES),
            names=names,
            unit=Unit.SHARE,
            look=context.look(),
            reference=float(whole["value"]) if is_known else None,  # type: ignore[index]
        ),
        note=texts(f"journeys.drop_off_{by}_note", days=context.span.settings.repeat.window_days),
        width=6,
    )


def _drop_off_sentence(
    answer: Data, frame: pd.DataFrame, names: dict[str, str], context: Context, *, by: str
) -> str:
    texts, language = context.texts, context.language
    known = frame[frame["value"].notna()]
    if known.empty or answer.drop_off.empty or pd.isna(answer.drop_off.iloc[0]["value"]):
        return texts("finding.nothing_known")
    whole = answer.drop_off.iloc[0]
    if by == "channel":
        ordered = known.sort_values("value", ascending=False)
        return findings.largest_sentence(names, ordered, texts("journeys.drop_off_what"), context)
    top = known.nlargest(1, "numerator").iloc[0]
    return texts(
        "journeys.drop_off_finding",
        share=share_text(float(whole["value"]), language),
        count=count_text(float(whole["denominator"]), language),
        group=names[top["group"]],
        largest=count_text(float(top["numerator"]), language),
        value=share_text(float(top["value"]), language),
    )
