"""Sturen: which contacts could move to another channel, what it saves, and who is at risk."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.derive.interactions import digital_channels
from analytics.kept_frames import Frames
from analytics.metrics import Unit
from analytics.steering import NAME, work_out_steering
from analytics.steering.whatif import service_of
from dashboard import theme
from dashboard.background import worked_out
from dashboard.blocks import Block, Column, Table
from dashboard.components.links import inner_link
from dashboard.components.scrolling import scrolling
from dashboard.context import Context
from dashboard.figures.common import each
from dashboard.figures.ranked import ranked
from dashboard.numbers import count_text, euro_text, share_text
from dashboard.pages.common import grid, kept_period, page_head
from dashboard.pages.steering_plan import plan_block
from dashboard.view import View
from warehouse.store import Reader

PATH = "/sturen"
_BARS = 12


def data(reader: Reader, view: View) -> Frames:
    """Return what the page shows: of the last year, whatever the period looked at.

    Raises:
        StillWorkingError: it is being worked out.
    """
    del view  # filters and plan choose among it when the page is drawn
    return worked_out(reader, NAME, work_out_steering)


def layout(answer: Frames, context: Context) -> Sequence[Component]:
    """Return the page."""
    lead = context.texts("steering.lead", period=kept_period(answer, context))
    return [
        page_head(context, "steering", lead, has_period=False),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Frames, context: Context) -> list[Block]:
    """Return the page's blocks: the proposals, their saving, the what-if, and who is at risk."""
    moves = _named(_chosen(answer["moves"], context.view), context)
    risks = _named_risks(answer["risks"], context)
    plan = plan_block(answer, _first_service(moves, answer), context, PATH)
    return [
        _proposals(moves, answer, context),
        _savings(moves, context),
        _risks(risks, answer, context),
        *([plan] if plan else []),
    ]


