"""A load: what is new, what was there, what is published, and what every mistake says."""

from typing import Any

import pytest

import etl.gate
import etl.load
from analytics.query import span
from etl.check import check_source
from etl.materialise import materialise
from etl.rejects import REASONS, reason_text
from tests.loading import PLAIN, Bench, counts
from warehouse.errors import AccountsError, ConfigurationError, NoWarehouseError, SourceError
from warehouse.store import Reader, Store

WITH_ID = {**PLAIN, "contact_id": "id"}


def log(*rows: str) -> str:
    return "id;start;channel\n" + "".join(row + "\n" for row in rows)


ONE, TWO, THREE = (f"{i};2024-05-0{i} 10:00;phone" for i in (1, 2, 3))


def test_the_same_file_again_changes_nothing(bench: Bench) -> None:
    bench.write(log(ONE, TWO))
    bench.load({"columns": WITH_ID})
    before = bench.store.current_file()
    report = bench.load({"columns": WITH_ID})
    assert [file.already_loaded for file in report.files] == [True]
    assert counts(report) == (0, 0, 0, 0)
    assert not report.is_published
    assert bench.store.current_file() == before


def test_the_same_content_under_another_name_is_not_read_again(bench: Bench) -> None:
    bench.write(log(ONE), "a.csv")
    bench.write(log(ONE), "b.csv")
    report = bench.load({"path": "*.csv", "columns": WITH_ID})
    assert [file.already_loaded for file in report.files] == [False, True]


@pytest.mark.parametrize("columns", [WITH_ID, PLAIN], ids=["with id", "by content"])
def test_a_file_that_grew_adds_what_is_new(bench: Bench, columns: dict[str, str]) -> None:
    bench.write(log(ONE, TWO))
    bench.load({"columns": columns})
    bench.write(log(ONE, TWO, THREE))
    assert counts(bench.account({"columns": columns})) == (3, 1, 2, 0)
    assert len(bench.values("contact_id")) == 3


@pytest.mark.parametrize(("keep", "kept"), [("first", "phone"), ("last", "chat")])
def test_of_one_contact_in_a_file_one_row_stands(bench: Bench, keep: str, kept: str) -> None:
    bench.write(log("1;2024-05-01 10:00;phone", TWO, "1;2024-05-01 11:00;chat"))
    assert counts(bench.account({"columns": WITH_ID, "keep": keep})) == (3, 2, 1, 0)
    assert bench.values("channel", where="contact_id = '1'") == [kept]


@pytest.mark.parametrize(("keep", "kept"), [("first", "phone"), ("last", "chat")])
def test_of_one_contact_in_two_files_of_a_load_one_row_stands(
    bench: Bench, keep: str, kept: str
) -> None:
    bench.write(log("1;2024-05-01 10:00;phone", TWO), "a.csv")
    bench.write(log("1;2024-05-01 11:00;chat", THREE), "b.csv")
    report = bench.load({"path": "?.csv", "columns": WITH_ID, "keep": keep})
    assert counts(report) == (4, 3, 1, 0)
    assert [file.file_name for file in report.files] == ["a.csv", "b.csv"]
    assert bench.values("channel", where="contact_id = '1'") == [kept]


@pytest.mark.parametrize("keep", ["first", "last"])
def test_what_was_loaded_before_stands(bench: Bench, keep: str) -> None:
    bench.write(log("1;2024-05-01 10:00;phone"), "a.csv")
    bench.load({"path": "a.csv", "columns": WITH_ID, "keep": keep})
    bench.write(log("1;2024-05-01 11:00;chat"), "b.csv")
    report = bench.load({"path": "?.csv", "columns": WITH_ID, "keep": keep})
    assert counts(report) == (1, 0, 1, 0)
    assert bench.values("channel") == ["phone"]


def test_equal_rows_without_id_are_one_contact(bench: Bench) -> None:
    bench.write("start;channel\n" + "2024-05-01 10:00;phone\n" * 3)
    assert counts(bench.account()) == (3, 1, 2, 0)


def test_rows_without_an_id_among_rows_with_one(bench: Bench) -> None:
    bench.write(log(ONE, ";2024-05-01 10:00;phone", ";2024-05-02 10:00;phone"))
    assert counts(bench.account({"columns": WITH_ID})) == (3, 3, 0, 0)


