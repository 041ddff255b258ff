"""The what-if of Sturen: other channel shares for a service, beside today; kept in the address."""

from dataclasses import dataclass, replace

import dash_mantine_components as dmc
import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from analytics.kept_frames import Frames
from analytics.metrics import Unit
from analytics.steering.whatif import FIGURES, Service, new_shares, service_of, what_if
from dashboard import theme
from dashboard.blocks import Block, Column, Table
from dashboard.components.links import inner_link
from dashboard.components.scrolling import scrolling
from dashboard.context import Context
from dashboard.figures.common import canvas, each, graph_config, interval, plain
from dashboard.numbers import (
    change_text,
    count_text,
    decimal_change_text,
    decimal_text,
    euro_text,
    share_text,
    value_text,
)

_UNITS = {
    "contacts": Unit.COUNT, "repeats": Unit.COUNT, "cost": Unit.EUROS, "hours": Unit.NUMBER,
}  # fmt: skip


def plan_block(answer: Frames, usual: str, context: Context, path: str) -> Block | None:
    """Return the what-if; None where no service has channels enough.

    Args:
        answer: of `analytics.steering`.
        usual: the service that is planned where the address names none.
        context: of the page.
        path: of the page.
    """
    services = _services(answer)
    filtered = context.view.values("service")
    name = context.view.plan_of or (filtered[0] if len(filtered) == 1 else usual)
    if name not in services:
        name = usual
    if name not in services:
        return None
    texts, plan = context.texts, _planned(name, answer, context)
    found = what_if(plan.service, plan.shares)
    table = found.assign(
        name=[
            texts("steering.total") if key == "total" else context.label("channel", key)
            for key in found["channel"]
        ]
    )
    finding = _finding(found.iloc[-1], context, is_changed=bool(context.view.plan_for(name)))
    return Block(
        key="steering-plan",
        title=texts("steering.plan", service=context.label("service", name)),
        finding=finding,
        table=Table(table, _columns(context)),
        body=[
            html.Div(
                [
                    _controls(name, services, plan, context, path),
                    _results(found, plan.service, finding, context),
                ],
                className="plan",
            ),
            *_whole_plan(answer, name, services, context),
        ],
        note=texts("steering.plan_note"),
        width=12,
    )


@dataclass(frozen=True)
class _Plan:
    """A service, and the shares of its channels (0 to 1): today, and as planned."""

    service: Service
    today: dict[str, float]
    shares: dict[str, float]


def _planned(name: str, answer: Frames, context: Context) -> _Plan:
    service = service_of(name, answer)
    today = dict(zip(service.channels, service.shares(), strict=True))
    wanted = {key: share / 100 for key, share in context.view.plan_for(name).items()}
    return _Plan(service, today, new_shares(today, wanted))


def _services(answer: Frames) -> list[str]:
    """Return the services that have at least two channels to choose between."""
    channels = answer["channels"]
    counts = channels[~channels["suppressed"]].groupby("service")["channel"].count()
    return [str(name) for name in counts.index[counts >= 2]]


def _columns(context: Context) -> tuple[Column, ...]:
    texts = context.texts
    columns = [Column("name", texts("table.channel"))]
    for figure in FIGURES:
        name, unit = texts(f"steering.figure.{figure}"), _UNITS[figure]
        columns += [
            Column(f"{figure}_today", f"{name}, {texts('steering.today')}", unit),
            Column(f"{figure}_then", f"{name}, {texts('steering.then')}", unit),
            Column(f"{figure}_then_low", texts("table.low"), unit),
            Column(f"{figure}_then_high", texts("table.high"), unit),
        ]
    return tuple(columns)


def _finding(total: pd.Series, context: Context, *, is_changed: bool) -> str:
    texts, language = context.texts, context.language
    if not is_changed:
        return texts(
            "steering.plan_today",
            contacts=count_text(total["contacts_today"], language),
            cost=euro_text(total["cost_today"], language),
        )
    return texts(
        "steering.plan_finding",
        cost=change_text(total["cost_change"], Unit.EUROS, language),
        low=change_text(total["cost_change_low"], Unit.EUROS, language),
        high=change_text(total["cost_change_high"], Unit.EUROS, language),
        repeats=_change(total["repeats_change"], Unit.COUNT, language),
        hours=_change(total["hours_change"], Unit.NUMBER, language),
    )


def _change(value: float, unit: Unit, language: str) -> str:
    if unit is Unit.NUMBER:
        return decimal_change_text(value, language)
    return change_text(value, unit, language)


def _controls(
    name: str,
    services: list[str],
    plan: _Plan,
    context: Context,
    path: str,
) -> html.Div:
    texts, language, today = context.texts, context.language, plan.today
    whole = {key: round(share * 100) for key, share in plan.shares.items()}
    asked = context.view.plan_for(name)
    sliders = [
        html.Div(
            [
                html.Div(
                    [
                        html.Span(context.label("channel", key)),
                        html.Span(
                            [
                                html.B(share_text(whole[key] / 100, language, digits=0)),
                                (
                                    f" ({texts('steering.today').lower()} "
                                    f"{share_text(today[key], language, digits=0)})"
                                ),
                            ],
                            className="note",
                        ),
                    ],
                    className="plan-name",
                ),
                dmc.Slider(
                    id={"type": "plan-share", "channel": key},
                    min=0,
                    max=100,
                    step=1,
                    value=whole[key],
                    updatemode="mouseup",
                    label=None,
                    color="gray" if key not in asked else "blue",
                    size="sm",
                    thumbLabel=texts("steering.share_of", channel=context.label("channel", key)),
                ),
            ],
            className="plan-slider",
        )
        for key in sorted(today, key=lambda key: -today[key])
    ]
    none = replace(context.view, plan=tuple(p for p in context.view.plan if p[0] != name))
    buttons: list[Component] = (
        [
            html.Button(texts("steering.undo"), id="plan-undo", className="button", type="button"),
            inner_link(texts("steering.reset"), path, none, className="button"),
        ]
        if asked
        else []
    )
    return html.Div(
        [
            dcc.Store(id="plan-shown", data={"service": name, "shares": whole}),
            dmc.Select(
                id="plan-of",
                label=texts("table.service"),
                data=[{"value": one, "label": context.label("service", one)} for one in services],
                value=name,
                searchable=True,
                allowDeselect=False,
                size="sm",
            ),
            html.P(texts("steering.sliders"), className="note"),
            *sliders,
            html.Div(buttons, className="plan-buttons"),
        ],
        className="plan-controls",
    )


