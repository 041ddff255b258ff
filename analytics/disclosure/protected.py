"""What may be shown of one count: worked out on the full table, whatever is asked of it.

A figure is shown where no swap (swaps.py) would change it, so that no filter and no span of days
tells more than the full table does (docs/adr/0005).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from types import MappingProxyType

import numpy as np
import pandas as pd

from analytics.disclosure.groups_of_values import Division, groups_of, swaps_of_groups
from analytics.disclosure.links import (
    Needs,
    allowed_cuts,
    figures_of,
    links_of,
    needed_links,
    touched_by,
)
from analytics.disclosure.months import Months
from analytics.disclosure.swaps import Cells, NeedsOf, Swaps, corners, numbered, swaps_of
from analytics.periods import Days, Grain, period_of

DAY, SIZE = "day", "size"

type Sides = Mapping[str, Callable[[str], tuple[object, ...]]]
"""Dimension -> on which sides a value of it is."""


def cut_months(span: Days, bounds: Days) -> frozenset[date]:
    """Return the first days of the months of which a span holds some days but not all.

    Args:
        span: first and last day.
        bounds: first and last day on which anything was counted; days beyond are free.
    """
    first, last = max(span[0], bounds[0]), min(span[1], bounds[1])
    found = set()
    if first <= last:
        for day in (first, last):
            start, end = _within(day, bounds)
            if first > start or last < end:
                found.add(day.replace(day=1))
    return frozenset(found)


def _within(day: date, bounds: Days) -> Days:
    """Return the first and last day of a day's month that lie within the bounds."""
    start, end = period_of(day, Grain.MONTH)
    return max(start, bounds[0]), min(end, bounds[1])


def _numbered(values: pd.Index, sides: Callable[[str], tuple[object, ...]]) -> np.ndarray:
    """Return (value, side) a number that is equal where two values are on one side."""
    columns = zip(*(sides(str(value)) for value in values), strict=True)
    numbers = [pd.factorize(pd.Series(column))[0] for column in columns]
    return np.array(numbers, dtype="int64").reshape(len(numbers), len(values)).T


