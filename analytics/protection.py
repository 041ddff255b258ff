"""Hiding what may not be shown in an answer from the warehouse: full tables, one per question.

The full tables do not depend on which days or values are asked, so they are worked out once per
version and kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from threading import Lock

import ibis
import pandas as pd
from cachetools import LRUCache
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, Table

from analytics.columns import column
from analytics.derive.cube import smallest_cube
from analytics.derive.interactions import digital_channels
from analytics.measures import Count, Day
from analytics.protected import DAY, SIZE, Days, Protected, fine_months, pieces
from warehouse.contact import UNKNOWN
from warehouse.settings import Settings
from warehouse.store import Reader

CONTACT = "contact"
type Where = Mapping[str, Sequence[str]]

_known: LRUCache[tuple[object, ...], Protected] = LRUCache(maxsize=512)
_bounds: LRUCache[tuple[object, ...], Days | None] = LRUCache(maxsize=512)
_lock = Lock()


class Protection:
    """Tells, count by count, what may be shown of one version of the warehouse.

    Args:
        reader: of the warehouse.
        backend: a connection to its current version.
        settings: of that version.
        threshold: the smallest group that is shown.
    """

    def __init__(
        self, reader: Reader, backend: Backend, settings: Settings, threshold: int
    ) -> None:
        self._sides = {"channel": frozenset(digital_channels(settings))}
        self._version = (str(reader.store.folder), reader.version(), threshold)
        self._backend, self.threshold = backend, threshold

    def hidden(
        self, counts: Iterable[Count], by: Sequence[str], spans: Sequence[Days], where: Where
    ) -> pd.DataFrame:
        """Return the figures that may not be shown because of any of these counts.

        Args:
            counts: how many people, or contacts of people, a figure is about.
            by: the columns of contacts that split the figures.
            spans: the first and last days that the figures are of.
            where: column of contacts -> the values that are counted.

        Returns:
            A column per name in `by`, and `span`, the place in `spans`; each combination once.
        """
        counts = list(counts)
        found = [] if self.threshold <= 1 else self._found(counts, by, spans, where)
        if not found:
            return pd.DataFrame(columns=[*by, "span"])
        return pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)

    def _found(
        self, counts: list[Count], by: Sequence[str], spans: Sequence[Days], where: Where
    ) -> list[pd.DataFrame]:
        dimensions = tuple(sorted({*by, *where}))
        asked: dict[Count, tuple[Days, frozenset[date]]] = {}
        for count, bounds in self._all_bounds(counts).items():
            if bounds is not None:
                of_span = (piece for span in spans for piece in pieces(span, bounds))
                asked[count] = (bounds, fine_months(of_span))
        self._work_out(asked, dimensions)
        return [
            _known[*self._version, count.key, dimensions, fine].hidden(by, spans, where)
            for count, (_, fine) in asked.items()
        ]

    def _all_bounds(self, counts: list[Count]) -> dict[Count, Days | None]:
        """Return per count the first and last day on which anything was counted."""
        new = [count for count in counts if (*self._version, count.key) not in _bounds]
        tables = self._by_table(new, (), is_monthly_enough=False)
        for (name, day_of), of_table in tables.items():
            table = self._backend.table(name)
            day = day_of(table) if name == CONTACT else table.period
            ends = {}
            for count in of_table:
                is_any = _is_counted(table, count, name)
                ends[f"{count.key} first"] = day.min(where=is_any)
                ends[f"{count.key} last"] = day.max(where=is_any)
            row = table.agg(**ends).to_pyarrow().to_pylist()[0]
            for count in of_table:
                first, last = row[f"{count.key} first"], row[f"{count.key} last"]
                with _lock:
                    _bounds[*self._version, count.key] = (first, last) if first else None
        return {count: _bounds[*self._version, count.key] for count in counts}

    def _work_out(
        self, asked: Mapping[Count, tuple[Days, frozenset[date]]], dimensions: tuple[str, ...]
    ) -> None:
        new: dict[frozenset[date], list[Count]] = {}
        for count, (_, fine) in asked.items():
            if (*self._version, count.key, dimensions, fine) not in _known:
                new.setdefault(fine, []).append(count)
        for fine, counts in new.items():
            sizes = self._sizes(counts, dimensions, fine)
            for count in counts:
                table = sizes[count.key]
                bounds = asked[count][0]
                worked = Protected(table, dimensions, self.threshold, bounds, fine, self._sides)
                with _lock:
                    _known[*self._version, count.key, dimensions, fine] = worked

    def _sizes(
        self, counts: list[Count], dimensions: tuple[str, ...], fine: frozenset[date]
    ) -> dict[str, pd.DataFrame]:
        """Return the full tables: by month, and by day in the months that are cut."""
        parts = [(counts, "M", fine, False)]
        if fine:
            parts.append((counts, "D", fine, True))
        frames: dict[str, list[pd.DataFrame]] = {count.key: [] for count in counts}
        for of_part, unit, months, is_in in parts:
            tables = self._by_table(of_part, dimensions, is_monthly_enough=unit == "M")
            for (name, day_of), of_table in tables.items():
                table = self._backend.table(name)
                day = day_of(table) if name == CONTACT else table.period
                month = day.truncate("M")
                if months:
                    chosen = month.isin([ibis.literal(first) for first in sorted(months)])
                    table = table.filter(chosen if is_in else ~chosen)
                day = day_of(table) if name == CONTACT else table.period
                keys = {key: column(table, key).fill_null(UNKNOWN) for key in dimensions}
                amounts = {
                    count.key: (count.on_rows(table) if name == CONTACT else table[count.key].sum())
                    for count in of_table
                }
                answered = table.group_by(**keys, **{DAY: day.truncate(unit)}).agg(**amounts)
                frame = answered.to_pyarrow().to_pandas(date_as_object=False)
                for count in of_table:
                    one = frame[[*dimensions, DAY, count.key]]
                    frames[count.key].append(one.rename(columns={count.key: SIZE}))
        return {key: pd.concat(found, ignore_index=True) for key, found in frames.items()}

    def _by_table(
        self, counts: Sequence[Count], dimensions: Sequence[str], *, is_monthly_enough: bool
    ) -> dict[tuple[str, Day], list[Count]]:
        """Return the counts by the smallest table that has them and the day that counts."""
        tables: dict[tuple[str, Day], list[Count]] = {}
        for count in counts:
            cube = smallest_cube(dimensions, {count.key}, is_monthly_enough=is_monthly_enough)
            tables.setdefault((cube.name if cube else CONTACT, count.day), []).append(count)
        return tables


def _is_counted(table: Table, count: Count, name: str) -> BooleanValue:
    return count.where(table).fill_null(False) if name == CONTACT else table[count.key] > 0
