"""The vocabulary of metrics: a closed set of measure types, and what follows from the type.

From the type follow which sums the cubes must hold, whether an answer may be summed, where the
threshold bites, whether a share has an interval, and how a number is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, NumericScalar, NumericValue, Table

Condition = Callable[[Table], BooleanValue]
Amount = Callable[[Table], NumericValue]


@dataclass(frozen=True)
class Count:
    """How many rows hold a condition. Additive."""

    key: str
    where: Condition

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
    """How many different values of a column. Cannot be summed: answered from the contacts.

    `of` counts the contacts among which they are.
    """

    column: str
    where: Condition
    of: Count

    def on_rows(self, rows: Table) -> NumericScalar:
        """Return the count over contacts."""
        return rows[self.column].nunique(where=self.where(rows)).cast("float64")


@dataclass(frozen=True)
class Percentile:
    """The value below which a part of the rows lies. Not additive: answered from the contacts.

    `of` counts the contacts of which there is a value.
    """

    column: str
    quantile: float
    where: Condition
    of: Count

    def on_rows(self, rows: Table) -> NumericScalar:
        """Return the percentile over contacts, linear between ranks."""
        return rows[self.column].quantile(self.quantile, where=self.where(rows)).cast("float64")

    def weight(self, rows: Table) -> NumericScalar:
        """Return how many values the percentile is of."""
        known = self.where(rows) & rows[self.column].notnull()
        return known.fill_null(False).cast("int64").sum().cast("float64")


type Measure = Count | Total | Ratio | ShareOfTotal | Distinct | Percentile


def additive_parts(measure: Measure) -> tuple[Additive, ...]:
    """Return the sums that a measure is made of; none where only the contacts can answer."""
    match measure:
        case Count():
            return (measure,)
        case Total(of=count):
            return (measure, count)
        case Ratio(numerator, denominator):
            return (numerator, denominator)
        case ShareOfTotal(part):
            return (part,)
        case _:
            return ()
