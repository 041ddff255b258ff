"""Sentences on what happened by itself, as pages and alerts say them."""

from collections.abc import Sequence

from analytics.effects.disruptions import Disruption, Part
from analytics.effects.scan import Place
from analytics.effects.shifts import Shift
from analytics.effects.weekly import Outcome
from analytics.metrics import METRICS, Unit
from dashboard.context import Context
from dashboard.numbers import count_text, share_text, value_text


def outcome_name(outcome: Outcome, context: Context) -> str:
    """Return what is measured, as it is called on screen."""
    if outcome.category:
        category = context.label("avoidable_category", outcome.category)
        return context.texts("effects.part_of", category=category)
    return context.metric_name(outcome.metric)


def place_name(place: Place, context: Context) -> str:
    """Return where a series is, as it is called on screen."""
    parts = [
        context.label(dimension, name)
        for dimension, name in (("service", place.service), ("channel", place.channel))
        if name is not None
    ]
    return ", ".join(parts) or context.texts("effects.everywhere")


def outcome_unit(outcome: Outcome) -> Unit:
    """Return the unit of an outcome's figures."""
    return Unit.SHARE if outcome.category else METRICS[outcome.metric].unit


def outcome_text(outcome: Outcome, value: float | None, context: Context) -> str:
    """Return a figure of an outcome as text."""
    return value_text(value, outcome_unit(outcome), context.language)


def disruption_figures(one: Disruption, context: Context) -> tuple[str, str]:
    """Return what was measured and what was to be expected, as text."""
    size = one.size or 1.0
    outcome = one.lead.outcome
    return (
        outcome_text(outcome, one.observed / size, context),
        outcome_text(outcome, one.expected / size, context),
    )


def disruption_sentence(one: Disruption, context: Context) -> str:
    """Return what happened, in a sentence."""
    observed, expected = disruption_figures(one, context)
    key = "effects.disruption_more" if one.is_more else "effects.disruption_less"
    return context.texts(
        key,
        what=outcome_name(one.lead.outcome, context),
        place=place_name(one.lead, context),
        observed=observed,
        expected=expected,
    )


def shift_sentence(one: Shift, context: Context) -> str:
    """Return what shifted, in a sentence."""
    outcome = one.place.outcome
    return context.texts(
        "effects.shift_more",
        what=outcome_name(outcome, context),
        place=place_name(one.place, context),
        before=outcome_text(outcome, one.before, context),
        after=outcome_text(outcome, one.after, context),
    )


def parts_text(parts: Sequence[Part], dimension: str, context: Context) -> str:
    """Return services, channels or categories with their part in the surplus."""
    return ", ".join(
        context.label(dimension, part.name)
        + (f" ({share_text(part.part, context.language, digits=0)})" if part.part < 0.995 else "")
        for part in parts
    )


def category_counts(one: Disruption, context: Context) -> str:
    """Return the avoidable categories of which there were more, with how many more."""
    return ", ".join(
        f"{context.label('avoidable_category', part.name)}"
        f" (+{count_text(part.surplus, context.language)})"
        for part in one.categories
    )


def where_text(one: Disruption, context: Context) -> str:
    """Return which services and channels explain it, with their part in the surplus."""
    groups = [
        parts_text(one.services, "service", context),
        parts_text(one.channels, "channel", context),
    ]
    return "; ".join(filter(None, groups))


def because_text(one: Disruption, context: Context) -> str:
    """Return what explains it: services, channels, and categories."""
    return "; ".join(filter(None, (where_text(one, context), category_counts(one, context))))
