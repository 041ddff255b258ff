"""A damaged warehouse: noticed, named, answered from the version before, mended by a load."""

import json
import shutil
from pathlib import Path
from random import Random

import duckdb
import pytest

from etl.accounts import verify
from tests.commands import Folder, refused

pytestmark = pytest.mark.slow


def lines(first: int, count: int) -> str:
    rows = (
        f"{i};2024-05-{i % 28 + 1:02} 1{i % 9}:00;{'phone' if i % 3 else 'chat'};dienst {i % 5}\n"
        for i in range(first, first + count)
    )
    return "id;start;channel;service\n" + "".join(rows)


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two logs and two versions: of the first log, and of both."""
    folder = Folder(tmp_path_factory.mktemp("two"))
    folder.configure(columns='contact_id = "id"\nservice = "service"')
    for name, first in (("a.csv", 0), ("b.csv", 2000)):
        folder.write(lines(first, 2000), name)
        assert folder.load().status == 0
    return folder.path


@pytest.fixture
def folder(two_versions: Path, tmp_path: Path) -> Folder:
    shutil.copytree(two_versions, tmp_path / "copy")
    return Folder(tmp_path / "copy")


def in_force(folder: Folder) -> Path:
    file = folder.store.named_file()
    assert file is not None
    return file


def contacts(folder: Folder) -> int:
    """What `samenspel kpi` counts."""
    result = folder.run("kpi", "--metric", "contacts", "--format", "json")
    assert result.status == 0, result.err
    (record,) = json.loads(result.out)
    return int(record["value"])


def flip(file: Path, position: int, bit: int) -> None:
    content = bytearray(file.read_bytes())
    content[position] ^= 1 << bit
    file.write_bytes(content)


DAMAGES = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "no database": lambda content: b"no database at all" * 1000,
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_version_before_answers_and_the_next_load_mends(folder: Folder, kind: str) -> None:
    broken = in_force(folder)
    broken.write_bytes(DAMAGES[kind](broken.read_bytes()))
    said = folder.run("kpi", "--metric", "contacts", "--format", "json")
    assert (said.status, json.loads(said.out)[0]["value"]) == (0, 2000)
    assert "warning" in said.err
    assert broken.name in said.err
    assert len(said.err.splitlines()) == 1
    doctor = folder.run("doctor")
    assert doctor.status == 1
    assert "damaged and an earlier one answers; load again" in doctor.out
    mended = folder.load()
    assert (mended.status, mended.totals) == (0, (2000, 2000, 0, 0))
    assert broken.name in mended.err
    folder.check()
    assert contacts(folder) == 4000
    assert not broken.exists()


def test_each_block_in_turn_damaged_gives_right_figures_or_those_before(folder: Folder) -> None:
    """The engine sees a damaged block when a question needs it, also half way the command."""
    file, seen = in_force(folder), set()
    content = file.read_bytes()
    for position in range(12288 + 100, len(content), 262144):
        flip(file, position, 0)
        said = folder.run("kpi", "--metric", "contacts", "repeat_share", "--format", "json")
        assert said.status == 0, said.err
        value = json.loads(said.out)[0]["value"]
        assert value == (2000 if "warning" in said.err else 4000)
        seen.add(value)
        file.write_bytes(content)
    assert seen == {2000, 4000}


def places(file: Path, table: str) -> list[int]:
    """Where in the file the blocks of a table lie: after three headers of 4 KiB, 256 KiB each."""
    with duckdb.connect(file, read_only=True) as connection:
        found = connection.execute(
            "select distinct block_id from pragma_storage_info(?) where block_id >= 0", [table]
        ).fetchall()
    return sorted(12288 + 262144 * block + 64 for (block,) in found)


def test_damage_is_never_carried_on_to_a_new_version(folder: Folder) -> None:
    """A load reads all of what it copies, also what no question would."""
    chance, file = Random(19), in_force(folder)
    aside = folder.set_aside()
    copied = places(file, "loaded_contact")
    derived = sorted(set(places(file, "contact")) - set(copied))
    for position in (chance.choice(copied), chance.choice(derived)):
        shutil.rmtree(folder.store.folder)
        shutil.copytree(aside, folder.store.folder)
        flip(file, position, chance.randrange(8))
        folder.write(lines(4000, 10), "c.csv")
        report = folder.load()
        assert (report.status, report.totals) == (0, (2010, 2010, 0, 0)), report.err
        folder.check()
        assert folder.query("select count(*), count(distinct contact_id) from contact") == [
            (4010, 4010)
        ]


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 40, b"\xff\xfe", b"../../etc/passwd", b"x.duckdb"]
)
def test_a_pointer_of_garbage_is_named_and_mended(folder: Folder, content: bytes) -> None:
    pointer = folder.store.folder / "CURRENT"
    pointer.write_bytes(content)
    said = folder.run("kpi", "--metric", "contacts", "--format", "json")
    assert json.loads(said.out)[0]["value"] == 4000
    assert "warning" in said.err
    folder.write(lines(4000, 10), "c.csv")
    assert folder.load().totals == (10, 10, 0, 0)
    assert "warning" not in folder.run("kpi", "--metric", "contacts").err
    folder.check()


def test_without_a_version_before_it_says_how_to_go_on(folder: Folder) -> None:
    for file in (folder.store.folder / "versions").iterdir():
        file.write_bytes(b"no database at all" * 1000)
    for command in (
        ("kpi",),
        ("load",),
        ("rejects",),
        ("export", "--month", "2024-05", "--out", "x"),
    ):
        refused(folder.run(*command), "damaged", "load again")
    shutil.rmtree(folder.store.folder)
    assert folder.load().totals == (4000, 4000, 0, 0)


def test_what_only_the_damaged_version_holds_is_not_forgotten_without_a_word(
    folder: Folder,
) -> None:
    """The log of the damaged version is gone: going back to the version before would lose it."""
    file = in_force(folder)
    flip(file, places(file, "loaded_contact")[0], 0)
    (folder.path / "b.csv").rename(folder.path / "gone")
    folder.write(lines(4000, 10), "c.csv")
    refused(folder.load(), "1 files", "Put them back", "restore")
    (folder.path / "gone").rename(folder.path / "b.csv")
    assert folder.load().totals == (2010, 2010, 0, 0)
    folder.check()


def test_a_copy_made_while_loading_opens_elsewhere(folder: Folder, tmp_path: Path) -> None:
    """The copy is a backup, at whatever moment it is made; the load goes on undisturbed."""
    folder.write(lines(4000, 500), "c.csv")
    copies = tmp_path / "copies"
    copies.mkdir()
    report = folder.load(setup=copy_at_each_step, given=(folder.store.folder, copies))
    assert report.totals == (500, 500, 0, 0)
    made = sorted(copies.iterdir())
    assert len(made) >= 6
    seen = []
    for copy in made:
        elsewhere = Folder(folder.path, copy)
        file = elsewhere.store.current_file()
        assert file is not None
        verify(file)
        seen.append(elsewhere.query("select count(*) from contact")[0][0])
    assert set(seen) == {4000, 4500}
    assert seen == sorted(seen)
    restored = Folder(folder.path, made[0])
    assert restored.load().totals == (500, 500, 0, 0)
    restored.check()


def copy_at_each_step(store: Path, copies: Path) -> None:
    """Have this process copy the warehouse's folder at each step of its load."""
    import etl.load
    from warehouse.store import Store

    def copying(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def step(*arguments: object, **named: object) -> object:
            result = real(*arguments, **named)
            shutil.copytree(store, copies / f"{len(list(copies.iterdir())):02}")
            return result

        setattr(owner, name, step)

    for name in ("open_database", "number_rows", "write_meta", "materialise", "verify"):
        copying(etl.load, name)
    copying(Path, "rename")
    copying(Path, "replace")
    copying(Store, "publish")
