"""Where the journeys' figures come from: a cube, or the contacts where no cube can answer."""

from collections.abc import Sequence
from difflib import get_close_matches

import ibis
import numpy as np
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.amounts import CONTACT, backend_table
from analytics.columns import chosen
from analytics.derive.journey_cubes import TRIES, JourneyCube
from analytics.derive.journeys import bounds
from analytics.dimensions import DIMENSIONS
from analytics.disclosure import HIDDEN
from analytics.intervals import wilson
from analytics.periods import Days, Grain, is_whole
from analytics.query import Selection, Span
from warehouse.errors import SelectionError

WEIGHT = "weight"


def days_of(selection: Selection, loaded: Days) -> Days:
    """Return the first and last local day of a selection; what is open is where the loaded ends."""
    return selection.start or loaded[0], selection.end or loaded[1]


def selected(contact: Table, selection: Selection, days: Days) -> Table:
    """Return the contacts of a selection.

    Raises:
        SelectionError: a filter is on a dimension that does not exist; names what is close.
    """
    for key in selection.where:
        if key not in DIMENSIONS:
            close = get_close_matches(key, DIMENSIONS, n=3) or sorted(DIMENSIONS)
            raise SelectionError(
                f"there is no dimension {key!r}",
                where="dimension",
                remedy=f"Perhaps: {', '.join(close)}.",
            )
    return contact.filter(
        contact.started_on.between(ibis.literal(days[0]), ibis.literal(days[1])),
        *chosen(contact, selection.where),
    )


def cells(backend: Backend, shape: JourneyCube, selection: Selection, known: Span) -> Table:
    """Return the cells of a cube within a selection, from the contacts where the cube cannot tell.

    A cube can where the period is whole months and only its dimensions are filtered by; a period
    that reaches over the first or last day loaded is as good as whole.

    Raises:
        SelectionError: a filter is on a dimension that does not exist.
    """
    # visits can begin before the first contact, and go on after the last
    has_visits = shape is TRIES
    loaded = known.first_on, known.last_on
    loaded = (known.counted_from, known.counted_until) if has_visits else loaded
    days = days_of(selection, loaded)
    first = days[0] if days[0] > loaded[0] else loaded[0].replace(day=1)
    is_open = days[1] >= loaded[1]
    whole = is_open or is_whole(first, days[1], Grain.MONTH)
    starts_whole = first.day == 1
    if whole and starts_whole and set(selection.where) <= set(shape.dimensions):
        cube = backend_table(backend, shape.name)
        return cube.filter(
            cube.period.between(ibis.literal(first), ibis.literal(days[1])),
            *chosen(cube, selection.where),
        )
    return shape.cells(selected(backend_table(backend, CONTACT), selection, days))


def summed(rows: Table, by: Sequence[str], shape: JourneyCube) -> pd.DataFrame:
    """Return a cube's amounts by some of its dimensions, as a frame in the dimensions' order."""
    amounts = {name: rows[name].sum().cast("float64") for name in shape.amounts}
    found = rows.group_by(*by).agg(**amounts).order_by(*by)
    frame: pd.DataFrame = found.to_pyarrow().to_pandas()
    return frame


def counts(metric: str, keys: pd.DataFrame, count: pd.Series) -> pd.DataFrame:
    """Return cells of a count in the form that disclosure control takes."""
    answer = keys.assign(metric=metric, **dict.fromkeys(HIDDEN, float("nan")))
    return answer.assign(value=count, numerator=count, weight=count)


def shares(
    metric: str, keys: pd.DataFrame, numerator: pd.Series, denominator: pd.Series
) -> pd.DataFrame:
    """Return cells of a share with its interval, in the form that disclosure control takes."""
    low, high = wilson(numerator, denominator)
    return keys.assign(
        metric=metric,
        value=numerator / denominator.where(denominator > 0),
        numerator=numerator,
        denominator=denominator,
        low=low,
        high=high,
        weight=denominator,
    )


def quantiles(
    binned: pd.DataFrame, by: Sequence[str], count: str, parts: Sequence[float]
) -> pd.DataFrame:
    """Return quantiles of times that are known by bin, in seconds: one column per part.

    Within a bin times are taken to be spread evenly on the scale of logarithms; so a quantile is
    off by less than a bin, a twelfth of itself.

    Args:
        binned: the columns `by`, `time_bin` and a count.
        by: the groups.
        count: name of the column with counts.
        parts: which quantiles, 0 to 1.
    """
    rows = [
        (*(key if isinstance(key, tuple) else (key,)), *(_quantile(group, count, p) for p in parts))
        for key, group in binned.sort_values("time_bin").groupby(list(by), sort=True)
    ]
    return pd.DataFrame(rows, columns=[*by, *(f"p{round(part * 100)}" for part in parts)])


def _quantile(group: pd.DataFrame, count: str, part: float) -> float:
    sizes = group[count].to_numpy(dtype="float64")
    reached = np.cumsum(sizes)
    wanted = part * reached[-1]
    place = min(int(np.searchsorted(reached, wanted)), len(sizes) - 1)
    low, high = bounds(int(group["time_bin"].iloc[place]))
    if low <= 0:
        return 0.0
    inside = (wanted - (reached[place] - sizes[place])) / sizes[place]
    return float(low * (high / low) ** min(max(inside, 0.0), 1.0))
