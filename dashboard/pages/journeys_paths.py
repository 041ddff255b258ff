"""The blocks of Klantreizen on whole journeys: which ways they go, of what kind, and where back."""

import pandas as pd

from analytics.derive.journeys import MOST_STEPS
from analytics.journeys.paths import KINDS, Paths, flows, loops
from analytics.metrics import Unit
from dashboard.blocks import Block, Column, Table
from dashboard.components.journeys import path_list, path_text, too_little
from dashboard.context import Context
from dashboard.figures.journeys import flow
from dashboard.figures.ranked import ranked
from dashboard.frames import labelled
from dashboard.numbers import count_text, share_text
from dashboard.pages.common import with_hidden

_MOST_PATHS = 12


def flow_block(found: Paths, context: Context) -> Block:
    """Return how journeys of more than one contact flow from contact to contact."""
    texts = context.texts
    drawn = flows(found.paths)
    names = context.labels("channel", {*drawn["source"], *drawn["target"]})
    table = drawn.assign(
        source=drawn["source"].map(names),
        target=drawn["target"].map(names),
        place=drawn["place"].astype(str),
    )
    return Block(
        key="journeys-flow",
        title=texts("journeys.flow", most=MOST_STEPS),
        finding=_flow_sentence(found, context),
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
        body=too_little(context),
        note=texts("journeys.flow_note") + _hidden_note(found, context),
        metrics=("episodes",),
        width=12,
        min_width=680,
    )


def _flow_sentence(found: Paths, context: Context) -> str:
    texts, language = context.texts, context.language
    kinds = found.kinds.set_index("kind")
    share = kinds["share"].get("single")
    shown = _shown(found)
    several = shown[shown["kind"] != "single"]
    if share is None or pd.isna(share) or several.empty:
        return texts("finding.nothing_known")
    return texts(
        "journeys.single_share",
        share=share_text(float(share), language),
        path=path_text(several.iloc[0]["path"], context),
        count=count_text(float(several.iloc[0]["journeys"]), language),
    )


def most_block(found: Paths, context: Context) -> Block:
    """Return the ways that are taken most, with how they end and how long they take."""
    texts = context.texts
    shown = _shown(found)
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
        note=texts("journeys.most_note") + _hidden_note(found, context),
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


def kinds_block(found: Paths, context: Context) -> Block:
    """Return how many journeys are one contact, stay on a channel, go on, or turn back."""
    texts, language = context.texts, context.language
    frame = found.kinds.set_index("kind").reindex(KINDS).dropna(how="all").reset_index()
    names = {kind: texts(f"journeys.kind_{kind}") for kind in KINDS}
    drawn = frame.assign(
        group=frame["kind"],
        value=frame["share"],
        low=float("nan"),
        high=float("nan"),
        numerator=frame["journeys"],
        denominator=found.total,
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


def loops_block(found: Paths, context: Context) -> Block:
    """Return on which channels a contact is followed by another on the same channel."""
    texts, language = context.texts, context.language
    frame = loops(found.paths)
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
    is_any_hidden = found.paths["suppressed"].any()
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
        body=too_little(context),
        note=texts("journeys.loops_note"),
        width=6,
    )


def _shown(found: Paths) -> pd.DataFrame:
    frame = found.paths
    return frame[~frame["suppressed"].astype(bool)].reset_index(drop=True)


def _hidden_note(found: Paths, context: Context) -> str:
    """Say how many journeys the shown paths leave out; nothing where they leave out none."""
    hidden = int(found.paths["suppressed"].sum())
    left = found.total - _shown(found)["journeys"].sum()
    if not hidden or pd.isna(left):
        return ""
    texts = context.texts
    return " " + texts(
        "journeys.rare",
        paths=count_text(hidden, context.language),
        count=count_text(left, context.language),
        threshold=context.threshold,
    )
