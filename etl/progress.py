"""Telling how far a load is."""

from typing import Protocol


class Progress(Protocol):
    """Is told how far a load is."""

    def start(self, step: str, total: int | None = None) -> None:
        """Begin a step of `total` units; None: not known."""

    def advance(self, done: int) -> None:
        """Add `done` units to the step."""

    def finish(self) -> None:
        """End the step."""


class Silence:
    """A progress that nobody looks at."""

    def start(self, step: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, done: int) -> None:
        """Say nothing."""

    def finish(self) -> None:
        """Say nothing."""
