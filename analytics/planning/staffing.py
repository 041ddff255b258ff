"""Staff per half hour: the forecast spread over the day, and Erlang over that."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.kept_frames import Frames
from analytics.planning.erlang import Promise, Queue, employees
from warehouse.planning_settings import StaffingSettings
from warehouse.settings import Settings

SLOT_SECONDS = 1800
_STEP = 0.05
"""Rates are rounded up to this many contacts per half hour: less is not known."""


@dataclass(frozen=True)
class Wish:
    """What staff of one channel has to keep, and with how much of their time.

    Attributes:
        level: share to be helped in time, 0 to 1.
        within: seconds of waiting that count as in time.
        handling: mean seconds per contact; NaN where it is not known.
        patience: mean seconds that people wait before they leave; NaN: they all wait.
        shrinkage: part of paid time not spent on contacts, 0 to 1.
        max_occupancy: largest part of their time that they may be busy, 0 to 1.
        concurrent: contacts that one employee holds at once.
    """

    level: float
    within: float
    handling: float
    patience: float
    shrinkage: float
    max_occupancy: float
    concurrent: int


def wish_of(settings: Settings, habits: pd.DataFrame, channel: str) -> Wish:
    """Return what the settings ask of a channel, with what was measured where they say nothing."""
    staffing: StaffingSettings = settings.planning.staffing
    known = habits[habits["channel"] == channel]
    nothing = float("nan")
    handling = float(known["handle_seconds"].iloc[0]) if len(known) else nothing
    patience = float(known["patience_seconds"].iloc[0]) if len(known) else nothing
    return Wish(
        level=staffing.service_level,
        within=float(staffing.seconds.get(channel, settings.quality.service_level_seconds)),
        handling=staffing.handle_seconds.get(channel, handling),
        patience=staffing.patience_seconds.get(channel, patience),
        shrinkage=staffing.shrinkage,
        max_occupancy=staffing.max_occupancy,
        concurrent=staffing.concurrent.get(channel, 1),
    )


def staffed_channels(found: Frames) -> list[str]:
    """Return the channels of which staffing can be worked out, the busiest first."""
    habits = found["habits"].sort_values("offered", ascending=False)
    forecast = set(found["days"]["channel"]) if len(found["days"]) else set()
    return [str(name) for name in habits["channel"] if name in forecast]


def week_of(found: Frames, channel: str, monday: pd.Timestamp) -> pd.DataFrame:
    """Return the days of a channel's forecast in the week that begins on a Monday."""
    days = found["days"]
    at = pd.to_datetime(days["day"])
    within = (days["channel"] == channel) & (at >= monday) & (at < monday + pd.Timedelta(days=7))
    return days[within].assign(day=at[within])


def mondays(found: Frames) -> list[pd.Timestamp]:
    """Return the first day of each whole week that is forecast."""
    days = pd.to_datetime(found["days"]["day"].unique()).sort_values()
    starts = [day for day in days if day.day_of_week == 0]
    return [day for day in starts if day + pd.Timedelta(days=6) <= days[-1]]


def staffing(found: Frames, channel: str, monday: pd.Timestamp, wish: Wish) -> pd.DataFrame:
    """Return the staff that one week asks for, one row per half hour in which contacts come.

    Columns: day; weekday (0 is Monday); slot (half hours since midnight); contacts (expected,
    helped or gone); workload (hours of handling per hour); employees (that keep the promise: with
    patience where that is known, else without), employees_c and employees_a (without and with
    patience; the latter NaN where not known), employees_busy (`employees`, were it as busy as the
    upper bound of 80%); paid (`employees` over one less shrinkage); service_level, wait (seconds),
    abandoned, occupancy (with `employees`).

    Args:
        found: of `analytics.planning.work_out.planning`.
        channel: one of `staffed_channels`.
        monday: one of `mondays`.
        wish: what to keep; without a handling time the answer is empty.
    """
    days, spread = week_of(found, channel, monday), found["profile"]
    spread = spread[spread["channel"] == channel]
    habits = found["habits"]
    measured = float(habits.loc[habits["channel"] == channel, "per_contact"].iloc[0])
    factor = 1.0 if np.isnan(measured) else measured
    open_days = days[~days["is_closed"].astype(bool)]
    open_days = open_days.assign(weekday=open_days["day"].dt.day_of_week)
    rows = open_days.merge(spread[["weekday", "slot", "share"]], on="weekday")
    rows = rows[rows["expected"] * rows["share"] > 0]
    if rows.empty or not wish.handling > 0:
        return pd.DataFrame(columns=list(_COLUMNS))
    rows = rows.assign(
        contacts=rows["expected"] * rows["share"] * factor,
        busy=rows["high_80"] * rows["share"] * factor,
    )
    without = replace(wish, patience=float("nan"))
    asked = [
        (_needed(usual, wish), _needed(usual, without), _needed(busy, wish))
        for usual, busy in zip(rows["contacts"], rows["busy"], strict=True)
    ]
    patient = not np.isnan(wish.patience)
    rows["employees"] = [needed[0][0] for needed in asked]
    rows["employees_c"] = [needed[1][0] for needed in asked]
    rows["employees_a"] = rows["employees"].astype(float) if patient else float("nan")
    rows["employees_busy"] = [needed[2][0] for needed in asked]
    rows["workload"] = rows["contacts"] * wish.handling / SLOT_SECONDS
    rows["paid"] = rows["employees"] / (1 - wish.shrinkage)
    for name in ("service_level", "wait", "abandoned", "occupancy"):
        rows[name] = [getattr(needed[0][1], name) for needed in asked]
    return rows.sort_values(["day", "slot"], ignore_index=True)[list(_COLUMNS)]


_COLUMNS = (
    "day", "weekday", "slot", "contacts", "workload", "employees", "employees_c", "employees_a",
    "employees_busy", "paid", "service_level", "wait", "abandoned", "occupancy",
)  # fmt: skip


def _needed(contacts: float, wish: Wish) -> tuple[int, Queue]:
    return _employees(max(_STEP, float(np.ceil(contacts / _STEP) * _STEP)), wish)


@lru_cache(maxsize=50_000)
def _employees(contacts: float, wish: Wish) -> tuple[int, Queue]:
    promise = Promise(wish.level, wish.within, wish.max_occupancy, wish.concurrent)
    patience = None if np.isnan(wish.patience) else wish.patience
    return employees(contacts / SLOT_SECONDS, wish.handling, promise, patience)


def hours(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the hours worked and the hours paid that `staffing` asks for."""
    return float(rows["employees"].sum()) / 2, float(rows["paid"].sum()) / 2
