"""What asks for attention: goals off target, and figures off their expected range."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from analytics.effects.disruptions import Disruption
from analytics.effects.findings import Findings
from analytics.effects.scan import Place
from analytics.effects.shifts import Shift
from analytics.goals.progress import Progress, Status

_RECENT_DISRUPTION = timedelta(weeks=4)
_RECENT_SHIFT = timedelta(weeks=26)
_OVER_SINCE = timedelta(days=62)


class Kind(StrEnum):
    """What an alert is about."""

    DISRUPTION = "disruption"
    SHIFT = "shift"
    GOAL = "goal"


@dataclass(frozen=True)
class Alert:
    """Something that asks for attention: one of three, the others None."""

    kind: Kind
    since: date
    disruption: Disruption | None = None
    shift: Shift | None = None
    goal: Progress | None = None
    related: tuple[Disruption, ...] = ()
    """Disruptions within a goal's period, of its metric and selection."""


def alerts(
    found: Findings | None, goals: Sequence[Progress], days: tuple[date, date], last_on: date
) -> tuple[Alert, ...]:
    """Return the alerts of a period, the most urgent kind first, each kind newest first.

    Args:
        found: what happened; None where that is not known yet.
        goals: and where they stand.
        days: the period looked at: disruptions shortly before its end count too.
        last_on: the last day loaded.
    """
    first, last = days
    happened = found.disruptions if found else ()
    shifted = found.shifts if found else ()
    told = [
        Alert(Kind.DISRUPTION, one.first_on, disruption=one)
        for one in reversed(happened)
        if one.first_on <= last and one.last_on >= min(first, last - _RECENT_DISRUPTION)
    ]
    told += [
        Alert(Kind.GOAL, one.first_on, goal=one, related=_related(one, happened))
        for one in goals
        if _asks(one) and one.first_on <= last and last_on <= one.last_on + _OVER_SINCE
        and last + _OVER_SINCE >= last_on
    ]  # fmt: skip
    told += [
        Alert(Kind.SHIFT, one.started_on, shift=one)
        for one in reversed(shifted)
        if min(first, last - _RECENT_SHIFT) <= one.started_on <= last
    ]
    return tuple(told)


def _asks(one: Progress) -> bool:
    return one.status in {Status.MISSED, Status.OFF_TRACK}


def _related(goal: Progress, happened: Sequence[Disruption]) -> tuple[Disruption, ...]:
    return tuple(
        one
        for one in happened
        if one.first_on <= goal.last_on
        and one.last_on >= goal.first_on
        and (_explains(one, goal) or any(_is_about(place, goal) for place in one.places))
    )


def _explains(one: Disruption, progress: Progress) -> bool:
    """Tell whether it happened in a service that lies furthest beyond the target."""
    furthest = {part.name for part in progress.because if part.dimension == "service"}
    return one.lead.service in furthest


def _is_about(place: Place, progress: Progress) -> bool:
    goal = progress.goal
    services, channels = goal.where.get("service", ()), goal.where.get("channel", ())
    return (
        place.outcome.metric == goal.metric
        and (not services or place.service in services)
        and (not channels or place.channel in channels)
    )
