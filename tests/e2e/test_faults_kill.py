"""Killed in each phase of a load, exactly: on going in, and on coming out.

The loading process kills itself with SIGKILL, so no handler, buffer or lock is tidied. Until the
pointer is replaced the old version stands; from then on the new one does. Nothing in between.
"""

import importlib
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Folder

pytestmark = pytest.mark.slow

PHASES = {
    "looking for files": ("etl.load", "find_files"),
    "hashing": ("etl.known_content", "content_hash"),
    "history": ("etl.load", "read_history"),
    "copying the old version": ("shutil", "copyfile"),
    "opening": ("etl.load", "open_database"),
    "reading, line by line": ("etl.sources.csv", "_Reading.read"),
    "reading, directly": ("etl.sources.csv", "_Reading.view"),
    "gate": ("etl.gate", "Passage.go"),
    "gate, writing": ("etl.gate", "Passage._insert"),
    "gate, refusing": ("etl.gate", "Passage._refuse"),
    "numbering": ("etl.load", "number_rows"),
    "accounts": ("etl.load", "write_accounts"),
    "facts": ("etl.load", "write_meta"),
    "deriving": ("etl.materialise", "derive"),
    "cubes": ("etl.materialise", "make_cubes"),
    "materialising": ("etl.load", "materialise"),
    "noting what is known": ("etl.known_content", "KnownContent.write"),
    "verifying": ("etl.load", "verify"),
    "sealing": ("warehouse.seal", "write"),
    "publishing": ("warehouse.store", "Store.publish"),
    "flushing": ("warehouse.store", "_sync"),
    "renaming": ("pathlib", "Path.rename"),
    "writing the pointer": ("pathlib", "Path.write_text"),
    "replacing the pointer": ("pathlib", "Path.replace"),
    "removing old versions": ("pathlib", "Path.unlink"),
    "sweeping": ("warehouse.store", "Store._sweep"),
}
"""Phase = module and function."""
POINTER = "CURRENT.new"
"""The pointer as it is written, before it takes the old one's place."""
CHECKPOINTS = 2
WAITING = (601, 600, 0, 1)
"""Read, loaded, duplicate, rejected of the logs that wait."""
NEW_STANDS = {
    ("replacing the pointer", "out"),
    ("removing old versions", "in"),
    ("removing old versions", "out"),
    ("publishing", "out"),
}


def die() -> None:
    """End this process at once, as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(owner: Any, name: str, moment: str, is_meant: Callable[..., bool]) -> None:
    real = getattr(owner, name)

    def dying(*arguments: Any, **named: Any) -> Any:
        if not is_meant(*arguments):
            return real(*arguments, **named)
        if moment == "in":
            die()
        result = real(*arguments, **named)
        die()
        return result

    setattr(owner, name, dying)


def _is_pointer(file: Path, *_: Any) -> bool:
    return file.name == POINTER


def die_in(phase: str, moment: str) -> None:
    """Have this process kill itself where the phase begins ("in") or is done ("out")."""
    module, path = PHASES[phase]
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    is_meant = _is_pointer if phase.endswith("the pointer") else lambda *_: True
    _die_at(owner, name, moment, is_meant)


def die_at_checkpoint(number: int, moment: str) -> None:
    """Have this process kill itself at the checkpoint of this number, from 1."""
    import etl.load

    left = iter(range(1, number + 1))
    _die_at(
        etl.load,
        "run",
        moment,
        lambda _, statement, *__: statement == "CHECKPOINT" and next(left) == number,
    )


def die_half_way_through_the_copy() -> None:
    """Have this process kill itself when half of the old version is copied."""

    def copy_half(source: Path, target: Path) -> None:
        content = source.read_bytes()
        target.write_bytes(content[: len(content) // 2])
        die()

    shutil.copyfile = copy_half  # type: ignore[assignment]


def die_with_half_a_pointer() -> None:
    """Have this process kill itself with the new pointer half written."""
    whole = Path.write_text

    def write_half(self: Path, text: str, **named: Any) -> int:
        if not _is_pointer(self):
            return whole(self, text, **named)
        self.write_bytes(text[: len(text) // 2].encode())
        die()
        return 0

    Path.write_text = write_half  # type: ignore[method-assign,assignment]


COLUMNS = """contact_id = "id"
service = "service"
[source.identifiers]
customer = "who\""""


