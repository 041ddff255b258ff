"""Made-up contacts for the property tests: few customers, coarse times, so that much coincides."""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from hypothesis import strategies as st

from warehouse.contact import IDENTIFIER_KINDS, LOADED_FIELDS
from warehouse.settings import AVOIDABLE_CATEGORIES, Settings, parse_settings

START = datetime(2025, 3, 1)  # noqa: DTZ001  # UTC, as the warehouse keeps it
CHANNELS = ("phone", "counter", "web_form", "email", "chat", "web_visit", "chatbot", "post")
OUTCOMES = ("resolved", "forwarded", "callback", "case_opened", "abandoned", "unknown")

# whole days and odd seconds: gaps of exactly W, just less and just more all come up
_moments = st.builds(
    lambda days, seconds: START + timedelta(days=days, seconds=seconds),
    st.integers(0, 40),
    st.sampled_from([0, 0, 0, 1, 1800, 3600, 3601]),
)


# calls and registrations of two days and their midnight, seconds and minutes apart
_busy_moments = st.builds(
    lambda hours, seconds: START + timedelta(hours=hours, seconds=seconds),
    st.sampled_from([8, 8, 8, 22, 23]),
    st.sampled_from([-600, -60, -1, 0, 0, 1, 30, 59, 60, 61, 120, 300, 599, 600, 601, 900]),
)
_SYSTEMS = {"tel": "telephony", "desk": "registration", "shop": "contact"}


def _identifier(kind: str, number: int | None) -> str | None:
    return None if number is None else str(uuid5(NAMESPACE_URL, f"{kind}:{number}"))


def pseudonyms(kind: str, count: int) -> list[str]:
    """Return that many pseudonyms of a kind."""
    return [str(uuid5(NAMESPACE_URL, f"{kind}:{number}")) for number in range(count)]


@st.composite
def contacts(draw: st.DrawFn, *, with_conversations: bool = False) -> dict[str, Any]:
    """Draw one row of `loaded_contact`, without contact_id."""
    row: dict[str, Any] = dict.fromkeys(field.name for field in LOADED_FIELDS)
    known = draw(
        st.sampled_from(
            [(), ("bsn",), ("phone",), ("bsn", "phone"), ("bsn", "email"), ("email", "phone")]
        )
    )
    for kind in IDENTIFIER_KINDS:
        number = draw(st.integers(0, 2)) if kind in known else None
        row[f"{kind}_key"] = _identifier(kind, number)
    started_at = draw(_moments)
    row.update(
        source=draw(st.sampled_from(["a", "b"])),
        channel=draw(st.sampled_from(CHANNELS)),
        started_at=started_at,
        started_local=started_at + timedelta(hours=1),
        initiative=draw(st.sampled_from(["inbound", "inbound", "inbound", "outbound"])),
        customer_type=draw(st.sampled_from(["citizen", "business", "unknown"])),
        service=draw(st.sampled_from(["paspoort", "paspoort", "afval", None])),
        topic=draw(st.sampled_from(["aanvraag", "status", None])),
        reason=draw(st.sampled_from(["R1", "R2", "R3", "R9", None])),
        outcome=draw(st.sampled_from(OUTCOMES)),
        planned=draw(st.sampled_from([None, False, False, True])),
        wait_seconds=draw(st.sampled_from([None, 0.0, 5.0, 6.0, 30.0, 31.0, 400.5])),
        handle_seconds=draw(st.sampled_from([None, 60.0, 90.5, 1800.0])),
        callback_due_at=draw(st.none() | _moments),
        callback_done_at=draw(st.none() | _moments),
        ended_at=draw(
            st.sampled_from([None, None, *(timedelta(hours=hours) for hours in (1, 30, 80, 300))])
        ),
        satisfaction=draw(st.sampled_from([None, 1.0, 8.0])),
        area=draw(st.sampled_from(["BU99990001", "BU99990002", None])),
        file_key=1,
    )
    if row["ended_at"] is not None:
        row["ended_at"] += started_at
    if with_conversations:
        row["conversation"] = draw(st.sampled_from([None, "g1", "g2", "g3"]))
    return row


