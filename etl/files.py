"""A source's files: finding them, unpacking them, and knowing them again by their content."""

import gzip
import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO, cast

from warehouse.errors import ConfigurationError, SourceError
from warehouse.settings import SourceSettings

BLOCK_BYTES = 2**20
_GLOB_SIGNS = frozenset("*?[")
_BROKEN_PACKING = (
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,  # a password
    NotImplementedError,  # a compression that Python does not know
)
_SKIPPED_MEMBERS = ("__MACOSX/",)


@dataclass(frozen=True)
class SourceFile:
    """One file of a source: where it lies, its name from the configuration's folder, the member.

    `member` is None for a file that is no zip.
    """

    path: Path
    name: str
    member: str | None = None

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Give the file's content as bytes, unpacked where it is a .gz or a member of a .zip.

        Raises:
            SourceError: it cannot be opened, or the packing is damaged.
        """
        try:
            if self.member is not None:
                with zipfile.ZipFile(self.path) as packed, packed.open(self.member) as content:
                    yield content
            elif self.is_packed:
                with gzip.open(self.path) as content:
                    yield cast(IO[bytes], content)
            else:
                with self.path.open("rb") as content:
                    yield content
        except _BROKEN_PACKING as error:
            raise SourceError(
                f"the packed file is damaged or locked ({type(error).__name__})",
                where=self.name,
                remedy="Pack it again, without a password, or give it unpacked.",
            ) from error

    @property
    def is_packed(self) -> bool:
        """Whether the content must be unpacked to be read."""
        return self.member is not None or self.path.suffix.lower() == ".gz"


def find_files(source: SourceSettings, folder: Path) -> list[SourceFile]:
    """Return the source's files in order of name; each member of a .zip is a file of its own.

    Raises:
        ConfigurationError: no file matches a path or pattern; names it and the folder.
        SourceError: a .zip cannot be read.
    """
    found: dict[Path, None] = {}
    for pattern in source.path:
        matches = _files_at(folder, pattern, source.name)
        if not matches:
            raise ConfigurationError(
                f"no file matches {pattern!r} in {folder.resolve()}",
                where=f"source {source.name}",
                remedy="Paths are relative to the configuration file.",
            )
        found |= dict.fromkeys(matches)
    files: list[SourceFile] = []
    for path in found:
        files += _members(path, _relative_name(path, folder), source.member)
    return files


def _files_at(folder: Path, pattern: str, source: str) -> list[Path]:
    try:
        return sorted(path for path in _matches(folder, pattern) if path.is_file())
    except (ValueError, OSError) as error:
        raise ConfigurationError(
            f"{pattern!r} is no path or pattern",
            where=f"source {source}",
            remedy='Write for instance "logs/*.csv", or "logs/**/*.csv" for folders in folders.',
        ) from error


def _matches(folder: Path, pattern: str) -> list[Path]:
    whole = folder / pattern
    if whole.is_file() or not _GLOB_SIGNS & set(pattern):
        return [whole]
    anchor = Path(whole.anchor)
    base = anchor if whole.is_absolute() else Path()
    return list(base.glob(str(whole.relative_to(anchor) if whole.is_absolute() else whole)))


def _relative_name(path: Path, folder: Path) -> str:
    """Return the name that accounts and messages show: characters that have no sign become "�"."""
    name = (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
    return "".join(sign if sign.isprintable() else "�" for sign in name)


def _members(path: Path, name: str, patterns: Sequence[str]) -> list[SourceFile]:
    if path.suffix.lower() != ".zip":
        return [SourceFile(path, name)]
    try:
        with zipfile.ZipFile(path) as packed:
            members = [info.filename for info in packed.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(
            "this is no zip file, or it is damaged",
            where=name,
            remedy="Pack it again, or give it unpacked.",
        ) from error
    wanted = [
        member
        for member in sorted(members)
        if not member.startswith(_SKIPPED_MEMBERS)
        and not PurePosixPath(member).name.startswith(".")
        and _is_wanted(member, patterns)
    ]
    if not wanted:
        what = "no such file" if patterns else "no file"
        raise SourceError(f"the zip holds {what}", where=name, remedy="See the setting `member`.")
    return [SourceFile(path, f"{name}/{member}", member) for member in wanted]


def _is_wanted(member: str, patterns: Sequence[str]) -> bool:
    names = (member, PurePosixPath(member).name)
    return not patterns or any(fnmatch(name, one) for name in names for one in patterns)


def content_hash(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as they lie on disk, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_FOREIGN_BEGINNINGS = {
    b"PK\x03\x04": "a zip or xlsx file",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"SQLite format 3": "an SQLite database",
}


def check_is_text(beginning: bytes, name: str) -> None:
    """Refuse files of known other kinds that bear the wrong name.

    Raises:
        SourceError: says what the file is.
    """
    for signature, what in _FOREIGN_BEGINNINGS.items():
        if beginning.startswith(signature):
            raise SourceError(
                f"this is no text but {what}",
                where=name,
                remedy="Give the file its right extension, and the source its right `kind`.",
            )
