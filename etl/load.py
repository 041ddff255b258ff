"""`samenspel load`: from the configured logs to a new version of the warehouse, all or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from ibis.backends.duckdb import Backend

from etl.accounts import (
    FileAccount,
    History,
    LoadReport,
    create_tables,
    next_contact_key,
    number_rows,
    read_history,
    verify,
    write_accounts,
    write_meta,
)
from etl.compaction import write_anew
from etl.drift import Drift, check, compare, known_columns, write_columns
from etl.engine import engine_errors, first_row, open_database, run
from etl.files import SourceFile, find_files
from etl.first_model import learn_once
from etl.functions import set_functions
from etl.gate import Passage
from etl.header import file_columns
from etl.known_content import KnownContent
from etl.materialise import materialise
from etl.names.renaming import rename_services
from etl.note_model import judge_new
from etl.privacy import Secret, fingerprint, fitting_keys
from etl.progress import Progress, Silence
from etl.recovery import on_sound_version
from etl.refresh import refresh
from etl.refused import rejects
from etl.remote.reading import Asking, Reading, Unit, units_of
from etl.removal import removed_contacts
from etl.retention import expire, expired, first_moment_kept, local_day
from etl.roles import remember_roles
from etl.sources.csv import open_csv
from etl.sources.json import open_json
from etl.sources.parquet import open_parquet
from etl.sources.rows import Rows
from etl.sources.xlsx import open_xlsx
from etl.views import Views
from warehouse.errors import AccountsError, ConfigurationError, SourceError
from warehouse.labels import Labels
from warehouse.seal import copy_checked
from warehouse.settings import Settings, SourceSettings
from warehouse.store import Store

OPENERS: dict[str, Callable[[SourceSettings, SourceFile, Path], Rows]] = {
    "csv": open_csv,
    "json": open_json,
    "parquet": open_parquet,
    "xlsx": open_xlsx,
}

_LARGEST_REFRESH = 0.1
"""Part of all rows that may be new for a refresh to be worth while."""

__all__ = ["FileAccount", "LoadReport", "Progress", "load", "rejects"]


def load(  # noqa: PLR0913  # each is a matter of its own, most have a default
    settings: Settings,
    folder: Path,
    store: Store,
    *,
    key: Secret,
    sources: Sequence[str] | None = None,
    is_demo: bool = False,
    asking: Asking | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> LoadReport:
    """Load what is new in the configured logs, and publish a new version if anything is.

    Args:
        settings: the configuration.
        folder: where it lies; the sources' paths are relative to it.
        store: the warehouse.
        key: the secret for pseudonyms: one key, or several, oldest first.
        sources: names of the sources to load; all where left out.
        is_demo: noted in the warehouse: these people are made up.
        asking: how APIs are asked; only for what is new, with the tokens of this process's
            environment, where left out.
        progress: is told how far the load is.
        today: the local day from which terms of retention count back; the clock's where left out.

    Returns:
        The accounts, per file. Nothing was published where no file is new, no setting changed and
        no term is over.

    Raises:
        ConfigurationError: a source, file or column is not there, or the key is not the one that
            the warehouse was made with.
        SourceError: a file or an API cannot be read at all.
        LoadInProgressError: another load is busy.
        AccountsError: the figures do not add up; nothing was published.
        WarehouseError: the warehouse is damaged or cannot be written.
    """
    progress = progress or Silence()
    chosen = _chosen(settings, sources)
    units = units_of(settings, chosen)
    files = [
        (source, file)
        for source in chosen
        if not source.is_api
        for file in find_files(source, folder)
    ]
    with engine_errors(str(store.folder)), store.writing() as building:
        known = KnownContent(store.folder / "known-content.json")

        def onto(base: Path | None, building: Path) -> LoadReport:
            history = read_history(base)
            keys = fitting_keys(key, history.key_fingerprint)
            day = today or local_day(settings)
            accounts = _new_accounts(files, history, known, progress)
            drifts = _drifts(accounts, base)
            is_new = any(not account.already_loaded for *_, account in accounts)
            is_new |= not history.has_settings(settings) or store.is_behind()
            is_new |= not history.is_derived_with(settings)
            is_new |= base is not None and any(expired(base, settings, day))
            build = _Build(settings, building, keys, progress, Labels(store.folder))
            build.drifts, build.units = drifts, units
            build.asking = _within_term(asking or Asking(), settings, day)
            if is_new or units:
                is_new = build.run(
                    base, history, accounts, is_new=is_new, is_demo=is_demo, today=day
                )
            if is_new:
                if build.must_vanish:
                    write_anew(building)
                verify(building)
                build.labels.forget(build.removed)
                store.publish(building, alone=build.must_vanish)
            booked = (*(account for *_, account in accounts), *build.asked)
            return LoadReport(booked, is_published=is_new, drifts=drifts)

        found = {(source.name, file.name) for source, file in files}
        return on_sound_version(store, building, found, onto)


def _chosen(settings: Settings, names: Sequence[str] | None) -> list[SourceSettings]:
    known = [source.name for source in settings.source]
    unknown = sorted(set(names or ()) - set(known))
    if unknown or not known:
        raise ConfigurationError(
            f"there is no source {', '.join(unknown)}" if unknown else "there is no [[source]]",
            where="configuration",
            remedy=f"Configured: {', '.join(known)}." if known else "Describe your logs first.",
        )
    return [source for source in settings.source if names is None or source.name in names]


_Account = tuple[SourceSettings, SourceFile, FileAccount]


def _new_accounts(
    files: Sequence[tuple[SourceSettings, SourceFile]],
    history: History,
    known: KnownContent,
    progress: Progress,
) -> list[_Account]:
    """Open an account for each file; those with content that was loaded before are marked."""
    total = sum(file.path.stat().st_size for _, file in files)
    progress.start("Looking for what is new (bytes)", total)
    accounts = []
    met: dict[tuple[str, str], str] = {}
    for source, file in files:
        size = file.path.stat().st_size
        content = known.hash_of(file.path)
        account = FileAccount(source.name, file.name, content, size)
        # members of one zip share its hash; an equal file under another name is the same again
        first = met.setdefault((source.name, content), str(file.path))
        account.already_loaded = (source.name, content) in history.known or first != str(file.path)
        accounts.append((source, file, account))
        progress.advance(size)
    known.write()
    progress.finish()
    return accounts


def _drifts(accounts: Sequence[_Account], current: Path | None) -> tuple[Drift, ...]:
    """Note the columns of the new files, and hold them against the last ones of their sources.

    Raises:
        ConfigurationError: a file lacks what its source needs; nothing was read.
    """
    known = known_columns(current) if current else ()
    found: list[Drift] = []
    for source, file, account in accounts:
        if not account.already_loaded:
            account.columns = file_columns(source, file)
            found += compare(source, account.file_name, account.columns, known)
    check(found)
    return tuple(found)


def _within_term(asking: Asking, settings: Settings, today: date) -> Asking:
    """Ask for no contact whose term is over: it would be removed again."""
    moments = filter(None, (asking.not_before, first_moment_kept(settings, today)))
    return replace(asking, not_before=max(moments, default=None))


class _Build:
    """The making of one version."""

    def __init__(
        self,
        settings: Settings,
        building: Path,
        key: Secret,
        progress: Progress,
        labels: Labels,
    ) -> None:
        self.settings, self.building, self.key = settings, building, key
        self.progress = progress
        self.drifts: Sequence[Drift] = ()
        self.units: Sequence[Unit] = ()
        self.asking = Asking()
        self.asked: list[FileAccount] = []
        self.expired_count = 0
        self.labels = labels
        self.removed: Sequence[tuple[str, str]] = ()

    @property
    def must_vanish(self) -> bool:
        """Whether rows left for good: over their term, or deleted at their source."""
        return bool(self.expired_count or any(account.gone_count for account in self.asked))

    def run(
        self,
        current: Path | None,
        history: History,
        accounts: Sequence[_Account],
        *,
        is_new: bool,
        is_demo: bool,
        today: date,
    ) -> bool:
        """Make the version's file: what was there, what is new, what follows from it.

        Returns:
            Whether it is worth publishing: `is_new`, or an API told something new.
        """
        started_at = _now()
        if current is not None:
            copy_checked(current, self.building)
        backend = open_database(self.building)
        try:
            if current is None:
                create_tables(backend)
            set_functions(backend, self.settings, self.key)
            first_new = next_contact_key(backend)
            if history.settings is not None:
                rename_services(backend, self.settings.service_names, history.settings)
            new = _numbered(accounts, history)
            views = Views(backend)
            for source, file, account in _in_order_of_precedence(new):
                self._load_file(views, source, file, account)
            load_key = history.last_load_key + 1
            self._ask(views, history.last_file_key + len(new) + 1, load_key, started_at)
            booked = [a for *_, a in new] + [a for a in self.asked if not a.already_loaded]
            if not is_new and not booked:
                return False
            number_rows(backend, first_new)
            if booked:
                write_accounts(backend, load_key, started_at, _now(), booked)
                write_columns(backend, [account for *_, account in new], self.drifts)
            self.expired_count = expire(backend, self.settings, today)
            write_meta(
                backend, self.settings, key_fingerprint=fingerprint(self.key), is_demo=is_demo
            )
            remember_roles(backend, self.settings)
            self.progress.start("Working out customers, episodes and repeats")
            judge_new(backend, self.settings, self.labels.current().values())
            is_added_to = history.is_derived_with(self.settings) and not self.expired_count
            # with a probability, a new row can change what is learnt, and so who is joined anywhere
            is_exact = not self.settings.linking.probabilistic.enabled
            if is_added_to and is_exact and _can_refresh(backend, first_new):
                refresh(backend, self.settings, first_new)
            else:
                run(backend, "CHECKPOINT")  # what was loaded leaves memory before the large work
                materialise(backend, self.settings)
            self.progress.finish()
            learn_once(backend, self.settings, self.labels, self.progress)
            self.removed = removed_contacts(backend)
            run(backend, "CHECKPOINT")
        finally:
            backend.con.close()
        return True

    def _ask(self, views: Views, file_key: int, load_key: int, started_at: datetime) -> None:
        for unit in self.units:
            reading = Reading(
                views,
                self.settings,
                unit,
                self.asking,
                self.progress,
                load_key,
                started_at,
            )
            self.asked += reading.go(file_key + len(self.asked))

    def _load_file(
        self, views: Views, source: SourceSettings, file: SourceFile, account: FileAccount
    ) -> None:
        self.progress.start(f"Loading {source.name} {file.name}")
        with engine_errors(f"source {source.name}, {file.name}", is_source=True):
            rows = OPENERS[source.kind](source, file, self.building.parent)
            try:
                Passage(views.backend, views, self.settings, source, rows, account).go()
            except AccountsError:
                _check_unchanged(file, account)
                raise
            finally:
                rows.close()
            _check_unchanged(file, account)
        self.progress.finish()


def _can_refresh(backend: Backend, first_new: int) -> bool:
    """Tell whether rows were only added, and so few that deriving everything anew is more work."""
    if "contact" not in backend.list_tables():
        return False
    before, all_rows, derived = first_row(
        backend,
        f"SELECT count(*) FILTER (contact_key < {first_new}), count(*), "
        "(SELECT count(*) FROM contact) FROM loaded_contact",
    )
    return bool(before == derived and all_rows - before <= all_rows * _LARGEST_REFRESH)


def _check_unchanged(file: SourceFile, account: FileAccount) -> None:
    """Refuse what was read of a file that grew meanwhile: its content hash is of other bytes.

    Raises:
        SourceError: the file changed.
    """
    if file.path.stat().st_size != account.byte_count:
        raise SourceError(
            "the file changed while it was read; nothing was loaded",
            where=f"source {account.source}, {account.file_name}",
            remedy="Load again when nothing writes to it, or load a copy.",
        )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _numbered(accounts: Sequence[_Account], history: History) -> list[_Account]:
    """Give the new files their numbers, in order."""
    new = [one for one in accounts if not one[2].already_loaded]
    for number, (*_, account) in enumerate(new, start=history.last_file_key + 1):
        account.file_key, account.load_key = number, history.last_load_key + 1
    return new


def _in_order_of_precedence(new: Sequence[_Account]) -> list[_Account]:
    """Order the files so that of a contact that comes twice, the first met is the one to keep."""
    ordered: list[_Account] = []
    for name in dict.fromkeys(source.name for source, *_ in new):
        of_source = [one for one in new if one[0].name == name]
        ordered += reversed(of_source) if of_source[0][0].keep == "last" else of_source
    return ordered