@st.composite
def calls_and_registrations(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one row of a telephone exchange, a desk, or another system that tells its agents."""
    row = draw(contacts(with_conversations=draw(st.sampled_from([False, False, True]))))
    started_at = draw(_busy_moments)
    length = draw(st.sampled_from([None, None, 0, 30, 60, 61, 300]))
    row.update(
        source=draw(st.sampled_from(["tel", "tel", "desk", "desk", "shop"])),
        channel=draw(st.sampled_from(["phone", "phone", "phone", "phone", "email", "counter"])),
        started_at=started_at,
        started_local=started_at + timedelta(hours=1),
        ended_at=None if length is None else started_at + timedelta(seconds=length),
        department=draw(st.sampled_from([None, "kcc", "kcc", "bz"])),
        agent_key=_identifier("agent", draw(st.sampled_from([None, 1, 1, 1, 2]))),
    )
    return row


@st.composite
def busy_days(draw: st.DrawFn, *, size: int = 16) -> list[dict[str, Any]]:
    """Draw the rows of a few hours, in which the same conversations stand in several systems."""
    rows = draw(st.lists(calls_and_registrations(), min_size=2, max_size=size))
    ids = draw(st.permutations(range(len(rows))))
    return [{**row, "contact_id": f"{number:04}"} for row, number in zip(rows, ids, strict=True)]


@st.composite
def worlds(
    draw: st.DrawFn, *, with_conversations: bool = False, size: int = 40
) -> list[dict[str, Any]]:
    """Draw the rows of `loaded_contact`; ids are unique within a source, in no order of time."""
    rows = draw(st.lists(contacts(with_conversations=with_conversations), max_size=size))
    ids = draw(st.permutations(range(len(rows))))
    return [{**row, "contact_id": f"{number:04}"} for row, number in zip(rows, ids, strict=True)]


def _sources() -> list[dict[str, Any]]:
    """Return the systems of busy days, as a configuration has them."""
    return [
        {
            "name": name,
            "role": role,
            "kind": "csv",
            "path": f"{name}.csv",
            "columns": {"started_at": "at", "channel": {"value": "phone"}},
        }
        for name, role in _SYSTEMS.items()
    ]


@st.composite
def settings(draw: st.DrawFn, *, with_systems: bool = False) -> Settings:
    """Draw settings: windows, subjects, costs, codes and terms; the tolerances too."""
    reasons = st.sampled_from([*AVOIDABLE_CATEGORIES, "valuable", "unknown"])
    return parse_settings(
        {
            "repeat": {
                "window_days": draw(st.sampled_from([1, 7, 30])),
                "subject": draw(st.sampled_from(["service", "service", "topic", "any"])),
            },
            "conversation": {
                "bind_minutes": draw(st.sampled_from([0, 1, 10])),
                "match_minutes": draw(st.sampled_from([0, 1, 1, 10, 10])),
            },
            "source": _sources() if with_systems else [],
            "opening": draw(
                st.sampled_from(
                    [
                        {},
                        {
                            "hours": {"phone": "24/7", "chat": "Ma-Za 10:00-22:00"},
                            "closed_on": ["2025-03-11"],
                        },
                    ]
                )
            ),
            "answer": draw(st.sampled_from([{}, {"working_days": {"email": 1, "counter": 4}}])),
            "linking": {"most_neighbours": draw(st.sampled_from([1, 2, 4]))},
            "cost": draw(st.sampled_from([{}, {"phone": 8.0, "counter": {"rate_per_hour": 60.0}}])),
            "avoidable": {
                "reasons": draw(
                    st.just({}) | st.fixed_dictionaries({"R1": reasons, "R2": reasons})
                ),
                "digital_failure_minutes": draw(st.sampled_from([30, 60, 1440])),
                "term_days": draw(st.sampled_from([1, 14])),
                "term_days_by_service": draw(st.sampled_from([{}, {"afval": 3}])),
            },
        }
    )
