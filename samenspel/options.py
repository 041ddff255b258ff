"""Options that every command takes."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_CONFIG = Path("samenspel.toml")

Config = Annotated[Path, typer.Option("--config", help="The configuration file.")]
Warehouse = Annotated[Path, typer.Option("--warehouse", help="The warehouse's folder.")]
