"""Terms: what is over its term leaves with the next load, as whole months, without a trace."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from etl.accounts import LoadReport, verify
from etl.load import load
from etl.retention import expired, first_day_kept
from tests.loading import KEY, PLAIN, Bench, counts

SOURCE: dict[str, Any] = {"columns": {**PLAIN, "contact_id": "id", "topic": "t", "note": "n"}}
LOG = (
    "id;start;channel;t;n\n"
    "1;2024-03-31 23:30;phone;maart-oud;oude notitie\n"
    "2;2024-04-01 00:10;phone;april-nieuw;april notitie\n"
    "3;2024-06-15 10:00;phone;juni-nieuw;juni notitie\n"
)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.write(LOG)
    return made


def load_on(bench: Bench, today: date, *, path: str = "log.csv", **privacy: Any) -> LoadReport:
    settings = bench.settings({**SOURCE, "path": path}, privacy=privacy)
    return load(settings, bench.folder, bench.store, key=KEY, today=today)


@pytest.mark.parametrize(
    ("months", "today", "first"),
    [
        (1, date(2024, 5, 31), date(2024, 4, 1)),
        (12, date(2024, 5, 1), date(2023, 5, 1)),
        (24, date(2024, 1, 15), date(2022, 1, 1)),
        (2, date(2024, 1, 31), date(2023, 11, 1)),
        (0, date(2024, 12, 31), date(2024, 12, 1)),
    ],
)
def test_the_first_day_that_is_kept(months: int, today: date, first: date) -> None:
    assert first_day_kept(months, today) == first


def test_a_month_leaves_as_a_whole_on_the_local_calendar(bench: Bench) -> None:
    """At half past eleven on 31 March in Amsterdam it is March; ten past midnight is April."""
    load_on(bench, date(2024, 6, 20), retain_months=2)
    assert bench.values("contact_id") == ["2", "3"]


def test_it_leaves_with_a_load_that_has_nothing_new(bench: Bench) -> None:
    assert load_on(bench, date(2024, 6, 20), retain_months=3).is_published
    assert bench.values("contact_id") == ["1", "2", "3"]
    assert not load_on(bench, date(2024, 6, 30), retain_months=3).is_published
    assert load_on(bench, date(2024, 7, 1), retain_months=3).is_published
    assert bench.values("contact_id") == ["2", "3"]
    assert not load_on(bench, date(2024, 7, 2), retain_months=3).is_published


def test_the_accounts_hold_and_no_byte_is_left(bench: Bench) -> None:
    load_on(bench, date(2024, 6, 20))
    before = bench.store.current_file()
    assert before is not None
    assert b"maart-oud" in before.read_bytes()
    load_on(bench, date(2024, 6, 20), retain_months=2)
    versions = list((bench.store.folder / "versions").iterdir())
    assert versions == [bench.store.current_file()]
    assert b"maart-oud" not in versions[0].read_bytes()
    assert b"april-nieuw" in versions[0].read_bytes()
    verify(versions[0])
    row = bench.table("select read_count, loaded_count, removed_count from load_file").iloc[0]
    assert row.tolist() == [3, 3, 1]


def test_a_grown_file_does_not_bring_them_back(bench: Bench) -> None:
    load_on(bench, date(2024, 6, 20), retain_months=2)
    bench.write(LOG + "4;2024-06-16 10:00;phone;x;\n")
    report = load_on(bench, date(2024, 6, 20), retain_months=2)
    assert counts(report) == (4, 2, 2, 0)
    assert bench.values("contact_id") == ["2", "3", "4"]


def test_notes_can_have_a_shorter_term(bench: Bench) -> None:
    load_on(bench, date(2024, 6, 20), retain_notes_months=1)
    assert bench.values("contact_id", "note") == [("1", None), ("2", None), ("3", "juni notitie")]
    file = bench.store.current_file()
    assert file is not None
    assert b"april notitie" not in file.read_bytes()


def test_without_a_term_all_stays(bench: Bench) -> None:
    load_on(bench, date(2099, 1, 1))
    assert len(bench.values("contact_id")) == 3


def test_what_is_over_its_term_can_be_counted(bench: Bench) -> None:
    load_on(bench, date(2024, 6, 20))
    settings = bench.settings(SOURCE, privacy={"retain_months": 2, "retain_notes_months": 0})
    file = bench.store.current_file()
    assert file is not None
    assert expired(file, settings, date(2024, 6, 20)) == (1, 1)
    assert expired(file, bench.settings(SOURCE), date(2024, 6, 20)) == (0, 0)
