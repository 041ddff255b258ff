"""The configuration as it is used: `samenspel.toml`, with its presets and name tables filled in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from etl.names.channels import check_channel_names, read_channel_names
from etl.names.services import read_service_names
from etl.presets import with_preset
from warehouse.settings import Settings, parse_settings, read_toml

_TABLES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "channel_names": read_channel_names,
    "service_names": read_service_names,
}
"""Settings that may be the name of a table's file, and what reads it."""


def read_settings(path: Path) -> Settings:
    """Read and validate a configuration file.

    Returns:
        The settings, with what presets say filled in, and paths of sources still relative to the
        file's folder.

    Raises:
        ConfigurationError: the file is missing, is no TOML, a setting is wrong, or a preset or
            table that it names is not there; one line.
    """
    raw = read_toml(path)
    return make_settings(raw, path.resolve().parent, where=str(path))


def make_settings(
    raw: dict[str, Any], folder: Path | None = None, *, where: str = "configuration"
) -> Settings:
    """Validate settings given as plain data; see `read_settings`.

    Args:
        raw: what `samenspel.toml` holds.
        folder: where it lies.
        where: for messages.
    """
    place = folder or Path()
    sources = raw.get("source", [])
    if isinstance(sources, list) and sources:
        filled = [with_preset(one, place) if isinstance(one, Mapping) else one for one in sources]
        raw = {**raw, "source": filled}
    for table, read in (
        ("channel_names", read_channel_names),
        ("service_names", read_service_names),
    ):
        if isinstance(raw.get(table), str):
            raw = {**raw, table: read(place / raw[table])}
    settings = parse_settings(raw, where=where)
    names = check_channel_names(settings.channel_names, settings, f"{where}, channel_names")
    return settings.model_copy(update={"channel_names": names})
