"""The metrics, counted from the truth: over all, and by month, by channel and by service."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from etl.sample.days import local
from etl.sample.town import COST
from etl.sample.truth import ASSISTED, DIGITAL, Seen, percentile

SERVICE_LEVEL, SHORT_ABANDON = 30, 5


class Figure(NamedTuple):
    """One value; for a count, a total or a percentile the denominator is None."""

    metric: str
    by: str
    group: str
    numerator: float | None
    denominator: float | None
    value: float | None


Group = list[Seen]


def _count(test: Callable[[Seen], bool]) -> Callable[[Group], int]:
    return lambda group: sum(test(one) for one in group)


def _is_digital(one: Seen) -> bool:
    return one.is_contact and one.it.channel in DIGITAL


def _is_identified(one: Seen) -> bool:
    return one.is_contact and one.customer is not None


def _can_be_repeat(one: Seen) -> bool:
    return one.is_candidate and one.is_knowable_backwards


def _is_repeat(one: Seen) -> bool:
    return _can_be_repeat(one) and bool(one.predecessors)


def _is_first(one: Seen) -> bool:
    return _can_be_repeat(one) and one.is_knowable_forwards and not one.predecessors


def _is_switch(one: Seen) -> bool:
    return _is_repeat(one) and one.latest is not None and one.latest.it.channel != one.it.channel


def _is_digital_to_assisted(one: Seen) -> bool:
    return (
        _is_repeat(one)
        and one.it.channel in ASSISTED
        and one.latest is not None
        and one.latest.it.channel in DIGITAL
    )


def _starts_ended_episode(one: Seen) -> bool:
    return _starts_episode(one) and one.episode is not None and one.episode.has_ended


def _starts_episode(one: Seen) -> bool:
    return one.episode is not None and one.episode.contacts[0] is one


def _is_avoidable(one: Seen) -> bool:
    return one.is_contact and bool(one.category)


def _is_value_known(one: Seen) -> bool:
    return one.is_contact and one.is_value_known


def _is_contact(one: Seen) -> bool:
    return one.is_contact


def _is_answered(one: Seen) -> bool:
    return one.is_answered


def _counts_for_queue(one: Seen) -> bool:
    """Answered, or abandoned after more than a few seconds."""
    given_up = one.it.outcome == "abandoned" and (one.it.wait or 0) > SHORT_ABANDON
    return one.is_contact and (one.is_answered or given_up)


def _is_timed_call(one: Seen) -> bool:
    """The exchange saw it: the desk alone does not tell the wait."""
    return one.it.channel == "phone" and one.it.wait is not None


RATIOS: dict[str, tuple[Callable[[Group], float], Callable[[Group], float]]] = {
    "digital_share": (_count(_is_digital), _count(_is_contact)),
    "identified_share": (_count(_is_identified), _count(_is_contact)),
    "repeat_share": (_count(_is_repeat), _count(_can_be_repeat)),
    "repeat_share_same_channel": (
        _count(lambda one: _can_be_repeat(one) and one.is_repeat_same_channel),
        _count(_can_be_repeat),
    ),
    "first_contact_resolution": (
        _count(lambda one: _is_first(one) and not one.has_follower),
        _count(_is_first),
    ),
    "contacts_per_episode": (
        lambda group: sum(
            len(one.episode.contacts) for one in group if one.episode and _starts_ended_episode(one)
        ),
        _count(_starts_ended_episode),
    ),
    "switch_share": (_count(_is_switch), _count(_is_repeat)),
    "digital_to_assisted_share": (_count(_is_digital_to_assisted), _count(_is_repeat)),
    "avoidable_share": (_count(_is_avoidable), _count(_is_value_known)),
    "avoidable_known_share": (_count(_is_value_known), _count(_is_contact)),
    "avoidable_detected_share": (
        _count(lambda one: _is_avoidable(one) and one.basis == "rule"),
        _count(_is_contact),
    ),
    "mean_wait": (
        lambda group: sum(one.it.wait or 0 for one in group if one.is_answered),
        _count(lambda one: one.is_answered and one.it.wait is not None),
    ),
    "mean_handle": (
        lambda group: sum(one.it.handle or 0 for one in group if one.is_answered),
        _count(lambda one: one.is_answered and one.it.handle is not None),
    ),
    "service_level": (
        _count(
            lambda one: (
                one.is_answered and _is_timed_call(one) and (one.it.wait or 0) <= SERVICE_LEVEL
            )
        ),
        _count(lambda one: _is_timed_call(one) and _counts_for_queue(one)),
    ),
    "abandonment_share": (
        _count(lambda one: _counts_for_queue(one) and not one.is_answered),
        _count(_counts_for_queue),
    ),
    "transfer_share": (
        _count(lambda one: one.is_answered and one.it.outcome == "forwarded"),
        _count(_is_answered),
    ),
    "callback_share": (
        _count(lambda one: one.is_answered and one.it.due is not None),
        _count(_is_answered),
    ),
    "mean_satisfaction": (
        lambda group: sum(one.it.satisfaction or 0 for one in group if one.is_answered),
        _count(lambda one: one.is_answered and one.it.satisfaction is not None),
    ),
    "satisfaction_response": (
        _count(lambda one: one.is_answered and one.it.satisfaction is not None),
        _count(_is_answered),
    ),
}

COUNTS: dict[str, Callable[[Group], float]] = {
    "contacts": _count(_is_contact),
    "visits": _count(lambda one: one.it.channel == "web_visit"),
    "customers": lambda group: len({one.customer for one in group if _is_identified(one)}),
    "episodes": _count(_starts_episode),
    "total_cost": lambda group: sum(COST[one.it.channel] for one in group if one.is_contact),
    "avoidable_cost": lambda group: sum(
        COST[one.it.channel] for one in group if _is_avoidable(one)
    ),
}


def _waits(group: Group) -> list[float]:
    return [one.it.wait for one in group if one.is_answered and one.it.wait is not None]


def _gaps(group: Group) -> list[float]:
    return [one.it.at - one.latest.it.at for one in group if _is_repeat(one) and one.latest]


PERCENTILES: dict[str, tuple[Callable[[Group], list[float]], float]] = {
    "median_wait": (_waits, 0.5),
    "p90_wait": (_waits, 0.9),
    "time_to_repeat": (_gaps, 0.5),
}

GROUPINGS: dict[str, Callable[[Seen], str]] = {
    "total": lambda _: "",
    "month": lambda one: f"{local(one.it.at):%Y-%m}",
    "channel": lambda one: one.it.channel,
    "service": lambda one: one.it.service or "unknown",
}


def figures(seen: Iterable[Seen]) -> list[Figure]:
    """Return every metric over all, by month, by channel and by service."""
    everyone = list(seen)
    found = []
    for by, group_of in GROUPINGS.items():
        groups: dict[str, Group] = {}
        for one in everyone:
            groups.setdefault(group_of(one), []).append(one)
        for group in sorted(groups):
            found += _of_group(by, group, groups[group])
    return found


def _of_group(by: str, name: str, group: Group) -> list[Figure]:
    found = []
    for metric, total in COUNTS.items():
        value = total(group)
        found.append(Figure(metric, by, name, value, None, value))
    for metric, (above, below) in RATIOS.items():
        numerator, denominator = above(group), below(group)
        share = numerator / denominator if denominator else None
        found.append(Figure(metric, by, name, numerator, denominator, share))
    for metric, (values_of, share) in PERCENTILES.items():
        values = values_of(group)
        found.append(
            Figure(metric, by, name, None, None, percentile(values, share) if values else None)
        )
    return found
