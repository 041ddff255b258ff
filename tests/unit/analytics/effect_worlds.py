"""Made-up towns by week: seasons, holidays, drift and clumped numbers, with or without events."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.effects.weekly import Sums

FIRST = date(2024, 1, 1)
WEEKS = 104
CHANNELS = {
    "phone": (0.42, -0.15), "web_form": (0.2, 0.2), "counter": (0.17, 0.0), "email": (0.09, 0.0),
    "whatsapp": (0.08, 0.3), "chat": (0.04, 0.1),
}  # fmt: skip
SERVICES = {f"service {number:02}": 110 * 0.87**number for number in range(18)}
"""Contacts a week of each service."""
CATEGORIES = {"progress_chasing": 0.07, "unclear_information": 0.03, "organisation_error": 0.015}
CLUMPED = 0.004
"""The variance of a week's level around its expectation: numbers are wider spread than chance."""


@dataclass
class Event:
    """What is planted: from week `start`, for `length` weeks, in one service."""

    service: str
    start: int
    length: int
    contacts: float = 1.0
    lost_in_forms: float = 1.0
    category: str = ""
    category_factor: float = 1.0


def world(seed: int, *events: Event) -> Sums:
    """Return the weekly sums of a made-up town."""
    dice = np.random.default_rng(seed)
    weeks = tuple(FIRST + timedelta(days=7 * number) for number in range(WEEKS))
    place = np.arange(WEEKS)
    open_days = np.full((WEEKS, len(CHANNELS)), 5.0)
    for number in (0, 13, 17, 18, 20, 51, 52, 68, 70, 74, 103):
        open_days[number] = dice.integers(2, 5)
    open_days[:, 1] = 7.0
    shape = (WEEKS, len(SERVICES), len(CHANNELS))
    level = np.empty(shape)
    for service, volume in enumerate(SERVICES.values()):
        season = 1 + 0.25 * np.cos(2 * np.pi * (place - dice.integers(52)) / 52.18)
        if service % 6 == 2:  # an assessment that comes each February
            season = season * np.where((place % 52 >= 5) & (place % 52 < 13), 2.5, 1.0)
        for channel, (share, drift) in enumerate(CHANNELS.values()):
            grown = 1 + drift * (place / WEEKS - 0.5)
            level[:, service, channel] = volume * share * season * grown
    level *= open_days[:, None, :] / open_days.max(axis=0)
    level *= dice.gamma(1 / CLUMPED, CLUMPED, (WEEKS, 1, 1))
    level *= dice.gamma(1 / CLUMPED, CLUMPED, (WEEKS, len(SERVICES), 1))
    lost_share = np.full(shape, 0.05)
    lost_share[:, :, 1] = 0.09
    odds = {name: np.full(shape, share) for name, share in CATEGORIES.items()}
    for event in events:
        service = list(SERVICES).index(event.service)
        when = slice(event.start, event.start + event.length)
        level[when, service] *= event.contacts
        lost_share[when, service, 1] *= event.lost_in_forms
        if event.category:
            odds[event.category][when, service] *= event.category_factor
    contacts = dice.poisson(level).astype(float)
    lost = dice.binomial(contacts.astype(int), lost_share).astype(float)
    candidates = dice.binomial(contacts.astype(int), 0.6).astype(float)
    known = dice.binomial((contacts - lost).astype(int), 0.55).astype(float)
    categories = {
        name: dice.binomial(contacts.astype(int), share).astype(float)
        for name, share in odds.items()
    }
    parts = {
        "contact_count": contacts,
        "lost_count": lost,
        "offered_count": contacts,
        "candidate_count": candidates,
        "repeat_count": dice.binomial(candidates.astype(int), 0.14).astype(float),
        "value_known_count": known,
        "avoidable_known_count": dice.binomial(known.astype(int), 0.25).astype(float),
    }
    return Sums(weeks, tuple(SERVICES), tuple(CHANNELS), parts, categories, open_days)
