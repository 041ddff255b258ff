"""What the command line says: progress, lines, errors. Results go to stdout, others to stderr."""

import os
import sys
import time
import traceback
import webbrowser
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from warehouse.errors import SamenspelError

_WIDE = 200
"""Columns for tables that go to a file or another program."""

output = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


class LoadProgress:
    """Shows long work: a live bar on a terminal, a plain line per step in a log.

    Use as a context; hand it to `etl.load.load` as its progress.
    """

    def __init__(self) -> None:
        self._bars = (
            Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=messages,
                transient=True,
            )
            if messages.is_terminal
            else None
        )
        self._task: TaskID | None = None
        self._step = ""
        self._began = 0.0
        self._done = 0

    def __enter__(self) -> "LoadProgress":
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def start(self, step: str, total: int | None = None) -> None:
        """Begin a step of `total` units (None: not known)."""
        self._step, self._began, self._done = step, time.monotonic(), 0
        if self._bars:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task = self._bars.add_task(step, total=total, rate="")
        else:
            messages.print(step, markup=False)

    def advance(self, done: int) -> None:
        """Add `done` units to the step."""
        self._done += done
        if self._bars and self._task is not None:
            seconds = max(time.monotonic() - self._began, 1e-3)
            self._bars.update(self._task, advance=done, rate=f"{self._done / seconds:,.0f}/s")

    def finish(self) -> None:
        """End the step."""
        if self._bars and self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
        elif not self._bars:
            seconds = time.monotonic() - self._began
            messages.print(f"{self._step}: done in {seconds:.1f} s", markup=False)


def say_error(error: SamenspelError) -> None:
    """Print a user's error as one line on stderr."""
    messages.print(f"[bold red]samenspel:[/] {_escape(one_line(str(error)))}")


def one_line(text: str) -> str:
    """Return text for one line on any terminal: signs that are not printable become "�"."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def say_defect(error: BaseException, folder: Path) -> None:
    """Print one line about a defect of the program, and keep where it happened.

    The kept file names code lines only: an exception's own text may hold a person's data.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = "\n".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
    line = f"[bold red]samenspel:[/] unexpected {type(error).__name__}: a defect of the program"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "defect.log"
        file.write_text(f"{type(error).__name__}\n{places}\n", encoding="utf-8")
        messages.print(f"{line}. Please report it with the file {_escape(str(file))}.")
    except OSError:
        messages.print(f"{line}. Please report it: {_escape(places.replace(chr(10), ' > '))}")


def show_address(address: str) -> None:
    """Say where the dashboard is; on a terminal, open it in the browser too."""
    messages.print(f"The dashboard is on {address} (stop with Ctrl+C)", markup=False)
    if messages.is_terminal:
        webbrowser.open(address)


def leave_quietly() -> None:
    """Close stdout where its reader went away (`samenspel kpi | head`), without a complaint."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def _escape(text: str) -> str:
    return text.replace("[", r"\[")
