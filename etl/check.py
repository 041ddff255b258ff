"""Looking at a source without loading it: are its files there?"""

from pathlib import Path

from etl.files import find_files
from warehouse.settings import SourceSettings


def check_source(source: SourceSettings, folder: Path) -> int:
    """Return how many files the source has; each member of a .zip counts.

    Raises:
        ConfigurationError: no file matches a configured path.
        SourceError: a .zip cannot be read.
    """
    return len(find_files(source, folder))
