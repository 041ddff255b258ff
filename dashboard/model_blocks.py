"""Blocks about the model that reads notes: on what figures rest, and how good the model is."""

from datetime import date

import pandas as pd

from analytics.metrics import Unit
from analytics.notes.card import Card
from analytics.notes.review import quality_table
from analytics.notes.sheet import judgement_name
from dashboard.blocks import Block, Column, Table
from dashboard.context import Context
from dashboard.figures.ranked import ranked
from dashboard.numbers import count_text, day_text, share_text

_COUNTED = "avoidable_by_category"


def basis_block(rows: pd.DataFrame, context: Context) -> Block:
    """Return the block that says who called contacts avoidable: a code, a rule or the model.

    Args:
        rows: `avoidable_by_category` by avoidable_basis.
        context: of the page.
    """
    texts = context.texts
    counted = rows[rows["numerator"].fillna(0).gt(0) | rows["suppressed"].astype(bool)]
    total = counted["numerator"].sum()
    counted = counted.assign(
        group=counted["avoidable_basis"],
        value=counted["numerator"] / total if total else float("nan"),
        denominator=total,
        low=float("nan"),
        high=float("nan"),
    ).sort_values("value", ascending=False, na_position="last", ignore_index=True)
    names = context.labels("avoidable_basis", counted["group"])
    shares = dict(zip(counted["group"], counted["value"], strict=True))
    model = shares.get("model")
    finding = (
        texts("avoidable.none")
        if counted.empty
        else texts("notes.by_model", share=share_text(float(model), context.language, digits=0))
        if model is not None and pd.notna(model)
        else texts("notes.no_model_share")
    )
    return Block(
        key="avoidable-by-basis",
        title=texts("notes.basis"),
        finding=finding,
        table=Table(
            counted.assign(group=counted["group"].map(names)),
            (
                Column("group", texts("notes.basis_column")),
                Column("numerator", texts("avoidable.count"), Unit.COUNT),
                Column("value", texts("notes.basis_share"), Unit.SHARE),
            ),
        ),
        figure=ranked(
            counted, names=names, unit=Unit.SHARE, look=context.look(), shows_numerator=True
        ),
        note=texts("notes.basis_note"),
        metrics=("avoidable_detected_share", "avoidable_model_share"),
        width=6,
    )


def card_block(card: Card, context: Context) -> Block:
    """Return the model card: how good the model is per category, or why there is none."""
    texts = context.texts
    frame = quality_table(card, context.threshold)
    categories = [one.category for one in card.categories]
    names = {
        key: judgement_name(key, context.language, context.span.settings) for key in categories
    }
    precision = frame[frame["metric"] == "precision"].assign(group=lambda rows: rows["category"])
    recall = frame[frame["metric"] == "recall"].set_index("category")
    recall = recall.reindex(precision["category"])
    table = precision.assign(
        category=precision["category"].map(names),
        recall=recall["value"].to_numpy(),
        actual=recall["denominator"].to_numpy(),
        suppressed=False,
    )
    return Block(
        key="note-model",
        title=texts("notes.card"),
        finding=_finding(card, context),
        table=Table(
            table,
            (
                Column("category", texts("table.category")),
                Column("value", texts("notes.precision"), Unit.SHARE),
                Column("low", texts("table.low"), Unit.SHARE),
                Column("high", texts("table.high"), Unit.SHARE),
                Column("denominator", texts("notes.spoken"), Unit.COUNT),
                Column("stated", texts("notes.stated"), Unit.SHARE),
                Column("recall", texts("notes.recall"), Unit.SHARE),
                Column("actual", texts("notes.actual"), Unit.COUNT),
            ),
        ),
        figure=ranked(precision, names=names, unit=Unit.SHARE, look=context.look())
        if card.is_trained
        else None,
        body=[],
        note=_note(card, context) if card.is_trained else "",
        width=6,
    )


def _finding(card: Card, context: Context) -> str:
    texts, language = context.texts, context.language
    if not card.is_trained or card.reason:
        counts = {key: count_text(value, language) for key, value in card.facts.items()}
        return texts(f"notes.why.{card.reason or 'no_notes'}", **counts)
    said = [one for one in card.categories if one.category != "valuable"]
    spoken, right = sum(one.spoken for one in said), sum(one.right for one in said)
    if spoken < context.threshold:
        return texts("notes.why.never_sure")
    return texts(
        "notes.agrees",
        share=share_text(right / spoken, language, digits=0),
        count=count_text(spoken, language),
    )


def _note(card: Card, context: Context) -> str:
    texts, language = context.texts, context.language
    return texts(
        "notes.card_note",
        examples=count_text(card.examples, language),
        corrections=count_text(card.corrections, language),
        tested=count_text(card.tested, language),
        silent=share_text(1 - card.sure / card.tested, language, digits=0),
        threshold=share_text(card.threshold, language, digits=0),
        error=share_text(card.calibration_error or 0.0, language, digits=0),
        first=day_text(date.fromisoformat(card.periods[2][0]), language),
        last=day_text(date.fromisoformat(card.periods[2][1]), language),
        model=card.model_id,
    )
