"""Charts of groups side by side: ranked bars with intervals, and tables of colour."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics import Unit
from dashboard import theme
from dashboard.figures.cells import add_cells
from dashboard.figures.common import Look, canvas, each, interval, plain
from dashboard.numbers import count_text, share_text, suppressed_text, value_text

_ROW = 30
_NAMED_ROW = 38
"""Height of a bar with its name and value above it: so names fit at any width."""
_BAR_SHIFT, _BAR_WIDTH, _NAME_SHIFT = 0.24, 0.26, -0.17


def ranked(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str],
    unit: Unit,
    look: Look,
    reference: float | None = None,
    colour: str = theme.ACCENT,
    shows_numerator: bool = False,
    label_limit: int = 40,
) -> go.Figure:
    """Draw groups as bars in the frame's order, with 95% intervals.

    Args:
        frame: `group`, `value`, `low`, `high`, `denominator`, `suppressed`.
        names: what each group is called on screen.
        unit: of the values.
        look: how it is read.
        reference: a value for the whole, drawn as a mark at each bar; none where there is no bar.
        colour: of the bars.
        shows_numerator: write what was counted beside the bar, instead of what it is a share of.
        label_limit: characters of a group's name that are shown.

    Returns:
        Bars with name, value and denominator written above them; suppressed ones without a bar.
    """
    rows = frame.reset_index(drop=True)
    figure = row_canvas(len(rows), look)
    if rows.empty:
        return figure
    has_interval = rows["low"].notna().any()
    add_named_bars(
        figure,
        rows["value"],
        names=[plain(names[group], limit=label_limit) for group in rows["group"]],
        beside=[_beside(row, unit, look, shows_numerator) for row in each(rows)],
        hovers=[_hover(row, names, unit, look) for row in each(rows)],
        marker={"color": colour},
        error_x=interval(rows["value"], rows["low"], rows["high"]) if has_interval else None,
    )
    if reference is not None and not pd.isna(reference):
        # beside each bar only: a line through all would cross the names
        for place in rows.index[rows["value"].notna()]:
            figure.add_shape(
                type="line",
                x0=reference,
                x1=reference,
                y0=place + _BAR_SHIFT - _BAR_WIDTH * 0.5,
                y1=place + _BAR_SHIFT + _BAR_WIDTH * 0.8,
                line={"color": theme.INK, "width": 1.5},
            )
    return figure.update_xaxes(visible=False, range=[0, _reach(rows)])


def row_canvas(count: int, look: Look) -> go.Figure:
    """Return an empty figure with room for so many named bars."""
    return canvas(max(64, _NAMED_ROW * count + 8), look.language, l=2, r=2, t=2, b=2)


def add_named_bars(
    figure: go.Figure,
    values: pd.Series,
    *,
    names: Sequence[str],
    beside: Sequence[str],
    hovers: Sequence[str],
    **settings: Any,
) -> None:
    """Draw lying bars, each with its name above it on the left and a text on the right.

    Args:
        figure: as `row_canvas` makes it.
        values: of the bars, the first on top; without a value there is no bar.
        names: of each bar, as Plotly may read it.
        beside: what stands on the right of each name, as Plotly may read it.
        hovers: what is said of each bar, as Plotly may read it.
        settings: more of Plotly's bars, such as `marker`.
    """
    figure.add_bar(
        orientation="h",
        x=values,
        y=[place + _BAR_SHIFT for place in range(len(values))],
        width=_BAR_WIDTH,
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        **settings,
    )
    for place, (name, text) in enumerate(zip(names, beside, strict=True)):
        for x, anchor, words in ((0, "left", name), (1, "right", text)):
            figure.add_annotation(
                xref="paper",
                x=x,
                xanchor=anchor,
                y=place + _NAME_SHIFT,
                showarrow=False,
                text=words,
                font={"size": 12, "color": theme.INK},
            )
    figure.update_yaxes(visible=False, range=[len(values) - 0.45, -0.5])


def _reach(rows: pd.DataFrame) -> float:
    """Return up to where the bars and their intervals reach, with some room."""
    reach = rows[["value", "high"]].max().max()
    return 1.0 if pd.isna(reach) or reach <= 0 else float(reach) * 1.02


def _beside(row: Any, unit: Unit, look: Look, shows_numerator: bool) -> str:
    if row.suppressed:
        return f"<span style='color:{theme.MUTED}'>{plain(suppressed_text(look.threshold))}</span>"
    text = f"<b>{value_text(row.value, unit, look.language)}</b>"
    if unit is not Unit.SHARE:
        return text
    size = count_text(row.numerator if shows_numerator else row.denominator, look.language)
    if shows_numerator:
        return f"{text} <span style='color:{theme.MUTED}'>{size}</span>"
    return f"{text} <span style='color:{theme.MUTED}'>n {size}</span>"


def _hover(row: Any, names: Mapping[str, str], unit: Unit, look: Look) -> str:
    name = f"<b>{plain(names[row.group])}</b><br>"
    if row.suppressed:
        return name + plain(suppressed_text(look.threshold))
    text = name + value_text(row.value, unit, look.language)
    if not pd.isna(row.low):
        low, high = (value_text(bound, unit, look.language) for bound in (row.low, row.high))
        text += f" ({low} – {high})"
    if unit is not Unit.SHARE:
        return text
    return text + f"<br>n = {count_text(row.denominator, look.language)}"


def heat(
    frame: pd.DataFrame,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    row_names: Mapping[str, str],
    column_names: Mapping[str, str],
    look: Look,
    column_limit: int = 14,
) -> go.Figure:
    """Draw shares of rows by column as a table of colour.

    Args:
        frame: `row`, `column`, `value` (share), `count`, `suppressed`.
        rows: row keys, the first on top.
        columns: column keys, left to right.
        row_names: what rows are called on screen.
        column_names: what columns are called on screen.
        look: how it is read.
        column_limit: characters of a column's name that are shown.

    Returns:
        A heat map with the share written in each cell, and `<` in suppressed ones.
    """
    figure = canvas(_ROW * len(rows) + 92, look.language, l=4, r=4, t=4, b=4)
    if not len(rows) or not len(columns):
        return figure
    cells = frame.set_index(["row", "column"])
    grid = [[_cell(cells, row, column) for column in columns] for row in rows]
    add_cells(
        figure,
        [[value for value, _, _ in line] for line in grid],
        [
            [
                f"<b>{plain(row_names[row])}</b> · {plain(column_names[column])}<br>"
                + (
                    plain(suppressed_text(look.threshold))
                    if is_suppressed
                    else f"{share_text(value, look.language)} · {count_text(count, look.language)}"
                )
                for column, (value, count, is_suppressed) in zip(columns, line, strict=True)
            ]
            for row, line in zip(rows, grid, strict=True)
        ],
        rows=[plain(row_names[row], limit=24) for row in rows],
        columns=[plain(column_names[column], limit=column_limit) for column in columns],
    )
    highest = (
        max((value for line in grid for value, _, _ in line if not pd.isna(value)), default=1.0)
        or 1.0
    )
    for y, line in enumerate(grid):
        for x, (value, _, is_suppressed) in enumerate(line):
            text = "<" if is_suppressed else share_text(value, look.language, digits=0)
            figure.add_annotation(
                x=x,
                y=y,
                text=plain("" if pd.isna(value) and not is_suppressed else text),
                showarrow=False,
                font={"size": 11, "color": theme.readable_on_sequential(value / highest)},
            )
    return figure


def _cell(cells: pd.DataFrame, row: str, column: str) -> tuple[float, float, bool]:
    if (row, column) not in cells.index:
        return float("nan"), float("nan"), False
    cell: Any = cells.loc[(row, column)]
    return float(cell["value"]), float(cell["count"]), bool(cell["suppressed"])
