"""Planning is drawn from what was worked out, whatever the view; small worlds too."""

import pandas as pd
import pytest

from analytics.planning.work_out import planning
from analytics.query import span, values
from dashboard.context import Context
from dashboard.figures.forecast import clock
from dashboard.pages import PAGES
from dashboard.pages.planning import Data
from dashboard.planning_view import changed, read
from dashboard.view import FILTERS, parse_view, query_string
from tests.browser.town import contacts, settings
from tests.warehouses import build
from warehouse.store import Reader


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, Data]:
    reader = build(tmp_path_factory.mktemp("town"), contacts(), settings())
    return reader, Data(planning(reader), span(reader).settings)


@pytest.mark.parametrize(
    "search",
    ["", "?lang=en", "?planning=ahead:phone", "?channel=counter&lang=en",
     "?planning=staff:counter&planning=week:3&planning=level:95&planning=handling:120",
     "?planning=shrinkage:0&planning=week:29"],
)  # fmt: skip
def test_the_page_is_drawn_for_any_view(town: tuple[Reader, Data], search: str) -> None:
    reader, answer = town
    view, ignored = parse_view(search, {name: values(reader, name) for name in FILTERS})
    assert ignored == ()
    assert parse_view(query_string(view))[0] == view
    context, page = Context(view, span(reader)), PAGES["planning"]
    assert len(list(page.layout(answer, context))) == 2
    blocks = page.blocks(answer, context)
    assert len({block.key for block in blocks}) == len(blocks) == 7
    for block in blocks:
        assert block.title
        assert block.finding
        assert "nan" not in block.finding
        assert len(block.table.cells("nl", 10)) == len(block.table.frame)


def test_more_work_asks_for_more_hours(town: tuple[Reader, Data]) -> None:
    reader, answer = town

    def paid(search: str) -> float:
        context = Context(parse_view(search)[0], span(reader))
        blocks = PAGES["planning"].blocks(answer, context)
        staff = next(block for block in blocks if block.key == "planning-staff")
        return float(staff.table.frame["paid"].sum())

    assert paid("?planning=shrinkage:50") == pytest.approx(paid("?planning=shrinkage:0") * 2)
    assert paid("?planning=level:99") >= paid("?planning=level:50")


def test_nothing_to_forecast_is_said(town: tuple[Reader, Data], tmp_path: object) -> None:
    few = [{"contact_id": str(n), "started_at": pd.Timestamp("2025-03-03 10:00")} for n in range(3)]
    reader = build(tmp_path, few)  # type: ignore[arg-type]
    answer = Data(planning(reader), span(reader).settings)
    context = Context(parse_view("")[0], span(reader))
    assert PAGES["planning"].blocks(answer, context) == []
    assert len(list(PAGES["planning"].layout(answer, context))) == 2


def test_choices_in_the_address() -> None:
    known = {"channel": ["phone", "counter"]}
    assert read(["level:90", "ahead:phone"], known) == (
        (("ahead", "phone"), ("level", "90")),
        False,
    )
    assert read(["level:9", "ahead:pigeon", "week:2"], known) == ((("week", "2"),), True)
    assert read(["nonsense"], known) is None
    assert changed((("level", "90"),), "level", None) == ()
    assert changed((), "week", "2") == (("week", "2"),)
    assert clock(17) == "08:30"
