"""Text files before the engine reads them: what is in them, and all of them in UTF-8.

A survey counts in large blocks, so the engine's account of the rows can be held against a count of
lines that is not its own. Copies hold people's data: they have no name on the disk.
"""

import codecs
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from etl.files import BLOCK_BYTES, SourceFile, check_is_text
from warehouse.errors import ConfigurationError, SourceError

UNDECODABLE = "\uffff"
"""Stands in a copy for bytes that the encoding does not have: a code point that is no character."""
NUL_MARK = "\ufffe"
"""Stands in a copy for NUL."""
CARRIAGE_RETURN_MARK = "\ufdd0"
"""Stands in a copy for a carriage return within a line."""
LONG_LINE_MARK = "\ufdd1"
"""Stands in a copy for a line of more than LINE_LIMIT characters."""
MARKS = (UNDECODABLE, NUL_MARK, CARRIAGE_RETURN_MARK, LONG_LINE_MARK)
LINE_LIMIT = 2**20
FALLBACK_ENCODING = "windows-1252"
UTF_8 = "utf-8"
_CAN_REOPEN = Path("/proc/self/fd").is_dir()
_ERRORS = "samenspel_mark"
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end


codecs.register_error(_ERRORS, _mark)


@dataclass
class Survey:
    """What a text holds, counted over its bytes.

    Attributes:
        byte_count: bytes.
        newlines: line feeds.
        returns: carriage returns.
        pairs: carriage return and line feed together.
        nuls: NUL bytes.
        is_utf8: whether all of it is valid UTF-8.
        ends_with_newline: whether the last line is closed (or the text is empty).
        may_have_long_line: a stretch of 1 MiB has no line feed.
    """

    byte_count: int = 0
    newlines: int = 0
    returns: int = 0
    pairs: int = 0
    nuls: int = 0
    is_utf8: bool = True
    ends_with_newline: bool = True
    may_have_long_line: bool = False

    @property
    def lines(self) -> int:
        """Physical lines; a last one without line feed counts."""
        return self.newlines + (0 if self.ends_with_newline else 1)

    @property
    def has_plain_lines(self) -> bool:
        """Whether every line ends alike, with no NUL and no carriage return within a line."""
        alike = self.returns == self.pairs and self.pairs in {0, self.newlines}
        return alike and not self.nuls and not self.may_have_long_line


@dataclass
class Text:
    """A text in UTF-8 that the engine can read by `path`.

    Attributes:
        file: keeps the bytes; closing it lets a copy vanish.
        path: for the engine.
        survey: of these bytes.
        encoding: what the file was written in.
        has_marks: one of MARKS stands in it.
    """

    file: IO[bytes]
    path: str
    survey: Survey
    encoding: str
    has_marks: bool = False

    def beginning(self, size: int = BLOCK_BYTES) -> str:
        """Return the first bytes as text, without byte-order mark."""
        self.file.seek(0)
        return self.file.read(size).decode(UTF_8, errors="ignore").removeprefix("\ufeff")

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Give a file's bytes in large blocks."""
    while block := file.read(BLOCK_BYTES):
        yield block


