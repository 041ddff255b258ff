"""What a metric is: a measure with its names, unit, population, caveat and source."""

from dataclasses import dataclass
from enum import StrEnum

from analytics.measures import Measure

SOURCE = "Samenspel"
"""Of a metric that is defined here, after nobody in particular."""


class Unit(StrEnum):
    """What a value counts in."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    EUROS = "euros"
    NUMBER = "number"
    POINTS = "points"
    """A difference of shares: 0.01 is one percentage point."""


class Better(StrEnum):
    """Which way a service improves."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Metric:
    """One metric, defined once; every screen, report, command and page reads it from here."""

    key: str
    name_nl: str
    name_en: str
    description_nl: str
    description_en: str
    unit: Unit
    better: Better
    measure: Measure
    caveat_nl: str = ""
    caveat_en: str = ""
    source: str = ""
    theme: str = ""
    settles_late: bool = False
    """A period's figure stands only once the repeat window after it has passed: until then the long
    episodes are still missing, and the figure is too low."""

    beside: tuple[str, ...] = ()
    """Metrics without which it says too little: always shown with it."""

    def name(self, language: str) -> str:
        """Return the metric's name in nl or en."""
        return self.name_nl if language == "nl" else self.name_en

    def description(self, language: str) -> str:
        """Return formula and population in words, in nl or en."""
        return self.description_nl if language == "nl" else self.description_en

    def caveat(self, language: str) -> str:
        """Return how not to read it, in nl or en; may be empty."""
        return self.caveat_nl if language == "nl" else self.caveat_en
