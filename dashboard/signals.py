"""Alerts as a reader sees them: a sentence, what explains it, and the page that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.goals.alerts import Alert
from analytics.goals.progress import Progress, Status
from analytics.metrics import METRICS
from dashboard import happenings
from dashboard.context import Context
from dashboard.numbers import day_text, range_text, share_text, value_text
from dashboard.view import View


@dataclass(frozen=True)
class Signal:
    """An alert in words."""

    kind: str
    says: str
    because: str
    path: str
    view: View


def signals(told: Sequence[Alert], context: Context) -> list[Signal]:
    """Return alerts in words, in the same order."""
    return [_signal(one, context) for one in told]


def _signal(alert: Alert, context: Context) -> Signal:
    texts, language, view = context.texts, context.language, context.view
    kind = texts(f"alerts.kind_{alert.kind}")
    if alert.disruption is not None:
        one = alert.disruption
        observed, expected = happenings.disruption_figures(one, context)
        says = texts(
            "alerts.disruption",
            what=happenings.outcome_name(one.lead.outcome, context),
            place=happenings.place_name(one.lead, context),
            from_day=day_text(one.first_on, language),
            until_day=day_text(one.last_on, language),
            observed=observed,
            expected=expected,
        )
        because = texts("alerts.because", parts=happenings.because_text(one, context))
        return Signal(kind, says, because, "/effect", view)
    if alert.shift is not None:
        shift = alert.shift
        outcome = shift.place.outcome
        says = texts(
            "alerts.shift",
            what=happenings.outcome_name(outcome, context),
            place=happenings.place_name(shift.place, context),
            from_day=day_text(shift.started_on, language),
            before=happenings.outcome_text(outcome, shift.before, context),
            after=happenings.outcome_text(outcome, shift.after, context),
        )
        return Signal(kind, says, "", "/effect", view)
    assert alert.goal is not None  # noqa: S101  # an alert is about one of the three
    return Signal(
        kind,
        _goal_sentence(alert.goal, context),
        _goal_because(alert, context),
        "/doelen",
        replace(view, where=()),
    )


def goal_name(one: Progress, context: Context) -> str:
    """Return what a goal is called: its own name, or metric, target and where."""
    if one.goal.name:
        return one.goal.name
    places = [
        context.label(dimension, value)
        for dimension, values in one.goal.where.items()
        for value in values
    ]
    name = context.metric_name(one.goal.metric)
    name = f"{name} ({', '.join(places)})" if places else name
    return f"{name} {target_text(one, context)}"


def target_text(one: Progress, context: Context) -> str:
    """Return the target: at most, or at least."""
    unit = METRICS[one.goal.metric].unit
    key = "goals.at_most" if one.goal.is_upper else "goals.at_least"
    return context.texts(key, target=value_text(one.goal.target, unit, context.language))


def _goal_sentence(one: Progress, context: Context) -> str:
    is_over = one.status is Status.MISSED
    return context.texts(
        "alerts.goal_missed" if is_over else "alerts.goal_off",
        goal=goal_name(one, context),
        period=range_text(one.first_on, one.last_on, context.language),
        value=value_text(
            one.value if is_over else one.end, METRICS[one.goal.metric].unit, context.language
        ),
    )


def _goal_because(alert: Alert, context: Context) -> str:
    texts = context.texts
    said = []
    assert alert.goal is not None  # noqa: S101  # the caller looked
    if alert.goal.because:
        said.append(texts("alerts.because", parts=because_parts(alert.goal, context)))
    said += [
        texts(
            "alerts.during",
            what=happenings.outcome_name(one.lead.outcome, context),
            place=happenings.place_name(one.lead, context),
            from_day=day_text(one.first_on, context.language),
        )
        for one in alert.related[:1]
    ]
    return " ".join(said)


def because_parts(one: Progress, context: Context) -> str:
    """Return services and channels that lie furthest beyond the target, with their part in it."""
    return ", ".join(
        f"{context.label(part.dimension, part.name)}"
        f" ({share_text(part.part, context.language, digits=0)})"
        for part in one.because
    )
