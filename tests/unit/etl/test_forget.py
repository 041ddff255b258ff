"""Erasing a person: their rows are gone, from every byte; they do not come back; accounts hold."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from etl.accounts import verify
from etl.forget import forget
from etl.privacy import pseudonym
from tests.loading import KEY, PLAIN, Bench, counts
from warehouse.errors import ConfigurationError, NoWarehouseError
from warehouse.store import Store

SOURCE: dict[str, Any] = {
    "columns": {**PLAIN, "contact_id": "id", "topic": "topic"},
    "identifiers": {"bsn": "b", "phone": "p", "customer": "k"},
}
HEAD = "id;start;channel;topic;b;p;k\n"
ANNA, BAS = "999990019", "999990020"
ROWS = [
    f"1;2024-05-01 10:00;phone;geheim-een;{ANNA};0600000001;",
    "2;2024-05-02 10:00;phone;geheim-twee;;06-00000001;",
    "3;2024-05-03 10:00;counter;openbaar;;0600000002;K7",
    "4;2024-05-04 10:00;counter;openbaar;;;",
]
NOW = datetime(2025, 1, 1)  # noqa: DTZ001  # the warehouse's times are UTC, without offset


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.write(HEAD + "\n".join(ROWS) + "\n")
    made.load(SOURCE)
    return made


def erase(bench: Bench, *named: tuple[str, str], **options: Any) -> int:
    settings = bench.settings(SOURCE)
    return forget(settings, bench.store, named, key=KEY, **{"now": NOW} | options)


def test_the_rows_that_carry_an_identifier_go(bench: Bench) -> None:
    assert erase(bench, ("bsn", " 9999.90.019 ")) == 1
    assert bench.values("contact_id") == ["2", "3", "4"]
    assert bench.table("select contact_id from contact order by 1").contact_id.tolist() == [*"234"]


def test_rows_linked_to_the_same_customer_go_too_when_asked(bench: Bench) -> None:
    assert erase(bench, ("bsn", ANNA), whole_customer=True) == 2
    assert bench.values("contact_id") == ["3", "4"]


def test_several_at_once_and_numbers_of_a_source(bench: Bench) -> None:
    assert erase(bench, ("bsn", ANNA), ("customer", "log/K7")) == 2
    assert bench.values("contact_id") == ["2", "4"]


def test_the_accounts_still_add_up(bench: Bench) -> None:
    erase(bench, ("phone", "+31 6 00000001"))
    file = bench.store.current_file()
    assert file is not None
    verify(file)
    row = bench.table("select read_count, loaded_count, removed_count from load_file").iloc[0]
    assert row.tolist() == [4, 4, 2]


def test_no_byte_and_no_earlier_version_is_left(bench: Bench) -> None:
    gone = UUID(pseudonym(KEY, "bsn", ANNA))
    held = (b"geheim-een", b"geheim-twee", gone.bytes)
    before = bench.store.current_file()
    assert before is not None
    assert b"geheim-een" in before.read_bytes()
    bench.write(HEAD + "9;2024-06-01 10:00;phone;openbaar;;;\n", "b.csv")
    bench.load({**SOURCE, "path": "*.csv"})
    erase(bench, ("phone", "0600000001"), ("bsn", ANNA))
    versions = list((bench.store.folder / "versions").iterdir())
    assert versions == [bench.store.current_file()]
    content = versions[0].read_bytes()
    assert b"openbaar" in content
    assert not any(text in content for text in held[:2])


def test_a_grown_file_does_not_bring_them_back(bench: Bench) -> None:
    """By the direct road and by the exact one; what began later than the erasure comes in."""
    erase(bench, ("bsn", ANNA), whole_customer=True)
    later = f"5;2025-02-01 10:00;phone;nieuw;{ANNA};;"
    bench.write(HEAD + "\n".join([*ROWS, later]) + "\n")
    assert counts(bench.load(SOURCE)) == (5, 1, 2, 2)
    assert bench.values("contact_id") == ["3", "4", "5"]
    assert [reject[2] for reject in bench.rejects()] == ["forgotten", "forgotten"]
    assert [reject[0] for reject in bench.rejects()] == [2, 3]


def test_the_refusal_can_be_for_good(bench: Bench) -> None:
    erase(bench, ("bsn", ANNA), for_good=True)
    erase(bench, ("bsn", ANNA))
    bench.write(HEAD + f"5;2025-02-01 10:00;phone;nieuw;{ANNA};;\n", "b.csv")
    assert counts(bench.load({**SOURCE, "path": "b.csv"})) == (1, 0, 0, 1)


def test_somebody_who_is_not_there_yet_is_refused_all_the_same(bench: Bench) -> None:
    assert erase(bench, ("bsn", BAS), ("phone", "0600000009")) == 0
    bench.write(HEAD + "5;2024-02-01 10:00;phone;oud;;0600000009;\n", "b.csv")
    assert counts(bench.load({**SOURCE, "path": "b.csv"})) == (1, 0, 0, 1)


def test_a_number_shared_with_rows_that_stay_is_not_refused(bench: Bench) -> None:
    """Whoever stays in may come in again."""
    erase(bench, ("customer", "log/K7"))
    bench.write(HEAD + "6;2024-02-01 10:00;phone;oud;;0600000002;\n", "b.csv")
    assert counts(bench.load({**SOURCE, "path": "b.csv"})) == (1, 1, 0, 0)


def test_a_dry_run_changes_nothing(bench: Bench) -> None:
    before = bench.store.current_file()
    assert erase(bench, ("bsn", ANNA), whole_customer=True, dry_run=True) == 2
    assert bench.store.current_file() == before
    assert len(bench.values("contact_id")) == 4


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("bsn", "123456789", "identifier 1 is no valid bsn"),
        ("paspoort", "NW1234567", "no such kind"),
        ("customer", "K7", "SOURCE/NUMBER"),
        ("agent", "anna", "no such kind"),
    ],
)
def test_what_cannot_be_right_is_told_without_the_value(
    bench: Bench, kind: str, value: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        erase(bench, (kind, value))
    assert value not in str(caught.value)


def test_another_key_finds_nobody_and_says_so(bench: Bench) -> None:
    with pytest.raises(ConfigurationError, match="not the key"):
        forget(bench.settings(SOURCE), bench.store, [("bsn", ANNA)], key=b"x" * 32)


def test_without_a_warehouse(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(NoWarehouseError):
        forget(bench.settings(), Store(tmp_path / "none"), [("bsn", ANNA)], key=KEY)
