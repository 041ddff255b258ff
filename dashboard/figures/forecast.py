"""Charts of planning: what came and what is to come with its bands, and staff over the week."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.cells import add_cells
from dashboard.figures.common import Look, canvas, each, plain, time_axis
from dashboard.numbers import count_text, day_names, day_text

_WEEK = pd.Timedelta(days=7)


def fan(
    past: pd.DataFrame,
    ahead: pd.DataFrame,
    holidays: Sequence[tuple[pd.Timestamp, str]],
    names: Mapping[str, str],
    *,
    look: Look,
    height: int = 360,
) -> go.Figure:
    """Draw contacts per seven days: a line of what came, and bands around what is expected.

    Args:
        past: `first_on`, `value`.
        ahead: `first_on`, `expected`, `baseline`, and the bounds of 80% and 95%.
        holidays: days with their names, marked at the foot.
        names: on screen, of past, expected, baseline, 80 and 95.
        look: how it is read.
        height: in pixels.
    """
    figure = canvas(height, look.language, l=4, r=12, t=36, b=4)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
    )
    known = past[past["value"].notna()]
    joined = ahead
    if len(known):
        last = known.iloc[-1]
        anchor = {
            "first_on": last["first_on"],
            "expected": last["value"],
            "baseline": last["value"],
        }
        anchor |= {
            f"{side}_{level}": last["value"] for side in ("low", "high") for level in (80, 95)
        }
        joined = pd.concat([pd.DataFrame([anchor]), ahead], ignore_index=True)
    for level, opacity in ((95, 0.13), (80, 0.24)):
        edge = {"x": joined["first_on"], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(**edge, y=joined[f"high_{level}"], showlegend=False)
        figure.add_scatter(
            **edge,
            y=joined[f"low_{level}"],
            fill="tonexty",
            fillcolor=theme.faint(theme.ACCENT, opacity),
            name=plain(names[str(level)]),
        )
    figure.add_scatter(
        x=past["first_on"],
        y=past["value"],
        mode="lines",
        line={"color": theme.INK, "width": 2},
        name=plain(names["past"]),
        customdata=[_hover(row.first_on, row.value, names["past"], look) for row in each(past)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if ahead["baseline"].notna().any():
        figure.add_scatter(
            x=joined["first_on"],
            y=joined["baseline"],
            mode="lines",
            line={"color": theme.FAINT, "width": 1.5, "dash": "dot"},
            name=plain(names["baseline"]),
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=ahead["first_on"],
        y=ahead["expected"],
        mode="lines+markers",
        line={"color": theme.ACCENT, "width": 2.5},
        marker={"size": 5},
        name=plain(names["expected"]),
        customdata=[
            _hover(row.first_on, row.expected, names["expected"], look)
            + f"<br>{plain(names['80'])}: {count_text(row.low_80, look.language)} – "
            f"{count_text(row.high_80, look.language)}"
            f"<br>{plain(names['95'])}: {count_text(row.low_95, look.language)} – "
            f"{count_text(row.high_95, look.language)}"
            for row in each(ahead)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if holidays:
        figure.add_scatter(
            x=[day for day, _ in holidays],
            y=[0] * len(holidays),
            mode="markers",
            marker={"symbol": "diamond", "size": 8, "color": theme.BAD},
            name=plain(names["holiday"]),
            customdata=[
                f"<b>{plain(name)}</b><br>{plain(day_text(day.date(), look.language))}"
                for day, name in holidays
            ],
            hovertemplate="%{customdata}<extra></extra>",
            cliponaxis=False,
        )
    figure.update_yaxes(rangemode="tozero", nticks=5, tickformat=",~f")
    days = [day.date() for day in [*past["first_on"], *ahead["first_on"]]]
    time_axis(figure, days, look, most=7)
    return figure


def _hover(first: pd.Timestamp, value: float, name: str, look: Look) -> str:
    last = (first + _WEEK - pd.Timedelta(days=1)).date()
    return (
        f"<b>{day_text(first.date(), look.language)} – {day_text(last, look.language)}</b><br>"
        f"{plain(name)}: {count_text(value, look.language)}"
    )


def week_map(rows: pd.DataFrame, hovers: Sequence[str], *, look: Look) -> go.Figure:
    """Draw employees per half hour, weekdays beside each other.

    Args:
        rows: `weekday`, `slot`, `employees`.
        hovers: text per row.
        look: how it is read.
    """
    slots = list(range(int(rows["slot"].min()), int(rows["slot"].max()) + 1)) if len(rows) else []
    figure = canvas(24 * len(slots) + 60, look.language, l=4, r=4, t=4, b=4)
    if not slots:
        return figure
    weekdays = sorted(int(day) for day in rows["weekday"].unique())
    told = dict(
        zip(zip(rows["weekday"], rows["slot"], strict=True),
            zip(rows["employees"], hovers, strict=True), strict=True)
    )  # fmt: skip
    nothing = (float("nan"), "")
    cells = [[told.get((day, slot), nothing) for day in weekdays] for slot in slots]
    names = day_names(look.language, short=True)
    return add_cells(
        figure,
        [[employees for employees, _ in line] for line in cells],
        [[hover for _, hover in line] for line in cells],
        rows=[clock(slot) for slot in slots],
        columns=[names[(day + 1) % 7] for day in weekdays],
        # one text per cell; as annotations they would take longer than all the rest of the page
        text=[
            [
                "" if pd.isna(employees) else count_text(float(employees), look.language)
                for employees, _ in line
            ]
            for line in cells
        ],
        texttemplate="%{text}",
        textfont={"size": 12},
    )


def clock(slot: int) -> str:
    """Return when a half hour begins."""
    return f"{slot // 2:02}:{slot % 2 * 30:02}"
