"""Beoordelen: the notes of which the model is least sure, for people to say what they are.

The one page that shows single contacts. It is there only where the configuration opens it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.notes.card import Card
from analytics.notes.review import model_card, queue
from analytics.notes.sheet import judgement_name
from analytics.query import Grain, span
from dashboard.blocks import Block
from dashboard.context import Context
from dashboard.model_blocks import card_block
from dashboard.numbers import count_text, period_text, share_text
from dashboard.pages.common import page_head
from dashboard.view import View, query_string
from warehouse.labels import JUDGEMENTS, Label, Labels
from warehouse.store import Reader

PATH = "/beoordelen"
_SHOWN = 12


@dataclass(frozen=True)
class Data:
    """The least sure contacts of the view, the model's card, and where judgements are kept."""

    queue: pd.DataFrame
    card: Card | None
    labels: Labels


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows."""
    selection = view.selection(span(reader))
    return Data(queue(reader, selection), model_card(reader), Labels(reader.store.folder))


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    texts = context.texts
    judged = answer.labels.current()
    waiting = [row for row in rows_of(answer.queue) if contact_of(row) not in judged]
    head = page_head(context, "review", texts("review.lead"))
    if answer.card is None or not answer.card.is_trained:
        return [head, html.P(texts("review.no_model"), className="notice")]
    again = PATH + query_string(context.view)
    return [
        head,
        html.P(
            progress(len(judged), len(waiting), context),
            id="review-progress",
            className="review-progress",
            role="status",
        ),
        *(
            html.Div(
                card_of(row, None, context),
                id={"type": "review-card", "index": index_of(row)},
                className="block block-12 review-card",
            )
            for row in waiting[:_SHOWN]
        ),
        html.A(texts("review.next"), href=again, className="button", target="_self")
        if waiting
        else html.P(texts("review.done"), className="notice"),
        html.P(texts("review.after"), className="note"),
    ]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return what can be downloaded: how good the model is, and never a note."""
    return [card_block(answer.card, context)] if answer.card else []


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the contacts of a queue, one dict each."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def contact_of(row: dict[str, Any]) -> tuple[str, str]:
    """Return source and contact_id of a contact in the queue."""
    return str(row["source"]), str(row["contact_id"])


def index_of(row: dict[str, Any]) -> str:
    """Return by what the browser names a contact."""
    return json.dumps(contact_of(row))


def progress(judged: int, waiting: int, context: Context) -> str:
    """Return the sentence on how far the work is."""
    return context.texts(
        "review.progress",
        judged=count_text(judged, context.language),
        waiting=count_text(waiting, context.language),
    )


def card_of(row: dict[str, Any], label: Label | None, context: Context) -> list[Component]:
    """Return one contact: what is known of it, its note, and how to judge it or undo that."""
    texts, index = context.texts, index_of(row)
    name = judgement_name(str(row["category"]), context.language, context.span.settings)
    choices = [
        {
            "value": key,
            "label": judgement_name(key, context.language, context.span.settings),
        }
        for key in JUDGEMENTS
    ]
    facts = (
        context.label("service", str(row["service"])),
        context.label("channel", str(row["channel"])),
        period_text(row["month"], Grain.MONTH, context.language),
    )
    done = ""
    if label is not None:
        said = judgement_name(label.category, context.language, context.span.settings)
        done = texts("review.judged", category=said)
    hidden = {"display": "none"}
    return [
        html.P(" · ".join(facts), className="note"),
        html.Blockquote(str(row["note"]), className="review-note", lang="nl"),
        html.Div(
            [
                html.Button(
                    texts(
                        "review.confirm",
                        category=name,
                        share=share_text(float(row["probability"]), context.language, digits=0),
                    ),
                    id={"type": "review-confirm", "index": index},
                    className="button",
                ),
                dmc.Select(
                    id={"type": "review-other", "index": index},
                    data=choices,
                    placeholder=texts("review.other"),
                    size="sm",
                    w=240,
                    comboboxProps={"withinPortal": True},
                    **{"aria-label": texts("review.other")},
                ),
            ],
            className="review-choices",
            style=hidden if label else None,
        ),
        html.Div(
            [
                html.Span(done, className="finding", role="status"),
                html.Button(
                    texts("review.undo"),
                    id={"type": "review-undo", "index": index},
                    className="button button-quiet",
                ),
            ],
            className="review-choices",
            style=None if label else hidden,
        ),
    ]
