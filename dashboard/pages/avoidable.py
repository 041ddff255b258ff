"""Vermijdbare contacten: how many contacts need not have happened, why, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from dash.development.base_component import Component

from analytics.metrics import Unit
from analytics.notes.card import Card
from analytics.notes.review import model_card
from analytics.query import Grain, measure, span
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components.cards import cards
from dashboard.context import Context
from dashboard.figures.ranked import heat, ranked
from dashboard.frames import (
    avoidable_metric,
    compared,
    has_codes,
    is_empty,
    labelled,
    of_metric,
    one,
    over_time,
)
from dashboard.model_blocks import basis_block, card_block
from dashboard.numbers import count_text, euro_text, share_text
from dashboard.pages.common import course, empty_page, grid, page_head, share_columns, with_hidden
from dashboard.view import View
from warehouse.contact import UNKNOWN
from warehouse.store import Reader

PATH = "/vermijdbare-contacten"
_MOST_SERVICES = 12
_SHARE, _COST = "avoidable_by_category", "avoidable_cost"


@dataclass(frozen=True)
class Data:
    """Frames of the page: totals against before, over time, by category, by service and category.

    `per_service` counts avoidable contacts whatever their category, so that its numbers stand also
    where categories are hidden.
    """

    totals: pd.DataFrame
    over_time: pd.DataFrame
    grain: Grain
    categories: pd.DataFrame
    services: pd.DataFrame
    per_service: pd.DataFrame
    bases: pd.DataFrame
    card: Card | None


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows."""
    of = span(reader)
    selection = view.selection(of)
    return Data(
        totals=compared(reader, [*_cards(has_codes(of)), "contacts"], selection),
        over_time=over_time(reader, _cards(has_codes(of)), view.trend(of)),
        grain=view.trend(of)[1],
        categories=_of_category(
            measure(reader, [_SHARE, _COST], by=["avoidable_category"], selection=selection)
        ),
        services=_of_category(
            measure(reader, [_SHARE], by=["service", "avoidable_category"], selection=selection)
        ),
        per_service=measure(reader, [avoidable_metric(of)], by=["service"], selection=selection),
        bases=measure(reader, [_SHARE], by=["avoidable_basis"], selection=selection),
        card=model_card(reader),
    )


def _cards(codes: bool) -> list[str]:
    share = "avoidable_share" if codes else "avoidable_detected_share"
    return [share, "avoidable_known_share", _COST, "total_cost"]


