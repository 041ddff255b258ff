"""Interactions: each loaded row with its customer, its subject, its cost, and what it counts as."""

from collections.abc import Sequence
from datetime import timedelta

import ibis
from ibis.expr.types import BooleanValue, NumericValue, StringValue, Table

from analytics.derive.customers import PROBABLE, first_pseudonym
from warehouse.contact import (
    ATTRIBUTE_KINDS,
    BUILT_IN_CHANNELS,
    IDENTIFIER_KINDS,
    UNKNOWN,
    VISIT_CHANNEL,
)
from warehouse.settings import RateSettings, Settings

SECONDS_PER_HOUR = 3600.0


def subject(loaded: Table, settings: Settings) -> StringValue:
    """Return what a contact is about, for repeats; null where that is unknown."""
    match settings.repeat.subject:
        case "service":
            return loaded.service
        case "topic":
            return loaded.topic
        case "any":
            return ibis.literal("any")


def digital_channels(settings: Settings) -> list[str]:
    """Return the keys of the channels that count as digital."""
    built_in = [key for key, channel in BUILT_IN_CHANNELS.items() if channel.is_digital]
    return built_in + [key for key, channel in settings.channels.items() if channel.is_digital]


def cost(loaded: Table, settings: Settings) -> NumericValue:
    """Return the cost of each row in euros: fixed by channel, or time x rate."""
    if not settings.cost:
        return ibis.literal(0.0)
    hours = loaded.handle_seconds.fill_null(0.0) / SECONDS_PER_HOUR
    branches = [
        (
            loaded.channel == channel,
            hours * price.rate_per_hour
            if isinstance(price, RateSettings)
            else ibis.literal(float(price)),
        )
        for channel, price in settings.cost.items()
    ]
    return ibis.cases(*branches, else_=0.0)


def interactions(loaded: Table, members: Table, kinds: Sequence[str], settings: Settings) -> Table:
    """Return the rows with their customer, subject, cost, and what each counts as.

    Args:
        loaded: the rows once conversations are found (analytics.derive.conversations): of each,
            the head alone counts, and costs.
        members: the customer of each pseudonym.
        kinds: kinds of identifier that occur.
        settings: with subject and costs.
    """
    rows = loaded.mutate(
        pseudonym=first_pseudonym(loaded, kinds),
        subject=subject(loaded, settings),
        cost=ibis.ifelse(loaded.is_head, cost(loaded, settings), 0.0),
        is_visit=loaded.channel == VISIT_CHANNEL,
        customer_type=loaded.customer_type.fill_null(UNKNOWN),
        outcome=loaded.outcome.fill_null(UNKNOWN),
    )
    of_persons = {f"{kind}_key" for kind in (*IDENTIFIER_KINDS, *ATTRIBUTE_KINDS, PROBABLE)}
    rows = rows.drop(*(name for name in rows.columns if name in of_persons))
    rows = rows.left_join(members, "pseudonym").drop("pseudonym", "pseudonym_right")
    inbound: BooleanValue = (rows.initiative != "outbound") & ~rows.is_visit
    answered = inbound & (rows.outcome != "abandoned")
    known = rows.customer_number.notnull()
    return rows.mutate(
        is_inbound=inbound,
        is_answered=answered,
        is_candidate=answered & known & ~rows.planned.fill_null(False),
    )


def window(settings: Settings) -> ibis.expr.types.IntervalScalar:
    """Return the repeat window W."""
    return ibis.literal(timedelta(days=settings.repeat.window_days))
