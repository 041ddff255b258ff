"""What is told of conversations: calls and registrations in common, and rows that were bound."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics import talks
from analytics.query import Selection
from tests import warehouses
from warehouse.settings import Settings, parse_settings
from warehouse.store import Reader


def _source(name: str, role: str) -> dict[str, Any]:
    columns = {"started_at": "at", "channel": "channel"}
    return {"name": name, "role": role, "kind": "csv", "path": "log.csv", "columns": columns}


def _settings() -> Settings:
    return parse_settings(
        {"source": [_source("tel", "telephony"), _source("desk", "registration")]}
    )


def _call(day: int, minute: int, **more: Any) -> dict[str, Any]:
    at = pd.Timestamp(2025, 3, day, 9, minute)
    return {"source": "tel", "started_at": at, "agent": "A", "handle_seconds": 60.0, **more}


def _note(day: int, minute: int, **more: Any) -> dict[str, Any]:
    at = pd.Timestamp(2025, 3, day, 9, minute)
    return {"source": "desk", "started_at": at, "agent": "A", "bsn": f"{day}-{minute}", **more}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    rows = [
        *(_call(3, minute) for minute in (0, 20, 40)),
        *(_note(3, minute) for minute in (0, 20)),
        _note(3, 20, service="afval"),  # a second question in the call of twenty past
        _call(4, 0),
        _call(4, 30, outcome="abandoned"),
        _call(4, 30, initiative="outbound"),
        _note(4, 50),  # of a call that the exchange never saw
        {"source": "desk", "channel": "email", "started_at": pd.Timestamp(2025, 3, 4, 9)},
    ]
    return warehouses.build(tmp_path_factory.mktemp("talks"), rows, _settings())


def _told(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    whole = frame[frame["period"].isna()]
    return {(row.source, row.match): row.value for row in whole.itertuples()}


def test_what_both_systems_have(reader: Reader) -> None:
    """Abandoned and outbound calls, and registrations of other channels, are not asked."""
    assert _told(talks.matches(reader, threshold=1)) == {
        ("tel", "matched"): 2,
        ("tel", "call_only"): 2,
        ("desk", "matched"): 2,
        ("desk", "registration_only"): 1,
    }


def test_of_the_days_that_are_asked(reader: Reader) -> None:
    day = pd.Timestamp(2025, 3, 4).date()
    assert _told(talks.matches(reader, Selection(start=day, end=day), threshold=1)) == {
        ("tel", "call_only"): 1,
        ("desk", "registration_only"): 1,
    }


def test_small_groups_are_hidden(reader: Reader) -> None:
    assert talks.matches(reader, threshold=2).query("suppressed")["value"].isna().all()
    assert talks.matches(reader, threshold=2)["suppressed"].any()
    assert talks.bound(reader, threshold=2)["rows"].isna().all()


def test_what_was_bound(reader: Reader) -> None:
    (row,) = talks.bound(reader, threshold=1).to_dict("records")
    assert row == {
        "source": "desk", "rows": 5, "conversations": 4, "questions": 5, "suppressed": False,
    }  # fmt: skip


def test_none_without_two_systems(tmp_path: Path) -> None:
    rows = [_call(3, 0), _note(3, 0)]
    lonely = warehouses.build(tmp_path, rows)
    assert talks.matches(lonely).empty
    assert talks.bound(lonely).empty


def test_of_a_part_of_the_week_or_day(reader: Reader) -> None:
    tuesday = Selection(where={"weekday": ("2",)})
    assert _told(talks.matches(reader, tuesday, threshold=1)) == {
        ("tel", "call_only"): 1,
        ("desk", "registration_only"): 1,
    }
    at_nine = Selection(where={"half_hour": ("09:00",)})
    assert _told(talks.matches(reader, at_nine, threshold=1))[("tel", "matched")] == 2
    assert talks.bound(reader, tuesday, threshold=0).empty
