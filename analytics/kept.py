"""What is too dear to work out for every reader: kept beside the warehouse, once per version.

A folder `kept` in the warehouse's folder holds, per version, one file for each result: counts and
what is made of them, never a row about one contact. What belongs to a version that is gone is
removed. Where the folder cannot be written, nothing is kept and all still works.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from warehouse.store import Reader

Frames = Mapping[str, pd.DataFrame]
"""A result: tables by name."""

_FOLDER = "kept"


def is_kept(reader: Reader, name: str) -> bool:
    """Tell whether a result of the current version is there already.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    return _file(reader.store.folder, reader.version(), name).is_file()


def kept(reader: Reader, name: str, work_out: Callable[[Reader], Frames]) -> Frames:
    """Return a result of the current version: read where it is kept, else worked out and kept.

    Args:
        reader: of the warehouse.
        name: of the result; another name where its tables change.
        work_out: what makes it.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    version = reader.version()
    file = _file(reader.store.folder, version, name)
    with suppress(
        OSError, ValueError, KeyError, TypeError, AttributeError
    ):  # not there, or half a file: made anew
        return _read(file)
    found = work_out(reader)
    if reader.version() == version:
        with suppress(OSError):
            _write(file, found)
            _remove_outdated(file.parent.parent, version)
    return found


def _file(folder: Path, version: str, name: str) -> Path:
    return folder / _FOLDER / version / f"{name}.json"


def _read(file: Path) -> Frames:
    tables = json.loads(file.read_text(encoding="utf-8"))
    return {name: _frame(table) for name, table in tables.items()}


def _frame(table: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.read_json(StringIO(json.dumps(table["rows"])), orient="split", dtype=False)
    return frame.astype(table["types"])


def _write(file: Path, frames: Frames) -> None:
    tables = {
        name: {
            "types": {column: str(kind) for column, kind in frame.dtypes.items()},
            "rows": json.loads(frame.to_json(orient="split", index=False, double_precision=15)),
        }
        for name, frame in frames.items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    new.write_text(json.dumps(tables), encoding="utf-8")
    new.replace(file)


def _remove_outdated(folder: Path, version: str) -> None:
    """Remove what belongs to versions that are there no longer."""
    versions = folder.parent / "versions"
    for one in folder.iterdir():
        if one.name != version and not (versions / f"{one.name}.duckdb").is_file():
            shutil.rmtree(one, ignore_errors=True)
