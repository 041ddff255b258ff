"""The store: a folder of whole, immutable versions of the warehouse, and a pointer to one.

A version is a DuckDB file that no writer opens again once it is published. Publishing moves the
pointer; readers follow it by themselves. Why not one file that is replaced: a process that holds a
connection keeps getting the old file under the old name, and a stale write-ahead log beside a
renamed file makes it unreadable.
"""

import os
import queue
import re
import secrets
import shutil
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import ibis
from filelock import BaseFileLock, FileLock, Timeout
from ibis.backends.duckdb import Backend

from warehouse import damage, seal
from warehouse.damage import is_damage
from warehouse.errors import DamagedError, LoadInProgressError, NoWarehouseError, WarehouseError

DEFAULT_FOLDER = Path(".samenspel")
_POINTER = "CURRENT"
_BUILDING = ".building"
_ALONE = "ALONE"
_STAMP = "%Y%m%dT%H%M%S"
_VERSION = re.compile(r"[A-Za-z0-9_-]+\.duckdb")
_NO_VERSION = "(unreadable)"
_ATTACHED = "warehouse"
_ATTEMPTS = 20
"""How often a reader follows the pointer again before it believes a version to be gone."""


class Store:
    """A warehouse folder.

    Args:
        folder: where versions and pointer lie; made on the first load.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._versions = folder / "versions"

    def current_file(self) -> Path | None:
        """Return the file of the version in force, or None where nothing was published yet.

        That is the one the pointer names. Where that one is missing or known to be damaged, it is
        the version before, and a warning is logged.

        Raises:
            WarehouseError: there is no version that can be read.
        """
        named = self.named_file()
        if named is None or _is_sound(named):
            return named
        if self.named_file() != named:  # what it named was outdated
            return self.current_file()
        for file in self._newest_first():
            if file != named and _is_sound(file):
                damage.warn(named if named.name != _NO_VERSION else self.folder / _POINTER, file)
                return file
        if named.is_file():
            raise damage.damaged(named)
        raise WarehouseError(
            "the pointer names a version that is not there",
            where=str(self.folder / _POINTER),
            remedy=damage.REMEDY,
        )

    def named_file(self) -> Path | None:
        """Return the file the pointer names, there or not; None where there is no pointer.

        Raises:
            WarehouseError: the pointer may not be read.
        """
        pointer = self.folder / _POINTER
        try:
            content = pointer.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WarehouseError(
                f"the pointer to the current version cannot be read ({error.strerror})",
                where=str(pointer),
                remedy="Check permissions, or restore the folder from a copy.",
            ) from error
        name = content.decode("ascii", errors="replace").strip()
        is_name = _VERSION.fullmatch(name) is not None
        return self._versions / (name if is_name else _NO_VERSION)

    def is_behind(self) -> bool:
        """Tell whether an earlier version answers in place of a damaged one."""
        return self.current_file() != self.named_file()

    def _newest_first(self) -> list[Path]:
        return sorted(self._versions.glob("*.duckdb"), reverse=True)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the warehouse for one load; gives a path for the new version's file, not made yet.

        What an earlier, killed load left behind is removed first. Nothing is published here.

        Raises:
            LoadInProgressError: another process loads.
            WarehouseError: the folder cannot be written.
        """
        lock = self._hold()
        try:
            self._sweep()
            try:
                yield self._versions / f"{self._new_name()}{_BUILDING}"
            finally:
                self._sweep()
        finally:
            lock.release()

    def _hold(self) -> BaseFileLock:
        try:
            self._versions.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise LoadInProgressError(
                "another load is busy with this warehouse",
                where=str(self.folder),
                remedy="Wait until it is done and try again.",
            ) from error
        except PermissionError as error:
            raise WarehouseError(
                "the folder cannot be written",
                where=str(self.folder),
                remedy="Give this user write permission, or name another folder with --warehouse.",
            ) from error
        return lock

    def _new_name(self) -> str:
        """Return a name after those of all versions, also where the machine's clock went back."""
        moment = datetime.now(UTC)
        for newest in self._newest_first()[:1]:
            with suppress(ValueError):
                last = datetime.strptime(newest.name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
                moment = max(moment, last + timedelta(seconds=1))
        return f"{moment.strftime(_STAMP)}-{secrets.token_hex(3)}.duckdb"

    def publish(self, building: Path, *, alone: bool = False) -> Path:
        """Make a finished version the current one, in one step that cannot be half done.

        The file must be checkpointed and closed. Keeps the version before it, removes older ones.

        Args:
            building: the file.
            alone: remove the version before it too: it holds what must be gone. Where the process
                is killed before that is done, whoever writes next does it.

        Returns:
            The published file.

        Raises:
            WarehouseError: a write-ahead log still lies beside the file.
        """
        if building.with_name(building.name + ".wal").exists():
            raise WarehouseError("the new version was not closed", where=str(building))
        final = building.with_name(building.name.removesuffix(_BUILDING))
        before = self.current_file()
        _sync(building)
        _sync(seal.write(building, final))
        building.rename(final)
        _sync(self._versions)
        if alone:
            self._write(_ALONE, final.name)
        self._write(_POINTER, final.name)
        self._remove_all_but({final} if alone else {final, before})
        (self.folder / _ALONE).unlink(missing_ok=True)
        return final

    def _write(self, name: str, version: str) -> None:
        """Let one of the folder's small files name a version, whole or not at all."""
        new = self.folder / f"{name}.new"
        new.write_text(version + "\n", encoding="ascii")
        _sync(new)
        new.replace(self.folder / name)
        _sync(self.folder)

    def _remove_all_but(self, kept: Collection[Path | None]) -> None:
        for file in self._versions.glob("*.duckdb"):
            if file not in kept:
                file.unlink(missing_ok=True)
        seal.remove_lone(self._versions)
        _sync(self._versions)

    def _sweep(self) -> None:
        mark = self.folder / _ALONE
        if mark.exists():  # a process was killed before it could remove what had to go
            current = self.current_file()
            if current and current.name == mark.read_text(encoding="ascii").strip():
                self._remove_all_but({current})
            mark.unlink()
        for leftover in self._versions.glob(f"*{_BUILDING}*"):
            if leftover.is_dir():  # where the engine spilled what did not fit in memory
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)
        seal.remove_lone(self._versions)


