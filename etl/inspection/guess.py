"""Guessing which column is which field, from the columns' names and from their values."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Any

from rapidfuzz import fuzz

from etl.inspection.profile import Profile
from etl.names.review import is_name
from etl.presets import preset_names, read_preset
from warehouse.contact import DURATION_FIELDS, IDENTIFIER_KINDS, STAFF_KINDS

LEAST_SCORE = 62.0
_CLOSED_SCORE = 75.0
"""For fields of few values a name must say more: any other value becomes "unknown"."""
_TIMES = ("started_at", "ended_at", "callback_due_at", "callback_done_at")
_NAMED = ("service", "topic", "department")
_CLOSED = ("outcome", "customer_type", "initiative")
_CATEGORIES = (*_NAMED, *_CLOSED, "reason", "area")
_VALID = {"bsn": 0.6, "kvk": 0.6, "phone": 0.5, "email": 0.6}
_UNITS = (
    (r"\b(ms|msec|milliseconden|milliseconds)\b", "milliseconds"),
    (r"\b(min|minuten|minutes|m)\b", "minutes"),
    (r"\b(uur|uren|hours|h)\b", "hours"),
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Guess:
    """A field's column, as a `[[source]]` would say it, and how sure that is (0 to 100)."""

    field: str
    column: dict[str, Any]
    score: float


def plain_words(name: str) -> str:
    """Return a column's name as words in lower case, without signs; of a path, all its parts."""
    return " ".join(_NO_WORD.sub(" ", _CAMEL.sub(" ", name).lower()).split())


