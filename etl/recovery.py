"""Beginning a load from a sound version, also where the one in force turns out to be damaged."""

import shutil
from collections.abc import Callable, Collection
from itertools import count
from pathlib import Path

import duckdb

from etl.engine import engine_errors
from warehouse import damage, seal
from warehouse.errors import DamagedError, SamenspelError, WarehouseError
from warehouse.store import Store

type Found = Collection[tuple[str, str]]
"""Source and name of each file that the configuration finds now."""


def on_sound_version[Report](
    store: Store, building: Path, found: Found, attempt: Callable[[Path | None, Path], Report]
) -> Report:
    """Do a load on the version in force; where that is damaged, anew on the one before it.

    Args:
        store: the warehouse, held for writing.
        building: the file that the first attempt makes.
        found: the files at hand; what only the damaged version holds must be among them.
        attempt: does the load on a version (None for an empty warehouse), into a file.

    Returns:
        What the attempt returns.

    Raises:
        DamagedError: no version is sound, or the disk spoils what is written.
        WarehouseError: going back would forget files that are no longer at their place.
    """
    first = building
    for number in count(1):
        base = store.current_file()
        if base is not None and store.is_behind():
            _refuse_to_forget(store.named_file(), base, found)
        try:
            with engine_errors(str(store.folder)):
                return attempt(base, building)
        except DamagedError:
            if base is None or _is_whole(base):
                raise
            damage.note(base)
            _remove(building)
            # an engine that stopped may still hold the file of that name, blocks and all
            building = first.with_name(first.name.replace(".duckdb", f"-{number}.duckdb", 1))
    raise AssertionError("unreachable: the versions come to an end")


def _is_whole(file: Path) -> bool:
    try:
        seal.check(file)
    except DamagedError:
        return False
    return True


def _refuse_to_forget(broken: Path | None, base: Path, found: Found) -> None:
    """Hold the list of files in the damaged version, if that can be read, against those at hand."""
    query = "SELECT source, file_name, content_hash FROM load_file"
    lists = []
    for file in (broken, base):
        try:
            with engine_errors(str(file)), duckdb.connect(str(file), read_only=True) as connection:
                lists.append(connection.execute(query).fetchall())
        except SamenspelError:
            return
    known = {(source, content) for source, _, content in lists[1]}
    lost = {
        (source, name)
        for source, name, content in lists[0]
        if (source, content) not in known and (source, name) not in found
    }
    if lost:
        raise WarehouseError(
            f"the version in force is damaged, and {len(lost)} files that only it holds are not at "
            "their place any more",
            where=str(broken),
            remedy="Put them back and load all sources, or restore the folder from a copy; "
            "to go on without them, remove this file and load again.",
        )


def _remove(building: Path) -> None:
    for leftover in building.parent.glob(f"{building.name}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)
