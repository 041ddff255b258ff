"""How a block is drawn: title, finding, chart, table behind it, download, definitions."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from analytics.metrics import METRICS
from analytics.periods import Grain
from dashboard.blocks import Block, Column, Table
from dashboard.components.hidden import hidden_note
from dashboard.components.links import icon
from dashboard.components.scrolling import scrolling
from dashboard.context import Context
from dashboard.figures.common import graph_config
from dashboard.view import query_string

_MOST_ROWS = 400
"""More rows than this are for the download: nobody reads them on a page."""


def draw_block(block: Block, context: Context, path: str) -> html.Section:
    """Return a block as a section of a page."""
    heading = f"{block.key}-title"
    return html.Section(
        [
            html.Div(
                [
                    html.H2(block.title, id=heading, className="block-title"),
                    html.Div(
                        [*block.controls, *_definitions(block, context)], className="block-tools"
                    ),
                ],
                className="block-head",
            ),
            html.P(block.finding, className="finding"),
            _body(block, context),
            *([html.P(block.note, className="note")] if block.note else []),
            *hidden_note(block.table.frame, context),
            _behind(block, context, path),
        ],
        className=f"block block-{block.width}",
        **{"aria-labelledby": heading},
    )


def _body(block: Block, context: Context) -> Component:
    if block.figure is None:
        return html.Div(block.body, className="block-body")
    height = int(block.figure.layout.height)
    graph = dcc.Graph(
        id=f"graph-{block.key}",
        figure=block.figure,
        config=graph_config(context.language),
        responsive=True,
        style={"height": f"{height}px"}
        | ({"minWidth": f"{block.min_width}px"} if block.min_width else {}),
    )
    picture = html.Div(
        graph, role="img", className="chart", **{"aria-label": f"{block.title}. {block.finding}"}
    )
    if not block.min_width:
        return picture
    return scrolling(picture, block.title, context.texts, class_name="scrolls")


def _behind(block: Block, context: Context, path: str) -> html.Div:
    texts = context.texts
    href = f"/download{path.rstrip('/') or '/'}/{block.key}.csv".replace("//", "/")
    return html.Div(
        [
            html.Details(
                [
                    html.Summary(
                        [
                            icon("table"),
                            texts("block.table"),
                            html.Span(f": {block.title}", className="only-read-out"),
                        ]
                    ),
                    draw_table(block.table, block.title, context),
                ],
                className="behind-table",
            ),
            html.A(
                [
                    icon("download"),
                    texts("block.download"),
                    html.Span(f": {block.title}", className="only-read-out"),
                ],
                href=href + query_string(context.view),
                download="",
                className="download",
            ),
        ],
        className="behind",
    )


def draw_table(table: Table, title: str, context: Context) -> html.Div:
    """Return a table that scrolls within its own frame."""
    rows = table.cells(context.language, context.threshold)
    shown, left_out = rows[:_MOST_ROWS], len(rows) - _MOST_ROWS
    body = [
        html.Tr(
            [
                (html.Th if place == 0 else html.Td)(
                    cell,
                    className=_cell_class(column),
                    **({"scope": "row"} if place == 0 else {}),
                )
                for place, (column, cell) in enumerate(zip(table.columns, row, strict=True))
            ]
        )
        for row in shown
    ]
    head = html.Tr(
        [
            html.Th(column.heading, scope="col", className=_cell_class(column))
            for column in table.columns
        ]
    )
    parts: list[Component] = [
        html.Table(
            [html.Caption(title, className="only-read-out"), html.Thead(head), html.Tbody(body)],
            className="data",
        )
    ]
    if left_out > 0:
        parts.append(html.P(context.texts("block.more_rows", count=left_out), className="note"))
    return scrolling(parts, title, context.texts)


def _cell_class(column: Column) -> str | None:
    if column.is_number:
        return "number"
    is_time = isinstance(column.kind, Grain) or column.kind in {"day", "moment"}
    return "moment" if is_time else None


def _definitions(block: Block, context: Context) -> Sequence[Component]:
    if not block.metrics:
        return ()
    return (definitions(block.key, block.metrics, block.title, context),)


def definitions(key: str, metrics: Sequence[str], title: str, context: Context) -> html.Details:
    """Return a button that opens the definitions of metrics, from the registry."""
    texts, dutch = context.texts, context.language == "nl"
    entries: list[Component] = []
    for name in metrics:
        metric = METRICS[name]
        caveat = metric.caveat_nl if dutch else metric.caveat_en
        entries += [
            html.Dt(metric.name_nl if dutch else metric.name_en),
            html.Dd(
                [
                    metric.description_nl if dutch else metric.description_en,
                    *([html.Span(caveat, className="caveat")] if caveat else []),
                    html.Span(
                        texts("block.source", key=metric.key, source=metric.source),
                        className="metric-source",
                    ),
                ]
            ),
        ]
    return html.Details(
        [
            html.Summary(
                icon("info"),
                className="icon-button",
                **{"aria-label": texts("block.definitions", title=title)},
            ),
            html.Dl(entries, className="definitions"),
        ],
        id=f"definitions-{key}",
        className="info",
    )
