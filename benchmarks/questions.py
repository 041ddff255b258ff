"""The benchmark's question, once as the product's engine computes it: repeats and channel mix."""

from datetime import timedelta
from typing import Any

import ibis
from ibis.expr.types import Table

DAYS_OF_WINDOW = 7


def repeats_and_mix(contacts: Table) -> dict[str, Any]:
    """Return candidates, repeats (any channel, window of seven days) and contacts by channel."""
    window = ibis.literal(timedelta(days=DAYS_OF_WINDOW))
    inbound = contacts.filter(contacts.initiative == "inbound")
    first = inbound.agg(first=inbound.started_at.min()).to_pyarrow()["first"][0].as_py()
    answered = inbound.filter((inbound.outcome != "abandoned") & inbound.customer_number.notnull())
    before = answered.started_at.lag().over(
        group_by=[answered.customer_number, answered.service],
        order_by=[answered.started_at, answered.contact_id],
    )
    seen = answered.select("started_at", "planned", before=before)
    known = (seen.started_at >= ibis.literal(first) + window) & ~seen.planned.fill_null(False)
    counted = seen.agg(
        candidates=known.cast("int64").sum(),
        repeats=(known & (seen.before >= seen.started_at - window)).cast("int64").sum(),
    )
    (counts,) = counted.to_pyarrow().to_pylist()
    mix = inbound.group_by("channel").agg(count=inbound.count()).order_by("channel")
    return {**counts, "mix": {row["channel"]: row["count"] for row in mix.to_pyarrow().to_pylist()}}
