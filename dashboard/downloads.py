"""A block's table as a file: what stands behind its link."""

from typing import TYPE_CHECKING

import dash
from flask import Response, abort, request

from dashboard.pages import page_at
from warehouse.errors import SamenspelError

if TYPE_CHECKING:
    from dashboard.app import Dashboard


def add_download(app: dash.Dash, board: "Dashboard") -> None:
    """Let a block's table be downloaded as CSV; 404 where there is no such page or block."""

    @app.server.get("/download/<path:place>")
    def download(place: str) -> Response:
        path, _, name = f"/{place}".rpartition("/")
        page = page_at(path, board.pages)
        if page is None or not name.endswith(".csv"):
            abort(404)
        try:
            context, _ = board.context("?" + request.query_string.decode("ascii", "replace"))
            blocks = page.blocks(board.data(page, context.view), context)
        except SamenspelError:
            abort(404)
        block = next((block for block in blocks if f"{block.key}.csv" == name), None)
        if block is None:
            abort(404)
        start, end = context.period
        file = f"samenspel-{page.key}-{block.key}-{start:%Y%m%d}-{end:%Y%m%d}.csv"
        return Response(
            block.table.csv(context.language, context.threshold),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )
