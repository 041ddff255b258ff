"""One reading of an API: since when, what came in, and what it replaces in the warehouse.

A contact of an API can change or vanish, which a line of a file never does. What is read is held
against what was loaded: equal is duplicate, different replaces, and what a whole reading no longer
finds is taken out.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from ibis.backends.duckdb import Backend

from etl.accounts import LOADED_COLUMNS, FileAccount
from etl.engine import engine_errors, first_row, quoted, run
from etl.gate import Passage
from etl.mapping import INVALID_COUNT, LINE, PROBLEM
from etl.remote import contactmomenten, openklant
from etl.remote.contacts import CONTACTS, contact_rows
from etl.remote.http import open_api
from etl.remote.kiss import DETAILS, read_details
from etl.remote.lists import TEMPORARY, ListReader
from etl.remote.mapping import with_mapping
from etl.removal import remove_rows
from etl.views import Views
from warehouse.errors import SourceError
from warehouse.settings import Settings, SourceSettings

_KINDS = {
    "openklant": (openklant.KLANTCONTACTEN, openklant.read_contacts),
    "contactmomenten": (contactmomenten.CONTACTMOMENTEN, contactmomenten.read_contacts),
}
_REFUSED = f"{TEMPORARY}refused"
_COMPARED = tuple(
    name for name in (*LOADED_COLUMNS, INVALID_COUNT) if name not in {"file_key", "note"}
)


class Progress(Protocol):
    """Is told how far a reading is."""

    def start(self, step: str, total: int | None = None) -> None:
        """Begin a step."""

    def advance(self, done: int) -> None:
        """Add to the step."""

    def finish(self) -> None:
        """End the step."""


@dataclass(frozen=True)
class Unit:
    """A source of contacts, and the one that tells more about them (KISS), if any."""

    contacts: SourceSettings
    details: SourceSettings | None

    @property
    def sources(self) -> tuple[SourceSettings, ...]:
        """The one or two sources."""
        return (self.contacts,) if self.details is None else (self.contacts, self.details)


def units_of(settings: Settings, chosen: Sequence[SourceSettings]) -> list[Unit]:
    """Return the units to read, in order; naming one of a unit's sources means both."""
    named = {source.name for source in chosen}
    details = {source.contacts: source for source in settings.source if source.kind == "kiss"}
    units = [
        Unit(source, details.get(source.name))
        for source in settings.source
        if source.is_api and source.kind != "kiss"
    ]
    return [unit for unit in units if named & {source.name for source in unit.sources}]


@dataclass(frozen=True)
class Asking:
    """How APIs are asked.

    Attributes:
        is_full: for everything, whatever was read before.
        not_before: no contact from before this moment (UTC) is asked for: its term is over.
        environ: holds their tokens.
    """

    is_full: bool = False
    not_before: datetime | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


