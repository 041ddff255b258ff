"""What is wider or higher than its place scrolls there, also for who uses no mouse."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.texts import Texts


def scrolling(
    content: Component | Sequence[Component],
    title: str,
    texts: Texts,
    *,
    class_name: str = "table-frame",
) -> html.Div:
    """Return content in a frame that scrolls by itself and can be reached with the keyboard.

    Args:
        content: what scrolls.
        title: of it, for screen readers.
        texts: of the language.
        class_name: of the frame.
    """
    return html.Div(
        content,
        className=class_name,
        tabIndex=0,
        role="group",
        **{"aria-label": texts("block.scrolls", title=title)},
    )