def test_one_id_in_two_sources_is_two_contacts(bench: Bench) -> None:
    bench.write(log(ONE))
    report = bench.load({"name": "a", "columns": WITH_ID}, {"name": "b", "columns": WITH_ID})
    assert counts(report) == (2, 2, 0, 0)


def test_a_refused_row_does_not_take_its_contacts_place(bench: Bench) -> None:
    bench.write(log("1;nooit;phone", ONE))
    assert counts(bench.account({"columns": WITH_ID})) == (2, 1, 0, 1)


def test_the_direct_road_and_the_exact_one_lead_to_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write(
        "id;start;channel;w;b\n"
        + "".join(
            f"{i};{i % 28 + 1:02}-05-2024 10:00;Balie;{i},5;{'123456782' if i % 2 else ''}\n"
            for i in range(500)
        )
    )
    source = {"columns": {**WITH_ID, "wait_seconds": "w"}, "identifiers": {"bsn": "b"}}
    assert counts(bench.account(source)) == (500, 500, 0, 0)
    direct = bench.table("select * from loaded_contact order by rowid")
    monkeypatch.setattr(etl.gate.Passage, "_go_direct", lambda *_: None)
    other = Bench(bench.folder)
    other.store = Store(bench.folder / "other")
    assert counts(other.account(source)) == (500, 500, 0, 0)
    assert direct.equals(other.table("select * from loaded_contact order by rowid"))


def test_a_changed_setting_derives_anew_without_any_new_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write(log(ONE))
    bench.load({"columns": WITH_ID})
    derived = []
    monkeypatch.setattr(etl.load, "materialise", lambda _, settings: derived.append(settings))
    report = bench.load({"columns": WITH_ID}, repeat={"window_days": 14})
    assert report.is_published
    assert counts(report) == (0, 0, 0, 0)
    assert [settings.repeat.window_days for settings in derived] == [14]
    assert not bench.load({"columns": WITH_ID}, repeat={"window_days": 14}).is_published


def test_a_changed_goal_or_plan_is_known_without_deriving_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.load, "materialise", materialise)
    bench.write(log(ONE))
    bench.load({"columns": WITH_ID})
    before = bench.table("select * from contact")
    monkeypatch.setattr(etl.load, "materialise", lambda *_: pytest.fail("derived anew"))
    goals = [{"metric": "repeat_rate", "year": 2024, "at_most": 0.1}]
    report = bench.load({"columns": WITH_ID}, planning={"weeks_ahead": 6}, goal=goals)
    assert report.is_published
    assert bench.table("select * from contact").equals(before)
    known = span(Reader(bench.store)).settings
    assert (known.planning.weeks_ahead, len(known.goal)) == (6, 1)


def test_only_the_sources_that_are_asked_for(bench: Bench) -> None:
    bench.write(log(ONE))
    settings = bench.settings({"name": "a", "columns": WITH_ID}, {"name": "b", "path": "none.csv"})
    report = etl.load.load(settings, bench.folder, bench.store, key=b"k" * 32, sources=["a"])
    assert counts(report) == (1, 1, 0, 0)
    with pytest.raises(ConfigurationError, match=r"there is no source c.*Configured: a, b"):
        etl.load.load(settings, bench.folder, bench.store, key=b"k" * 32, sources=["c"])


def test_a_pattern_without_files_is_named_with_its_folder(bench: Bench) -> None:
    with pytest.raises(ConfigurationError) as caught:
        bench.load({"path": "logs/telefonie-*.csv"})
    assert "'logs/telefonie-*.csv'" in str(caught.value)
    assert str(bench.folder) in str(caught.value)
    with pytest.raises(ConfigurationError):
        check_source(bench.settings({"path": "none.csv"}).source[0], bench.folder, {})


def test_nothing_of_a_failed_load_is_published_or_left(bench: Bench) -> None:
    bench.write(log(ONE), "a.csv")
    bench.load({"path": "a.csv", "columns": WITH_ID})
    before = bench.store.current_file()
    bench.write(b"PAR1 no text", "b.csv")
    bench.write(log(TWO), "c.csv")
    with pytest.raises(SourceError):
        bench.load({"path": "?.csv", "columns": WITH_ID})
    assert bench.store.current_file() == before
    assert before is not None
    assert [file.name for file in before.parent.iterdir()] == [before.name]
    (bench.folder / "b.csv").unlink()
    assert counts(bench.load({"path": "?.csv", "columns": WITH_ID})) == (1, 1, 0, 0)


