"""The stages of a mapping as views of the engine; files that are read alike share them."""

import ibis
from ibis.backends.duckdb import Backend

from etl.engine import run
from etl.mapping import STAGES, Guesses, Mapping, Problem


class Views:
    """The stages as views of the engine; files that are read alike share them.

    Args:
        backend: where the views are made, for as long as its session lasts.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._made: dict[tuple[object, ...], tuple[str, tuple[Problem, ...]]] = {}

    def contacts(
        self, mapping: Mapping, raw: str, guesses: Guesses, *, has_line: bool
    ) -> tuple[str, tuple[Problem, ...]]:
        """Return the view of the last stage (see `Mapping.stages`) and what its problems mean.

        Args:
            mapping: which columns are what.
            raw: table or view of raw rows.
            guesses: how the columns are written.
            has_line: whether the raw rows have LINE.
        """
        alike = (mapping.source.name, mapping.columns, raw, repr(guesses), has_line)
        if alike not in self._made:
            self._made[alike] = self._make(mapping, raw, guesses, has_line=has_line)
        return self._made[alike]

    def _make(
        self, mapping: Mapping, raw: str, guesses: Guesses, *, has_line: bool
    ) -> tuple[str, tuple[Problem, ...]]:
        table = mapping.raw_table(raw, has_line=has_line)
        name = raw
        for stage, function in zip(STAGES, mapping.stages(guesses), strict=True):
            result = function(table)
            name = f"gate_{stage}_{len(self._made)}"
            query = self.backend.compile(result)
            run(self.backend, f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
            table = ibis.table(result.schema(), name=name)
        return name, tuple(mapping.problems)
