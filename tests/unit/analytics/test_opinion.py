"""What the model says counts where neither a code nor a rule says anything."""

from typing import Any

import ibis
import pytest

from analytics.derive.opinion import with_opinion

_CONTACTS: list[dict[str, Any]] = [
    # key, conversation, counts, category, basis, known
    {"k": 1, "c": 1, "is": True, "category": None, "basis": None, "known": False},
    {"k": 2, "c": 2, "is": True, "category": "wrong_place", "basis": "code", "known": True},
    {"k": 3, "c": 3, "is": True, "category": "wrong_place", "basis": "rule", "known": True},
    {"k": 4, "c": 4, "is": True, "category": None, "basis": None, "known": True},
    {"k": 5, "c": 5, "is": True, "category": None, "basis": None, "known": False},
    {"k": 6, "c": 5, "is": False, "category": None, "basis": None, "known": False},
    {"k": 7, "c": 5, "is": False, "category": None, "basis": None, "known": False},
    {"k": 8, "c": 8, "is": True, "category": None, "basis": None, "known": False},
    {"k": 9, "c": 9, "is": False, "category": None, "basis": None, "known": False},
    {"k": 10, "c": 10, "is": True, "category": None, "basis": None, "known": False},
]
_OPINIONS = [
    (1, "digital_failure", 0.9, True),
    (2, "digital_failure", 0.9, True),  # a code goes before it
    (3, "digital_failure", 0.9, True),  # a rule too
    (4, "digital_failure", 0.9, True),  # a code said valuable
    (6, "digital_failure", 0.7, True),
    (7, "progress_chasing", 0.8, True),  # of one conversation the most probable
    (8, "digital_failure", 0.4, False),  # not sure
    (9, "digital_failure", 0.9, True),  # an outbound call
    (10, "valuable", 0.9, True),
]


@pytest.fixture
def heard() -> dict[int, tuple[str | None, str | None, bool]]:
    contacts = ibis.memtable(
        [
            {
                "contact_key": row["k"],
                "conversation_key": row["c"],
                "is_contact": row["is"],
                "avoidable_category": row["category"],
                "avoidable_basis": row["basis"],
                "is_value_known": row["known"],
            }
            for row in _CONTACTS
        ]
    )
    names = ["contact_key", "category", "probability", "is_sure"]
    opinion = ibis.memtable([dict(zip(names, row, strict=True)) for row in _OPINIONS])
    rows = ibis.duckdb.connect().to_pyarrow(with_opinion(contacts, opinion)).to_pylist()
    assert len(rows) == len(_CONTACTS)
    return {
        row["contact_key"]: (
            row["avoidable_category"],
            row["avoidable_basis"],
            row["is_value_known"],
        )
        for row in rows
    }


def test_precedence(heard: dict[int, Any]) -> None:
    assert heard == {
        1: ("digital_failure", "model", True),
        2: ("wrong_place", "code", True),
        3: ("wrong_place", "rule", True),
        4: (None, None, True),
        5: ("progress_chasing", "model", True),
        6: (None, None, False),
        7: (None, None, False),
        8: (None, None, False),
        9: (None, None, False),
        10: (None, None, True),
    }
