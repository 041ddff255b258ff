"""A small loading bench for tests: write a log, load it, look at what came through."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import etl.load
from etl.accounts import FileAccount, LoadReport
from warehouse.settings import Settings, parse_settings
from warehouse.store import Store

KEY = b"a key for tests hides nobody at all"
PLAIN = {"started_at": "start", "channel": "channel"}


def derive_nothing(patch: pytest.MonkeyPatch) -> None:
    """Have loads derive and learn nothing: what is asked then is which rows get in."""
    patch.setattr(etl.load, "materialise", lambda *_: None)
    patch.setattr(etl.load, "learn_once", lambda *_: None)


class Bench:
    """A folder with logs, a configuration and a warehouse."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "warehouse")

    def write(self, content: str | bytes, name: str = "log.csv") -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def settings(self, *sources: dict[str, Any], **others: Any) -> Settings:
        plain = {"name": "log", "kind": "csv", "path": "log.csv", "columns": PLAIN}
        return parse_settings({**others, "source": [plain | source for source in sources or ({},)]})

    def load(self, *sources: dict[str, Any], **others: Any) -> LoadReport:
        """Load with sources given as overrides of one plain csv source."""
        return etl.load.load(self.settings(*sources, **others), self.folder, self.store, key=KEY)

    def account(self, *sources: dict[str, Any], **others: Any) -> FileAccount:
        (file,) = self.load(*sources, **others).files
        return file

    def table(self, query: str) -> pd.DataFrame:
        file = self.store.current_file()
        assert file is not None
        with duckdb.connect(file, read_only=True) as connection:
            return connection.execute(query).df()

    def values(self, *fields: str, where: str = "true") -> list[Any]:
        """One field's values, or tuples of several, in order of loading; None for null."""
        names = ", ".join(fields)
        file = self.store.current_file()
        assert file is not None
        with duckdb.connect(file, read_only=True) as connection:
            rows = connection.execute(
                f"select {names} from loaded_contact where {where} order by rowid"
            ).fetchall()
        return [row[0] for row in rows] if len(fields) == 1 else rows

    def rejects(self) -> list[tuple[int, str, str]]:
        """Line, column and the reason's key, in order."""
        file = self.store.current_file()
        assert file is not None
        with duckdb.connect(file, read_only=True) as connection:
            return connection.execute(
                'select line, "column", reason from reject order by file_key, line'
            ).fetchall()


def counts(account: FileAccount | LoadReport) -> tuple[int, int, int, int]:
    """Read, loaded, duplicate, rejected."""
    return (
        account.read_count,
        account.loaded_count,
        account.duplicate_count,
        account.rejected_count,
    )
