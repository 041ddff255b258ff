"""The calendar of forecasts: holidays, school holidays per region, closed and bridging days."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.planning.days import Calendar, features, is_closed
from warehouse.planning_settings import EventSettings, IgnoreSettings, PlanningSettings

# https://www.rijksoverheid.nl/onderwerpen/schoolvakanties: summer holidays as the ministry set them
_SUMMERS = {
    ("north", 2024): ("2024-07-20", "2024-09-01"),
    ("middle", 2024): ("2024-07-13", "2024-08-25"),
    ("south", 2024): ("2024-07-06", "2024-08-18"),
    ("north", 2026): ("2026-07-04", "2026-08-16"),
    ("middle", 2026): ("2026-07-18", "2026-08-30"),
    ("south", 2026): ("2026-07-11", "2026-08-23"),
}


def calendar(first: str, last: str, **settings: object) -> Calendar:
    made = PlanningSettings.model_validate(settings)
    return Calendar(made, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(("region", "year"), _SUMMERS)
def test_summer_holidays_per_region(region: str, year: int) -> None:
    school = calendar(f"{year}-01-01", f"{year}-12-31", region=region).school()
    summer = sorted(
        day for day, name in school.items() if name.startswith("Zomer") and day.year == year
    )
    assert (summer[0].isoformat(), summer[-1].isoformat()) == _SUMMERS[region, year]


def test_bridging_days_lie_between_a_holiday_and_a_weekend() -> None:
    bridging = calendar("2025-01-01", "2025-12-31").bridging()
    assert date(2025, 5, 30) in bridging  # the Friday after Ascension
    assert date(2025, 12, 24) not in bridging  # the day before Christmas, a Wednesday
    assert all(day.weekday() in {0, 4} for day in bridging)


def weekly(first: str, last: str, weekday: int = 50) -> pd.Series:
    days = pd.date_range(first, last, freq="D")
    return pd.Series(np.where(days.day_of_week < 5, weekday, 0), index=days, dtype=float)


def test_closed_as_history_tells_and_settings_say() -> None:
    counts = weekly("2024-01-01", "2025-06-30")
    counts["2024-12-25":"2024-12-26"] = 0.0  # shut at Christmas, open on Good Friday
    asked = calendar("2024-01-01", "2026-04-30", closed=["2025-12-24"], open=["2026-01-01"])
    closed = is_closed(counts, asked)
    assert closed["2025-12-25"]
    assert closed["2025-12-24"]  # by the settings
    assert not closed["2026-01-01"]
    assert not closed["2026-04-03"]  # Good Friday, as it was
    assert closed["2025-08-02"]  # a Saturday
    assert not closed["2025-08-04"]


def test_what_is_known_of_days() -> None:
    counts = weekly("2024-01-01", "2024-12-31")
    counts["2024-05-09"] = 0.0
    event = EventSettings(name="tax", dates=(date(2024, 2, 20),), days=4)
    asked = calendar("2024-01-01", "2024-12-31")
    closed = is_closed(counts, asked)
    closed["2024-05-09"] = True
    known = features(asked, closed, [event], len(counts))
    assert known.loc["2024-05-10", "after"] == known.loc["2024-05-08", "before"] == 1
    assert known.loc["2024-05-10", "bridging"] == 1
    assert known["event_0_first"].to_numpy().nonzero()[0].tolist() == [50, 51]
    assert known["event_0_later"].to_numpy().nonzero()[0].tolist() == [52, 53]


def test_ignored_days_and_events_touch_their_channels() -> None:
    corona = IgnoreSettings(
        name="corona", start=date(2020, 3, 15), end=date(2020, 3, 20), channels=("counter",)
    )
    tax = EventSettings(name="tax", dates=(date(2020, 2, 1),), services=("tax",))
    asked = Calendar(
        PlanningSettings(ignore=(corona,), event=(tax,)), date(2020, 3, 1), date(2020, 3, 31)
    )
    assert asked.ignored("counter").sum() == 6
    assert asked.ignored("phone").sum() == 0
    assert asked.events("phone", "tax") == asked.events("phone", None) == [tax]
    assert asked.events("phone", "passport") == []
    with pytest.raises(ValueError, match="ends before"):
        IgnoreSettings(name="x", start=date(2020, 2, 1), end=date(2020, 1, 1))