def survey(pieces: Iterator[bytes]) -> Survey:
    """Count over blocks of bytes; see Survey."""
    found = Survey()
    decoder = codecs.getincrementaldecoder(UTF_8)()
    last = b""
    for block in pieces:
        found.byte_count += len(block)
        newlines = block.count(b"\n")
        found.newlines += newlines
        found.may_have_long_line |= not newlines and len(block) == BLOCK_BYTES
        found.nuls += block.count(b"\0")
        returns = block.count(b"\r")
        found.returns += returns
        if returns:
            found.pairs += block.count(b"\r\n")
        if last == b"\r" and block[:1] == b"\n":
            found.pairs += 1
        if found.is_utf8:
            found.is_utf8 = _decodes(decoder, block)
        last = block[-1:]
    found.is_utf8 = found.is_utf8 and _decodes(decoder, b"", final=True)
    found.ends_with_newline = last in {b"", b"\n"}
    return found


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def open_text(source_file: SourceFile, declared: str | None, scratch: Path) -> Text:
    """Open a text file so that the engine can read it as UTF-8, copying it only where it must.

    Args:
        source_file: plain or packed.
        declared: the configured encoding; None: found out. What is not valid UTF-8 and has no
            byte-order mark is taken for Windows-1252.
        scratch: folder for nameless copies.

    Raises:
        ConfigurationError: there is no such encoding.
        SourceError: the file is no text, or cannot be opened.
    """
    original = acquire(source_file, scratch)
    _check_beginning(original, source_file.name)
    try:
        counted = survey(blocks(original))
        encoding = _encoding(original, declared, counted, source_file.name)
        is_plain = encoding in {UTF_8, "utf-8-sig"} and counted.is_utf8 and counted.has_plain_lines
        if is_plain:
            return Text(original, engine_path(original), counted, encoding)
        copy = _copy(original, encoding, scratch, source_file.name)
    except BaseException:
        original.close()
        raise
    original.close()
    return copy


def text_beginning(content: bytes, declared: str | None, name: str) -> str:
    """Return the first bytes of a text file as text; a character cut in two is left out.

    Args:
        content: the first bytes, unpacked.
        declared: the configured encoding; None: found out from these bytes.
        name: the file, for messages.

    Raises:
        ConfigurationError: there is no such encoding.
        SourceError: it is no text.
    """
    check_is_text(content[:16], name)
    decoder = codecs.getincrementaldecoder(UTF_8)()
    counted = Survey(is_utf8=_decodes(decoder, content))
    encoding = _encoding(io.BytesIO(content), declared, counted, name)
    try:
        codecs.getincrementaldecoder(encoding)(errors=_ERRORS).decode(content)
    except (UnicodeError, LookupError):
        raise _no_text(encoding, name) from None
    return content.decode(encoding, errors="ignore").removeprefix("\ufeff")


def acquire(source_file: SourceFile, scratch: Path) -> IO[bytes]:
    """Return a seekable file of the unpacked bytes, at its beginning."""
    try:
        original: IO[bytes] = (
            _unpacked(source_file, scratch)
            if source_file.is_packed
            else source_file.path.open("rb")
        )
    except OSError as error:
        raise SourceError(
            f"the file cannot be opened ({error.strerror})",
            where=source_file.name,
            remedy="Check that it is there and may be read.",
        ) from error
    return original


def _check_beginning(original: IO[bytes], name: str) -> None:
    try:
        check_is_text(original.read(16), name)
    except SourceError:
        original.close()
        raise
    original.seek(0)


def _unpacked(source_file: SourceFile, scratch: Path) -> IO[bytes]:
    copy = nameless_file(scratch)
    with source_file.open() as content:
        for block in blocks(content):
            copy.write(block)
    copy.flush()
    copy.seek(0)
    return copy


def nameless_file(folder: Path) -> IO[bytes]:
    """Return a temporary file that no folder lists: it is gone when closed, even after a kill.

    A system without a way to open such a file again gives it a name until it is closed; what a
    kill leaves there is swept when the next load begins.
    """
    if _CAN_REOPEN:
        return tempfile.TemporaryFile(dir=folder, prefix="copy-", suffix=".building")
    return cast(
        IO[bytes], tempfile.NamedTemporaryFile(dir=folder, prefix="copy-", suffix=".building")
    )


def engine_path(file: IO[bytes]) -> str:
    """Return a path by which the engine opens the very file that was surveyed."""
    return f"/proc/self/fd/{file.fileno()}" if _CAN_REOPEN else str(file.name)


def _encoding(file: IO[bytes], declared: str | None, counted: Survey, name: str) -> str:
    file.seek(0)
    beginning = file.read(4096)
    file.seek(0)
    marked = next((code for bom, code in _BOMS.items() if beginning.startswith(bom)), None)
    wide = _wide_encoding(beginning)
    if declared is not None:
        return _declared(declared, marked, wide, name)
    if marked:
        return marked
    if wide:
        return wide
    return UTF_8 if counted.is_utf8 else FALLBACK_ENCODING


