"""A source's role: what it changes, when it changes, and when its source is configured no more."""

from pathlib import Path
from typing import Any

import pytest

from tests.loading import Bench

COLUMNS = {
    "contact_id": "id", "started_at": "start", "channel": {"value": "phone"}, "service": "service",
}  # fmt: skip
CALLS = """id,start,service,agent,number
t1,2025-03-03 09:00:00,,A,0600000001
t2,2025-03-03 09:30:00,,A,0600000002
"""
NOTES = """id,start,service,agent,bsn
d1,2025-03-03 09:02:00,paspoort,a,999990019
d2,2025-03-03 09:03:00,afval,a,999990019
"""


def _calls(role: str = "telephony") -> dict[str, Any]:
    identifiers = {"agent": "agent", "phone": "number"}
    return {
        "name": "tel", "path": "tel.csv", "columns": COLUMNS, "identifiers": identifiers,
        "role": role,
    }  # fmt: skip


def _notes(role: str = "registration") -> dict[str, Any]:
    identifiers = {"agent": "agent", "bsn": "bsn"}
    return {
        "name": "desk", "path": "desk.csv", "columns": COLUMNS, "identifiers": identifiers,
        "role": role,
    }  # fmt: skip


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write(CALLS, "tel.csv")
    bench.write(NOTES, "desk.csv")
    return bench


def _contacts(bench: Bench) -> list[tuple[str, str, bool]]:
    """Contact id, service, and whether the customer is known."""
    rows = bench.table(
        "select contact_id, coalesce(service, '-'), customer_id is not null from contact"
        " where is_contact order by contact_id"
    )
    return [tuple(row) for row in rows.to_numpy().tolist()]


def test_a_call_with_its_registrations_is_one_contact_of_one_customer(bench: Bench) -> None:
    bench.load(_calls(), _notes())
    assert _contacts(bench) == [("t1", "paspoort", True), ("t2", "-", True)]
    joined = bench.table("select distinct customer_id from contact where contact_id <> 't2'")
    assert len(joined) == 1
    asked = bench.table("select contact_id from contact where is_question order by contact_id")
    assert list(asked["contact_id"]) == ["d2", "t1", "t2"]


def test_a_changed_role_derives_anew(bench: Bench) -> None:
    bench.load(_calls(), _notes())
    assert not bench.load(_calls(), _notes()).is_published
    assert bench.load(_calls(role="contact"), _notes(role="contact")).is_published
    assert [row[0] for row in _contacts(bench)] == ["d1", "t1", "t2"]


def test_a_source_that_left_keeps_its_role(bench: Bench) -> None:
    bench.load(_calls(), _notes())
    before = _contacts(bench)
    bench.write(NOTES + "d3,2025-03-04 11:00:00,afval,a,999990019\n", "desk.csv")
    assert bench.load(_notes()).is_published
    roles = bench.table("select source, role from source order by source")
    assert roles.to_numpy().tolist() == [["desk", "registration"], ["tel", "telephony"]]
    assert _contacts(bench) == [("d3", "afval", True), *before]


def test_nothing_is_matched_or_bound_where_the_settings_say_so(bench: Bench) -> None:
    bench.load(_calls(), _notes(), conversation={"bind_minutes": 0, "match_minutes": 0})
    assert [row[0] for row in _contacts(bench)] == ["d1", "d2", "t1", "t2"]
    bench.load(_calls(), _notes(), conversation={"bind_minutes": 0})
    assert [row[0] for row in _contacts(bench)] == ["d2", "t1", "t2"]
