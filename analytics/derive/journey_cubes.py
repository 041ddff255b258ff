"""The journeys' cubes by month: episodes by path, steps by pair of channels, digital tries.

As `cube` does for the metrics: a page asks these instead of the contacts, so that it costs the same
at any size, and a refresh keeps them as deriving anew would.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ibis.expr.types import BooleanValue, NumericValue, Table, Value

from analytics.derive.cube import ROW_COUNT
from analytics.derive.journeys import time_bin
from analytics.measures import Count
from warehouse.contact import UNKNOWN

PERIOD = "period"
_PAGE = ("channel", "service", "customer_type")
"""What the page filters by; a question by anything else is asked of the contacts."""


@dataclass(frozen=True, eq=False)
class JourneyCube:
    """A table of sums per month.

    Attributes:
        name: of the table.
        of: which contacts it counts.
        keys: what it is split by besides month and the page's dimensions.
        sums: what is added up besides ROW_COUNT.
    """

    name: str
    of: Callable[[Table], BooleanValue]
    keys: Mapping[str, Callable[[Table], Value]]
    sums: Mapping[str, Callable[[Table], NumericValue]]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it is split by besides the month."""
        return (*_PAGE, *self.keys)

    @property
    def amounts(self) -> tuple[str, ...]:
        """The names of its sums."""
        return (*self.sums, ROW_COUNT)

    def cells(self, contacts: Table) -> Table:
        """Return its rows: see `journey_cells`."""
        return journey_cells(contacts, self)


def _has_known_end(rows: Table) -> BooleanValue:
    return rows.has_episode_ended & rows.is_episode_resolved.notnull()


PATHS = JourneyCube(
    "cube_journey",
    of=lambda rows: rows.is_episode_start,
    keys={
        "path": lambda rows: rows.episode_path,
        "time_bin": lambda rows: time_bin(rows.episode_seconds),
    },
    sums={
        "contact_count": lambda rows: rows.episode_contact_count,
        "ended_count": lambda rows: rows.has_episode_ended,
        "known_count": _has_known_end,
        "resolved_count": lambda rows: rows.has_episode_ended & rows.is_episode_resolved,
    },
)
"""Episodes by path, in the month in which they began."""

STEPS = JourneyCube(
    "cube_step",
    of=lambda rows: rows.next_channel.notnull(),
    keys={
        "next_channel": lambda rows: rows.next_channel,
        "time_bin": lambda rows: time_bin(rows.next_seconds),
    },
    sums={},
)
"""Steps from one contact of an episode to the next, in the month of the first of the two."""

TRIES = JourneyCube(
    "cube_digital_try",
    of=lambda rows: rows.is_dropped_off.notnull(),
    keys={},
    sums={
        "known_count": lambda rows: rows.is_knowable_forwards,
        "dropped_count": lambda rows: rows.is_knowable_forwards & rows.is_dropped_off,
    },
)
"""Digital tries by their last channel, in the month of its start."""

JOURNEY_CUBES = (PATHS, STEPS, TRIES)


@dataclass(frozen=True)
class JourneyCount(Count):
    """How many rows of a cube of journeys hold a condition; `key` is the sum's name there."""

    shape: JourneyCube = field(kw_only=True)


def journey_count(shape: JourneyCube, name: str = ROW_COUNT) -> JourneyCount:
    """Return one of a cube's sums that count something, as a count over contacts."""

    def counted(rows: Table) -> BooleanValue:
        return shape.of(rows) if name == ROW_COUNT else shape.of(rows) & shape.sums[name](rows)

    return JourneyCount(name, counted, shape=shape)


def journey_cells(contacts: Table, shape: JourneyCube) -> Table:
    """Return a cube's rows: `period` (first day of the month), its dimensions and its amounts."""
    rows = contacts.filter(shape.of(contacts))
    keys = {name: rows[name].fill_null(UNKNOWN) for name in _PAGE}
    keys |= {name: key(rows) for name, key in shape.keys.items()}
    amounts = {
        name: amount(rows).cast("int64").fill_null(0).sum() for name, amount in shape.sums.items()
    }
    return (
        rows.group_by(period=rows.started_on.truncate("M"), **keys)
        .agg(**amounts, **{ROW_COUNT: rows.count()})
        .order_by(PERIOD)
    )
