"""Hiding what may not be shown in an answer from the warehouse: full tables, one per question.

The full tables do not depend on which days or values are asked, so they are worked out once per
version and kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock

import ibis
import numpy as np
import pandas as pd
from cachetools import LRUCache
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.amounts import CONTACT, backend_table, source_of, within_days_counted
from analytics.columns import column
from analytics.derive.interactions import digital_channels
from analytics.derive.journey_cubes import JourneyCount, JourneyCube
from analytics.derive.journeys import sides_of
from analytics.disclosure.protected import DAY, SIZE, Protected, Sides, cut_months
from analytics.measures import Count
from analytics.metrics import sums
from analytics.periods import Days
from warehouse.contact import UNKNOWN
from warehouse.settings import Settings
from warehouse.store import Store

type Where = Mapping[str, Sequence[str]]

_known: LRUCache[tuple[object, ...], Protected] = LRUCache(maxsize=64)
_bounds: LRUCache[tuple[object, ...], Days | None] = LRUCache(maxsize=512)
_lock = Lock()


class Protection:
    """Tells, count by count, what may be shown of one version of the warehouse.

    Args:
        store: the warehouse.
        version: the name of the version.
        backend: a connection to that version (see `Reader.versioned`).
        settings: of that version.
        threshold: the smallest group that is shown.
        until: the last day that is counted.
    """

    def __init__(  # what a version is, and two bounds
        self,
        store: Store,
        version: str,
        backend: Backend,
        settings: Settings,
        threshold: int,
        until: date,
    ) -> None:
        self._digital = frozenset(digital_channels(settings))
        self._version = (str(store.folder), version, threshold)
        self._backend, self.threshold, self._until = backend, threshold, until

    def hidden(
        self, count: Count, by: Sequence[str], spans: Sequence[Days], where: Where
    ) -> pd.DataFrame:
        """Return the figures that may not be shown because of a count.

        Args:
            count: how many contacts, customers or journeys a figure is about.
            by: the columns (of contacts, or of the journeys' cube) that split the figures.
            spans: the first and last days that the figures are of.
            where: column -> the values that are counted.

        Returns:
            A column per name in `by`, and `span`, the place in `spans`; each combination once.
        """
        bounds = None if self.threshold <= 1 else self._bounds_of(count)
        if bounds is None:
            return pd.DataFrame(columns=[*by, "span"])
        dimensions = tuple(sorted({*by, *where}))
        table = self._full(count, dimensions, bounds)
        months = frozenset().union(*(cut_months(span, bounds) for span in spans))
        self._add_days(table, count, dimensions, months)
        return table.hidden(by, spans, where)

    def _bounds_of(self, count: Count) -> Days | None:
        """Return the first and last day on which anything was counted; None where nothing was."""
        key = (*self._version, *_name_of(count))
        with _lock:
            if key in _bounds:
                return _bounds[key]
        table, is_cube = self._source(count, (), is_monthly_enough=False)
        is_any = table[count.key] > 0 if is_cube else count.where(table).fill_null(False)
        ends = table.agg(first=table.period.min(where=is_any), last=table.period.max(where=is_any))
        row = ends.to_pyarrow().to_pylist()[0]
        found = (row["first"], row["last"]) if row["first"] else None
        with _lock:
            _bounds[key] = found
        return found

    def _full(self, count: Count, dimensions: tuple[str, ...], bounds: Days) -> Protected:
        """Return the full table with what is hidden in it."""
        key = (*self._version, *_name_of(count), dimensions)
        with _lock:
            known = _known.get(key)
        if known is None:
            sizes = self._sizes(count, dimensions, frozenset())
            known = Protected(
                sizes, dimensions, self.threshold, bounds, self._sides(count), grouped=("path",)
            )
            with _lock:
                _known[key] = known
        return known

    def _sides(self, count: Count) -> Sides:
        """Return what some figure of a count counts together: digital channels, kinds of path."""
        if isinstance(count, JourneyCount):
            return {"path": sides_of}
        return {"channel": lambda key: (key in self._digital,)} if count == sums.CONTACTS else {}

    def _add_days(
        self, table: Protected, count: Count, dimensions: tuple[str, ...], months: frozenset[date]
    ) -> None:
        """Let a table know the days of these months."""
        new = frozenset(month for month in months if not table.has_days(month))
        if not new:
            return
        sizes = self._sizes(count, dimensions, new)
        of_month = pd.to_datetime(sizes[DAY]).to_numpy().astype("datetime64[M]")
        for month in sorted(new):
            table.add_days(month, sizes[of_month == np.datetime64(month, "M")])

    def _sizes(
        self, count: Count, dimensions: tuple[str, ...], months: frozenset[date]
    ) -> pd.DataFrame:
        """Return the full table's sizes by month; of some months, where given, by day."""
        table, is_cube = self._source(count, dimensions, is_monthly_enough=not months)
        if months:
            firsts = [ibis.literal(first) for first in sorted(months)]
            table = table.filter(table.period.truncate("M").isin(firsts))
        keys = {key: column(table, key).fill_null(UNKNOWN) for key in dimensions}
        size = table[count.key].sum() if is_cube else count.on_rows(table)
        unit = table.period.truncate("D" if months else "M")
        sizes = table.group_by(**keys, **{DAY: unit}).agg(**{SIZE: size})
        return sizes.to_pyarrow().to_pandas(date_as_object=False)

    def _source(
        self, count: Count, dimensions: Sequence[str], *, is_monthly_enough: bool
    ) -> tuple[Table, bool]:
        """Return the smallest table that has a count, with `period`, and whether it is a cube."""
        if isinstance(count, JourneyCount):
            return self._journeys(count.shape, dimensions, is_monthly_enough=is_monthly_enough)
        name = source_of(dimensions, {count.key}, is_monthly_enough=is_monthly_enough)
        table = backend_table(self._backend, name)
        if name == CONTACT:
            table = table.mutate(period=count.day(table))
        return within_days_counted(table, count.day, self._until), name != CONTACT

    def _journeys(
        self, shape: JourneyCube, dimensions: Sequence[str], *, is_monthly_enough: bool
    ) -> tuple[Table, bool]:
        if is_monthly_enough and set(dimensions) <= set(shape.dimensions):
            return backend_table(self._backend, shape.name), True
        contacts = backend_table(self._backend, CONTACT)
        rows = contacts.filter(shape.of(contacts))
        keys = {name: key(rows) for name, key in shape.keys.items()}
        return rows.mutate(period=rows.started_on, **keys), False


def _name_of(count: Count) -> tuple[str, str]:
    return (count.shape.name if isinstance(count, JourneyCount) else "", count.key)
