"""Texts before the engine reads them: counts over blocks, and copies that no folder lists."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.files import SourceFile
from etl.text import CARRIAGE_RETURN_MARK, NUL_MARK, UNDECODABLE, open_text, survey


def in_blocks(content: bytes, size: int) -> Iterator[bytes]:
    file = io.BytesIO(content)
    return iter(lambda: file.read(size), b"")


signs = [b"a", b"\n", b"\r\n", b"\r", b"\0", "é".encode(), b"\xe9"]


@given(content=st.lists(st.sampled_from(signs)).map(b"".join), size=st.integers(1, 7))
def test_counts_do_not_depend_on_the_blocks(content: bytes, size: int) -> None:
    found = survey(in_blocks(content, size))
    assert found.byte_count == len(content)
    assert found.lines == len(content.split(b"\n")) - (1 if content[-1:] in {b"", b"\n"} else 0)
    assert found.returns == content.count(b"\r")
    assert found.pairs == content.count(b"\r\n")
    assert found.nuls == content.count(b"\0")
    try:
        content.decode()
    except UnicodeDecodeError:
        assert not found.is_utf8
    else:
        assert found.is_utf8


def open_content(folder: Path, content: bytes, encoding: str | None = None) -> tuple[str, bool]:
    file = folder / "x.csv"
    file.write_bytes(content)
    text = open_text(SourceFile(file, "x.csv"), encoding, folder)
    try:
        text.file.seek(0)
        assert Path(text.path).read_bytes() == text.file.read()
        assert [one.name for one in folder.iterdir()] == ["x.csv"], "a copy has a name"
        text.file.seek(0)
        return text.file.read().decode(), text.has_marks
    finally:
        text.close()


def test_plain_utf8_is_read_where_it_lies(tmp_path: Path) -> None:
    assert open_content(tmp_path, "één\n".encode()) == ("één\n", False)


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252", "utf-8-sig"])
def test_copies_are_utf8_with_line_feeds(tmp_path: Path, encoding: str) -> None:
    read, has_marks = open_content(tmp_path, "één\r\ntwee\r\n".encode(encoding))
    assert read.removeprefix("\ufeff").replace("\r\n", "\n") == "één\ntwee\n"
    assert not has_marks


def test_what_has_no_place_in_a_line_is_marked(tmp_path: Path) -> None:
    read, has_marks = open_content(tmp_path, b"a\0b\n\xffc\rd\n", "utf-8")
    assert read == f"a{NUL_MARK}b\n{UNDECODABLE}c{CARRIAGE_RETURN_MARK}d\n"
    assert has_marks


@pytest.mark.parametrize("where", range(2**20 - 3, 2**20 + 3))
def test_signs_on_the_edge_of_a_block_stay_whole(tmp_path: Path, where: int) -> None:
    lines = "x" * (where - 1000) + "\n" + "y" * 999 + "€\r\n\0z\n"
    read, _ = open_content(tmp_path, lines.encode())
    assert read == lines.replace("\r\n", "\n").replace("\0", NUL_MARK)
