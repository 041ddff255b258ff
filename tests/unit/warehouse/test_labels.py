"""Judgements beside the warehouse: only added to, by one at a time, gone with their contact."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse import labels as module
from warehouse.errors import WarehouseError
from warehouse.labels import Labels

NOW = datetime(2025, 3, 3, 9, 30, tzinfo=UTC)


def test_what_was_judged_last_is_in_force(tmp_path: Path) -> None:
    labels = Labels(tmp_path)
    assert labels.current() == {}
    labels.add([("desk", "1", "wrong_place"), ("desk", "2", "valuable")], "anna", NOW)
    labels.add([("desk", "1", "digital_failure")], "bram", NOW)
    assert labels.current()["desk", "1"].category == "digital_failure"
    assert labels.current()["desk", "1"].labelled_by == "bram"
    labels.add([("desk", "1", "")], "bram", NOW)
    assert set(labels.current()) == {("desk", "2")}
    assert [label.labelled_by for label in labels.all()] == ["anna", "anna", "bram", "bram"]
    assert labels.all()[0].labelled_at == "2025-03-03T09:30:00Z"


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    labels = Labels(tmp_path)
    labels.add([("desk", "1", "valuable")], "anna")
    assert stat.S_IMODE(labels.file.stat().st_mode) == 0o600


def test_earlier_lines_are_never_touched(tmp_path: Path) -> None:
    labels = Labels(tmp_path)
    labels.add([("desk", "1", "valuable")], "anna")
    before = labels.file.read_bytes()
    labels.add([("desk", "1", "")], "anna")
    assert labels.file.read_bytes().startswith(before)


def test_an_unknown_category_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no category"):
        Labels(tmp_path).add([("desk", "1", "nonsense")], "anna")
    assert Labels(tmp_path).all() == []


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda n: Labels(tmp_path).add([("desk", str(n), "valuable")], f"p{n}"), range(60)
            )
        )
    assert set(Labels(tmp_path).current()) == {("desk", str(n)) for n in range(60)}


def test_a_second_writer_waits_and_then_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAIT_SECONDS", 0.05)
    labels = Labels(tmp_path)
    with labels._held(), pytest.raises(WarehouseError, match="another process"):
        Labels(tmp_path).add([("desk", "1", "valuable")], "anna")


def test_a_forgotten_contact_leaves_no_line(tmp_path: Path) -> None:
    labels = Labels(tmp_path)
    labels.add([("desk", "geheim-1", "valuable"), ("desk", "2", "valuable")], "anna")
    labels.add([("desk", "geheim-1", "")], "anna")
    assert labels.forget([("desk", "geheim-1")]) == 2
    assert b"geheim-1" not in b"".join(f.read_bytes() for f in tmp_path.iterdir())
    assert set(labels.current()) == {("desk", "2")}
    labels.add([("desk", "3", "valuable")], "bram")
    assert len(labels.all()) == 2


def test_a_new_name_takes_the_judgement_along(tmp_path: Path) -> None:
    labels = Labels(tmp_path)
    labels.add([("desk", "old", "valuable"), ("other", "old", "wrong_place")], "anna", NOW)
    labels.rename({("desk", "old"): "new"})
    assert set(labels.current()) == {("desk", "new"), ("other", "old")}


def test_what_cannot_be_read_is_said_without_a_traceback(tmp_path: Path) -> None:
    labels = Labels(tmp_path)
    labels.file.write_bytes(b"source\n\xff\xfe\n")
    with pytest.raises(WarehouseError, match="cannot be read"):
        labels.current()
    labels.file.unlink()
    labels.file.mkdir()  # a file that nobody may read would not stop an administrator
    with pytest.raises(WarehouseError, match="cannot be read"):
        labels.all()
    with pytest.raises(WarehouseError):
        labels.add([("desk", "1", "valuable")], "anna")
    with pytest.raises(WarehouseError):
        labels.forget([("desk", "1")])
    with pytest.raises(WarehouseError):
        labels.rename({("desk", "1"): "2"})
