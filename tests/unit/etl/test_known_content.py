import hashlib
import os
import time
from pathlib import Path

import pytest

from etl import known_content
from etl.known_content import KnownContent


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Which files were really read."""
    read: list[Path] = []
    real = known_content.content_hash

    def counted(path: Path) -> str:
        read.append(path)
        return real(path)

    monkeypatch.setattr(known_content, "content_hash", counted)
    return read


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log that lies there for a minute already: the clock is put forward."""
    file = tmp_path / "log.csv"
    file.write_bytes(b"a;b\n1;2\n")
    later = time.time() + 60
    monkeypatch.setattr(known_content.time, "time", lambda: later)
    return file


def hash_once(note: Path, file: Path) -> str:
    known = KnownContent(note)
    content = known.hash_of(file)
    known.write()
    return content


def test_what_did_not_change_is_read_once(tmp_path: Path, log: Path, hashed: list[Path]) -> None:
    note = tmp_path / "note.json"
    contents = {hash_once(note, log) for _ in range(3)}
    assert contents == {hashlib.sha256(log.read_bytes()).hexdigest()}
    assert hashed == [log]


def test_what_changed_is_read_again_with_equal_size_and_time(
    tmp_path: Path, log: Path, hashed: list[Path]
) -> None:
    note, before = tmp_path / "note.json", log.stat()
    first = hash_once(note, log)
    log.write_bytes(b"a;b\n1;3\n")
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert hash_once(note, log) == hashlib.sha256(b"a;b\n1;3\n").hexdigest() != first
    assert len(hashed) == 2


def test_what_changed_just_now_is_not_noted(tmp_path: Path, hashed: list[Path]) -> None:
    fresh = tmp_path / "fresh.csv"
    fresh.write_bytes(b"a\n")
    for _ in range(2):
        hash_once(tmp_path / "note.json", fresh)
    assert len(hashed) == 2


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff\xfe", b"[]", b'{"x": 1}', b'{"x": [1, 2]}', b'{"\\u0000": ["a", []]}'],
)
def test_a_note_of_garbage_is_as_none(
    tmp_path: Path, log: Path, hashed: list[Path], garbage: bytes
) -> None:
    note = tmp_path / "note.json"
    note.write_bytes(garbage)
    assert hash_once(note, log) == hash_once(note, log)
    assert len(hashed) == 1


def test_a_note_that_cannot_be_written_is_no_matter(tmp_path: Path, log: Path) -> None:
    assert hash_once(tmp_path / "nowhere" / "note.json", log)


def test_what_another_load_did_not_look_at_stays_known(
    tmp_path: Path, log: Path, hashed: list[Path]
) -> None:
    note, other = tmp_path / "note.json", tmp_path / "other.csv"
    other.write_bytes(b"a;b\n3;4\n")
    hash_once(note, log)
    hash_once(note, other)
    assert hashed == [log, other]
    hash_once(note, log)
    hash_once(note, other)
    assert hashed == [log, other]


def test_what_was_removed_or_changed_since_is_known_no_longer(
    tmp_path: Path, log: Path, hashed: list[Path]
) -> None:
    note, gone = tmp_path / "note.json", tmp_path / "gone.csv"
    gone.write_bytes(b"a;b\n3;4\n")
    hash_once(note, gone)
    gone.unlink()
    hash_once(note, log)
    assert str(gone) not in note.read_text()
    hash_once(note, log)
    assert hashed == [gone, log]


def test_a_file_that_vanishes_while_it_is_loaded_is_no_matter(
    tmp_path: Path, log: Path, hashed: list[Path]
) -> None:
    known = KnownContent(tmp_path / "note.json")
    known.hash_of(log)
    log.unlink()
    known.write()
    assert hashed == [log]