def _of_category(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out contacts without a category: they are not avoidable, or not known to be."""
    return frame[frame["avoidable_category"] != UNKNOWN].reset_index(drop=True)


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    if is_empty(answer.totals):
        return empty_page(context, "avoidable", PATH)
    codes = has_codes(context.span)
    return [
        page_head(context, "avoidable", "" if codes else context.texts("avoidable.lower_bound")),
        cards(answer.totals, answer.over_time, _cards(codes), context),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks."""
    by_category = _by_category(answer, context)
    room = max(220, len(by_category.table.frame) * 38)  # as high as the bars beside it
    courses = (
        course(answer.totals, answer.over_time, metric, answer.grain, context, height=room, width=6)
        for metric in (avoidable_metric(context.span), _COST)
    )
    by_cost = _cost_by_category(answer, context)
    return [
        *(block for pair in zip((by_category, by_cost), courses, strict=True) for block in pair),
        _by_service(answer, context),
        basis_block(answer.bases, context),
        *([card_block(answer.card, context)] if answer.card else []),
    ]


def _ranked_rows(answer: Data, metric: str) -> pd.DataFrame:
    rows = of_metric(answer.categories, metric).rename(columns={"avoidable_category": "group"})
    rows = rows[rows["numerator"].fillna(0).gt(0) | rows["suppressed"].astype(bool)]
    return rows.sort_values("value", ascending=False, na_position="last").reset_index(drop=True)


def _by_category(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = _ranked_rows(answer, _SHARE)
    names = context.labels("avoidable_category", rows["group"])
    return Block(
        key="avoidable-by-category",
        title=texts("avoidable.by_category"),
        finding=_category_sentence(rows, names, context),
        table=Table(
            labelled(rows, "group", context, dimension="avoidable_category"),
            (Column("group", texts("table.category")), *share_columns(context, _SHARE)),
        ),
        figure=ranked(
            rows,
            names=names,
            unit=Unit.SHARE,
            look=context.look(),
            shows_numerator=True,
        ),
        note="" if has_codes(context.span) else texts("avoidable.rules_only"),
        metrics=(_SHARE,),
        width=6,
    )


def _category_sentence(rows: pd.DataFrame, names: dict[str, str], context: Context) -> str:
    texts = context.texts
    known = rows[rows["value"].notna()]
    if known.empty:
        return _nothing(rows, context)
    first = known.iloc[0]
    return texts(
        "avoidable.largest",
        category=names[first["group"]],
        share=share_text(float(first["value"]), context.language, digits=0),
        count=count_text(float(first["numerator"]), context.language),
    )


def _nothing(rows: pd.DataFrame, context: Context) -> str:
    """Say that there is nothing, or that all there is is hidden."""
    return context.texts("finding.all_hidden" if len(rows) else "avoidable.none")


def _cost_by_category(answer: Data, context: Context) -> Block:
    texts = context.texts
    rows = _ranked_rows(answer, _COST)
    names = context.labels("avoidable_category", rows["group"])
    known, whole = rows[rows["value"].notna()], one(answer.totals, _COST)
    if known.empty:
        finding = _nothing(rows, context)
    else:
        first = known.iloc[0]
        parts = {
            "category": names[first["group"]],
            "largest": euro_text(float(first["value"]), context.language),
        }
        finding = (
            texts("avoidable.cost_most", **parts)
            if bool(whole["suppressed"])
            else texts("avoidable.cost", amount=findings.shown(whole, _COST, context), **parts)
        )
    return Block(
        key="avoidable-cost-by-category",
        title=texts("avoidable.cost_by_category"),
        finding=finding,
        table=Table(
            labelled(rows, "group", context, dimension="avoidable_category"),
            (
                Column("group", texts("table.category")),
                Column("value", context.metric_name(_COST), Unit.EUROS),
            ),
        ),
        figure=ranked(
            rows,
            names=names,
            unit=Unit.EUROS,
            look=context.look(),
        ),
        note=texts("avoidable.cost_note"),
        metrics=(_COST,),
        width=6,
    )


def _by_service(answer: Data, context: Context) -> Block:
    texts = context.texts
    frame = of_metric(answer.services, _SHARE)
    totals = answer.per_service.set_index("service")["numerator"].sort_values(ascending=False)
    whole = float(one(answer.totals, avoidable_metric(context.span))["numerator"])
    services = [str(name) for name in totals[totals > 0].head(_MOST_SERVICES).index]
    per_category = frame.groupby("avoidable_category")["numerator"].sum()
    columns = [str(name) for name in per_category.sort_values(ascending=False).index]
    drawn = frame.assign(
        row=frame["service"],
        column=frame["avoidable_category"],
        count=frame["numerator"],
    )
    names = context.labels("service", services)
    finding = (
        texts(
            "avoidable.service",
            service=names[services[0]],
            count=count_text(float(totals.iloc[0]), context.language),
            share=share_text(float(totals.iloc[0]) / whole, context.language, digits=0),
        )
        if services
        else texts("avoidable.none")
    )
    table = labelled(labelled(drawn, "service", context), "avoidable_category", context)
    return Block(
        key="avoidable-by-service",
        title=texts("avoidable.by_service"),
        finding=finding,
        table=Table(
            table.sort_values("count", ascending=False),
            (
                Column("service", texts("table.service")),
                Column("avoidable_category", texts("table.category")),
                Column("count", texts("avoidable.count"), Unit.COUNT),
                Column("value", texts("avoidable.of_service"), Unit.SHARE),
            ),
        ),
        figure=heat(
            drawn,
            rows=services,
            columns=columns,
            row_names=names,
            column_names=context.labels("avoidable_category", columns),
            look=context.look(),
            column_limit=26,
        ),
        note=with_hidden(texts("avoidable.by_service_note"), drawn, context),
        metrics=(_SHARE,),
        width=12,
        min_width=620,
    )
