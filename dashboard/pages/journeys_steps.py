"""The blocks of Klantreizen on steps: from channel to channel, and from digital to a person."""

import pandas as pd

from analytics.metrics import Unit
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components.journeys import too_little
from dashboard.context import Context
from dashboard.figures.journeys import step_table
from dashboard.figures.ranked import ranked
from dashboard.frames import labelled
from dashboard.numbers import count_text, seconds_text, share_text
from dashboard.pages.common import with_hidden

_MOST_SERVICES = 12


def steps_block(frame: pd.DataFrame, context: Context) -> Block:
    """Return from which channel to which, how often and how long after.

    Args:
        frame: as `analytics.journeys.steps.steps` gives it.
        context: of the page.
    """
    texts = context.texts
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
        body=too_little(context),
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


def drop_off_block(frame: pd.DataFrame, whole: pd.DataFrame, by: str, context: Context) -> Block:
    """Return after which share of digital tries phone or counter followed.

    Args:
        frame: as `analytics.journeys.steps.drop_off` gives it, by `by`.
        whole: the same of all together.
        by: service or channel.
        context: of the page.
    """
    texts = context.texts
    frame = frame[(frame["denominator"].fillna(0) > 0) | frame["suppressed"].astype(bool)]
    drawn = frame if by == "service" else frame.sort_values("value", ascending=False)
    names = context.labels(by, frame["group"])
    total = whole.iloc[0] if len(whole) and findings.is_known(whole.iloc[0]) else None
    return Block(
        key=f"journeys-drop-off-{by}",
        title=texts(f"journeys.drop_off_{by}"),
        finding=_drop_off_sentence(total, frame, names, context, by=by),
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
        body=too_little(context),
        figure=None
        if drawn.empty
        else ranked(
            drawn.head(_MOST_SERVICES),
            names=names,
            unit=Unit.SHARE,
            look=context.look(),
            reference=float(total["value"]) if total is not None else None,
        ),
        note=texts(f"journeys.drop_off_{by}_note", days=context.span.settings.repeat.window_days),
        width=6,
    )


def _drop_off_sentence(
    total: pd.Series | None,
    frame: pd.DataFrame,
    names: dict[str, str],
    context: Context,
    *,
    by: str,
) -> str:
    texts, language = context.texts, context.language
    known = frame[frame["value"].notna()]
    if known.empty or total is None:
        return texts("finding.nothing_known")
    if by == "channel":
        ordered = known.sort_values("value", ascending=False)
        return findings.largest_sentence(names, ordered, texts("journeys.drop_off_what"), context)
    top = known.nlargest(1, "numerator").iloc[0]
    return texts(
        "journeys.drop_off_finding",
        share=share_text(float(total["value"]), language),
        count=count_text(float(total["denominator"]), language),
        group=names[top["group"]],
        largest=count_text(float(top["numerator"]), language),
        value=share_text(float(top["value"]), language),
    )
