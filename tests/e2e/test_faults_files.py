"""Files that are not what they seem: one clear line, or every line accounted for; never a crash.

After each: the old figures stand or the new ones do, and an ordinary load goes through.
"""

import gzip
import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.commands import Folder, refused

pytestmark = pytest.mark.slow

HEADER = "start;channel\n"
MEBIBYTE = 2**20
MEMORY = 300 * MEBIBYTE
"""What a load may need beside what it began with, however large the file: engine and buffers."""


def rows(count: int, first: int = 0) -> str:
    return "".join(
        f"2024-05-{i % 28 + 1:02} {i // 60 % 24:02}:{i % 60:02};phone\n"
        for i in range(first, first + count)
    )


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def workbook() -> bytes:
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["start", "channel"])
    sheet.append(["2024-05-01 10:00", "phone"])
    book.save(content)
    return content.getvalue()


def with_password(packed: bytes) -> bytes:
    """Mark a zip's member as locked, as its flags say it (bit 0, in both headers)."""
    locked = bytearray(packed)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[packed.index(signature) + offset] |= 1
    return bytes(locked)


TEXT = (HEADER + rows(2000)).encode()
ZIP = zipped("log.csv", TEXT)
BAD_MEMBER = ZIP[:60] + bytes(64) + ZIP[124:]
IMPOSSIBLE = {
    "zip renamed csv": ("csv", "x.csv", ZIP, "zip"),
    "gz renamed csv": ("csv", "x.csv", gzip.compress(TEXT), "gzip"),
    "xlsx renamed csv": ("csv", "x.csv", workbook(), "xlsx"),
    "parquet renamed csv": ("csv", "x.csv", b"PAR1" + bytes(100), "Parquet"),
    "csv renamed xlsx": ("xlsx", "x.xlsx", TEXT, "workbook"),
    "empty xlsx": ("xlsx", "x.xlsx", b"", "workbook"),
    "half an xlsx": ("xlsx", "x.xlsx", workbook()[:2000], "workbook"),
    "csv renamed parquet": ("parquet", "x.parquet", TEXT, "cannot be read"),
    "empty parquet": ("parquet", "x.parquet", b"", "cannot be read"),
    "csv renamed zip": ("csv", "x.zip", TEXT, "zip"),
    "zip with a bad member": ("csv", "x.zip", BAD_MEMBER, "damaged"),
    "half a zip": ("csv", "x.zip", ZIP[: len(ZIP) // 2], "zip"),
    "zip with a password": ("csv", "x.zip", with_password(ZIP), "password"),
    "empty zip": ("csv", "x.zip", b"", "zip"),
    "csv renamed gz": ("csv", "x.csv.gz", TEXT, "damaged"),
    "half a gz": ("csv", "x.csv.gz", gzip.compress(TEXT)[:-20], "damaged"),
    "gz with wrong bytes": (
        "csv",
        "x.csv.gz",
        gzip.compress(TEXT)[:200] + b"\xff" * 50 + gzip.compress(TEXT)[250:],
        "damaged",
    ),
    "one json object": ("json", "x.json", b'{"a": 1,\n "b": [1]}', "list of records"),
    "half a json list": (
        "json",
        "x.json",
        b'[{"start": "2024-05-01", "channel": "phone"}, {"st',
        "valid JSON",
    ),
    "png as json": ("json", "x.json", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "no JSON"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """One version is there, of one log."""
    folder = Folder(tmp_path)
    folder.configure(path="a.csv")
    folder.write(HEADER + rows(100), "a.csv")
    assert folder.load().status == 0
    return folder


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_cannot_be_read_is_said_in_one_line_and_nothing_changes(
    folder: Folder, case: str
) -> None:
    kind, name, content, says = IMPOSSIBLE[case]
    folder.write(content, name)
    folder.configure(kind=kind, path=name)
    before = folder.store.current_file()
    result = folder.load()
    refused(result, name, says, status=2 if case == "one json object" else 1)
    assert folder.store.current_file() == before
    folder.check()
    folder.configure(path="*.csv")
    (folder.path / name).unlink()
    folder.write(HEADER + rows(10, first=500), "b.csv")
    assert folder.load().totals == (10, 10, 0, 0)


def scattered(content: bytes, count: int) -> bytes:
    """Put a NUL in the midst of `count` lines."""
    lines = content.split(b"\n")
    for number in range(1, count + 1):
        lines[number * 3] = lines[number * 3][:5] + b"\0" + lines[number * 3][5:]
    return b"\n".join(lines)


PARTLY = {
    # content, what is read, loaded, duplicate, rejected: by construction
    "nothing": (b"", (0, 0, 0, 0)),
    "header only": (HEADER.encode(), (0, 0, 0, 0)),
    "header without newline": (HEADER.strip().encode(), (0, 0, 0, 0)),
    "blank lines only": (HEADER.encode() + b"\n\r\n\n", (0, 0, 0, 0)),
    "cut off in the last line": ((HEADER + rows(10, 1000)).encode()[:-12], (10, 9, 0, 1)),
    "header again in the midst": (
        (HEADER + rows(10, 1000) + HEADER + rows(10, 2000)).encode(),
        (21, 20, 0, 1),
    ),
    "NULs in 4 lines": (scattered((HEADER + rows(20, 1000)).encode(), 4), (20, 16, 0, 4)),
    "garbage after the data": (
        (HEADER + rows(10, 1000)).encode() + b"\x00\xff\xfe\x80;;;\n" + b"\x81" * 50 + b"\n",
        (12, 10, 0, 2),
    ),
    "old Mac lines": ((HEADER + rows(10, 1000)).encode().replace(b"\n", b"\r"), (10, 10, 0, 0)),
    "UTF-16": ((HEADER + rows(10, 1000)).encode("utf-16"), (10, 10, 0, 0)),
    "a line of 3 MiB": (
        (HEADER + rows(5, 1000) + "x" * 3 * MEBIBYTE + "\n" + rows(5, 2000)).encode(),
        (11, 10, 0, 1),
    ),
}


@pytest.mark.parametrize("case", PARTLY)
def test_what_can_be_read_is_loaded_and_each_other_line_refused(folder: Folder, case: str) -> None:
    content, expected = PARTLY[case]
    folder.write(content, "b.csv")
    folder.configure(path="*.csv")
    result = folder.load()
    assert result.errors == []
    assert result.totals == expected
    assert result.status == (1 if expected[3] else 0)
    folder.check()
    again = folder.load()
    assert (again.status, again.totals) == (0, (0, 0, 0, 0))


def test_a_column_name_that_comes_twice_is_told_apart(folder: Folder) -> None:
    """The first keeps its name; a configuration can name the second."""
    folder.write("start;channel;start\n2024-05-01 10:00;phone;2023-01-01 09:00\n", "b.csv")
    folder.configure(path="b.csv")
    assert folder.load().totals == (1, 1, 0, 0)
    latest = "select started_local::varchar from loaded_contact order by contact_key desc limit 1"
    assert folder.query(latest) == [("2024-05-01 10:00:00",)]


@pytest.mark.parametrize(
    ("declared", "status"),
    [("utf-8", 1), ("windows-1252", 0), ("utf-16", 1), ("ascii", 1), ("utf-32", 1), ("utf-7", 1)],
)
def test_a_wrongly_declared_encoding_never_loses_a_line(
    folder: Folder, declared: str, status: int
) -> None:
    text = "start;channel;service\n" + "".join(
        f"2024-05-01 10:{i:02};phone;{'privé' if i % 2 else 'afval'}\n" for i in range(40)
    )
    folder.write(text.encode("windows-1252"), "b.csv")
    folder.configure(path="b.csv", more=f'encoding = "{declared}"', columns='service = "service"')
    result = folder.load()
    if result.errors:
        assert len(result.errors) == 1
        assert status == 1
        assert re.search("no text in the encoding|there is no column", result.errors[0])
    else:
        read, loaded, duplicate, rejected = result.totals
        assert (read, loaded + duplicate + rejected) == (40, 40)
        assert result.status == status
        assert (rejected == 0) == (status == 0)
    folder.configure(path="b.csv", more='encoding = "cp1252"', columns='service = "service"')
    assert folder.load().status == 0
    folder.check()


def test_file_names_that_are_no_text_are_loaded_and_shown_on_one_line(folder: Folder) -> None:
    names = [b"log-\xff.csv", b"a\nb.csv", b"[red]x.csv", b"-x.csv", b"'; drop table x.csv"]
    for number, name in enumerate(names):
        file = os.path.join(os.fsencode(folder.path), name)  # noqa: PTH118  # names of bytes
        with open(file, "wb") as log:  # noqa: PTH123
            log.write((HEADER + rows(1, first=500 + number)).encode())
    folder.configure(path="*.csv")
    result = folder.load()
    assert (result.status, result.totals) == (0, (5, 5, 0, 0)), result.err
    assert len(result.out.splitlines()) == 1 + len(names) + 1
    folder.check()
    assert folder.load().totals == (0, 0, 0, 0)
    folder.configure(path="none-*\\n[1].csv")
    refused(folder.load(), "no file matches", status=2)


def long_line(file: Path, size: int) -> None:
    """Write a log in which one line takes all of `size` bytes; zeros take no place on disk."""
    with file.open("wb") as log:
        log.write((HEADER + rows(5, 1000)).encode())
        log.seek(size - 200)
        log.write(b"\n" + rows(5, 2000).encode())


@pytest.mark.parametrize("letter", [b"\0", b"x"])
@pytest.mark.parametrize(
    "size", [300 * MEBIBYTE, pytest.param(1024 * MEBIBYTE, marks=pytest.mark.night)]
)
def test_a_line_of_hundreds_of_megabytes_costs_no_such_memory(
    folder: Folder, size: int, letter: bytes
) -> None:
    file = folder.path / "b.csv"
    long_line(file, size)
    if letter != b"\0":
        fill(file, letter)
    folder.configure(path="*.csv")
    result = folder.load()
    assert result.totals == (11, 10, 0, 1)
    assert folder.query("select line, reason from reject") == [(7, "line_too_long")]
    assert result.peak_bytes < MEMORY
    folder.check()


def fill(file: Path, letter: bytes) -> None:
    """Write the letter over the zeros."""
    start = len(HEADER + rows(5, 1000))
    size = file.stat().st_size - 200 - start
    with file.open("r+b") as log:
        log.seek(start)
        for length in pieces(size):
            log.write(letter * length)


def pieces(size: int) -> Iterator[int]:
    """Sizes of at most 8 MiB that make the whole."""
    while size:
        piece = min(size, 8 * MEBIBYTE)
        yield piece
        size -= piece
