"""Loading with notes: when a model is learnt, whom it is asked about, and what is forgotten."""

import shutil
from base64 import b64encode
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import etl.load
from analytics.notes.card import Card
from analytics.notes.review import model_card, queue
from analytics.notes.sheet import read_sheet, sheet
from analytics.query import Selection
from etl.engine import open_database
from etl.forget import forget
from etl.note_model import judge_new
from etl.rotate import rotate_key
from etl.train import train, unknown_contacts
from tests.loading import KEY, Bench
from tests.noted import ANNA, AVOIDABLE, HEAD, SOURCE, log
from tests.warehouses import in_sql
from warehouse.errors import ConfigurationError
from warehouse.labels import Labels
from warehouse.store import Reader

ANNAS = 7
"""The contact_key of Anna's contact."""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.write(log(0, 600))
    return made


def load(bench: Bench, **model: Any) -> None:
    bench.load(SOURCE, avoidable={**AVOIDABLE, "model": {**AVOIDABLE["model"], **model}})


def card(bench: Bench) -> Card:
    found = model_card(Reader(bench.store, connections=1))
    assert found is not None
    return found


def opinions(bench: Bench) -> list[tuple[Any, ...]]:
    rows = bench.table(
        "select contact_id, note_opinion.category, probability, is_sure from note_opinion"
        " join loaded_contact using (contact_key) order by contact_id"
    )
    return list(rows.itertuples(index=False, name=None))


def by_basis(bench: Bench) -> dict[Any, int]:
    rows = bench.table(
        "select coalesce(avoidable_basis, '-') as basis, count(*) as n from contact group by all"
    )
    return dict(zip(rows["basis"], rows["n"], strict=True))


def test_the_first_load_with_enough_codes_learns(bench: Bench) -> None:
    load(bench)
    assert card(bench).is_trained
    assert len(opinions(bench)) == 600
    wrong = bench.table(
        "select count(*) as n from contact where avoidable_basis = 'model' and not "
        "(avoidable_category = 'progress_chasing' and note similar to '(hoe staat|wanneer).*'"
        " or avoidable_category = 'digital_failure' and note similar to '(site|formulier).*')"
    )
    assert wrong["n"].tolist() == [0]
    uncoded = bench.table(
        "select count(*) as n from contact where reason is null"
        " and note similar to '(hoe staat|wanneer|site|formulier).*'"
    )["n"][0]
    assert by_basis(bench)["model"] == uncoded > 50


def test_the_cubes_hold_what_the_contacts_hold(bench: Bench) -> None:
    load(bench)
    (told,) = bench.table("select sum(avoidable_by_model_count) as n from cube_avoidable")["n"]
    assert told == by_basis(bench)["model"]


def test_without_codes_it_says_why_there_is_no_model(bench: Bench) -> None:
    bench.write(log(0, 600, coded=0.05))
    load(bench)
    assert card(bench).reason == "too_few_examples"
    assert "model" not in by_basis(bench)
    bench.write(log(600, 600), "log2.csv")
    load(bench)
    assert card(bench).is_trained  # as soon as there are enough


