"""Moves: of the contacts on one channel, how many have equals on another, and how those fared.

Contacts are equals where service, topic, customer type and the number of earlier contacts about the
same agree. A move's figures are those of the equals on the other channel, weighted as the contacts
that would move (direct standardisation). People choose their channel, and what made them do so is
not in a log: this is what would come of a move if who moves fares as who is there already.
"""

import numpy as np
import pandas as pd

from analytics.intervals import wilson
from analytics.steering.cells import STRATUM

_PAIR = ["service", "channel", "target"]


def follow_cost(strata: pd.DataFrame, steps: pd.DataFrame) -> pd.Series:
    """Return, per service and channel, what it costs in all once a customer comes back, in euros.

    That is the average cost of the contact that follows, and of those that follow upon it, as often
    as that happens for the service.
    """
    sums = strata.groupby(["service", "channel"])[["size", "cost"]].sum()
    unit = (sums["cost"] / sums["size"].where(sums["size"] > 0)).rename("unit")
    priced = steps.join(unit, on=["service", "next_channel"])
    priced = priced.assign(cost=priced["unit"] * priced["repeats"])
    priced = priced[priced["unit"].notna()]
    follower = priced.groupby(["service", "channel"])[["cost", "repeats"]].sum()
    whole = priced.groupby("service")[["cost", "repeats"]].sum()
    average = (whole["cost"] / whole["repeats"].where(whole["repeats"] > 0)).rename("average")
    again = strata[strata["earlier"] != "first"].groupby("service")[["size", "followed"]].sum()
    chain = 1 / (1 - (again["followed"] / again["size"].where(again["size"] > 0)).clip(upper=0.9))
    found = sums.join(follower, rsuffix="_followers").join(average, on="service")
    first = (found["cost_followers"] / found["repeats"]).fillna(found["average"])
    longer = found[[]].join(chain.rename("chain"), on="service")["chain"]
    return (first * longer.fillna(1.0)).fillna(found["average"]).fillna(0.0)


def moves(
    strata: pd.DataFrame,
    steps: pd.DataFrame,
    *,
    smallest_match: int,
    spread: float = 1.0,
    months: float = 1.0,
) -> pd.DataFrame:
    """Return every move between two channels of a service.

    Intervals are of 95%: Wilson's for each stratum's share, put together by the method of variance
    estimates recovery (Zou and Donner 2008).

    Args:
        strata: see `cells`.
        steps: see `cells`.
        smallest_match: equals that a stratum must have on the other channel.
        spread: by how much customers' contacts hang together.
        months: how long the period is; figures are per month.

    Returns:
        service, channel, target; contacts (identified, per month, on the channel), comparable
        (of these with equals there), settled (of these that would be settled there at once) with
        settled_low, settled_high; settled_share of the comparable with its bounds; here_share (what
        is settled where they are now) and its bounds; cost_here and cost_there (euros per
        comparable contact, with what follows); saving (euros per month, if all comparable contacts
        moved) with saving_low, saving_high; matched (equals on the target) and size (comparable)
        over the whole period.
    """
    if strata.empty:
        return _none()
    keys = ["service", *STRATUM]
    after = follow_cost(strata, steps).rename("after").reset_index()
    cells = strata.merge(after, on=["service", "channel"])
    n = cells["size"].astype("float64")
    cells = cells.assign(
        unit=cells["cost"] / n,
        settled=1 - cells["events"] / n,
        follow=cells["followed"] / n,
    )
    for name, count in (
        ("settled", cells["size"] - cells["events"]),
        ("follow", cells["followed"]),
    ):
        cells[f"{name}_low"], cells[f"{name}_high"] = wilson(count / spread, n / spread)
    both = cells.merge(cells[cells["size"] >= smallest_match], on=keys, suffixes=("", "_there"))
    both = both[both["channel"] != both["channel_there"]]
    both = both.rename(columns={"channel_there": "target"})
    if both.empty:
        return _none()
    weight = both["size"].astype("float64")
    both = both.assign(
        comparable=weight,
        matched=both["size_there"],
        settled_sum=weight * both["settled_there"],
        here_sum=weight * both["settled"],
        here_cost=weight * (both["unit"] + both["follow"] * both["after"]),
        there_cost=weight * (both["unit_there"] + both["follow_there"] * both["after_there"]),
        **_parts("settled", weight, both, "_there"),
        **_parts("here", weight, both, "", share="settled"),
        **_parts("cost_here", weight * both["after"], both, "", share="follow"),
        **_parts("cost_there", weight * both["after_there"], both, "_there", share="follow"),
    )
    sums = both.groupby(_PAIR)[
        [name for name in both.columns if name.endswith(("_sum", "_cost", "_down", "_up"))]
        + ["comparable", "matched"]
    ].sum()
    whole = strata.groupby(["service", "channel"])["size"].sum().rename("contacts")
    return _figures(sums.reset_index().join(whole, on=["service", "channel"]), months)


