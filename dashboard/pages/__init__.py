"""The pages: each has its data, which can be timed and tested by itself, and its layout."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.blocks import Block
from dashboard.context import Context
from dashboard.pages import avoidable, mix, overview, planning, quality, repeats
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
        ("planning", planning),
        ("quality", quality),
    )
}
