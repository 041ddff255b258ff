"""The monthly report into files: `samenspel-2025-03.xlsx` and the like."""

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from analytics.report import Report, monthly_report
from reports.csv import write_csv
from reports.xlsx import write_xlsx
from warehouse.errors import ConfigurationError
from warehouse.store import Reader

FORMATS: dict[str, Callable[[Report, Path], None]] = {"xlsx": write_xlsx, "csv": write_csv}
"""What can be written, by the file name's ending."""


def export(
    reader: Reader,
    month: date,
    folder: Path,
    *,
    formats: Sequence[str] = tuple(FORMATS),
    language: str | None = None,
) -> list[Path]:
    """Write the report of a month in each format; the settings' language where none is given.

    Returns:
        The files written, in the order of the formats.

    Raises:
        ConfigurationError: an unknown format, or the folder cannot be written.
        SelectionError: the month lies outside the loaded days.
        NoWarehouseError: nothing was loaded yet.
    """
    check_formats(formats)
    return write_report(monthly_report(reader, month, language=language), folder, formats)


def check_formats(formats: Sequence[str]) -> None:
    """Refuse what cannot be written, before anything is.

    Raises:
        ConfigurationError: a format does not exist, or none is named.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        what = f"there is no format {', '.join(map(repr, unknown))}" if unknown else "no format"
        raise ConfigurationError(what, where="export", remedy=f"Choose from: {', '.join(FORMATS)}.")


def write_report(report: Report, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write a report in each format; a file appears whole or not at all, over an older one.

    Returns:
        The files written, in the order of the formats.

    Raises:
        ConfigurationError: an unknown format, or the folder cannot be written.
    """
    check_formats(formats)
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(formats):
            path = folder / f"samenspel-{report.month:%Y-%m}.{name}"
            _write_whole(report, path, FORMATS[name])
            written.append(path)
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written ({error.strerror})",
            where=str(error.filename or folder),
            remedy="Name a folder that this user may write, or close the file where it is open.",
        ) from error
    return written


def _write_whole(report: Report, path: Path, write: Callable[[Report, Path], None]) -> None:
    """Write beside the final name, then move: nobody ever opens half a report."""
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    try:
        write(report, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
