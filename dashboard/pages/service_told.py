"""What the logs tell of service: where a field is in none of them, a block says which, and how."""

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.query import EVERYTHING, measure
from dashboard.blocks import Block, Column, Table
from dashboard.cache import once_per_version
from dashboard.components.links import icon
from dashboard.context import Context
from warehouse.store import Reader

TELLS = (
    "mean_wait",
    "service_level",
    "abandonment_share",
    "transfer_share",
    "callback_kept_share",
    "on_time_share",
    "mean_satisfaction",
)
"""Metrics that need a field which a log may not have."""

_BY_OUTCOME = {"abandonment_share", "transfer_share"}


@once_per_version
def told(reader: Reader) -> frozenset[str]:
    """Return of which of TELLS the logs tell anything, over all that is loaded.

    Where nobody ever gave up or was forwarded, the outcome is taken for not logged: a share of 0%
    would say that it is.
    """
    whole = measure(reader, TELLS, selection=EVERYTHING)
    found = set()
    for row in whole.to_dict("records"):
        amount = row["numerator"] if row["metric"] in _BY_OUTCOME else row["denominator"]
        if row["suppressed"] or (not pd.isna(amount) and amount > 0):
            found.add(str(row["metric"]))
    return frozenset(found)


def missing_block(
    key: str,
    title: str,
    fields: Sequence[str],
    metrics: Sequence[str],
    context: Context,
    *,
    width: int = 12,
) -> Block:
    """Return a block that says which field no log has, and how to add it.

    Args:
        key: of the block.
        title: of the block.
        fields: of contacts (docs/data-dictionary.md), each with texts of its own.
        metrics: that need them.
        context: of the page.
        width: of the block.
    """
    texts = context.texts
    names = [texts(f"service_missing.{field}.name") for field in fields]
    rows = pd.DataFrame({"field": fields, "what": names})
    body: list[Component] = [
        html.P([icon("info"), " ", texts("service_missing.how", fields=", ".join(fields))]),
        html.Pre(
            html.Code(
                "\n".join(
                    texts(f"service_missing.{field}.example", field=field) for field in fields
                )
            )
        ),
        html.P(texts("service_missing.where"), className="note"),
    ]
    return Block(
        key=key,
        title=title,
        finding=texts("service_missing.finding", names=texts("service_missing.and").join(names)),
        table=Table(
            rows,
            (
                Column("field", texts("service_missing.field")),
                Column("what", texts("service_missing.what")),
            ),
        ),
        body=html.Div(body, className="missing"),
        metrics=tuple(metrics),
        width=width,
    )
