"""Settings of service: when each channel is open, and within which term it answers."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from warehouse.source_settings import SettingsModel

DEFAULT = "default"
"""Stands for every channel that is not named."""

ALWAYS = "24/7"
"""Opening hours of what is never closed."""

_USUAL_HOURS = {DEFAULT: "Mo-Fr 08:30-17:00", "post": ALWAYS}
"""A post register tells days without hours: nothing in it was ever too late in the day."""

_USUAL_TERMS = {"email": 2, "web_form": 2, "social": 1, "post": 10}
_DAYS = {
    name: number
    for names in ("mo tu we th fr sa su", "ma di wo do vr za zo")
    for number, name in enumerate(names.split())
}
_PART = re.compile(
    r"(?P<first>[a-z]{2})(?:\s*-\s*(?P<last>[a-z]{2}))?\s+"
    r"(?P<opens>\d{1,2}:\d{2})\s*-\s*(?P<closes>\d{1,2}:\d{2})"
)
_MINUTES_OF_DAY = 24 * 60


class Hours(NamedTuple):
    """Days of the week (Monday is 0), and from and until which minute of the day they are open."""

    days: tuple[int, ...]
    opens: int
    closes: int


def parse_hours(text: str) -> tuple[Hours, ...] | None:
    """Return opening hours written as `Mo-Fr 08:30-17:00; Th 17:00-20:00`; None = never closed.

    Raises:
        ValueError: it is written in another way.
    """
    if text.strip() == ALWAYS:
        return None
    return tuple(_part(part) for part in text.split(";"))


def _part(text: str) -> Hours:
    found = _PART.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} are no opening hours; write them as Mo-Fr 08:30-17:00")
    first, last = found["first"], found["last"] or found["first"]
    if first not in _DAYS or last not in _DAYS or _DAYS[first] > _DAYS[last]:
        raise ValueError(f"{text!r}: days are Mo Tu We Th Fr Sa Su, the first one first")
    opens, closes = _minute(found["opens"]), _minute(found["closes"])
    if not opens < closes <= _MINUTES_OF_DAY:
        raise ValueError(f"{text!r}: it opens before it closes, both from 00:00 to 24:00")
    return Hours(tuple(range(_DAYS[first], _DAYS[last] + 1)), opens, closes)


def _minute(clock: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    if minute >= 60:
        raise ValueError(f"{clock!r} is no time of the day")
    return hour * 60 + minute


def _checked(text: str) -> str:
    parse_hours(text)
    return text


class OpeningSettings(SettingsModel):
    """When a channel is open; on Dutch public holidays nothing is, unless it never closes."""

    hours: dict[str, Annotated[str, AfterValidator(_checked)]] = Field(
        {},
        description='By channel, such as "Mo-Fr 08:30-17:00; Th 17:00-20:00", or "24/7"; `default` '
        "for channels that are not named (Mo-Fr 08:30-17:00; post: 24/7).",
    )
    closed_on: tuple[date, ...] = Field(
        (), description="Further days on which everything is closed, and no working days."
    )

    def of(self, channel: str) -> str:
        """Return a channel's opening hours as text; DEFAULT for those that are not named."""
        hours = _USUAL_HOURS | self.hours
        return hours.get(channel, hours[DEFAULT])

    @property
    def channels(self) -> frozenset[str]:
        """The channels with hours of their own."""
        return frozenset(_USUAL_HOURS | self.hours) - {DEFAULT}


class AnswerSettings(SettingsModel):
    """Within which term a written message is answered."""

    working_days: dict[str, Annotated[int, Field(ge=1, le=60)]] = Field(
        _USUAL_TERMS,
        description="Working days by channel (Monday to Friday, no Dutch public holiday), after "
        "the day on which it came; a channel that is not named has no term.",
    )


def check_channels(opening: OpeningSettings, answer: AnswerSettings, known: Iterable[str]) -> None:
    """Refuse opening hours or a term of a channel that there is not.

    Raises:
        ValueError: a name is no channel.
    """
    named = {"opening.hours": opening.channels, "answer.working_days": set(answer.working_days)}
    for place, channels in named.items():
        unknown = sorted(set(channels) - set(known))
        if unknown:
            raise ValueError(
                f"[{place}] names no channel {', '.join(unknown)}; "
                f"known: {', '.join(sorted(known))}"
            )
