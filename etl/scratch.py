"""Scratch tables: where the derivations' steps lie while a version is made."""

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table


class Scratch:
    """Temporary tables, that live as long as one derivation and never reach the file.

    Args:
        backend: an Ibis backend on the version being built.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.names: list[str] = []

    def keep(self, name: str, expression: Table) -> Table:
        """Compute an expression now, and return it as a table."""
        self.names.append(name)
        return self.backend.create_table(f"scratch_{name}", expression, temp=True)

    def bring(self, name: str, rows: pa.Table) -> Table:
        """Return rows that were worked out in memory as a table of the engine."""
        return self.keep(name, ibis.memtable(rows))

    def table(self, name: str) -> Table | None:
        """Return a table that was kept; None where there is none of that name."""
        return self.backend.table(f"scratch_{name}") if name in self.names else None

    def drop(self, name: str) -> None:
        """Let go of one table."""
        self.backend.drop_table(f"scratch_{name}", database=("temp", "main"))
        self.names.remove(name)

    def drop_all(self) -> None:
        """Let go of every table."""
        for name in tuple(self.names):
            self.drop(name)
