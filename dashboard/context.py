"""What every page needs to draw itself: the view, the words, and the warehouse's own facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.dimensions import value_label
from analytics.metrics import METRICS, Metric
from analytics.query import Grain, Span
from dashboard.figures.common import Look
from dashboard.numbers import range_text
from dashboard.texts import Texts
from dashboard.view import View


@dataclass(frozen=True)
class Context:
    """A view beside the warehouse that it looks at."""

    view: View
    span: Span

    @cached_property
    def language(self) -> str:
        """The language on screen: the address's, else the organisation's."""
        return self.view.language or self.span.settings.language

    @cached_property
    def texts(self) -> Texts:
        """The words of that language."""
        return Texts(self.language)

    @cached_property
    def period(self) -> tuple[date, date]:
        """The first and last day looked at."""
        return self.view.period(self.span)

    @property
    def period_name(self) -> str:
        """The period's name on screen."""
        return range_text(*self.period, self.language)

    @property
    def loaded_at(self) -> datetime | None:
        """When this version was loaded, on the organisation's own clock."""
        return self.local(self.span.loaded_at)

    def local(self, moment: datetime | None) -> datetime | None:
        """Return a moment (UTC) on the organisation's own clock."""
        if moment is None:
            return None
        zone = ZoneInfo(self.span.settings.timezone)
        return moment.replace(tzinfo=UTC).astimezone(zone)

    def localised(self, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Return a frame with columns of moments (UTC) on the organisation's own clock."""
        zone = self.span.settings.timezone
        return frame.assign(
            **{
                name: pd.to_datetime(frame[name], utc=True).dt.tz_convert(zone).dt.tz_localize(None)
                for name in columns
            }
        )

    @property
    def threshold(self) -> int:
        """Groups smaller than this are suppressed."""
        return int(self.span.settings.privacy.threshold)

    @property
    def is_whole_period(self) -> bool:
        """Whether the period lies wholly inside the loaded days."""
        start, end = self.period
        return start >= self.span.first_on and end <= self.span.last_on

    def look(self, grain: Grain = Grain.MONTH) -> Look:
        """Return how this view's charts are read."""
        return Look(self.language, grain, self.period, self.threshold)

    def label(self, dimension: str, value: str) -> str:
        """Return what a dimension's value is called on screen."""
        label = value_label(dimension, value, self.language, self.span.settings)
        return label[:1].upper() + label[1:]

    def labels(self, dimension: str, values: Iterable[str]) -> dict[str, str]:
        """Return what each value is called on screen."""
        return {str(value): self.label(dimension, str(value)) for value in values}

    def metric_name(self, key: str) -> str:
        """Return what a metric is called on screen."""
        return metric_name(METRICS[key], self.language)


def metric_name(metric: Metric, language: str) -> str:
    """Return a metric's name in a language."""
    return metric.name_nl if language == "nl" else metric.name_en
