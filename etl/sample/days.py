"""Days and hours: when doors and lines are open, and when people come."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays

from etl.sample.dice import Dice
from etl.sample.town import FIRST_DAY, LAST_DAY

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOLIDAYS = dict(holidays.country_holidays("NL", years=(2024, 2025, 2026), language="nl").items())

_STAFFED = {"phone", "counter", "chat", "post"}
_WEEKDAYS = {
    # who wanted to call at the weekend calls on Monday, on top of this
    "phone": (0.90, 1.10, 1.00, 0.98, 0.85, 0.0, 0.0),
    "counter": (1.00, 1.05, 0.90, 1.35, 0.75, 0.0, 0.0),
    "email": (1.25, 1.15, 1.05, 1.00, 0.90, 0.35, 0.35),
    "web_form": (1.15, 1.10, 1.00, 1.00, 0.90, 0.65, 0.75),
    "chat": (1.20, 1.10, 1.00, 1.00, 0.85, 0.0, 0.0),
    "whatsapp": (1.20, 1.10, 1.00, 1.00, 0.90, 0.45, 0.40),
    "post": (0.45, 1.30, 1.10, 1.10, 1.05, 0.0, 0.0),
}
# weight of each hour of the day; counters and lines are shut outside theirs
_HOURS: dict[str, dict[int, float]] = {
    "phone": {8: 0.6, 9: 1.5, 10: 1.55, 11: 1.3, 12: 0.75, 13: 1.1, 14: 1.2, 15: 1.0, 16: 0.75},
    "counter": {9: 1.2, 10: 1.3, 11: 1.2, 12: 0.8, 13: 1.1, 14: 1.2, 15: 1.1, 16: 0.7},
    "chat": {9: 1.0, 10: 1.3, 11: 1.2, 12: 0.9, 13: 1.1, 14: 1.2, 15: 1.1, 16: 0.9},
    "post": {0: 1.0},
    "email": {
        7: 0.5, 8: 1.0, 9: 1.4, 10: 1.4, 11: 1.2, 12: 0.9, 13: 1.1, 14: 1.1, 15: 1.0, 16: 0.9,
        17: 0.6, 18: 0.4, 19: 0.6, 20: 0.7, 21: 0.6, 22: 0.3, 23: 0.15, 0: 0.05, 6: 0.15,
    },
    "whatsapp": {
        8: 0.7, 9: 1.1, 10: 1.2, 11: 1.1, 12: 1.0, 13: 1.0, 14: 1.0, 15: 1.0, 16: 1.0, 17: 0.8,
        18: 0.6, 19: 0.8, 20: 0.8, 21: 0.5, 22: 0.2, 7: 0.3,
    },
    "web_form": {
        6: 0.15, 7: 0.4, 8: 0.8, 9: 1.1, 10: 1.2, 11: 1.1, 12: 1.0, 13: 1.0, 14: 1.0, 15: 1.0,
        16: 0.9, 17: 0.8, 18: 0.7, 19: 1.1, 20: 1.3, 21: 1.1, 22: 0.6, 23: 0.25, 0: 0.1, 1: 0.04,
    },
}  # fmt: skip
_EVENING = {17: 0.9, 18: 0.8, 19: 0.4}  # the counter is open on Thursday evening


def day_weight(channel: str, day: date) -> float:
    """Return how busy a channel is that day beside an average one (1.0); 0 when it is closed."""
    weight = _WEEKDAYS[channel][day.weekday()]
    if day in HOLIDAYS:
        return 0.0 if channel in _STAFFED else weight * 0.4
    if (day.month, day.day) in {(12, 24), (12, 31)}:
        weight *= 0.5
    if date(day.year, 7, 13) <= day <= date(day.year, 8, 25):
        weight *= 0.78
    if day.month == 12 and day.day > 24:
        weight *= 0.6
    return weight


@cache
def _days_of_month(channel: str, year: int, month: int) -> tuple[list[date], list[float]]:
    day = date(year, month, 1)
    days = []
    while day.month == month:
        days.append(day)
        day += timedelta(days=1)
    return days, list(accumulate(day_weight(channel, day) for day in days))


def draw_day(dice: Dice, channel: str, year: int, month: int) -> date:
    """Return a day of the month on which the channel is open, busier days more often."""
    days, cumulative = _days_of_month(channel, year, month)
    mark = dice.random() * cumulative[-1]
    return next(day for day, weight in zip(days, cumulative, strict=True) if mark < weight)


def open_days(channel: str, year: int, month: int) -> float:
    """Return the month's weight in average days: short and festive months bring less."""
    return _days_of_month(channel, year, month)[1][-1]


def draw_time(dice: Dice, channel: str, day: date) -> int:
    """Return a moment of that day within the channel's hours, as a UTC epoch in seconds."""
    hours = _HOURS[channel]
    if channel == "counter" and day.weekday() == 3:
        hours = hours | _EVENING
    hour = dice.weighted(hours)
    minute, second = dice.whole(0, 59), dice.whole(0, 59)
    if channel == "phone" and hour == 8:
        minute = 30 + minute // 2  # the lines open at half past eight
    if channel == "post":
        minute = second = 0  # the register knows days only
    return epoch(datetime.combine(day, time(hour, minute, second)))


def next_open(dice: Dice, channel: str, moment: int) -> int:
    """Return the moment itself where the channel is open then, else one soon after it opens."""
    at = local(moment)
    if is_open(channel, moment):
        return moment
    day = at.date()
    if day_weight(channel, day) and at.hour < min(_HOURS[channel]):
        return max(draw_time(dice, channel, day), moment)
    for _ in range(15):
        day += timedelta(days=1)
        if day_weight(channel, day):
            return draw_time(dice, channel, day)
    raise ValueError("no open day within two weeks")


def is_open(channel: str, moment: int) -> bool:
    """Return whether the channel takes contacts at that moment."""
    at = local(moment)
    if not day_weight(channel, at.date()):
        return False
    if channel == "phone" and (at.hour, at.minute) < (8, 30):
        return False
    evening = _EVENING if channel == "counter" and at.weekday() == 3 else {}
    return at.hour in _HOURS[channel] or at.hour in evening


def epoch(naive: datetime) -> int:
    """Return a local time as a UTC epoch in seconds; of a double hour the first is meant."""
    return int(naive.replace(tzinfo=AMSTERDAM).timestamp())


def local(moment: int) -> datetime:
    """Return a UTC epoch in seconds as local time with its offset."""
    return datetime.fromtimestamp(moment, tz=UTC).astimezone(AMSTERDAM)


def day_start(day: date) -> int:
    """Return local midnight of the day as a UTC epoch in seconds."""
    return epoch(datetime.combine(day, time()))


MONTHS = [(year, month) for year in (2024, 2025) for month in range(1, 13)]
FIRST_MOMENT = day_start(FIRST_DAY)
END_MOMENT = day_start(LAST_DAY + timedelta(days=1))
