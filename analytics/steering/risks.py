"""Who fares worse on a channel: groups of customers held against all others there.

The same comparison as that of drivers: within each service, so that a group is not blamed for what
it asks about; many at once, so that chance names few.
"""

import pandas as pd

from analytics.contrast import contrast, stands_out
from warehouse.contact import UNKNOWN

_KEYS = ["channel", "dimension", "value"]


def risks(
    people: pd.DataFrame,
    *,
    smallest_group: int,
    false_share: float,
    spread: float = 1.0,
) -> pd.DataFrame:
    """Return how each group of customers fares on each channel, of all services and of each.

    Args:
        people: see `analytics.steering.cells.cells`.
        smallest_group: contacts on the channel from which something is said.
        false_share: of the groups called worse, the share that may be so by chance.
        spread: by how much customers' contacts hang together.

    Returns:
        service (empty: all of them), channel, dimension, value, size, rate (not settled, 0 to 1),
        expected_rate (of all others' services), ratio with bounds, elsewhere_rate (the group's own
        on all other channels), verdict: `worse`, `not_worse` (not seen to be), `unknown` (too few).
    """
    people = people[people["value"] != UNKNOWN]
    found = pd.concat(
        [
            _contrasts(people, _KEYS, spread).assign(service=""),
            _contrasts(people, ["service", *_KEYS], spread),
        ],
        ignore_index=True,
    )
    is_many = (found["size"] >= smallest_group) & (found["expected"] > 0) & found["p"].notna()
    whole = found.groupby(["service", "channel", "dimension"])["size"].transform("sum")
    # who is the greater part is the rule there, and no group that falls behind it
    is_part = found["size"] < whole / 2
    is_worse = stands_out(found["p"].where(is_many & is_part), false_share) & (found["excess"] > 0)
    verdict = pd.Series("not_worse", index=found.index).mask(is_worse, "worse")
    return found.assign(
        expected_rate=found["expected"] / found["size"],
        elsewhere_rate=_elsewhere(found, people),
        verdict=verdict.where(is_many, "unknown"),
    )[
        [
            "service", *_KEYS, "size", "rate", "expected_rate", "ratio", "ratio_low", "ratio_high",
            "elsewhere_rate", "verdict",
        ]
    ]  # fmt: skip


def _contrasts(people: pd.DataFrame, keys: list[str], spread: float) -> pd.DataFrame:
    """Hold each value of each dimension against the others of its service and channel."""
    return contrast(people, keys, ["dimension", "service", "channel"], spread=spread)


def _elsewhere(found: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Return each group's own rate on all channels but this one."""
    names = ["dimension", "value"]
    per_service = people.groupby(["service", *names])[["size", "events"]].sum()
    overall = people.groupby(names)[["size", "events"]].sum().reset_index().assign(service="")
    whole = pd.concat([per_service.reset_index(), overall])
    joined = found.merge(whole, on=["service", *names], how="left", suffixes=("", "_whole"))
    size = joined["size_whole"] - joined["size"]
    events = joined["events_whole"] - joined["events"]
    return pd.Series((events / size.where(size > 0)).to_numpy(), index=found.index)
