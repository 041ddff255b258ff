"""Loads as processes: killed at random moments, two at once, on a disk that takes no more."""

import multiprocessing
import random
import resource
import signal
import time
from pathlib import Path

import pytest

import etl.load
from etl.accounts import verify
from tests.loading import KEY, PLAIN, Bench, counts
from warehouse.errors import LoadInProgressError, SamenspelError
from warehouse.settings import Settings
from warehouse.store import Reader, Store

pytestmark = pytest.mark.slow

KILLS = 20
PLANTED = ("123456782", "0612345678", "iemand@voorbeeld.example")
SOURCE = {
    "path": "*.csv",
    "columns": {**PLAIN, "contact_id": "id", "service": "service"},
    "identifiers": {"bsn": "b", "phone": "p", "email": "e"},
}


def processes() -> multiprocessing.context.ForkServerContext:
    """Processes that start with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["etl.load", "tests.loading"])
    return context


def write_log(bench: Bench, name: str, first: int, rows: int, *, odd: str = "") -> None:
    lines = [
        f"{i};2024-{i % 12 + 1:02}-{i % 28 + 1:02} 1{i % 9}:00;{'phone' if i % 3 else 'chat'};"
        f"dienst {i % 20};{';'.join(PLANTED) if i % 50 == 0 else ';;'}"
        for i in range(first, first + rows)
    ]
    bench.write("\n".join(["id;start;channel;service;b;p;e", *lines, odd]), name)


def load_in_process(settings: Settings, folder: Path, store: Path) -> None:
    etl.load.load(settings, folder, Store(store), key=KEY)


@pytest.fixture
def loaded(tmp_path: Path) -> Bench:
    """A warehouse with one file, and a second file waiting; it takes both roads to load it."""
    bench = Bench(tmp_path)
    write_log(bench, "a.csv", 0, 1000)
    bench.load(SOURCE)
    write_log(bench, "b.csv", 1000, 20_000)
    write_log(bench, "c.csv", 21_000, 10_000, odd='x;"open')
    return bench


def figures(bench: Bench) -> dict[str, list[tuple[object, ...]]]:
    """What the warehouse holds, as far as it does not depend on the clock."""
    queries = {
        "files": "select file_name, read_count, loaded_count, duplicate_count, rejected_count"
        " from load_file order by 1",
        "contacts": "select channel, service, count(*), min(started_at), count(bsn_key)"
        " from loaded_contact group by 1, 2 order by 1, 2",
        "derived": "select channel, count(*), sum(is_repeat::int), count(customer_id)"
        " from contact group by 1 order by 1",
        "rejects": 'select line, "column", reason from reject order by 1',
    }
    return {
        name: list(bench.table(query).astype("string").itertuples(index=False, name=None))
        for name, query in queries.items()
    }


@pytest.mark.slow
def test_killed_at_any_moment_the_old_warehouse_stands(loaded: Bench, tmp_path: Path) -> None:
    settings = loaded.settings(SOURCE)
    undisturbed = Bench(tmp_path)
    undisturbed.store = Store(tmp_path / "undisturbed")
    before, version = figures(loaded), loaded.store.current_file()
    began = time.monotonic()
    undisturbed.load({**SOURCE, "path": "a.csv"})
    middle = time.monotonic()
    undisturbed.load(SOURCE)
    duration = time.monotonic() - middle
    assert middle > began
    context, chance, killed, amid = processes(), random.Random(20), 0, 0
    while killed < KILLS:
        process = context.Process(
            target=load_in_process, args=(settings, loaded.folder, loaded.store.folder)
        )
        process.start()
        process.join(chance.uniform(0.02, 0.9) * duration)
        if process.is_alive():
            process.kill()
            process.join()
        if process.exitcode == 0:  # done before it could be killed: put the old one back
            loaded.store.folder.joinpath("CURRENT").write_text(f"{version.name}\n")
            continue
        assert process.exitcode == -signal.SIGKILL
        killed += 1
        amid += any(loaded.store.folder.rglob("*.building"))
        assert loaded.store.current_file() == version
        verify(version)
        for file in loaded.store.folder.rglob("*"):
            content = file.read_bytes() if file.is_file() else b""
            assert not any(value.encode() in content for value in PLANTED), file.name
    assert amid >= KILLS // 2, "hardly any load had begun to write when it was killed"
    assert figures(loaded) == before
    report = loaded.load(SOURCE)
    assert counts(report) == (30_001, 30_000, 0, 1)
    assert figures(loaded) == figures(undisturbed)
    kept = {file.name for file in (loaded.store.folder / "versions").iterdir()}
    assert kept == {version.name, loaded.store.current_file().name}


class Waiting:
    """A progress that holds the load until it is let go."""

    def __init__(self, started: Path, release: Path) -> None:
        self.started, self.release = started, release

    def start(self, step: str, total: int | None = None) -> None:
        self.started.touch()
        while not self.release.exists():
            time.sleep(0.01)

    def advance(self, done: int) -> None: ...

    def finish(self) -> None: ...


def load_slowly(settings: Settings, folder: Path, store: Path) -> None:
    waiting = Waiting(folder / "started", folder / "release")
    etl.load.load(settings, folder, Store(store), key=KEY, progress=waiting)


def test_of_two_loads_at_once_the_second_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    write_log(bench, "a.csv", 0, 100)
    process = processes().Process(
        target=load_slowly, args=(bench.settings(SOURCE), bench.folder, bench.store.folder)
    )
    process.start()
    while not (tmp_path / "started").exists():
        assert process.is_alive()
        time.sleep(0.01)
    with pytest.raises(LoadInProgressError, match="another load is busy"):
        bench.load(SOURCE)
    (tmp_path / "release").touch()
    process.join()
    assert process.exitcode == 0
    assert bench.load(SOURCE).files[0].already_loaded


def test_readers_answer_during_a_load(loaded: Bench) -> None:
    """What they see is the old version until the new one is whole."""
    reader = Reader(loaded.store)
    process = processes().Process(
        target=load_in_process,
        args=(loaded.settings(SOURCE), loaded.folder, loaded.store.folder),
    )
    process.start()
    seen = set()
    while process.is_alive():
        with reader.backend() as backend:
            seen.add(backend.con.execute("select count(*) from contact").fetchone())
    process.join()
    with reader.backend() as backend:
        seen.add(backend.con.execute("select count(*) from contact").fetchone())
    assert process.exitcode == 0
    assert seen == {(1000,), (31_000,)}


def load_with_little_room(settings: Settings, folder: Path, store: Path, said: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = 1_500_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        etl.load.load(settings, folder, Store(store), key=KEY)
    except SamenspelError as error:
        message = f"{type(error).__name__}: {error}"
        Path(said).write_text(message)


def test_a_disk_that_takes_no_more_is_a_clear_message_and_no_harm(loaded: Bench) -> None:
    version = loaded.store.current_file()
    write_log(loaded, "d.csv", 100_000, 60_000)
    said = loaded.folder / "said.txt"
    process = processes().Process(
        target=load_with_little_room,
        args=(loaded.settings(SOURCE), loaded.folder, loaded.store.folder, str(said)),
    )
    process.start()
    process.join()
    assert process.exitcode == 0
    assert "the disk is full" in said.read_text()
    assert "Make room" in said.read_text()
    assert loaded.store.current_file() == version
    assert loaded.load(SOURCE).has_rejects
    assert loaded.store.current_file() != version
