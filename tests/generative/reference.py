"""What the definitions say of each contact, in plain Python: slow loops, to be read and believed.

Written from the page on metrics (docs/metrics.md) and the data dictionary, sharing no code with the
derivations. Takes and gives rows as dicts; `contact_key` is a row's place in the list.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import holidays

from tests.generative.reference_talks import find_conversations
from warehouse.contact import IDENTIFIER_KINDS
from warehouse.settings import RateSettings, Settings

Row = dict[str, Any]

DIGITAL = {"web_form", "email", "chat", "whatsapp", "chatbot", "social", "app", "video"}
WITHOUT_STAFF = {"web_form", "chatbot", "app", "web_visit"}
AFTER_A_FAILURE = {"phone", "counter", "chat", "email"}

COMPARED = (
    "contact_key", "customer_id", "subject", "conversation_key", "is_question", "match",
    "is_visit", "is_contact", "is_answered",
    "is_identified", "is_digital", "is_candidate", "is_knowable_backwards", "is_knowable_forwards",
    "predecessor_at", "predecessor_channel", "predecessor_outcome", "is_repeat",
    "is_repeat_same_channel", "is_switch", "has_follower", "episode_key", "is_episode_start",
    "episode_contact_count", "episode_cost", "has_episode_ended", "episode_path",
    "is_episode_resolved", "episode_seconds", "next_channel", "next_seconds", "is_dropped_off",
    "avoidable_category",
    "avoidable_basis", "is_value_known", "is_in_time", "is_lost", "cost",
    "is_to_assisted", "is_out_of_hours", "answer_due_on", "is_on_time",
)  # fmt: skip
"""Derived columns that the reference gives; customer_number is judged by the groups it makes."""


def derive(loaded: Sequence[Row], settings: Settings) -> list[Row]:
    """Return each loaded row with the derived columns."""
    rows = [{**row, "contact_key": key} for key, row in enumerate(loaded)]
    window = timedelta(days=settings.repeat.window_days)
    find_conversations(rows, settings)
    link_customers(rows, settings.linking.most_neighbours)
    for row in rows:
        describe(row, settings)
    for row in rows:
        count_conversation(row)
    real = [row["started_at"] for row in rows if not row["is_visit"]]
    for row in rows:
        row["is_knowable_backwards"] = bool(real) and row["started_at"] >= min(real) + window
        row["is_knowable_forwards"] = bool(real) and row["started_at"] <= max(real) - window
    for row in rows:
        judge_question(row, rows, window)
    for row in rows:
        judge_conversation(row, rows)
    find_episodes(rows, window)
    find_tries(rows, window)
    for row in rows:
        value(row, rows, settings)
    for row in rows:
        serve(row, rows, settings)
    return rows


def link_customers(rows: list[Row], limit: int) -> None:
    """Give rows that share an identifier, directly or through others, one customer_id."""
    aside = crowded(rows, limit)
    groups: list[set[str]] = []
    pairs = [row["conversation_rows"] for row in rows if row["is_pair"]]
    for one in [*([row] for row in rows), *pairs]:
        own = set().union(*(identifiers(row) for row in one)) - aside
        if not own:
            continue
        touching = [group for group in groups if group & own]
        groups = [group for group in groups if not group & own]
        groups.append(own.union(*touching))
    for row in rows:
        own = identifiers(row) - aside
        row["customer_id"] = next((min(group) for group in groups if group & own), None)


def identifiers(row: Row) -> set[str]:
    """Return what a row's customer is known by."""
    return {row[f"{kind}_key"] for kind in IDENTIFIER_KINDS if row[f"{kind}_key"]}


def crowded(rows: list[Row], limit: int) -> set[str]:
    """Return the identifiers met with more than `limit` different ones of some other kind."""
    found = set()
    for kind in set(IDENTIFIER_KINDS) - {"bsn", "kvk"}:
        for one in {row[f"{kind}_key"] for row in rows} - {None}:
            for other in set(IDENTIFIER_KINDS) - {kind}:
                met = {row[f"{other}_key"] for row in rows if row[f"{kind}_key"] == one} - {None}
                if len(met) > limit:
                    found.add(one)
    return found


def describe(row: Row, settings: Settings) -> None:
    """Tell what a row is by itself."""
    row["subject"] = "any" if settings.repeat.subject == "any" else row[settings.repeat.subject]
    row["is_visit"] = row["channel"] == "web_visit"
    row["inbound"] = row["initiative"] != "outbound" and not row["is_visit"]
    row["answered"] = row["inbound"] and row["outcome"] != "abandoned"
    row["candidate"] = row["answered"] and row["customer_id"] is not None and not row["planned"]
    price = settings.cost.get(row["channel"], 0.0)
    if isinstance(price, RateSettings):
        row["cost"] = price.rate_per_hour * (row["handle_seconds"] or 0.0) / 3600
    else:
        row["cost"] = float(price)


