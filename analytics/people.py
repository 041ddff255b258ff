"""What a figure tells of how many people: the counts that must all be large enough for it.

Everything here is about contacts of people, so a small count of them may be about one of them. Two
figures that give a third by subtracting (`_TOGETHER`) are shown where all of them may be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics.derive.interactions import digital_channels
from analytics.measures import (
    Count,
    Distinct,
    Measure,
    Percentile,
    PerDistinct,
    PerHalfHour,
    PerInhabitant,
    Ratio,
    ShareOfTotal,
    Shift,
    Total,
)
from analytics.metrics import Metric, sums
from analytics.protected import Side
from warehouse.settings import Settings

OF_PEOPLE = (
    sums.REPEATS,
    sums.REPEATS_SAME_CHANNEL,
    sums.SWITCHES,
    sums.RESOLVED_FIRSTS,
    sums.AVOIDABLE,
    sums.AVOIDABLE_KNOWN,
    sums.AVOIDABLE_BY_RULE,
)
"""Numerators that count people: what happened to a customer. Others (answered in time, forwarded,
digital, recognised) tell how the organisation did its work: their denominator must be large."""

_TOGETHER: Mapping[Count, tuple[Count, ...]] = {
    sums.REPEATS: (sums.CANDIDATES, sums.FIRSTS),
    sums.FIRSTS: (sums.CANDIDATES, sums.REPEATS),
    sums.EPISODES: (sums.CANDIDATES, sums.REPEATS),
    sums.ENDED_EPISODES: (sums.CANDIDATES, sums.REPEATS),
    sums.AVOIDABLE: (sums.AVOIDABLE_KNOWN, sums.AVOIDABLE_BY_RULE),
    sums.AVOIDABLE_BY_RULE: (sums.AVOIDABLE, sums.AVOIDABLE_KNOWN),
}
"""Count -> what it gives away with others: who has no repeat, had a first contact."""


@dataclass(frozen=True)
class Check:
    """One thing that must be shown: these counts, by these dimensions, of these values."""

    counts: tuple[Count, ...]
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]


def checks(
    metric: Metric, by: Sequence[str], where: Mapping[str, tuple[str, ...]], settings: Settings
) -> Iterator[Check]:
    """Give what must be shown for a metric to be: of the figure, and of what it is made of.

    The rows of a check may be split less than the figure (a total of it), or more (its parts).
    """
    counts = _counts(metric)
    if not isinstance(metric.measure, Total):  # tells no count, so gives none away
        counts = tuple(dict.fromkeys(_with_others(counts)))
    yield Check(counts, tuple(by), where)
    match metric.measure:
        case ShareOfTotal(part, dimension) if dimension in by:
            count = part.of if isinstance(part, Total) else part
            yield Check((count,), tuple(name for name in by if name != dimension), where)
        case Ratio(numerator) if numerator == sums.DIGITAL and "channel" not in by:
            # digital contacts are those of some channels: as if these had been chosen
            digital = set(digital_channels(settings))
            chosen = tuple(sorted(digital & set(where.get("channel", digital))))
            kept = chosen if "channel" in where else Side(chosen)
            yield Check((sums.CONTACTS,), tuple(by), {**where, "channel": kept})
        case _:
            pass


def _with_others(counts: Sequence[Count]) -> Iterator[Count]:
    for count in counts:
        yield count
        yield from _TOGETHER.get(count, ())


def _counts(metric: Metric) -> tuple[Count, ...]:
    return _counts_of(metric.measure)


def _counts_of(measure: Measure) -> tuple[Count, ...]:
    match measure:
        case Count():
            counts: tuple[Count, ...] = (measure,)
        case Total(of=count) | Distinct(of=count) | PerDistinct(denominator=Distinct(of=count)):
            counts = (count,)
        case Percentile(of=total):
            counts = (total.of,)
        case PerInhabitant(part) | PerHalfHour(part):
            counts = (part,)
        case ShareOfTotal(part) | Shift(ShareOfTotal(part)):
            counts = (part.of if isinstance(part, Total) else part,)
        case Ratio(numerator, denominator):
            below = denominator.of if isinstance(denominator, Total) else denominator
            counts = (below, numerator) if numerator in OF_PEOPLE else (below,)
    return counts
