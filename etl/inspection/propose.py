"""A `[[source]]` for an unknown file: the preset whose columns fit best, or a guessed mapping."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ibis.backends.duckdb import Backend

from etl.columns import candidates, find_origin
from etl.inspection.guess import guess_channel, guess_fields, plain_words, tables
from etl.inspection.profile import Profile, profiles
from etl.inspection.shape import Shape
from etl.look import opened
from etl.presets import preset_names, with_preset
from etl.sources.rows import RAW_ROWS
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings, SourceSettings

_LEAST_FIELDS = 3
_CHANNEL_COLUMNS = frozenset(("kanaal", "channel", "contactkanaal", "communicatiekanaal"))
_LEAST_SHARE = 0.4


@dataclass(frozen=True)
class Proposal:
    """What a file could be.

    Attributes:
        source: a `[[source]]`, as it would be written.
        filled: the same with what its preset says.
        preset: the preset's name; None where the mapping was guessed.
        is_guessed_channel: nothing in the file tells the channel; a person must.
        unused: columns that no field takes.
        profiles: what its columns look like.
    """

    source: dict[str, Any]
    filled: SourceSettings
    preset: str | None
    is_guessed_channel: bool
    unused: tuple[str, ...]
    profiles: tuple[Profile, ...]


def propose(
    backend: Backend,
    settings: Settings,
    shape: Shape,
    name: str,
    path: str,
    *,
    use_presets: bool = True,
) -> Proposal:
    """Return a `[[source]]` for a file.

    Args:
        backend: of `etl.look.looking`.
        settings: for channels and the time zone.
        shape: how the file is stored.
        name: for the source.
        path: what the source would say, relative to the configuration.
        use_presets: whether a preset may be the answer.

    Raises:
        SourceError: the file cannot be read.
        ConfigurationError: no column holds times.
    """
    with opened(shape.source(name, path), shape.file) as rows:
        columns = rows.columns[: len(shape.columns)]
        if columns:
            rows.read(backend)
        found = profiles(backend, settings, columns, RAW_ROWS) if columns else []
    preset = best_preset(shape) if use_presets else None
    if preset is not None:
        source: dict[str, Any] = {"name": name, "preset": preset, "path": path}
        filled = with_preset(source)
        source |= {key: value for key, value in shape.storage.items() if filled.get(key) != value}
        filled = {**filled, **source}
        is_guessed = False
    else:
        source, is_guessed = _guessed(shape, found, name, path)
        filled = source
    model = SourceSettings.model_validate(filled)
    return Proposal(source, model, preset, is_guessed, _unused(model, shape), tuple(found))


def _guessed(
    shape: Shape, found: Sequence[Profile], name: str, path: str
) -> tuple[dict[str, Any], bool]:
    parts = dict(tables(guess_fields(found)))
    columns = parts["columns"]
    channel = None
    if "channel" not in columns:
        channel = guess_channel(path, shape.columns)
        columns["channel"] = {"value": channel or "other"}
    if "started_at" not in columns:
        dated = [profile for profile in found if profile.notation]
        if not dated:
            raise ConfigurationError(
                "no column holds times, so this is no log of contacts",
                where=shape.file.name,
                remedy="If it is, describe it yourself: see docs/own-data.md.",
            )
        columns["started_at"] = {"column": dated[0].name}
    source = {"name": name, "path": path, **shape.storage, **parts}
    return source, columns["channel"] == {"value": "other"} and channel is None


def _unused(source: SourceSettings, shape: Shape) -> tuple[str, ...]:
    used = {
        name
        for table in (source.columns, source.identifiers)
        for column in table.values()
        for names in _origin(column, shape.columns)
        for name in names
    }
    return tuple(name for name in shape.columns if name not in used)


def _origin(column: Any, columns: Sequence[str]) -> Sequence[tuple[str, ...]]:
    lenient = column.model_copy(update={"optional": True})
    return find_origin(lenient, columns, "") or ()


def best_preset(shape: Shape) -> str | None:
    """Return the preset that explains a file's columns best; None where none does.

    A preset counts if the file has what it must have. A column weighs the more, the fewer presets
    know it: `pkid` says more than `Status`.
    """
    rated = {name: rating for name in preset_names() if (rating := _rating(name, shape))}
    return max(rated, key=lambda name: rated[name]) if rated else None


def _rating(name: str, shape: Shape) -> tuple[float, float] | None:
    source = _preset_source(name)
    fields = [
        column
        for table in (source.columns, source.identifiers)
        for column in table.values()
        if candidates(column)
    ]
    found = [_origin(column, shape.columns) for column in fields]
    pairs = zip(fields, found, strict=True)
    has_required = all(origin for column, origin in pairs if not column.optional)
    used = {name for origin in found for names in origin for name in names}
    share = sum(map(bool, found)) / len(fields)
    coverage = len(used) / len(shape.columns) if shape.columns else 0.0
    enough = sum(map(bool, found)) >= _LEAST_FIELDS and max(share, coverage) >= _LEAST_SHARE
    has_channel = source.columns["channel"].value is None
    if not has_required or not enough or (_names_a_channel(shape.columns) and not has_channel):
        return None
    return (sum(_weight(one) for one in used), share)


def _names_a_channel(columns: Sequence[str]) -> bool:
    """Tell whether a column says the channel: the log is then not of one channel only."""
    return any(plain_words(name) in _CHANNEL_COLUMNS for name in columns)


@cache
def _preset_source(name: str) -> SourceSettings:
    return SourceSettings.model_validate(
        with_preset({"name": "preset", "preset": name, "path": "x"})
    )


@cache
def _known_columns() -> Mapping[str, int]:
    return Counter(
        column
        for name in preset_names()
        for column in {
            one
            for table in (_preset_source(name).columns, _preset_source(name).identifiers)
            for settings in table.values()
            for names in candidates(settings)
            for one in names
        }
    )


def _weight(column: str) -> float:
    return math.log(1 + len(preset_names()) / _known_columns().get(column, 1))
