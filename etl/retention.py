"""How long contacts and their notes are kept: whole months of the organisation's own calendar."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from ibis.backends.duckdb import Backend

from etl.engine import engine_errors, first_row
from etl.removal import remove_rows
from warehouse.settings import PrivacySettings, Settings

_NOBODY = "false"


def local_day(settings: Settings) -> date:
    """Return today, on the organisation's calendar."""
    return datetime.now(ZoneInfo(settings.timezone)).date()


def first_day_kept(months: int, today: date) -> date:
    """Return the first day that is within a term.

    The current month and the whole months before it are kept: nothing leaves before its term, and
    a month leaves as a whole, so that no figure of a month is of half a month.
    """
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def first_moment_kept(settings: Settings, today: date) -> datetime | None:
    """Return the first moment within the term of contacts, in UTC; None where they have no term."""
    months = settings.privacy.retain_months
    if months is None:
        return None
    day = first_day_kept(months, today)
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.timezone))
    return midnight.astimezone(UTC).replace(tzinfo=None)


def _is_before(months: int | None, today: date) -> str:
    if months is None:
        return _NOBODY
    return f"started_local < DATE '{first_day_kept(months, today)}'"


def _conditions(privacy: PrivacySettings, today: date) -> tuple[str, str]:
    """Return which rows are over their term, and which others have a note that is."""
    rows = _is_before(privacy.retain_months, today)
    notes = _is_before(privacy.retain_notes_months, today)
    return rows, f"note IS NOT NULL AND {notes} AND NOT ({rows})"


def expired(file: Path, settings: Settings, today: date) -> tuple[int, int]:
    """Return how many contacts of a version are over their term, and how many further notes.

    Args:
        file: the version.
        settings: with [privacy] retain_months and retain_notes_months.
        today: the local day.
    """
    rows, notes = _conditions(settings.privacy, today)
    if rows == notes == _NOBODY:
        return 0, 0
    query = f"SELECT count(*) FILTER ({rows}), count(*) FILTER ({notes}) FROM loaded_contact"
    with engine_errors(str(file)), duckdb.connect(file, read_only=True) as connection:
        found = connection.execute(query).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def expire(backend: Backend, settings: Settings, today: date) -> int:
    """Remove what is over its term from the version that is being built.

    Args:
        backend: on that version.
        settings: with [privacy] retain_months and retain_notes_months.
        today: the local day.

    Returns:
        How many contacts went, and notes of contacts that stay.
    """
    rows, notes = _conditions(settings.privacy, today)
    count = 0
    if rows != _NOBODY:
        count = remove_rows(backend, f"SELECT contact_key FROM loaded_contact WHERE {rows}")
    if settings.privacy.retain_notes_months is not None:
        (emptied,) = first_row(backend, f"UPDATE loaded_contact SET note = NULL WHERE {notes}")
        count += int(emptied)
    return count
