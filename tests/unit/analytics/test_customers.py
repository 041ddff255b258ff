"""Who is one customer: connected components, held against a plain union-find."""

import random
import uuid
from typing import Any

import pytest

from etl import materialise
from tests.generative.engine import contact_rows, derived
from tests.spark import plain_rows
from tests.warehouses import loaded_frame
from warehouse.contact import IDENTIFIER_KINDS
from warehouse.settings import Settings, parse_settings

Known = dict[str, int]
"""Kind of identifier: its number."""


@pytest.fixture(autouse=True)
def no_cubes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materialise, "SHAPES", ())


def _pseudonym(kind: str, number: int) -> str:
    """Return a pseudonym whose order is that of the number, whatever the kind."""
    return str(uuid.UUID(int=(number << 64) + IDENTIFIER_KINDS.index(kind)))


def _loaded(known: list[Known]) -> list[dict[str, Any]]:
    rows = plain_rows(loaded_frame([{"started_at": "2025-03-03 10:00"}] * len(known)))
    for row, numbers in zip(rows, known, strict=True):
        for kind, number in numbers.items():
            row[f"{kind}_key"] = _pseudonym(kind, number)
    return rows


UNLIMITED = parse_settings({"linking": {"most_neighbours": 1_000_000}})


def _customers(known: list[Known], settings: Settings = UNLIMITED) -> list[str | None]:
    rows = contact_rows(derived(_loaded(known), settings))
    return [None if row["customer_id"] is None else str(row["customer_id"]) for row in rows]


def _union_find(known: list[Known]) -> list[str | None]:
    leader: dict[str, str] = {}

    def find(one: str) -> str:
        while leader.setdefault(one, one) != one:
            one = leader[one]
        return one

    for numbers in known:
        own = sorted(find(_pseudonym(kind, number)) for kind, number in numbers.items())
        for other in own[1:]:
            leader[other] = own[0]
    return [
        min((find(_pseudonym(kind, number)) for kind, number in numbers.items()), default=None)
        for numbers in known
    ]


@pytest.mark.parametrize("seed", range(5))
def test_customers_are_the_connected_components(seed: int) -> None:
    draw = random.Random(seed)
    known = [
        {kind: draw.randrange(60) for kind in draw.sample(IDENTIFIER_KINDS, draw.randrange(4))}
        for _ in range(120)
    ]
    found, wanted = _customers(known), _union_find(known)
    assert found == wanted
    assert len(set(found)) > 5, "the example must not be one customer"


def test_a_long_chain_is_one_customer() -> None:
    """Number n is known to go with n + 1, through kind after kind, in no order."""
    links = [
        {"bsn" if n % 2 else "phone": n, "phone" if n % 2 else "bsn": n + 1} for n in range(300)
    ]
    random.Random(1).shuffle(links)
    assert set(_customers(links)) == {_pseudonym("phone", 0)}


def test_equal_pseudonyms_of_one_kind_need_no_links() -> None:
    found = _customers([{"customer": 1}, {"customer": 2}, {}, {"customer": 1}])
    assert found == [_pseudonym("customer", 1), _pseudonym("customer", 2), None, found[0]]


def test_nobody_is_known() -> None:
    assert _customers([{}, {}]) == [None, None]


def test_a_customer_keeps_the_id_when_contacts_are_added() -> None:
    before = [{"bsn": 1, "phone": 5}, {"phone": 7}]
    after = [*before, {"phone": 5, "email": 9}, {"email": 9}]
    assert _customers(after)[:2] == _customers(before)
    assert len(set(_customers(after))) == 2


def test_a_row_with_two_numbers_joins_those_who_have_either() -> None:
    found = _customers([{"bsn": 1}, {"phone": 2}, {"email": 3}, {"bsn": 1, "phone": 2}])
    assert found[0] == found[1] == found[3]
    assert found[2] != found[0]


SWITCHBOARD = [{"bsn": n, "phone": 99} for n in range(5)]


def test_a_switchboard_joins_nobody() -> None:
    """At the limit it still joins; one more, and those who called from it are five again."""
    found = _customers([*SWITCHBOARD, {"phone": 99}], Settings())
    assert found == [*(_pseudonym("bsn", n) for n in range(5)), None]
    assert set(_customers(SWITCHBOARD[:4], Settings())) == {_pseudonym("bsn", 0)}


def test_a_bsn_is_never_set_aside() -> None:
    found = _customers([{"bsn": 1, "phone": 10 + n} for n in range(9)], Settings())
    assert set(found) == {_pseudonym("bsn", 1)}


def test_what_is_set_aside_is_told_with_its_rows() -> None:
    backend = derived(_loaded([*SWITCHBOARD, {"phone": 99}, {"phone": 7}]), Settings())
    (row,) = backend.table("set_aside").to_pyarrow().to_pylist()
    assert (str(row["pseudonym"]), row["kind"]) == (_pseudonym("phone", 99), "phone")
    assert row["row_count"] == 6
