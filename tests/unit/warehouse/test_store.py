"""The store: publishing is one step, readers follow it and never fail, one load at a time."""

import shutil
import threading
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import LoadInProgressError, NoWarehouseError, WarehouseError
from warehouse.store import Reader, Store

READERS, PUBLISHES = 20, 50


def publish(store: Store, number: int) -> Path:
    """Publish a version whose two tables hold the same number."""
    with store.writing() as building:
        with duckdb.connect(building) as connection:
            connection.execute(f"create table one as select {number} as n from range(1000)")
            connection.execute(f"create table two as select {number} as n from range(1000)")
            connection.execute("checkpoint")
        return store.publish(building)


def number_in(reader: Reader) -> int:
    with reader.backend() as backend:
        (row,) = backend.con.execute(
            "select min(one.n), max(one.n), (select min(n) from two), (select max(n) from two),"
            " count(*) from one"
        ).fetchall()
    assert len(set(row[:4])) == 1, "half a load was seen"
    assert row[4] == 1000
    return int(row[0])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "warehouse")


def test_an_empty_folder_has_no_version(store: Store) -> None:
    assert store.current_file() is None
    with pytest.raises(NoWarehouseError, match="samenspel load"):
        Reader(store).version()


def test_a_reader_moves_to_the_new_version_by_itself(store: Store) -> None:
    publish(store, 1)
    reader = Reader(store)
    first = reader.version()
    assert number_in(reader) == 1
    publish(store, 2)
    assert number_in(reader) == 2
    assert reader.version() != first


def test_a_question_under_way_keeps_its_version(store: Store) -> None:
    publish(store, 1)
    reader = Reader(store)
    with reader.backend() as backend:
        for number in (2, 3, 4):
            publish(store, number)
        assert backend.con.execute("select max(n) from one").fetchone() == (1,)
    assert number_in(reader) == 4


def test_a_question_knows_the_version_that_it_is_asked_of(store: Store) -> None:
    """Also where a load is published between asking and answering."""
    first = publish(store, 1).stem
    reader = Reader(store)
    with reader.versioned() as (version, backend):
        second = publish(store, 2).stem
        assert reader.version() == second
        assert version == first
        assert backend.con.execute("select max(n) from one").fetchone() == (1,)
    with reader.versioned() as (version, backend):
        assert version == second
        assert backend.con.execute("select max(n) from one").fetchone() == (2,)


def test_two_readers_in_one_process(store: Store) -> None:
    publish(store, 1)
    assert number_in(Reader(store)) == number_in(Reader(store)) == 1


def test_readers_never_fail_while_versions_come_and_go(store: Store) -> None:
    """20 readers, 50 publishes; each reader opens anew now and then, as another process would."""
    publish(store, 0)
    done = threading.Event()
    failures: list[BaseException] = []
    seen: list[int] = []

    def read() -> None:
        last = 0
        try:
            reader, questions = Reader(store, connections=1), 0
            while not done.is_set() or last < PUBLISHES:
                number = number_in(reader)
                assert number >= last, "went back to an older version"
                last, questions = number, questions + 1
                if questions % 5 == 0:
                    reader = Reader(store, connections=1)
        except BaseException as error:  # noqa: BLE001  # told below, whatever it is
            failures.append(error)
        seen.append(last)

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for number in range(1, PUBLISHES + 1):
        publish(store, number)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen == [PUBLISHES] * READERS


