"""What if channels had other shares: volumes, cost, repeats and hours, with how unsure they are.

A customer's questions arrive on channels by their shares; each contact is followed, with the chance
that is seen on its channel, by a next one on some channel, and so on. So contacts = first contacts
times the inverse of (1 - steps), which gives today's volumes exactly where shares are today's. What
is not changed: how many questions there are, and how a contact on a channel fares.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.steering.staffing import hours

_DRAWS = 400
_BOUNDS = (2.5, 97.5)
FIGURES = ("contacts", "repeats", "cost", "hours")


@dataclass(frozen=True)
class Service:
    """What is known of a service's channels, in the order of `channels`; amounts per month.

    Attributes:
        channels: their keys.
        contacts: all contacts.
        unit_cost: euros per contact.
        handling_seconds: per contact; NaN where none is recorded.
        followed: identified contacts, and `repeats[i, j]` those on j that followed one on i, both
            over the whole period (they tell how sure the chances are).
        spread: by how much customers' contacts hang together.
    """

    channels: tuple[str, ...]
    contacts: np.ndarray
    unit_cost: np.ndarray
    handling_seconds: np.ndarray
    followed: np.ndarray
    repeats: np.ndarray
    spread: float = 1.0

    @property
    def steps(self) -> np.ndarray:
        """The chance that a contact on channel i is followed by one on channel j."""
        return self.repeats / np.maximum(self.followed, 1)[:, None]

    def firsts(self, steps: np.ndarray) -> np.ndarray:
        """Return the contacts with which questions begin: `steps` less its axis before the last."""
        return np.clip(self.contacts - self.contacts @ steps, 0, None)

    def shares(self) -> np.ndarray:
        """Return the channels' shares of the contacts with which questions begin, today."""
        firsts = self.firsts(self.steps)
        total = firsts.sum()
        return firsts / total if total > 0 else np.zeros_like(firsts)


def service_of(name: str, frames: Mapping[str, pd.DataFrame]) -> Service:
    """Return a service from the tables `channels` and `steps` of `steering`."""
    rows = frames["channels"]
    rows = rows[(rows["service"] == name) & ~rows["suppressed"]].sort_values("channel")
    keys = [str(key) for key in rows["channel"]]
    steps = frames["steps"]
    steps = steps[steps["service"] == name]
    table = steps.pivot_table(
        index="channel", columns="next_channel", values="repeats", aggfunc="sum", fill_value=0.0
    ).reindex(index=keys, columns=keys, fill_value=0.0)
    return Service(
        tuple(keys),
        rows["contacts"].to_numpy("float64"),
        rows["unit_cost"].to_numpy("float64"),
        rows["handling_seconds"].to_numpy("float64"),
        rows["identified"].to_numpy("float64"),
        table.to_numpy("float64"),
        float(frames["about"]["spread"].iloc[0]),
    )


def new_shares(today: Mapping[str, float], wanted: Mapping[str, float]) -> dict[str, float]:
    """Return shares (0 to 1) that add up to 1: those wanted, the others in today's proportions.

    What is wanted of channels together beyond the whole is cut in proportion; where all channels
    are wanted, they are scaled to the whole.
    """
    asked = {key: max(0.0, float(wanted[key])) for key in today if key in wanted}
    rest = {key: share for key, share in today.items() if key not in asked}
    total, left = sum(asked.values()), sum(rest.values())
    if total > 1 or (not left and total > 0):
        asked = {key: share / total for key, share in asked.items()}
        total = 1.0
    if total <= 0 and left <= 0:
        return dict(today)
    return {
        key: asked[key] if key in asked else (1 - total) * today[key] / left if left else 0.0
        for key in today
    }


def what_if(service: Service, shares: Mapping[str, float]) -> pd.DataFrame:
    """Return what would come of other shares, beside today.

    Args:
        service: what is known of it.
        shares: per channel, 0 to 1, of the contacts with which questions begin.

    Returns:
        A row per channel and a last one with `total`: channel; and for each of FIGURES (contacts,
        repeats that follow contacts there, cost in euros, hours of handling; all per month)
        `today`, `then`, `then_low`, `then_high`, `change`, `change_low`, `change_high` as
        FIGURE_today and so on. Intervals (95%) are how unsure the chances of a follow-up are.
        Hours are NaN where no handling time is recorded.
    """
    wanted = np.array([shares.get(channel, 0.0) for channel in service.channels])
    now = _amounts(service, service.steps[None], None)
    then = _amounts(service, service.steps[None], wanted)
    drawn = _drawn_steps(service)
    changes = _amounts(service, drawn, wanted) - _amounts(service, drawn, None)
    found: dict[str, object] = {"channel": [*service.channels, "total"]}
    low, high = np.percentile(changes, _BOUNDS, axis=0)
    for place, name in enumerate(FIGURES):
        before, after = now[0, :, place], then[0, :, place]
        # what is drawn about its own middle is laid about the estimate, which it must hold
        down = np.minimum(low[:, place], after - before)
        up = np.maximum(high[:, place], after - before)
        found |= {
            f"{name}_today": before,
            f"{name}_then": after,
            f"{name}_then_low": before + down,
            f"{name}_then_high": before + up,
            f"{name}_change": after - before,
            f"{name}_change_low": down,
            f"{name}_change_high": up,
        }
    return pd.DataFrame(found)


def _amounts(service: Service, steps: np.ndarray, shares: np.ndarray | None) -> np.ndarray:
    """Return, per draw, channel (and total) and figure, what shares give; None: today's own."""
    size = len(service.channels)
    firsts = service.firsts(steps)
    if shares is not None:
        # by as much as they differ from today's, so that no change changes nothing
        moved = firsts + firsts.sum(axis=1, keepdims=True) * (shares - service.shares())[None]
        firsts = np.clip(moved, 0, None)
    whole = np.eye(size)[None] - steps
    contacts = np.linalg.solve(np.swapaxes(whole, 1, 2), firsts[..., None])[..., 0]
    figures = np.stack(
        [
            contacts,
            contacts * steps.sum(axis=2),
            contacts * service.unit_cost,
            hours(contacts, service.handling_seconds),
        ],
        axis=2,
    )
    totals = np.nansum(figures, axis=1, keepdims=True)
    return np.concatenate([figures, totals], axis=1)


def _drawn_steps(service: Service) -> np.ndarray:
    """Draw chances that fit what was seen: each channel's follow-ups are a multinomial's."""
    dice = np.random.default_rng(0)
    drawn = []
    for size, row in zip(service.followed, service.repeats, strict=True):
        rest = max(size - row.sum(), 0.0)
        seen = (np.append(row, rest) + 0.5 / (len(row) + 1)) / service.spread
        drawn.append(dice.dirichlet(seen, _DRAWS)[:, :-1])
    return np.stack(drawn, axis=1)