def _results(found: pd.DataFrame, service: Service, finding: str, context: Context) -> html.Div:
    """Return today beside then: the totals as a small table, the channels as a chart."""
    texts, language, total = context.texts, context.language, found.iloc[-1]
    lines = []
    for figure in FIGURES:
        unit = _UNITS[figure]
        today, then, low, high, change = (
            float(total[f"{figure}_{name}"])
            for name in ("today", "then", "then_low", "then_high", "change")
        )
        written = [_text(value, unit, language) for value in (today, then, low, high)]
        lines.append(
            html.Tr(
                [
                    html.Th(texts(f"steering.figure.{figure}"), scope="row"),
                    html.Td(written[0], className="number"),
                    html.Td(html.B(written[1]), className="number"),
                    html.Td(f"{written[2]} – {written[3]}", className="number"),
                    html.Td(_change(change, unit, language), className="number"),
                ]
            )
        )
    head = [texts(f"steering.{name}") for name in ("per_month", "today", "then", "range", "change")]
    without = [
        context.label("channel", key).lower()
        for key, seconds in zip(service.channels, service.handling_seconds, strict=True)
        if pd.isna(seconds)
    ]
    parts: list[Component] = [
        scrolling(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(text, scope="col") for text in head])),
                    html.Tbody(lines),
                ],
                className="data",
            ),
            texts("steering.side_by_side"),
            texts,
        )
    ]
    if without:
        parts.append(
            html.P(texts("steering.no_handling", channels=", ".join(without)), className="note")
        )
    figure = _chart(found[found["channel"] != "total"], context)
    parts.append(
        html.Div(
            dcc.Graph(
                id="graph-plan",
                figure=figure,
                config=graph_config(language),
                responsive=True,
                style={"height": f"{int(figure.layout.height)}px"},
            ),
            role="img",
            className="chart",
            **{"aria-label": f"{texts('steering.side_by_side')}. {finding}"},
        )
    )
    return html.Div(parts, className="plan-results")


def _text(value: float, unit: Unit, language: str) -> str:
    if unit is Unit.NUMBER:
        return decimal_text(value, language)
    return value_text(value, unit, language)


def _chart(rows: pd.DataFrame, context: Context) -> go.Figure:
    """Draw each channel's contacts a month: grey today, coloured then, with its interval."""
    texts, language = context.texts, context.language
    rows = rows.sort_values("contacts_today")
    figure = canvas(44 * len(rows) + 56, language, l=4, r=12, t=4, b=4)
    names = [plain(context.label("channel", key)) for key in rows["channel"]]
    bounds = [rows[f"contacts_{name}"] for name in ("then", "then_low", "then_high")]
    for name, colour, label in (
        ("today", theme.MUTED, texts("steering.today")),
        ("then", theme.ACCENT, texts("steering.then")),
    ):
        figure.add_bar(
            orientation="h",
            y=names,
            x=rows[f"contacts_{name}"],
            name=label,
            marker={"color": colour},
            error_x=interval(*bounds) if name == "then" else None,
            customdata=[
                f"<b>{plain(context.label('channel', row.channel))}</b> · {label}<br>"
                + count_text(getattr(row, f"contacts_{name}"), language)
                for row in each(rows)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_layout(
        barmode="group",
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "reversed"},
    )
    figure.update_yaxes(showgrid=False, tickfont={"color": theme.INK})
    figure.update_xaxes(showgrid=True, gridcolor=theme.RULE, rangemode="tozero")
    return figure


def _whole_plan(
    answer: Frames, name: str, services: list[str], context: Context
) -> list[Component]:
    """Return what all planned services together would change, where there are several."""
    planned = sorted({service for service, _, _ in context.view.plan} & set(services))
    if set(planned) <= {name}:
        return []
    changes = []
    for one in planned:
        plan = _planned(one, answer, context)
        changes.append(what_if(plan.service, plan.shares).iloc[-1])
    cost = sum(float(row["cost_change"]) for row in changes)
    # services are independent of one another: their deviations add up as squares
    down = sum(float(row["cost_change"] - row["cost_change_low"]) ** 2 for row in changes) ** 0.5
    up = sum(float(row["cost_change_high"] - row["cost_change"]) ** 2 for row in changes) ** 0.5
    language = context.language
    return [
        html.P(
            context.texts(
                "steering.whole_plan",
                services=", ".join(context.label("service", one) for one in planned),
                cost=change_text(cost, Unit.EUROS, language),
                low=change_text(cost - down, Unit.EUROS, language),
                high=change_text(cost + up, Unit.EUROS, language),
            ),
            className="finding",
        )
    ]
