"""A goal: its value, a bar with the target and where it will end, and how likely that is."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from analytics.goals.progress import Progress, Status
from analytics.metrics import METRICS, Unit
from dashboard.context import Context
from dashboard.numbers import range_text, share_text, value_text
from dashboard.signals import because_parts, goal_name

_KINDS = {
    Status.MET: "good",
    Status.ON_TRACK: "good",
    Status.MISSED: "bad",
    Status.OFF_TRACK: "bad",
}


def goal_cards(goals: Sequence[Progress], context: Context) -> html.Div:
    """Return a card for each goal."""
    cards = [_card(one, number, context) for number, one in enumerate(goals)]
    return html.Div(cards, className="cards goal-cards")


def _card(one: Progress, number: int, context: Context) -> html.Section:
    texts, language = context.texts, context.language
    unit, title = METRICS[one.goal.metric].unit, f"goal-{number}"
    shown = one.value if one.value is not None else one.end
    is_over = one.status in {Status.MET, Status.MISSED}
    if is_over:
        state = texts("goals.ended", value=value_text(one.value, unit, language))
    elif one.value is not None:
        state = texts("goals.so_far", value=value_text(one.value, unit, language))
    else:
        state = texts("goals.not_yet") if one.until is None else texts("goals.hidden")
    says = [state]
    if not is_over and one.end is not None:
        says.append(
            texts(
                "goals.expected",
                value=value_text(one.end, unit, language),
                low=value_text(one.end_low, unit, language),
                high=value_text(one.end_high, unit, language),
            )
        )
    if one.probability is not None:
        chance = share_text(one.probability, language, digits=0)
        says.append(texts("goals.chance", chance=chance))
    if one.a_year_before is not None:
        before = value_text(one.a_year_before, unit, language)
        says.append(texts("goals.a_year_before", value=before))
    if one.because and _KINDS.get(one.status) == "bad":
        says.append(texts("goals.because", parts=because_parts(one, context)))
    return html.Section(
        [
            html.Div(
                [html.H2(goal_name(one, context), id=title)],
                className="card-head",
            ),
            html.P(
                [
                    texts(f"goals.{one.status}"),
                    html.Span(
                        " · " + range_text(one.first_on, one.last_on, language),
                        className="goal-period",
                    ),
                ],
                className=f"goal-status is-{_KINDS.get(one.status, 'unsure')}",
            ),
            *([_bullet(one, shown, unit)] if shown is not None else []),
            *(html.P(text, className="goal-line") for text in says),
        ],
        className="card",
        **{"aria-labelledby": title},
    )


def _bullet(one: Progress, shown: float, unit: Unit) -> Component:
    """Return a bar: the value so far, the margin of the end, and a mark at the target."""
    ends = [value for value in (one.end_high, one.end, shown, one.goal.target) if value is not None]
    reach = 1.15 * max([*ends, 1e-9])
    reach = min(reach, 1.0) if unit is Unit.SHARE else reach

    def place(value: float) -> str:
        return f"{100 * min(max(value, 0.0) / reach, 1.0):.1f}%"

    parts: list[Component] = []
    if one.end_low is not None and one.end_high is not None and one.end_high > one.end_low:
        width = 100 * (min(one.end_high / reach, 1.0) - min(one.end_low / reach, 1.0))
        style = {"left": place(one.end_low), "width": f"{max(width, 0.5):.1f}%"}
        parts.append(html.Span(className="bullet-margin", style=style))
    kind = _KINDS.get(one.status, "unsure")
    if one.value is not None:
        parts.append(
            html.Span(className=f"bullet-value is-{kind}", style={"width": place(one.value)})
        )
    elif one.end is not None:
        parts.append(html.Span(className="bullet-end", style={"left": place(one.end)}))
    parts.append(html.Span(className="bullet-target", style={"left": place(one.goal.target)}))
    return html.Div(parts, className="bullet", **{"aria-hidden": "true"})