def test_accounts_that_do_not_add_up_stop_the_load(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that goes astray on the way is noticed before anything is published."""
    bench.write(log(ONE, TWO))
    astray = lambda backend, _: backend.con.execute(  # noqa: E731
        "delete from loaded_contact where contact_id = '2'"
    )
    monkeypatch.setattr(etl.load, "materialise", astray)
    with pytest.raises(AccountsError, match="do not agree"):
        bench.load({"columns": WITH_ID})
    assert bench.store.current_file() is None


@pytest.mark.parametrize("broken", ["", "9;nooit;phone\n"], ids=["direct", "exact"])
def test_a_file_that_grows_while_it_is_read_is_not_loaded(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    file = bench.write(log(ONE, TWO) + broken)
    opener = etl.load.OPENERS["csv"]

    def open_and_grow(*arguments: Any) -> Any:
        rows = opener(*arguments)
        with file.open("a") as log_of_a_running_system:
            log_of_a_running_system.write(THREE + "\n")
        return rows

    monkeypatch.setitem(etl.load.OPENERS, "csv", open_and_grow)
    with pytest.raises(SourceError, match="changed while it was read"):
        bench.load({"columns": WITH_ID})
    assert bench.store.current_file() is None


def test_rejects_are_told_in_words(bench: Bench) -> None:
    bench.write(log("1;nooit;phone", "2;2024-05-01", ONE.replace("1;", "9;", 1)))
    bench.load({"columns": WITH_ID})
    frame = etl.load.rejects(bench.store)
    assert list(frame.columns) == ["source", "file", "line", "column", "reason"]
    assert frame.values.tolist() == [
        ["log", "log.csv", 2, "start", reason_text("bad_time", "nl")],
        ["log", "log.csv", 3, "", reason_text("too_few_columns", "nl")],
    ]
    assert etl.load.rejects(bench.store, "other").empty
    english = etl.load.rejects(bench.store, "log", language="en")
    assert english["reason"][1] == "too few columns on this line"


def test_rejects_without_a_warehouse(bench: Bench) -> None:
    with pytest.raises(NoWarehouseError):
        etl.load.rejects(bench.store)


def test_every_reason_has_two_sentences() -> None:
    for dutch, english in REASONS.values():
        assert dutch
        assert english
        assert dutch != english


def test_facts_about_the_version(bench: Bench) -> None:
    bench.write(log(ONE, THREE))
    bench.load({"columns": WITH_ID}, organisation="Gemeente Test")
    with Reader(bench.store).backend() as backend:
        meta = dict(backend.con.execute("select key, value from meta").fetchall())
    assert meta["is_demo"] == "false"
    assert meta["first_contact_at"] == "2024-05-01T08:00:00"
    assert meta["last_contact_at"] == "2024-05-03T08:00:00"
    assert '"organisation": "Gemeente Test"' in meta["settings"]
    assert "log.csv" not in meta["settings"]


def test_a_warehouse_of_another_version_is_left_alone(bench: Bench) -> None:
    import duckdb

    bench.write(log(ONE))
    bench.load({"columns": WITH_ID})
    with duckdb.connect(bench.store.current_file()) as connection:
        connection.execute("update meta set value = '0' where key = 'schema_version'")
    bench.write(log(TWO))
    with pytest.raises(Exception, match="version 0 of the tables"):
        bench.load({"columns": WITH_ID})


def test_progress_is_told(bench: Bench) -> None:
    told = []

    class Listener:
        def start(self, step: str, total: int | None = None) -> None:
            told.append((step, total))

        def advance(self, done: int) -> None:
            told.append(("advance", done))

        def finish(self) -> None:
            told.append(("finish", None))

    bench.write(log(ONE))
    etl.load.load(
        bench.settings({"columns": WITH_ID}),
        bench.folder,
        bench.store,
        key=b"k" * 32,
        progress=Listener(),
    )
    steps = [step for step, _ in told]
    assert "Loading log log.csv" in steps
    assert steps.count("finish") == len([s for s in steps if s not in {"advance", "finish"}])
