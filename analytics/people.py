"""What a figure is about: the counts that must be large enough, or nought, for it to be shown.

These are counts of contacts: a figure's denominator, and a count or a sum itself. What a share or a
mean counts of them is a numerator of contacts, not of people, and is shown with its denominator;
different customers are the only people counted, and have a limit of their own (analytics/answer).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics.derive.interactions import digital_channels
from analytics.measures import Count, Distinct, Percentile, Ratio, ShareOfTotal, Total
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
    yield Check(_counted(metric), tuple(by), where)
    match metric.measure:
        case ShareOfTotal(_, dimension) if dimension in by:
            rest = tuple(name for name in by if name != dimension)
            yield Check(_counted(metric), rest, where)
        case Ratio(numerator) if numerator == sums.DIGITAL and "channel" not in by:
            # digital contacts are those of some channels: as if these had been chosen
            digital = set(digital_channels(settings))
            chosen = tuple(sorted(digital & set(where.get("channel", digital))))
            yield Check(sums.CONTACTS, tuple(by), {**where, "channel": chosen})
        case _:
            pass


def _counted(metric: Metric) -> Count:
    match metric.measure:
        case Ratio(_, additive) | ShareOfTotal(additive):
            return additive.of if isinstance(additive, Total) else additive
        case Count():
            return metric.measure
        case Total(of=count) | Distinct(of=count) | Percentile(of=count):
            return count
