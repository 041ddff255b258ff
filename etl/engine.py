"""DuckDB as the loader's engine: opening it, its functions, its errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EFBIG, ENOSPC, EPERM, EROFS
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.datatypes import Timestamp

from warehouse.damage import damaged, is_damage
from warehouse.errors import SamenspelError, SourceError, WarehouseError

_BUILDING = "building"
_DISK_REMEDY = "Make room; a load writes a whole new version beside the old one."
_FULL = ("no space left", "disk quota", "file too large")
_MEMORY_REMEDY = "Close other programs, load fewer files at a time, or use a larger machine."
_WRITE_REMEDY = "Give this user write permission, or name another folder with --warehouse."


@ibis.udf.scalar.builtin(
    name="try_strptime", signature=(("string", "array<string>"), "timestamp(6)")
)
def parse_time(text, formats):  # type: ignore[no-untyped-def]
    """Read text as a time without offset by the first format that fits, else null."""


@ibis.udf.scalar.builtin(
    name="try_strptime", signature=(("string", "array<string>"), Timestamp("UTC"))
)
def parse_time_with_offset(text, formats):  # type: ignore[no-untyped-def]
    """Read text as a time with offset by the first format that fits, else null."""


@ibis.udf.scalar.builtin(name="trim", signature=(("string", "string"), "string"))
def trim_characters(text, characters):  # type: ignore[no-untyped-def]
    """Leave out the characters on both sides."""


@ibis.udf.scalar.builtin(name="ends_with", signature=(("string", "string"), "boolean"))
def ends_with(text, ending):  # type: ignore[no-untyped-def]
    """Tell whether text ends so."""


@ibis.udf.scalar.builtin(name="keyed_hash", signature=(("string", "string"), "string"))
def keyed_hash(label, value):  # type: ignore[no-untyped-def]
    """Return 32 hexadecimal digits of the keyed hash; the macro is made by `etl.privacy`."""


@ibis.udf.scalar.builtin(name="array_to_string", signature=(("array<string>", "string"), "string"))
def join_texts(texts, separator):  # type: ignore[no-untyped-def]
    """Join texts; nulls are left out."""


def spilling_to(folder: str) -> dict[str, str | bool | int | float | list[str]]:
    """Return the engine's settings with which it spills what does not fit in memory, encrypted.

    The engine asks for a cipher of an extension, which is not there without fetching it from the
    internet; without that it spills nothing and stops. Its own cipher is refused for keys drawn
    from a weaker source. Here the key lives as long as the connection and the files no longer: what
    is kept from being read is a file that a killed load left behind.

    Args:
        folder: where the files are; made where it is missing.
    """
    return {
        "temp_directory": folder,
        "temp_file_encryption": True,
        "force_mbedtls_unsafe": "true",
    }


def open_database(file: Path) -> Backend:
    """Open a version that is being built, for writing.

    What does not fit in memory is spilled beside the file, encrypted: it may hold identifiers.

    Returns:
        An Ibis backend; its session counts time in UTC.
    """
    connection = duckdb.connect(config=spilling_to(f"{file}.spill"))
    # a version that is not finished is thrown away: nothing is ever recovered from a log of writes
    connection.execute(f"ATTACH {quoted(str(file))} AS {_BUILDING} (RECOVERY_MODE NO_WAL_WRITES)")
    connection.execute(f"USE {_BUILDING}")
    # to write the last, half filled part of a table again after each statement costs more than all
    # else of a day's load: it is done where `CHECKPOINT` says so
    connection.execute("SET checkpoint_threshold = '1TB'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return ibis.duckdb.from_connection(connection)


def second_cursor(backend: Backend) -> duckdb.DuckDBPyConnection:
    """Return a cursor on the same version, to read from while another statement writes."""
    cursor = backend.con.cursor()
    cursor.execute(f"USE {_BUILDING}")
    return cursor


def run(backend: Backend, statement: str, parameters: list[object] | None = None) -> None:
    """Run a statement for its effect."""
    backend.con.execute(statement, parameters)


def first_row(
    backend: Backend, query: str, parameters: list[object] | None = None
) -> tuple[Any, ...]:
    """Return the first row of a query that always has one."""
    row = backend.con.execute(query, parameters).fetchone()
    assert row is not None  # noqa: S101  # aggregates always give a row
    return row


def quoted(text: str) -> str:
    """Return text as a literal of SQL, for the few places that take no parameter."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def engine_errors(where: str, *, is_source: bool = False) -> Iterator[None]:
    """Put what the engine or the system says into our words; their own may quote the data.

    Raises:
        SamenspelError: with what, where and remedy, and no word of the engine's message.
    """
    try:
        yield
    except duckdb.Error as error:
        if is_damage(error) and not (is_source and "enough bytes" in str(error)):
            raise damaged(Path(where)) from None  # a source that is cut off says the same
        raise _translated(error, where, is_source=is_source) from None
    except MemoryError:
        raise SamenspelError("memory ran out", where=where, remedy=_MEMORY_REMEDY) from None
    except OSError as error:
        raise _system_error(error, where) from None


def _translated(error: duckdb.Error, where: str, *, is_source: bool) -> SamenspelError:
    message = str(error).lower()
    if isinstance(error, duckdb.OutOfMemoryException):
        if "max_temp_directory_size" in message or "disk" in message:
            return SamenspelError("the disk is full", where=where, remedy=_DISK_REMEDY)
        return SamenspelError("memory ran out", where=where, remedy=_MEMORY_REMEDY)
    if any(words in message for words in _FULL):
        return SamenspelError("the disk is full", where=where, remedy=_DISK_REMEDY)
    if "permission denied" in message or "read-only file system" in message:
        return WarehouseError("the folder cannot be written", where=where, remedy=_WRITE_REMEDY)
    kind = type(error).__name__.removesuffix("Exception")
    if is_source:
        return SourceError(
            f"the file cannot be read ({kind} error of the engine)",
            where=where,
            remedy="Check that the file is whole and of the configured kind.",
        )
    return WarehouseError(
        f"the engine stopped ({kind} error)",
        where=where,
        remedy="The published warehouse is untouched; please report this with the command you ran.",
    )


def _system_error(error: OSError, where: str) -> SamenspelError:
    place = str(error.filename) if isinstance(error.filename, str) else where
    if error.errno in {ENOSPC, EDQUOT, EFBIG}:
        return SamenspelError("the disk is full", where=place, remedy=_DISK_REMEDY)
    if error.errno in {EACCES, EPERM, EROFS}:
        return WarehouseError(
            "no permission to read or write here", where=place, remedy=_WRITE_REMEDY
        )
    return SamenspelError(
        f"the system refused ({error.strerror})", where=place, remedy="Check disk and permissions."
    )