def _parts(
    name: str, weight: pd.Series, both: pd.DataFrame, side: str, *, share: str = ""
) -> dict[str, pd.Series]:
    """Return the squares that an interval of a weighted sum of shares is made of."""
    share = share or name
    value, low, high = (both[f"{share}{end}{side}"] for end in ("", "_low", "_high"))
    return {
        f"{name}_down": (weight * (value - low)) ** 2,
        f"{name}_up": (weight * (high - value)) ** 2,
    }


def _figures(sums: pd.DataFrame, months: float) -> pd.DataFrame:
    n = sums["comparable"]
    saving = sums["here_cost"] - sums["there_cost"]
    down = np.sqrt(sums["cost_here_down"] + sums["cost_there_up"])
    up = np.sqrt(sums["cost_here_up"] + sums["cost_there_down"])
    settled_down, settled_up = np.sqrt(sums["settled_down"]), np.sqrt(sums["settled_up"])
    return pd.DataFrame(
        {
            **{name: sums[name] for name in _PAIR},
            "contacts": sums["contacts"] / months,
            "comparable": n / months,
            "matched": sums["matched"].astype("float64"),
            "size": n,
            "settled": sums["settled_sum"] / months,
            "settled_low": (sums["settled_sum"] - settled_down) / months,
            "settled_high": (sums["settled_sum"] + settled_up) / months,
            "settled_share": sums["settled_sum"] / n,
            "settled_share_low": (sums["settled_sum"] - settled_down) / n,
            "settled_share_high": (sums["settled_sum"] + settled_up) / n,
            "here_share": sums["here_sum"] / n,
            "here_share_low": (sums["here_sum"] - np.sqrt(sums["here_down"])) / n,
            "here_share_high": (sums["here_sum"] + np.sqrt(sums["here_up"])) / n,
            "cost_here": sums["here_cost"] / n,
            "cost_there": sums["there_cost"] / n,
            "saving": saving / months,
            "saving_low": (saving - down) / months,
            "saving_high": (saving + up) / months,
        }
    )


FIGURES = (
    "contacts", "comparable", "matched", "size", "settled", "settled_low", "settled_high",
    "settled_share", "settled_share_low", "settled_share_high", "here_share", "here_share_low",
    "here_share_high", "cost_here", "cost_there", "saving", "saving_low", "saving_high",
)  # fmt: skip


def _none() -> pd.DataFrame:
    return pd.DataFrame(
        {
            **{name: pd.Series(dtype="str") for name in _PAIR},
            **{name: pd.Series(dtype="float64") for name in FIGURES},
        }
    )


def proposed(found: pd.DataFrame, smallest_group: int) -> pd.Series:
    """Tell which move is proposed per service and channel: none, or that which saves most for sure.

    For sure: its interval leaves zero out. And only where the comparable contacts are many enough,
    and no fewer of them are settled there than here, as far as can be told.
    """
    fewer = found["here_share"] - found["settled_share"]
    margin = np.sqrt(
        (found["settled_share_high"] - found["settled_share"]) ** 2
        + (found["here_share"] - found["here_share_low"]) ** 2
    )
    is_sound = (found["saving_low"] > 0) & (found["size"] >= smallest_group) & (fewer <= margin)
    best = found[is_sound].groupby(["service", "channel"])["saving_low"].idxmax()
    return pd.Series(found.index.isin(best), index=found.index)