def count_conversation(row: Row) -> None:
    """Count a conversation with its head; its first row on each subject is a question."""
    talk = row["conversation_rows"]
    row["is_head"] = row is talk[0]
    same_subject = [other for other in talk if other["subject"] == row["subject"]]
    row["is_question"] = row is same_subject[0]
    row["is_contact"] = row["inbound"] and row["is_head"]
    row["is_answered"] = row["answered"] and row["is_head"]
    row["is_identified"] = row["is_contact"] and row["customer_id"] is not None
    row["is_digital"] = row["is_contact"] and row["channel"] in DIGITAL
    row["is_candidate"] = row["candidate"] and row["is_head"]
    if not row["is_head"]:
        row["cost"] = 0.0  # a conversation costs once


def order(row: Row) -> tuple[datetime, str, str]:
    """Return by what contacts are ordered in time."""
    return row["started_at"], row["contact_id"], row["source"]


def matters(row: Row) -> bool:
    """Tell whether a row takes part in matching: a known customer on a known subject."""
    return (
        row["is_question"]
        and row["customer_id"] is not None
        and row["subject"] is not None
        and (row["inbound"] or row["is_visit"])
    )


def earlier(row: Row, rows: list[Row]) -> list[Row]:
    """Return what the same customer did before on the same subject, latest last."""
    if not matters(row):
        return []
    found = [
        other
        for other in rows
        if matters(other)
        and other["customer_id"] == row["customer_id"]
        and other["subject"] == row["subject"]
        and order(other) < order(row)
    ]
    return sorted(found, key=order)


def judge_question(row: Row, rows: list[Row], window: timedelta) -> None:
    """Find a row's predecessors and followers."""
    row["predecessors"] = [
        other
        for other in earlier(row, rows)
        if row["candidate"]
        and other["answered"]
        and row["started_at"] - other["started_at"] <= window
    ]
    row["followers"] = [
        other
        for other in rows
        if row["candidate"]
        and other["candidate"]
        and any(one is row for one in earlier(other, rows))
        and other["started_at"] - row["started_at"] <= window
    ]


def judge_conversation(row: Row, rows: list[Row]) -> None:
    """A conversation repeats where any of its questions does; its head says so."""
    questions = row["conversation_rows"] if row["is_candidate"] else []
    asked = [one for one in questions if one["predecessors"]]
    latest = None
    if asked:  # at one moment the first channel by name: an arbitrary choice, but always the same
        latest = min(
            (one["predecessors"][-1] for one in asked),
            key=lambda it: (-it["started_at"].timestamp(), it["channel"], it["outcome"]),
        )
    row["predecessor_at"] = latest and latest["started_at"]
    row["predecessor_channel"] = latest and latest["channel"]
    row["predecessor_outcome"] = latest and latest["outcome"]
    row["is_repeat"] = latest is not None
    row["is_switch"] = latest is not None and latest["channel"] != row["channel"]
    row["is_repeat_same_channel"] = any(
        before["channel"] == one["channel"] for one in asked for before in one["predecessors"]
    )
    row["has_follower"] = any(one["followers"] for one in questions)


def find_episodes(rows: list[Row], window: timedelta) -> None:
    """Chain a customer's contacts on one subject; on an unknown subject each stands alone."""
    members = sorted(
        (r for r in rows if r["inbound"] and r["is_question"] and r["customer_id"] is not None),
        key=order,
    )
    chains: list[list[Row]] = []
    for row in members:
        for chain in chains:
            last = chain[-1]
            if (
                row["subject"] is not None
                and (last["customer_id"], last["subject"]) == (row["customer_id"], row["subject"])
                and row["started_at"] - last["started_at"] <= window
            ):
                chain.append(row)
                break
        else:
            chains.append([row])
    for row in rows:
        row.update(
            episode_key=None,
            is_episode_start=False,
            episode_contact_count=None,
            episode_cost=None,
            has_episode_ended=None,
            episode_path=None,
            is_episode_resolved=None,
            episode_seconds=None,
            next_channel=None,
            next_seconds=None,
        )
    for chain in chains:
        for row in chain:
            row["episode_key"] = chain[0]["contact_key"]
        chain[0]["is_episode_start"] = True
        chain[0]["episode_contact_count"] = len(chain)
        chain[0]["episode_cost"] = sum(row["cost"] for row in chain)
        chain[0]["has_episode_ended"] = chain[-1]["is_knowable_forwards"]
        steps = [row["channel"] for row in chain]
        chain[0]["episode_path"] = ">".join([*steps[:5], *(["..."] if len(steps) > 5 else [])])
        outcome = chain[-1]["outcome"] or "unknown"
        chain[0]["is_episode_resolved"] = None if outcome == "unknown" else outcome == "resolved"
        chain[0]["episode_seconds"] = seconds_between(chain[0], chain[-1])
        for row, later in pairwise(chain):
            row["next_channel"] = later["channel"]
            row["next_seconds"] = seconds_between(row, later)


def seconds_between(row: Row, later: Row) -> float:
    """Return the whole seconds from one start to another."""
    return (later["started_at"] - row["started_at"]).total_seconds()