@cache
def _words() -> dict[str, Any]:
    text = package_files("etl.inspection").joinpath("woorden.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def name_score(name: str, field: str) -> float:
    """Return how well a column's name says a field, 0 to 100: equal words, or nearly."""
    entry = _words()["fields"][field]
    words = plain_words(name)
    bare = re.sub(r" (s|sec|min|seconden|minuten|ms)$", "", words)
    if any(f" {word} " in f" {words} " for word in entry["not"]):
        return 0.0
    last = plain_words(name.rsplit(".", 1)[-1])
    best = 0.0
    for rank, known in enumerate(entry["words"]):
        best = max(best, _likeness((words, bare, last), known) - 0.1 * rank)
    return best


def _likeness(forms: Sequence[str], known: str) -> float:
    if known in forms:
        return 100.0
    joined = known.replace(" ", "")
    if any(form.replace(" ", "") == joined for form in forms):
        return 97.0
    if any(f" {known} " in f" {form} " for form in forms) and len(known) > 2:
        return 78.0
    return max(fuzz.ratio(form, known) for form in forms[:2]) * 0.85


def guess_fields(columns: Sequence[Profile]) -> list[Guess]:
    """Return the fields found among columns: the likeliest pairs first, each column once.

    Args:
        columns: what the columns look like.
    """
    fields = [*_words()["fields"]]
    pairs = [
        (score, field, profile)
        for profile in columns
        for field in fields
        if profile.filled and (score := _score(profile, field)) >= LEAST_SCORE
    ]
    taken: set[str] = set()
    found: dict[str, Guess] = {}
    for score, field, profile in sorted(pairs, key=lambda pair: (-pair[0], fields.index(pair[1]))):
        if field in found or profile.name in taken:
            continue
        taken.add(profile.name)
        found[field] = Guess(field, _column(profile, field), score)
    _add_clock(found, columns, taken)
    return [found[field] for field in fields if field in found]


def _score(profile: Profile, field: str) -> float:
    """Return how well a column fits a field: by its name, if its values allow."""
    named = name_score(profile.name, field)
    shares = profile.shares
    if field in _VALID:
        return _identifier_score(profile, field, named)
    allowed = {
        "channel": shares["channel"] > 0.5 or (named > 95 and profile.longest <= 30),
        "contact_id": profile.is_unique
        and profile.longest <= 250
        and (not profile.notation or shares["number"] > 0.9),
        "planned": shares["yes_no"] > 0.9 and named > 70,
        "satisfaction": shares["number"] > 0.9,
        "conversation": profile.longest <= 120 and not profile.is_unique,
        "party": profile.longest >= 32 and shares["lettered"] > 0.5,
        **dict.fromkeys(_TIMES, bool(profile.notation) and shares["date"] > 0.8),
        **dict.fromkeys(DURATION_FIELDS, shares["number"] + shares["clock"] > 0.8),
        **dict.fromkeys(_CATEGORIES, profile.is_category and not profile.notation),
        **dict.fromkeys(_NAMED, profile.is_category and shares["lettered"] > 0.5),
    }.get(field, profile.longest <= 120)
    if field in _CLOSED:
        allowed = allowed and profile.distinct <= 30 and named >= _CLOSED_SCORE
    if field == "channel" and shares["channel"] > 0.9 and profile.distinct > 1:
        named = max(named, 66.0 if shares["lettered"] > 0.9 else 0.0)
    return named if allowed else 0.0


def _identifier_score(profile: Profile, kind: str, named: float) -> float:
    """Weigh how many values are valid: what passes a test is hardly else."""
    valid = profile.shares[kind]
    if valid < _VALID[kind]:
        return 0.0
    if kind == "email" and valid > 0.8:
        return max(named, 64.0 if name_score(profile.name, "agent") else 70.0)
    if kind == "bsn" and valid > 0.9 and profile.distinct > 20:
        return max(named, 70.0)
    return named


def _column(profile: Profile, field: str) -> dict[str, Any]:
    column: dict[str, Any] = {"column": profile.name}
    if field in DURATION_FIELDS:
        unit = _unit(profile)
        column |= {"unit": unit} if unit != "seconds" else {}
        column["missing"] = ["-1", "-"]
    if field in IDENTIFIER_KINDS and field == "phone":
        column["missing"] = ["anoniem", "Anoniem", "anonymous", "Anonymous", "onbekend", "0", "-1"]
    if field == "satisfaction":
        column["missing"] = ["0", "-1"]
    if field == "channel":
        known = value_names(field)
        found = {value: known[value] for value, _ in profile.values if value in known}
        column |= {"map": found} if found else {}
    if field in _CLOSED:
        column["map"] = _closed_map(profile, field)
    return column


def _closed_map(profile: Profile, field: str) -> dict[str, str]:
    """Map the column's values as presets map such words; common others wait to be filled in."""
    known = value_names(field)
    begins = [value[:-1] for value in known if value.endswith("*")]
    otherwise = "inbound" if field == "initiative" else "unknown"
    found = {}
    for value, rows in profile.values:
        begin = next((one for one in begins if value.startswith(one)), None)
        if value in known:
            found[value] = known[value]
        elif begin is not None:
            found[value] = known[begin + "*"]
        elif is_name(value, rows):
            found[value] = otherwise
    return {**found, "*": otherwise}


def _unit(profile: Profile) -> str:
    if profile.shares["clock"] > 0.05:
        return "clock" if profile.shares["clock"] > 0.95 else "seconds_or_clock"
    words = plain_words(profile.name)
    return next((unit for pattern, unit in _UNITS if re.search(pattern, words)), "seconds")


@cache
def value_names(field: str) -> dict[str, str]:
    """Return what presets map in a closed field: words that systems use = our value."""
    found: dict[str, str] = {}
    for name in preset_names():
        column = read_preset(name).source.get("columns", {}).get(field)
        entries = column.get("map", {}) if isinstance(column, Mapping) else {}
        found |= {value: key for value, key in entries.items() if _is_word(value)}
    return found


def _is_word(value: str) -> bool:
    return len(value.rstrip("*")) > 1 and value not in {"true", "false", "YES", "Yes", "TRUE"}


def _add_clock(found: dict[str, Guess], columns: Sequence[Profile], taken: set[str]) -> None:
    """Join a day without clock to the column of times beside it."""
    start = found.get("started_at")
    by_name = {profile.name: profile for profile in columns}
    if start is None or by_name[start.column["column"]].has_clock:
        return
    clocks = [
        profile.name
        for profile in columns
        if profile.shares["clock"] > 0.9
        and profile.name not in taken
        and re.search(r"\b(tijd|time|tijdstip|begintijd|starttijd)\b", plain_words(profile.name))
    ]
    if clocks:
        taken.add(clocks[0])
        column = {"columns": [start.column["column"], clocks[0]]}
        found["started_at"] = Guess("started_at", column, start.score)


def guess_channel(file_name: str, columns: Sequence[str]) -> str | None:
    """Return the channel that a file's name, or else its columns' names, speak of."""
    names: dict[str, list[str]] = _words()["channels"]
    for text in (plain_words(file_name), " ".join(map(plain_words, columns))):
        hits = {channel: sum(word in text for word in words) for channel, words in names.items()}
        best = max(hits, key=lambda channel: hits[channel])
        if hits[best]:
            return best
    return None


def tables(guesses: Sequence[Guess]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the tables of a `[[source]]`: columns, and identifiers where there are any."""
    kinds = (*IDENTIFIER_KINDS, *STAFF_KINDS)
    yield "columns", {one.field: one.column for one in guesses if one.field not in kinds}
    found = {one.field: one.column for one in guesses if one.field in kinds}
    if found:
        yield "identifiers", found