def _declared(declared: str, marked: str | None, wide: str | None, name: str) -> str:
    try:
        codec = codecs.lookup(declared)
        is_text = codec._is_text_encoding  # there is no other way to ask
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise ConfigurationError(
            f"there is no encoding {declared!r}",
            where=name,
            remedy="Use for instance utf-8, windows-1252, latin-1 or utf-16; or leave it out.",
        )
    if codec.name in {UTF_8, "utf-8-sig"}:
        return "utf-8-sig" if marked == "utf-8-sig" else UTF_8
    if codec.name == "utf-16" and not marked:
        return wide or "utf-16-le"  # Python's own codec insists on a byte-order mark
    return FALLBACK_ENCODING if codec.name == "cp1252" else codec.name


def _wide_encoding(beginning: bytes) -> str | None:
    """Tell UTF-16 without byte-order mark by where its zero bytes stand."""
    if len(beginning) < 4:
        return None
    half = len(beginning) // 2
    if beginning[1::2].count(0) > 0.4 * half and beginning[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if beginning[::2].count(0) > 0.4 * half and beginning[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _no_text(encoding: str, name: str) -> SourceError:
    return SourceError(
        f"this is no text in the encoding {encoding}",
        where=name,
        remedy="Correct `encoding`, or leave it out: it is found out.",
    )


def _copy(file: IO[bytes], encoding: str, scratch: Path, name: str) -> Text:
    """Copy to UTF-8 with line feeds only, and marks for what has no place in a line of text."""
    copy = nameless_file(scratch)
    try:
        decoder = codecs.getincrementaldecoder(encoding)(errors=_ERRORS)
        lines = _Lines()
        file.seek(0)
        for block in blocks(file):
            copy.write(lines.feed(decoder.decode(block)))
        copy.write(lines.feed(decoder.decode(b"", final=True), final=True))
    except (UnicodeError, LookupError):
        copy.close()
        raise _no_text(encoding, name) from None
    copy.flush()
    copy.seek(0)
    return Text(copy, engine_path(copy), survey(blocks(copy)), encoding, lines.has_marks)


class _Lines:
    """Brings pieces of text to lines that end in a line feed and hold no mark-worthy character."""

    def __init__(self) -> None:
        self.has_marks = False
        self._is_first = True
        self._old_mac = False
        self._held = ""

    def feed(self, text: str, *, final: bool = False) -> bytes:
        """Return the next piece, put right, in UTF-8; a line not yet whole is held back."""
        if self._is_first and text:
            self._is_first = False
            text = text.removeprefix("\ufeff")
            self._old_mac = "\n" not in text and "\r" in text.rstrip("\r")
        text = self._held + text
        self._held = ""
        if not final:
            text = self._hold_last(text)
        if self._old_mac:
            text = text.replace("\r", "\n")
        text = text.replace("\r\n", "\n").replace("\r", CARRIAGE_RETURN_MARK)
        text = text.replace("\0", NUL_MARK)
        if len(text) > LINE_LIMIT:
            text = self._without_long_lines(text)
        self.has_marks = self.has_marks or any(mark in text for mark in MARKS)
        return text.encode(UTF_8, errors="replace")

    def _hold_last(self, text: str) -> str:
        """Keep the part after the last line's end, but never more than a line may be long."""
        end = text.rfind("\r" if self._old_mac else "\n") + 1
        if len(text) - end > LINE_LIMIT + 1:
            self._held = text[end : end + LINE_LIMIT + 2]  # enough to be found too long
        else:
            self._held = text[end:]
        return text[:end]

    def _without_long_lines(self, text: str) -> str:
        return "\n".join(
            line if len(line) <= LINE_LIMIT else LONG_LINE_MARK for line in text.split("\n")
        )
