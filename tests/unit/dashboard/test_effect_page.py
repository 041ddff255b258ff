"""The blocks of one effect: numbers as a reader and a spreadsheet expect them."""

from datetime import date
from pathlib import Path

from analytics.effects.findings import Effect
from analytics.effects.interrupted import Estimate
from analytics.effects.shown import Course
from analytics.effects.study import Change, Placebo, Verdict
from analytics.effects.weekly import Outcome
from analytics.query import span
from dashboard.context import Context
from dashboard.pages.effect_blocks import effect_blocks
from dashboard.view import parse_view
from tests.warehouses import build


def test_how_far_placebos_lie_is_a_number_in_the_table_and_the_download(tmp_path: Path) -> None:
    reader = build(tmp_path, [{"started_at": "2024-03-01 10:00", "service": "paspoort"}])
    context = Context(parse_view("?lang=nl")[0], span(reader))
    day = date(2024, 3, 1)
    estimate = Estimate(ratio=0.8, low=0.7, high=0.9, z=-3.0)
    effect = Effect(
        change=Change("", day, None, (), (), Outcome("contacts")),
        verdict=Verdict.SURE,
        estimate=estimate,
        beside=None,
        comparisons=(),
        placebos=(Placebo("paspoort", day, -1.25),),
        placebo_part=0.0,
        now=None,
        expected=None,
        expected_low=None,
        expected_high=None,
        before=None,
        total=None,
        total_low=None,
        total_high=None,
        events=None,
        course=Course(0, (), 0),
        is_known=True,
    )
    _, placebos = effect_blocks(effect, "1", "naam", context)
    ((_, _, shown),) = placebos.table.cells("nl", 10)
    assert shown == "−1,25"
    assert placebos.table.csv("nl", 10).splitlines()[1].endswith(";-1,25")
