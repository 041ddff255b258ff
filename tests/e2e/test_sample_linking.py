"""Which contacts of the sample belong together, as its simulation knows: customers and talks."""

import csv
import gzip
import json
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import ibis
import pytest

from etl.configuration import read_settings
from etl.materialise import materialise
from tests import warehouses
from tests.e2e.sample import LoadedSample
from warehouse.settings import ConversationSettings
from warehouse.store import Reader

pytestmark = pytest.mark.slow


def test_linking(sample: LoadedSample, sample_reader: Reader) -> None:
    truth = json.loads((sample.truth / "linking.json").read_text(encoding="utf-8"))
    ((customers,),) = warehouses.query(
        sample_reader, "select count(distinct customer_id) from contact"
    )
    assert customers == truth["customers"]


def _of_desk(reader: Reader) -> list[dict[str, Any]]:
    """What the product makes of each registration: its conversation, and the call in it."""
    return warehouses.frame(
        reader,
        """
        select desk.contact_id as registration, desk.conversation_key as found,
            call.contact_id as call, desk.customer_id is not null as is_known
        from contact as desk
        left join contact as call
            on call.contact_key = desk.conversation_key and call.source = 'telefonie'
        where desk.source = 'kcc-registraties'
        """,
    ).to_dict("records")


def _talks(sample: LoadedSample) -> dict[str, dict[str, str]]:
    with gzip.open(sample.truth / "conversations.csv.gz", "rt", encoding="utf-8") as lines:
        return {row["registration"]: row for row in csv.DictReader(lines)}


def _say(line: str) -> None:
    """For the reader of the test's output (pytest -rP)."""
    print(line)  # noqa: T201


def _precision_and_recall(found: set[Any], true: set[Any], what: str) -> tuple[float, float]:
    right = len(found & true)
    precision, recall = right / len(found), right / len(true)
    _say(
        f"{what}: {len(true)} true, {len(found)} found, {right} right:"
        f" precision {precision:.4f}, recall {recall:.4f}"
    )
    return precision, recall


def test_calls_are_matched_with_their_registrations(
    sample: LoadedSample, sample_reader: Reader
) -> None:
    truth, rows = _talks(sample), _of_desk(sample_reader)
    assert {row["registration"] for row in rows} == set(truth)
    true = {(key, row["call"]) for key, row in truth.items() if row["call"]}
    found = {(row["registration"], row["call"]) for row in rows if isinstance(row["call"], str)}
    precision, recall = _precision_and_recall(found, true, "registrations matched with calls")
    assert precision > 0.98
    assert recall > 0.88


def test_questions_of_one_conversation_are_bound(
    sample: LoadedSample, sample_reader: Reader
) -> None:
    """Of callers whom the desk knows; nothing tells that two questions of strangers are of one."""
    truth, rows = _talks(sample), _of_desk(sample_reader)

    def together(rows: list[dict[str, Any]], conversation: Any) -> set[Any]:
        talks: dict[Any, list[str]] = {}
        for row in rows:
            talks.setdefault(conversation(row), []).append(row["registration"])
        return {pair for talk in talks.values() for pair in combinations(sorted(talk), 2)}

    known = [row for row in rows if row["is_known"]]
    for of, some in (("all", rows), ("callers known to the desk", known)):
        found = together(some, lambda row: row["found"])
        true = together(some, lambda row: truth[row["registration"]]["conversation"])
        precision, recall = _precision_and_recall(found, true, f"questions bound, {of}")
        assert precision > 0.99
    assert recall > 0.9


def test_two_questions_in_one_call_are_no_repeat(sample: LoadedSample, tmp_path: Path) -> None:
    """Side by side: what is counted when nothing is bound, when questions are, and when calls too.

    The simulation's own conversations are the measure: a repeat whose latest predecessor is a row
    of the same true conversation is none.
    """
    current = sample.store.current_file()
    assert current is not None
    settings = read_settings(sample.folder / "samenspel.toml")
    talk_of = {
        **{key: row["conversation"] for key, row in _talks(sample).items()},
        **{row["call"]: row["conversation"] for row in _talks(sample).values() if row["call"]},
    }
    told = {}
    for name, minutes in (
        ("nothing bound", (0, 0)),
        ("questions bound", (10, 0)),
        ("questions bound, calls matched", (10, 10)),
    ):
        copy = tmp_path / "copy.duckdb"
        shutil.copyfile(current, copy)
        backend = ibis.duckdb.connect(copy)
        conversation = ConversationSettings(bind_minutes=minutes[0], match_minutes=minutes[1])
        materialise(backend, settings.model_copy(update={"conversation": conversation}))
        contacts, repeats = backend.con.execute(
            "select count(*) filter (is_contact), count(*) filter (is_repeat) from contact"
        ).fetchone()
        rows = backend.con.execute(
            """
            select one.contact_id, other.contact_id
            from contact as one join contact as other
                on other.customer_id = one.customer_id and other.started_at = one.predecessor_at
            where one.is_repeat and one.channel = 'phone' and other.channel = 'phone'
            """
        ).fetchall()
        backend.disconnect()
        false = sum(talk_of.get(one, one) == talk_of.get(other, other) for one, other in rows)
        told[name] = (contacts, repeats, false)
        _say(f"{name}: {contacts} contacts, {repeats} repeats, {false} of their own conversation")
    nothing, bound, both = told.values()
    assert nothing[2] > bound[2] > both[2]
    assert nothing[0] > bound[0] > both[0]
    assert nothing[1] > bound[1] > both[1]
    assert both[2] < nothing[2] / 20
