"""Looking at a source without loading it: its files and their columns, or its API."""

from collections.abc import Mapping
from pathlib import Path

from etl.drift import Drift, compare, known_columns
from etl.files import find_files
from etl.header import file_columns
from etl.remote.check import list_sizes
from warehouse.settings import SourceSettings


def check_source(source: SourceSettings, folder: Path, environ: Mapping[str, str]) -> str:
    """Return what there is of a source: how many files (each member of a .zip counts), or records.

    Args:
        source: the source.
        folder: its paths are relative to it.
        environ: holds the tokens of APIs.

    Returns:
        A clause for people, such as "3 files found" or "klantcontacten 200, partijen 70".

    Raises:
        ConfigurationError: no file matches a configured path, or a token or address is wrong.
        SourceError: a .zip cannot be read, or the API cannot be reached.
    """
    if not source.is_api:
        return f"{len(find_files(source, folder))} files found"
    sizes = list_sizes(source, environ)
    return "the API answers: " + ", ".join(f"{name} {count}" for name, count in sizes.items())


def find_drifts(source: SourceSettings, folder: Path, current: Path | None) -> list[Drift]:
    """Return how the columns of the source's files differ from those of the last load.

    Args:
        source: the source's settings.
        folder: of the configuration.
        current: the published warehouse; None where nothing was loaded yet.

    Raises:
        ConfigurationError: no file matches a configured path.
        SourceError: a .zip cannot be read.
        WarehouseError: the warehouse cannot be read.
    """
    known = known_columns(current) if current else ()
    return [
        drift
        for file in find_files(source, folder)
        for drift in compare(source, file.name, file_columns(source, file), known)
    ]