@dataclass(frozen=True)
class _Month:
    """The days of a month that was asked of in part: swaps between them, and who came when.

    `ends` has per division into groups (0: by value) and margin the numbers of its cells, and the
    first and last day of each that is not empty.
    """

    first: date
    count: int
    links: np.ndarray
    swaps: list[Swaps]
    ends: Mapping[tuple[int, tuple[int, ...]], tuple[np.ndarray, np.ndarray, np.ndarray]]

    def ends_of(
        self, by: tuple[int, tuple[int, ...]], cells: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the first and last day of each cell; of an empty one the last and the first.

        From and to any day an empty cell has the same: it is in no part of the month.
        """
        numbers, firsts, lasts = self.ends[by]
        row = np.searchsorted(numbers, cells)
        is_there = np.append(numbers, -1)[row] == cells
        return (
            np.where(is_there, np.append(firsts, 0)[row], self.count - 1),
            np.where(is_there, np.append(lasts, 0)[row], 0),
        )


class Protected:
    """Which cells of one count may be shown, by any of the dimensions, filters and days.

    Args:
        sizes: one row per cell: a column per dimension (text); `day` (the first day of a month);
            `size` (how many are counted).
        dimensions: the names of the columns.
        threshold: the smallest group that is shown.
        bounds: first and last day on which anything was counted.
        sides: dimension -> on which side a value is of what some figures count together (digital
            channels), the side that matters most last: where there is a choice, what is hidden
            stays on one side.
        grouped: dimensions of which all values on a side, or on several at once, are a figure that
            must be large enough itself.
    """

    def __init__(
        self,
        sizes: pd.DataFrame,
        dimensions: Sequence[str],
        threshold: int,
        bounds: Days,
        sides: Sides = MappingProxyType({}),
        grouped: Collection[str] = (),
    ) -> None:
        self.bounds, self._threshold = bounds, threshold
        self._dimensions = tuple(dimensions)
        self._days: dict[date, _Month] = {}
        sizes = sizes[sizes[SIZE] > 0]
        self._values = [pd.Index(sorted(set(sizes[name]))) for name in dimensions]
        self._sides = {
            place: _numbered(self._values[place], sides[name])
            for place, name in enumerate(dimensions)
            if name in sides
        }
        grouped_by = [
            (place, group, of_value)
            for place, of_value in self._sides.items()
            if self._dimensions[place] in grouped
            for group in groups_of(of_value)
        ]
        self._divisions = [Division(n, *of) for n, of in enumerate(grouped_by, start=1)]
        lengths = tuple(len(values) for values in self._values)
        self._shapes = [lengths, *(division.shape(lengths) for division in self._divisions)]
        self._months = Months(bounds, threshold)
        units = self._months.places(sizes[DAY])
        cells = self._cells(sizes, units, self._months.count)
        self._swaps = self._swaps_of(
            cells, lambda cells, by: self._months.needs(*cells.margin(by)), has_days=True
        )

    def _swaps_of(self, cells: Cells, needs_of: NeedsOf, *, has_days: bool) -> list[Swaps]:
        margins = self._margins()
        needs = {by: needs_of(cells, by) for by in margins}
        found = swaps_of(cells, needs, self._sides, has_days=has_days)
        for division in self._divisions:
            found += swaps_of_groups(cells, division, needs_of, margins, has_days=has_days)
        return found

    def _margins(self) -> list[tuple[int, ...]]:
        places = range(len(self._dimensions))
        return [by for count in range(len(places) + 1) for by in combinations(places, count)]

    def _cells(self, sizes: pd.DataFrame, units: np.ndarray, count: int) -> Cells:
        codes = [
            values.get_indexer(pd.Index(sizes[name]))
            for values, name in zip(self._values, self._dimensions, strict=True)
        ]
        return Cells(
            np.array(codes, dtype="int64").reshape(len(codes), len(sizes)).T,
            units,
            sizes[SIZE].to_numpy(dtype="float64"),
            tuple(len(values) for values in self._values),
            count,
        )

    def has_days(self, month: date) -> bool:
        """Whether the days of a month are known."""
        return month in self._days

    def add_days(self, month: date, sizes: pd.DataFrame) -> None:
        """Take in the days of a month, so that part of it can be asked for.

        Args:
            month: its first day.
            sizes: as for the whole table, with every `day` in the month.
        """
        first, last = _within(month, self.bounds)
        count = (last - first).days + 1
        sizes = sizes[sizes[SIZE] > 0]
        days = (pd.to_datetime(sizes[DAY]) - pd.Timestamp(first)).dt.days.to_numpy(dtype="int64")
        cells = self._cells(sizes, days, count)
        cuts = np.arange(1, count)
        mondays = cuts[(first.weekday() + cuts) % 7 == 0]
        periods = [np.arange(count), np.searchsorted(mondays, np.arange(count), side="right")]
        touches = touched_by(links_of(count), periods)

        def needs_of(cells: Cells, by: tuple[int, ...]) -> Needs:
            numbers, of_day = cells.margin(by)
            allowed = allowed_cuts(of_day[:, None], [mondays, cuts], self._threshold)
            return Needs(
                numbers,
                of_day.sum(axis=1),
                needed_links(of_day, allowed),
                figures_of(of_day, periods),
                touches,
                np.ones(touches.shape[1]),
            )

        ends = {}
        tables = [cells, *(division.cells(cells) for division in self._divisions)]
        for (number, table), by in product(enumerate(tables), self._margins()):
            numbers, of_day = table.margin(by)
            is_any = of_day > 0
            ends[number, by] = (
                numbers,
                is_any.argmax(axis=1),
                count - 1 - is_any[:, ::-1].argmax(axis=1),
            )
        swaps = self._swaps_of(cells, needs_of, has_days=False)
        self._days[month] = _Month(first, count, links_of(count), swaps, ends)

    def hidden(
        self, by: Sequence[str], spans: Sequence[Days], where: Mapping[str, Sequence[str]]
    ) -> pd.DataFrame:
        """Return the figures that may not be shown, also such as are nought.

        The days of months that a span cuts must have been added.

        Args:
            by: the dimensions that split the figures.
            spans: the spans of days that the figures are of.
            where: dimension -> the values that are counted.

        Returns:
            A column per dimension of `by`, and `span`, the place in `spans`; each combination once.
        """
        lengths = [len(self._values[self._dimensions.index(name)]) for name in by]
        is_hidden = np.zeros((int(np.prod(lengths)), len(spans)), dtype=bool)
        inside = self._inside(spans)
        for swaps in self._swaps:
            kept = self._is_kept(swaps, by, where)
            if kept.any():
                changes = self._changes(swaps, kept, spans, inside)
                self._mark(is_hidden, swaps.pairs[kept], changes, by, lengths)
        cut = [cut_months(span, self.bounds) for span in spans]
        for month in sorted(frozenset().union(*cut)):
            known = self._days[month]
            of_month = np.flatnonzero([month in months for months in cut])
            for swaps in known.swaps:
                kept = self._is_kept(swaps, by, where)
                if kept.any():
                    changes = np.zeros((int(kept.sum()), len(spans)), dtype=bool)
                    for number in of_month:
                        start, end = self._bounds_in(spans[int(number)], known)
                        is_in = (known.links >= start) & (known.links < end)
                        is_cut = is_in[:, 0] != is_in[:, 1]
                        changes[:, number] = swaps.links[np.ix_(kept, is_cut)].any(axis=1)
                    self._mark(is_hidden, swaps.pairs[kept], changes, by, lengths)
        group, span = np.nonzero(is_hidden)
        codes = np.unravel_index(group, lengths) if lengths else ()
        result = pd.DataFrame(
            {
                name: self._values[self._dimensions.index(name)][code]
                for name, code in zip(by, codes, strict=True)
            }
            | {"span": span}
        )
        for name in by:
            if name in where:
                result = result[result[name].isin(list(where[name]))]
        return result

    def _is_kept(
        self, swaps: Swaps, by: Sequence[str], where: Mapping[str, Sequence[str]]
    ) -> np.ndarray:
        """Tell which swaps change a figure of these values: of a pair it must count but one."""
        kept = np.ones(len(swaps.lead), dtype=bool)
        for name in where:
            if name in by:
                continue
            place = self._dimensions.index(name)
            chosen = np.append(self._values[place].isin(list(where[name])), False)
            pair = chosen[swaps.pairs[:, place]]
            kept &= pair[:, 0] != pair[:, 1]
        return kept

    def _inside(self, spans: Sequence[Days]) -> np.ndarray:
        """Return (span, month) which months lie wholly in a span: 1, else 0."""
        inside = np.zeros((len(spans), self._months.count), dtype="int8")
        for number, (start, end) in enumerate(spans):
            first, last = max(start, self.bounds[0]), min(end, self.bounds[1])
            if first > last:
                continue
            inside[number, self._months.place(first) : self._months.place(last) + 1] = 1
            for month in cut_months((first, last), self.bounds):
                inside[number, self._months.place(month)] = 0
        return inside

    def _changes(
        self, swaps: Swaps, kept: np.ndarray, spans: Sequence[Days], inside: np.ndarray
    ) -> np.ndarray:
        """Return (swap, span) whether a swap between months changes what is in a span."""
        links = swaps.links[kept]
        of_link = [
            self._months.is_changed(number, inside, inside) for number in range(links.shape[1])
        ]
        change = np.array(of_link, dtype="float32").reshape(links.shape[1], len(spans))
        found = np.asarray(links.astype("float32") @ change > 0)
        for number, span in enumerate(spans):
            months = sorted(cut_months(span, self.bounds))
            if months:
                found[:, number] = self._is_cut(swaps, kept, span, months, inside[number])
        return found

    def _is_cut(
        self,
        swaps: Swaps,
        kept: np.ndarray,
        span: Days,
        months: Sequence[date],
        inside: np.ndarray,
    ) -> np.ndarray:
        """Return per swap whether it changes what is in a span that cuts months.

        In a month that is cut a swap is of one day: of the last on which a cell is not empty where
        the month is the earlier of a link, of the first where it is the later. So it is a swap of
        its own for each cell that it touches.
        """
        links = swaps.links[kept]
        touched = swaps.pairs if swaps.by_group is None else swaps.by_group
        pairs = touched[kept][:, list(swaps.by)]
        shape = tuple(self._shapes[swaps.division][place] for place in swaps.by)
        found = np.zeros(len(links), dtype=bool)
        for cell in corners(pairs):
            number = numbered(cell, tuple(range(len(shape))), shape)
            before = np.repeat(inside[None], len(links), axis=0)
            after = before.copy()
            for month in months:
                known, place = self._days[month], self._months.place(month)
                start, end = self._bounds_in(span, known)
                firsts, lasts = known.ends_of((swaps.division, swaps.by), number)
                before[:, place] = (start <= lasts) & (lasts < end)
                after[:, place] = (start <= firsts) & (firsts < end)
            for link in np.flatnonzero(links.any(axis=0)):
                found |= links[:, link] & self._months.is_changed(int(link), before, after)
        return found

    def _bounds_in(self, span: Days, known: _Month) -> tuple[int, int]:
        """Return the places of a span's first day in a month and of the day after its last."""
        start = max((span[0] - known.first).days, 0)
        return start, min((span[1] - known.first).days + 1, known.count)

    def _mark(
        self,
        is_hidden: np.ndarray,
        pairs: np.ndarray,
        changes: np.ndarray,
        by: Sequence[str],
        lengths: Sequence[int],
    ) -> None:
        """Hide each figure that some swap changes: by each dimension, it is of either value."""
        does = changes.any(axis=1)
        pairs, changes = pairs[does], changes[does]
        places = [self._dimensions.index(name) for name in by]
        group = np.zeros((len(pairs), 1), dtype="int64")
        is_there = np.ones((len(pairs), 1), dtype=bool)
        for place, length in zip(places, lengths, strict=True):
            pair = pairs[:, place]
            shape = (len(pairs), 2 * group.shape[1])
            group = (group[:, :, None] * length + pair[:, None, :]).reshape(shape)
            is_there = (is_there[:, :, None] & (pair >= 0)[:, None, :]).reshape(shape)
        for column in range(group.shape[1]):
            kept = is_there[:, column]
            order = np.argsort(group[kept, column], kind="stable")
            groups, first = np.unique(group[kept, column][order], return_index=True)
            if len(groups):
                any_of = np.logical_or.reduceat(changes[kept][order], first, axis=0)
                is_hidden[groups] |= any_of
