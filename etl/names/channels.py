"""Names of channels: ours, those seen in the wild, and those of the municipality's own table."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING

from etl.names.tables import read_table
from warehouse.contact import BUILT_IN_CHANNELS, Channel
from warehouse.errors import ConfigurationError
from warehouse.settings import ChannelSettings, Settings

if TYPE_CHECKING:
    from ibis.expr.types import StringValue

COLUMNS = ("naam", "kanaal")
_IGNORED = " \t\u00a0-\u2010\u2011\u2012\u2013\u2014_./()"
"""Signs in which spellings of one name differ: spaces, dashes of any length, dots."""


def plain_name(name: str) -> str:
    """Return a name without case and without the signs in which its spellings differ."""
    return name.lower().translate({ord(sign): None for sign in _IGNORED})


def plain_text(lower: "StringValue") -> "StringValue":
    """The same as an expression, of text in lower case."""
    return lower.translate(_IGNORED, "")


def own_names(settings: Settings) -> dict[str, str]:
    """Return the keys of all channels and their names on screen, in lower case = key."""
    channels: Mapping[str, Channel | ChannelSettings] = {**BUILT_IN_CHANNELS, **settings.channels}
    return {
        name.lower(): key
        for key, channel in channels.items()
        for name in (key, key.replace("_", " "), channel.name_nl, channel.name_en)
    }


def lower_names(settings: Settings) -> dict[str, str]:
    """Return what names a channel as it is written, in lower case = key: ours and the table's."""
    table = {name.lower(): key for name, key in settings.channel_names.items()}
    return own_names(settings) | table


def spellings(settings: Settings) -> dict[str, str]:
    """Return every known name of a channel, plain (see `plain_name`) = its key.

    The municipality's table wins over our names, and those over the ones seen in the wild.
    """
    return {
        plain_name(name): key
        for names in (seen_names(), own_names(settings), settings.channel_names)
        for name, key in names.items()
    }


@cache
def seen_names() -> dict[str, str]:
    """Return the names that systems and municipalities were seen to use = key."""
    with as_file(package_files("etl.names").joinpath("kanalen.csv")) as path:
        return {row["naam"]: row["kanaal"] for _, row in read_table(path, COLUMNS)}


def read_channel_names(path: Path) -> dict[str, str]:
    """Read the municipality's table of channel names: columns naam and kanaal.

    Returns:
        Name as written = what stands beside it; rows without a channel are left out.

    Raises:
        ConfigurationError: the table is not there or lacks a column.
    """
    return {row["naam"]: row["kanaal"] for _, row in read_table(path, COLUMNS) if row["kanaal"]}


def check_channel_names(names: Mapping[str, str], settings: Settings, where: str) -> dict[str, str]:
    """Return the table with each name led to a channel's key.

    Raises:
        ConfigurationError: a name leads to no channel.
    """
    known = own_names(settings)
    for name, channel in names.items():
        if channel.lower() not in known:
            raise ConfigurationError(
                f"{channel!r} is not one of {', '.join(sorted(set(known.values())))}",
                where=f"{where}, {name}",
                remedy="Use one of these; a channel of your own goes under [channels].",
            )
    return {name: known[channel.lower()] for name, channel in names.items()}
