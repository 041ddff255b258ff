"""What stands in the place of a page: while it loads, when there is nothing, when it went wrong."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.links import inner_link
from dashboard.texts import Texts
from dashboard.view import View
from warehouse.errors import SamenspelError

_ASK_AGAIN_MILLISECONDS = 2000


def skeleton() -> html.Div:
    """Return grey shapes in the places of what is coming."""
    return html.Div(
        [
            html.Div(className="bone bone-title"),
            html.Div([html.Div(className="bone bone-card") for _ in range(4)], className="bones"),
            html.Div(className="bone bone-chart"),
        ],
        className="skeleton",
        **{"aria-hidden": "true"},
    )


def message(
    title: str, says: Sequence[Component | str], *, kind: str = "empty", level: int = 1
) -> html.Div:
    """Return a message that takes the page's place."""
    heading = html.H1 if level == 1 else html.H2
    return html.Div(
        [heading(title, id="page-title", tabIndex=-1, className="message-title"), *says],
        className=f"message message-{kind}",
    )


def nothing_loaded(texts: Texts) -> html.Div:
    """Return what is shown before the first load."""
    return message(
        texts("state.no_warehouse.title"),
        [
            html.P(texts("state.no_warehouse.says")),
            html.Pre(html.Code("samenspel load")),
            html.P(texts("state.no_warehouse.demo")),
            html.Pre(html.Code("samenspel demo")),
            html.P(texts("state.no_warehouse.waits"), className="note"),
        ],
    )


def nothing_selected(texts: Texts, view: View, path: str, loaded: str) -> html.Div:
    """Return what is shown where no contact meets the filters."""
    return message(
        texts("state.empty.title"),
        [
            html.P(texts("state.empty.says", loaded=loaded)),
            inner_link(texts("filters.clear"), path, view.without_filters(), className="button"),
        ],
        level=2,
    )


def working_line(texts: Texts) -> html.P:
    """Return what stands in the place of alerts that are being worked out; the page asks again."""
    return html.P(
        [
            texts("alerts.working"),
            dcc.Interval(id="still-working", interval=_ASK_AGAIN_MILLISECONDS),
        ],
        className="note working-line",
    )


def unknown_page(texts: Texts, view: View) -> html.Div:
    """Return what is shown for an address that leads nowhere."""
    return message(
        texts("state.unknown_page.title"),
        [
            html.P(texts("state.unknown_page.says")),
            inner_link(texts("state.unknown_page.link"), "/", view, className="button"),
        ],
    )


def mendable(texts: Texts, error: SamenspelError) -> html.Div:
    """Return an error that somebody can mend: what it is and what to do."""
    return message(
        texts("state.error.title"),
        [
            html.P(error.what),
            *([html.P(error.remedy)] if error.remedy else []),
        ],
        kind="error",
    )


def working(texts: Texts) -> html.Div:
    """Return what is shown while something is being worked out; it asks again by itself."""
    return message(
        texts("state.working.title"),
        [
            html.P(texts("state.working.says")),
            dcc.Interval(id="still-working", interval=_ASK_AGAIN_MILLISECONDS),
        ],
        kind="working",
    )


def defect(texts: Texts, number: str) -> html.Div:
    """Return the message for a defect of the program; the log holds more under the number."""
    return message(
        texts("state.defect.title"),
        [html.P(texts("state.defect.says", number=number))],
        kind="error",
    )
