"""The pages: each has its data, which can be timed and tested by itself, and its layout."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.blocks import Block
from dashboard.context import Context
from dashboard.pages import (
    avoidable,
    drivers,
    effects,
    goals,
    journeys,
    mix,
    overview,
    planning,
    quality,
    repeats,
    review,
    service_quality,
    steering,
)
from dashboard.view import View
from warehouse.store import Reader


@dataclass(frozen=True)
class Page:
    """A page: its key (also of its texts), its path, and what makes it.

    `data` asks the warehouse, `layout` draws the answer, `blocks` gives what can be downloaded.
    """

    key: str
    path: str
    data: Callable[[Reader, View], Any]
    layout: Callable[[Any, Context], Sequence[Component]]
    blocks: Callable[[Any, Context], list[Block]]


PAGES: Mapping[str, Page] = {
    key: Page(key, module.PATH, module.data, module.layout, module.blocks)
    for key, module in (
        ("overview", overview),
        ("mix", mix),
        ("repeats", repeats),
        ("avoidable", avoidable),
        ("service_quality", service_quality),
        ("journeys", journeys),
        ("drivers", drivers),
        ("steering", steering),
        ("effects", effects),
        ("planning", planning),
        ("goals", goals),
        ("quality", quality),
    )
}

REVIEW = Page("review", review.PATH, review.data, review.layout, review.blocks)
"""The page that shows single contacts: only where the configuration opens it, and to whom."""


def with_review() -> Mapping[str, Page]:
    """Return the pages with the one for judging contacts, after the avoidable ones."""
    pages: dict[str, Page] = {}
    for key, page in PAGES.items():
        pages[key] = page
        if key == "avoidable":
            pages[REVIEW.key] = REVIEW
    return pages


def page_at(path: str | None, pages: Mapping[str, Page]) -> Page | None:
    """Return the page at a path, or None."""
    wanted = (path or "/").rstrip("/") or "/"
    return next((page for page in pages.values() if page.path == wanted), None)
