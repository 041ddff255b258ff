"""Looking at a source without loading it: are its files there, does its API answer?"""

from collections.abc import Mapping
from pathlib import Path

from etl.files import find_files
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
