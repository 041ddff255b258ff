"""The groups' figures, from all contacts of the last year: counted in the engine, never sampled."""

from collections.abc import Sequence
from datetime import date

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.amounts import CONTACT, backend_table
from analytics.contrast import contrast, spread_of
from analytics.disclosure import HIDDEN, suppress
from analytics.drivers.bands import grouped_columns
from analytics.drivers.targets import Target
from analytics.query import Span
from warehouse.contact import UNKNOWN

DAYS = 365
DAYS_OF_MONTH = 365.25 / 12
_FIGURES = (
    "size", "events", "rate", "expected", "excess", "excess_low", "excess_high", "ratio",
    "ratio_low", "ratio_high", "cost", "cost_low", "cost_high",
)  # fmt: skip


def period(known: Span) -> tuple[date, date]:
    """Return the days that figures are of: the last year of which all is known by now."""
    # counted in days, which have no end before the first year
    window = known.settings.repeat.window_days
    last = max(known.last_on.toordinal() - window, known.first_on.toordinal())
    first = max(last - DAYS + 1, known.first_on.toordinal())
    return date.fromordinal(first), date.fromordinal(last)


def months(days: tuple[date, date]) -> float:
    """Return how many months a period has."""
    return ((days[1] - days[0]).days + 1) / DAYS_OF_MONTH


def chosen(backend: Backend, target: Target, days: tuple[date, date]) -> Table:
    """Return the contacts of a question in a period, with `event`."""
    contact = backend_table(backend, CONTACT)
    rows = contact.filter(
        target.rows(contact),
        contact.started_on.between(ibis.literal(days[0]), ibis.literal(days[1])),
    )
    return rows.mutate(event=target.event(rows).fill_null(ibis.literal(value=False)).cast("int64"))


def spread(rows: Table) -> float:
    """Return by how much contacts of one customer resemble each other in `event`."""
    customers = rows.group_by("customer_number").agg(size=rows.count(), events=rows.event.sum())
    alike = customers.group_by("size", "events").agg(count=customers.count())
    return spread_of(alike.order_by("size", "events").to_pyarrow().to_pandas())


def groups(rows: Table, target: Target, by: Sequence[str], *, hang_together: float) -> pd.DataFrame:
    """Return what `contrast` does for groups of contacts; those of an unknown value are left out.

    Where an event has its own cost, with `unit_cost`: euros per event, NaN without any.
    """
    names = list(dict.fromkeys([*by, *target.within]))
    columns = grouped_columns(rows)
    amounts = {"size": rows.count(), "events": rows.event.sum()}
    if target.cost_of == "own":
        amounts["cost_sum"] = (rows.cost * rows.event).sum()
    cells = rows.group_by(**{name: columns[name] for name in names}).agg(**amounts)
    frame = cells.order_by(names).to_pyarrow().to_pandas()
    found = contrast(frame, by, target.within, spread=hang_together)
    if target.cost_of == "own":
        costs = frame.groupby(list(by), sort=True)["cost_sum"].sum().reset_index()
        found = found.merge(costs, on=list(by), how="left")
        found["unit_cost"] = found["cost_sum"] / found["events"].where(found["events"] > 0)
        found = found.drop(columns="cost_sum")
    return found[(found[[name for name in by if name != "channel"]] != UNKNOWN).all(axis=1)]


def cost_of_followers(backend: Backend, days: tuple[date, date]) -> pd.DataFrame:
    """Return per service and channel what a repeat costs that comes after a contact there.

    Returns:
        service; channel (of the contact before); repeats; cost (euros, sum).
    """
    contact = backend_table(backend, CONTACT)
    rows = contact.filter(
        contact.is_repeat,
        contact.started_on.between(ibis.literal(days[0]), ibis.literal(days[1])),
    )
    cells = rows.group_by(
        service=rows.service.fill_null(UNKNOWN), channel=rows.predecessor_channel
    ).agg(repeats=rows.count(), cost=rows.cost.sum())
    return cells.order_by("service", "channel").to_pyarrow().to_pandas()


def with_cost_of_followers(
    found: pd.DataFrame, followers: pd.DataFrame, by: Sequence[str]
) -> pd.DataFrame:
    """Add `unit_cost`: what a repeat costs, by what the group tells of service and channel."""
    total = followers[["repeats", "cost"]].sum()
    usual = float(total["cost"] / total["repeats"]) if total["repeats"] else float("nan")
    keys = [name for name in ("service", "channel") if name in by]
    if not keys:
        return found.assign(unit_cost=usual)
    sums = followers.groupby(keys)[["repeats", "cost"]].sum()
    unit = (sums["cost"] / sums["repeats"].where(sums["repeats"] > 0)).rename("unit_cost")
    joined = found.merge(unit.reset_index(), on=keys, how="left")
    return joined.assign(unit_cost=joined["unit_cost"].fillna(usual))


def shown(found: pd.DataFrame, by: Sequence[str], threshold: int) -> pd.DataFrame:
    """Add the cost of the excess, and hide groups that are too small to show."""
    for end in ("", "_low", "_high"):
        found[f"cost{end}"] = found[f"excess{end}"] * found["unit_cost"]
    answer = found.assign(**dict.fromkeys(HIDDEN, 0.0), weight=found["size"], metric="")
    hidden = suppress(answer, list(by), "weight", threshold)
    figures = [*_FIGURES, "p", "unit_cost"]
    hidden.loc[hidden["suppressed"], figures] = float("nan")
    return hidden.drop(columns=["metric", *HIDDEN])
