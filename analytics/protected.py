"""What may be shown of one count: worked out on the full table, whatever is asked of it.

A figure is shown only where it is a sum or a difference of cells that are shown themselves, so that
no filter and no span of days tells more than the full tables do (docs/adr/0005).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd

from analytics.disclosure import Pattern
from analytics.periods import Grain, period_of

type Days = tuple[date, date]
"""First and last local day, both inclusive."""

DAY, SIZE = "day", "size"
_PREFIX = "period "
_LADDER = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
"""Each a part of the next: a week that lies in two months is two pieces."""
_FINE = (Grain.DAY, Grain.WEEK)


@dataclass(frozen=True)
class Piece:
    """A whole year, quarter, month, week (within one month) or day; without grain: all days."""

    grain: Grain | None
    start: date


def pieces(days: Days, bounds: Days) -> list[Piece]:
    """Return the fewest pieces that make up a span; days out of bounds hold nothing and are free.

    Args:
        days: first and last day of the span.
        bounds: first and last day on which anything was counted.
    """
    day, last = max(days[0], bounds[0]), min(days[1], bounds[1])
    if (day, last) == bounds:
        return [Piece(None, bounds[0])]
    found = []
    while day <= last:
        for grain in reversed(_LADDER):
            first, end = _piece_of(day, grain)
            if max(first, bounds[0]) == day and min(end, bounds[1]) <= last:
                found.append(Piece(grain, first))
                day = end + timedelta(days=1)
                break
    return found


@lru_cache(maxsize=8192)
def _piece_of(day: date, grain: Grain) -> Days:
    if grain is Grain.DAY:
        return day, day
    if grain is not Grain.WEEK:
        return period_of(day, grain)
    month = period_of(day, Grain.MONTH)
    monday = day - timedelta(days=day.weekday())
    return max(monday, month[0]), min(monday + timedelta(days=6), month[1])


def fine_months(found: Iterable[Piece]) -> frozenset[date]:
    """Return the first days of the months that some of the pieces cut."""
    return frozenset(piece.start.replace(day=1) for piece in found if piece.grain in _FINE)


_DENSE = 60_000
"""Up to so many cells a table has its empty ones too: these hide others as a last resort."""

type Filters = tuple[tuple[str, tuple[str, ...]], ...]


class Side(tuple[str, ...]):
    """The values on the given side of a dimension, counted together in a figure of its own."""


_SIDE = " side"


class Protected:
    """Which cells of one count may be shown, by any of the dimensions, filters and days.

    Args:
        sizes: one row per cell: a column per dimension (text); `day` (date: of the months in
            `fine` each day, of others their first day); `size` (how many are counted).
        dimensions: the names of the columns.
        threshold: the smallest group that is shown.
        bounds: first and last day on which anything was counted.
        fine: the first days of months of which `sizes` has the days.
        sides: dimension -> the values that some figure counts together (digital channels): the
            others are so too, and neither total gives a value away.
    """

    def __init__(
        self,
        sizes: pd.DataFrame,
        dimensions: Sequence[str],
        threshold: int,
        bounds: Days,
        fine: frozenset[date] = frozenset(),
        sides: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self._sides = {name: kept for name, kept in sides.items() if name in dimensions}
        self.bounds, self.fine, self._threshold = bounds, fine, threshold
        self._values: dict[str, pd.Index] = {}
        self._hidden: dict[tuple[str, ...], np.ndarray] = {}
        sizes = sizes[sizes[SIZE] > 0]
        self._is_safe = not (sizes[SIZE] < threshold).any()
        if not self._is_safe:
            self._pattern = self._worked_out(sizes, tuple(dimensions))

    def _worked_out(self, sizes: pd.DataFrame, dimensions: tuple[str, ...]) -> Pattern:
        codes = []
        for name in dimensions:
            code, self._values[name] = pd.factorize(sizes[name], sort=True)
            codes.append(code)
        units = np.array(_units(self.bounds, self.fine), dtype="datetime64[D]")
        days = pd.to_datetime(sizes[DAY]).to_numpy().astype("datetime64[D]")
        codes.append(np.searchsorted(units, days))
        size = sizes[SIZE].to_numpy(dtype="float64")
        shape = [*(len(self._values[name]) for name in dimensions), len(units)]
        if np.prod([float(length) for length in shape]) <= _DENSE:
            cell = np.ravel_multi_index(codes, shape)
            size = np.bincount(cell, weights=size, minlength=int(np.prod(shape)))
            codes = list(np.unravel_index(np.arange(len(size)), shape))
        ladder = _LADDER if self.fine else _LADDER[len(_FINE) :]
        names = [_PREFIX + grain for grain in ladder]
        day = units[codes[-1]]
        self._columns: dict[str, np.ndarray] = dict(zip(dimensions, codes[:-1], strict=True)) | {
            _PREFIX + grain: _starts(day, grain).astype("int64") for grain in ladder
        }
        for name, kept in self._sides.items():
            is_kept = np.isin(self._values[name].to_numpy(dtype=object), list(kept))
            self._columns[name + _SIDE] = is_kept.astype("int64")[self._columns[name]]
        return Pattern(
            {name: pd.Series(column) for name, column in self._columns.items()},
            [],
            size,
            self._threshold,
            {name: [longer] for name, longer in pairwise(names)},
            {_PREFIX + grain: _PREFIX + Grain.MONTH for grain in _FINE},
            {name: name + _SIDE for name in self._sides},
        )

    def hidden(
        self, by: Sequence[str], spans: Sequence[Days], where: Mapping[str, Sequence[str]]
    ) -> pd.DataFrame:
        """Return the figures that may not be shown, also such as are nought.

        Args:
            by: the dimensions that split the figures.
            spans: the spans of days that the figures are of.
            where: dimension -> the values that are counted.

        Returns:
            A column per dimension of `by`, and `span`, the place in `spans`; each combination once.
        """
        none = pd.DataFrame({name: [] for name in by} | {"span": np.array([], dtype="int64")})
        if self._is_safe:
            return none
        filters = tuple((name, _kept(where[name])) for name in sorted(where) if name not in by)
        asked = [
            (piece.grain, np.datetime64(piece.start, "D").astype("int64"), number)
            for number, span in enumerate(spans)
            for piece in pieces(span, self.bounds)
        ]
        found = []
        for grain in {grain for grain, _, _ in asked}:
            of_grain = pd.DataFrame(
                [(start, number) for kind, start, number in asked if kind is grain],
                columns=["start", "span"],
            )
            found.append(self._of_pieces(tuple(by), filters, grain, of_grain))
        if not found:
            return none
        result = pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)
        result = result.assign(**{name: self._values[name][result[name]] for name in by})
        for name in by:
            if name in where:
                result = result[result[name].isin(list(where[name]))]
        return result

    def _of_pieces(
        self, by: tuple[str, ...], where: Filters, grain: Grain | None, asked: pd.DataFrame
    ) -> pd.DataFrame:
        """Return the hidden figures over pieces of one grain: those of one longer period together.

        They are shown where each is, or where the longer period is and all its other pieces are.
        """
        if grain is None:
            cells = pd.DataFrame(self._held(by, where, ()), columns=list(by))
            return cells.merge(asked[["span"]], how="cross")
        longer = _LADDER[_LADDER.index(grain) + 1] if grain is not Grain.YEAR else None
        cells = self._dated(by, where, grain)
        keys = [*by, "longer"]
        cells["longer"] = (
            _starts(cells["start"].to_numpy().astype("datetime64[D]"), longer).astype("int64")
            if longer
            else 0
        )
        cells["all"] = cells.groupby(keys)["start"].transform("size")
        inside = cells.merge(asked, on="start")
        inside = inside.groupby([*keys, "span", "all"], as_index=False).size()
        whole = self._dated(by, where, longer).rename(columns={"start": "longer"})
        inside = inside.merge(whole.assign(is_whole_hidden=True), on=keys, how="left")
        tells = (inside["all"] > inside["size"]) | inside["is_whole_hidden"].notna()
        return inside[tells][[*by, "span"]]

    def _dated(self, by: tuple[str, ...], where: Filters, grain: Grain | None) -> pd.DataFrame:
        """Return the hidden cells by some dimensions and period: codes, and `start` (of all: 0)."""
        cells = self._held(by, where, (_PREFIX + grain,) if grain else ())
        frame = pd.DataFrame(cells[:, : len(by)], columns=list(by))
        return frame.assign(start=cells[:, -1] if grain else 0)

    def _held(self, by: tuple[str, ...], where: Filters, time: tuple[str, ...]) -> np.ndarray:
        """Return the hidden cells by some dimensions and a length of period: codes, one row each.

        Over several values of a filtered dimension a cell is shown where those of all chosen values
        are, or where the total is and those of all other values are.
        """
        if not where:
            return self._table((*by, *time))
        (dimension, kept), *rest = where
        if isinstance(kept, Side) and not by and not rest:
            parts = self._held((*by, dimension + _SIDE), tuple(rest), time)
            return np.delete(parts[parts[:, len(by)] == 1], len(by), axis=1)
        parts = self._held((*by, dimension), tuple(rest), time)
        total = self._held(by, tuple(rest), time)
        chosen = self._values[dimension].get_indexer(pd.Index(kept))
        is_chosen = np.isin(parts[:, len(by)], chosen)
        parts = np.delete(parts, len(by), axis=1)
        inside, outside = _set(parts[is_chosen]), _set(parts[~is_chosen])
        hidden = sorted(inside & (outside | _set(total)))
        return np.array(hidden, dtype="int64").reshape(len(hidden), len(by) + len(time))

    def _table(self, columns: tuple[str, ...]) -> np.ndarray:
        if columns not in self._hidden:
            margin = self._pattern.margin(frozenset(columns))
            hidden = np.flatnonzero(margin.hidden)
            _, row = np.unique(margin.cell_of_row, return_index=True)
            codes = [self._columns[name][row[hidden]] for name in columns]
            cells = np.array(codes, dtype="int64").reshape(len(columns), len(hidden))
            self._hidden[columns] = cells.T
        return self._hidden[columns]


def _kept(values: Sequence[str]) -> tuple[str, ...]:
    return values if isinstance(values, Side) else tuple(values)


def _set(cells: np.ndarray) -> set[tuple[int, ...]]:
    return set(map(tuple, cells.tolist()))


def _units(bounds: Days, fine: frozenset[date]) -> list[date]:
    """Return the days of the fine months, and the first day of every other, within the bounds."""
    months = pd.date_range(bounds[0].replace(day=1), bounds[1], freq="MS")
    units: list[date] = []
    for month in (stamp.date() for stamp in months):
        if month in fine:
            first, last = period_of(month, Grain.MONTH)
            days = pd.date_range(max(first, bounds[0]), min(last, bounds[1]))
            units += [day.date() for day in days]
        else:
            units.append(month)
    return units


def _starts(days: np.ndarray, grain: Grain) -> np.ndarray:
    """Return the first day of the piece that each day lies in."""
    months = days.astype("datetime64[M]")
    match grain:
        case Grain.DAY:
            return days
        case Grain.WEEK:
            weekday = (days.astype("int64") + 3) % 7  # 1970 began on a Thursday
            return np.maximum(days - weekday, months.astype("datetime64[D]"))
        case Grain.QUARTER:
            return (months - months.astype("int64") % 3).astype("datetime64[D]")
        case _:
            unit = "M" if grain is Grain.MONTH else "Y"
            return days.astype(f"datetime64[{unit}]").astype("datetime64[D]")
