"""The definitions of the metrics once more, plain and slow, to check the product against.

This reads nothing of the product and shares nothing with it: lists, loops and sets over what the
simulation let happen, in the form in which a faultless loader would see it. Definitions are those
of the metrics page; where it leaves a choice, the choice made here is written down beside it.
"""

from dataclasses import dataclass, field

from etl.sample.happening import Happening
from etl.sample.town import TERM_DAYS, TERM_DAYS_BY_SERVICE

WINDOW = 7 * 86_400
DIGITAL_FAILURE = 60 * 60
DAY = 86_400
DIGITAL = {"web_form", "email", "chat", "whatsapp"}
ASSISTED = {"phone", "counter"}
SELF_SERVICE = {"web_form"}
OFFICIAL = {"bsn", "kvk"}
MOST_NEIGHBOURS = 4
SYSTEM_NUMBERS = {"visitor"}
"""Kinds of identifier that mean something within one source only."""


@dataclass(eq=False)
class Seen:
    """A loaded contact or visit with everything the definitions say of it."""

    it: Happening
    customer: int | None = None
    is_candidate: bool = False
    is_knowable_backwards: bool = False
    is_knowable_forwards: bool = False
    predecessors: list["Seen"] = field(default_factory=list)
    has_follower: bool = False
    episode: "Episode | None" = None
    category: str = ""
    basis: str = ""
    is_value_known: bool = False

    @property
    def is_contact(self) -> bool:
        """Inbound, and no visit."""
        return self.it.channel != "web_visit" and not self.it.is_outbound

    @property
    def is_answered(self) -> bool:
        """A contact that was not abandoned."""
        return self.is_contact and self.it.outcome != "abandoned"

    @property
    def latest(self) -> "Seen | None":
        """The latest predecessor."""
        return self.predecessors[-1] if self.predecessors else None

    @property
    def is_repeat_same_channel(self) -> bool:
        """Whether a predecessor was on the same channel."""
        return any(before.it.channel == self.it.channel for before in self.predecessors)


@dataclass(eq=False)
class Episode:
    """A customer's contacts on one subject, each at most the window after the one before."""

    contacts: list[Seen] = field(default_factory=list)
    has_ended: bool = False


def observe(happenings: list[Happening], *, knows_people: bool = False) -> list[Seen]:
    """Return what the definitions say of every loaded contact and visit, in order of time.

    Args:
        happenings: what happened.
        knows_people: link by the true person instead of by identifiers, where there are any: what
            perfect linking would find.
    """
    seen = [Seen(it) for it in happenings if it.is_loaded]
    seen.sort(key=lambda s: (s.it.at, s.it.contact_id))
    _link_people(seen) if knows_people else _link(seen)
    first, last = seen[0].it.at, seen[-1].it.at
    for one in seen:
        one.is_knowable_backwards = one.it.at >= first + WINDOW
        one.is_knowable_forwards = one.it.at <= last - WINDOW
        one.is_candidate = one.is_answered and one.customer is not None and not one.it.is_planned
    matters: dict[tuple[int, str], list[Seen]] = {}
    for one in seen:
        if one.customer is not None and one.it.service:
            matters.setdefault((one.customer, one.it.service), []).append(one)
    for matter in matters.values():
        _repeats(matter)
        _episodes(matter)
    for one in seen:
        if one.is_contact and one.customer is not None and one.episode is None:
            one.episode = Episode([one])  # a contact without subject belongs with no other
        _value(
            one, matters.get((one.customer, one.it.service), []) if one.customer is not None else []
        )
        if one.episode:
            one.episode.has_ended = one.episode.contacts[-1].is_knowable_forwards
    return seen


def _link_people(seen: list[Seen]) -> None:
    for one in seen:
        one.customer = one.it.person if one.it.known else None


