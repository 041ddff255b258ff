"""Conversations: one contact for all rows that it left behind, in one system or in two.

What was bound within a source, and what was matched between the telephone exchange and the desk,
becomes one conversation with a head: the row that counts. The head of a matched pair is the call,
with what the desk knows better (docs/metrics.md, "Populations"). Nothing is lost: the other rows
stay, and the questions among them take part in finding repeats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from analytics.derive.bench import Bench
from analytics.derive.binding import bound
from analytics.derive.customers import first_pseudonym
from analytics.derive.interactions import subject
from analytics.derive.matching import CHANNEL, matched, units
from warehouse.contact import MATCHES, UNKNOWN
from warehouse.settings import Settings

TELEPHONY, REGISTRATION = "telephony", "registration"

_OF_DESK = ("service", "topic", "department", "reason", "outcome")
"""What the desk knows better, where it knows it at all."""
_OF_EXCHANGE = (
    "ended_at",
    "wait_seconds",
    "handle_seconds",
    "callback_due_at",
    "callback_done_at",
    "satisfaction",
    "planned",
    "customer_type",
    "area",
)
"""What the exchange says, or else the desk."""
_MAY_BE_UNKNOWN = ("outcome", "customer_type")

MATCHED, CALL_ONLY, REGISTRATION_ONLY = MATCHES


@dataclass(frozen=True)
class Roles:
    """Which sources see the same contacts, and which tell the agent.

    Attributes:
        telephony: names of the telephone exchanges.
        registration: names of the desks' registrations.
        binding: names of the sources whose rows are bound by time.
    """

    telephony: tuple[str, ...] = ()
    registration: tuple[str, ...] = ()
    binding: tuple[str, ...] = ()

    @property
    def are_two_systems(self) -> bool:
        """Whether calls and registrations can be matched at all."""
        return bool(self.telephony and self.registration)


def roles_of(loaded: Table, roles: Mapping[str, str]) -> Roles:
    """Return which of the sources that occur play which part.

    Args:
        loaded: `loaded_contact`.
        roles: role of each source; one that is not named is of role contact.
    """
    occurring = loaded.group_by("source").agg(has_agent=loaded.agent_key.notnull().any())
    found = {row["source"]: row["has_agent"] for row in occurring.to_pyarrow().to_pylist()}
    by_role: dict[str, list[str]] = {}
    for source in sorted(found):
        by_role.setdefault(roles.get(source, "contact"), []).append(source)
    return Roles(
        telephony=tuple(by_role.get(TELEPHONY, ())),
        registration=tuple(by_role.get(REGISTRATION, ())),
        binding=tuple(
            source
            for source in sorted(found)
            if found[source] and roles.get(source, "contact") != TELEPHONY
        ),
    )


def alone(loaded: Table) -> Table:
    """Return the rows where each is a conversation of its own: as `conversations` does."""
    return loaded.mutate(
        head_key=loaded.contact_key,
        is_head=ibis.literal(True),
        is_question=ibis.literal(True),
        is_pair=ibis.literal(False),
        match=ibis.null("string"),
    )


def conversations(
    loaded: Table, kinds: Sequence[str], roles: Roles, settings: Settings, bench: Bench
) -> Table:
    """Find the conversations, and merge what two systems tell of one.

    Args:
        loaded: `loaded_contact`.
        kinds: kinds of identifier that occur.
        roles: which source plays which part.
        settings: with `conversation`.
        bench: keeps what lies between; `talks` is read by what is returned.

    Returns:
        The rows, with the heads of pairs merged, and head_key (contact_key of the head), is_head,
        is_question (first row of the conversation on its subject), is_pair (the conversation is a
        call with its registration) and match.
    """
    several = bench.keep("several", bound(loaded, kinds, roles.binding, settings, bench))
    if not (roles.are_two_systems and settings.conversation.match_minutes):
        placed = bench.keep("placed", _placed(_bound_talks(loaded, several)))
        talks = bench.keep("talks", _questions(placed, settings))
        return _applied(loaded, talks, ())
    unit = bench.keep("match_units", units(_sides(loaded, several, roles)))
    pairs = bench.keep("match_settled", matched(unit, settings, bench))
    placed = bench.keep("placed", _placed(_matched_talks(loaded, several, unit, pairs, roles)))
    talks = bench.keep("talks", _questions(_merged(placed, kinds), settings))
    fields = (*_OF_DESK, *_OF_EXCHANGE, "initiative", *(f"{kind}_key" for kind in kinds))
    return _applied(loaded, talks, fields)


def _bound_talks(loaded: Table, several: Table) -> Table:
    """Return the rows that are bound within their source, with `talk`, their conversation."""
    return loaded.join(several, "contact_key").mutate(
        talk=ibis._.unit,
        is_call=ibis.literal(False),
        is_pair=ibis.literal(False),
        match=ibis.null("string"),
    )


def _sides(loaded: Table, several: Table, roles: Roles) -> Table:
    """Return the rows that matching looks at, with their unit and on which side they are."""
    rows = loaded.filter(_is_seen_twice(loaded, roles))
    joined = rows.left_join(several, "contact_key").drop("contact_key_right")
    return joined.mutate(
        unit=joined.unit.fill_null(joined.contact_key),
        is_call=joined.source.isin(roles.telephony),
    )


def _is_seen_twice(rows: Table, roles: Roles) -> BooleanValue:
    systems = (*roles.telephony, *roles.registration)
    return rows.source.isin(systems) & (rows.channel == CHANNEL)


def _matched_talks(loaded: Table, several: Table, unit: Table, pairs: Table, roles: Roles) -> Table:
    """Return the rows that are bound or that matching looked at, with `talk`, their conversation.

    Also is_call, is_pair (the conversation is a matched pair) and match (on the first row of a
    unit: what became of it).
    """
    partners = pairs.select(unit="call", talk="call").union(pairs.select(unit="desk", talk="call"))
    rows = loaded.left_join(several, "contact_key").drop("contact_key_right")
    rows = rows.filter(rows.unit.notnull() | _is_seen_twice(rows, roles))
    rows = rows.mutate(unit=rows.unit.fill_null(rows.contact_key))
    rows = rows.left_join(partners, "unit").drop("unit_right")
    rows = rows.left_join(_fates(unit, partners), "contact_key").drop("contact_key_right")
    return rows.mutate(
        is_call=rows.source.isin(roles.telephony),
        is_pair=rows.talk.notnull(),
        talk=rows.talk.fill_null(rows.unit),
    )


def _fates(unit: Table, partners: Table) -> Table:
    """Return what became of each unit, on its first row: contact_key, match."""
    joined = unit.left_join(partners, "unit")
    fate = ibis.cases(
        (joined.talk.notnull(), MATCHED),
        (joined.is_call & joined.is_abandoned, ibis.null("string")),
        (joined.is_call, CALL_ONLY),
        else_=REGISTRATION_ONLY,
    )
    return joined.select(contact_key="first_key", match=fate)


def _placed(talk: Table) -> Table:
    """Add place (within the conversation, the head at 0), side_place (on its side) and head_key."""
    order = [ibis.ifelse(talk.is_call, 0, 1), talk.started_at, talk.contact_id]
    whole = ibis.window(group_by=talk.talk, order_by=order)
    side = ibis.window(group_by=[talk.talk, talk.is_call], order_by=order)
    return talk.mutate(
        place=ibis.row_number().over(whole),
        side_place=ibis.row_number().over(side),
        head_key=talk.contact_key.first().over(whole),
    )


def _merged(placed: Table, kinds: Sequence[str]) -> Table:
    """Give the call and its first registration what both know, and all rows every identifier."""
    pair = placed.filter(placed.is_pair)
    first = pair.side_place == 0

    def told(name: str, *, by_call: bool) -> Value:
        known = pair[name].nullif(UNKNOWN) if name in _MAY_BE_UNKNOWN else pair[name]
        return known.argmin(pair.place, where=first & (pair.is_call == by_call))

    both = {name: (told(name, by_call=False), told(name, by_call=True)) for name in _OF_DESK} | {
        name: (told(name, by_call=True), told(name, by_call=False)) for name in _OF_EXCHANGE
    }
    values = pair.group_by("talk").agg(
        initiative=told("initiative", by_call=True),
        **{name: ibis.coalesce(*parts) for name, parts in both.items()},
        **{
            f"{kind}_key": pair[f"{kind}_key"].argmin(
                pair.place, where=pair[f"{kind}_key"].notnull()
            )
            for kind in kinds
        },
    )
    values = values.rename({f"pair_{name}": name for name in values.columns if name != "talk"})
    rows = placed.left_join(values, "talk")
    is_head = rows.is_pair & (rows.place == 0)
    is_first = rows.is_pair & (rows.side_place == 0)
    return rows.mutate(
        initiative=rows.pair_initiative.fill_null(rows.initiative),
        **{name: ibis.ifelse(is_first, rows[f"pair_{name}"], rows[name]) for name in _OF_DESK},
        **{name: ibis.ifelse(is_head, rows[f"pair_{name}"], rows[name]) for name in _OF_EXCHANGE},
        **{
            f"{kind}_key": ibis.coalesce(rows[f"{kind}_key"], rows[f"pair_{kind}_key"])
            for kind in kinds
        },
    )


def _questions(rows: Table, settings: Settings) -> Table:
    """Add is_head and is_question: the first row of the conversation on its subject."""
    rows = rows.mutate(asked=subject(rows, settings))
    question = ibis.window(group_by=[rows.talk, rows.asked], order_by=rows.place)
    return rows.mutate(is_head=rows.place == 0, is_question=ibis.row_number().over(question) == 0)


def _applied(loaded: Table, talks: Table, fields: Sequence[str]) -> Table:
    """Return all rows, with what is known of their conversation."""
    names = ("head_key", "is_head", "is_question", "is_pair", "match", *fields)
    known = talks.select("contact_key", **{f"talk_{name}": talks[name] for name in names})
    rows = loaded.left_join(known, "contact_key").drop("contact_key_right")
    is_pair = rows.talk_is_pair.fill_null(False)
    return rows.select(
        *(name for name in loaded.columns if name not in fields),
        head_key=rows.talk_head_key.fill_null(rows.contact_key),
        is_head=rows.talk_is_head.fill_null(True),
        is_question=rows.talk_is_question.fill_null(True),
        is_pair=is_pair,
        match=rows.talk_match,
        **{name: ibis.ifelse(is_pair, rows[f"talk_{name}"], rows[name]) for name in fields},
    )


def bridges(rows: Table, kinds: Sequence[str]) -> Table:
    """Return the pseudonyms that only a pair joins, though no row holds both, both ways.

    Args:
        rows: the rows once conversations are found.
        kinds: kinds of identifier that occur.

    Returns:
        Columns: pseudonym, neighbour.
    """
    paired = rows.filter(rows.is_pair)
    named = paired.select("head_key", pseudonym=first_pseudonym(paired, kinds))
    shared = named.group_by("head_key").agg(neighbour=named.pseudonym.min())
    pairs = named.join(shared, "head_key").select("pseudonym", "neighbour")
    there = pairs.filter(pairs.pseudonym != pairs.neighbour).distinct()
    return there.union(there.select(pseudonym="neighbour", neighbour="pseudonym"))
