"""Columns that groups and models need and that no table holds: moments, waits and history."""

import ibis
from ibis.expr.types import IntegerColumn, Table, Value

from analytics.derive.sequences import term
from warehouse.contact import UNKNOWN
from warehouse.settings import Settings

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS_OF_DAY = ("before_ten", "ten_to_twelve", "twelve_to_two", "two_to_five", "after_five")
WAIT_BANDS = ("under_half_minute", "under_two_minutes", "under_five_minutes", "longer")


def grouped_columns(rows: Table) -> dict[str, Value]:
    """Return, by name, the columns that contacts can be grouped by, never null."""
    plain = ("service", "channel", "topic", "department", "customer_type", "area", "outcome")
    hour, wait = rows.started_local.hour(), rows.wait_seconds
    return {
        **{name: rows[name].fill_null(UNKNOWN) for name in plain},
        "weekday": ibis.cases(
            *((rows.started_on.day_of_week.index() == n, name) for n, name in enumerate(WEEKDAYS)),
        ),
        "part_of_day": ibis.cases(
            (hour < 10, PARTS_OF_DAY[0]),
            (hour < 12, PARTS_OF_DAY[1]),
            (hour < 14, PARTS_OF_DAY[2]),
            (hour < 17, PARTS_OF_DAY[3]),
            else_=PARTS_OF_DAY[4],
        ),
        "wait_band": ibis.cases(
            (wait < 30, WAIT_BANDS[0]),
            (wait < 120, WAIT_BANDS[1]),
            (wait < 300, WAIT_BANDS[2]),
            (wait.notnull(), WAIT_BANDS[3]),
            else_=UNKNOWN,
        ),
        "is_repeat": ibis.ifelse(rows.is_repeat, "yes", "no"),
    }


def earlier_count(rows: Table) -> IntegerColumn:
    """Return how many contacts of a row's episode came before it; all rows must be of one."""
    by_time = ibis.window(group_by=rows.episode_key, order_by=[rows.started_at, rows.contact_key])
    return ibis.row_number().over(by_time)


def history(contact: Table, chosen: Table, settings: Settings) -> Table:
    """Return, per contact of the episodes that occur in `chosen`, what came before it in its own.

    Columns: contact_key, earlier_count (contacts of the episode before it), is_term_passed (the
    episode began longer ago than the service's term).
    """
    episodes = chosen.filter(chosen.episode_key.notnull()).select("episode_key").distinct()
    rows = contact.filter(contact.episode_key.notnull()).semi_join(episodes, "episode_key")
    first_at = rows.started_at.min().over(ibis.window(group_by=rows.episode_key))
    return rows.select(
        "contact_key",
        earlier_count=earlier_count(rows),
        is_term_passed=(rows.started_at > first_at + term(rows, settings)).cast("int64"),
    )
