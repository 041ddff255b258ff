"""The accounts of loading: per source how what was read divides, drawn as a bar of parts."""

from typing import Any

import pandas as pd
from dash import html

from dashboard.components.scrolling import scrolling
from dashboard.context import Context
from dashboard.figures.common import each
from dashboard.numbers import count_text, day_text

_PARTS = ("loaded", "duplicate", "rejected")


def accounts(sources: pd.DataFrame, context: Context) -> html.Div:
    """Return a table of sources.

    Args:
        sources: `source`, `files`, `read_count`, `loaded_count`, `duplicate_count`,
            `rejected_count`, `last_started_at`.
        context: of the page.
    """
    texts, language = context.texts, context.language
    headings = ("source", "files", "read", *_PARTS, "last")
    head = [
        html.Th(
            texts(f"quality.{name}"),
            scope="col",
            className=None if name == "source" else "number",
        )
        for name in headings
    ]
    head.insert(3, html.Td(className="parts-head"))
    rows = [
        html.Tr(
            [
                html.Th(row.source, scope="row"),
                *(
                    html.Td(count_text(value, language), className="number")
                    for value in (row.files, row.read_count)
                ),
                html.Td(_bar(row), className="parts-cell"),
                *(
                    html.Td(
                        count_text(getattr(row, f"{part}_count"), language),
                        className=f"number part-{part}",
                    )
                    for part in _PARTS
                ),
                html.Td(
                    day_text(
                        None if pd.isna(row.last_started_at) else row.last_started_at.date(),
                        language,
                    ),
                    className="number",
                ),
            ]
        )
        for row in each(sources)
    ]
    return scrolling(
        html.Table(
            [
                html.Caption(texts("quality.accounts"), className="only-read-out"),
                html.Thead(html.Tr(head)),
                html.Tbody(rows),
            ],
            className="data accounts",
        ),
        texts("quality.accounts"),
        texts,
    )


def _bar(row: Any) -> html.Div:
    """Return a bar of what was read; a part that is there is never too thin to be seen."""
    read = float(row.read_count) or 1.0
    return html.Div(
        [
            html.Span(
                className=f"bar-part bar-{part}",
                style={"flexGrow": f"{getattr(row, f'{part}_count') / read:.4f}"},
            )
            for part in _PARTS
            if getattr(row, f"{part}_count") > 0
        ],
        className="parts-bar",
        **{"aria-hidden": "true"},
    )
