"""Materialising: the derivations' expressions become tables of the version being built."""

from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.derive.cube import CUBES, cube
from analytics.derive.steps import derive
from warehouse.settings import Settings


class Scratch:
    """Temporary tables, that live as long as one materialisation and never reach the file."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.names: list[str] = []

    def keep(self, name: str, expression: Table) -> Table:
        """Compute an expression now, and return it as a table."""
        self.names.append(name)
        return self.backend.create_table(f"scratch_{name}", expression, temp=True)

    def drop(self, name: str) -> None:
        """Let go of one table."""
        self.backend.drop_table(f"scratch_{name}", database=("temp", "main"))
        self.names.remove(name)

    def drop_all(self) -> None:
        """Let go of every table."""
        for name in tuple(self.names):
            self.drop(name)


def materialise(backend: Backend, settings: Settings) -> None:
    """Make `contact` and the cubes from `loaded_contact`, replacing earlier ones.

    Args:
        backend: an Ibis backend on the version being built, writable.
        settings: with the repeat window, costs and rules that apply.
    """
    loaded = backend.table("loaded_contact")
    scratch = Scratch(backend)
    backend.create_table("contact", derive(loaded, settings, scratch), overwrite=True)
    scratch.drop_all()
    for shape in CUBES:
        backend.create_table(shape.name, cube(backend.table("contact"), shape), overwrite=True)
