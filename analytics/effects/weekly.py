"""The sums that effects and disruptions are measured on: by week, service and channel.

They come from the cubes, so that they cost the same at any number of contacts. They are raw: what
is shown of them passes through `analytics.disclosure` (see `shown`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

import numpy as np
import pandas as pd

from analytics.amounts import backend_table
from analytics.measures import Additive, Count, Measure, Ratio, Total
from analytics.metrics import METRICS, sums
from analytics.query import span
from warehouse.contact import UNKNOWN, VISIT_CHANNEL
from warehouse.errors import ConfigurationError
from warehouse.store import Reader

_WEEK = 7
_OPEN_PART = 0.25
"""A day counts as open where it has at least this part of a usual day's contacts."""


@dataclass(frozen=True)
class Outcome:
    """What is measured: a metric made of sums, or contacts of one avoidable category as a part."""

    metric: str
    category: str | None = None

    @property
    def measure(self) -> Measure:
        """The metric's measure."""
        return METRICS[self.metric].measure

    @property
    def numerator(self) -> Additive:
        """What is summed."""
        if self.category:
            return sums.AVOIDABLE
        measure = self.measure
        if isinstance(measure, Ratio):
            return measure.numerator
        assert isinstance(measure, Count | Total)  # noqa: S101  # checked by `check_outcome`
        return measure

    @property
    def denominator(self) -> Additive | None:
        """By what it is divided; None where it is a count or a total."""
        if self.category:
            return sums.CONTACTS
        return self.measure.denominator if isinstance(self.measure, Ratio) else None

    @property
    def is_ratio(self) -> bool:
        """Whether it is one sum over another."""
        return self.denominator is not None


def check_outcome(outcome: Outcome, where: str) -> None:
    """Raise where something cannot be followed by week.

    Raises:
        ConfigurationError: there is no such metric (names what is close), or it is not made of
            sums.
    """
    metric = METRICS.get(outcome.metric)
    if metric is None:
        close = get_close_matches(outcome.metric, METRICS, n=3)
        raise ConfigurationError(
            f"there is no metric {outcome.metric!r}",
            where=where,
            remedy=f"Perhaps: {', '.join(close)}." if close else "See docs/metrics.md.",
        )
    if not isinstance(metric.measure, Count | Total | Ratio):
        usable = [
            key for key, one in METRICS.items() if isinstance(one.measure, Count | Total | Ratio)
        ]
        raise ConfigurationError(
            f"the metric {outcome.metric!r} cannot be summed, and so not be followed",
            where=where,
            remedy=f"Take one of: {', '.join(usable)}.",
        )


@dataclass(frozen=True)
class Weekly:
    """One series: by whole week, what is counted and of how many.

    Args:
        weeks: the Mondays.
        numerator: what is summed.
        size: by what the expected value is proportional: the denominator of a ratio, the days open
            of a count.
        is_ratio: whether `size` is the denominator.
        usable: weeks that count; others lie in a disruption.
    """

    weeks: tuple[date, ...]
    numerator: np.ndarray
    size: np.ndarray
    is_ratio: bool
    usable: np.ndarray

    def value(self) -> np.ndarray:
        """Return the figure by week: the ratio, or the count; NaN where there is none."""
        if not self.is_ratio:
            return self.numerator
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.size > 0, self.numerator / self.size, np.nan)

    def part(self, keep: np.ndarray) -> "Weekly":
        """Return the series of some of its weeks."""
        kept = tuple(week for week, is_kept in zip(self.weeks, keep, strict=True) if is_kept)
        return replace(
            self,
            weeks=kept,
            numerator=self.numerator[keep],
            size=self.size[keep],
            usable=self.usable[keep],
        )


