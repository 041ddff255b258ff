"""The command as a process of its own, started quickly, with something in its way.

`Folder` is a user's folder: a configuration, logs, a warehouse. Each command runs in a forked child
in which everything is imported already, so a test can afford dozens.
"""

import multiprocessing
import os
import re
import resource
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from etl.accounts import verify
from warehouse import seal
from warehouse.store import Store

KEY = "0f" * 32
LIMIT_SECONDS = 500
"""A command that takes longer hangs."""
CONFIG = """
[[source]]
name = "log"
kind = "{kind}"
path = "{path}"
{more}
[source.columns]
started_at = "start"
channel = "channel"
{columns}
"""
_PRELOADED = ["etl.load", "etl.materialise", "samenspel.cli", "analytics.query", "tests.commands"]


def processes() -> multiprocessing.context.ForkServerContext:
    """Processes that start with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


@dataclass(frozen=True)
class Result:
    """How a command ended.

    Attributes:
        status: exit status; negative for a signal.
        out: what it wrote to stdout.
        err: what it wrote to stderr.
        peak_bytes: most memory held while it ran, beyond what it began with.
    """

    status: int
    out: str
    err: str
    peak_bytes: int

    @property
    def errors(self) -> list[str]:
        """The lines of stderr that are errors, not progress."""
        return [line for line in self.err.splitlines() if line.startswith("samenspel:")]

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Read, loaded, duplicate and rejected, as the last line says it."""
        found = re.search(
            r"^total: read (\d+) = loaded (\d+) \+ duplicate (\d+) \+ rejected (\d+)$",
            self.out,
            re.MULTILINE,
        )
        assert found, self.out + self.err
        read, loaded, duplicate, rejected = map(int, found.groups())
        return read, loaded, duplicate, rejected


def _run(
    folder: Path, arguments: tuple[str, ...], setup: Callable[..., None] | None, given: Any
) -> None:
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(folder / f".{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(file, number)
        os.close(file)
    peak = os.open(folder / ".peak", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.chdir(folder)
    os.environ.setdefault("SAMENSPEL_KEY", KEY)
    sys.argv = ["samenspel", *arguments]
    if setup is not None:
        setup(*given)
    from samenspel.cli import main

    began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - began
        os.write(peak, str(held * 1024).encode())


class Folder:
    """A user's folder, in which the command is run.

    Args:
        path: the folder.
        warehouse: another place for the warehouse than `.samenspel` in it.
    """

    def __init__(self, path: Path, warehouse: Path | None = None) -> None:
        self.path = path
        self.store = Store(warehouse or path / ".samenspel")

    def configure(
        self, *, kind: str = "csv", path: str = "*.csv", more: str = "", columns: str = ""
    ) -> None:
        """Write a configuration with one source."""
        text = CONFIG.format(kind=kind, path=path, more=more, columns=columns)
        (self.path / "samenspel.toml").write_text(text, encoding="utf-8")

    def write(self, content: str | bytes, name: str = "log.csv") -> Path:
        """Write a log."""
        file = self.path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def run(
        self, *arguments: str, setup: Callable[..., None] | None = None, given: Any = ()
    ) -> Result:
        """Run the command to its end.

        Args:
            arguments: command and options.
            setup: run in the child before the command, with `given`: what is in its way.
            given: arguments of `setup`.
        """
        if self.store.folder != self.path / ".samenspel":
            arguments += ("--warehouse", str(self.store.folder))
        process = processes().Process(target=_run, args=(self.path, arguments, setup, given))
        process.start()
        process.join(LIMIT_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            raise AssertionError(f"{arguments} hangs")
        out, err, peak = (
            (self.path / f".{name}").read_text(encoding="utf-8", errors="replace")
            for name in ("out", "err", "peak")
        )
        assert "Traceback" not in out + err, err
        assert "a defect of the program" not in err, err
        assert process.exitcode is not None
        return Result(process.exitcode, out, err, int(peak or 0))

    def load(self, *, setup: Callable[..., None] | None = None, given: Any = ()) -> Result:
        """Load."""
        return self.run("load", setup=setup, given=given)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the published version something, past the program."""
        file = self.store.current_file()
        assert file is not None
        with duckdb.connect(file, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def check(self) -> None:
        """Hold the published version's tables against its accounts, and look for litter."""
        file = self.store.current_file()
        assert file is not None
        verify(file)
        seal.check(file)
        litter = [one.name for one in file.parent.iterdir() if one.suffix != ".duckdb"]
        assert litter == []

    def set_aside(self) -> Path:
        """Return a copy of the warehouse, to compare with or to put back."""
        copy = self.path / "set-aside"
        shutil.copytree(self.store.folder, copy)
        return copy


def refused(result: Result, *says: str, status: int = 1) -> None:
    """Assert that a command ended as it should when something is in its way.

    One line says what is wrong, where, and what to do about it.
    """
    assert result.status == status, result.err
    assert len(result.errors) == 1, result.err
    (line,) = result.errors
    assert line.endswith("."), f"no remedy: {line}"
    for words in says:
        assert words in line, line