@dataclass(frozen=True)
class Reading:
    """A unit on its way into the version that is being built.

    Attributes:
        load_key: number of this load.
        started_at: when this load began, in UTC.
    """

    views: Views
    settings: Settings
    unit: Unit
    asking: Asking
    progress: Progress
    load_key: int
    started_at: datetime

    @property
    def _backend(self) -> Backend:
        return self.views.backend

    def go(self, file_key: int) -> list[FileAccount]:
        """Read, and load what is new.

        Args:
            file_key: number for the first account; further ones follow.

        Returns:
            An account per source. Where nothing changed they are marked as already loaded, with
            what was read, and nothing of them is in the warehouse.

        Raises:
            SamenspelError: an API cannot be read.
            AccountsError: a row went astray.
        """
        since = None if self.asking.is_full else _since(self._backend, self.unit, self.started_at)
        is_whole = since is None
        since = max(filter(None, (since, self.asking.not_before)), default=None)
        accounts = [
            self._fetch(source, since, file_key + place, is_whole=is_whole)
            for place, source in enumerate(self.unit.sources)
        ]
        contacts = with_mapping(self.unit.contacts)
        replacing = _Replacing(contacts, accounts[0], is_whole=is_whole)
        with engine_errors(f"source {contacts.name}"):
            rows = contact_rows(contacts)
            Passage(
                self._backend,
                self.views,
                self.settings,
                contacts,
                rows,
                accounts[0],
                before_insert=replacing.go,
            ).go()
            has_news = replacing.has_news or accounts[0].loaded_count > 0
            if self.unit.details is not None:
                _drop_earlier_details(self._backend, since)
                has_news |= _match_details(self._backend, contacts.name, accounts[1])
            has_news |= any(not _was_booked(self._backend, account) for account in accounts)
            if not has_news:
                for account in accounts:
                    account.already_loaded = True
                    run(self._backend, f"DELETE FROM reject WHERE file_key = {account.file_key}")
        self._let_go()
        return accounts

    def _let_go(self) -> None:
        """Drop the temporary tables of what was read: they hold identifiers, and memory."""
        names = self._backend.con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, ?)",
            [TEMPORARY],
        ).fetchall()
        for (name,) in names:
            run(self._backend, f"DROP TABLE temp.{name}")

    def _fetch(
        self, source: SourceSettings, since: datetime | None, file_key: int, *, is_whole: bool
    ) -> FileAccount:
        """Read a source's lists into temporary tables."""
        is_details = source.kind == "kiss"
        with open_api(source, self.asking.environ) as api:
            reader = ListReader(
                api,
                self._backend,
                lambda name: self.progress.start(f"Reading {source.name} {name} (records)"),
                self.progress.advance,
            )
            if is_details:
                # a conversation begins before it is written as a contact, at most a day
                begun = None if since is None else since - timedelta(days=1)
                read_details(reader, source, _zulu(begun))
            else:
                _KINDS[source.kind][1](reader, source, _zulu(since))
                reader.make_empty(DETAILS)
                self._check_not_emptied(source, is_whole=is_whole)
        self.progress.finish()
        resource = DETAILS.resource if is_details else _KINDS[source.kind][0].resource
        return FileAccount(
            source.name,
            f"{resource} ({'volledig' if is_whole else f'sinds {since:%Y-%m-%d}'})",
            reader.digest.hexdigest(),
            api.byte_count,
            file_key,
            self.load_key,
            is_whole=is_whole,
        )

    def _check_not_emptied(self, source: SourceSettings, *, is_whole: bool) -> None:
        """Refuse to take an API that lost everything at its word: it is likelier another one."""
        (read,) = first_row(self._backend, f"SELECT count(*) FROM {CONTACTS}")
        (loaded,) = first_row(
            self._backend, "SELECT count(*) FROM loaded_contact WHERE source = ?", [source.name]
        )
        if is_whole and loaded and not read:
            raise SourceError(
                f"the API holds no contact any more, the warehouse {loaded}; nothing was removed",
                where=f"source {source.name}",
                remedy="Check `url` and the token's rights. If it is right, give the source "
                "another name, or load into another folder (--warehouse).",
            )


