"""The commands that help to describe a log: presets, inspect, channels, services."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from etl.configuration import read_settings
from samenspel.console import output
from samenspel.options import DEFAULT_CONFIG, Config, optional_settings


def presets(
    name: Annotated[str | None, typer.Argument(help="Print this one, to copy and change.")] = None,
) -> None:
    """List the systems whose exports are described ready for use, or print one description."""
    from etl.presets import preset_names, preset_text, read_preset

    if name is not None:
        print(preset_text(name), end="")  # noqa: T201
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for one in preset_names():
        table.add_row(one, read_preset(one).title)
    output.print(table)


def inspect(
    file: Annotated[Path, typer.Argument(help="An export: csv, xlsx, json, parquet; or packed.")],
    config: Config = DEFAULT_CONFIG,
    source_name: Annotated[str | None, typer.Option(help="Name for the source.")] = None,
    preset: Annotated[bool, typer.Option(help="Whether a preset may be the answer.")] = True,
) -> None:
    """Propose a [[source]] for an unknown export, and tell what each field would become."""
    from samenspel.inspection import inspect_file

    settings = optional_settings(config)
    folder = config.resolve().parent
    if not inspect_file(settings, folder, file, source_name, use_presets=preset):
        raise typer.Exit(1)


def channels(
    config: Config = DEFAULT_CONFIG,
    out: Annotated[
        Path | None, typer.Option(help="Table to add the names to, such as kanalen.csv.")
    ] = None,
) -> None:
    """List what the configured files call a channel and no table knows, with numbers of rows."""
    from samenspel.naming import show_channels

    if not show_channels(read_settings(config), config.resolve().parent, out):
        raise typer.Exit(1)


def services(
    config: Config = DEFAULT_CONFIG,
    out: Annotated[Path | None, typer.Option(help="The table; beside the configuration.")] = None,
) -> None:
    """Write what each source calls a service to a table, with a proposed UPL name for each."""
    from samenspel.naming import write_services

    folder = config.resolve().parent
    if not write_services(read_settings(config), folder, out or folder / "diensten.csv"):
        raise typer.Exit(1)


COMMANDS: tuple[Callable[..., None], ...] = (presets, inspect, channels, services)
