"""The gate: a file's rows become contacts, are found to be there already, or are refused.

Two roads lead through it. The direct one is a single statement from file to table, and is kept
only if every line came through and no contact came twice. The exact one goes line by line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ibis.backends.duckdb import Backend

from etl.accounts import LOADED_COLUMNS, FileAccount
from etl.engine import first_row, quoted, run
from etl.forgotten import REASON, is_anyone_forgotten, is_refused
from etl.guesses import SAMPLE_ROWS, find_guesses
from etl.mapping import (
    INVALID_COUNT,
    LINE,
    PROBLEM,
    Guesses,
    Mapping,
    Problem,
    raw_column,
)
from etl.redact import DROPPED
from etl.sources.rows import DIRECT_ROWS, RAW_REJECTS, RAW_ROWS, Rows
from etl.times import check_formats, notation_of
from etl.views import Views
from etl.zones import is_first_of_double_hour
from warehouse.settings import Settings, SourceSettings

_STAGED = "staged_contact"
_SAMPLE = "direct_sample"
_WRITTEN = (*LOADED_COLUMNS, INVALID_COUNT)


@dataclass(frozen=True)
class Passage:
    """One file on its way through the gate.

    Attributes:
        before_insert: is given the table of rows on their way, with PROBLEM, before any is added;
            for sources whose rows replace earlier ones.
    """

    backend: Backend
    views: Views
    settings: Settings
    source: SourceSettings
    rows: Rows
    account: FileAccount
    before_insert: Callable[[Backend, str], None] | None = None

    def go(self) -> None:
        """Load the file's rows and fill in its account.

        Raises:
            ConfigurationError: a configured column is not in the file, or a map is wrong.
            AccountsError: a row went astray.
        """
        self.account.encoding = self.rows.encoding
        if not self.rows.columns:
            return  # an empty file has no header and no rows
        mapping = Mapping(
            self.source,
            self.settings,
            self.rows.columns,
            self.account.file_name,
            is_sparse=self.rows.is_sparse,
        )
        check_formats(self.backend, self.source)
        guesses = self._go_direct(mapping)
        if guesses is None:
            guesses = self._go_exact(mapping)
        self._note_times(guesses)
        self.account.check()

    def _go_direct(self, mapping: Mapping) -> Guesses | None:
        """Try the single statement; None, and nothing done, where it does not add up."""
        if self.rows.view is None:
            return None
        expected = self.rows.view(self.backend)
        run(
            self.backend,
            f"CREATE OR REPLACE TEMP TABLE {_SAMPLE} AS "
            f"SELECT * FROM {DIRECT_ROWS} LIMIT {SAMPLE_ROWS}",
        )
        if self._sample_repeats_itself(mapping):
            return None
        guesses = find_guesses(self.backend, mapping, _SAMPLE)
        view, _ = self.views.contacts(mapping, DIRECT_ROWS, guesses, has_line=False)
        run(self.backend, "BEGIN")
        try:
            loaded = self._insert(f"SELECT * FROM {view} WHERE {PROBLEM} IS NULL")
            is_whole = (
                loaded == expected and not self._has_duplicates() and not self._has_forgotten()
            )
        except BaseException:
            run(self.backend, "ROLLBACK")
            raise
        if not is_whole:
            run(self.backend, "ROLLBACK")
            return None
        run(self.backend, "COMMIT")
        self.account.read_count = self.account.loaded_count = loaded
        return guesses

    def _sample_repeats_itself(self, mapping: Mapping) -> bool:
        position = mapping.single_column("contact_id")
        if position is None:
            return False
        name = raw_column(position)
        count, distinct = first_row(
            self.backend, f"SELECT count({name}), count(DISTINCT {name}) FROM {_SAMPLE}"
        )
        return bool(count != distinct)

    def _insert(self, query: str) -> int:
        """Add rows to loaded_contact; return how many."""
        columns = ", ".join(_WRITTEN)
        values = ", ".join(
            str(self.account.file_key) if name == "file_key" else name for name in _WRITTEN
        )
        # pushed down through the stages, the filter would work out every expression twice
        run(self.backend, "SET disabled_optimizers = 'filter_pushdown'")
        try:
            (count,) = first_row(
                self.backend,
                f"INSERT INTO loaded_contact ({columns}) SELECT {values} FROM ({query})",
            )
        finally:
            run(self.backend, "SET disabled_optimizers = ''")
        return int(count)

    def _has_duplicates(self) -> bool:
        """Tell whether a contact id of this file comes twice, or was there before (or seems so)."""
        key = self.account.file_key
        count, distinct = first_row(
            self.backend,
            "SELECT count(*), count(DISTINCT hash(contact_id)) FROM loaded_contact "
            f"WHERE file_key = {key}",
        )
        if count != distinct:
            return True
        (known,) = first_row(
            self.backend,
            "SELECT count(*) FROM (SELECT contact_id FROM loaded_contact "
            f"WHERE source = ? AND file_key <> {key}) AS old "
            f"SEMI JOIN (SELECT contact_id FROM loaded_contact WHERE file_key = {key}) AS new "
            "ON old.contact_id = new.contact_id",
            [self.source.name],
        )
        return bool(known)

    def _has_forgotten(self) -> bool:
        """Tell whether a row of this file is of somebody who was erased."""
        if not is_anyone_forgotten(self.backend):
            return False
        (count,) = first_row(
            self.backend,
            f"SELECT count(*) FROM loaded_contact WHERE file_key = {self.account.file_key} "
            f"AND ({is_refused('loaded_contact', self.source.identifiers)})",
        )
        return bool(count)

    def _refuse_forgotten(self, problem: int) -> None:
        """Give the staged rows of erased people the problem of that number."""
        if is_anyone_forgotten(self.backend):
            run(
                self.backend,
                f"UPDATE {_STAGED} SET {PROBLEM} = {problem} WHERE {PROBLEM} IS NULL "
                f"AND ({is_refused(_STAGED, self.source.identifiers)})",
            )

    def _go_exact(self, mapping: Mapping) -> Guesses:
        """Go line by line: every row is loaded, duplicate or refused with line, column, reason."""
        backend, account = self.backend, self.account
        self.rows.read(backend)
        guesses = find_guesses(backend, mapping, RAW_ROWS)
        view, problems = self.views.contacts(mapping, RAW_ROWS, guesses, has_line=True)
        run(backend, f"CREATE OR REPLACE TEMP TABLE {_STAGED} AS SELECT * FROM {view}")
        problems = (*problems, Problem("", REASON))
        self._refuse_forgotten(len(problems))
        rows, sound = first_row(
            backend,
            f"SELECT count(*), count(*) FILTER ({PROBLEM} IS NULL) FROM {_STAGED}",
        )
        if self.before_insert is not None:
            self.before_insert(backend, _STAGED)
        account.rejected_count = self._refuse(problems)
        choice = "max" if self.source.keep == "last" else "min"
        account.loaded_count = self._insert(
            f"SELECT * FROM {_STAGED} SEMI JOIN ("
            f"SELECT contact_id, {choice}({LINE}) AS {LINE} FROM {_STAGED} "
            f"WHERE {PROBLEM} IS NULL GROUP BY contact_id) AS chosen USING ({LINE}) "
            f"ANTI JOIN (SELECT contact_id FROM loaded_contact "
            f"WHERE source = {quoted(self.source.name)}) AS known USING (contact_id) "
            f"ORDER BY {LINE}"
        )
        (refused_lines,) = first_row(backend, f"SELECT count(*) FROM {RAW_REJECTS}")
        account.read_count = rows + refused_lines
        account.duplicate_count = sound - account.loaded_count
        for table in (_STAGED, RAW_ROWS, RAW_REJECTS):
            run(backend, f"DROP TABLE {table}")
        return guesses

    def _refuse(self, problems: Sequence[Problem]) -> int:
        """Write the rejects: lines that are no rows, and rows with their first problem."""
        numbered = [*enumerate(problems, start=1)]
        columns, reasons = (
            "CASE problem "
            + " ".join(f"WHEN {n} THEN {quoted(getattr(p, name))}" for n, p in numbered)
            + " END"
            for name in ("column", "reason")
        )
        (count,) = first_row(
            self.backend,
            f"INSERT INTO reject SELECT {self.account.file_key}, line, c, r FROM ("
            f"SELECT {LINE} AS line, {columns} AS c, {reasons} AS r FROM {_STAGED} "
            f"WHERE {PROBLEM} IS NOT NULL "
            f"UNION ALL SELECT line, '', reason FROM {RAW_REJECTS}) ORDER BY line",
        )
        return int(count)

    def _note_times(self, guesses: Guesses) -> None:
        """Note first and last contact, and how many local times were read as the first of two."""
        account = self.account
        account.first_started_at, account.last_started_at, invalid, dropped = first_row(
            self.backend,
            f"SELECT min(started_at), max(started_at), coalesce(sum({INVALID_COUNT}), 0), "
            f"count(*) FILTER (note = {quoted(DROPPED)}) "
            f"FROM loaded_contact WHERE file_key = {account.file_key}",
        )
        account.invalid_identifier_count, account.dropped_note_count = int(invalid), int(dropped)
        column = self.source.columns["started_at"]
        notation = (
            notation_of(column.format) if column.format else guesses.notations.get("started_at")
        )
        is_local = notation is not None and bool(notation.local)
        if is_local and account.first_started_at and account.last_started_at:
            contacts = self.backend.table("loaded_contact")
            contacts = contacts.filter(contacts.file_key == account.file_key)
            is_double = is_first_of_double_hour(
                contacts.started_at,
                self.source.timezone or self.settings.timezone,
                account.first_started_at,
                account.last_started_at,
            )
            query = contacts.filter(is_double).count()
            (account.ambiguous_time_count,) = first_row(self.backend, self.backend.compile(query))