def test_a_version_that_goes_between_pointer_and_opening_is_let_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The narrow moment itself, made wide: two publishes right after the pointer was read."""
    publish(store, 1)
    real = Store.current_file
    interruptions = iter([(2, 3)])

    def interrupted(self: Store) -> Path | None:
        file = real(self)
        numbers = next(interruptions, ())
        monkeypatch.setattr(Store, "current_file", real)
        for number in numbers:
            publish(self, number)
        return file

    monkeypatch.setattr(Store, "current_file", interrupted)
    assert number_in(Reader(store)) == 3


def test_old_versions_go_and_the_one_before_stays(store: Store) -> None:
    files = [publish(store, number) for number in range(4)]
    assert [file.exists() for file in files] == [False, False, True, True]


def test_a_second_load_says_so(store: Store) -> None:
    with store.writing(), pytest.raises(LoadInProgressError, match="another load"), store.writing():
        pass


def test_what_a_killed_load_left_is_swept(store: Store) -> None:
    publish(store, 1)
    versions = store.folder / "versions"
    for name in ("x.duckdb.building", "x.duckdb.building.wal", "copy-1.building"):
        (versions / name).write_bytes(b"left")
    (versions / "x.duckdb.building.spill").mkdir()
    (versions / "x.duckdb.building.spill" / "block").write_bytes(b"left")
    with store.writing():
        assert [file.suffix for file in versions.iterdir()] == [".duckdb"]


def test_a_version_that_was_not_closed_is_not_published(store: Store) -> None:
    with store.writing() as building:
        connection = duckdb.connect(building)
        connection.execute("create table one as select 1 as n")
        with pytest.raises(WarehouseError, match="not closed"):
            store.publish(building)
        connection.close()
    assert store.current_file() is None


def test_a_lost_version_is_named(store: Store) -> None:
    publish(store, 1).unlink()
    with pytest.raises(WarehouseError, match="not there"):
        store.current_file()
    with pytest.raises(WarehouseError, match="not there"):
        Reader(store).version()


@pytest.mark.parametrize("content", ["../../etc/passwd", "", "x.duckdb", "\xff"])
def test_a_pointer_to_nowhere_is_named_and_the_newest_version_answers(
    store: Store, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    publish(store, 1)
    publish(store, 2)
    (store.folder / "CURRENT").write_bytes(content.encode("latin-1"))
    assert number_in(Reader(store)) == 2
    assert store.is_behind()
    assert "damaged or missing" in caplog.text
    publish(store, 3)
    assert not store.is_behind()


def test_names_follow_the_order_of_publishing_whatever_the_clock_says(store: Store) -> None:
    """Three within a second, and after one from the future, as when a clock is put right."""
    files = [publish(store, number) for number in range(3)]
    future = files[-1].rename(files[-1].with_name("20990101T000000-000000.duckdb"))
    (store.folder / "CURRENT").write_text(future.name)
    files.append(publish(store, 3))
    assert files == sorted(files)
    assert files[-1].name > future.name


def test_a_damaged_version_is_named(store: Store) -> None:
    file = publish(store, 1)
    file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(WarehouseError, match="damaged"):
        Reader(store).version()


def test_the_version_before_a_damaged_one_answers(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    publish(store, 1)
    file = publish(store, 2)
    whole = file.read_bytes()
    file.write_bytes(b"no database at all" * 1000)
    reader = Reader(store)
    assert [number_in(reader), number_in(reader)] == [1, 1]
    assert caplog.text.count(file.name) == 1
    file.write_bytes(whole)
    assert number_in(reader) == 2, "a version put back from a copy is read"


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/hostname')",
        "copy (select 1) to 'x.csv'",
        "attach 'x.duckdb' as other",
        "create table warehouse.other as select 1",
        "delete from one",
        "set threads = 1",
        "install httpfs",
    ],
)
def test_a_reading_connection_can_only_read(store: Store, query: str) -> None:
    publish(store, 1)
    with Reader(store).backend() as backend, pytest.raises(duckdb.Error):
        backend.con.execute(query)


def test_a_copy_of_the_folder_is_a_backup(store: Store, tmp_path: Path) -> None:
    publish(store, 7)
    with store.writing() as building:
        building.write_bytes(b"half a version")
        shutil.copytree(store.folder, tmp_path / "copy")
    assert number_in(Reader(Store(tmp_path / "copy"))) == 7
    assert number_in(Reader(store)) == 7