def _chosen(moves: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return the moves that the view's filters on service and channel allow."""
    for dimension in ("service", "channel"):
        if allowed := view.values(dimension):
            moves = moves[moves[dimension].isin(allowed)]
    return moves.sort_values("saving", ascending=False, na_position="last", ignore_index=True)


def _first_service(moves: pd.DataFrame, answer: Frames) -> str:
    """Return the service that a what-if begins with: where most is to be won."""
    rows = moves[moves["is_proposed"]]
    if len(rows):
        return str(rows["service"].iloc[0])
    channels = answer["channels"][~answer["channels"]["suppressed"]]
    sizes = channels.groupby("service")["contacts"].sum()
    return str(sizes.idxmax()) if len(sizes) else ""


def _named(moves: pd.DataFrame, context: Context) -> pd.DataFrame:
    return moves.assign(
        service_name=moves["service"].map(context.labels("service", moves["service"].unique())),
        from_name=moves["channel"].map(context.labels("channel", moves["channel"].unique())),
        to_name=moves["target"].map(context.labels("channel", moves["target"].unique())),
    )


def _move_columns(context: Context) -> tuple[Column, ...]:
    texts = context.texts
    low, high = texts("table.low"), texts("table.high")
    return (
        Column("service_name", texts("table.service")),
        Column("from_name", texts("steering.from")),
        Column("to_name", texts("steering.to")),
        Column("contacts", texts("steering.contacts"), Unit.COUNT),
        Column("comparable", texts("steering.comparable"), Unit.COUNT),
        Column("settled", texts("steering.settled"), Unit.COUNT),
        Column("settled_low", low, Unit.COUNT),
        Column("settled_high", high, Unit.COUNT),
        Column("settled_share", texts("steering.settled_share"), Unit.SHARE),
        Column("here_share", texts("steering.here_share"), Unit.SHARE),
        Column("cost_here", texts("steering.cost_here"), Unit.EUROS),
        Column("cost_there", texts("steering.cost_there"), Unit.EUROS),
        Column("saving", texts("steering.saving"), Unit.EUROS),
        Column("saving_low", low, Unit.EUROS),
        Column("saving_high", high, Unit.EUROS),
        Column("matched", texts("steering.matched"), Unit.COUNT),
    )


def _range(low: float, high: float, unit: Unit, language: str) -> str:
    text = euro_text if unit is Unit.EUROS else count_text
    return f"{text(low, language)} – {text(high, language)}"


def _risk_text(service: str, target: str, risks: pd.DataFrame, context: Context) -> str:
    """Return who is seen to fare worse on a channel, in words; or what cannot be known."""
    texts = context.texts
    own = risks[risks["service"].isin(["", service]) & (risks["channel"] == target)]
    worse = own[own["verdict"] == "worse"]
    if len(worse):
        names = {context.label(row.dimension, row.value) for row in each(worse)}
        return texts("steering.risk_worse", groups=", ".join(sorted(names)))
    of_service = own[own["service"] == service]
    if not (of_service["verdict"] == "not_worse").any():
        return texts("steering.risk_unknown")
    return texts("steering.risk_not_seen")


def _proposals(moves: pd.DataFrame, answer: Frames, context: Context) -> Block:
    texts, language = context.texts, context.language
    rows = moves[moves["is_proposed"]]
    head = [
        texts(f"steering.{name}")
        for name in ("service", "move", "comparable_head", "settled_head", "saving_head", "risk")
    ]
    lines = []
    for row in each(rows.head(_BARS)):
        view = context.view.with_plan(row.service, _moved(row, answer))
        cells = [
            html.Th(row.service_name, scope="row"),
            html.Td(texts("steering.from_to", channel=row.from_name, target=row.to_name)),
            html.Td(
                texts(
                    "steering.of",
                    part=count_text(row.comparable, language),
                    whole=count_text(row.contacts, language),
                ),
                className="number",
            ),
            html.Td(
                [
                    html.B(count_text(row.settled, language)),
                    html.Br(),
                    _range(row.settled_low, row.settled_high, Unit.COUNT, language),
                ],
                className="number",
            ),
            html.Td(
                [
                    html.B(euro_text(row.saving, language)),
                    html.Br(),
                    _range(row.saving_low, row.saving_high, Unit.EUROS, language),
                ],
                className="number",
            ),
            html.Td(_risk_text(row.service, row.target, answer["risks"], context)),
            html.Td(inner_link(texts("steering.work_out"), PATH, view, className="button")),
        ]
        lines.append(html.Tr(cells))
    table = scrolling(
        html.Table(
            [
                html.Thead(html.Tr([*(html.Th(text, scope="col") for text in head), html.Td()])),
                html.Tbody(lines),
            ],
            className="data proposals",
        ),
        texts("steering.proposals"),
        texts,
        class_name="table-frame proposals-frame",
    )
    top = rows.iloc[0] if len(rows) else None
    finding = (
        texts(
            "steering.most",
            service=top["service_name"],
            channel=top["from_name"].lower(),
            target=top["to_name"].lower(),
            settled=count_text(top["settled"], language),
            low=count_text(top["settled_low"], language),
            high=count_text(top["settled_high"], language),
            saving=euro_text(top["saving"], language),
            saving_low=euro_text(top["saving_low"], language),
            saving_high=euro_text(top["saving_high"], language),
        )
        if top is not None
        else texts("steering.no_proposal")
    )
    return Block(
        key="steering-proposals",
        title=texts("steering.proposals"),
        finding=finding,
        table=Table(moves, _move_columns(context)),
        body=table if lines else html.P(""),
        note=texts("steering.proposals_note"),
        width=12,
    )


def _moved(row: Any, answer: Frames) -> dict[str, int]:
    """Return what-if shares (per cent) in which the comparable contacts have moved."""
    service = service_of(row.service, answer)
    today = dict(zip(service.channels, service.shares(), strict=True))
    moved = today.get(row.channel, 0.0) * min(1.0, row.comparable / row.contacts)
    return {
        row.channel: round(100 * (today.get(row.channel, 0.0) - moved)),
        row.target: round(100 * (today.get(row.target, 0.0) + moved)),
    }


def _savings(moves: pd.DataFrame, context: Context) -> Block:
    texts, language = context.texts, context.language
    rows = moves[moves["is_proposed"]].head(_BARS)
    drawn = rows.assign(
        group=rows["service"] + ":" + rows["channel"],
        value=rows["saving"], low=rows["saving_low"], high=rows["saving_high"],
        denominator=rows["size"],
        name=[f"{row.service_name} · {row.from_name} → {row.to_name}" for row in each(rows)],
    )  # fmt: skip
    return Block(
        key="steering-savings",
        title=texts("steering.savings"),
        finding=texts(
            "steering.savings_finding",
            count=int(moves["is_proposed"].sum()),
            saving=euro_text(float(moves.loc[moves["is_proposed"], "saving"].sum()), language),
        )
        if len(rows)
        else texts("steering.no_proposal"),
        table=Table(moves[moves["is_proposed"]], _move_columns(context)),
        figure=ranked(
            drawn,
            names=dict(zip(drawn["group"], drawn["name"], strict=True)),
            unit=Unit.EUROS,
            look=context.look(),
            label_limit=40,
        ),
        note=texts("steering.savings_note"),
        width=6,
    )


def _named_risks(risks: pd.DataFrame, context: Context) -> pd.DataFrame:
    texts = context.texts
    every = texts("steering.all_services")
    return risks.assign(
        service_name=[
            context.label("service", row.service) if row.service else every for row in each(risks)
        ],
        channel_name=risks["channel"].map(context.labels("channel", risks["channel"].unique())),
        group_name=[context.label(row.dimension, row.value) for row in each(risks)],
        says=risks["verdict"].map(
            {name: texts(f"steering.verdict.{name}") for name in ("worse", "not_worse", "unknown")}
        ),
    )


def _risks(risks: pd.DataFrame, answer: Frames, context: Context) -> Block:
    texts, language = context.texts, context.language
    about = answer["about"].iloc[0]
    own = risks[risks["channel"].isin(digital_channels(context.span.settings))]
    worse = own[own["verdict"] == "worse"]
    overall = own[(own["service"] == "") & (own["verdict"] != "unknown")]
    drawn = pd.concat([worse, overall[overall["verdict"] != "worse"]])
    drawn = drawn.assign(
        group=[f"{row.service}:{row.channel}:{row.value}" for row in each(drawn)],
        value=drawn["rate"], denominator=drawn["size"],
        low=drawn["expected_rate"] * drawn["ratio_low"],
        high=drawn["expected_rate"] * drawn["ratio_high"],
        name=[
            " · ".join(
                [row.group_name, row.channel_name, *([row.service_name] if row.service else [])]
            )
            for row in each(drawn)
        ],
    ).sort_values(["verdict", "ratio"], ascending=False).head(_BARS)  # fmt: skip
    if len(worse):
        first = worse.sort_values("size", ascending=False).iloc[0]
        finding = texts(
            "steering.worse",
            count=len(worse),
            group=first["group_name"],
            channel=first["channel_name"].lower(),
            service=first["service_name"],
            rate=share_text(first["rate"], language),
            expected=share_text(first["expected_rate"], language),
        )
    else:
        finding = texts("steering.nobody_worse")
    return Block(
        key="steering-risks",
        title=texts("steering.risks"),
        finding=finding,
        table=Table(
            risks.sort_values(["verdict", "size"], ascending=[False, False]),
            (
                Column("group_name", texts("drivers.group")),
                Column("channel_name", texts("table.channel")),
                Column("service_name", texts("table.service")),
                Column("size", texts("drivers.size"), Unit.COUNT),
                Column("rate", texts("steering.not_settled"), Unit.SHARE),
                Column("expected_rate", texts("steering.expected_rate"), Unit.SHARE),
                Column("elsewhere_rate", texts("steering.elsewhere_rate"), Unit.SHARE),
                Column("says", texts("steering.verdict_head")),
            ),
        ),
        figure=ranked(
            drawn,
            names=dict(zip(drawn["group"], drawn["name"], strict=True)),
            unit=Unit.SHARE,
            look=context.look(),
            colour=theme.MUTED,
            label_limit=40,
        )
        if len(drawn)
        else None,
        body=None if len(drawn) else html.P(""),
        note=texts(
            "steering.risks_note",
            anonymous=share_text(about["anonymous"], language),
            smallest=max(context.span.settings.steering.smallest_group, context.threshold),
        ),
        width=6,
    )
