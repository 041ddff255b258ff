"""A disk that is full, a folder that may not be written, a system file that may not be read."""

import codecs
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import Folder, refused

pytestmark = pytest.mark.slow

NOBODY = 65534
HEADER = "start;channel;service\n"
as_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root: mounts, or gives up its rights")


def rows(count: int, first: int = 0) -> str:
    return "".join(
        f"2024-05-{i % 28 + 1:02} {i // 60 % 24:02}:{i % 60:02};phone;dienst {i * 7919 % 10007}\n"
        for i in range(first, first + count)
    )


class SmallDisk:
    """A real file system of a few megabytes, in memory.

    Args:
        place: folder to mount it on.
        mebibytes: its size.
    """

    def __init__(self, place: Path, mebibytes: int) -> None:
        self.place = place
        place.mkdir()
        if not self._mount("-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(place)):
            pytest.skip("this machine does not let root mount (a container without the right)")

    def _mount(self, *arguments: str) -> bool:
        return (
            subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
        )

    def grow(self, mebibytes: int) -> None:
        """Make room."""
        assert self._mount("-o", f"remount,size={mebibytes}m", str(self.place))

    def set_read_only(self, *, is_read_only: bool) -> None:
        """Let nobody write, or let them again."""
        assert self._mount("-o", f"remount,{'ro' if is_read_only else 'rw'}", str(self.place))

    def unmount(self) -> None:
        """Take it away."""
        subprocess.run(["umount", "--lazy", str(self.place)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk", 12)
    yield disk
    disk.unmount()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A log, with its warehouse on whatever stands at `disk`."""
    folder = Folder(tmp_path, tmp_path / "disk" / "warehouse")
    folder.configure(columns='service = "service"')
    folder.write(HEADER + rows(500), "a.csv")
    return folder


@as_root
@pytest.mark.parametrize("odd", ["", '2024-05-01 10:00;"open\n'], ids=["direct", "line by line"])
def test_a_full_disk_is_said_and_with_room_the_same_load_goes_through(
    small_disk: SmallDisk, folder: Folder, odd: str
) -> None:
    """A real file system with no room left, for the new version and what spills beside it."""
    assert folder.load().status == 0
    before = folder.store.current_file()
    folder.write(HEADER + odd + rows(60_000, first=1000), "b.csv")
    refused(folder.load(), "the disk is full", "Make room")
    assert folder.store.current_file() == before
    folder.check()
    assert folder.query("select count(*) from contact") == [(500,)]
    small_disk.grow(400)
    refused_rows = 1 if odd else 0
    assert folder.load().totals == (60_000 + refused_rows, 60_000, 0, refused_rows)
    folder.check()


@as_root
def test_a_full_disk_from_the_first_load_on(small_disk: SmallDisk, folder: Folder) -> None:
    full = small_disk.place / "other"
    full.write_bytes(bytes(12 * 2**20 - 4096))
    refused(folder.load(), "the disk is full", "Make room")
    full.unlink()
    assert folder.load().totals == (500, 500, 0, 0)
    folder.check()


@as_root
def test_a_full_temporary_folder_is_in_no_load_s_way(small_disk: SmallDisk, tmp_path: Path) -> None:
    """Copies and what spills lie beside the warehouse, not in the system's temporary folder."""
    (small_disk.place / "other").write_bytes(bytes(12 * 2**20 - 4096))
    folder = Folder(tmp_path)
    folder.configure(columns='service = "service"')
    folder.write((HEADER + rows(5000)).encode("utf-16"), "a.csv")
    result = folder.load(setup=use_temporary_folder, given=(small_disk.place,))
    assert (result.status, result.totals) == (0, (5000, 5000, 0, 0)), result.err
    folder.check()


def use_temporary_folder(place: Path) -> None:
    os.environ["TMPDIR"] = tempfile.tempdir = str(place)


@as_root
def test_a_file_system_that_became_read_only(small_disk: SmallDisk, folder: Folder) -> None:
    small_disk.grow(400)
    assert folder.load().status == 0
    small_disk.set_read_only(is_read_only=True)
    folder.write(HEADER + rows(10, first=900), "b.csv")
    refused(folder.load(), "permission", "--warehouse")
    question = folder.run("kpi", "--metric", "contacts", "--format", "csv")
    assert (question.status, "500" in question.out) == (0, True), question.err
    small_disk.set_read_only(is_read_only=False)
    assert folder.load().totals == (10, 10, 0, 0)
    folder.check()


def become_nobody() -> None:
    """Give up this process's rights: it is another user from here on.

    Codecs are looked up before, where Python itself may lie in a folder of root.
    """
    for name in ("utf-8-sig", "windows-1252", "ascii"):
        codecs.lookup(name)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


@pytest.fixture
def open_folder() -> Iterator[Folder]:
    """A log and its warehouse where every user may look in."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Folder(Path(name))
        folder.configure(columns='service = "service"')
        folder.write(HEADER + rows(500), "a.csv")
        for file in (".out", ".err", ".peak"):
            (folder.path / file).touch()
        yield folder


@as_root
def test_a_user_without_right_to_write_reads_but_cannot_load(open_folder: Folder) -> None:
    folder = open_folder
    assert folder.load().status == 0
    folder.write(HEADER + rows(10, first=900), "b.csv")
    refused(folder.load(setup=become_nobody), "permission", "--warehouse")
    question = folder.run("kpi", "--metric", "contacts", "--format", "csv", setup=become_nobody)
    assert (question.status, "500" in question.out) == (0, True), question.err
    assert folder.load().totals == (10, 10, 0, 0)
    folder.check()


@as_root
@pytest.mark.parametrize(
    ("secret", "command", "says", "status"),
    [
        ("b.csv", "load", "b.csv", 1),
        ("samenspel.toml", "load", "samenspel.toml", 2),
        (".samenspel/CURRENT", "kpi", "CURRENT", 1),
        (".samenspel/versions", "kpi", ".samenspel", 1),
    ],
)
def test_what_may_not_be_read_is_named(
    open_folder: Folder, secret: str, command: str, says: str, status: int
) -> None:
    folder = open_folder
    assert folder.load().status == 0
    folder.write(HEADER + rows(10, first=900), "b.csv")
    for place in (folder.store.folder, *folder.store.folder.rglob("*")):
        shutil.chown(place, NOBODY, NOBODY)
    hidden = folder.path / secret
    mode = hidden.stat().st_mode
    shutil.chown(hidden, 0, 0)
    hidden.chmod(0o700 if hidden.is_dir() else 0o600)
    refused(folder.run(command, setup=become_nobody), says, status=status)
    hidden.chmod(mode)
    assert folder.load().totals == (10, 10, 0, 0)
    folder.check()


def limit_files(size: int) -> None:
    """Have the system refuse to let a file grow beyond this size."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_file_that_may_not_grow_is_the_same_as_a_full_disk(folder: Folder) -> None:
    """Without root, and where the quota is of a user: each file has a limit."""
    assert folder.load().status == 0
    folder.write((HEADER + rows(30_000, first=900)).encode("utf-16"), "b.csv")
    refused(folder.load(setup=limit_files, given=(1_000_000,)), "the disk is full", "Make room")
    assert folder.query("select count(*) from contact") == [(500,)]
    assert folder.load().totals == (30_000, 30_000, 0, 0)
    folder.check()


def limit_memory(bytes_left: int) -> None:
    """Let this process have so much memory beyond what it holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + bytes_left
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def test_memory_that_runs_out_is_said(folder: Folder) -> None:
    assert folder.load().status == 0
    folder.write(HEADER + rows(100_000, first=900), "b.csv")
    result = folder.load(setup=limit_memory, given=(150 * 2**20,))
    refused(result, "memory ran out", "Close other programs")
    assert folder.load().totals == (100_000, 100_000, 0, 0)
    folder.check()
