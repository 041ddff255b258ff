"""A process that loads whatever it is given: a hang or a crash of the engine is seen too."""

import tempfile
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

import etl.load
from etl.accounts import LoadReport
from etl.configuration import read_settings
from samenspel.console import one_line
from tests.commands import processes
from tests.loading import KEY, counts, derive_nothing
from warehouse.errors import SamenspelError
from warehouse.store import Store

LIMIT_SECONDS = 60
"""An example that takes longer hangs: on a free machine each takes a fraction of a second."""


@dataclass(frozen=True)
class Outcome:
    """What became of a load.

    Attributes:
        counts: read, loaded, duplicate, rejected; None where it was refused.
        said: the error, as the command prints it.
        stored: rows of loaded_contact and of reject in the published version.
        crash: the traceback of anything that is no SamenspelError.
    """

    counts: tuple[int, int, int, int] | None = None
    said: str = ""
    stored: tuple[int, int] = (0, 0)
    crash: str = ""


def _load(configuration: bytes, logs: dict[str, bytes]) -> Outcome:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "samenspel.toml").write_bytes(configuration)
        for log, content in logs.items():
            (folder / log).write_bytes(content)
        store = Store(folder / "warehouse")
        try:
            settings = read_settings(folder / "samenspel.toml")
            report = etl.load.load(settings, folder, store, key=KEY)
            return Outcome(counts(report), stored=_stored(store, report))
        except SamenspelError as error:
            assert store.current_file() is None, "refused, and yet published"
            return Outcome(said=one_line(str(error)))
        except Exception:  # noqa: BLE001  # that there is none is the test
            return Outcome(crash=traceback.format_exc())


def _stored(store: Store, report: LoadReport) -> tuple[int, int]:
    import duckdb

    file = store.current_file()
    assert file is not None
    assert report.is_published
    with duckdb.connect(file, read_only=True) as connection:
        row = connection.execute(
            "select (select count(*) from loaded_contact), (select count(*) from reject)"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def serve(jobs: Connection) -> None:
    """Load what comes until nothing comes any more; the derivations are left out."""
    derive_nothing(pytest.MonkeyPatch())
    while True:
        try:
            jobs.send(_load(*jobs.recv()))
        except EOFError:
            return


class Worker:
    """Such a process, begun anew whenever it died."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        context = processes()
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def load(self, configuration: str | bytes, logs: dict[str, bytes]) -> Outcome:
        """Load logs by a configuration, in a folder of their own.

        Raises:
            AssertionError: it hangs, the process died, or something else than a user's error came.
        """
        raw = configuration.encode() if isinstance(configuration, str) else configuration
        self._ours.send((raw, logs))
        try:
            answered = self._ours.poll(LIMIT_SECONDS)
            outcome: Outcome | None = self._ours.recv() if answered else None
        except (EOFError, ConnectionResetError):
            self._process.join()
            status = self._process.exitcode
            self._begin()
            raise AssertionError(f"the process died ({status})") from None
        if outcome is None:
            self.close()
            self._begin()
            raise AssertionError("it hangs")
        assert not outcome.crash, outcome.crash
        return outcome

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._ours.close()
