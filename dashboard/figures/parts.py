"""Charts of how a whole is made up: stacked over time, and now beside before."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics import Unit
from dashboard import theme
from dashboard.figures.common import (
    LABEL_PIXELS,
    Look,
    canvas,
    each,
    mark_period,
    plain,
    spread,
    time_axis,
)
from dashboard.numbers import change_text, count_text, period_text, share_text, suppressed_text


def stacked(
    frame: pd.DataFrame,
    *,
    part: str,
    order: Sequence[str],
    names: Mapping[str, str],
    colours: Mapping[str, str],
    look: Look,
    as_share: bool = True,
    height: int = 340,
) -> go.Figure:
    """Draw counts per part over time as stacked bars.

    Args:
        frame: `period`, the part's column, `value` (a count; NaN where suppressed).
        part: the column that names the part.
        order: the parts, the lowest of the stack first.
        names: what each part is called on screen.
        colours: of each part.
        look: how it is read.
        as_share: as shares of the period's total, else as counts.
        height: in pixels.

    Returns:
        Bars, each part named beside the last bar with its share or count there.
    """
    figure = canvas(height, look.language, l=4, r=132, t=8, b=4)
    counts = (
        frame.pivot_table(index="period", columns=part, values="value", aggfunc="sum")
        .reindex(columns=list(order))
        .fillna(0.0)
        .sort_index()
    )
    if counts.empty:
        return figure
    shares = counts.div(counts.sum(axis=1).replace(0, float("nan")), axis=0)
    shown = shares if as_share else counts
    periods = list(counts.index)
    for key in order:
        figure.add_bar(
            x=periods,
            y=shown[key],
            name=plain(names[key]),
            marker={"color": colours[key], "line": {"width": 0.6, "color": theme.PAPER}},
            customdata=[
                f"<b>{plain(names[key])}</b><br>"
                f"{period_text(period, look.grain, look.language)}<br>"
                f"{share_text(share, look.language)} · {count_text(count, look.language)}"
                for period, share, count in zip(periods, shares[key], counts[key], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.12 if len(periods) < 40 else 0)
    figure.update_yaxes(tickformat=".0%" if as_share else ",~f", nticks=5)
    if as_share:
        figure.update_yaxes(range=[0, 1])
    texts = {
        key: f"<span style='color:{colours[key]}'>■</span> {plain(names[key], limit=14)}"
        f" <b>{share_text(float(shares.iloc[-1][key]), look.language, digits=0)}</b>"
        for key in order
    }
    _name_parts(figure, shown.iloc[-1], texts, height, float(shown.sum(axis=1).max()) or 1.0)
    time_axis(figure, periods, look, most=4)
    mark_period(figure, periods, look)
    return figure


def _name_parts(
    figure: go.Figure,
    last: pd.Series,
    texts: Mapping[str, str],
    height: int,
    highest: float,
) -> None:
    """Write each part's text beside the last bar, moved apart where parts are thin."""
    tops = last.cumsum()
    middles = [float(tops[key] - last[key] / 2) for key in texts]
    per_pixel = highest / max(height - 48, 1)
    moved = spread(middles, LABEL_PIXELS * per_pixel)
    for text, middle, place in zip(texts.values(), middles, moved, strict=True):
        figure.add_annotation(
            xref="paper",
            x=1,
            y=middle,
            yshift=(place - middle) / per_pixel,
            xanchor="left",
            xshift=6,
            showarrow=False,
            text=text,
            font={"size": 12, "color": theme.INK},
        )


def dumbbell(
    frame: pd.DataFrame, *, names: Mapping[str, str], colours: Mapping[str, str], look: Look
) -> go.Figure:
    """Draw a share now beside the same share before, per group.

    Args:
        frame: `group`, `value`, `before`, `change`, `is_change`; the largest first.
        names: what each group is called on screen.
        colours: of each group.
        look: how it is read.

    Returns:
        Per group a grey dot (before), a coloured dot (now) and the difference in points, which is
        bold where it is a change.
    """
    rows = frame[frame["value"].notna()].reset_index(drop=True)
    beside = [
        f"<b>{share_text(row.value, look.language)}</b>  "
        + _weighed(change_text(row.change, Unit.SHARE, look.language), is_sure=bool(row.is_change))
        for row in each(rows)
    ]
    return _dots(rows, names=names, colours=colours, look=look, beside=beside)


def pairs(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str],
    colours: Mapping[str, str],
    look: Look,
) -> go.Figure:
    """Draw two shares per group: the whole (coloured) and the part that one view sees (grey).

    Args:
        frame: `group`, `value`, `before` (the part), `suppressed`; the largest first.
        names: what each group is called on screen.
        colours: of each group.
        look: how it is read.

    Returns:
        Per group two dots with a line between, and both shares beside them.
    """
    rows = frame.reset_index(drop=True)
    beside = [
        plain(suppressed_text(look.threshold))
        if row.suppressed
        else f"<b>{share_text(row.value, look.language)}</b>  "
        + _weighed(share_text(row.before, look.language), is_sure=False)
        for row in each(rows)
    ]
    return _dots(rows, names=names, colours=colours, look=look, beside=beside)


def _weighed(text: str, *, is_sure: bool) -> str:
    return f"<b>{text}</b>" if is_sure else f"<span style='color:{theme.MUTED}'>{text}</span>"


def _dots(
    rows: pd.DataFrame,
    *,
    names: Mapping[str, str],
    colours: Mapping[str, str],
    look: Look,
    beside: Sequence[str],
) -> go.Figure:
    figure = canvas(max(110, 34 * len(rows) + 34), look.language, l=4, r=116, t=4, b=4)
    places = list(range(len(rows)))
    for place, row in zip(places, each(rows), strict=True):
        figure.add_scatter(
            x=[row.before, row.value],
            y=[place, place],
            mode="lines",
            line={"color": theme.RULE, "width": 4},
            hoverinfo="skip",
        )
    highest = float(rows[["before", "value"]].max().max()) if len(rows) else 1.0
    inks = [colours[group] for group in rows["group"]]
    for column, size, colour in (("before", 9, theme.BEFORE), ("value", 12, inks)):
        figure.add_scatter(
            x=rows[column],
            y=places,
            mode="markers",
            marker={"size": size, "color": colour},
            customdata=[share_text(value, look.language) for value in rows[column]],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for place, text in zip(places, beside, strict=True):
        figure.add_annotation(
            xref="paper", x=1, xanchor="left", xshift=8, y=place, showarrow=False, text=text
        )
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=[plain(names[group], limit=20) for group in rows["group"]],
        range=[len(rows) - 0.4, -0.6],
        ticklabelstandoff=8,
        showgrid=False,
        tickfont={"color": theme.INK},
    )
    figure.update_xaxes(
        tickformat=".0%",
        range=[-0.03 * highest, 1.05 * highest],
        nticks=4,
        tickangle=0,
        showgrid=True,
    )
    figure.update_xaxes(gridcolor=theme.RULE)
    return figure
