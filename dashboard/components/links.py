"""Links within the dashboard: followed without loading the page anew, and without jumping up."""

from typing import Any

from dash import html

from dashboard.view import View, query_string

_INNER = "inner-link"
"""The class by which assets/dashboard.js knows such links."""


def inner_link(children: Any, path: str, view: View, **options: Any) -> html.A:
    """Return a link to another view of the dashboard."""
    name = f"{_INNER} {options.pop('className', '')}".strip()
    return html.A(children, href=path + query_string(view), className=name, **options)


def switch(label: str, choices: list[tuple[str, View, bool]], path: str) -> html.Div:
    """Return links that stand side by side, one of which is the current choice.

    Args:
        label: what is chosen, for screen readers.
        choices: text, view and whether it is the current one.
        path: of the page.
    """
    links = [
        inner_link(
            text, path, view, className="switch-choice", **({"aria-current": "true"} if on else {})
        )
        for text, view, on in choices
    ]
    return html.Div(links, className="switch", role="group", **{"aria-label": label})


def icon(name: str) -> html.Span:
    """Return a small picture that adds nothing for a screen reader."""
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})
