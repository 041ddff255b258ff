"""Seals: a checksum of each published version, so that a spoiled byte is noticed.

The engine's own checksums are looked at only where a block is read. A load copies the version in
force, and would carry its damage on: holding its bytes against the seal meanwhile costs a fraction
of reading every table.
"""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import xxhash

from warehouse import damage

_FOLDER = "seals"
_SUFFIX = ".xxh3"
_BLOCK_BYTES = 2**22


def path_of(file: Path) -> Path:
    """Return where the seal of a version lies."""
    return file.parent.with_name(_FOLDER) / f"{file.name}{_SUFFIX}"


def checksum(file: Path) -> str:
    """Return the 128 bits of XXH3 over a file's bytes, in hexadecimal digits."""
    digest, block = xxhash.xxh3_128(), memoryview(bytearray(_BLOCK_BYTES))
    with file.open("rb", buffering=0) as content:
        while size := content.readinto(block):
            digest.update(block[:size])
    return digest.hexdigest()


def copy_checked(file: Path, copy: Path) -> None:
    """Copy a version; where it carries a seal, hold it against that meanwhile.

    A version without a seal, made by an earlier program, is read by the engine.

    Raises:
        DamagedError: the version is not what was published.
        duckdb.Error: it cannot be opened, for another reason.
    """
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(check, file)
        shutil.copyfile(file, copy)
        checked.result()


def check(file: Path) -> None:
    """Read all of a version, so that damage shows: against its seal, or by the engine without one.

    Raises:
        DamagedError: it is not what was published.
        duckdb.Error: it cannot be opened, for another reason.
    """
    known = _known(file)
    if known is None:
        damage.read_whole(file)
    elif checksum(file) != known:
        raise damage.damaged(file)


def write(file: Path, final: Path) -> Path:
    """Write the seal of a finished file for the name it will bear; return where it lies."""
    seal = path_of(final)
    seal.parent.mkdir(exist_ok=True)
    seal.write_text(checksum(file) + "\n", encoding="ascii")
    return seal


def remove_lone(versions: Path) -> None:
    """Remove the seals of versions that are not there any more."""
    for lone in versions.with_name(_FOLDER).glob(f"*{_SUFFIX}"):
        if not (versions / lone.name.removesuffix(_SUFFIX)).exists():
            lone.unlink(missing_ok=True)


def _known(file: Path) -> str | None:
    try:
        return path_of(file).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""  # a seal that cannot be read fits nothing
