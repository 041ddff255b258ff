"""Callbacks of a change that a reader marks to have a look."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import dash
from dash import Input, State

from dashboard.context import Context
from dashboard.view import query_string
from warehouse.errors import SamenspelError


def add_effect_callbacks(app: dash.Dash, context: Callable[[str | None], Context]) -> None:
    """Add the callback; `context` reads an address."""
    app.callback(
        Input("what-if-day", "value"),
        State("address", "search"),
        prevent_initial_call=True,
    )(lambda day, search: mark_change(context, day, search))


def mark_change(
    context: Callable[[str | None], Context], day: str | None, search: str | None
) -> None:
    """Put the day of a change that a reader marks into the address; nothing where it is there."""
    try:
        view = context(search).view
        changed_on = date.fromisoformat(day[:10]) if day else None
    except (SamenspelError, ValueError):
        return
    if changed_on != view.changed_on:
        dash.set_props("address", {"search": query_string(replace(view, changed_on=changed_on))})