def _is_sound(file: Path) -> bool:
    try:
        return file.is_file() and not damage.is_noted(file)
    except OSError as error:
        raise WarehouseError(
            f"this version of the warehouse cannot be read ({error.strerror})",
            where=str(file),
            remedy="Check permissions of the folder it lies in.",
        ) from error


def _sync(path: Path) -> None:
    """Have the disk hold what was written to a file or folder."""
    if path.is_dir() and os.name == "nt":
        return  # Windows knows no handle on a folder; its file system journals the rename
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Reader:
    """Reads the current version, from any number of threads, and moves to a new one by itself.

    Args:
        store: the warehouse folder.
        connections: how many questions may be asked at once; further ones wait their turn.
    """

    def __init__(self, store: Store, *, connections: int = 4) -> None:
        self.store = store
        self._size = connections
        self._opening = threading.Lock()
        self._pool: _Pool | None = None

    def version(self) -> str:
        """Return the current version's name: equal names mean equal answers.

        Raises:
            NoWarehouseError: nothing was loaded yet.
        """
        return self._current_pool().version

    @contextmanager
    def backend(self) -> Iterator[Backend]:
        """Lend an Ibis backend on the current version; read-only, without access to files.

        Raises:
            NoWarehouseError: nothing was loaded yet.
            DamagedError: the version turned out to be damaged; from now on an earlier one answers.
            WarehouseError: the version cannot be opened.
        """
        with self.versioned() as (_, backend):
            yield backend

    @contextmanager
    def versioned(self) -> Iterator[tuple[str, Backend]]:
        """Lend what `backend` does, with the name of the version that it is on.

        `version` may name a newer one already, where a load is published in between: who keeps what
        was asked under the version's name takes it from here.

        Raises:
            NoWarehouseError: nothing was loaded yet.
            DamagedError: the version turned out to be damaged; from now on an earlier one answers.
            WarehouseError: the version cannot be opened.
        """
        pool = self._current_pool()
        backend = pool.free.get()
        try:
            yield pool.version, backend
        except duckdb.Error as error:
            if not is_damage(error):
                raise
            damage.note(pool.file)
            raise damage.damaged(pool.file) from None
        finally:
            pool.free.put(backend)

    def _current_pool(self) -> "_Pool":
        for _ in range(_ATTEMPTS):
            with suppress(_VersionGoneError):
                return self._try_current_pool()
        return self._try_current_pool()

    def _try_current_pool(self) -> "_Pool":
        file = self.store.current_file()
        if file is None:
            raise NoWarehouseError(
                "nothing was loaded yet",
                where=str(self.store.folder),
                remedy="Run `samenspel load` (or `samenspel demo`) first.",
            )
        with self._opening:
            if self._pool is None or self._pool.version != file.stem:
                try:
                    self._pool = _Pool(file, self._size)
                except WarehouseError as error:
                    if file.exists() and not isinstance(error, DamagedError):
                        raise
                    damage.note(file)  # if it is there still
                    raise _VersionGoneError(error.what, where=error.where) from error
            return self._pool


class _VersionGoneError(WarehouseError):
    """Two publishes came between reading the pointer and opening the version it named."""


class _Pool:
    """Connections to one version. The last user of an outdated pool lets go of its file."""

    def __init__(self, file: Path, size: int) -> None:
        self.version, self.file = file.stem, file
        self.free: queue.Queue[Backend] = queue.Queue()
        # attached to an engine of its own: connections to one path share an engine within a
        # process, and the settings locked below would be locked for whoever comes next
        connection = duckdb.connect()
        path = str(file).replace("'", "''")
        try:
            connection.execute(f"ATTACH '{path}' AS {_ATTACHED} (READ_ONLY)")
        except duckdb.Error as error:
            if is_damage(error):
                raise damage.damaged(file) from None
            raise WarehouseError(
                f"this version of the warehouse cannot be opened ({type(error).__name__})",
                where=str(file),
                remedy="Check permissions, and that it was made by this version of Samenspel.",
            ) from None
        for _ in range(size):
            cursor = connection.cursor()
            self.free.put(ibis.duckdb.from_connection(cursor))
            cursor.execute(f"USE {_ATTACHED}")
        # one-way switches: no query can read or write files, or change settings, from here on
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