def lines(first: int, count: int) -> str:
    return "".join(
        f"{i};2024-05-{i % 28 + 1:02} 1{i % 9}:00;{'phone' if i % 3 else 'chat'};"
        f"dienst {i % 5};K{i % 40}\n"
        for i in range(first, first + count)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two versions are there; two logs wait, one for each way of reading."""
    folder = Folder(tmp_path)
    folder.configure(columns=COLUMNS)
    header = "id;start;channel;service;who\n"
    for name, first in (("a.csv", 0), ("b.csv", 300)):
        folder.write(header + lines(first, 300), name)
        assert folder.load().status == 0
    folder.write(header + lines(600, 300), "c.csv")
    folder.write(header + lines(900, 300) + 'x;"open\n', "d.csv")
    return folder


FIGURES = {
    "files": "select file_name, read_count, loaded_count, duplicate_count, rejected_count"
    " from load_file",
    "contacts": "select channel, service, count(*), sum(is_repeat::int),"
    " count(distinct customer_id) from contact group by all",
    "cube": "select * from cube_month",
    "rejects": 'select line, "column", reason from reject',
}


def figures(folder: Folder) -> dict[str, list[str]]:
    """What the published version holds."""
    return {name: sorted(map(str, folder.query(query))) for name, query in FIGURES.items()}


DEATHS = [
    *((die_in, (phase, moment)) for phase in PHASES for moment in ("in", "out")),
    *((die_at_checkpoint, (n + 1, m)) for n in range(CHECKPOINTS) for m in ("in", "out")),
    (die_half_way_through_the_copy, ()),
    (die_with_half_a_pointer, ()),
]
OLD_STANDS = [death for death in DEATHS if death[1] not in NEW_STANDS and "out" not in death[1]]
"""Where one phase ends another begins, so by day each is entered and none is left."""


def kill(folder: Folder, death: tuple[Callable[..., None], tuple[Any, ...]]) -> None:
    """Have a load die."""
    setup, given = death
    died = folder.load(setup=setup, given=given)
    assert died.status == -signal.SIGKILL, (given, died.err)


def test_killed_in_each_phase_in_turn_the_old_version_stands_and_nothing_needs_repair(
    folder: Folder,
) -> None:
    """Each load begins on what the one before left behind; the last, undisturbed, is whole."""
    before, old = figures(folder), folder.store.current_file()
    for death in OLD_STANDS:
        kill(folder, death)
        assert folder.store.current_file() == old, death
        assert figures(folder) == before, death
    assert folder.load().totals == WAITING
    folder.check()


def test_killed_once_the_pointer_is_replaced_the_new_version_stands(folder: Folder) -> None:
    old = folder.store.current_file()
    kill(folder, (die_in, ("replacing the pointer", "out")))
    assert folder.store.current_file() != old
    accounts = "select sum(read_count), sum(loaded_count), sum(rejected_count) from load_file"
    assert folder.query(accounts) == [(1201, 1200, 1)]
    assert folder.query("select count(*) from contact") == [(1200,)]
    again = folder.load()
    assert (again.status, again.totals) == (0, (0, 0, 0, 0))
    folder.check()


@pytest.mark.night
def test_after_each_kill_an_ordinary_load_makes_the_same_version(folder: Folder) -> None:
    aside = folder.set_aside()
    assert folder.load().totals == WAITING
    after = figures(folder)
    for death in DEATHS:
        shutil.rmtree(folder.store.folder)
        shutil.copytree(aside, folder.store.folder)
        kill(folder, death)
        again = folder.load()
        assert again.totals == ((0, 0, 0, 0) if death[1] in NEW_STANDS else WAITING), death
        assert figures(folder) == after, death
        folder.check()
