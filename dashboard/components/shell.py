"""The frame around every page: skip link, header with the pages, footer."""

from collections.abc import Mapping
from dataclasses import replace

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from analytics.query import Span
from dashboard import theme
from dashboard.components.filters import filter_bar
from dashboard.components.links import inner_link
from dashboard.components.states import skeleton
from dashboard.context import Context
from dashboard.numbers import day_text
from dashboard.periods import loaded_days
from dashboard.texts import Texts
from dashboard.view import LANGUAGES, View

_POLL_MILLISECONDS = 60_000


def frame(texts: Texts) -> dmc.MantineProvider:
    """Return what stays in the browser while pages come and go."""
    return dmc.MantineProvider(
        dmc.DatesProvider(
            [
                dcc.Location(id="address", refresh="callback-nav"),
                dcc.Store(id="page-facts"),
                dcc.Store(id="written-search"),
                dcc.Store(id="settled-filters"),
                dcc.Store(id="chosen-filters"),
                dcc.Store(id="shown-version"),
                dcc.Store(id="new-version"),
                dcc.Interval(id="poll", interval=_POLL_MILLISECONDS),
                html.A(texts("shell.skip"), href="#content", className="skip-link", id="skip"),
                html.Header(id="header", className="header"),
                filter_bar(texts),
                html.Main(skeleton(), id="content", className="content", tabIndex=-1),
                html.Footer(id="footer", className="footer"),
                html.Div(id="announcement", className="only-read-out", role="status"),
            ],
            id="dates",
            settings={"locale": texts.language, "firstDayOfWeek": 1},
        ),
        theme=theme.mantine_theme(),
        forceColorScheme="light",
    )


def header(
    texts: Texts, view: View, path: str, pages: Mapping[str, str], span: Span | None
) -> list[Component]:
    """Return the header: whose figures these are, the pages, the languages.

    Args:
        texts: of the language on screen.
        view: kept when going to another page.
        path: of the current page.
        pages: path and title of each page.
        span: what the warehouse says of itself; None before the first load.
    """
    organisation = span.settings.organisation if span else ""
    brand = inner_link(
        [
            html.Span(className="mark", **{"aria-hidden": "true"}),
            html.Span(texts("shell.name"), className="brand-name"),
            *([html.Span(organisation, className="organisation")] if organisation else []),
        ],
        "/",
        view,
        className="brand",
    )
    links = [
        html.Li(inner_link(title, to, view, **({"aria-current": "page"} if to == path else {})))
        for to, title in pages.items()
    ]
    return [
        html.Div(
            [
                brand,
                html.Nav(html.Ul(links), className="pages", **{"aria-label": texts("shell.pages")}),
                _languages(texts, view, path),
            ],
            className="header-inner",
        ),
        *([html.P(texts("shell.demo"), className="demo-strip")] if span and span.is_demo else []),
    ]


def _languages(texts: Texts, view: View, path: str) -> html.Div:
    links = [
        inner_link(
            language.upper(),
            path,
            _in_language(view, language),
            lang=language,
            **{
                "aria-label": Texts(language)("shell.language"),
                **({"aria-current": "true"} if language == texts.language else {}),
            },
        )
        for language in LANGUAGES
    ]
    return html.Div(
        links, className="languages", role="group", **{"aria-label": texts("shell.languages")}
    )


def _in_language(view: View, language: str) -> View:
    return replace(view, language=language)  # type: ignore[arg-type]


def footer(context: Context) -> list[Component]:
    """Return the footer: how far the figures reach and what they leave out."""
    texts = context.texts
    first, last = (day_text(day, context.language) for day in loaded_days(context.span))
    return [
        html.P(texts("shell.reach", first=first, last=last)),
        html.P(texts("shell.hidden", threshold=context.threshold)),
    ]
