"""The answer: groups that stand out, what goes along with it, and how well a model tells."""

from collections.abc import Sequence

import pandas as pd
from ibis.backends.duckdb import Backend

from analytics.contrast import stands_out
from analytics.drivers.adjust import Others, adjusted
from analytics.drivers.groups import (
    chosen,
    cost_of_followers,
    groups,
    months,
    period,
    shown,
    spread,
    with_cost_of_followers,
)
from analytics.drivers.model import learn
from analytics.drivers.sample import sample
from analytics.drivers.targets import TARGETS, Target
from analytics.kept_frames import Frames, kept
from analytics.query import Span, span
from warehouse.store import Reader

NAME = "drivers-1"
"""Under which the answer is kept beside the warehouse."""

VALUES = ("first", "second")
"""Columns of the values that make a group of at most two columns; the second may be empty."""


def drivers(reader: Reader) -> Frames:
    """Return what goes with repeats and avoidable contacts; worked out once per version.

    Returns:
        groups: per question (`target`) and group: by (its columns, with `+` between), first and
            second (their values), size, events, rate (0 to 1), expected (at the average), excess,
            excess_low, excess_high (95%; all of the period), ratio, ratio_low, ratio_high,
            unit_cost, cost, cost_low, cost_high (euros, of the excess), p, is_driver (more than
            the average, and not by chance), adjusted_ratio (NaN: unknown), explained (0 to 1, of
            the excess, by what else is known), explained_by (feature), suppressed.
        quality, importance: per `target` (see `analytics.drivers.model.Learnt`).
        about: per `target`: first_on, last_on, months, contacts, events, rate, spread, sampled
            (contacts that the model had), candidates (that it was drawn from).

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    return kept(reader, NAME, work_out_drivers)


def work_out_drivers(reader: Reader) -> Frames:
    """Work out `drivers`: reads all contacts in the engine, and a bounded sample of them here."""
    known = span(reader)
    parts: dict[str, list[pd.DataFrame]] = {
        name: [] for name in ("groups", "quality", "importance", "about")
    }
    for target in TARGETS.values():
        with reader.backend() as backend:
            rows, candidates = sample(backend, target, known.settings)
            found, about = _groups(backend, target, known)
        learnt = learn(rows, target.features)
        explained = _with_adjusted(found, rows, target)
        answer = {
            "groups": explained,
            "quality": learnt.quality,
            "importance": learnt.importance,
            "about": about.assign(sampled=len(rows), candidates=candidates),
        }
        for name, frame in answer.items():
            parts[name].append(frame.assign(target=target.key))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def _groups(backend: Backend, target: Target, known: Span) -> tuple[pd.DataFrame, pd.DataFrame]:
    days, settings = period(known), known.settings
    rows = chosen(backend, target, days)
    hang_together = spread(rows)
    followers = cost_of_followers(backend, days) if target.cost_of == "follower" else None
    found = []
    for by in target.groups:
        one = groups(rows, target, by, hang_together=hang_together)
        if followers is not None:
            one = with_cost_of_followers(one, followers, by)
        found.append(_named(shown(one, by, settings.privacy.threshold), by))
    every = pd.concat(found, ignore_index=True)
    smallest = max(settings.drivers.smallest_group, settings.privacy.threshold)
    tested = every["p"].where((every["size"] >= smallest) & ~every["suppressed"])
    every["is_driver"] = stands_out(tested, settings.drivers.false_share) & (every["excess"] > 0)
    (totals,) = rows.agg(size=rows.count(), events=rows.event.sum()).to_pyarrow().to_pylist()
    size, events = int(totals["size"] or 0), int(totals["events"] or 0)
    about = {
        "first_on": days[0].isoformat(),
        "last_on": days[1].isoformat(),
        "months": months(days),
        "contacts": size,
        "events": events,
        "rate": events / size if size else float("nan"),
        "spread": hang_together,
    }
    return every, pd.DataFrame([about])


def _named(found: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Put the group's columns into those that all groups share."""
    values = {name: found[column] for name, column in zip(VALUES, by, strict=False)}
    return found.drop(columns=list(by)).assign(
        by="+".join(by), first=values["first"], second=values.get("second", "")
    )


def _with_adjusted(found: pd.DataFrame, rows: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Add, to groups that stand out, what else goes along with it."""
    found = found.assign(adjusted_ratio=float("nan"), explained=float("nan"), explained_by="")
    others = Others(rows)
    for by in target.groups:
        is_one = found["is_driver"] & (found["by"] == "+".join(by))
        if not is_one.any():
            continue
        told = adjusted(others, by, target.features)
        if told is None:
            continue
        told = _named(told, by).set_index(["by", *VALUES])
        places = pd.MultiIndex.from_frame(found.loc[is_one, ["by", *VALUES]])
        own = told.reindex(places)
        found.loc[is_one, "adjusted_ratio"] = own["adjusted_ratio"].to_numpy()
        found.loc[is_one, "explained_by"] = own["explained_by"].fillna("").to_numpy()
    excess = found["ratio"] - 1
    found["explained"] = (1 - (found["adjusted_ratio"] - 1) / excess.where(excess > 0)).clip(0, 1)
    return found
