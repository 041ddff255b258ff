"""The definitions of the metrics once more, plain and slow, to check the product against.

This reads nothing of the product and shares nothing with it: lists, loops and sets over what the
simulation let happen, in the form in which a faultless loader would see it. Definitions are those
of the metrics page; where it leaves a choice, the choice made here is written down beside it.
"""

from dataclasses import dataclass, field

from etl.sample.happening import Happening
from etl.sample.town import TERM_DAYS, TERM_DAYS_BY_SERVICE
from etl.sample.truth_talks import conversations

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
    """A loaded contact or visit with everything the definitions say of it.

    `talk` holds the rows of its conversation, the head first: the head alone is a contact, and what
    the conversation's questions repeat, it repeats.
    """

    it: Happening
    talk: list["Seen"] = field(default_factory=list)
    is_question: bool = True
    customer: int | None = None
    is_knowable_backwards: bool = False
    is_knowable_forwards: bool = False
    asked_before: list["Seen"] = field(default_factory=list)
    asked_again: bool = False
    episode: "Episode | None" = None
    category: str = ""
    basis: str = ""
    is_value_known: bool = False

    @property
    def is_inbound(self) -> bool:
        """The customer began, and it is no visit."""
        return self.it.channel != "web_visit" and not self.it.is_outbound

    @property
    def is_contact(self) -> bool:
        """Inbound, no visit, and the row that counts of its conversation."""
        return self.is_inbound and self.talk[0] is self

    @property
    def was_answered(self) -> bool:
        """Inbound and not abandoned, whether it counts or not."""
        return self.is_inbound and self.it.outcome != "abandoned"

    @property
    def is_answered(self) -> bool:
        """A contact that was not abandoned."""
        return self.was_answered and self.talk[0] is self

    @property
    def may_repeat(self) -> bool:
        """Answered, of a known customer, not planned, whether it counts or not."""
        return self.was_answered and self.customer is not None and not self.it.is_planned

    @property
    def is_candidate(self) -> bool:
        """A contact that may be a repeat."""
        return self.may_repeat and self.talk[0] is self

    @property
    def predecessors(self) -> list["Seen"]:
        """Of a candidate: what came before any question of its conversation, the latest last."""
        found = [before for one in self.talk for before in one.asked_before]
        return sorted(found, key=lambda one: one.it.at) if self.is_candidate else []

    @property
    def latest(self) -> "Seen | None":
        """The latest predecessor; of two at one moment the first by name of channel and outcome."""
        return min(
            self.predecessors,
            key=lambda one: (-one.it.at, one.it.channel, one.it.outcome),
            default=None,
        )

    @property
    def has_follower(self) -> bool:
        """Whether a question of its conversation was asked again."""
        return self.is_candidate and any(one.asked_again for one in self.talk)

    @property
    def is_repeat_same_channel(self) -> bool:
        """Whether a predecessor was on the same channel."""
        return self.is_candidate and any(
            before.it.channel == one.it.channel for one in self.talk for before in one.asked_before
        )


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
    seen = []
    for rows in conversations(happenings):
        talk = [Seen(it) for it in rows]
        for place, one in enumerate(talk):
            one.talk = talk
            one.is_question = all(one.it.service != other.it.service for other in talk[:place])
        seen += talk
    seen.sort(key=lambda s: (s.it.at, s.it.contact_id))
    _link_people(seen) if knows_people else _link(seen)
    first, last = seen[0].it.at, seen[-1].it.at
    for one in seen:
        one.is_knowable_backwards = one.it.at >= first + WINDOW
        one.is_knowable_forwards = one.it.at <= last - WINDOW
    matters: dict[tuple[int, str], list[Seen]] = {}
    for one in seen:
        if one.customer is not None and one.it.service and one.is_question:
            matters.setdefault((one.customer, one.it.service), []).append(one)
    for matter in matters.values():
        _repeats(matter)
        _episodes(matter)
    before = {
        id(one): matter[:place] for matter in matters.values() for place, one in enumerate(matter)
    }
    for one in seen:
        asks = one.is_inbound and one.is_question and one.customer is not None
        if asks and one.episode is None:
            one.episode = Episode([one])  # a contact without subject belongs with no other
        _value(one, [other for row in one.talk for other in before.get(id(row), [])])
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
    answered = [one for one in matter if one.was_answered]
    for index, one in enumerate(answered):
        if not one.may_repeat:
            continue
        for before in answered[:index]:
            if one.it.at - before.it.at <= WINDOW:
                one.asked_before.append(before)
                before.asked_again = before.may_repeat


def _episodes(matter: list[Seen]) -> None:
    """Cut the contacts, abandoned ones too, into chains at gaps longer than the window."""
    current: Episode | None = None
    for one in matter:
        if not one.is_inbound:
            continue
        if current is None or one.it.at - current.contacts[-1].it.at > WINDOW:
            current = Episode()
        current.contacts.append(one)
        one.episode = current


def _value(one: Seen, before: list[Seen]) -> None:
    """Decide whether a contact was avoidable: a code goes before a rule.

    `before` is what came before any question of its conversation on the same matter.
    """
    if not one.is_contact:
        return
    if one.it.value and one.it.value != "unknown":
        one.is_value_known = True
        if one.it.value != "valuable":
            one.category, one.basis = one.it.value, "code"
        return
    category = _rule(one, before) if one.is_candidate else ""
    if category:
        one.category, one.basis, one.is_value_known = category, "rule", True


def _rule(one: Seen, before: list[Seen]) -> str:
    """The first rule that applies, in order of precedence; rules speak of candidates only."""
    latest = one.latest
    if any(_is_broken_promise(other.it, one.it.at) for other in before if other.is_inbound):
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
    if any(_is_still_open(other.it, one.it.at) for other in before if other.was_answered):
        return "progress_chasing"
    return ""


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
