"""What is chosen on a page stands in the address afterwards, and only then."""

from collections.abc import Callable

import dash
import pytest

from analytics.query import span
from dashboard.choices import mark_change, write_plan_of, write_shares
from dashboard.context import Context
from dashboard.view import parse_view
from tests.warehouses import build
from warehouse.errors import NoWarehouseError

Reads = Callable[[str | None], Context]
SHOWN = {"service": "paspoort", "shares": {"phone": 60, "web_form": 40}}
IDS = [{"type": "plan-share", "channel": channel} for channel in ("phone", "web_form")]


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Reads:
    rows = [{"started_at": "2024-03-01 10:00", "service": "paspoort"}]
    of = span(build(tmp_path_factory.mktemp("choices"), rows))
    return lambda search: Context(parse_view(search)[0], of)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(dash, "set_props", lambda name, props: found.append(props["search"]))
    return found


def test_only_the_share_that_was_moved_is_planned(reads: Reads, written: list[str]) -> None:
    write_shares(reads, [20, 40], IDS, SHOWN, "?lang=en")
    (search,) = written
    view, ignored = parse_view(search)
    assert (view.plan, view.plan_of, ignored) == ((("paspoort", "phone", 20),), "paspoort", ())
    assert view.language == "en"


def test_what_the_address_says_already_is_not_written(reads: Reads, written: list[str]) -> None:
    write_shares(reads, [60, 40], IDS, SHOWN, "")
    write_shares(reads, [], [], None, "")
    write_plan_of(reads, "paspoort", "?of=paspoort")
    write_plan_of(reads, None, "?of=paspoort")
    mark_change(reads, "2024-03-01", "?change=2024-03-01")
    mark_change(reads, "no day", "")
    assert written == []


def test_a_marked_day_comes_and_goes(reads: Reads, written: list[str]) -> None:
    mark_change(reads, "2024-03-01T00:00:00", "?lang=en")
    mark_change(reads, None, "?change=2024-03-01&lang=en")
    assert written == ["?change=2024-03-01&lang=en", "?lang=en"]


def test_a_choice_is_dropped_where_there_is_no_warehouse_any_more(written: list[str]) -> None:
    def reads(_: str | None) -> Context:
        raise NoWarehouseError("gone")

    write_shares(reads, [20, 40], IDS, SHOWN, "")
    write_plan_of(reads, "paspoort", "")
    mark_change(reads, "2024-03-01", "")
    assert written == []
