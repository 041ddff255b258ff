"""Hiding in an answer what may not be shown: the last step of every question."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.answer import IS_APPROXIMATE, SPAN, WEIGHT
from analytics.disclosure import HIDDEN
from analytics.disclosure.groups import Check, checks
from analytics.disclosure.protection import Protection
from analytics.metrics import Metric
from analytics.periods import Days
from warehouse.settings import Settings

type Places = list[tuple[object, ...]]
"""Of each row its span, its period, and its value of each dimension."""
type Periods = Sequence[tuple[int, date, Days]]
"""Of each period of which there can be a figure: its span, its first day, the days it is of."""


class Shown:
    """What of an answer may be shown; each thing that must be is asked after once.

    Args:
        by: the dimensions that split the answer.
        where: dimension -> the values that are counted.
        periods: of the answer.
        protection: of the warehouse's version.
        settings: of that version.
    """

    def __init__(
        self,
        by: tuple[str, ...],
        where: Mapping[str, tuple[str, ...]],
        periods: Periods,
        protection: Protection,
        settings: Settings,
    ) -> None:
        self._by, self._where, self._periods = by, where, periods
        self._protection, self._settings = protection, settings
        self._found: dict[object, frozenset[tuple[object, ...]]] = {}

    def places(self, amounts: pd.DataFrame) -> Places:
        """Return where the rows of an answer lie."""
        return list(amounts[[SPAN, "period", *self._by]].itertuples(index=False, name=None))

    def of(self, metric: Metric, cells: pd.DataFrame, places: Places) -> pd.DataFrame:
        """Return a metric's cells with a column `suppressed`; hidden ones hold NaN.

        What may not be told to be nought gets a row too.
        """
        threshold = self._protection.threshold
        weight = cells[WEIGHT].to_numpy()
        hidden = (weight > 0) & (weight < threshold)
        cells = cells.drop(columns=WEIGHT)
        absent: set[tuple[object, ...]] = set()
        if threshold > 1 and places:
            for check in checks(metric, self._by, self._where, self._settings):
                found = self._hidden(check)
                if not found:
                    continue
                if check.by == self._by:
                    hidden |= np.array([place in found for place in places])
                    absent |= found.difference(places)
                else:
                    kept = [0, 1, *(self._by.index(name) + 2 for name in check.by)]
                    coarser = (tuple(place[column] for column in kept) for place in places)
                    hidden |= np.array([place in found for place in coarser])
        if hidden.any():
            cells = cells.assign(
                **{name: np.where(hidden, np.nan, cells[name].to_numpy()) for name in HIDDEN}
            )
        cells["suppressed"] = hidden
        return self._with_absent(cells, metric, absent) if absent else cells

    def _with_absent(
        self, cells: pd.DataFrame, metric: Metric, absent: set[tuple[object, ...]]
    ) -> pd.DataFrame:
        columns = [SPAN, "period", *self._by]
        more = pd.DataFrame(list(absent), columns=columns).assign(
            metric=metric.key, suppressed=True, **dict.fromkeys(HIDDEN, np.nan)
        )
        more[IS_APPROXIMATE] = False
        return pd.concat([cells, more]).sort_values(columns, ignore_index=True, kind="stable")

    def _hidden(self, check: Check) -> frozenset[tuple[object, ...]]:
        where = tuple((name, tuple(kept)) for name, kept in check.where.items())
        key = (check.count, check.by, where)
        if key not in self._found:
            spans = [days for _, _, days in self._periods]
            found = self._protection.hidden(check.count, check.by, spans, check.where)
            self._found[key] = frozenset(
                (*self._periods[span][:2], *values)
                for *values, span in found[[*check.by, "span"]].itertuples(index=False, name=None)
            )
        return self._found[key]
