"""What several commands take: the configuration, the warehouse, and how the first is read."""

from pathlib import Path
from typing import Annotated

import typer

from etl.configuration import read_settings
from warehouse.settings import Settings

DEFAULT_CONFIG = Path("samenspel.toml")

Config = Annotated[Path, typer.Option("--config", help="The configuration file.")]
Warehouse = Annotated[Path, typer.Option("--warehouse", help="The warehouse's folder.")]


def optional_settings(config: Path) -> Settings:
    """Return the settings for commands that also work without a configuration."""
    if config == DEFAULT_CONFIG and not config.is_file():
        return Settings()
    return read_settings(config)
