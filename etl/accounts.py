"""The accounts of a load: what each file gave, kept in the warehouse and handed to the caller."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb
import ibis
from ibis.backends.duckdb import Backend

import analytics.derive
import analytics.metrics
import etl.linking
from etl.drift import Drift
from etl.engine import engine_errors, first_row, run
from etl.mapping import INVALID_COUNT
from etl.roles import configured_roles
from warehouse.accounts import (
    FORGOTTEN_FIELDS,
    LOAD_COLUMN_FIELDS,
    LOAD_DRIFT_FIELDS,
    LOAD_FIELDS,
    LOAD_FILE_FIELDS,
    META_FIELDS,
    REFUSED_RECORD_FIELDS,
    REJECT_FIELDS,
    SCHEMA_VERSION,
    SOURCE_FIELDS,
)
from warehouse.contact import KEY_FIELD, LOADED_FIELDS, Field
from warehouse.errors import AccountsError, WarehouseError
from warehouse.settings import Settings

LOADED_COLUMNS = tuple(f.name for f in LOADED_FIELDS)
_GATE_ONLY = Field(INVALID_COUNT, "int8", "Identifiers of the row that cannot be right.")
_TABLES = {
    "loaded_contact": (KEY_FIELD, *LOADED_FIELDS, _GATE_ONLY),
    "load": LOAD_FIELDS,
    "load_file": LOAD_FILE_FIELDS,
    "load_column": LOAD_COLUMN_FIELDS,
    "load_drift": LOAD_DRIFT_FIELDS,
    "reject": REJECT_FIELDS,
    "refused_record": REFUSED_RECORD_FIELDS,
    "forgotten": FORGOTTEN_FIELDS,
    "source": SOURCE_FIELDS,
    "meta": META_FIELDS,
}


@dataclass
class FileAccount:
    """What one file gave: read = loaded + duplicate + rejected; the fields of `load_file`.

    Attributes:
        changed_count: rows of earlier loads that were taken out, since the source changed them.
        gone_count: rows of earlier loads that were taken out, since the source has them no more.
        already_loaded: there was nothing new in it, and it is not booked again.
    """

    source: str
    file_name: str
    content_hash: str
    byte_count: int
    file_key: int = 0
    load_key: int = 0
    encoding: str = ""
    is_whole: bool = True
    read_count: int = 0
    loaded_count: int = 0
    duplicate_count: int = 0
    rejected_count: int = 0
    removed_count: int = 0
    ambiguous_time_count: int = 0
    invalid_identifier_count: int = 0
    dropped_note_count: int = 0
    first_started_at: datetime | None = None
    last_started_at: datetime | None = None
    changed_count: int = 0
    gone_count: int = 0
    already_loaded: bool = False
    columns: tuple[str, ...] = ()

    def check(self) -> None:
        """Hold the account against itself.

        Raises:
            AccountsError: rows are missing or too many.
        """
        if self.read_count != self.loaded_count + self.duplicate_count + self.rejected_count:
            raise AccountsError(
                f"{self.read_count} rows were read, but {self.loaded_count} loaded, "
                f"{self.duplicate_count} duplicate and {self.rejected_count} rejected",
                where=f"source {self.source}, {self.file_name}",
                remedy="Nothing was published; please report this with a made-up file.",
            )


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    Attributes:
        files: an account per file, in order of source and name, and per API. Files that were
            loaded before have `already_loaded` and count no rows; APIs that hold nothing new have
            it too, and count what was read.
        is_published: a new version was made.
        drifts: columns that files have otherwise than the last ones of their sources.
    """

    files: tuple[FileAccount, ...] = ()
    is_published: bool = False
    drifts: tuple[Drift, ...] = ()

    def _total(self, name: str) -> int:
        return sum(getattr(file, name) for file in self.files)

    @property
    def read_count(self) -> int:
        """Rows read."""
        return self._total("read_count")

    @property
    def loaded_count(self) -> int:
        """Rows loaded."""
        return self._total("loaded_count")

    @property
    def duplicate_count(self) -> int:
        """Rows that were already there."""
        return self._total("duplicate_count")

    @property
    def rejected_count(self) -> int:
        """Rows refused."""
        return self._total("rejected_count")

    @property
    def has_rejects(self) -> bool:
        """Whether any row was refused."""
        return self.rejected_count > 0


