# ruff: noqa: T201  # what was measured is shown
"""How often nothing is called something, and something found, in many made-up towns."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from analytics.effects.disruptions import FALSE_ALARMS, disruptions, masks
from analytics.effects.findings import effect_of
from analytics.effects.interrupted import difference_in_differences, interrupted
from analytics.effects.scan import watch
from analytics.effects.shifts import FALSE_SHIFTS, shifts
from analytics.effects.study import Change, Verdict, study
from analytics.effects.weekly import Outcome, Sums
from tests.unit.analytics.effect_worlds import CHANNELS, SERVICES, WEEKS, Event, world

SEEDS = range(30)
THRESHOLD = 10
LETTER = Event("service 04", 60, 2, contacts=3.0)
OUTAGE = Event("service 01", 36, 2, lost_in_forms=9.0)
FORM = Event("service 03", 70, WEEKS, category="progress_chasing", category_factor=0.4)


def happened(sums: Sums) -> list[tuple[str | None, date]]:
    return [(one.lead.service, one.first_on) for one in disruptions(sums, watch(sums), THRESHOLD)]


def test_quiet_towns_raise_no_more_alarms_than_is_stated() -> None:
    watched = [watch(world(seed)) for seed in SEEDS]
    alarms = [
        len(disruptions(world(seed), seen, THRESHOLD))
        for seed, seen in zip(SEEDS, watched, strict=True)
    ]
    years = len(alarms) * WEEKS / 52
    rate = sum(alarms) / years
    print(
        f"disruptions, {len(alarms)} quiet towns of two years, "
        f"{np.mean([len(one.places) for one in watched]):.0f} series each: "
        f"{sum(alarms)} false alarms in {years:.0f} years = {rate:.3f} a year"
        f" (stated: at most {FALSE_ALARMS})"
    )
    assert rate <= FALSE_ALARMS + 2 * np.sqrt(FALSE_ALARMS / years)


def test_quiet_towns_shift_no_more_than_is_stated() -> None:
    nothing = np.zeros((WEEKS, len(SERVICES)), dtype=bool)
    found = [shifts(world(seed), nothing, THRESHOLD) for seed in SEEDS]
    rate = np.mean([bool(one) for one in found])
    print(
        f"shifts, {len(found)} quiet towns: false shifts in {rate:.1%} of them"
        f" (stated: at most {FALSE_SHIFTS:.0%})"
    )
    assert rate <= FALSE_SHIFTS + 2 * np.sqrt(FALSE_SHIFTS / len(found))


def test_planted_disruptions_are_found_with_their_service_and_week() -> None:
    planted = {one.service: one for one in (LETTER, OUTAGE)}
    found_right = found = recalled = 0
    for seed in SEEDS:
        sums = world(seed, LETTER, OUTAGE)
        seen = [(name, sums.weeks.index(day)) for name, day in happened(sums)]
        right = [
            name
            for name, week in seen
            if name in planted and week in (planted[name].start, planted[name].start + 1)
        ]
        found, found_right, recalled = (
            found + len(seen), found_right + len(right), recalled + len(set(right))
        )  # fmt: skip
    recall, precision = recalled / (len(planted) * len(SEEDS)), found_right / found
    print(f"planted disruptions: precision {precision:.3f}, recall {recall:.3f} ({found} found)")
    assert precision >= 0.95
    assert recall >= 0.9


def test_a_planted_shift_is_found_and_dated() -> None:
    nothing = np.zeros((WEEKS, len(SERVICES)), dtype=bool)
    off = []
    for seed in SEEDS:
        sums = world(seed, FORM)
        near = [
            abs(sums.weeks.index(one.started_on) - FORM.start)
            for one in shifts(sums, nothing, THRESHOLD)
            if one.place.service == FORM.service
        ]
        off += sorted(near)[:1]
    recall = len(off) / len(SEEDS)
    print(f"planted shift: found in {recall:.1%} of towns, {np.median(off):.0f} weeks off (median)")
    assert recall >= 0.8
    assert np.median(off) <= 3


def _of(sums: Sums, service: str, category: str = "progress_chasing") -> Change:
    started = sums.weeks[FORM.start]
    return Change("x", started, None, (service,), (), Outcome("avoidable_share", category))


def test_before_is_before_also_of_a_change_that_is_over() -> None:
    """It began on a Wednesday and lasted a quarter: what came after says nothing of before."""
    sums = world(0)
    contacts = sums.parts["contact_count"]
    begun = sums.weeks[60] + timedelta(days=2)
    change = Change(
        "x", begun, begun + timedelta(days=91), ("service 01",), (), Outcome("contacts")
    )
    plain = contacts[:60, 1].sum() / 60
    assert effect_of(sums, change, THRESHOLD).before == pytest.approx(plain)
    compared = study(sums, change).comparisons
    later = contacts.copy()
    later[80::2, sums.services.index(compared[0])] *= 9
    unlike = replace(sums, parts={**sums.parts, "contact_count": later})
    assert study(unlike, change).comparisons == compared


def test_intervals_hold_the_truth_and_placebos_show_nothing() -> None:
    """Own series and beside others: nothing happened in one service, 0.4 is true in another."""
    within = {"own": 0, "beside": 0}
    verdicts: dict[str, list[Verdict]] = {"nothing": [], "planted": []}
    false = {"own": 0, "beside": 0, "count": 0}
    for seed in SEEDS[:20]:
        sums = world(seed, FORM)
        for name, service, truth in (
            ("planted", FORM.service, 0.4),
            ("nothing", "service 01", 1.0),
        ):
            found = study(sums, _of(sums, service), eventful={FORM.service})
            assert found.fitted is not None
            assert found.beside is not None
            verdicts[name].append(found.verdict)
            if name == "planted":
                own, beside = found.fitted.estimate, found.beside
                within["own"] += own.low <= truth <= own.high
                within["beside"] += beside.low <= truth <= beside.high
            else:
                false["own"] += found.fitted.estimate.is_sure
                false["beside"] += found.beside.is_sure
                false["count"] += found.verdict is Verdict.SURE
    count = len(SEEDS[:20])
    power = np.mean([one is Verdict.SURE for one in verdicts["planted"]])
    print(
        f"interval of 95% holds the planted effect: own series {within['own'] / count:.1%}, "
        f"beside others {within['beside'] / count:.1%}; nothing happened, and the interval leaves "
        f"it out: own {false['own'] / count:.1%}, beside {false['beside'] / count:.1%}, "
        f"called sure {false['count'] / count:.1%}; planted and called sure {power:.1%}"
    )
    assert within["own"] >= 0.85 * count
    assert within["beside"] >= 0.85 * count
    assert false["count"] <= 0.05 * count + 1
    assert power >= 0.7


@pytest.mark.parametrize("estimate", [interrupted, difference_in_differences])
def test_a_known_ratio_comes_back(estimate: Callable[..., object]) -> None:
    """Without chance the estimate is the planted ratio, whatever level the series has."""
    sums = world(0)
    flat = np.full((WEEKS, len(SERVICES), len(CHANNELS)), 40.0)
    halved = flat.copy()
    halved[70:, 0] *= 0.5
    parts = {**sums.parts, "contact_count": flat}
    exact = Sums(
        sums.weeks, sums.services, sums.channels, parts, {"progress_chasing": halved / 10},
        sums.open_days,
    )  # fmt: skip
    one = exact.series(Outcome("avoidable_share", "progress_chasing"), ["service 00"])
    other = exact.series(Outcome("avoidable_share", "progress_chasing"), ["service 01"])
    start = sums.weeks[70]
    found = interrupted(one, start) if estimate is interrupted else estimate(one, other, start)
    ratio = (found.estimate if hasattr(found, "estimate") else found).ratio  # type: ignore[union-attr]
    assert ratio == pytest.approx(0.5, rel=1e-6)


def test_weeks_in_a_disruption_are_left_out_of_what_is_compared() -> None:
    sums = world(3, LETTER)
    masked = masks(sums, disruptions(sums, watch(sums), THRESHOLD))
    number = sums.services.index(LETTER.service)
    assert masked[LETTER.start : LETTER.start + LETTER.length, number].all()
    assert not masked[: LETTER.start, number].any()
