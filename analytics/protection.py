"""Hiding what may not be shown in an answer from the warehouse: full tables, one per question.

The full tables do not depend on which days or values are asked, so they are worked out once per
version and kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from threading import Lock

import ibis
import numpy as np
import pandas as pd
from cachetools import LRUCache
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, Table

from analytics.derive.cube import smallest_cube
from analytics.derive.interactions import digital_channels
from analytics.measures import Count
from analytics.months import Days
from analytics.protected import DAY, SIZE, Protected, cut_months
from analytics.tables import backend_table
from warehouse.contact import UNKNOWN
from warehouse.settings import Settings
from warehouse.store import Reader

CONTACT = "contact"
type Where = Mapping[str, Sequence[str]]

_known: LRUCache[tuple[object, ...], Protected] = LRUCache(maxsize=256)
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
        bounds = self._all_bounds(counts)
        counts = [count for count in counts if bounds[count]]
        found = []
        for count, table in self._tables(counts, dimensions, bounds).items():
            months = frozenset().union(*(cut_months(span, table.bounds) for span in spans))
            self._add_days(table, count, dimensions, months)
            found.append(table.hidden(by, spans, where))
        return found

    def _all_bounds(self, counts: list[Count]) -> dict[Count, Days | None]:
        """Return per count the first and last day on which anything was counted."""
        with _lock:
            found = {
                count: _bounds[*self._version, count.key]
                for count in counts
                if (*self._version, count.key) in _bounds
            }
        new = [count for count in counts if count not in found]
        for name, of_table in self._by_table(new, (), is_monthly_enough=False).items():
            table = backend_table(self._backend, name)
            day = table.started_on if name == CONTACT else table.period
            ends = {}
            for count in of_table:
                is_any = _is_counted(table, count, name)
                ends[f"{count.key} first"] = day.min(where=is_any)
                ends[f"{count.key} last"] = day.max(where=is_any)
            row = table.agg(**ends).to_pyarrow().to_pylist()[0]
            for count in of_table:
                first, last = row[f"{count.key} first"], row[f"{count.key} last"]
                found[count] = (first, last) if first else None
                with _lock:
                    _bounds[*self._version, count.key] = found[count]
        return found

    def _tables(
        self,
        counts: list[Count],
        dimensions: tuple[str, ...],
        all_bounds: Mapping[Count, Days | None],
    ) -> dict[Count, Protected]:
        keys = {count: (*self._version, count.key, dimensions) for count in counts}
        with _lock:
            tables = {count: _known[key] for count, key in keys.items() if key in _known}
        new = [count for count in counts if count not in tables]
        for count, sizes in self._sizes(new, dimensions, frozenset()).items():
            bounds = all_bounds[count]
            if bounds is not None:
                tables[count] = Protected(sizes, dimensions, self.threshold, bounds, self._sides)
                with _lock:
                    _known[keys[count]] = tables[count]
        return tables

    def _add_days(
        self, table: Protected, count: Count, dimensions: tuple[str, ...], months: frozenset[date]
    ) -> None:
        new = frozenset(month for month in months if not table.has_days(month))
        if not new:
            return
        sizes = self._sizes([count], dimensions, new)[count]
        of_month = pd.to_datetime(sizes[DAY]).to_numpy().astype("datetime64[M]")
        for month in sorted(new):
            table.add_days(month, sizes[of_month == np.datetime64(month, "M")])

    def _sizes(
        self, counts: list[Count], dimensions: tuple[str, ...], months: frozenset[date]
    ) -> dict[Count, pd.DataFrame]:
        """Return the full tables by month; of some months, where given, by day."""
        found: dict[Count, pd.DataFrame] = {}
        tables = self._by_table(counts, dimensions, is_monthly_enough=not months)
        for name, of_table in tables.items():
            table = backend_table(self._backend, name)
            day = table.started_on if name == CONTACT else table.period
            if months:
                firsts = [ibis.literal(first) for first in sorted(months)]
                table = table.filter(day.truncate("M").isin(firsts))
                day = table.started_on if name == CONTACT else table.period
            keys = {key: table[key].fill_null(UNKNOWN) for key in dimensions}
            amounts = {
                count.key: (count.on_rows(table) if name == CONTACT else table[count.key].sum())
                for count in of_table
            }
            unit = day if months else day.truncate("M")
            answered = table.group_by(**keys, **{DAY: unit}).agg(**amounts)
            frame = answered.to_pyarrow().to_pandas(date_as_object=False)
            for count in of_table:
                one = frame[[*dimensions, DAY, count.key]]
                found[count] = one.rename(columns={count.key: SIZE})
        return found

    def _by_table(
        self, counts: Sequence[Count], dimensions: Sequence[str], *, is_monthly_enough: bool
    ) -> dict[str, list[Count]]:
        tables: dict[str, list[Count]] = {}
        for count in counts:
            cube = smallest_cube(dimensions, {count.key}, is_monthly_enough=is_monthly_enough)
            tables.setdefault(cube.name if cube else CONTACT, []).append(count)
        return tables


def _is_counted(table: Table, count: Count, name: str) -> BooleanValue:
    return count.where(table).fill_null(False) if name == CONTACT else table[count.key] > 0