@dataclass(frozen=True)
class History:
    """What the published version already holds.

    Attributes:
        known: pairs of source and content hash.
        last_file_key: highest number given to a file.
        last_load_key: highest number given to a load.
        settings: the settings it was made with, as JSON; None for a new warehouse.
        roles: the role of each source, by name.
        derivations: which derivations it was made with (`derivations_fingerprint`).
        key_fingerprint: of the key that made its pseudonyms; None for a new warehouse.
        is_demo: its people are made up.
    """

    known: frozenset[tuple[str, str]] = frozenset()
    last_file_key: int = 0
    last_load_key: int = 0
    settings: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    derivations: str | None = None
    key_fingerprint: str | None = None
    is_demo: bool = False

    def has_settings(self, settings: Settings) -> bool:
        """Tell whether figures were last asked with the same settings."""
        return self.settings == settings_snapshot(settings)

    def is_derived_with(self, settings: Settings) -> bool:
        """Tell whether what was derived still stands: same settings, roles and derivations."""
        return (
            _for_derivations(self.settings) == _for_derivations(settings_snapshot(settings))
            and self.roles.items() >= configured_roles(settings).items()
            and self.derivations == derivations_fingerprint()
        )


def read_history(current: Path | None) -> History:
    """Return what the published version holds; an empty history where there is none.

    Raises:
        WarehouseError: it cannot be read, or another program version made it.
    """
    if current is None:
        return History()
    with (
        engine_errors(str(current)),
        duckdb.connect(current, read_only=True) as connection,
    ):
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if meta.get("schema_version") != str(SCHEMA_VERSION):
            raise WarehouseError(
                f"this warehouse has version {meta.get('schema_version')} of the tables, "
                f"this program version {SCHEMA_VERSION}",
                where=str(current),
                remedy="Load again into another folder (--warehouse).",
            )
        files = connection.execute(
            "SELECT source, content_hash, file_key FROM load_file"
        ).fetchall()
        roles = connection.execute("SELECT source, role FROM source").fetchall()
        loads = connection.execute("SELECT coalesce(max(load_key), 0) FROM load").fetchone()
    return History(
        known=frozenset((source, content) for source, content, _ in files),
        last_file_key=max((key for *_, key in files), default=0),
        last_load_key=loads[0] if loads else 0,
        settings=meta.get("settings"),
        roles=dict(roles),
        derivations=meta.get("derivations"),
        key_fingerprint=meta.get("key_fingerprint"),
        is_demo=meta.get("is_demo") == "true",
    )


def settings_snapshot(settings: Settings) -> str:
    """Return as JSON the settings that figures depend on: no sources, no paths of keys or users."""
    plain = settings.model_dump(
        mode="json", exclude={"source": True, "server": True, "privacy": {"key_file"}}
    )
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


_ASKED_AFTER = frozenset({"organisation", "language", "drivers", "steering", "planning",
                          "intervention", "goal"})  # fmt: skip
"""Settings that change no derived row: where only these changed, nothing is derived anew."""


def _for_derivations(snapshot: str | None) -> Mapping[str, object] | None:
    """Return the settings that decide what is derived, not only how it is asked afterwards."""
    if snapshot is None:
        return None
    return {key: value for key, value in json.loads(snapshot).items() if key not in _ASKED_AFTER}


def program_version() -> str:
    """Return the version of Samenspel that runs."""
    try:
        return version("samenspel")
    except PackageNotFoundError:
        return "unknown"


def create_tables(backend: Backend) -> None:
    """Make the tables that the loader writes, empty."""
    for name, fields in _TABLES.items():
        backend.create_table(name, schema=ibis.schema({f.name: f.type for f in fields}))


