"""Disruptions: weeks that lie so far out that chance does not explain them, and what does.

Very many numbers are watched, so each must be very unlikely before it is called: the probability of
even one false alarm in a year, over all series together, stays below FALSE_ALARMS (Bonferroni).
Alarms of neighbouring weeks that share a service are one disruption.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.effects.scan import Place, Watched
from analytics.effects.weekly import Outcome, Sums

FALSE_ALARMS = 0.05
"""The probability of a false alarm in a year, over everything that is watched together."""
_WEEKS_A_YEAR = 52
_SIDES = 2
_ENOUGH_PART = 0.25
"""A deviation of less than this part of what was to be expected is no disruption."""
_APART = 1
_MOST_PARTS = 3
_LARGE_PART = 0.1


@dataclass(frozen=True)
class Part:
    """A service, channel or avoidable category, and its part in the surplus (1 is all of it)."""

    name: str
    surplus: float
    part: float


@dataclass(frozen=True)
class Disruption:
    """What happened by itself.

    Args:
        first_on: Monday of the first week.
        last_on: Sunday of the last.
        lead: the series in which it shows most.
        others: the other series in which it shows.
        observed: the lead's number in these weeks.
        expected: what was to be expected.
        size: of how many (of a ratio: the denominator).
        services: which explain the lead's surplus, largest first.
        channels: likewise.
        categories: avoidable contacts beyond what was to be expected.
        chance: the probability of the lead's furthest week by chance alone.
    """

    first_on: date
    last_on: date
    lead: Place
    others: tuple[Place, ...]
    observed: float
    expected: float
    size: float
    services: tuple[Part, ...]
    channels: tuple[Part, ...]
    categories: tuple[Part, ...]
    chance: float

    @property
    def is_more(self) -> bool:
        """Whether there was more than expected."""
        return self.observed > self.expected

    @property
    def places(self) -> tuple[Place, ...]:
        """All series in which it shows."""
        return (self.lead, *self.others)


def limit(watched: Watched) -> float:
    """Return the probability below which a week is called: a year's false alarms, shared out."""
    return FALSE_ALARMS / max(len(watched.places) * _WEEKS_A_YEAR * _SIDES, 1)


def disruptions(sums: Sums, watched: Watched, threshold: int) -> tuple[Disruption, ...]:
    """Return the disruptions, in order of time; those about fewer than the threshold are left out.

    Args:
        sums: by week.
        watched: the series beside what was to be expected.
        threshold: the smallest group that is shown.
    """
    surplus = watched.numerator - watched.expected
    large = np.abs(surplus) >= _ENOUGH_PART * watched.expected
    called = (watched.chance < limit(watched)) & large & (np.abs(surplus) >= threshold / 2)
    found = []
    for group in _groups(called, watched.places):
        one = _described(sums, watched, group, threshold)
        if one is not None:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.first_on, one.last_on)))


type _Alarm = tuple[int, int]
"""Week and series."""


def _groups(called: np.ndarray, places: Sequence[Place]) -> list[list[_Alarm]]:
    """Join alarms of the same or neighbouring weeks that share a service, or of no one service."""
    groups: list[list[_Alarm]] = []
    for week, series in zip(*np.nonzero(called), strict=True):
        alarm = (int(week), int(series))
        near = [group for group in groups if _belongs(alarm, group, places)]
        for group in near:
            groups.remove(group)
        groups.append([alarm, *(one for group in near for one in group)])
    return groups


def _belongs(alarm: _Alarm, group: list[_Alarm], places: Sequence[Place]) -> bool:
    week, own = alarm[0], places[alarm[1]]
    return any(abs(week - other) <= _APART and _meet(own, places[one]) for other, one in group)


def _meet(one: Place, other: Place) -> bool:
    """Tell whether two series can show the same: nothing in one leaves the other out."""
    services = {one.service, other.service} - {None}
    channels = {one.channel, other.channel} - {None}
    return len(services) <= 1 and (len(channels) <= 1 or len(services) == 1)


