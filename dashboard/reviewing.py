"""Judging contacts on screen: who may, and what a click writes. Never into the warehouse."""

import json
from typing import TYPE_CHECKING, Any

import dash
from dash import MATCH, Input, Output, State, ctx, no_update
from flask import has_request_context, request

from dashboard.pages import REVIEW
from dashboard.pages.review import card_of, contact_of, progress, rows_of
from warehouse.errors import SamenspelError
from warehouse.labels import JUDGEMENTS
from warehouse.model_settings import ReviewSettings

if TYPE_CHECKING:
    from dashboard.app import Dashboard

_NOBODY = "-"
"""Who judged, where nobody signs in."""


def reviewer(settings: ReviewSettings) -> str | None:
    """Return who asks, where they may read single notes; None where they may not."""
    if not settings.enabled:
        return None
    signed_in = request.authorization if has_request_context() else None
    name = (signed_in.username if signed_in else None) or _NOBODY
    return name if not settings.reviewers or name in settings.reviewers else None


def add_review(app: dash.Dash, board: "Dashboard") -> None:
    """Let clicks on the page write judgements."""

    @app.callback(
        Output({"type": "review-card", "index": MATCH}, "children"),
        Input({"type": "review-confirm", "index": MATCH}, "n_clicks"),
        Input({"type": "review-other", "index": MATCH}, "value"),
        Input({"type": "review-undo", "index": MATCH}, "n_clicks"),
        State("address", "search"),
        prevent_initial_call=True,
    )
    def judge(confirmed: int | None, other: str | None, undone: int | None, search: str) -> Any:
        del confirmed, other, undone
        clicked = ctx.triggered_id
        if not clicked or not ctx.triggered[0]["value"]:
            return no_update
        choice = str(ctx.triggered[0]["value"]) if clicked["type"] == "review-other" else ""
        return written(board, clicked["type"], clicked["index"], choice, search)


def written(board: "Dashboard", kind: str, index: str, choice: str, search: str | None) -> Any:
    """Write what was clicked, and return the contact's card as it is then.

    Args:
        board: with the warehouse.
        kind: review-confirm, review-other or review-undo.
        index: which contact, as the page named it; one that is not in the queue is ignored.
        choice: of review-other, the category.
        search: the address's filters, which made the queue.
    """
    by = reviewer(board.review)
    if by is None:
        return no_update
    try:
        context, _ = board.context(search)
        answer = board.data(REVIEW, context.view)
        asked = tuple(json.loads(index))
        rows = rows_of(answer.queue)
        row = next((one for one in rows if contact_of(one) == asked), None)
        if row is None or (kind == "review-other" and choice not in JUDGEMENTS):
            return no_update
        category = {"review-confirm": str(row["category"]), "review-other": choice}.get(kind, "")
        answer.labels.add([(*contact_of(row), category)], by)
    except (SamenspelError, ValueError):
        return no_update
    judged = answer.labels.current()
    waiting = sum(contact_of(one) not in judged for one in rows)
    if has_request_context():
        text = progress(len(judged), waiting, context)
        dash.set_props("review-progress", {"children": text})
    return card_of(row, judged.get(contact_of(row)), context)