@cache
def derivations_fingerprint() -> str:
    """Return a hash of the derivations' own text: another text may derive something else."""
    text = hashlib.sha256()
    for package in (analytics.derive, analytics.metrics, etl.linking):
        for file in sorted(Path(package.__path__[0]).glob("*.py")):
            text.update(file.read_bytes())
    return text.hexdigest()


def next_contact_key(backend: Backend) -> int:
    """Return the `contact_key` above that of every row."""
    (key,) = first_row(backend, "SELECT coalesce(max(contact_key), -1) + 1 FROM loaded_contact")
    return int(key)


def number_rows(backend: Backend, first: int) -> None:
    """Give the rows that were added a `contact_key`, in their order, that no row had before.

    Args:
        backend: on the version being built.
        first: what `next_contact_key` said before any row was taken out.
    """
    run(
        backend,
        f"UPDATE loaded_contact SET contact_key = rowid + ({first} "
        "- (SELECT min(rowid) FILTER (contact_key IS NULL) FROM loaded_contact)) "
        "WHERE contact_key IS NULL",
    )


def write_accounts(
    backend: Backend,
    load_key: int,
    started_at: datetime,
    finished_at: datetime,
    files: Sequence[FileAccount],
) -> None:
    """Add a load and its files to the accounts."""
    run(
        backend,
        "INSERT INTO load VALUES (?, ?, ?, ?)",
        [load_key, started_at, finished_at, program_version()],
    )
    names = [f.name for f in LOAD_FILE_FIELDS]
    marks = ", ".join("?" for _ in names)
    for file in files:
        run(
            backend,
            f"INSERT INTO load_file ({', '.join(names)}) VALUES ({marks})",
            [getattr(file, name) for name in names],
        )


def write_meta(
    backend: Backend, settings: Settings, *, key_fingerprint: str, is_demo: bool
) -> None:
    """Replace the facts about this version.

    Args:
        backend: on the version that is being built.
        settings: that figures depend on.
        key_fingerprint: see `etl.privacy.fingerprint`.
        is_demo: these people are made up.
    """
    first, last = first_row(backend, "SELECT min(started_at), max(started_at) FROM loaded_contact")
    facts = {
        "schema_version": str(SCHEMA_VERSION),
        "settings": settings_snapshot(settings),
        "program_version": program_version(),
        "derivations": derivations_fingerprint(),
        "is_demo": json.dumps(is_demo),
        "first_contact_at": first.isoformat() if first else "",
        "last_contact_at": last.isoformat() if last else "",
        "key_fingerprint": key_fingerprint,
    }
    run(backend, "DELETE FROM meta")
    for key, value in facts.items():
        run(backend, "INSERT INTO meta VALUES (?, ?)", [key, value])


_CONTRADICTIONS = """
WITH
loaded AS (SELECT file_key, count(*) AS rows FROM loaded_contact GROUP BY file_key),
refused AS (SELECT file_key, count(*) AS rows FROM reject GROUP BY file_key)
SELECT count(*)
FROM load_file
FULL JOIN loaded USING (file_key)
FULL JOIN refused USING (file_key)
WHERE load_file.source IS NULL
    OR load_file.loaded_count - load_file.removed_count <> coalesce(loaded.rows, 0)
    OR load_file.rejected_count <> coalesce(refused.rows, 0)
    OR load_file.read_count <> loaded_count + duplicate_count + rejected_count
"""


def verify(file: Path) -> None:
    """Open a finished version as a reader does, and hold its tables against its accounts.

    Raises:
        AccountsError: they differ.
        DamagedError: a part of what was looked at cannot be read.
    """
    with engine_errors(str(file)), duckdb.connect(file, read_only=True) as connection:
        contradictions = connection.execute(_CONTRADICTIONS).fetchone()
        tables = {row[0] for row in connection.execute("SHOW TABLES").fetchall()}
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("loaded_contact", "contact")
            if table in tables
        ]
    if contradictions != (0,) or len(set(counts)) > 1:
        raise AccountsError(
            "the new version's tables do not agree with its accounts; nothing was published",
            where=str(file),
            remedy="Try again; if it stays, please report it.",
        )
