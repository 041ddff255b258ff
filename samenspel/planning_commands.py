"""The commands that plan: forecast, staffing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import pandas as pd
import typer

from samenspel.options import DEFAULT_CONFIG, Config, Warehouse, check_choice
from samenspel.tables import Form, check_form, print_records
from warehouse.errors import ConfigurationError, SelectionError
from warehouse.store import DEFAULT_FOLDER, Reader, Store

_TESTS = ("channel", "service", "model", "is_chosen", "folds", "horizon", "days", "error", "share",
          "mase", "against_naive", "recent_share", "recent_naive", "covered_80", "covered_95",
          "covered_days")  # fmt: skip
_SHOWN_TESTS = ("channel", "service", "model", "folds", "horizon", "days", "share", "mase",
                "against_naive", "covered_80", "covered_95")  # fmt: skip
_WEEKS = ("channel", "service", "first_on", "expected", "low_80", "high_80", "low_95", "high_95",
          "baseline")  # fmt: skip
_DAYS = ("channel", "day", "expected", "low_80", "high_80", "low_95", "high_95", "is_closed",
         "holiday", "school")  # fmt: skip


def forecast(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    channel: Annotated[str, typer.Option(help="One channel; all when left out.")] = "",
    by: Annotated[str, typer.Option(help="day, week or service (by week).")] = "week",
    backtest: Annotated[
        bool, typer.Option("--backtest", help="How far off such forecasts were before.")
    ] = False,
    library: Annotated[
        bool, typer.Option("--library", help="With statsforecast's models beside; takes minutes.")
    ] = False,
    form: Form = "table",
) -> None:
    """Forecast the contacts of the coming weeks, with bands of 80% and 95%.

    An empty channel is all of them together, an empty service all of a channel, * its small ones.
    In a backtest, mase below 1 is better than repeating last week's day; against_naive compares
    with repeating the last week over the same days; share is the sum of errors over the contacts.
    """
    from analytics.planning.work_out import library_tests, planning

    del config  # every command takes it; the warehouse remembers the settings it was made with
    check_form(form)
    check_choice(by, ("day", "week", "service"), "--by", "way")
    reader = Reader(Store(warehouse), connections=1)
    if library:
        _need_library()
    found = dict(planning(reader))
    wanted: tuple[str, ...]
    shown: tuple[str, ...]
    about = found["about"].iloc[0]
    told = f"learnt from {about['first_on']} to {about['last_on']}"
    if about["left_out"]:
        told += f"; too few contacts or too short a history: {about['left_out']}"
    if backtest or library:
        rows = library_tests(reader) if library else found["tests"]
        rows = rows if by == "service" else rows[rows["service"] == ""]
        wanted, shown = _TESTS, _SHOWN_TESTS
    elif by == "day":
        rows, wanted, shown = found["days"], _DAYS, _DAYS
    else:
        rows, wanted = found["weeks"], _WEEKS
        rows = rows[(rows["service"] != "") == (by == "service")]
        shown = wanted
    if channel:
        check_choice(channel, sorted(set(rows["channel"]) - {""}), "--channel", "channel")
        rows = rows[rows["channel"] == channel]
    print_records(rows[list(wanted)], form, told=told, shown=shown)


def staffing(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    channel: Annotated[str, typer.Option(help="phone, counter or chat.")] = "phone",
    week: Annotated[str, typer.Option(help="A day of the week to staff; the first ahead.")] = "",
    level: Annotated[
        float | None, typer.Option("--level", help="Share in time, such as 0.8.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="Seconds of waiting in time.")] = None,
    handling: Annotated[float | None, typer.Option(help="Seconds per contact.")] = None,
    shrinkage: Annotated[float | None, typer.Option(help="Paid time not at work.")] = None,
    form: Form = "table",
) -> None:
    """Say how many employees each half hour of a week asks for (Erlang A and C).

    What is not given comes from the settings, or was measured. employees_c: if everyone waits;
    employees_a: some leave; employees_busy: with as many contacts as the upper bound of 80%.
    """
    from analytics.planning import staffing as staff
    from analytics.planning.work_out import planning
    from analytics.query import span

    del config
    check_form(form)
    reader = Reader(Store(warehouse), connections=1)
    found = planning(reader)
    check_choice(channel, staff.staffed_channels(found), "--channel", "channel")
    monday = _monday(week, staff.mondays(found))
    wish = staff.wish_of(span(reader).settings, found["habits"], channel)
    given: dict[str, Any] = {
        "level": level,
        "within": seconds,
        "handling": handling,
        "shrinkage": shrinkage,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    wish = replace(wish, **changes)
    _sound(wish.level, wish.within, wish.handling, wish.shrinkage)
    rows = staff.staffing(found, channel, monday, wish)
    worked, paid = staff.hours(rows)
    told = (
        f"week of {monday:%Y-%m-%d}: {worked:,.0f} hours at work, {paid:,.0f} paid; "
        f"{wish.level:.0%} within {wish.within:.0f} s, {wish.handling:.0f} s per contact, "
        f"patience {'unknown' if pd.isna(wish.patience) else f'{wish.patience:.0f} s'}"
    )
    rows = rows.assign(
        day=[f"{day:%Y-%m-%d}" for day in rows["day"]],
        time=[f"{slot // 2:02}:{slot % 2 * 30:02}" for slot in rows["slot"]],
    )
    columns = ["day", "time", *[name for name in rows if name not in {"day", "time", "slot"}]]
    shown = ["day", "time", "contacts", "employees", "employees_c", "employees_a",
             "employees_busy", "paid", "service_level", "wait", "occupancy"]  # fmt: skip
    print_records(rows[columns], form, told=told, shown=shown)


def _need_library() -> None:
    from analytics.planning.models import has_library

    if not has_library():
        raise ConfigurationError(
            "statsforecast is not installed",
            where="--library",
            remedy="Install it: pip install statsforecast.",
        )


def _monday(week: str, known: Sequence[pd.Timestamp]) -> pd.Timestamp:
    if not known:
        raise SelectionError("nothing is forecast", where="staffing", remedy="Load more weeks.")
    if not week:
        return known[0]
    try:
        day = pd.Timestamp(date.fromisoformat(week))
    except ValueError as error:
        raise SelectionError(
            f"{week!r} is no date", where="--week", remedy="Write it as 2026-01-31."
        ) from error
    monday = day - pd.Timedelta(days=day.day_of_week)
    if monday not in known:
        raise SelectionError(
            f"the week of {monday:%Y-%m-%d} is not forecast",
            where="--week",
            remedy=f"Choose from {known[0]:%Y-%m-%d} to {known[-1]:%Y-%m-%d}.",
        )
    return monday


def _sound(level: float, within: float, handling: float, shrinkage: float) -> None:
    if not (0 < level < 1 and within >= 0 and 0 <= shrinkage < 1):
        raise SelectionError(
            "a level lies between 0 and 1, seconds are not negative, and shrinkage is below 1",
            where="staffing",
            remedy="Write 80% as 0.8.",
        )
    if not handling > 0:
        raise SelectionError(
            "no handling time is known of this channel",
            where="staffing",
            remedy="Give --handling, or [planning.staffing] handle_seconds.",
        )


COMMANDS: tuple[Callable[..., None], ...] = (forecast, staffing)
