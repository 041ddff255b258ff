"""Looking at a source without loading it: are its files there, with the columns of last time?"""

from pathlib import Path

from etl.drift import Drift, compare, known_columns
from etl.files import find_files
from etl.header import file_columns
from warehouse.settings import SourceSettings


def check_source(source: SourceSettings, folder: Path) -> int:
    """Return how many files the source has; each member of a .zip counts.

    Raises:
        ConfigurationError: no file matches a configured path.
        SourceError: a .zip cannot be read.
    """
    return len(find_files(source, folder))


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
