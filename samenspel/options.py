"""What several commands take: the configuration, the warehouse, one of some values."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from etl.configuration import read_settings
from warehouse.errors import SelectionError
from warehouse.settings import Settings

DEFAULT_CONFIG = Path("samenspel.toml")

Config = Annotated[Path, typer.Option("--config", help="The configuration file.")]
Warehouse = Annotated[Path, typer.Option("--warehouse", help="The warehouse's folder.")]


def found_settings(config: Path) -> Settings | None:
    """Return the configuration's settings; None where none was named and none is there.

    Raises:
        ConfigurationError: it is wrong, or the one that was named is not there.
    """
    if config == DEFAULT_CONFIG and not config.is_file():
        return None
    return read_settings(config)


def optional_settings(config: Path) -> Settings:
    """Return the settings for commands that also work without a configuration.

    Raises:
        ConfigurationError: it is wrong, or the one that was named is not there.
    """
    return found_settings(config) or Settings()


def check_choice(value: str, known: Iterable[str], option: str, what: str = "value") -> None:
    """Refuse a value that an option does not have.

    Args:
        value: as it was given.
        known: what the option takes.
        option: its name, such as --format.
        what: what it is a value of, for the message.

    Raises:
        SelectionError: the value is none of those known.
    """
    choices = list(known)
    if value in choices:
        return
    *others, last = choices or ["-"]
    listed = f"{', '.join(others)} or {last}" if others else last
    raise SelectionError(f"there is no {what} {value!r}", where=option, remedy=f"Use {listed}.")
