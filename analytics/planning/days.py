"""The calendar: what is known of every day beforehand, in the past and to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays
import numpy as np
import pandas as pd

from warehouse.planning_settings import EventSettings, PlanningSettings

SUBDIVISION = {"north": "Noord", "middle": "Midden", "south": "Zuid"}
SCHOOL_YEARS = (2014, 2030)
"""Of which years the school holidays are known: those set by the ministry, as the package
`holidays` holds them from the Staatscourant (2012-27185, 2015-35695, 2018-11687, 2021-25317,
2024-19237)."""

_FEW = 0.15
"""A day with less than this part of what its weekday brings counts as closed."""
_SEEN = 0.1
"""A weekday on which fewer than this part of the weeks has a contact counts as closed."""
_WEEKS_OF_HABIT = 26
_YEAR = 365.25
_HARMONICS = 4
_ROOM_FOR_YEAR = 380
"""So many days of history are needed before a model may learn the time of year."""


@cache
def _public(first: int, last: int) -> dict[date, str]:
    known = holidays.country_holidays(
        "NL", years=range(first, last + 1), categories=("public", "optional"), language="nl"
    )
    return dict(known.items())


@cache
def _school(region: str, first: int, last: int) -> dict[date, str]:
    if first > last:
        return {}
    years = range(first, last + 1)
    known = holidays.country_holidays(
        "NL", subdiv=region, years=years, categories=("school",), language="nl"
    )
    return dict(known.items())


@dataclass(frozen=True)
class Calendar:
    """What is known of days, for an organisation.

    Args:
        settings: region, own days, events, and what to ignore.
        first: first day that is asked about.
        last: last day that is asked about.
    """

    settings: PlanningSettings
    first: date
    last: date

    @property
    def days(self) -> pd.DatetimeIndex:
        """Every day, in order."""
        return pd.date_range(self.first, self.last, freq="D")

    def public(self) -> dict[date, str]:
        """Return the name of each day that is a public holiday, or closed by the settings.

        Good Friday and 5 May are among them: whether a channel is closed then, its history tells.
        """
        known = _public(self.first.year - 1, self.last.year + 1)
        named = {day: name for day, name in known.items() if day not in self.settings.open}
        return named | dict.fromkeys(self.settings.closed, "")

    def school(self) -> dict[date, str]:
        """Return the name of each day of a school holiday in the region."""
        first = max(self.first.year - 1, SCHOOL_YEARS[0])
        return _school(
            SUBDIVISION[self.settings.region], first, min(self.last.year + 1, SCHOOL_YEARS[1])
        )

    def bridging(self) -> set[date]:
        """Return the working days that lie between a public holiday and a weekend."""
        public, found = self.public(), set()
        for day in public:
            for step in (-1, 1):
                near, beyond = day + timedelta(days=step), day + timedelta(days=2 * step)
                is_working = near.weekday() < 5 and near not in public
                if day.weekday() < 5 and is_working and beyond.weekday() >= 5:
                    found.add(near)
        return found

    def ignored(self, channel: str) -> np.ndarray:
        """Tell per day whether the settings say to learn nothing from it."""
        out: set[date] = set()
        for one in self.settings.ignore:
            if not one.channels or channel in one.channels:
                out.update(one.days)
        return np.array([day.date() in out for day in self.days])

    def events(self, channel: str, service: str | None) -> list[EventSettings]:
        """Return the events that touch a channel, and one service of it where one is named."""
        return [
            event
            for event in self.settings.event
            if (not event.channels or channel in event.channels)
            and (service is None or not event.services or service in event.services)
        ]


def weekdays(days: pd.Index) -> np.ndarray:
    """Return the day of the week of each day; Monday is 0."""
    return np.asarray(pd.DatetimeIndex(days).day_of_week)


def is_closed(counts: pd.Series, calendar: Calendar) -> pd.Series:
    """Tell per day of the calendar whether a channel is closed.

    Closed are the weekdays on which it (almost) never has a contact, the public holidays on which
    it had next to none the last time, and, for a channel that closes at weekends, the days that
    the settings close. The history tells what a channel does; only days before the end of `counts`
    are looked at.

    Args:
        counts: contacts per day, one for each day of the history.
        calendar: of all days asked about.
    """
    habit = counts.iloc[-7 * _WEEKS_OF_HABIT :]
    weekday = weekdays(habit.index)
    seen = (habit > 0).groupby(weekday).mean()
    usual = habit.groupby(weekday).median()
    shut = {day for day in range(7) if seen.get(day, 0.0) < _SEEN}
    public, days = calendar.public(), calendar.days
    closes = _holidays_closed(counts, public, usual, shut)
    own = set(calendar.settings.closed) if shut else set()
    return pd.Series(
        [
            day.day_of_week in shut
            or day.date() in own
            or closes.get(public.get(day.date(), ""), False)
            for day in days
        ],
        index=days,
    )


def _holidays_closed(
    counts: pd.Series, public: dict[date, str], usual: pd.Series, shut: set[int]
) -> dict[str, bool]:
    """Tell per name of a holiday whether it is closed: as it was, else as the others mostly are."""
    found: dict[str, bool] = {}
    for day, name in sorted(public.items()):
        moment = pd.Timestamp(day)
        if name and moment in counts.index and moment.day_of_week not in shut:
            expected = float(usual.get(moment.day_of_week, 0.0))
            found[name] = bool(counts[moment] <= _FEW * expected)
    mostly = sum(found.values()) > len(found) / 2 if found else bool(shut)
    return {name: found.get(name, mostly) for name in public.values() if name}


def features(
    calendar: Calendar, closed: pd.Series, events: Sequence[EventSettings], history: int
) -> pd.DataFrame:
    """Return what is known of each day as numbers, one row per day of the calendar.

    Columns: weekday_1 … weekday_6 (against Monday); years (since the last day); year_sin_k,
    year_cos_k where the history is long enough; after (first open day after a closed holiday);
    before (the open day before one); bridging; summer, christmas, school (other school holidays);
    holiday (an open public holiday); event_NUMBER_first and _later per event.

    Args:
        calendar: of the days asked about.
        closed: whether each of them is closed.
        events: that touch the series.
        history: how many days of history there are.
    """
    days = calendar.days
    dates = [day.date() for day in days]
    public, school, bridging = calendar.public(), calendar.school(), calendar.bridging()
    columns: dict[str, np.ndarray] = {
        f"weekday_{number}": (days.day_of_week == number).astype(float) for number in range(1, 7)
    }
    columns["years"] = ((days - days[0]).days / _YEAR).to_numpy()
    if history >= _ROOM_FOR_YEAR:
        angle = 2 * np.pi * days.day_of_year.to_numpy() / _YEAR
        for number in range(1, _HARMONICS + 1):
            columns[f"year_sin_{number}"] = np.sin(number * angle)
            columns[f"year_cos_{number}"] = np.cos(number * angle)
    shut = closed.to_numpy()
    is_public = np.array([day in public for day in dates])
    columns["after"], columns["before"] = _beside(shut, is_public & shut)
    columns["bridging"] = np.array([day in bridging for day in dates], dtype=float)
    columns["holiday"] = (is_public & ~shut).astype(float)
    named = [school.get(day, "") for day in dates]
    columns["summer"] = np.array([name.startswith("Zomer") for name in named], dtype=float)
    columns["christmas"] = np.array([name.startswith("Kerst") for name in named], dtype=float)
    columns["school"] = (
        np.array([name != "" for name in named], dtype=float)
        - columns["summer"]
        - columns["christmas"]
    )
    for number, event in enumerate(events):
        first, later = _event(event, dates)
        columns[f"event_{number}_first"], columns[f"event_{number}_later"] = first, later
    return pd.DataFrame(columns, index=days)


def _beside(shut: np.ndarray, holiday: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mark the first open day after, and the last before, a run of closed days with a holiday."""
    after, before = np.zeros(len(shut)), np.zeros(len(shut))
    start = 0
    while start < len(shut):
        end = start
        while end < len(shut) and shut[end]:
            end += 1
        if end > start and holiday[start:end].any():
            if end < len(shut):
                after[end] = 1.0
            if start > 0:
                before[start - 1] = 1.0
        start = end + 1
    return after, before


def _event(event: EventSettings, dates: Sequence[date]) -> tuple[np.ndarray, np.ndarray]:
    """Mark the first half of the days that an event is felt, and the second."""
    first, later = np.zeros(len(dates)), np.zeros(len(dates))
    half = max(1, (event.days + 1) // 2)
    for began in event.dates:
        for place, day in enumerate(dates):
            passed = (day - began).days
            if 0 <= passed < half:
                first[place] = 1.0
            elif half <= passed < event.days:
                later[place] = 1.0
    return first, later
