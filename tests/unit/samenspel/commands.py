"""A command, run in this process."""

from typer.testing import CliRunner

from samenspel.cli import app
from warehouse.store import Reader


def run(*arguments: str, reader: Reader) -> str:
    """Return what a command prints about a warehouse; an error of it is raised."""
    result = CliRunner().invoke(
        app, [*arguments, "--warehouse", str(reader.store.folder)], catch_exceptions=False
    )
    assert result.exit_code == 0
    return result.stdout
