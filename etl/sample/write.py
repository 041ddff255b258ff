"""Writes the sample: the exports, the configuration that loads them, and the truth."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from etl.sample.days import HOLIDAYS, local
from etl.sample.details import note_details
from etl.sample.exports import file_bytes, make_files
from etl.sample.figures import GROUPINGS, Figure, figures
from etl.sample.files_of import LogFile, compressed
from etl.sample.happening import Happening
from etl.sample.kiss import registration_files
from etl.sample.notes import write_notes
from etl.sample.registrations import Desk
from etl.sample.simulate import Simulation
from etl.sample.spoil import Quirk, spoil
from etl.sample.town import EVENTS, FIRST_DAY, LAST_DAY, Event
from etl.sample.truth import Seen, observe

SEED = 1814
AVOIDABLE = (
    "broken_promise",
    "wrong_place",
    "premature_closure",
    "digital_failure",
    "progress_chasing",
    "unclear_information",
    "repeat_information",
    "organisation_error",
)


def write_sample(folder: Path) -> None:
    """Write the whole sample, the same bytes each time; takes some twenty seconds.

    Args:
        folder: where to; made where it is not there. Files of the same names are replaced.

    Raises:
        OSError: the folder cannot be written.
    """
    happenings = Simulation(SEED).run()
    note_details(happenings)
    logs = make_files(happenings, SEED + 1)
    registrations = Desk(SEED + 2).register(happenings)
    write_notes(registrations, SEED + 4)
    logs += registration_files(registrations, SEED + 3)
    happenings += registrations
    quirks = spoil(logs)
    for log in logs:
        _put(folder / log.path, file_bytes(log))
    for name in ("samenspel.toml", "diensten.csv", "README.md"):
        _put(folder / name, package_files("etl.sample").joinpath("files", name).read_bytes())
    for name, content in truth_files(happenings, logs, quirks).items():
        _put(folder / "truth" / name, content)


def truth_files(
    happenings: list[Happening], logs: list[LogFile], quirks: list[Quirk]
) -> dict[str, bytes]:
    """Return the files of the truth, by name."""
    seen = observe(happenings)
    found = figures(seen)
    return {
        "accounts.csv": _accounts(logs),
        "quirks.json": _json([quirk.__dict__ for quirk in quirks]),
        "contacts_by_month_channel.csv": _volumes(seen),
        "metrics.csv": _metrics(found),
        "repeats.csv": _repeats(seen, found),
        "avoidable.csv": _avoidable(seen),
        "journeys.csv": _journeys(seen),
        "conversations.csv.gz": compressed(_conversations(happenings)),
        "linking.json": _json(_linking(seen, observe(happenings, knows_people=True))),
        "events.json": _json(_events(happenings)),
        "persons.csv.gz": compressed(_persons(happenings)),
    }


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return target.getvalue().encode()


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _accounts(logs: list[LogFile]) -> bytes:
    fates = ("loaded", "duplicate", "rejected")
    rows = [
        (log.source, log.path, len(log.rows), *(log.count(fate) for fate in fates)) for log in logs
    ]
    return _csv(("source", "file", "read", *fates), rows)


def _volumes(seen: list[Seen]) -> bytes:
    tests: dict[str, Callable[[Seen], bool]] = {
        "inbound": lambda one: not one.it.is_outbound,
        "outbound": lambda one: one.it.is_outbound,
        "answered": lambda one: one.is_answered,
        "identified": lambda one: not one.it.is_outbound and one.customer is not None,
        "planned": lambda one: not one.it.is_outbound and one.it.is_planned,
    }
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in seen:
        cell = counts.setdefault((f"{local(one.it.at):%Y-%m}", one.it.channel), Counter())
        cell.update(name for name, test in tests.items() if test(one))
    rows = [(*key, *(counts[key][name] for name in tests)) for key in sorted(counts)]
    return _csv(("month", "channel", *tests), rows)


def _metrics(found: list[Figure]) -> bytes:
    rows = [
        (f.metric, f.by, f.group, _text(f.numerator), _text(f.denominator), _text(f.value))
        for f in found
    ]
    return _csv(Figure._fields, rows)


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _repeats(seen: list[Seen], found: list[Figure]) -> bytes:
    """Candidates and repeats, and how many of the contacts the simulation meant as a follow-up."""
    groups: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in found:
        groups.setdefault((figure.by, figure.group), {})[figure.metric] = figure
    planted, crossing = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in seen:
        if one.is_contact and one.it.after:
            own = [(by, group_of(one)) for by, group_of in GROUPINGS.items()]
            planted.update(own)
            crossing.update(own if one.it.after != one.it.channel else ())
    rows = []
    for (by, group), cell in groups.items():
        share, same = cell["repeat_share"], cell["repeat_share_same_channel"]
        counted = (
            share.denominator,
            share.numerator,
            same.numerator,
            cell["switch_share"].numerator,
        )
        rows.append((by, group, *counted, planted[by, group], crossing[by, group]))
    names = ("candidates", "repeats", "repeats_same_channel", "switches")
    return _csv(("by", "group", *names, "planted_follow_ups", "planted_on_another_channel"), rows)


def _avoidable(seen: list[Seen]) -> bytes:
    """Per month and category: avoidable by code and by rule, and what the simulation meant."""
    code, rule, planted = (
        Counter[tuple[str, str]](),
        Counter[tuple[str, str]](),
        Counter[tuple[str, str]](),
    )
    months = set()
    for one in seen:
        if not one.is_contact:
            continue
        month = f"{local(one.it.at):%Y-%m}"
        months.add(month)
        (code if one.basis == "code" else rule)[(month, one.category)] += 1
        planted[(month, one.it.planted)] += 1
    rows = [
        (
            month,
            category,
            code[(month, category)],
            rule[(month, category)],
            planted[(month, category)],
        )
        for month in sorted(months)
        for category in AVOIDABLE
    ]
    return _csv(("month", "category", "by_code", "by_rule", "planted"), rows)


def _journeys(seen: list[Seen]) -> bytes:
    """The channels of episodes, in order, and how many episodes went that way."""
    paths = Counter(
        ">".join(contact.it.channel for contact in one.episode.contacts)
        for one in seen
        if one.episode and one.episode.contacts[0] is one
    )
    ordered = sorted(paths, key=lambda path: (-paths[path], path))
    return _csv(("journey", "episodes"), [(path, paths[path]) for path in ordered])


def _linking(seen: list[Seen], perfect: list[Seen]) -> dict[str, int]:
    """How far equal identifiers find the people behind them, and the repeats if all were found."""
    persons: dict[int, set[int]] = {}
    customers: dict[int, set[int]] = {}
    for one in seen:
        if one.customer is not None:
            persons.setdefault(one.it.person, set()).add(one.customer)
            customers.setdefault(one.customer, set()).add(one.it.person)
    return {
        "persons": len(persons),
        "customers": len(customers),
        "persons_seen_as_several_customers": sum(len(found) > 1 for found in persons.values()),
        "customers_holding_several_persons": sum(len(found) > 1 for found in customers.values()),
        "candidates": sum(_can_repeat(one) for one in seen),
        "repeats": sum(_can_repeat(one) and bool(one.predecessors) for one in seen),
        "repeats_if_people_were_known": sum(
            _can_repeat(one) and bool(one.predecessors) for one in perfect
        ),
        "invalid_bsn": sum("bsn" in s.it.written and "bsn" not in s.it.known for s in seen),
    }


def _can_repeat(one: Seen) -> bool:
    return one.is_candidate and one.is_knowable_backwards


def _events(happenings: list[Happening]) -> dict[str, Any]:
    return {
        "first_day": FIRST_DAY.isoformat(),
        "last_day": LAST_DAY.isoformat(),
        "holidays": {
            day.isoformat(): name
            for day, name in sorted(HOLIDAYS.items())
            if FIRST_DAY <= day <= LAST_DAY
        },
        "events": [_event(event, happenings) for event in EVENTS.values()],
        "shared_identifiers": "An office that manages money calls for twelve clients from one "
        "number; two in a household share a fixed line and, at times, a computer.",
        "ambiguous_local_times": sum(
            h.is_loaded and h.source == "webformulieren" and _is_double_hour(h.at)
            for h in happenings
        ),
    }


def _event(event: Event, happenings: list[Happening]) -> dict[str, Any]:
    """The event, and the contacts on its services: before it, a year before it, while it lasted."""
    length = min((event.last_on - event.first_on).days + 1, 90)
    starts = {
        "a_year_before": event.first_on.replace(year=event.first_on.year - 1),
        "just_before": event.first_on - timedelta(days=length),
        "during": event.first_on,
    }
    return {
        "key": event.key,
        "kind": event.kind,
        "first_on": event.first_on.isoformat(),
        "last_on": event.last_on.isoformat(),
        "services": list(event.services),
        "description": event.description,
        "days_compared": length,
        "contacts": {
            period: _contacts_between(event, happenings, start, start + timedelta(days=length))
            for period, start in starts.items()
            if start >= FIRST_DAY
        },
    }


def _contacts_between(
    event: Event, happenings: list[Happening], start: date, end: date
) -> dict[str, int]:
    cell = Counter[str]()
    for h in happenings:
        if h.service not in event.services or h.is_outbound or h.channel == "web_visit":
            continue
        if h.system:
            continue  # the desk tells of the same calls once more
        if start <= local(h.at).date() < end:
            cell.update(("contacts", h.channel, f"planted:{h.planted or 'none'}"))
            cell["unfinished_forms"] += h.channel == "web_form" and h.outcome == "abandoned"
    return dict(sorted(cell.items()))


def _is_double_hour(moment: int) -> bool:
    at = local(moment)
    return at.replace(fold=1).utcoffset() != at.replace(fold=0).utcoffset()


def _conversations(happenings: list[Happening]) -> bytes:
    """Which call each registration is really of, and which are of one conversation."""
    rows = sorted(
        (h.contact_id, h.call.contact_id if h.call and h.call.is_loaded else "", h.talk)
        for h in happenings
        if h.talk and h.is_loaded
    )
    return _csv(("registration", "call", "conversation"), rows)


def _persons(happenings: list[Happening]) -> bytes:
    rows = sorted((h.source, h.contact_id, h.person, h.planted) for h in happenings if h.is_loaded)
    return _csv(("source", "contact_id", "person", "planted"), rows)