def test_without_notes_there_is_no_card(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.write(HEAD + "c1;2025-01-01 10:00;phone;wmo;S;;\n")
    load(bench)
    assert model_card(Reader(bench.store, connections=1)) is None


def test_off_means_off(bench: Bench) -> None:
    load(bench)
    load(bench, enabled=False)
    assert "model" not in by_basis(bench)
    settings = bench.settings(SOURCE, avoidable={**AVOIDABLE, "model": {"enabled": False}})
    with pytest.raises(ConfigurationError, match="off"):
        train(settings, bench.store, key=KEY)


def test_a_day_asks_the_same_model_and_equals_deriving_anew(bench: Bench) -> None:
    load(bench)
    before, model = opinions(bench), card(bench)
    bench.write(log(600, 40, coded=0.3, seed=2), "log2.csv")
    load(bench)
    assert card(bench) == model
    assert set(before) <= set(opinions(bench))
    assert len(opinions(bench)) == 640
    asked = "select * from contact order by contact_key"
    refreshed = bench.table(asked)
    cells = "select * from cube_avoidable order by all"
    cube = bench.table(cells)
    load(bench, most_examples=59_999)  # another setting: everything is derived anew
    anew = bench.table(asked)
    assert refreshed.equals(anew)
    assert cube.equals(bench.table(cells))
    assert card(bench) == model


def settings_of(bench: Bench) -> Any:
    return bench.settings(SOURCE, avoidable=AVOIDABLE)


def test_corrections_change_what_the_model_says(bench: Bench) -> None:
    """Every contact on failing forms is coded as valuable, until people judge some of them."""
    rows = log(0, 600).replace(";W;", ";N;")
    bench.write(rows)
    load(bench)
    asked = "select contact_id from contact where note like 'formulier%' and reason is null"
    failing = set(bench.table(asked)["contact_id"])
    said = (
        "select contact_id from contact where avoidable_basis = 'model'"
        " and avoidable_category = 'digital_failure'"
    )
    assert failing
    assert bench.table(said).empty
    wrong = bench.table("select contact_id from contact where note like 'formulier%'")
    judged = [("log", one, "digital_failure") for one in wrong["contact_id"][::2]]
    Labels(bench.store.folder).add(judged, "anna")
    load(bench)
    assert bench.table(said).empty  # nothing shifts by itself
    after = train(settings_of(bench), bench.store, key=KEY)
    assert after.is_trained
    assert after.corrections >= len(judged)
    assert failing <= set(bench.table(said)["contact_id"])
    ordinary = (
        "select count(*) as n from contact"
        " where avoidable_basis = 'model' and note like '%gegeven%'"
    )
    assert bench.table(ordinary)["n"].tolist() == [0]


def test_what_was_judged_of_a_contact_stands(bench: Bench) -> None:
    load(bench)
    (one,) = bench.table(
        "select contact_id from contact where reason is null and note like 'afspraak%' limit 1"
    )["contact_id"]
    Labels(bench.store.folder).add([("log", one, "wrong_place")], "anna")
    train(settings_of(bench), bench.store, key=KEY)
    told = f"select avoidable_category, avoidable_basis from contact where contact_id = '{one}'"
    assert bench.table(told).to_numpy().tolist() == [["wrong_place", "model"]]


def test_what_was_judged_stands_for_a_row_in_the_place_of_an_earlier_one(bench: Bench) -> None:
    load(bench)
    labels = Labels(bench.store.folder)
    labels.add([("log", "c5", "wrong_place"), ("log", "c6", "wrong_place")], "anna")
    labels.add([("log", "c6", "")], "anna")
    train(settings_of(bench), bench.store, key=KEY)
    labels.add([("log", "c8", "wrong_place")], "anna")
    building = bench.folder / "building.duckdb"
    shutil.copyfile(str(bench.store.current_file()), building)
    backend = open_database(building)
    told = backend.table("note_opinion").to_pandas().set_index("contact_key")
    (judged,) = told.index[told["category"] == "wrong_place"]
    for old, new in ((judged, 10_005), (6, 10_006)):  # as an API's changed records come in
        backend.con.execute("delete from note_opinion where contact_key = ?", [old])
        backend.con.execute(
            "update loaded_contact set contact_key = ?, service = 'parkeren'"
            " where contact_key = ?", [new, old],
        )  # fmt: skip
    judge_new(backend, settings_of(bench), labels.current().values())
    after = backend.table("note_opinion").to_pandas().set_index("contact_key")
    assert tuple(after.loc[10_005]) == ("wrong_place", 1.0, True)
    assert after.loc[10_006, "probability"] < 1
    pd.testing.assert_frame_equal(after.drop([10_005, 10_006]), told.drop([judged, 6]))
    assert not [name for name in backend.list_tables() if name.startswith("scratch")]
    backend.con.close()


def test_to_train_twice_is_to_train_once(bench: Bench) -> None:
    load(bench)
    first, said = card(bench), opinions(bench)
    assert train(settings_of(bench), bench.store, key=KEY) == first
    assert opinions(bench) == said


def test_who_is_forgotten_leaves_no_judgement_and_no_opinion(bench: Bench) -> None:
    load(bench)
    labels = Labels(bench.store.folder)
    labels.add([("log", "c7", "valuable"), ("log", "c8", "valuable")], "anna")
    assert forget(settings_of(bench), bench.store, [("bsn", ANNA)], key=KEY) == 1
    assert set(labels.current()) == {("log", "c8")}
    assert "c7" not in {row[0] for row in opinions(bench)}
    assert bench.table("select count(*) as n from note_opinion")["n"].tolist() == [599]


def test_counting_only_forgets_nothing(bench: Bench) -> None:
    load(bench)
    labels = Labels(bench.store.folder)
    labels.add([("log", "c7", "valuable")], "anna")
    forget(settings_of(bench), bench.store, [("bsn", ANNA)], key=KEY, dry_run=True)
    assert set(labels.current()) == {("log", "c7")}


def load_on(bench: Bench, day: date, **privacy: Any) -> None:
    settings = bench.settings(SOURCE, avoidable=AVOIDABLE, privacy=privacy)
    etl.load.load(settings, bench.folder, bench.store, key=KEY, today=day)


def test_what_is_over_its_term_takes_its_judgement_along(bench: Bench) -> None:
    load(bench)
    labels = Labels(bench.store.folder)
    labels.add([("log", "c7", "valuable"), ("log", "c590", "valuable")], "anna")
    load_on(bench, date(2025, 4, 15), retain_months=1)
    assert set(labels.current()) == {("log", "c590")}
    assert len(opinions(bench)) == bench.table("select * from contact").shape[0] == 200


def test_figures_stay_when_only_notes_are_over_their_term(bench: Bench) -> None:
    load(bench)
    before = by_basis(bench)
    load_on(bench, date(2025, 4, 15), retain_notes_months=1)
    assert bench.table("select count(note) as n from contact")["n"].tolist() == [200]
    assert by_basis(bench) == before
    train(settings_of(bench), bench.store, key=KEY)
    assert len(opinions(bench)) == 600


def test_a_spreadsheet_goes_out_and_comes_back(bench: Bench, tmp_path: Path) -> None:
    load(bench)
    settings = settings_of(bench)
    found = queue(Reader(bench.store, connections=1), limit=20)
    assert len(found) == 20
    file = tmp_path / "sheet.csv"
    lines = sheet(found, settings).splitlines()
    assert lines[0].endswith(";juist")
    lines[1] += "Digitaal lukte niet"
    lines[2] += "waardevol"
    lines[3] += "wrong_place"
    file.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    judged = read_sheet(file, settings)
    wanted = [("log", found["contact_id"][n]) for n in range(3)]
    assert [one[:2] for one in judged] == wanted
    assert [one[2] for one in judged] == ["digital_failure", "valuable", "wrong_place"]
    assert unknown_contacts(bench.store, [*wanted, ("log", "nobody")]) == {("log", "nobody")}
    file.write_text("\n".join([lines[0], lines[4] + "iets anders"]), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 2") as raised:
        read_sheet(file, settings)
    assert "iets anders" not in str(raised.value)


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(bench: Bench) -> None:
    load(bench)
    found = queue(Reader(bench.store, connections=1), limit=1).assign(note="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in sheet(found, settings_of(bench))


def test_the_queue_holds_nothing_that_a_code_or_rule_speaks_of(bench: Bench) -> None:
    load(bench)
    found = queue(Reader(bench.store, connections=1), limit=1000)
    open_ones = bench.table("select contact_id from contact where reason is null")["contact_id"]
    assert set(found["contact_id"]) == set(open_ones)
    assert found["probability"].is_monotonic_increasing


def test_the_queue_of_a_part_of_the_week_or_day(bench: Bench) -> None:
    load(bench)
    reader = Reader(bench.store, connections=1)
    for name, value in (("weekday", "3"), ("half_hour", "09:00")):
        found = queue(reader, Selection(where={name: (value,)}), limit=1000)
        wanted = bench.table(
            f"select contact_id from contact where reason is null and {in_sql(name)} = '{value}'"
        )
        assert set(found["contact_id"]) == set(wanted["contact_id"]) != set()


_UNNUMBERED = {
    **SOURCE,
    "columns": {name: one for name, one in SOURCE["columns"].items() if name != "contact_id"},
}
"""A log without numbers of its own: contacts are known by a keyed hash of their row."""


def with_a_new_key(bench: Bench) -> tuple[bytes, ...]:
    """Rotate the key; returns the old one and the new."""
    file = bench.folder / "key"
    file.write_text(b64encode(KEY).decode() + "\n")
    settings = bench.settings(_UNNUMBERED, avoidable=AVOIDABLE)
    return rotate_key(settings, bench.store, key=KEY, file=file)


def test_a_new_key_takes_judgements_along(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.write(log(0, 300))
    bench.load(_UNNUMBERED, avoidable=AVOIDABLE)
    told = "select contact_id from contact where contact_key = 5"
    (before,) = bench.table(told)["contact_id"]
    labels = Labels(bench.store.folder)
    labels.add([("log", before, "wrong_place")], "anna")
    with_a_new_key(bench)
    (after,) = bench.table(told)["contact_id"]
    assert after != before
    assert set(labels.current()) == {("log", after)}


def test_a_new_key_takes_undone_judgements_along(tmp_path: Path) -> None:
    """A line under an old name could no longer leave with its contact, when that is erased."""
    bench = Bench(tmp_path)
    bench.write(log(0, 20))
    bench.load(_UNNUMBERED, avoidable=AVOIDABLE)
    told = f"select contact_id from loaded_contact where contact_key = {ANNAS}"
    (before,) = bench.table(told)["contact_id"]
    labels = Labels(bench.store.folder)
    labels.add([("log", before, "wrong_place")], "anna")
    labels.add([("log", before, "")], "anna")
    settings = bench.settings(_UNNUMBERED, avoidable=AVOIDABLE)
    chained = with_a_new_key(bench)
    (after,) = bench.table(told)["contact_id"]
    assert [label.contact for label in labels.all()] == [("log", after)] * 2
    assert labels.current() == {}
    assert forget(settings, bench.store, [("bsn", ANNA)], key=chained) == 1
    assert labels.all() == []
