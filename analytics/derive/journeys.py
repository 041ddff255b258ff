"""Journeys: the path of an episode over channels, its steps, and who leaves the digital road.

A path is written as the keys of its channels in order, `web_form>phone`. One that is longer than
MOST_STEPS is cut there and ends on MORE, so that the number of different paths stays bounded.
Everything here hangs on single contacts: so a refresh that puts a customer's contacts in the place
of what they were is all that a change asks for.
"""

from functools import reduce

import ibis
from ibis.expr.types import (
    BooleanValue,
    IntegerColumn,
    IntegerValue,
    StringValue,
    Table,
    TimestampValue,
)

from analytics.derive.interactions import digital_channels, window
from analytics.derive.moments import seconds
from warehouse.contact import BUILT_IN_CHANNELS, UNKNOWN
from warehouse.settings import Settings

MOST_STEPS = 5
"""Steps of a path that are told apart: what is longer is rare, and no two of it are alike."""

ARROW = ">"
MORE = "..."

ASSISTED = tuple(key for key, channel in BUILT_IN_CHANNELS.items() if channel.is_assisted)
"""Channels on which a person helps at once: where a customer who drops off ends up."""

OF_JOURNEYS = ("next_channel", "next_seconds", "digital_end")
"""What a sequence tells of steps, besides what it tells of episodes."""

_WENT_ON, _STAYED, _DROPPED_OFF = 0, 1, 2


def steps_of(seen: Table, settings: Settings) -> dict[str, ibis.expr.types.Value]:
    """Return what follows each row of a matter: the columns OF_JOURNEYS.

    Args:
        seen: rows of matters with next_contact_at, next_contact_channel (the next inbound contact)
            and next_row_at, next_row_channel (visits too).
        settings: with the repeat window and the channels.
    """
    has_next = seen.is_inbound & _is_near(seen.started_at, seen.next_contact_at, settings)
    gap = seconds(seen.next_contact_at) - seconds(seen.started_at)
    digital = digital_channels(settings)
    is_followed = _is_near(seen.started_at, seen.next_row_at, settings)
    return {
        "next_channel": ibis.ifelse(has_next, seen.next_contact_channel, ibis.null("string")),
        "next_seconds": ibis.ifelse(has_next, gap.cast("float64"), ibis.null("float64")),
        "digital_end": ibis.cases(
            (~seen.channel.isin(digital), _WENT_ON),
            (is_followed & seen.next_row_channel.isin(digital), _WENT_ON),
            (is_followed & seen.next_row_channel.isin(ASSISTED), _DROPPED_OFF),
            else_=_STAYED,
        ).cast("int8"),
    }


def _is_near(at: TimestampValue, later: TimestampValue, settings: Settings) -> BooleanValue:
    return (later - window(settings) <= at).fill_null(False)


def is_resolved(rows: Table) -> BooleanValue:
    """Tell whether a contact ended with a resolution; null where it is unknown how it ended."""
    return rows.outcome.nullif(UNKNOWN) == "resolved"


def path_of(start: Table, further: list[StringValue], count: IntegerValue) -> StringValue:
    """Return the path of an episode, on its first contact.

    Args:
        start: with the channel of the first contact.
        further: channels of the second contact and so on, up to MOST_STEPS.
        count: contacts in the episode.
    """
    parts = [
        ibis.ifelse(count > place, ARROW + channel, "")
        for place, channel in enumerate(further, start=1)
    ]
    cut = ibis.ifelse(count > MOST_STEPS, ARROW + MORE, "")
    return reduce(lambda path, part: path + part, [*parts, cut], start.channel)


def is_dropped_off(joined: Table, known: BooleanValue, settings: Settings) -> BooleanValue:
    """Tell of the end of a digital try whether an assisted contact followed; null elsewhere.

    A try is a row of digital contacts and visits of one customer on one subject, each within the
    window of the one before. Who stands in no sequence did nothing more on the subject.

    Args:
        joined: the interactions beside their sequence.
        known: whether the customer is.
        settings: with the channels.
    """
    alone = (
        joined.digital_end.isnull()
        & joined.is_question
        & known
        & joined.subject.notnull()
        & (joined.is_inbound | joined.is_visit)
        & joined.channel.isin(digital_channels(settings))
    )
    return ibis.cases(
        (joined.digital_end == _DROPPED_OFF, True),
        ((joined.digital_end == _STAYED) | alone, False),
        else_=ibis.null("boolean"),
    )


MOVING = ("onward", "back")
"""Kinds that go to another channel; told as one where one of the two is too few."""


def steps_in(path: str) -> list[str]:
    """Return the channels that a path names, in order."""
    return [step for step in path.split(ARROW) if step != MORE]


def kind_of(path: str) -> str:
    """Return how a path goes: single, same, onward or back.

    That is one contact; again on the same channel; on to others; back to one that it had left. Told
    from the steps that a path names.
    """
    steps = steps_in(path)
    if len(steps) == 1:
        return "single"
    if len(set(steps)) == 1:
        return "same"
    visited = [step for step, before in zip(steps, [None, *steps], strict=False) if step != before]
    return "back" if len(set(visited)) < len(visited) else "onward"


def sides_of(path: str) -> tuple[str, str, bool]:
    """Return what a path counts together with others in: first channel, kind, onward or back."""
    kind = kind_of(path)
    return steps_in(path)[0], kind, kind in MOVING


BINS_PER_DOUBLING = 8
"""A time is known to within a twelfth: eight bins between it and twice as long."""

SHORTEST = 60.0
"""Seconds: shorter times are not told apart."""


def time_bin(length: ibis.expr.types.NumericValue) -> IntegerColumn:
    """Return the number of the bin that a length of time (seconds) lies in; 0: below a minute."""
    doublings = (length / SHORTEST).log2()
    is_long = length >= SHORTEST
    number = (ibis.ifelse(is_long, doublings, 0.0) * BINS_PER_DOUBLING).floor().cast("int64") + 1
    return ibis.ifelse(is_long, number, 0)


def bounds(number: int) -> tuple[float, float]:
    """Return from and until how many seconds a bin reaches."""
    if number <= 0:
        return 0.0, SHORTEST
    low, high = (SHORTEST * 2 ** (edge / BINS_PER_DOUBLING) for edge in (number - 1, number))
    return low, high