@dataclass(frozen=True)
class Sums:
    """Sums by whole week, service and channel.

    Args:
        weeks: the Mondays of the whole weeks.
        services: names, the first axis after the weeks.
        channels: names, the second.
        parts: by key of a sum, an array (week, service, channel).
        categories: by avoidable category, an array of avoidable contacts.
        open_days: (week, channel): on how many days the channel was open.
    """

    weeks: tuple[date, ...]
    services: tuple[str, ...]
    channels: tuple[str, ...]
    parts: Mapping[str, np.ndarray]
    categories: Mapping[str, np.ndarray]
    open_days: np.ndarray

    def array(self, outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
        """Return the numerator and the size of an outcome, both (week, service, channel)."""
        if outcome.category:
            shape = (len(self.weeks), len(self.services), len(self.channels))
            top = self.categories.get(outcome.category, np.zeros(shape))
        else:
            top = self.parts[outcome.numerator.key]
        if outcome.denominator is not None:
            return top, self.parts[outcome.denominator.key]
        return top, np.broadcast_to(self.open_days[:, None, :], top.shape)

    def series(
        self,
        outcome: Outcome,
        services: Collection[str] = (),
        channels: Collection[str] = (),
        masked: np.ndarray | None = None,
    ) -> Weekly:
        """Return one series: of these services and channels together, or of all.

        Args:
            outcome: what is measured.
            services: none: all.
            channels: none: all.
            masked: (week, service): in a disruption.
        """
        of_service = _chosen(self.services, services)
        of_channel = _chosen(self.channels, channels)
        top, size = self.array(outcome)
        chosen = np.ix_(range(len(self.weeks)), of_service, of_channel)
        numerator = top[chosen].sum(axis=(1, 2))
        usable = np.ones(len(self.weeks), dtype=bool)
        if masked is not None:
            usable = ~masked[:, of_service].any(axis=1)
        if outcome.is_ratio:
            return Weekly(self.weeks, numerator, size[chosen].sum(axis=(1, 2)), True, usable)
        # a count is proportional to the days open, of each channel by its part in the whole
        weights = top[chosen].sum(axis=(0, 1))
        weights = weights / weights.sum() if weights.sum() else np.full(len(of_channel), np.nan)
        days = (self.open_days[:, of_channel] * weights).sum(axis=1)
        return Weekly(self.weeks, numerator, days, False, usable)


def _chosen(known: Sequence[str], wanted: Collection[str]) -> list[int]:
    return [place for place, name in enumerate(known) if not wanted or name in wanted]


def read_sums(reader: Reader, outcomes: Collection[Outcome]) -> Sums:
    """Return the weekly sums that outcomes need, of contacts in whole weeks; not yet protected.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    known = span(reader)
    parts = [part for one in outcomes for part in (one.numerator, one.denominator) if part]
    keys = {part.key for part in (sums.CONTACTS, *parts)}
    with reader.backend() as backend:
        days = backend_table(backend, "cube_channel")
        days = days.filter(days.channel != VISIT_CHANNEL)
        by_day = days.select("period", "channel", sums.CONTACTS.key).to_pyarrow().to_pandas()
        cube = backend_table(backend, "cube_service")
        cube = cube.filter(cube.channel != VISIT_CHANNEL)
        by_week = (
            cube.group_by(
                week=cube.period.truncate("W"), service=cube.service, channel=cube.channel
            )
            .agg(**{key: cube[key].sum() for key in sorted(keys)})
            .to_pyarrow()
            .to_pandas()
        )
        avoidable = backend_table(backend, "cube_avoidable")
        avoidable = avoidable.filter(
            avoidable.channel != VISIT_CHANNEL, avoidable.avoidable_category != UNKNOWN
        )
        by_category = (
            avoidable.group_by(
                week=avoidable.period.truncate("W"),
                service=avoidable.service,
                channel=avoidable.channel,
                category=avoidable.avoidable_category,
            )
            .agg(amount=avoidable[sums.AVOIDABLE.key].sum())
            .to_pyarrow()
            .to_pandas()
        )
    weeks = whole_weeks(known.first_on, known.last_on)
    services = tuple(sorted(by_week["service"].unique()))
    channels = tuple(sorted(by_week["channel"].unique()))
    shape = _Shape(weeks, services, channels)
    return Sums(
        weeks,
        services,
        channels,
        {key: shape.array(by_week, key) for key in keys},
        {
            str(category): shape.array(rows, "amount")
            for category, rows in by_category.groupby("category")
        },
        _open_days(by_day, weeks, channels),
    )


def whole_weeks(first_on: date, last_on: date) -> tuple[date, ...]:
    """Return the Mondays of the weeks that lie wholly between two days."""
    monday = first_on + timedelta(days=-first_on.weekday() % _WEEK)
    count = max(((last_on - monday).days + 1) // _WEEK, 0)
    return tuple(monday + timedelta(days=_WEEK * number) for number in range(count))


@dataclass(frozen=True)
class _Shape:
    weeks: tuple[date, ...]
    services: tuple[str, ...]
    channels: tuple[str, ...]

    def array(self, frame: pd.DataFrame, column: str) -> np.ndarray:
        """Return a column as an array (week, service, channel); nothing is zero."""
        array = np.zeros((len(self.weeks), len(self.services), len(self.channels)))
        places = [
            pd.Index(labels).get_indexer(pd.Index(values))
            for labels, values in (
                (pd.to_datetime(list(self.weeks)), pd.to_datetime(frame["week"])),
                (self.services, frame["service"]),
                (self.channels, frame["channel"]),
            )
        ]
        inside = places[0] >= 0
        amounts = frame[column].fillna(0.0).to_numpy(dtype="float64")
        np.add.at(array, tuple(place[inside] for place in places), amounts[inside])
        return array


def _open_days(by_day: pd.DataFrame, weeks: Sequence[date], channels: Sequence[str]) -> np.ndarray:
    """Return on how many days of each week a channel was open: it had a usual day's part."""
    days = pd.date_range(weeks[0], periods=len(weeks) * _WEEK) if weeks else pd.DatetimeIndex([])
    wide = by_day.assign(period=pd.to_datetime(by_day["period"])).pivot_table(
        index="period", columns="channel", values=sums.CONTACTS.key, aggfunc="sum"
    )
    wide = wide.reindex(index=days, columns=list(channels)).fillna(0.0)
    usual = wide.where(wide > 0).quantile(0.5)
    is_open = (wide >= (usual * _OPEN_PART).clip(lower=1.0)).to_numpy()
    open_days = is_open.reshape(len(weeks), _WEEK, len(channels)).sum(axis=1).astype("float64")
    # a channel with few contacts a day does not show when it was shut: of it all days count
    is_busy = (usual >= 8).to_numpy()
    return np.where(is_busy, np.maximum(open_days, 0.5), float(_WEEK))