def _link(seen: list[Seen]) -> None:
    """Number the customers: whoever shares an identifier, directly or through others, is one."""
    leader: dict[tuple[str, str, str], tuple[str, str, str]] = {}

    def find(node: tuple[str, str, str]) -> tuple[str, str, str]:
        while leader.setdefault(node, node) != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    def nodes(it: Happening) -> list[tuple[str, str, str]]:
        return [
            (kind, it.source if kind in SYSTEM_NUMBERS else "", value)
            for kind, value in it.known.items()
        ]

    aside = _met_with_many([nodes(one.it) for one in seen])
    for one in seen:
        own = [node for node in nodes(one.it) if node not in aside]
        for node in own:
            leader[find(node)] = find(own[0])
    numbers: dict[tuple[str, str, str], int] = {}
    for one in seen:
        own = [node for node in nodes(one.it) if node not in aside]
        if own:
            one.customer = numbers.setdefault(find(own[0]), len(numbers))


def _met_with_many(contacts: list[list[tuple[str, str, str]]]) -> set[tuple[str, str, str]]:
    """Return the identifiers that join implausibly many: a switchboard, a shared mailbox."""
    met: dict[tuple[tuple[str, str, str], str], set[tuple[str, str, str]]] = {}
    for own in contacts:
        for node in own:
            for other in own:
                if other != node and node[0] not in OFFICIAL:
                    met.setdefault((node, other[0]), set()).add(other)
    return {node for (node, _), others in met.items() if len(others) > MOST_NEIGHBOURS}


def _repeats(matter: list[Seen]) -> None:
    """Find each candidate's predecessors within the window, and who has followers."""
    answered = [one for one in matter if one.is_answered]
    for index, one in enumerate(answered):
        if not one.is_candidate:
            continue
        for before in answered[:index]:
            if one.it.at - before.it.at <= WINDOW:
                one.predecessors.append(before)
                before.has_follower = True


def _episodes(matter: list[Seen]) -> None:
    """Cut the contacts, abandoned ones too, into chains at gaps longer than the window."""
    current: Episode | None = None
    for one in matter:
        if not one.is_contact:
            continue
        if current is None or one.it.at - current.contacts[-1].it.at > WINDOW:
            current = Episode()
        current.contacts.append(one)
        one.episode = current


def _value(one: Seen, matter: list[Seen]) -> None:
    """Decide whether a contact was avoidable: a code goes before a rule."""
    if not one.is_contact:
        return
    if one.it.value and one.it.value != "unknown":
        one.is_value_known = True
        if one.it.value != "valuable":
            one.category, one.basis = one.it.value, "code"
        return
    category = _rule(one, matter) if one.is_candidate else ""
    if category:
        one.category, one.basis, one.is_value_known = category, "rule", True


def _rule(one: Seen, matter: list[Seen]) -> str:
    """The first rule that applies, in order of precedence; rules speak of candidates only."""
    before = [other for other in matter if _is_before(other, one)]
    latest = one.latest
    if any(_is_broken_promise(other.it, one.it.at) for other in before if other.is_contact):
        return "broken_promise"
    if latest and latest.it.outcome == "forwarded":
        return "wrong_place"
    if latest and latest.it.outcome == "resolved" and latest.it.channel not in SELF_SERVICE:
        return "premature_closure"
    if one.it.channel in {"phone", "counter", "chat", "email"} and any(
        one.it.at - other.it.at <= DIGITAL_FAILURE and _is_failing_online(other.it)
        for other in before
    ):
        return "digital_failure"
    if any(_is_still_open(other.it, one.it.at) for other in before if other.is_answered):
        return "progress_chasing"
    return ""


def _is_before(other: Seen, one: Seen) -> bool:
    return (other.it.at, other.it.contact_id) < (one.it.at, one.it.contact_id)


def _is_broken_promise(earlier: Happening, now: int) -> bool:
    """Promised, the time is past, and it was not done by then. However long ago: no window."""
    if earlier.due is None or earlier.due >= now:
        return False
    return earlier.done is None or earlier.done > earlier.due


def _is_failing_online(earlier: Happening) -> bool:
    return earlier.channel == "web_visit" or (
        earlier.channel == "web_form" and earlier.outcome == "abandoned"
    )


def _is_still_open(earlier: Happening, now: int) -> bool:
    """A case within the service's term, or a call back that is not yet due."""
    term = TERM_DAYS_BY_SERVICE.get(earlier.service, TERM_DAYS) * DAY
    if now - earlier.at > term:
        return False
    if earlier.outcome == "callback":
        return earlier.due is None or now <= earlier.due
    return earlier.outcome == "case_opened"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which that share lies, between neighbours in a straight line."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
