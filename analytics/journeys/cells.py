"""Where the journeys' figures come from: a cube, or the contacts where no cube can answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

import ibis
import numpy as np
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.amounts import CONTACT, backend_table
from analytics.columns import chosen
from analytics.derive.cube import ROW_COUNT
from analytics.derive.journey_cubes import TRIES, JourneyCube, journey_count
from analytics.derive.journeys import bounds
from analytics.dimensions import DIMENSIONS
from analytics.disclosure import HIDDEN, hide
from analytics.disclosure.protection import Protection
from analytics.intervals import wilson
from analytics.periods import Days, Grain, is_whole
from analytics.query import Selection, Span, span_of
from warehouse.errors import SelectionError
from warehouse.store import Reader

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
    loaded = _loaded(shape, known)
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


def _loaded(shape: JourneyCube, known: Span) -> Days:
    # visits can begin before the first contact, and go on after the last
    if shape is TRIES:
        return known.counted_from, known.counted_until
    return known.first_on, known.last_on


@dataclass(frozen=True)
class Shown:
    """What of a selection of journeys, steps or tries may be shown.

    Attributes:
        protection: of the version that is asked.
        backend: on that version.
        shape: what is counted.
        days: first and last day of the selection.
        where: column of the cube -> the values that are counted.
    """

    protection: Protection
    backend: Backend
    shape: JourneyCube
    days: Days
    where: Mapping[str, tuple[str, ...]]

    def hidden(self, count: str, by: Sequence[str]) -> set[tuple[object, ...]]:
        """Return the values of `by` of which this sum of the cube may not be shown."""
        counted = journey_count(self.shape, count)
        found = self.protection.hidden(counted, by, [self.days], self.where)
        if not by:
            return {()} if len(found) else set()
        return set(found[list(by)].itertuples(index=False, name=None))

    def of(self, answer: pd.DataFrame, by: Sequence[str], count: str = ROW_COUNT) -> pd.DataFrame:
        """Return cells of `counts` or `shares` with `suppressed`: by the count that they are of."""
        return hide(answer, by, WEIGHT, self.protection.threshold, self.hidden(count, by))


@contextmanager
def asked(
    reader: Reader, shape: JourneyCube, selection: Selection, threshold: int | None
) -> Iterator[tuple[Table, Shown]]:
    """Lend the cells of a selection, and what of them may be shown, of the current version.

    Args:
        reader: of the warehouse.
        shape: what is counted.
        selection: which days, and which values of dimensions.
        threshold: the smallest group that is shown; None: the configured one.

    Raises:
        SelectionError: a filter is on a dimension that does not exist.
        NoWarehouseError: nothing was loaded yet.
    """
    with reader.versioned() as (version, backend):
        known = span_of(reader, version, backend)
        limit = known.settings.privacy.threshold if threshold is None else threshold
        protection = Protection(
            reader.store, version, backend, known.settings, limit, known.counted_until
        )
        days = days_of(selection, _loaded(shape, known))
        yield (
            cells(backend, shape, selection, known),
            Shown(protection, backend, shape, days, selection.where),
        )


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
