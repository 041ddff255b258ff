"""Avoidable contacts beside what the sample's simulation meant by each: rules, and the model.

The truth (`persons.csv.gz`, column planted) says why a contact was made; nothing that is loaded
does. `pytest -rP` shows the figures, which docs/notities.md repeats.
"""

import csv
import gzip
import shutil
from collections import Counter

import pytest

from analytics.notes.review import model_card, queue
from analytics.query import measure
from etl.train import train
from tests import warehouses
from tests.e2e.sample import LoadedSample, sample_settings
from tests.loading import KEY
from warehouse.store import Reader, Store

pytestmark = pytest.mark.slow

_ASKED = (
    "select source, contact_id, avoidable_category, avoidable_basis, is_candidate, is_value_known"
    " from contact where is_answered"
)
_BY_RULE = (
    "broken_promise",
    "wrong_place",
    "premature_closure",
    "digital_failure",
    "progress_chasing",
)


@pytest.fixture(scope="module")
def planted(sample: LoadedSample) -> dict[tuple[str, str], str]:
    with gzip.open(sample.truth / "persons.csv.gz", "rt", encoding="utf-8") as lines:
        return {(row["source"], row["contact_id"]): row["planted"] for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def taught(sample: LoadedSample, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The sample once a model read its notes."""
    folder = tmp_path_factory.mktemp("taught") / "warehouse"
    shutil.copytree(sample.store.folder, folder)
    store = Store(folder)
    card = train(sample_settings(sample.folder, reads_notes=True), store, key=KEY)
    assert card.is_trained
    return Reader(store)


def _figures(said: Counter[str], meant: Counter[str], hit: Counter[str]) -> dict[str, list[float]]:
    found = {}
    print(f"{'category':22}{'said':>7}{'meant':>7}{'right':>7}{'precision':>11}{'recall':>8}")  # noqa: T201
    for name in sorted(said | meant):
        precision = hit[name] / said[name] if said[name] else 0.0
        recall = hit[name] / meant[name] if meant[name] else 0.0
        found[name] = [precision, recall]
        print(f"{name:22}{said[name]:7}{meant[name]:7}{hit[name]:7}{precision:11.2f}{recall:8.2f}")  # noqa: T201
    return found


def test_rules_find_what_was_planted(
    sample_reader: Reader, planted: dict[tuple[str, str], str]
) -> None:
    """Of contacts that could be a repeat and that no code speaks of: what the rules say.

    A contact's planted reason can be a follow-up whose first contact was anonymous: no rule can
    see that, so recall is bounded. A broken promise has no time limit: later contacts on the same
    matter are said to follow from it too, which costs precision.
    """
    said, meant, hit = Counter[str](), Counter[str](), Counter[str]()
    for source, contact, category, basis, is_candidate, is_known in warehouses.query(
        sample_reader, _ASKED
    ):
        if basis == "code" or (is_known and basis is None) or not is_candidate:
            continue
        reason = planted[source, contact]
        said.update([category] if basis == "rule" else [])
        meant.update([reason] if reason in _BY_RULE else [])
        hit.update([category] if basis == "rule" and reason == category else [])
    found = _figures(said, meant, hit)
    assert set(found) == set(_BY_RULE)
    for name in _BY_RULE:
        precision, recall = found[name]
        assert precision > (0.45 if name == "broken_promise" else 0.8), name
        assert recall > 0.4, name


def test_model_finds_what_was_planted(taught: Reader, planted: dict[tuple[str, str], str]) -> None:
    """Of contacts with a note that no code or rule speaks of: what the model says."""
    noted = {
        row[:2]
        for row in warehouses.query(
            taught,
            "select head.source, head.contact_id from contact as row"
            " join note_opinion using (contact_key)"
            " join contact as head on head.contact_key = row.conversation_key",
        )
    }
    coded = {
        contact
        for (contact,) in warehouses.query(
            taught, "select contact_id from contact where reason not in ('Z99', 'M9', 'overig')"
        )
    }
    card = model_card(taught)
    assert card is not None
    learnt = {one.category for one in card.categories} - {"valuable"}
    said, meant, hit = Counter[str](), Counter[str](), Counter[str]()
    for source, contact, category, basis, *_, is_known in warehouses.query(taught, _ASKED):
        if basis in {"code", "rule"} or (source, contact) not in noted:
            continue
        if basis is None and is_known and contact in coded:
            continue  # its own code says that it was valuable
        reason = planted[source, contact]
        said.update([category] if basis == "model" else [])
        meant.update([reason] if reason in learnt else [])
        hit.update([category] if basis == "model" and reason == category else [])
    found = _figures(said, meant, hit)
    total = sum(hit.values()) / sum(said.values())
    print(f"all categories: precision {total:.2f} of {sum(said.values())}")  # noqa: T201
    assert total > 0.75
    for name, (precision, recall) in found.items():
        if said[name] >= 30:
            assert precision > 0.6, name
            assert recall > 0.5, name


def test_model_is_measured_on_the_latest_contacts_only(taught: Reader) -> None:
    card = model_card(taught)
    assert card is not None
    print(card.to_json())  # noqa: T201
    (learnt, validated, tested) = card.periods
    assert learnt[1] <= validated[0] <= validated[1] <= tested[0]
    assert card.calibration_error is not None
    assert card.calibration_error < 0.1
    for one in card.categories:
        if one.spoken >= 30 and one.precision is not None:
            assert one.mean_probability == pytest.approx(one.precision, abs=0.2), one.category


def test_codes_and_rules_say_the_same_with_the_model(taught: Reader, sample_reader: Reader) -> None:
    asked = (
        "select contact_key, avoidable_category, avoidable_basis from contact"
        " where avoidable_basis in ('code', 'rule') order by contact_key"
    )
    assert warehouses.query(taught, asked) == warehouses.query(sample_reader, asked)


def test_its_share_is_told_apart(taught: Reader) -> None:
    share = measure(taught, ["avoidable_model_share"]).iloc[0]
    ((count, contacts),) = warehouses.query(
        taught,
        "select count(*) filter (avoidable_basis = 'model'), count(*) from contact"
        " where is_contact",
    )
    assert (share["numerator"], share["denominator"]) == (count, contacts)
    assert count > 100


def test_the_queue_begins_with_the_least_sure_and_holds_no_identifier(taught: Reader) -> None:
    found = queue(taught, limit=500)
    assert len(found) > 300
    assert found["probability"].is_monotonic_increasing
    text = " ".join(found["note"])
    assert "[TELEFOON]" in text
    assert "0600" not in text
    assert ".example" not in text
