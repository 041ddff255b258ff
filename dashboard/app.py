"""The dashboard: an address in, a page out. Callbacks keep nothing: the address says it all."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import dash
from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component

from analytics.query import Span, span, values
from dashboard.background import StillWorkingError
from dashboard.cache import Answers
from dashboard.choices import add_choices
from dashboard.components import filters as bar
from dashboard.components import states
from dashboard.components.shell import footer, frame, header
from dashboard.context import Context
from dashboard.downloads import add_download
from dashboard.numbers import moment_text
from dashboard.pages import PAGES, Page, page_at, with_review
from dashboard.reviewing import add_review, reviewer
from dashboard.security import protect, require_sign_in
from dashboard.texts import Texts
from dashboard.view import FILTERS, View, parse_view, query_string
from warehouse.errors import DamagedError, NoWarehouseError, SamenspelError
from warehouse.model_settings import ReviewSettings
from warehouse.store import Reader

logger = logging.getLogger(__name__)

_INDEX = """<!DOCTYPE html>
<html lang="nl">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<footer class="dash-scripts">{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


class Dashboard:
    """What callbacks share: the reader, and answers that are the same for everybody.

    Args:
        reader: of the warehouse.
        review: whether single notes can be judged, and by whom.
    """

    def __init__(self, reader: Reader, review: ReviewSettings | None = None) -> None:
        self.reader = reader
        self.review = review or ReviewSettings()
        self.answers = Answers()

    @property
    def pages(self) -> Mapping[str, Page]:
        """The pages that whoever asks may see."""
        return with_review() if reviewer(self.review) is not None else PAGES

    def context(self, search: str | None) -> tuple[Context, tuple[str, ...]]:
        """Return the view in an address beside the warehouse, and what was broken in it."""
        view, ignored = parse_view(search, self.known_values())
        return Context(view, self._remembered("span", partial(span, self.reader))), ignored

    def known_values(self) -> Mapping[str, list[str]]:
        """Return the values of each dimension that can be filtered on."""
        return self._remembered(
            "values", lambda: {name: values(self.reader, name) for name in FILTERS}
        )

    def data(self, page: Page, view: View) -> Any:
        """Return a page's data."""
        return self._remembered((page.key, view), partial(page.data, self.reader, view))

    def _remembered(self, key: object, compute: Any) -> Any:
        return self.answers.get((self.reader.version(), key), compute)


def create_app(
    reader: Reader,
    *,
    users: Mapping[str, str] | None = None,
    review: ReviewSettings | None = None,
) -> dash.Dash:
    """Build the dashboard.

    Args:
        reader: of the warehouse; there need not be one yet.
        users: name and password hash (werkzeug) of each user; without any, nobody signs in.
        review: whether single notes can be judged, and by whom; off where left out.

    Returns:
        The application; its `server` is a WSGI application.
    """
    texts = Texts("nl")
    app = dash.Dash(
        "samenspel-dashboard",
        title=texts("shell.name"),
        update_title="",
        assets_folder=str(Path(__file__).with_name("assets")),
        serve_locally=True,
        index_string=_INDEX,
        suppress_callback_exceptions=True,
        on_error=_report,
    )
    app.layout = frame(texts)
    board = Dashboard(reader, review)
    _add_callbacks(app, board)
    if board.review.enabled:
        add_review(app, board)
    add_download(app, board)
    if users:
        require_sign_in(app.server, users)
    protect(app)
    return app


def _report(error: Exception) -> None:
    """Log a defect with a number; the page shows the number only."""
    logger.error("defect", exc_info=error)


def _add_callbacks(app: dash.Dash, board: Dashboard) -> None:
    app.callback(
        Output("content", "children"),
        Output("header", "children"),
        Output("footer", "children"),
        Output("page-facts", "data"),
        Output("shown-version", "data"),
        Input("address", "pathname"),
        Input("address", "search"),
        Input("new-version", "data"),
    )(partial(show_page, board))
    app.callback(
        Output("settled-filters", "data"),
        *(Output(f"filter-{name}", "label") for name in bar.CONTROLS),
        *(Output(f"filter-{name}", "placeholder") for name in FILTERS),
        *(Output(f"filter-{name}", "data") for name in (*FILTERS, "grain")),
        Output("filter-period", "presets"),
        Output("filters-clear", "children"),
        Output("filters-count", "children"),
        Output("filters-open-text", "children"),
        Output("dates", "settings"),
        Output("filter-period", "ariaLabels"),
        Input("address", "pathname"),
        Input("address", "search"),
        Input("new-version", "data"),
        State("written-search", "data"),
    )(partial(show_filters, board))
    # values only after their options: a list drops what it does not offer
    app.clientside_callback(
        dash.ClientsideFunction("samenspel", "settleFilters"),
        *(Output(f"filter-{name}", "value") for name in bar.CONTROLS),
        Input("settled-filters", "data"),
        prevent_initial_call=True,
    )
    # a list that gets values by program first tells what it held before: only what stays counts
    app.clientside_callback(
        dash.ClientsideFunction("samenspel", "awaitChoice"),
        *(Input(f"filter-{name}", "value") for name in bar.CONTROLS),
        prevent_initial_call=True,
    )
    app.callback(
        Input("chosen-filters", "data"),
        State("address", "search"),
        prevent_initial_call=True,
    )(partial(write_address, board))
    app.callback(
        Input("poll", "n_intervals"),
        State("shown-version", "data"),
        prevent_initial_call=True,
    )(partial(notice_new_version, board))
    app.callback(Input("still-working", "n_intervals"), prevent_initial_call=True)(ask_again)
    add_choices(app, lambda search: board.context(search)[0])
    app.clientside_callback(
        dash.ClientsideFunction("samenspel", "applyFacts"),
        Output("announcement", "children"),
        Input("page-facts", "data"),
    )


@dataclass(frozen=True)
class _Shown:
    """What the browser gets for an address."""

    content: Component | list[Component]
    header: list[Component]
    footer: list[Component]
    texts: Texts
    said: str
    version: str


def show_page(
    board: Dashboard, path: str | None, search: str | None, new_version: str | None
) -> tuple[Any, ...]:
    """Return content, header, footer, facts for the browser, and the version shown."""
    page = page_at(path, board.pages)
    try:
        shown = _sound_page(board, page, search, new_version)
    except NoWarehouseError:
        texts = _texts_of(search)
        shown = _instead(board, texts, states.nothing_loaded(texts), page, search)
    except SamenspelError as error:
        texts = _texts_of(search)
        shown = _instead(board, texts, states.mendable(texts, error), page, search)
    except Exception:
        number = secrets.token_hex(4)
        logger.exception("defect %s", number)
        texts = _texts_of(search)
        shown = _instead(board, texts, states.defect(texts, number), page, search)
    texts = shown.texts
    title = texts(f"page.{page.key}.title") if page else texts("state.unknown_page.title")
    facts = {
        "language": texts.language,
        "title": f"{title} · {texts('shell.name')}",
        "skip": texts("shell.skip"),
        "path": path,
        "said": f"{title}. {shown.said}",
    }
    return shown.content, shown.header, shown.footer, facts, shown.version


def _texts_of(search: str | None) -> Texts:
    return Texts(parse_view(search)[0].language or "nl")


def _sound_page(
    board: Dashboard, page: Page | None, search: str | None, new_version: str | None
) -> _Shown:
    try:
        return _page(board, page, search, new_version)
    except DamagedError:  # found just now: from here on an earlier version answers
        return _page(board, page, search, new_version)


def _page(
    board: Dashboard, page: Page | None, search: str | None, new_version: str | None
) -> _Shown:
    context, ignored = board.context(search)
    texts, version = context.texts, board.reader.version()
    head = _head(board, texts, context.view, page, context.span)
    content: Component | list[Component] = states.unknown_page(texts, context.view)
    if page is not None:
        try:
            drawn = page.layout(board.data(page, context.view), context)
        except StillWorkingError:
            return _Shown(states.working(texts), head, footer(context), texts, "", "")
        content = [*_notices(context, ignored, is_behind=board.reader.store.is_behind()), *drawn]
    said = texts("shell.announce", period=context.period_name)
    if new_version == version:
        moment = moment_text(context.loaded_at, context.language)
        said = texts("shell.renewed", moment=moment)
    return _Shown(content, head, footer(context), texts, said, version)


def _instead(
    board: Dashboard, texts: Texts, content: Component, page: Page | None, search: str | None
) -> _Shown:
    """Return what is shown where the warehouse cannot be asked."""
    head = _head(board, texts, parse_view(search)[0], page, None)
    return _Shown(content, head, [], texts, "", "")


def _head(
    board: Dashboard, texts: Texts, view: View, page: Page | None, of: Span | None
) -> list[Component]:
    pages = {one.path: texts(f"page.{one.key}.title") for one in board.pages.values()}
    return header(texts, view, page.path if page else "", pages, of)


def _notices(context: Context, ignored: tuple[str, ...], *, is_behind: bool) -> list[Component]:
    texts, says = context.texts, []
    if is_behind:
        says.append(texts("state.behind"))
    if ignored:
        keys = (f"link.{name}" if texts.has(f"link.{name}") else "link.other" for name in ignored)
        names = ", ".join(texts(key) for key in dict.fromkeys(keys))
        says.append(texts("state.broken_link", names=names))
    if not context.is_whole_period:
        says.append(texts("state.incomplete", period=context.period_name))
    return [html.P(text, className="notice") for text in says]


def show_filters(
    board: Dashboard,
    path: str | None,
    search: str | None,
    new_version: str | None,
    written: str | None,
) -> tuple[Any, ...]:
    """Return values, names and choices of the filter bar's controls."""
    del new_version
    page = page_at(path, board.pages)
    try:
        context, _ = board.context(search)
        known = board.known_values()
    except SamenspelError:
        return _filters_without_warehouse(_texts_of(search))
    settled = bar.control_values(context)
    if written is not None and written == (search or ""):
        # the controls wrote this address themselves: setting them again would undo a later choice
        shown: Any = no_update
    else:
        shown = [settled[name] for name in bar.CONTROLS]
        dash.set_props("written-search", {"data": None})
    names, hints = bar.labels(context.texts), bar.placeholders(context)
    options = bar.control_options(context, known)
    clear = bar.clear_link(context, page.path if page else "/")
    count = context.view.filter_count
    return (
        shown,
        *(names[name] for name in bar.CONTROLS),
        *(hints[name] for name in FILTERS),
        *(options[name] for name in (*FILTERS, "grain")),
        options["period"],
        [clear] if clear else [],
        str(count) if count else "",
        context.texts("filters.open"),
        {"locale": context.language, "firstDayOfWeek": 1},
        bar.calendar_labels(context.texts),
    )


def _filters_without_warehouse(texts: Texts) -> tuple[Any, ...]:
    """Name the controls, which have nothing to offer yet."""
    names = bar.labels(texts)
    rest = (no_update,) * (len(FILTERS) + len(FILTERS) + 2)
    return (
        no_update,
        *(names[name] for name in bar.CONTROLS),
        *rest,
        [],
        "",
        texts("filters.open"),
        {"locale": texts.language, "firstDayOfWeek": 1},
        bar.calendar_labels(texts),
    )


def write_address(board: Dashboard, chosen: list[Any], search: str | None) -> None:
    """Put the controls' choices into the address; nothing where they say what it says already."""
    try:
        context, _ = board.context(search)
    except SamenspelError:
        return
    asked = dict(zip(bar.CONTROLS, chosen, strict=True))
    view = bar.changed_view(context.view, context, asked)
    if view is None or view == context.view:
        return
    written = query_string(view)
    dash.set_props("written-search", {"data": written})
    dash.set_props("address", {"search": written})


def ask_again(ticks: int) -> None:
    """Have a page drawn anew that had to wait for something to be worked out."""
    if ticks:
        dash.set_props("new-version", {"data": secrets.token_hex(4)})


def notice_new_version(board: Dashboard, ticks: int, shown: str | None) -> None:
    """Have the page drawn anew once another version was published."""
    del ticks
    try:
        version = board.reader.version()
    except SamenspelError:
        return
    if version != shown:
        dash.set_props("new-version", {"data": version})
