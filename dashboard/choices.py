"""What a reader chooses on a page itself goes into the address: what-ifs, and marked changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import dash
from dash import Input, State

from dashboard.context import Context
from dashboard.view import View, query_string
from warehouse.errors import SamenspelError

_Reads = Callable[[str | None], Context]
"""Reads an address."""


def add_choices(app: dash.Dash, reads: _Reads) -> None:
    """Add the callbacks; `reads` gives the context of an address."""
    app.callback(
        Input({"type": "plan-share", "channel": dash.ALL}, "value"),
        State({"type": "plan-share", "channel": dash.ALL}, "id"),
        State("plan-shown", "data"),
        State("address", "search"),
        prevent_initial_call=True,
    )(partial(write_shares, reads))
    app.callback(Input("plan-of", "value"), State("address", "search"), prevent_initial_call=True)(
        partial(write_plan_of, reads)
    )
    app.callback(
        Input("what-if-day", "value"), State("address", "search"), prevent_initial_call=True
    )(partial(mark_change, reads))


def write_shares(
    reads: _Reads,
    values: list[int],
    ids: list[dict[str, str]],
    before: dict[str, Any] | None,
    search: str | None,
) -> None:
    """Put a what-if share that a reader chose into the address."""
    if not before:
        return
    chosen = {
        one["channel"]: value
        for one, value in zip(ids, values, strict=True)
        if value is not None and value != before["shares"].get(one["channel"])
    }
    service = before["service"]
    if chosen:
        _write(reads, search, lambda view: view.with_plan(service, view.plan_for(service) | chosen))


def write_plan_of(reads: _Reads, service: str | None, search: str | None) -> None:
    """Put the service that a reader wants to plan into the address."""
    if service:
        _write(reads, search, lambda view: replace(view, plan_of=service))


def mark_change(reads: _Reads, day: str | None, search: str | None) -> None:
    """Put the day of a change that a reader marks into the address; no day lifts the mark."""
    try:
        changed_on = date.fromisoformat(day[:10]) if day else None
    except ValueError:
        return
    _write(reads, search, lambda view: replace(view, changed_on=changed_on))


def _write(reads: _Reads, search: str | None, change: Callable[[View], View]) -> None:
    """Write the changed view into the address; nothing where it says so already."""
    try:
        view = reads(search).view
    except SamenspelError:
        return
    changed = change(view)
    if changed != view:
        dash.set_props("address", {"search": query_string(changed)})
