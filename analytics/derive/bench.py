"""The bench: where the derivations keep tables between one step and the next, on any engine."""

from typing import Protocol

import pyarrow as pa
from ibis.expr.types import Table


class Bench(Protocol):
    """Where intermediate tables are kept while the steps need them."""

    def keep(self, name: str, expression: Table) -> Table:
        """Compute an expression now, and return it as a table."""

    def bring(self, name: str, rows: pa.Table) -> Table:
        """Return rows that were worked out in memory as a table of the engine."""

    def drop(self, name: str) -> None:
        """Let go of a table that was kept or brought."""
