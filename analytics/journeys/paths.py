"""Paths: which way episodes went, how they ended, where they turned back.

What may be shown follows from the paths of all days and filters (analytics/disclosure), so that
neither a kind's total nor another choice of days gives a path away. What is worked out from paths
(flows, loops) is worked out from those shown.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analytics.amounts import backend_table
from analytics.derive.cube import ROW_COUNT
from analytics.derive.journey_cubes import PATHS
from analytics.derive.journeys import MOVING, kind_of, steps_in
from analytics.disclosure import hide
from analytics.journeys.cells import WEIGHT, Shown, asked, counts, quantiles, shares, summed
from analytics.query import EVERYTHING, Selection
from warehouse.store import Reader

KINDS = ("single", "same", "onward", "back", "other")
"""How a journey goes: one contact; again on the same channel; on to others; back to one that it had
left. Told from the steps that a path names. `other` stands for the last two together, where either
is so few that it would have to be hidden."""

JOURNEYS, RESOLVED = "journeys", "resolved"


@dataclass(frozen=True)
class Paths:
    """The journeys of a selection.

    Attributes:
        paths: path, kind, journeys, share (of all), contacts_per_journey, median_seconds (first to
            last start; NaN where there is one contact), resolved_share with resolved (numerator),
            known (denominator: ended, with a known last outcome), low and high; suppressed (fewer
            than may be shown: no figures), resolved_suppressed. Most journeys first.
        kinds: kind, and the same of all journeys of the kind, but for median_seconds.
        total: journeys, all together; NaN where it may not be shown, and the shares of it too.
    """

    paths: pd.DataFrame
    kinds: pd.DataFrame
    total: float


def paths(
    reader: Reader, selection: Selection = EVERYTHING, *, threshold: int | None = None
) -> Paths:
    """Return the journeys that began in a selection, by path.

    A filter on channel is on that of the first contact.

    Args:
        reader: of the warehouse.
        selection: which days, and which values of dimensions.
        threshold: the smallest group that is shown; the configured one where left out.

    Raises:
        SelectionError: a filter is on a dimension that does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    with asked(reader, PATHS, selection, threshold) as (rows, of_cube):
        shown = _by_path(of_cube)
        limit = shown.protection.threshold
        found = summed(rows, ["path"], PATHS)
        large = found.loc[found[ROW_COUNT] >= limit, "path"].tolist()
        binned = summed(rows.filter(rows.path.isin(large)), ["path", "time_bin"], PATHS)
        by_path = _with_figures(found, ["path"], shown.of)
        kinds = _kinds(found, shown)
        total = float(found[ROW_COUNT].sum())
        if 0 < total < limit or shown.hidden(ROW_COUNT, []):
            total = float("nan")
    by_path["kind"] = by_path["path"].map(kind_of)
    if "other" in set(kinds["kind"]):
        by_path["kind"] = by_path["kind"].replace(dict.fromkeys(MOVING, "other"))
    return Paths(
        paths=_with_times(_ranked(by_path, "path", total), binned),
        kinds=_ranked(kinds, "kind", total),
        total=total,
    )


def _by_path(shown: Shown) -> Shown:
    """Choose the first channel by the paths that begin on it: a path tells it already."""
    where = dict(shown.where)
    kept = where.pop("channel", None)
    if kept is not None:
        where["path"] = tuple(p for p in _known_paths(shown) if steps_in(p)[0] in kept)
    return replace(shown, where=where)


def _known_paths(shown: Shown) -> list[str]:
    table = backend_table(shown.backend, PATHS.name)
    return [str(path) for path in table.select("path").distinct().to_pyarrow()["path"].to_pylist()]


