"""What is explained, of which contacts, and from what: nothing that came after it may explain.

Two questions are asked. *Follow-up*: after which contacts does a customer come back within the
repeat window? All that was known when the contact ended may speak, how it ended too. *Avoidable*:
which contacts need not have been? The rules that say so look at what came before, so that this
cannot explain it, nor what came of the contact.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ibis.expr.types import BooleanValue, Table

SUBJECT = "subject"
"""Feature of service, topic and department together: the one tells much of the other."""

FEATURES: dict[str, tuple[str, ...]] = {
    SUBJECT: ("service", "topic", "department"),
    "channel": ("channel",),
    "customer_type": ("customer_type",),
    "area": ("area",),
    "moment": ("weekday", "hour"),
    "wait": ("wait_seconds",),
    "outcome": ("outcome",),
    "history": ("earlier_count", "predecessor_channel", "predecessor_outcome"),
    "term": ("is_term_passed",),
}
"""What may explain, by key: columns of the sample that belong together."""

_KNOWN_BEFORE = (SUBJECT, "channel", "customer_type", "area", "moment", "wait")


@dataclass(frozen=True)
class Target:
    """A question.

    Args:
        key: its name.
        rows: which contacts it is about.
        event: which of these have it.
        features: what may explain it (FEATURES).
        groups: what is held against the average, one set of columns each.
        within: within what that average is taken.
        cost_of: whose cost an event has: `follower` (the contact that came after) or `own`.
    """

    key: str
    rows: Callable[[Table], BooleanValue]
    event: Callable[[Table], BooleanValue]
    features: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    within: tuple[str, ...]
    cost_of: str


_GROUPS = (
    ("service",),
    ("service", "channel"),
    ("service", "topic"),
    ("department",),
    ("customer_type",),
    ("area",),
    ("weekday",),
    ("part_of_day",),
    ("wait_band",),
)

TARGETS: dict[str, Target] = {
    target.key: target
    for target in (
        Target(
            "follow_up",
            lambda c: c.is_candidate & c.is_knowable_forwards & c.subject.notnull(),
            lambda c: c.has_follower,
            (*_KNOWN_BEFORE, "outcome", "history", "term"),
            (("channel",), *_GROUPS, ("outcome",), ("channel", "outcome"), ("is_repeat",)),
            (),
            "follower",
        ),
        Target(
            "avoidable",
            # of these alone can rules say it; a channel without reason codes knows fewer, so that
            # a contact is only held against others of its channel
            lambda c: c.is_candidate & c.is_knowable_backwards,
            lambda c: c.avoidable_category.notnull(),
            _KNOWN_BEFORE,
            _GROUPS,
            ("channel",),
            "own",
        ),
    )
}
"""The questions, by key."""