def find_tries(rows: list[Row], window: timedelta) -> None:
    """Tell of the last digital contact or visit in a row whether somebody then helped."""
    for row in rows:
        row["is_dropped_off"] = None
        if not matters(row) or row["channel"] not in {*DIGITAL, "web_visit"}:
            continue
        later = [other for other in rows if any(one is row for one in earlier(other, rows))]
        after = min(later, key=order, default=None)
        if after is None or after["started_at"] - row["started_at"] > window:
            row["is_dropped_off"] = False
        elif after["channel"] not in {*DIGITAL, "web_visit"}:
            row["is_dropped_off"] = after["channel"] in {"phone", "counter", "home_visit"}


def value(row: Row, rows: list[Row], settings: Settings) -> None:
    """Decide whether a contact was avoidable, and what it says of waiting."""
    code = settings.avoidable.reasons.get(row["reason"], "unknown")
    category = basis = None
    if row["is_contact"] and code not in {"unknown", "valuable"}:
        category, basis = code, "code"
    elif row["is_candidate"] and code != "valuable":
        category = rule(row, rows, settings)
        basis = category and "rule"
    row["avoidable_category"], row["avoidable_basis"] = category, basis
    row["is_value_known"] = bool(settings.avoidable.reasons) and (
        category is not None or (row["is_contact"] and code == "valuable")
    )
    wait, quality = row["wait_seconds"], settings.quality
    row["is_lost"] = (
        row["is_contact"]
        and row["outcome"] == "abandoned"
        and (wait is None or wait > quality.short_abandon_seconds)
    )
    row["is_in_time"] = None
    if row["channel"] == "phone" and wait is not None and (row["is_answered"] or row["is_lost"]):
        row["is_in_time"] = row["is_answered"] and wait <= quality.service_level_seconds


def serve(row: Row, rows: list[Row], settings: Settings) -> None:
    """Tell whether a contact came while its channel was open, and was answered in time."""
    row["is_to_assisted"] = (
        row["is_repeat"]
        and row["channel"] in {"phone", "counter", "home_visit"}
        and row["predecessor_channel"] in DIGITAL
    )
    began = row["started_local"]
    closed = {
        *holidays.country_holidays("NL", years=range(2024, 2027)),
        *settings.opening.closed_on,
    }
    office = began.weekday() < 5 and time(8, 30) <= began.time() < time(17)
    # the settings of the tests have hours of their own for phones and chats only
    hours = settings.opening.hours.get(row["channel"])
    if hours == "Ma-Za 10:00-22:00":
        office = began.weekday() < 6 and time(10) <= began.time() < time(22)
    always = row["channel"] == "post" or hours == "24/7"
    is_open = always or (office and began.date() not in closed)
    row["is_out_of_hours"] = row["is_contact"] and not is_open
    term = settings.answer.working_days.get(row["channel"])
    tells = any(
        other["ended_at"] is not None
        and (other["source"], other["channel"]) == (row["source"], row["channel"])
        for other in rows
    )
    row["answer_due_on"] = row["is_on_time"] = None
    if not row["is_answered"] or term is None or not tells:
        return
    due = began.date()
    for _ in range(term):
        due += timedelta(days=1)
        while due.weekday() >= 5 or due in closed:
            due += timedelta(days=1)
    row["answer_due_on"] = due
    last = max(other["started_at"] for other in rows if not other["is_visit"])
    if due < last.date():
        ended = row["ended_at"]
        row["is_on_time"] = (
            ended is not None and (ended + (began - row["started_at"])).date() <= due
        )


def rule(row: Row, rows: list[Row], settings: Settings) -> str | None:
    """Return the first rule that applies to a candidate, in order of precedence."""
    now = row["started_at"]
    before = [other for one in row["conversation_rows"] for other in earlier(one, rows)]
    if any(is_broken(other, now) for other in before):
        return "broken_promise"
    if row["predecessor_outcome"] == "forwarded":
        return "wrong_place"
    if row["predecessor_outcome"] == "resolved" and row["predecessor_channel"] not in WITHOUT_STAFF:
        return "premature_closure"
    minutes = timedelta(minutes=settings.avoidable.digital_failure_minutes)
    if row["channel"] in AFTER_A_FAILURE and any(
        failed_online(other) and now - other["started_at"] <= minutes for other in before
    ):
        return "digital_failure"
    if any(is_open(other, now, settings) for other in before):
        return "progress_chasing"
    return None


def is_broken(other: Row, now: datetime) -> bool:
    """Tell whether an earlier contact left a promise that was not kept in time."""
    due, done = other["callback_due_at"], other["callback_done_at"]
    return other["inbound"] and due is not None and due < now and (done is None or done > due)


def failed_online(other: Row) -> bool:
    """Tell whether an earlier row is a visit, or a form left unfinished."""
    return other["is_visit"] or (other["channel"] == "web_form" and other["outcome"] == "abandoned")


def is_open(other: Row, now: datetime, settings: Settings) -> bool:
    """Tell whether an earlier contact's case or call back was still within its term."""
    days = settings.avoidable.term_days_by_service.get(
        other["service"], settings.avoidable.term_days
    )
    if not other["answered"] or now > other["started_at"] + timedelta(days=days):
        return False
    if other["outcome"] == "callback":
        return other["callback_due_at"] is None or now <= other["callback_due_at"]
    return other["outcome"] == "case_opened"
