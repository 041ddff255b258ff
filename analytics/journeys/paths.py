"""Paths: which way episodes went, how they ended, where they turned back.

Small groups are hidden by kind and path together, so that neither a kind's total nor all totals
give a path away. What is worked out from paths (flows, loops) is worked out from those shown.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.derive.cube import ROW_COUNT
from analytics.derive.journey_cubes import PATHS
from analytics.derive.journeys import ARROW, MORE
from analytics.disclosure import suppress
from analytics.journeys.cells import WEIGHT, cells, counts, quantiles, shares, summed
from analytics.query import EVERYTHING, Selection, span
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
        kinds: kind, and the same of all journeys of the kind.
        total: journeys, all together; NaN where fewer than may be shown.
    """

    paths: pd.DataFrame
    kinds: pd.DataFrame
    total: float


def steps_in(path: str) -> list[str]:
    """Return the channels that a path names, in order."""
    return [step for step in path.split(ARROW) if step != MORE]


def kind_of(path: str) -> str:
    """Return which of KINDS a path is."""
    steps = steps_in(path)
    if len(steps) == 1:
        return "single"
    if len(set(steps)) == 1:
        return "same"
    visited = [step for step, before in zip(steps, [None, *steps], strict=False) if step != before]
    return "back" if len(set(visited)) < len(visited) else "onward"


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
    known = span(reader)
    limit = known.settings.privacy.threshold if threshold is None else threshold
    with reader.backend() as backend:
        rows = cells(backend, PATHS, selection, known)
        found = summed(rows, ["path"], PATHS)
        large = found.loc[found[ROW_COUNT] >= limit, "path"].tolist()
        times = rows.filter(rows.path.isin(large)).group_by("path", "time_bin")
        binned = times.agg(**{ROW_COUNT: rows[ROW_COUNT].sum()}).to_pyarrow().to_pandas()
    found["kind"] = _kinds(found, limit)
    binned["kind"] = binned["path"].map(kind_of)
    by_path = _with_figures(found, ["kind", "path"], limit)
    by_kind = found.groupby("kind", as_index=False)[[*PATHS.amounts]].sum()
    kinds = _with_figures(by_kind, ["kind"], limit)
    total = float(found[ROW_COUNT].sum())
    return Paths(
        paths=_with_times(by_path, binned, ["path"], total),
        kinds=_with_times(kinds, None, ["kind"], total),
        total=total if total >= limit or not total else float("nan"),
    )


def _kinds(found: pd.DataFrame, limit: int) -> pd.Series:
    kinds = found["path"].map(kind_of)
    sizes = found[ROW_COUNT].groupby(kinds).sum()
    both = sizes.reindex(["onward", "back"], fill_value=0.0)
    if ((both > 0) & (both < limit)).any():
        return kinds.replace({"onward": "other", "back": "other"})
    return kinds


def _with_figures(found: pd.DataFrame, lines: list[str], limit: int) -> pd.DataFrame:
    """Return counts and shares side by side, each hidden where disclosure control says so."""
    keys = found[lines]
    answer = pd.concat(
        [
            counts(JOURNEYS, keys, found[ROW_COUNT]),
            shares(RESOLVED, keys, found["resolved_count"], found["known_count"]),
        ],
        ignore_index=True,
    )
    answer = suppress(answer, lines, WEIGHT, limit)
    count, share = (answer[answer["metric"] == name] for name in (JOURNEYS, RESOLVED))
    share = share.rename(
        columns={
            "value": "resolved_share",
            "numerator": "resolved",
            "denominator": "known",
            "suppressed": "resolved_suppressed",
        }
    ).drop(columns="metric")
    count = count[[*lines, "value", "suppressed"]].rename(columns={"value": "journeys"})
    both = count.merge(share, on=lines)
    contacts = found[[*lines, "contact_count"]]
    both = both.merge(contacts, on=lines)
    both["contacts_per_journey"] = both.pop("contact_count") / both["journeys"]
    figures = ["resolved_share", "resolved", "known", "low", "high"]
    both[figures] = both[figures].mask(both["suppressed"])
    return both


def _with_times(
    frame: pd.DataFrame, binned: pd.DataFrame | None, by: list[str], total: float
) -> pd.DataFrame:
    frame["share"] = frame["journeys"] / total if total else float("nan")
    frame["median_seconds"] = float("nan")
    if binned is not None and len(binned):
        several = binned[binned["kind"] != "single"]
        median = quantiles(several, by, ROW_COUNT, [0.5])
        frame = frame.drop(columns="median_seconds").merge(median, on=by, how="left")
        frame["median_seconds"] = frame.pop("p50").astype("float64").mask(frame["suppressed"])
    return frame.sort_values(
        ["suppressed", "journeys", *by], ascending=[True, False, *[True] * len(by)]
    ).reset_index(drop=True)


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
