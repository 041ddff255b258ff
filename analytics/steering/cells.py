"""What is known of each channel, counted in the engine over all contacts of the last year.

A contact is *settled* where it was answered and its customer did not come back about the same
within the repeat window; one that was abandoned is not settled. Only identified contacts can be
followed, so all of this is about them; how many others there are is counted beside it.
"""

from collections.abc import Mapping
from datetime import date

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.amounts import CONTACT, backend_table
from analytics.drivers.bands import earlier_count
from analytics.drivers.groups import spread
from warehouse.contact import UNKNOWN

STRATUM = ("topic", "customer_type", "earlier")
"""What makes contacts of one service comparable, besides the service."""

EARLIER = ("first", "second", "later")
"""How many contacts about the same came before: none, one, or more."""


def _unplanned(contact: Table, days: tuple[date, date]) -> Table:
    """Return contacts on a known service, but those by appointment."""
    return contact.filter(
        contact.is_contact,
        contact.service.notnull(),
        ~contact.planned.fill_null(ibis.literal(value=False)),
        contact.started_on.between(ibis.literal(days[0]), ibis.literal(days[1])),
    )


def _base(contact: Table, days: tuple[date, date]) -> Table:
    """Return contacts of known customers on a known service of which the follow-up is known."""
    rows = _unplanned(contact, days)
    rows = rows.filter(rows.customer_number.notnull(), rows.is_knowable_forwards)
    return rows.mutate(event=(~(rows.is_answered & ~rows.has_follower)).cast("int64"))


def _with_earlier(rows: Table, contact: Table) -> Table:
    """Add how many contacts of the same episode came before."""
    episodes = contact.filter(contact.episode_key.notnull())
    placed = episodes.select("contact_key", place=earlier_count(episodes))
    joined = rows.left_join(placed, "contact_key").drop("contact_key_right")
    return joined.mutate(
        earlier=ibis.cases(
            (joined.place == 1, EARLIER[1]), (joined.place > 1, EARLIER[2]), else_=EARLIER[0]
        )
    )


def cells(backend: Backend, days: tuple[date, date]) -> Mapping[str, pd.DataFrame]:
    """Return the counts that all of steering is made from.

    Returns:
        strata: per service, channel and STRATUM: size, events (not settled), followed (customers
            who came back), cost (euros, sum).
        people: per service, channel, dimension (`customer_type` or `area`) and value: size, events.
        volumes: per service and channel: contacts (all but those by appointment), anonymous, cost,
            handled, handle_seconds (sum over these).
        steps: per service, channel and next_channel: repeats (contacts on the latter that followed
            one on the former).
        spread: one row: by how much contacts of one customer resemble each other.
    """
    contact = backend_table(backend, CONTACT)
    base = _base(contact, days)
    placed = _with_earlier(base, contact)
    keys = {name: placed[name].fill_null(UNKNOWN) for name in ("service", "channel", *STRATUM)}
    strata = placed.group_by(**keys).agg(
        size=placed.count(),
        events=placed.event.sum(),
        followed=placed.has_follower.cast("int64").sum(),
        cost=placed.cost.sum(),
    )
    people = [
        base.group_by(
            service=base.service,
            channel=base.channel,
            dimension=ibis.literal(name),
            value=base[name].fill_null(UNKNOWN),
        ).agg(size=base.count(), events=base.event.sum())
        for name in ("customer_type", "area")
    ]
    return {
        "strata": _frame(strata, ["service", "channel", *STRATUM]),
        "people": _frame(ibis.union(*people), ["service", "channel", "dimension", "value"]),
        "volumes": _frame(_volumes(contact, days), ["service", "channel"]),
        "steps": _frame(_steps(contact, days), ["service", "channel", "next_channel"]),
        "spread": pd.DataFrame([{"spread": spread(base)}]),
    }


def _volumes(contact: Table, days: tuple[date, date]) -> Table:
    rows = _unplanned(contact, days)
    is_handled = rows.is_answered & rows.handle_seconds.notnull()
    return rows.group_by("service", "channel").agg(
        contacts=rows.count(),
        anonymous=rows.customer_number.isnull().cast("int64").sum(),
        cost=rows.cost.sum(),
        handled=is_handled.cast("int64").sum(),
        handle_seconds=ibis.ifelse(is_handled, rows.handle_seconds, 0.0).sum(),
    )


def _steps(contact: Table, days: tuple[date, date]) -> Table:
    rows = contact.filter(
        contact.is_repeat,
        contact.service.notnull(),
        contact.started_on.between(ibis.literal(days[0]), ibis.literal(days[1])),
    )
    return rows.group_by(
        service=rows.service, channel=rows.predecessor_channel, next_channel=rows.channel
    ).agg(repeats=rows.count())


def _frame(table: Table, order: list[str]) -> pd.DataFrame:
    frame = table.order_by(order).to_pyarrow().to_pandas()
    # keys of an empty table cannot be joined as Arrow texts
    return frame if len(frame) else frame.astype(dict.fromkeys(order, "object"))
