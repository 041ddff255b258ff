"""The cubes: the metrics' sums per day or month and per set of dimensions.

A page asks a cube instead of the contacts, so that it costs the same at any size. Which sums a cube
holds follows from the metrics; a cube is only made where its rows stay few.
"""

from collections.abc import Collection
from dataclasses import dataclass

import ibis
from ibis.expr.types import Table

from analytics.measures import Additive, Count, additive_parts
from analytics.metrics import METRICS, sums
from warehouse.contact import UNKNOWN

ADDITIVE: dict[str, Additive] = {
    part.key: part for metric in METRICS.values() for part in additive_parts(metric.measure)
}
"""Every sum that some metric needs, by its key."""


@dataclass(frozen=True)
class Cube:
    """A table of sums: which dimensions, per day or month, and of which rows and sums."""

    name: str
    dimensions: tuple[str, ...]
    is_monthly: bool = False
    only: tuple[Additive, ...] = ()

    @property
    def parts(self) -> dict[str, Additive]:
        """The sums it holds, by key."""
        return {part.key: part for part in self.only} if self.only else ADDITIVE


CUBES: tuple[Cube, ...] = (
    Cube("cube_channel", ("channel",)),
    Cube("cube_service", ("channel", "service", "customer_type")),
    Cube("cube_area", ("channel", "customer_type", "area")),
    Cube("cube_month", ("channel", "service", "customer_type", "area"), is_monthly=True),
    Cube(
        "cube_avoidable",
        ("channel", "service", "customer_type", "avoidable_category", "avoidable_basis"),
        only=(
            sums.AVOIDABLE,
            sums.AVOIDABLE_COST,
            sums.AVOIDABLE_BY_RULE,
            sums.AVOIDABLE_BY_MODEL,
        ),
    ),
    Cube(
        "cube_switch",
        ("channel", "predecessor_channel", "service", "customer_type"),
        only=(sums.REPEATS, sums.SWITCHES, sums.REPEATS_SAME_CHANNEL),
    ),
)
"""Smallest first: the planner takes the first that can answer."""


ROW_COUNT = "row_count"


def cube(contacts: Table, shape: Cube) -> Table:
    """Return the cube's rows, in order of period.

    Columns: `period` (first local day of it), the dimensions, the sums, and ROW_COUNT, how many
    rows of contacts they are of.
    """
    rows = contacts.filter(_any_part(contacts, shape)) if shape.only else contacts
    day = rows.started_on
    keys = {name: rows[name].fill_null(UNKNOWN) for name in shape.dimensions}
    period = day.truncate("M") if shape.is_monthly else day
    amounts = {key: part.on_rows(rows).fill_null(0.0) for key, part in shape.parts.items()}
    cells = rows.group_by(period=period, **keys).agg(**amounts, **{ROW_COUNT: rows.count()})
    return cells.order_by("period")


def cube_after(existing: Table, before: Table, after: Table, shape: Cube) -> Table:
    """Return the cells of a cube that a change of contacts touches, as they are after it.

    Sums of whole numbers stay exact; of others, as exact as adding and subtracting is. A cell with
    a ROW_COUNT of 0 is there no longer.

    Args:
        existing: the cube before the change.
        before: the changed contacts as they were.
        after: the changed contacts as they are, and the new ones.
        shape: which cube.
    """
    keys = ["period", *shape.dimensions]
    names = [*shape.parts, ROW_COUNT]
    gone = cube(before, shape)
    gone = gone.mutate(**{name: -gone[name] for name in names})
    change = cube(after, shape).union(gone).select(*keys, *names)
    touched = existing.semi_join(change, keys).select(*keys, *names)
    rows = touched.union(change)
    return rows.group_by(keys).agg(**{name: rows[name].sum() for name in names})


def _any_part(contacts: Table, shape: Cube) -> ibis.expr.types.BooleanValue:
    counts = [part for part in shape.only if isinstance(part, Count)]
    return ibis.or_(*(part.where(contacts).fill_null(False) for part in counts))


def smallest_cube(
    dimensions: Collection[str], parts: Collection[str], *, is_monthly_enough: bool
) -> Cube | None:
    """Return the smallest cube that has these dimensions and sums; None where none has."""
    if not parts:
        return None
    for shape in CUBES:
        fits = set(dimensions) <= set(shape.dimensions) and set(parts) <= set(shape.parts)
        if fits and (is_monthly_enough or not shape.is_monthly):
            return shape
    return None
