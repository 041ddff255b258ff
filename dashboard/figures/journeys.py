"""Charts of journeys: how they flow from contact to contact, and which step takes how long."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.cells import add_cells
from dashboard.figures.common import Look, canvas, each, plain
from dashboard.numbers import count_text, seconds_text, share_text, suppressed_text

_FLOW_HEIGHT, _HEAD = 400, 26
_GAP = 0.035
_CELL = 46
_LINK_ALPHA = 0.38


def flow(flows: pd.DataFrame, *, names: Mapping[str, str], heading: str, look: Look) -> go.Figure:
    """Draw how many journeys go from one contact to the next.

    Args:
        flows: `place` (of the step, from 1), `source`, `target` (channels), `journeys`.
        names: what each channel is called on screen.
        heading: what stands above the contacts at a place, with {number}.
        look: how it is read.

    Returns:
        A Sankey diagram with a column per contact; a node is as high as the journeys through it.
    """
    figure = canvas(_FLOW_HEIGHT, look.language, l=4, r=4, t=_HEAD, b=8)
    if flows.empty:
        return figure
    nodes = _nodes(flows)
    number = {
        node: place for place, node in enumerate(zip(nodes["place"], nodes["channel"], strict=True))
    }
    figure.add_sankey(
        arrangement="fixed",
        textfont={"size": 12, "color": theme.INK, "shadow": "none"},
        node={
            "label": [plain(names[channel], limit=16) for channel in nodes["channel"]],
            "x": nodes["x"],
            "y": nodes["y"],
            "color": [theme.channel_colour(channel) for channel in nodes["channel"]],
            "pad": 10,
            "thickness": 14,
            "line": {"width": 0},
            "customdata": [
                f"<b>{plain(names[row.channel])}</b><br>"
                f"{plain(heading.format(number=row.place))}: "
                f"{count_text(row.journeys, look.language)}"
                for row in each(nodes)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": [number[row.place, row.source] for row in each(flows)],
            "target": [number[row.place + 1, row.target] for row in each(flows)],
            "value": flows["journeys"],
            "color": [
                theme.faint(theme.channel_colour(row.source), _LINK_ALPHA) for row in each(flows)
            ],
            "customdata": [
                f"<b>{plain(names[row.source])} → {plain(names[row.target])}</b><br>"
                f"{count_text(row.journeys, look.language)}"
                for row in each(flows)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    last = int(nodes["place"].max())
    for place in range(1, last + 1):
        x = _across(place, last)
        figure.add_annotation(
            text=plain(heading.format(number=place)),
            x=x,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="left" if place == 1 else "right" if place == last else "center",
            yanchor="bottom",
            yshift=6,
            showarrow=False,
            font={"size": 12, "color": theme.MUTED},
        )
    return figure


def _nodes(flows: pd.DataFrame) -> pd.DataFrame:
    """Return place, channel, journeys, x and y of each node; the largest of a column on top."""
    leaving = flows.rename(columns={"source": "channel"})[["place", "channel", "journeys"]]
    coming = flows.rename(columns={"target": "channel"})[["place", "channel", "journeys"]]
    coming = coming.assign(place=coming["place"] + 1)
    sides = [side.groupby(["place", "channel"])["journeys"].sum() for side in (leaving, coming)]
    size = pd.concat(sides, axis=1).max(axis=1).rename("journeys")
    # one order for all columns, so that a channel is found at the same height
    order = size.groupby("channel").sum().rank(ascending=False)
    nodes = size.reset_index()
    nodes["order"] = nodes["channel"].map(order)
    nodes = nodes.sort_values(["place", "order"], ignore_index=True)
    counts = nodes.groupby("place")["journeys"].agg(["sum", "size"])
    room = 1 - _GAP * (counts["size"].max() - 1)
    scale = max(room, 0.3) / counts["sum"].max()
    before = nodes.groupby("place")["journeys"].cumsum() - nodes["journeys"]
    above = before * scale + nodes.groupby("place").cumcount() * _GAP
    last = int(nodes["place"].max())
    nodes["x"] = [_across(place, last) for place in nodes["place"]]
    # plotly takes a place of nought for one that was not given
    nodes["y"] = (above + nodes["journeys"] * scale / 2).clip(0.001, 0.999)
    return nodes


def _across(place: int, last: int) -> float:
    return min(max((place - 1) / max(last - 1, 1), 0.001), 0.999)


def step_table(
    frame: pd.DataFrame,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    names: Mapping[str, str],
    texts: Mapping[str, str],
    look: Look,
) -> go.Figure:
    """Draw from which channel to which, how often and how long after, as a table of colour.

    Args:
        frame: `channel`, `next_channel`, `steps`, `share`, `p50`, `p90` (seconds), `suppressed`.
        rows: channels from which, the first on top.
        columns: channels to which, left to right.
        names: what each channel is called on screen.
        texts: `of_row`, `median` and `p90`: what the figures in the hover text are called.
        look: how it is read.

    Returns:
        A heat map coloured by the share of the row's steps, with count and median time in a cell.
    """
    figure = canvas(_CELL * len(rows) + 40, look.language, l=4, r=4, t=4, b=4)
    if not len(rows):
        return figure
    known = {(row.channel, row.next_channel): row for row in each(frame)}
    grid = [[known.get((row, column)) for column in columns] for row in rows]
    add_cells(
        figure,
        [[_share(cell) for cell in line] for line in grid],
        [[_step_hover(cell, names, texts, look) for cell in line] for line in grid],
        rows=[plain(names[row], limit=18) for row in rows],
        columns=[plain(names[column], limit=14) for column in columns],
        zmax=1,
    )
    for y, line in enumerate(grid):
        for x, cell in enumerate(line):
            if cell is None:
                continue
            figure.add_annotation(
                x=x,
                y=y,
                showarrow=False,
                text=_step_text(cell, look),
                font={"size": 11, "color": theme.readable_on_sequential(_share(cell))},
            )
    return figure


def _share(cell: Any) -> float:
    return float("nan") if cell is None or cell.suppressed else float(cell.share)


def _step_text(cell: Any, look: Look) -> str:
    if cell.suppressed:
        return plain("<")
    count = count_text(cell.steps, look.language)
    return f"<b>{count}</b><br>{plain(seconds_text(cell.p50, look.language))}"


def _step_hover(cell: Any, names: Mapping[str, str], texts: Mapping[str, str], look: Look) -> str:
    if cell is None:
        return ""
    head = f"<b>{plain(names[cell.channel])} → {plain(names[cell.next_channel])}</b><br>"
    if cell.suppressed:
        return head + plain(suppressed_text(look.threshold))
    count = count_text(cell.steps, look.language)
    lines = [
        f"{count} · {share_text(cell.share, look.language)} {plain(texts['of_row'])}",
        f"{plain(texts['median'])}: {plain(seconds_text(cell.p50, look.language))}",
        f"{plain(texts['p90'])}: {plain(seconds_text(cell.p90, look.language))}",
    ]
    return head + "<br>".join(lines)