def _kinds(found: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    """Return the figures of each kind; `other` for two of which one is hidden, where that helps."""
    every = _known_paths(shown) if "path" not in shown.where else shown.where["path"]
    kinds_of = {path: kind_of(path) for path in every}
    of_kind = {kind: tuple(path for path in every if kinds_of[path] == kind) for kind in KINDS}
    of_kind["other"] = tuple(path for kind in MOVING for path in of_kind[kind])
    sums = {
        kind: found.loc[found["path"].isin(of_kind[kind]), [*PATHS.amounts]].sum() for kind in KINDS
    }

    def hidden(answer: pd.DataFrame, _: Sequence[str], count: str = ROW_COUNT) -> pd.DataFrame:
        held = {
            (kind,)
            for kind in KINDS
            if replace(shown, where={**shown.where, "path": of_kind[kind]}).hidden(count, [])
        }
        return hide(answer, ["kind"], WEIGHT, shown.protection.threshold, held)

    whole = pd.DataFrame(sums).T.rename_axis("kind").reset_index()
    kinds = _with_figures(whole, ["kind"], hidden)
    kinds = kinds.sort_values("kind", key=lambda names: names.map(KINDS.index), ignore_index=True)
    kinds = kinds[kinds["journeys"].ne(0)]
    is_hidden = kinds.set_index("kind")["suppressed"]
    apart = is_hidden[is_hidden.index.isin(MOVING)]
    helps = apart.any() and (apart.all() or not is_hidden.get("other", True))
    left_out = set(MOVING) if helps else {"other"}
    return kinds[~kinds["kind"].isin(left_out)].reset_index(drop=True)


def _with_figures(
    found: pd.DataFrame, lines: list[str], hidden: Callable[..., pd.DataFrame]
) -> pd.DataFrame:
    """Return counts and shares side by side, each hidden where disclosure control says so."""
    keys = found[lines]
    count = hidden(counts(JOURNEYS, keys, found[ROW_COUNT]), lines)
    share = shares(RESOLVED, keys, found["resolved_count"], found["known_count"])
    share = hidden(share, lines, "known_count")
    share = share.rename(
        columns={
            "value": "resolved_share",
            "numerator": "resolved",
            "denominator": "known",
            "suppressed": "resolved_suppressed",
        }
    ).drop(columns="metric")
    count = count[[*lines, "value", "suppressed"]].rename(columns={"value": "journeys"})
    both = count.merge(share, on=lines, how="outer")
    for name in ("suppressed", "resolved_suppressed"):
        both[name] = both[name].isna() | both[name].eq(True)
    both = both.merge(found[[*lines, "contact_count"]], on=lines, how="left")
    both["contacts_per_journey"] = both.pop("contact_count") / both["journeys"]
    figures = ["resolved_share", "resolved", "known", "low", "high"]
    both[figures] = both[figures].mask(both["suppressed"])
    return both


def _ranked(frame: pd.DataFrame, by: str, total: float) -> pd.DataFrame:
    """Add `share`, and put the most journeys first and what is hidden last."""
    frame["share"] = frame["journeys"] / total if total else float("nan")
    return frame.sort_values(
        ["suppressed", "journeys", by], ascending=[True, False, True], ignore_index=True
    )


def _with_times(by_path: pd.DataFrame, binned: pd.DataFrame) -> pd.DataFrame:
    """Add `median_seconds`, of paths with more than one contact that are shown."""
    several = binned[binned["path"].map(kind_of) != "single"]
    median = quantiles(several, ["path"], ROW_COUNT, [0.5]).set_index("path")["p50"]
    times = by_path["path"].map(median).astype("float64")
    return by_path.assign(median_seconds=times.mask(by_path["suppressed"]))


def flows(paths: pd.DataFrame) -> pd.DataFrame:
    """Return how many journeys go from one step to the next, over the paths that are shown.

    Returns:
        Columns: place (of the step, from 1), source, target (channels), journeys.
    """
    pairs = [
        (place, source, target, row.journeys)
        for row in _shown(paths)
        for place, (source, target) in enumerate(_pairs(row.path), start=1)
    ]
    frame = pd.DataFrame(pairs, columns=["place", "source", "target", "journeys"])
    return frame.groupby(["place", "source", "target"], as_index=False)[["journeys"]].sum()


def loops(paths: pd.DataFrame) -> pd.DataFrame:
    """Return where journeys turn round, over the paths that are shown.

    Returns:
        Columns: channel; journeys that had a contact there; again (of these: two contacts there
        one after the other), back (of these: left the channel and came back to it). Most loops
        first; channels without any are left out.
    """
    rows = []
    for row in _shown(paths):
        steps = steps_in(row.path)
        for channel in dict.fromkeys(steps):
            places = [place for place, step in enumerate(steps) if step == channel]
            gaps = [later - place for place, later in itertools.pairwise(places)]
            rows.append(
                (
                    channel,
                    row.journeys,
                    row.journeys * any(gap == 1 for gap in gaps),
                    row.journeys * any(gap > 1 for gap in gaps),
                )
            )
    frame = pd.DataFrame(rows, columns=["channel", "journeys", "again", "back"])
    frame = frame.groupby("channel", as_index=False).sum()
    frame = frame[frame["again"] + frame["back"] > 0]
    order = (frame["again"] + frame["back"]).sort_values(ascending=False).index
    return frame.loc[order].reset_index(drop=True)


def _shown(paths: pd.DataFrame) -> list[Any]:
    return list(paths[~paths["suppressed"].astype(bool)].itertuples())


def _pairs(path: str) -> list[tuple[str, str]]:
    steps = steps_in(path)
    return list(itertools.pairwise(steps))
