"""Answers that take seconds, kept beside the warehouse: worked out once per version.

A kept answer is a small JSON file named after the version, the question and the settings that it
depends on. Whoever may not write there just works it out again.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from warehouse.store import Reader

_FOLDER = "kept"
_NAME = re.compile(r"(?P<version>[A-Za-z0-9_-]+)\.(?P<name>[a-z_]+)\.[0-9a-f]{16}\.json")


def kept[T](
    reader: Reader, name: str, depends_on: str, kind: type[T], compute: Callable[[], T]
) -> T:
    """Return an answer, read where it was kept, else worked out and kept.

    Args:
        reader: of the warehouse.
        name: of the question: small letters and underscores.
        depends_on: everything besides the version on which the answer depends, as text.
        kind: the answer's type, which pydantic can write and read.
        compute: works it out.
    """
    known = look_up(reader, name, depends_on, kind)
    if known is not None:
        return known
    version = reader.version()
    answer = compute()
    file = _file(reader, version, name, depends_on)
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        new = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        new.write_bytes(TypeAdapter(kind).dump_json(answer))
        new.replace(file)
        _sweep(reader)
    return answer


def look_up[T](reader: Reader, name: str, depends_on: str, kind: type[T]) -> T | None:
    """Return a kept answer; None where there is none."""
    try:
        content = _file(reader, reader.version(), name, depends_on).read_bytes()
        return TypeAdapter(kind).validate_json(content)
    except (OSError, ValidationError):
        return None


def _file(reader: Reader, version: str, name: str, depends_on: str) -> Path:
    digest = hashlib.sha256(depends_on.encode()).hexdigest()[:16]
    return reader.store.folder / _FOLDER / f"{version}.{name}.{digest}.json"


def _sweep(reader: Reader) -> None:
    """Remove what was kept of versions that are no longer there."""
    folder = reader.store.folder
    versions = {file.stem for file in (folder / "versions").glob("*.duckdb")}
    for file in (folder / _FOLDER).iterdir():
        match = _NAME.fullmatch(file.name)
        if match and match["version"] not in versions:
            file.unlink(missing_ok=True)
