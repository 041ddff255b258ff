"""The vocabulary of metrics: a closed set of measure types, and what follows from the type.

From the type follow which sums the cubes must hold, whether an answer may be summed, where the
threshold bites, whether a share has an interval, and how a number is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, DateValue, NumericScalar, NumericValue, Table

Condition = Callable[[Table], BooleanValue]
Amount = Callable[[Table], NumericValue]
Day = Callable[[Table], DateValue]


def start_day(rows: Table) -> DateValue:
    """Return the local day on which a contact began: to which it is counted, unless said."""
    return rows.started_on


@dataclass(frozen=True)
class Count:
    """How many rows hold a condition, by the day to which each is counted. Additive."""

    key: str
    where: Condition
    day: Day = start_day

    def on_rows(self, rows: Table) -> NumericScalar:
        """Return the sum over contacts."""
        return self.where(rows).fill_null(False).cast("int64").sum().cast("float64")


@dataclass(frozen=True)
class Total:
    """The sum of an amount over the rows that `of` counts. Additive."""

    key: str
    amount: Amount
    of: Count

    def on_rows(self, rows: Table) -> NumericScalar:
        """Return the sum over contacts."""
        chosen = ibis.ifelse(self.of.where(rows), self.amount(rows), ibis.null("float64"))
        return chosen.sum().cast("float64")

    @property
    def day(self) -> Day:
        """The day to which each row is counted."""
        return self.of.day


type Additive = Count | Total


@dataclass(frozen=True)
class Ratio:
    """One additive amount over another: summed apart, divided last. `Mean` is one too."""

    numerator: Additive
    denominator: Additive

    @property
    def is_share(self) -> bool:
        """Whether the numerator counts a part of the denominator's rows."""
        return isinstance(self.numerator, Count) and isinstance(self.denominator, Count)


@dataclass(frozen=True)
class ShareOfTotal:
    """The part that each value of one dimension has in the total of all its values."""

    part: Additive
    dimension: str


@dataclass(frozen=True)
class Distinct:
    """How many different customers. Adds up over nothing: months have a table of their own.

    `of` counts the contacts among which they are.
    """

    column: str
    where: Condition
    of: Count

    def on_rows(self, rows: Table) -> NumericScalar:
        """Return the count over contacts."""
        return rows[self.column].nunique(where=self.where(rows)).cast("float64")


@dataclass(frozen=True)
class PerDistinct:
    """An additive amount over a number of different customers: divided last."""

    numerator: Count
    denominator: Distinct


@dataclass(frozen=True)
class Percentile:
    """The value below which a part of the rows lies. Not additive: from bins, or the contacts.

    Attributes:
        of: the amount, and of which rows.
        quantile: the part, 0 to 1.
        bins: the column that tells a row's bin (analytics.columns).
    """

    of: Total
    quantile: float
    bins: str

    def on_rows(self, rows: Table) -> NumericScalar:
        """Return the percentile over contacts, linear between ranks."""
        amount = self.of.amount(rows)
        return amount.quantile(self.quantile, where=self.of.of.where(rows)).cast("float64")


@dataclass(frozen=True)
class PerInhabitant:
    """An additive amount per 1,000 inhabitants and year (setting inhabitants)."""

    part: Count


@dataclass(frozen=True)
class PerHalfHour:
    """Contacts per half hour of the days asked about, times the mean seconds where `mean` is given.

    By weekday and half hour, it is of the half hours that are asked about.
    """

    part: Count
    mean: Ratio | None = None


@dataclass(frozen=True)
class Shift:
    """A share of the total less the same share a year before, in percentage points / 100."""

    share: ShareOfTotal


type Measure = (
    Count
    | Total
    | Ratio
    | ShareOfTotal
    | Distinct
    | PerDistinct
    | Percentile
    | PerInhabitant
    | PerHalfHour
    | Shift
)


def additive_parts(measure: Measure) -> tuple[Additive, ...]:
    """Return the sums that a measure is made of; none where only the contacts can answer."""
    parts: tuple[Additive, ...] = ()
    match measure:
        case Count():
            parts = (measure,)
        case Total(of=count):
            parts = (measure, count)
        case Percentile(of=total):
            parts = (total, total.of)
        case Ratio(numerator, denominator):
            parts = (numerator, denominator)
        case ShareOfTotal(part) | Shift(ShareOfTotal(part)) | PerInhabitant(part):
            parts = (part,)
        case PerDistinct(numerator=count):
            parts = (count,)
        case PerHalfHour(part, mean):
            parts = (part, mean.numerator, mean.denominator) if mean else (part,)
    return parts


def adds_up(measure: Measure) -> bool:
    """Tell whether numerators and denominators of groups add up to those of the whole."""
    return isinstance(measure, Count | Total | Ratio | ShareOfTotal)


def group_of(measure: Measure) -> Count:
    """Return the count that tells how large the group is that a measure is about."""
    match measure:
        case Count():
            return measure
        case Total(of=count) | Percentile(of=Total(of=count)) | Distinct(of=count):
            return count
        case PerDistinct(denominator=of) | ShareOfTotal(part=of) | Shift(share=of):
            return group_of(of)
        case PerInhabitant(part=of) | PerHalfHour(part=of) | Ratio(denominator=of):
            return group_of(of)
