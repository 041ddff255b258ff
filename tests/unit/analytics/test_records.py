"""Records for linking with a probability, held against a plain count; and what joining does."""

import random
import uuid
from collections import Counter
from typing import Any

import ibis
import pyarrow as pa
import pytest

from analytics.derive.records import known_pairs
from analytics.derive.steps import derive, people
from etl.scratch import Scratch
from tests.generative.engine import loaded
from tests.spark import plain_rows
from tests.warehouses import loaded_frame
from warehouse.contact import OFFICIAL_KINDS
from warehouse.settings import Settings

TOGETHER = (
    ("surname", "surname_sound"),
    ("initial",),
    ("birth_date", "birth_either", "birth_month"),
    ("postcode", "postcode_area", "house_number"),
)


def _rows(contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    whole = [{"started_at": "2025-03-03 10:00", "service": "paspoort", **one} for one in contacts]
    return plain_rows(loaded_frame(whole))


def _some_contacts(seed: int, count: int) -> list[dict[str, Any]]:
    """Contacts of few people, each with some identifiers, and some attributes or none."""
    draw = random.Random(seed)

    def one() -> dict[str, Any]:
        contact: dict[str, Any] = {
            kind: f"{kind}{draw.randrange(25)}"
            for kind in draw.sample(("bsn", "phone", "email"), draw.choice((0, 0, 1, 1, 2)))
        }
        for group in TOGETHER:
            if draw.random() < 0.6:
                value = draw.randrange(3)
                contact |= {kind: f"{kind}{value}" for kind in group}
        return contact

    return [one() for _ in range(count)]


@pytest.mark.parametrize("seed", range(4))
def test_a_record_tells_what_its_rows_say_most_often(seed: int) -> None:
    rows = _rows(_some_contacts(seed, 150))
    backend = loaded(rows)
    table = backend.table("loaded_contact")
    found, number = people(table, Settings(), Scratch(backend), {})
    numbers = {one["contact_key"]: one for one in number.to_pyarrow().to_pylist()}
    assert len(numbers) == len(rows)

    members: dict[int, list[dict[str, Any]]] = {}
    for place, row in enumerate(rows):
        members.setdefault(numbers[place]["record_number"], []).append(row)
    wanted = {}
    for record, own in members.items():
        told: dict[str, Any] = {
            "is_official": any(row[f"{kind}_key"] for row in own for kind in OFFICIAL_KINDS)
        }
        for group in TOGETHER:
            names = [f"{kind}_key" for kind in group]
            said = Counter(tuple(row[n] for n in names) for row in own if row[names[0]])
            best = min(said, key=lambda value: (-said[value], value)) if said else (None,) * 3
            told |= dict(zip(names, best, strict=False))
        if told["surname_key"] or told["birth_date_key"]:
            wanted[record] = told
    got = {}
    for one in found.to_pyarrow().to_pylist():
        record = one.pop("record_number")
        got[record] = {k: v if isinstance(v, bool | None) else str(v) for k, v in one.items()}
    assert got == wanted
    assert len(got) > 20


def test_a_row_without_identifier_is_a_record_of_its_own() -> None:
    rows = _rows([{"surname": "a"}, {"surname": "a"}, {"bsn": "1", "surname": "a"}, {"bsn": "1"}])
    backend = loaded(rows)
    _, number = people(backend.table("loaded_contact"), Settings(), Scratch(backend), {})
    found = {
        one["contact_key"]: (one["record_number"], one["is_customer"])
        for one in number.to_pyarrow().to_pylist()
    }
    assert found == {0: (0, False), 1: (1, False), 2: (2, True), 3: (2, True)}


def test_rows_of_one_official_number_are_known_to_be_of_one_person() -> None:
    rows = _rows(
        [
            {"bsn": "1", "surname": "a", "source": "forms"},
            {"bsn": "1", "surname": "b", "source": "post"},
            {"bsn": "1", "surname": "b", "source": "post"},
            {"phone": "1", "surname": "b", "source": "post"},
            {"bsn": "2", "source": "post"},
        ]
    )
    found = known_pairs(loaded(rows).table("loaded_contact")).to_pyarrow().to_pylist()
    assert sorted(one["source"] for one in found) == ["forms", "post"]
    assert len({one["label"] for one in found}) == 1


def _customers(
    contacts: list[dict[str, Any]], clusters: dict[int, str]
) -> list[tuple[int | None, bool]]:
    """Return customer_number and is_repeat of each row, with these rows joined."""
    days = [{"started_at": f"2025-03-{3 + day:02} 10:00"} for day in range(len(contacts))]
    backend = loaded(_rows([one | day for one, day in zip(contacts, days, strict=True)]))
    keys = [str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in clusters.values()]
    given = pa.table(
        {
            "contact_key": pa.array(list(clusters), pa.int64()),
            "probable_key": pa.array(keys, pa.string()),
        }
    )
    probable = backend.create_table("probable", given, temp=True)
    probable = probable.mutate(probable_key=probable.probable_key.cast("uuid"))
    scratch = Scratch(backend)
    contact = derive(
        backend.table("loaded_contact"), Settings(), scratch, {}, probable=probable
    ).order_by(ibis._.contact_key)
    return [(row["customer_number"], row["is_repeat"]) for row in contact.to_pyarrow().to_pylist()]


def test_joined_customers_are_one_with_all_their_rows() -> None:
    """A letter without identifier brings the caller and the visitor of the counter together."""
    found = _customers(
        [{"phone": "p"}, {"bsn": "b"}, {}, {"phone": "p"}, {"bsn": "b"}, {}],
        {0: "x", 1: "x", 2: "x"},
    )
    assert [number for number, _ in found] == [0, 0, 0, 0, 0, None]
    assert [repeat for _, repeat in found] == [False, True, True, True, True, False]


def test_without_any_identifier_rows_can_be_joined() -> None:
    found = _customers([{}, {}, {}], {0: "x", 2: "x"})
    assert [number for number, _ in found] == [0, None, 0]


def test_who_is_set_aside_stays_so_when_others_are_joined() -> None:
    switchboard = [{"bsn": f"b{n}", "phone": "switchboard"} for n in range(5)]
    found = _customers([*switchboard, {"phone": "switchboard"}], {0: "x", 1: "x"})
    assert [number for number, _ in found] == [0, 0, 2, 3, 4, None]


def test_nobody_joined_is_as_without() -> None:
    contacts = [{"phone": "p"}, {"bsn": "b", "phone": "p"}, {"email": "e"}]
    assert [number for number, _ in _customers(contacts, {})] == [0, 0, 2]
