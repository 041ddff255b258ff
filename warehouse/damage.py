"""Damage: knowing a broken version by what the engine says of it, and not reading it again.

The engine keeps a checksum of every block and says so when one does not fit. A block is looked at
only when it is read; `read_whole` looks at all.
"""

import logging
import threading
from pathlib import Path

import duckdb

from warehouse.errors import DamagedError

logger = logging.getLogger(__name__)

REMEDY = "Restore the folder from a copy, or remove it and load again."
_SIGNS = (
    "corrupt database file",
    "could not read enough bytes from file",
    "is not a valid duckdb database file",
)
_lock = threading.Lock()
_known: set[tuple[str, int, int]] = set()
_said: set[tuple[str, int, int]] = set()


def is_damage(error: BaseException) -> bool:
    """Tell whether the engine's error says that the database file itself is broken."""
    message = str(error).lower()
    return isinstance(error, duckdb.Error) and any(sign in message for sign in _SIGNS)


def damaged(file: Path) -> DamagedError:
    """Return the error for a version that turned out to be broken."""
    return DamagedError("this version of the warehouse is damaged", where=str(file), remedy=REMEDY)


def note(file: Path) -> None:
    """Remember, as long as this process runs and the file stays as it is, that it is broken."""
    with _lock:
        _known.add(_mark(file))


def is_noted(file: Path) -> bool:
    """Tell whether the file was found broken before."""
    return _mark(file) in _known


def warn(instead_of: Path, file: Path) -> None:
    """Say once, in the log and on stderr, that an earlier version answers."""
    mark = _mark(instead_of)
    with _lock:
        is_new = mark not in _said
        _said.add(mark)
    if is_new:
        logger.warning(
            "warning: %s is damaged or missing; an earlier version answers (%s). "
            "The next load mends this from the logs; or restore the folder from a copy.",
            instead_of,
            file.name,
        )


def read_whole(file: Path) -> None:
    """Read every block of a version, so that damage shows.

    Raises:
        DamagedError: a block is not what was written.
        duckdb.Error: the file cannot be opened for another reason.
    """
    try:
        with duckdb.connect(file, read_only=True) as connection:
            tables = connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE NOT temporary"
            ).fetchall()
            for (table,) in tables:
                connection.execute(f'SELECT bit_xor(hash(t)) FROM "{table}" AS t').fetchall()  # noqa: S608  # the engine's own names
    except duckdb.Error as error:
        if is_damage(error):
            raise damaged(file) from None
        raise


def _mark(file: Path) -> tuple[str, int, int]:
    """Know a file by its name, size and age: one put back from a copy is another."""
    try:
        facts = file.stat()
    except OSError:
        return str(file), 0, 0
    return str(file), facts.st_size, facts.st_mtime_ns
