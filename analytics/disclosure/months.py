"""The months of a table: how they are linked, and which links a choice of months changes."""

from datetime import date

import numpy as np
import pandas as pd

from analytics.disclosure.links import (
    Needs,
    allowed_cuts,
    figures_of,
    links_of,
    needed_links,
    touched_by,
)
from analytics.periods import Days

_YEAR = 12
_QUARTERS = (3, 6, 9)
_CALENDAR = links_of(_YEAR)
_WEIGHTS = (1.0, 3.0, 12.0)
"""How bad it is to hide a month, a quarter, a year: there are fewer of these to be looked at."""
_DEARER = 1.35
"""How many times as many months may be hidden for the sake of any twelve months together."""


class Months:
    """The months from the first day counted to the last.

    Args:
        bounds: these days.
        threshold: the smallest group that is shown.
    """

    def __init__(self, bounds: Days, threshold: int) -> None:
        self._threshold = threshold
        self._start = bounds[0].year * _YEAR + bounds[0].month - 1
        self.count = bounds[1].year * _YEAR + bounds[1].month - self._start
        self._links = links_of(self.count)
        months = self._start + np.arange(self.count)
        self._periods = [
            months - self._start,
            months // 3 - self._start // 3,
            months // _YEAR - self._start // _YEAR,
        ]
        lengths = [int(of_month[-1]) + 1 for of_month in self._periods]
        self._weight = np.repeat([*_WEIGHTS, 1.0], [*lengths, 1])
        self._touches = self._touched(months % _YEAR)
        self._of_years = [
            (firsts, firsts + second - first)
            for first, second in _CALENDAR
            for firsts in [
                np.flatnonzero(months[: max(self.count - second + first, 0)] % _YEAR == first)
            ]
        ]

    def place(self, day: date) -> int:
        """Return the place of a day's month."""
        return day.year * _YEAR + day.month - 1 - self._start

    def places(self, days: pd.Series) -> np.ndarray:
        """Return the place of each day's month."""
        stamps = pd.to_datetime(days)
        found = stamps.dt.year * _YEAR + stamps.dt.month - 1 - self._start
        return found.to_numpy(dtype="int64")

    def needs(self, numbers: np.ndarray, sizes: np.ndarray) -> Needs:
        """Return which links each cell needs: of months, of calendar months, of a month by itself.

        Where whole years may be told apart, months are linked to the same months in each year, so
        that any twelve months together stay as they are. Who is small in all time is changed in one
        month and made up for by none.
        """
        months = np.arange(1, self.count)
        calendar = (self._start + months) % _YEAR
        years, quarters = months[calendar == 0], months[np.isin(calendar, _QUARTERS)]
        cuts = allowed_cuts(sizes[:, None], [years, quarters, months], self._threshold)
        has_years = cuts[:, years].all(axis=1)
        if self.count >= _YEAR:  # any twelve months must tell as little as those of one year
            windows = np.lib.stride_tricks.sliding_window_view(sizes, _YEAR, axis=1).sum(axis=2)
            has_years &= ((windows == 0) | (windows >= self._threshold)).all(axis=1)
        plain = needed_links(sizes, cuts)
        lead = self._start % _YEAR
        behind = -(lead + self.count) % _YEAR
        by_year = np.pad(sizes, ((0, 0), (lead, behind))).reshape(len(sizes), -1, _YEAR)
        all_years = by_year.sum(axis=1)
        cuts = allowed_cuts(by_year, [_QUARTERS, range(1, _YEAR)], self._threshold)
        yearly = needed_links(all_years, cuts)
        months = self._touches[:, : self.count].astype("float32")
        hides = [
            (needed.astype("float32") @ of_link > 0).sum(axis=1)
            for needed, of_link in (
                (plain, months[: len(self._links)]),
                (yearly, months[len(self._links) : -self.count]),
            )
        ]
        is_yearly = has_years & (hides[1] <= _DEARER * hides[0])
        plain[is_yearly] = False
        yearly[~is_yearly] = False
        total = sizes.sum(axis=1)
        is_small = (total > 0) & (total < self._threshold)
        whole = is_small[:, None] & (np.arange(self.count) == sizes.argmax(axis=1)[:, None])
        return Needs(
            numbers,
            total,
            np.concatenate([plain, yearly, whole], axis=1),
            np.append(figures_of(sizes, self._periods), total[:, None], axis=1),
            self._touches,
            self._weight,
        )

    def _touched(self, calendar: np.ndarray) -> np.ndarray:
        """Return (link, figure) which months, quarters and years, or all time, a link changes."""
        plain = touched_by(self._links, self._periods)
        yearly = np.zeros((len(_CALENDAR), plain.shape[1]), dtype=bool)
        for number, (first, second) in enumerate(_CALENDAR):
            is_same = (calendar[self._links] == (first, second)).all(axis=1)
            is_same &= np.diff(self._links, axis=1)[:, 0] == second - first
            yearly[number] = plain[is_same].any(axis=0)
        alone = np.zeros((self.count, plain.shape[1]), dtype=bool)
        links = np.concatenate([plain, yearly, alone])
        changes_all = np.arange(len(links)) >= len(plain) + len(yearly)
        return np.append(links, changes_all[:, None], axis=1)

    def is_changed(self, link: int, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        """Return per row of (row, month) whether it has one side of a link more than the other."""
        if link < len(self._links):
            first, second = self._links[link]
            return np.asarray(before[:, first] != after[:, second])
        link -= len(self._links)
        if link >= len(self._of_years):
            return np.asarray(before[:, link - len(self._of_years)] != 0)
        firsts, seconds = self._of_years[link]
        return np.asarray(before[:, firsts].sum(axis=1) != after[:, seconds].sum(axis=1))
