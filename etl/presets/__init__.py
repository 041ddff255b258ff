"""Presets: ready descriptions of systems' exports, as data; what a source writes itself wins.

A preset is a TOML file: `[about]` says which export it is and what is known of it, the rest is
what could stand in a `[[source]]`.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path, PurePosixPath
from typing import Any

from warehouse.errors import ConfigurationError
from warehouse.settings import read_toml

_KIND_BY_ENDING = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
_ORIGINS = ("column", "columns", "value")
_TABLES = ("columns", "identifiers")


@dataclass(frozen=True)
class Preset:
    """A ready description of an export.

    Attributes:
        name: what a source calls it by.
        title: system and export, in Dutch.
        export: how the export is made, in Dutch.
        known: what is documented, and where, in Dutch.
        assumed: what is not, in Dutch; empty where all is.
        source: what could stand in a `[[source]]`.
    """

    name: str
    title: str
    export: str
    known: str
    assumed: str
    source: Mapping[str, Any]


def preset_names() -> list[str]:
    """Return the names of the presets that come with the program, in order."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in package_files("etl.presets").iterdir()
        if entry.name.endswith(".toml")
    )


def preset_text(name: str) -> str:
    """Return a preset's file as it can be copied and changed.

    Raises:
        ConfigurationError: there is no such preset.
    """
    if name not in preset_names():
        close = difflib.get_close_matches(name, preset_names(), n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(close)}? " if close else ""
        raise ConfigurationError(
            f"there is no preset {name!r}",
            where="preset",
            remedy=f"{hint}`samenspel presets` lists them; a file of your own ends in .toml.",
        )
    return package_files("etl.presets").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def read_preset(name: str, folder: Path | None = None) -> Preset:
    """Return a preset by its name, or by the file that holds it.

    Args:
        name: a preset's name; what ends in .toml is a file.
        folder: where such a file's path begins.

    Raises:
        ConfigurationError: there is no such preset or file, or it is no TOML.
    """
    if name.endswith(".toml"):
        raw = read_toml((folder or Path()) / name)
    else:
        raw = tomllib.loads(preset_text(name))
    about = raw.pop("about", {})
    return Preset(
        name=name,
        source=raw,
        **{part: str(about.get(part, "")) for part in ("title", "export", "known", "assumed")},
    )


def with_preset(source: Mapping[str, Any], folder: Path | None = None) -> dict[str, Any]:
    """Return a source's settings, as plain data, with what its preset says of the rest.

    A field that the source describes by a column or constant is as it says; a table without either
    adds to the preset's; `false` leaves the preset's field out.

    Args:
        source: one `[[source]]`, as written.
        folder: of the configuration, for presets in files.

    Raises:
        ConfigurationError: the preset is not there.
    """
    name = source.get("preset")
    own = dict(source)
    if not isinstance(name, str):
        return own
    filled = {**read_preset(name, folder).source, **own}
    kind = own.get("kind") or kind_of(own.get("path"))
    if kind:
        filled["kind"] = kind
    for table in _TABLES:
        preset = read_preset(name, folder).source.get(table, {})
        if isinstance(own.get(table, {}), Mapping):
            filled[table] = _merged(preset, own.get(table, {}))
    return filled


def kind_of(path: object) -> str | None:
    """Return the kind of source that files of a name, or of the first of several, are."""
    first = path[0] if isinstance(path, list) and path else path
    if not isinstance(first, str):
        return None
    plain = PurePosixPath(first.lower().removesuffix(".gz"))
    return _KIND_BY_ENDING.get(plain.suffix)


def _merged(preset: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(preset)
    for field, column in own.items():
        if column is False:
            merged.pop(field, None)
        elif _adds_to(column) and field in merged:
            merged[field] = _added(merged[field], column)
        else:
            merged[field] = column
    return merged


def _adds_to(column: object) -> bool:
    return isinstance(column, Mapping) and not any(origin in column for origin in _ORIGINS)


def _added(preset: object, own: Mapping[str, Any]) -> dict[str, Any]:
    """Put a source's part of a column over the preset's; of `map`, entry by entry."""
    base: dict[str, Any] = dict(preset) if isinstance(preset, Mapping) else {"column": preset}
    values = {**base.get("map", {}), **own.get("map", {})}
    return {**base, **own} | ({"map": values} if values else {})
