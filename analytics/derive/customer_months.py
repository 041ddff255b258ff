"""Different customers, exactly, for any row of months: without reading the contacts.

A customer is counted in the months in which they had a contact. Over months m to n that is once: in
the first of these, which is the one whose month before with a contact (`previous`) lies before m.
So it is enough to know, per month and month before, how many customers there were; and these
numbers add up. Each value of a dimension has such numbers of its own.
"""

from collections.abc import Sequence
from datetime import date, datetime

import ibis
from ibis.expr.types import IntegerValue, Table

from analytics.columns import column
from analytics.derive.cube import sums_after
from warehouse.contact import UNKNOWN

NAME = "customer_month"
DIMENSIONS = ("channel", "service", "customer_type", "area")
EVERYBODY = ""
"""The dimension under which all customers stand, with the value EVERYBODY."""

KEYS = ("dimension", "value", "month", "previous")
COUNT = "customer_count"
NEVER = 0
"""The month before the first."""

_MONTHS_OF_YEAR = 12
_BLOCK = 60
"""Months whose occurrence one whole number tells, a bit for each."""


def month_number(day: date) -> int:
    """Return a month's number: it grows by one from month to month."""
    return day.year * _MONTHS_OF_YEAR + day.month - 1


def first_day(month: int) -> date:
    """Return the first day of the month with that number."""
    return date(month // _MONTHS_OF_YEAR, month % _MONTHS_OF_YEAR + 1, 1)


def blocks(first_at: datetime | None, last_at: datetime | None) -> tuple[int, ...]:
    """Return which blocks of months there can be contacts in, from the first and last moment."""
    if first_at is None or last_at is None:
        return (0,)
    # a local day can lie in the month before or after that of the moment in UTC
    first, last = month_number(first_at.date()) - 1, month_number(last_at.date()) + 1
    return tuple(range(first // _BLOCK, last // _BLOCK + 1))


def customer_months(contacts: Table, among: Sequence[int]) -> Table:
    """Return how many customers there are by month and month before: KEYS and COUNT.

    Args:
        contacts: contacts, with all of those of every customer in them.
        among: the blocks of months that can occur.
    """
    seen = contacts.filter(contacts.is_identified)
    month = (seen.started_on.year() * _MONTHS_OF_YEAR + seen.started_on.month() - 1).cast("int64")
    seen = seen.mutate(month=month, everybody=ibis.literal(EVERYBODY))
    patterns = ibis.union(*(_patterns(seen, name, among) for name in ("everybody", *DIMENSIONS)))
    months = ibis.union(*(_months_of(patterns, block) for block in among))
    before = ibis.window(group_by=["dimension", "value", *_names(among)], order_by="month")
    rows = months.mutate(previous=months.month.lag().over(before).fill_null(NEVER))
    return rows.group_by(list(KEYS)).agg(**{COUNT: rows.customers.sum()})


def _names(among: Sequence[int]) -> list[str]:
    return [f"months_{block}" for block in among]


def _patterns(seen: Table, name: str, among: Sequence[int]) -> Table:
    """Return how many customers had contact in the same months: dimension, value, and the months.

    There are far fewer such patterns than customers, so what follows is little work.
    """
    value = column(seen, name).fill_null(UNKNOWN)
    masks = {
        f"months_{block}": ibis.ifelse(
            seen.month // _BLOCK == block, _bit(seen.month % _BLOCK), 0
        ).bit_or()
        for block in among
    }
    by_customer = seen.group_by(seen.customer_number, value=value).agg(**masks)
    counted = by_customer.group_by(["value", *masks]).agg(customers=by_customer.count())
    dimension = ibis.literal(EVERYBODY if name == "everybody" else name)
    return counted.select("value", *masks, "customers", dimension=dimension)


def _bit(place: IntegerValue) -> IntegerValue:
    return ibis.literal(1, "int64") << place.cast("int64")


def _months_of(patterns: Table, block: int) -> Table:
    """Return each pattern once for each of its months in a block."""
    places = ibis.range(0, _BLOCK).unnest().name("place").as_table()
    each = patterns.cross_join(places)
    held = each.filter((each[f"months_{block}"] & _bit(each.place)) != 0)
    return held.mutate(month=(held.place + block * _BLOCK).cast("int64"))


def customer_months_after(existing: Table, before: Table, after: Table) -> Table:
    """Return the cells that a change touches, as they are after it; some may count nobody.

    Args:
        existing: the table before the change.
        before: `customer_months` of the changed customers' contacts as they were.
        after: the same as they are.
    """
    return sums_after(existing, before, after, KEYS, [COUNT])
