"""What tables of colour share: their cells, and the names beside and above them."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import theme


def add_cells(
    figure: go.Figure,
    values: Sequence[Sequence[float]],
    hovers: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    **settings: Any,
) -> go.Figure:
    """Draw values as a table of colour, the first row on top.

    Args:
        figure: an empty one.
        values: by row and column, zero or more; NaN leaves a cell empty.
        hovers: what is said of each cell, as Plotly may read it.
        rows: what each row is called, as Plotly may read it.
        columns: the same of each column; one without a name gets none.
        settings: more of Plotly's heat map, such as `zmax` or `text`.

    Returns:
        The figure; a cell's place is the numbers of its column and row, from 0.
    """
    figure.add_heatmap(
        z=values,
        x=list(range(len(columns))),
        y=list(range(len(rows))),
        zmin=0,
        colorscale=[list(stop) for stop in theme.SEQUENTIAL],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverongaps=False,
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        **settings,
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=list(rows),
        range=[len(rows) - 0.5, -0.5],
        ticklabelstandoff=6,
        showgrid=False,
        tickfont={"color": theme.INK},
    )
    named = [place for place, name in enumerate(columns) if name]
    return figure.update_xaxes(
        side="top",
        tickmode="array",
        tickvals=named,
        ticktext=[columns[place] for place in named],
        range=[-0.5, len(columns) - 0.5],
        tickfont={"color": theme.INK},
    )
