"""Of which group a figure tells something: the count that must be large enough for it.

The group is who or what a figure is about: its denominator, or what it counts. How many of a large
group came back or were helped at once is what is measured, not a group of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics.derive.interactions import digital_channels
from analytics.measures import Count, PerHalfHour, Ratio, ShareOfTotal, group_of
from analytics.metrics import Metric, sums
from warehouse.settings import Settings


@dataclass(frozen=True)
class Check:
    """One thing that must be shown: this count, by these dimensions, of these values."""

    count: Count
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]


def checks(
    metric: Metric, by: Sequence[str], where: Mapping[str, tuple[str, ...]], settings: Settings
) -> Iterator[Check]:
    """Give what must be shown for a metric to be: of the figure, and of what it is made of.

    The rows of a check may be split less than the figure (a total of it), or more (its parts).
    """
    count = group_of(metric.measure)
    yield Check(count, tuple(by), where)
    match metric.measure:
        case ShareOfTotal(dimension=dimension) if dimension in by:
            yield Check(count, tuple(name for name in by if name != dimension), where)
        case Ratio(numerator) if numerator == sums.DIGITAL and "channel" not in by:
            # digital contacts are those of some channels: as if these had been chosen
            digital = set(digital_channels(settings))
            chosen = tuple(sorted(digital & set(where.get("channel", digital))))
            yield Check(sums.CONTACTS, tuple(by), {**where, "channel": chosen})
        case PerHalfHour(mean=Ratio() as mean):
            # work over contacts is the mean time: it is of those whose time is known
            yield Check(group_of(mean), tuple(by), where)
        case _:
            pass
