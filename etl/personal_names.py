"""Names of people in Dutch notes, found by Deduce: lists of names, titles, prefixes and context."""

import gc
import logging
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

NAME = "NAAM"

_ANNOTATORS = frozenset({
    "names",
    "prefix_with_initial",
    "prefix_with_interfix",
    "prefix_with_name",
    "interfix_with_name",
    "initial_with_name",
    "initial_interfix",
    "first_name_lookup",
    "surname_lookup",
    "name_context",
})  # fmt: skip
_LISTS_OF_NAMES = ("names", "whitelist")


def find_names(text: str) -> Iterator[tuple[int, int, str]]:
    """Give where names of people begin and end."""
    for annotation in _deduce().deidentify(text, enabled=_ANNOTATORS).annotations:
        yield annotation.start_char, annotation.end_char, NAME


@cache
def _deduce() -> Any:
    """Return the library with its lists of names only: a few seconds, once.

    Left to itself it builds its lists of streets and hospitals too, for more than a minute, and
    keeps them as a pickle inside the installation.
    """
    with tempfile.TemporaryDirectory() as folder:
        library = _imported()
        source = Path(str(library.__file__)).parent / "data" / "lookup"
        _copy_lists(source, Path(folder))
        is_collecting = gc.isenabled()
        gc.disable()  # hundreds of thousands of small objects that all stay
        try:
            made = library.Deduce(
                lookup_data_path=Path(folder), cache_path=Path(folder), build_lookup_structs=True
            )
        finally:
            gc.collect()
            gc.freeze()  # else every collection looks them through: 50 times as long per note
            if is_collecting:
                gc.enable()
    return made


def _imported() -> ModuleType:
    """Import the library without letting it set up everybody's logging to standard output."""
    root = logging.getLogger()
    level, stopper = root.level, logging.NullHandler()
    root.addHandler(stopper)
    try:
        import deduce  # noqa: PLC0415  # sets up logging when imported, which is held off here
    finally:
        root.removeHandler(stopper)
        root.setLevel(level)
    return deduce


def _copy_lists(source: Path, target: Path) -> None:
    """Copy the lists that names need; the others get one entry that no text has."""
    for file in (source / "src").rglob("*"):
        if file.suffix not in {".txt", ".json"}:
            continue
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.relative_to(source / "src").parts[0] in _LISTS_OF_NAMES or file.suffix == ".json":
            shutil.copyfile(file, copy)
        elif file.name == "items.txt":
            copy.write_text("Zzyzx\n", encoding="utf-8")
