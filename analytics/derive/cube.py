"""The cubes: the metrics' sums per day or month and per set of dimensions.

A page asks a cube instead of the contacts, so that it costs the same at any size. Which sums a cube
holds follows from the metrics; a cube is only made where its rows stay few.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

import ibis
from ibis.expr.types import Table, Value

from analytics.columns import NUMBERS, OF_TIME, column
from analytics.measures import Additive, Count, Day, additive_parts, start_day
from analytics.metrics import METRICS, sums
from warehouse.contact import UNKNOWN

ADDITIVE: dict[str, Additive] = {
    part.key: part for metric in METRICS.values() for part in additive_parts(metric.measure)
}
"""Every sum that some metric needs, by its key."""

_BY_START = {key: part for key, part in ADDITIVE.items() if part.day is start_day}


ROW_COUNT = "row_count"


class CubeShape(Hashable, Protocol):
    """What every cube tells of itself: enough to make it, and to keep it right."""

    @property
    def name(self) -> str:
        """The table's name."""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it is split by besides `period`."""

    @property
    def amounts(self) -> tuple[str, ...]:
        """The names of its sums; ROW_COUNT, how many rows of contacts they are of, is the last."""

    def cells(self, contacts: Table) -> Table:
        """Return its rows: `period` (first local day of it), its dimensions and its amounts."""


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
        return {part.key: part for part in self.only} if self.only else _BY_START

    @property
    def amounts(self) -> tuple[str, ...]:
        """The names of its sums."""
        return (*self.parts, ROW_COUNT)

    def cells(self, contacts: Table) -> Table:
        """Return its rows: see `cube`."""
        return cube(contacts, self)

    @property
    def day(self) -> Day:
        """The day to which its rows are counted."""
        return next(iter(self.parts.values())).day

    def has(self, dimensions: Collection[str]) -> bool:
        """Tell whether it can be split by these: they stand in it, or follow from what does."""
        own = {*self.dimensions} if self.is_monthly else {*self.dimensions, "period"}
        return all(name in own or OF_TIME.get(name, ("", ""))[1] in own for name in dimensions)


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
    Cube(
        "cube_half_hour",
        ("channel", "slot"),
        only=(sums.CONTACTS, sums.HANDLED, sums.HANDLE),
    ),
    Cube(
        "cube_callback",
        ("channel", "service", "customer_type", "area"),
        only=(sums.CALLBACKS_DUE, sums.CALLBACKS_KEPT),
    ),
    Cube("cube_wait", ("channel", "wait_bin"), only=(sums.WAITED, sums.WAIT)),
    Cube(
        "cube_wait_month",
        ("channel", "service", "customer_type", "wait_bin"),
        is_monthly=True,
        only=(sums.WAITED, sums.WAIT),
    ),
    Cube("cube_gap", ("channel", "gap_bin"), only=(sums.REPEATS, sums.REPEAT_GAP)),
    Cube(
        "cube_gap_month",
        ("channel", "service", "customer_type", "gap_bin"),
        is_monthly=True,
        only=(sums.REPEATS, sums.REPEAT_GAP),
    ),
)
"""Smaller ones first: the planner takes the first that can answer."""


def cube(contacts: Table, shape: Cube) -> Table:
    """Return the cube's rows, in order of period.

    Columns: `period` (first local day of it), the dimensions, the sums, and ROW_COUNT, how many
    rows of contacts they are of.
    """
    rows = contacts.filter(_any_part(contacts, shape)) if shape.only else contacts
    day = shape.day(rows)
    keys = {name: _key(rows, name) for name in shape.dimensions}
    period = day.truncate("M") if shape.is_monthly else day
    amounts = {key: part.on_rows(rows).fill_null(0.0) for key, part in shape.parts.items()}
    cells = rows.group_by(period=period, **keys).agg(**amounts, **{ROW_COUNT: rows.count()})
    return cells.order_by("period")


def _key(rows: Table, name: str) -> Value:
    values = column(rows, name)
    return values if name in NUMBERS else values.fill_null(UNKNOWN)


def cells_after(existing: Table, before: Table, after: Table, shape: CubeShape) -> Table:
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
    return sums_after(existing, shape.cells(before), shape.cells(after), keys, shape.amounts)


def sums_after(
    existing: Table, before: Table, after: Table, keys: Sequence[str], amounts: Sequence[str]
) -> Table:
    """Return the rows of a table of sums that a change touches, as they are after it.

    Args:
        existing: the table before the change, a row for each of its keys.
        before: the sums of what was changed, as it was.
        after: the same as it is.
        keys: what tells its rows apart.
        amounts: its sums.
    """
    keys, amounts = list(keys), list(amounts)
    gone = before.mutate(**{name: -before[name] for name in amounts})
    change = after.union(gone).select(*keys, *amounts)
    touched = existing.semi_join(change, keys).select(*keys, *amounts)
    rows = touched.union(change)
    return rows.group_by(keys).agg(**{name: rows[name].sum() for name in amounts})


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
        fits = shape.has(dimensions) and set(parts) <= set(shape.parts)
        if fits and (is_monthly_enough or not shape.is_monthly):
            return shape
    return None