def _described(
    sums: Sums, watched: Watched, group: list[_Alarm], threshold: int
) -> Disruption | None:
    # the furthest tells most, also where probabilities are too small to be told apart
    week, series = max(group, key=lambda alarm: (abs(watched.z[alarm]), -watched.chance[alarm]))
    weeks = sorted({alarm[0] for alarm in group if alarm[1] == series} | {week})
    span = range(weeks[0], weeks[-1] + 1)
    lead = watched.places[series]
    observed = float(watched.numerator[list(span), series].sum())
    expected = float(watched.expected[list(span), series].sum())
    if max(observed, expected) < threshold or abs(observed - expected) < threshold:
        return None
    others = dict.fromkeys(
        watched.places[one] for _, one in sorted(group) if watched.places[one] != lead
    )
    return Disruption(
        sums.weeks[span[0]],
        sums.weeks[span[-1]] + timedelta(days=6),
        lead,
        tuple(others),
        observed,
        expected,
        float(watched.size[list(span), series].sum()) if lead.outcome.is_ratio else 0.0,
        _parts(sums, lead, span, "service", observed - expected, threshold),
        _parts(sums, lead, span, "channel", observed - expected, threshold),
        _categories(sums, lead, span, threshold),
        float(watched.chance[week, series]),
    )


def _parts(
    sums: Sums, lead: Place, span: range, dimension: str, total: float, threshold: int
) -> tuple[Part, ...]:
    """Return what explains the surplus over one dimension; groups below the threshold left out."""
    fixed = lead.service if dimension == "service" else lead.channel
    if fixed is not None:
        return (Part(fixed, total, 1.0),)
    names = sums.services if dimension == "service" else sums.channels
    parts = []
    for name in names:
        place = Place(
            lead.outcome,
            name if dimension == "service" else lead.service,
            name if dimension == "channel" else lead.channel,
        )
        series = place.series(sums)
        surplus, observed, expected = _surplus(series.numerator, series.size, span)
        if surplus / total >= _LARGE_PART and max(observed, expected) >= threshold:
            parts.append(Part(name, surplus, surplus / total))
    return tuple(sorted(parts, key=lambda part: -part.part)[:_MOST_PARTS])


def _surplus(numerator: np.ndarray, size: np.ndarray, span: range) -> tuple[float, float, float]:
    """Return surplus, observed and expected of weeks, by the eight weeks on either side.

    The two nearest weeks on each side do not tell what was to be expected.
    """
    around = [
        week
        for week in range(span.start - 10, span.stop + 10)
        if 0 <= week < len(numerator) and not span.start - 2 <= week < span.stop + 2
    ]
    observed = float(numerator[list(span)].sum())
    sizes = float(size[around].sum())
    rate = float(numerator[around].sum()) / sizes if sizes else 0.0
    expected = rate * float(size[list(span)].sum())
    return observed - expected, observed, expected


def _categories(sums: Sums, lead: Place, span: range, threshold: int) -> tuple[Part, ...]:
    """Return the avoidable categories of which there were more, with their part in that surplus."""
    found = []
    for category in sums.categories:
        one = Place(Outcome("avoidable_share", category), lead.service, None).series(sums)
        flat = np.ones(len(sums.weeks))
        surplus, observed, _ = _surplus(one.numerator, flat, span)
        if surplus >= threshold / 2 and observed >= threshold:
            found.append((category, surplus))
    total = sum(surplus for _, surplus in found)
    parts = [Part(name, surplus, surplus / total) for name, surplus in found]
    return tuple(sorted(parts, key=lambda part: -part.part)[:_MOST_PARTS])


def masks(sums: Sums, found: Sequence[Disruption]) -> np.ndarray:
    """Return (week, service): which weeks of a service lie in a disruption, or just after one."""
    masked = np.zeros((len(sums.weeks), len(sums.services)), dtype=bool)
    for one in found:
        weeks = [
            one.first_on <= week <= one.last_on + timedelta(days=_APART * 7) for week in sums.weeks
        ]
        hit = {place.service for place in one.places if place.service is not None}
        for number, service in enumerate(sums.services):
            if service in hit:
                masked[weeks, number] = True
    return masked
