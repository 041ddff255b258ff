"""Which identifiers join nobody, as the page on data quality tells it."""

from pathlib import Path

from analytics.quality import set_aside
from tests.warehouses import build


def contacts() -> list[dict[str, str]]:
    switchboard = [{"bsn": f"b{n}", "phone": "switchboard"} for n in range(6)]
    mailbox = [{"phone": f"p{n}", "email": "office"} for n in range(5)]
    alone = [{"phone": "switchboard"}, {"bsn": "b0", "phone": "p0", "email": "own"}]
    rows = [*switchboard, *mailbox, *alone]
    return [{"started_at": "2025-03-03 10:00", **row} for row in rows]


def test_kinds_with_how_many_and_how_much(tmp_path: Path) -> None:
    found = set_aside(build(tmp_path, contacts())).to_dict("records")
    assert found == [
        {"kind": "email", "identifiers": 1, "rows": 5},
        {"kind": "phone", "identifiers": 1, "rows": 7},
    ]


def test_nothing_where_nobody_is_met_too_often(tmp_path: Path) -> None:
    assert set_aside(build(tmp_path, contacts()[:3])).empty
