# ruff: noqa: T201  # what was measured is shown
"""What was planted in the sample is found, and nothing else: disruptions, interventions, goals."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics.effects.disruptions import FALSE_ALARMS
from analytics.effects.findings import Effect, Findings, findings, known_findings, what_if
from analytics.effects.study import Change, Verdict
from analytics.effects.weekly import Outcome
from analytics.goals.alerts import Kind, alerts
from analytics.goals.progress import Status, progress
from analytics.query import span
from tests import warehouses
from tests.e2e.sample import LoadedSample
from warehouse.store import Reader

pytestmark = pytest.mark.slow
QUIET_SERVICES = ("paspoort", "bijstand", "wmo-voorziening")


@pytest.fixture(scope="module")
def events(sample: LoadedSample) -> list[dict[str, Any]]:
    return list(json.loads((sample.truth / "events.json").read_text())["events"])


@pytest.fixture(scope="module")
def found(sample_reader: Reader) -> Findings:
    return findings(sample_reader)


def test_every_planted_disruption_is_found_and_nothing_else(
    found: Findings, events: list[dict[str, Any]]
) -> None:
    planted = {
        (event["services"][0], event["first_on"], event["last_on"])
        for event in events
        if event["kind"] == "disruption"
    }
    seen = [
        (str(one.lead.service), one.first_on.isoformat(), one.last_on.isoformat())
        for one in found.disruptions
    ]
    right = planted & set(seen)
    precision, recall = len(right) / len(seen), len(right) / len(planted)
    print(f"disruptions: precision {precision:.2f}, recall {recall:.2f}")
    quiet_weeks = found.weeks - 4
    print(f"false alarms in {quiet_weeks} quiet weeks: {len(seen) - len(right)}"
          f" (stated: at most {FALSE_ALARMS} a year)")  # fmt: skip
    assert planted == set(seen)
    assert len(seen) == len(planted)


def test_what_explains_a_disruption_is_what_was_planted(found: Findings) -> None:
    outage, letter = found.disruptions
    assert outage.channels[0].name == "web_form"
    assert outage.categories[0].name == "digital_failure"
    assert letter.channels[0].name == "phone"
    assert letter.categories[0].name == "organisation_error"


def test_every_intervention_is_found_in_what_it_should_move(found: Findings) -> None:
    """True ratios: of planted contacts per contact, 90 days since and a year before."""
    for effect in found.effects:
        estimate, beside = effect.estimate, effect.beside
        assert estimate is not None
        assert beside is not None
        print(
            f"{effect.change.name}, {effect.change.outcome.metric}:"
            f"{effect.change.outcome.category or ''}: ratio {estimate.ratio:.2f}"
            f" ({estimate.low:.2f} to {estimate.high:.2f}), beside others {beside.ratio:.2f}"
            f" ({beside.low:.2f} to {beside.high:.2f}), {len(effect.placebos)} placebos,"
            f" part as far out {effect.placebo_part:.3f}: {effect.verdict}"
        )
    assert [effect.verdict for effect in found.effects] == [Verdict.SURE] * 3
    unclear, unfinished, chasing = (_ratio(effect) for effect in found.effects)
    assert unclear == pytest.approx((48 / 930) / (124 / 866), abs=0.25)
    assert unfinished < 0.5
    assert chasing == pytest.approx((10 / 495) / (42 / 550), abs=0.25)


def _ratio(effect: Effect) -> float:
    assert effect.estimate is not None
    return effect.estimate.ratio


def test_nothing_is_called_sure_where_nothing_happened(sample_reader: Reader) -> None:
    told = []
    for service in QUIET_SERVICES:
        for day in (date(2024, 11, 4), date(2025, 4, 14), date(2025, 7, 7)):
            for metric in ("repeat_share", "abandonment_share"):
                change = Change("x", day, None, (service,), (), Outcome(metric))
                told.append(what_if(sample_reader, change).verdict)
    sure = sum(one is Verdict.SURE for one in told)
    print(f"changes marked where nothing happened: {sure} of {len(told)} called sure")
    assert sure <= 0.05 * len(told) + 1


def test_unannounced_shifts_are_those_of_the_interventions(
    found: Findings, events: list[dict[str, Any]]
) -> None:
    planted = {
        event["services"][0]: date.fromisoformat(event["first_on"])
        for event in events
        if event["kind"] == "intervention"
    }
    for one in found.shifts:
        away = (one.started_on - planted[str(one.place.service)]).days
        print(f"shift in {one.place.service} on {one.started_on}: {away} days off")
        assert abs(away) <= 28
    assert {one.place.service for one in found.shifts} == set(planted)


def test_a_goal_that_is_over_has_its_own_figure(sample_reader: Reader) -> None:
    repeats = next(one for one in progress(sample_reader) if one.goal.metric == "repeat_share")
    top, bottom = warehouses.query(
        sample_reader,
        "select count(*) filter (is_repeat and is_knowable_backwards),"
        " count(*) filter (is_candidate and is_knowable_backwards)"
        " from contact where year(started_on) = 2025",
    )[0]
    assert repeats.value == pytest.approx(top / bottom)
    assert repeats.status is (Status.MET if top / bottom <= 0.17 else Status.MISSED)


def test_alerts_of_a_month_name_what_happened_in_it(sample_reader: Reader, found: Findings) -> None:
    last_on = span(sample_reader).last_on
    goals = progress(sample_reader)
    march = alerts(found, goals, (date(2025, 3, 1), date(2025, 3, 31)), last_on)
    june = alerts(found, goals, (date(2024, 6, 1), date(2024, 6, 30)), last_on)
    assert [one.disruption for one in march if one.kind is Kind.DISRUPTION] == [
        found.disruptions[1]
    ]
    assert june == ()


def test_what_was_worked_out_is_kept_for_the_next_process(
    sample: LoadedSample, found: Findings
) -> None:
    assert known_findings(Reader(sample.store)) == found


def _command(sample: LoadedSample, *words: str) -> tuple[int, Any]:
    answer = subprocess.run(
        [sys.executable, "-m", "samenspel", *words, "--format", "json",
         "--warehouse", str(sample.store.folder)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return answer.returncode, json.loads(answer.stdout)


def test_the_commands_say_what_the_pages_show_and_end_with_one(
    sample: LoadedSample, sample_reader: Reader
) -> None:
    status, told = _command(sample, "goals")
    assert status == 1
    assert [one["status"] for one in told] == [str(one.status) for one in progress(sample_reader)]
    status, told = _command(sample, "alerts", "--month", "2025-03")
    assert status == 1
    assert told[0]["kind"] == "disruption"
    assert told[0]["explained_by"].startswith("afvalstoffenheffing, phone, organisation_error")
    assert _command(sample, "alerts", "--month", "2024-06") == (0, [])
