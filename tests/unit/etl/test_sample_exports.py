"""The sample's exports, read plainly by its configuration, say what its truth says."""

import csv
import gzip
from collections import Counter
from itertools import permutations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from etl.configuration import read_settings
from tests.unit.etl.plain_reader import Read, read_all

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture(scope="module")
def sample(repository: Path) -> Path:
    return repository / "data" / "sample"


@pytest.fixture(scope="module")
def rows(sample: Path) -> list[Read]:
    return list(read_all(read_settings(sample / "samenspel.toml"), sample))


@pytest.fixture(scope="module")
def contacts(rows: list[Read]) -> list[dict[str, object]]:
    """The readable rows, the first of each contact id."""
    found: dict[tuple[object, object], dict[str, object]] = {}
    for row in rows:
        if row.contact:
            found.setdefault((row.contact["source"], str(row.contact["contact_id"])), row.contact)
    return list(found.values())


def truth(sample: Path, name: str) -> list[dict[str, str]]:
    with (sample / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def metric(sample: Path, key: str) -> dict[str, str]:
    return next(row for row in truth(sample, "metrics.csv") if row["metric"] == key)


def test_rows_read_loaded_double_and_refused(sample: Path, rows: list[Read]) -> None:
    counts: dict[str, Counter[str]] = {}
    seen: set[tuple[object, object]] = set()
    for row in rows:
        fate = "rejected"
        if row.contact:
            key = (row.contact["source"], row.contact["contact_id"])
            fate = "duplicate" if key in seen else "loaded"
            seen.add(key)
        counts.setdefault(row.file, Counter()).update(("read", fate))
    for account in truth(sample, "accounts.csv"):
        counted = counts[account["file"]]
        for fate in ("read", "loaded", "duplicate", "rejected"):
            assert counted[fate] == int(account[fate]), (account["file"], fate)


def test_volumes_by_month_and_channel(sample: Path, contacts: list[dict[str, object]]) -> None:
    found: Counter[tuple[str, object, str]] = Counter()
    for contact in contacts:
        month = f"{contact['started_at'].astimezone(AMSTERDAM):%Y-%m}"  # type: ignore[attr-defined]
        inbound = contact.get("initiative", "inbound") == "inbound"
        found[month, contact["channel"], "inbound" if inbound else "outbound"] += 1
        if inbound:
            found[month, contact["channel"], "identified"] += bool(contact["identifiers"])
            found[month, contact["channel"], "answered"] += (
                contact["channel"] != "web_visit" and contact.get("outcome") != "abandoned"
            )
    for row in truth(sample, "contacts_by_month_channel.csv"):
        if row["channel"] == "phone":  # what two systems tell of one call, the truth merges
            both = [found[row["month"], "phone", way] for way in ("inbound", "outbound")]
            assert sum(both) == int(row["inbound"]) + int(row["outbound"])
            continue
        for column in ("inbound", "outbound", "identified", "answered"):
            assert found[row["month"], row["channel"], column] == int(row[column]), (row, column)


def test_customers_behind_equal_identifiers(
    sample: Path, contacts: list[dict[str, object]]
) -> None:
    """Groups of contacts joined by flooding, another way than the reference's.

    A phone, mailbox or visitor that was met with more than four others of one kind joins nobody.
    Which call a registration is of, only the simulation knows: joined by that, there are as few
    customers as matching can leave, but for the few pairs that it gets wrong.
    """
    pairs = gzip.decompress((sample / "truth" / "conversations.csv.gz").read_bytes()).decode()
    call_of = {row["registration"]: row["call"] for row in csv.DictReader(pairs.splitlines())}
    apart = _customers(contacts, {})
    assert _customers(contacts, call_of) - 400 <= int(metric(sample, "customers")["value"]) < apart


def _customers(contacts: list[dict[str, object]], call_of: dict[str, str]) -> int:
    """How many customers there are; a registration and its call, where it is known, are of one."""
    met: dict[object, Counter[str]] = {}
    for one, other in {
        pair
        for contact in contacts
        for pair in permutations(contact["identifiers"], 2)  # type: ignore[call-overload]
    }:
        met.setdefault(one, Counter())[other[0]] += 1
    joining: list[set[object]] = [
        {
            one
            for one in contact["identifiers"]  # type: ignore[attr-defined]
            if one[0] in {"bsn", "kvk"} or max(met.get(one, {"": 0}).values()) <= 4
        }
        for contact in contacts
    ]
    assert any(len(kept) < len(c["identifiers"]) for kept, c in zip(joining, contacts, strict=True))  # type: ignore[arg-type]
    for kept, contact in zip(joining, contacts, strict=True):
        call = call_of.get(str(contact["contact_id"]), str(contact["contact_id"]))
        if kept and call_of and contact["source"] in {"telefonie", "kcc-registraties"}:
            kept.add(("call", call))
    holders: dict[object, list[int]] = {}
    for index, kept in enumerate(joining):
        for identifier in kept:
            holders.setdefault(identifier, []).append(index)
    group: dict[int, int] = {}
    for start, kept in enumerate(joining):
        todo = [start] if kept and start not in group else []
        while todo:
            index = todo.pop()
            if index not in group:
                group[index] = start
                todo += [i for one in joining[index] for i in holders[one]]
    customers = {
        group[index]
        for index, contact in enumerate(contacts)
        if index in group
        and contact["channel"] != "web_visit"
        and contact.get("initiative", "inbound") == "inbound"
    }
    return len(customers)


def test_every_contact_has_its_person(sample: Path, contacts: list[dict[str, object]]) -> None:
    text = gzip.decompress((sample / "truth" / "persons.csv.gz").read_bytes()).decode()
    known = {(row["source"], row["contact_id"]) for row in csv.DictReader(text.splitlines())}
    assert known == {(c["source"], str(c["contact_id"])) for c in contacts}
