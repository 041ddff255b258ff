"""A warehouse of website visits alone: pages say that there is nothing to tell, and do not fail."""

from datetime import date

import pandas as pd
import pytest

from analytics.drivers import drivers
from analytics.planning.work_out import planning
from analytics.query import span
from analytics.steering import steering
from dashboard.components.filters import control_options, control_values
from dashboard.components.shell import footer
from dashboard.context import Context
from dashboard.pages import with_review
from dashboard.view import FILTERS, parse_view
from tests.warehouses import build
from warehouse.store import Reader

PAGES = with_review()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    days = pd.date_range("2024-01-10 10:00", "2024-05-20 10:00", freq="7h")
    rows = [
        {"started_at": day, "channel": "web_visit", "customer": f"k{number % 7}"}
        for number, day in enumerate(days)
    ]
    reader = build(tmp_path_factory.mktemp("visits"), rows)
    drivers(reader), steering(reader), planning(reader)
    return reader


@pytest.mark.parametrize("search", ["", "?from=2024-03-01&to=2024-03-31", "?grain=week&visits=yes"])
@pytest.mark.parametrize("key", PAGES)
def test_every_page_can_be_opened(reader: Reader, key: str, search: str) -> None:
    view, _ = parse_view(search)
    context = Context(view, span(reader))
    answer = PAGES[key].data(reader, view)
    assert PAGES[key].layout(answer, context)
    for block in PAGES[key].blocks(answer, context):
        assert block.table.csv("nl", 10)


def test_the_shell_tells_of_the_days_with_visits(reader: Reader) -> None:
    context = Context(parse_view("?lang=nl")[0], span(reader))
    assert context.period == (date(2024, 4, 1), date(2024, 4, 30))
    assert control_values(context)["period"] == ["2024-04-01", "2024-04-30"]
    assert control_options(context, {name: [] for name in FILTERS})["period"]
    assert "2024" in str(footer(context))