def _zulu(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _since(backend: Backend, unit: Unit, now: datetime) -> datetime | None:
    """Return from which day on contacts are read; None: all of them.

    The last contact marks how far the source was read, unless it lies in the future: then the last
    load does. Contacts are registered late, and changed; `overlap_days` looks back for them.
    """
    last = [_last_loads(backend, source) for source in unit.sources]
    (latest,) = first_row(
        backend, "SELECT max(started_at) FROM loaded_contact WHERE source = ?", [unit.contacts.name]
    )
    whole = [moment for _, moment in last if moment is not None]
    if latest is None or len(whole) < len(last):
        return None
    if now - min(whole) >= timedelta(days=unit.contacts.full_reload_days):
        return None
    mark: datetime = min(latest, *(moment for moment, _ in last))
    mark -= timedelta(days=unit.contacts.overlap_days)
    return mark.replace(hour=0, minute=0, second=0, microsecond=0)


def _last_loads(backend: Backend, source: SourceSettings) -> tuple[datetime, datetime | None]:
    """Return when the source was read last, and when it was last read whole."""
    last, whole = first_row(
        backend,
        "SELECT max(load.started_at), max(load.started_at) FILTER (is_whole) "
        "FROM load_file JOIN load USING (load_key) WHERE source = ?",
        [source.name],
    )
    return last, whole


def _was_booked(backend: Backend, account: FileAccount) -> bool:
    (count,) = first_row(
        backend, "SELECT count(*) FROM load_file WHERE source = ?", [account.source]
    )
    return bool(count)


@dataclass
class _Replacing:
    """Takes out the rows that what was read replaces, before it is loaded."""

    source: SourceSettings
    account: FileAccount
    is_whole: bool
    has_news: bool = False

    def go(self, backend: Backend, staged: str) -> None:
        """Hold the rows on their way against those loaded; see the module."""
        source = quoted(self.source.name)
        of_source = f"FROM loaded_contact AS old WHERE old.source = {source}"
        differs = " OR ".join(f'new."{name}" IS DISTINCT FROM old."{name}"' for name in _COMPARED)
        # a note may be gone because its term is over, which is no change at the source
        differs += " OR (old.note IS NOT NULL AND new.note IS DISTINCT FROM old.note)"
        self.account.changed_count = remove_rows(
            backend,
            f"SELECT old.contact_key FROM loaded_contact AS old JOIN {staged} AS new "
            f"USING (contact_id) WHERE old.source = {source} "
            f"AND (new.{PROBLEM} IS NOT NULL OR {differs})",
        )
        if self.is_whole:
            self.account.gone_count = remove_rows(
                backend,
                f"SELECT old.contact_key {of_source} "
                f"AND old.contact_id NOT IN (SELECT contact_id FROM {staged})",
            )
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {_REFUSED} AS SELECT contact_id, {LINE} FROM {staged} "
            f"WHERE {PROBLEM} IS NOT NULL",
        )
        self.has_news = bool(self.account.changed_count or self.account.gone_count)
        self.has_news |= _note_refused(backend, self.source.name)


def _record_key() -> str:
    """Return the expression for what a refused record is remembered by: it may be of anybody."""
    return "keyed_hash('record', contact_id)::UUID"


def _note_refused(backend: Backend, source: str) -> bool:
    """Add the refused to what is remembered; tell whether one of them was not refused before.

    One that was mended stays remembered: should it break again, that is no news to anybody.
    """
    (count,) = first_row(
        backend,
        "INSERT INTO refused_record "
        f"SELECT ?, record_key FROM (SELECT {_record_key()} AS record_key FROM {_REFUSED}) "
        "ANTI JOIN (SELECT record_key FROM refused_record WHERE source = ?) AS known "
        "USING (record_key)",
        [source, source],
    )
    return bool(count)


def _drop_earlier_details(backend: Backend, since: datetime | None) -> None:
    """Leave out details of contacts that were not asked for: they began before that moment."""
    if since is not None:
        run(
            backend,
            f"DELETE FROM {DETAILS.table} WHERE try_cast(startdatum AS TIMESTAMPTZ) < "
            f"?::TIMESTAMPTZ AND uuid NOT IN (SELECT uuid FROM {CONTACTS})",
            [_zulu(since)],
        )


def _match_details(backend: Backend, contacts: str, account: FileAccount) -> bool:
    """Account for the details: those of a known contact are duplicates of it, others refused."""
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {_REFUSED} AS "
        f"SELECT uuid AS contact_id, {LINE} FROM {DETAILS.table} "
        f"ANTI JOIN (SELECT uuid FROM {CONTACTS}) AS met USING (uuid) "
        f"ANTI JOIN (SELECT contact_id AS uuid FROM loaded_contact "
        f"WHERE source = {quoted(contacts)}) AS known USING (uuid)",
    )
    account.encoding = "utf-8"
    (account.read_count,) = first_row(backend, f"SELECT count(*) FROM {DETAILS.table}")
    (account.rejected_count,) = first_row(
        backend,
        f"INSERT INTO reject SELECT {account.file_key}, {LINE}, 'id', 'no_such_contact' "
        f"FROM {_REFUSED} ORDER BY {LINE}",
    )
    account.duplicate_count = account.read_count - account.rejected_count
    account.check()
    return _note_refused(backend, account.source)
