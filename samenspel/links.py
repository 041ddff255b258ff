"""`samenspel links`: what linking with a probability learnt, and what each threshold would do."""

import math
from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table

from etl.linking.preview import Outcome, Preview, Quality
from samenspel.tables import new_table
from warehouse.settings import ProbabilisticSettings


def lines(found: Preview, chosen: ProbabilisticSettings) -> list[RenderableType]:
    """Return what the command prints: the weights, the thresholds, and what is set now.

    Args:
        found: the preview.
        chosen: the setting with which the warehouse was made.
    """
    state = (
        f"on, from {chosen.threshold:g}: the contacts are joined so"
        if chosen.enabled
        else "off: nobody is joined so"
    )
    prior = (
        f"{found.records} customers and contacts of nobody known tell a surname or birth date. "
        f"Of two at random, 1 in {1 / found.prior:,.0f} is one person: "
        f"weight {math.log2(found.prior / (1 - found.prior)):+.1f}."
    )
    return [
        prior,
        "",
        _weights(found),
        "",
        _outcomes(found.outcomes),
        "",
        f"[linking.probabilistic] is {state}.",
    ]


def _weights(found: Preview) -> Table:
    table = _table("comparison", "agreement", "one person", "two people", "weight")
    for one in found.weights:
        table.add_row(
            one.comparison, one.level, f"{one.m:.4f}", f"{one.u:.6f}", f"{one.weight:+.1f}"
        )
    return table


def _outcomes(outcomes: Sequence[Outcome]) -> Table:
    exact = outcomes[0].quality
    measured = ("added right", "precision", "recall") if exact else ()
    table = _table("threshold", "pairs", "customers joined", "contacts joined", *measured)
    for one in outcomes:
        name = "for certain" if one.threshold is None else f"{one.threshold:.2f}"
        counts = (f"{one.pairs}", f"{one.customers}", f"{one.contacts}")
        table.add_row(name, *counts, *(_shares(one.quality, exact) if exact else ()))
    return table


def _shares(quality: Quality | None, exact: Quality) -> tuple[str, ...]:
    if quality is None:
        return ()
    shares = (quality.beyond(exact), quality.precision, quality.recall)
    return tuple("-" if math.isnan(share) else f"{share:.4f}" for share in shares)


def _table(*names: str) -> Table:
    texts = {"comparison", "agreement", "threshold"}
    return new_table(*names, numbers={*names} - texts)
