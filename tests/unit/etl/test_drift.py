"""Schema drift: what a file has otherwise than the last one of its source, told before a load."""

import json
from typing import Any

import pytest

from etl.check import find_drifts
from etl.drift import Drift
from tests.loading import Bench, counts
from warehouse.errors import ConfigurationError

COLUMNS = {
    "started_at": "start",
    "channel": "channel",
    "wait_seconds": {"column": ["Wachttijd", "Wacht"], "optional": True},
}
SOURCE = {"columns": COLUMNS, "path": "log-*.csv"}
FIRST = "start;channel;Wachttijd;Team\n2025-03-03 10:00;phone;12;A\n"


def second(bench: Bench, header: str, rows: str = "2025-03-04 10:00;phone;13;B\n") -> None:
    """Load a first file, and lay a second one beside it."""
    bench.write(FIRST, "log-2025-03.csv")
    bench.load(SOURCE)
    bench.write(f"{header}\n{rows}", "log-2025-04.csv")


def told(drifts: tuple[Drift, ...] | list[Drift]) -> list[tuple[str, str, str, str]]:
    return [(one.change, one.column, one.field, one.proposal) for one in drifts]


def test_the_columns_of_each_file_are_kept(bench: Bench) -> None:
    bench.write(FIRST, "log-2025-03.csv")
    bench.load(SOURCE)
    kept = bench.table('select position, "column" from load_column order by position')
    assert list(kept["column"]) == ["start", "channel", "Wachttijd", "Team"]
    assert list(kept["position"]) == [1, 2, 3, 4]


def test_equal_columns_in_another_order_are_no_drift(bench: Bench) -> None:
    second(bench, "channel;start;Team;Wachttijd", "phone;2025-03-04 10:00;B;13\n")
    assert bench.load(SOURCE).drifts == ()


@pytest.mark.parametrize(
    ("name", "proposal"),
    [("Wachttijd (s)", "Wachttijd (s)"), ("wachttijd", "wachttijd"), ("q17", "q17")],
)
def test_a_lost_column_of_a_field_stops_the_load(bench: Bench, name: str, proposal: str) -> None:
    second(bench, f"start;channel;{name};Team")
    before = bench.store.current_file()
    with pytest.raises(ConfigurationError, match=r"'Wachttijd'.*is gone") as caught:
        bench.load(SOURCE)
    assert f"perhaps it is now {proposal!r}" in str(caught.value)
    assert "log-2025-04.csv" in str(caught.value)
    assert bench.store.current_file() == before


def test_a_lost_column_may_be_let_through(bench: Bench) -> None:
    second(bench, "start;channel;Wachttijd (s);Team")
    report = bench.load({**SOURCE, "on_drift": "warn"})
    assert told(report.drifts) == [("field_missing", "Wachttijd", "wait_seconds", "Wachttijd (s)")]
    assert counts(report)[1] == 1
    assert bench.values("wait_seconds") == [12.0, None]
    assert bench.table('select "column", change, proposal from load_drift').values.tolist() == [
        ["Wachttijd", "field_missing", "Wachttijd (s)"]
    ]


def test_another_known_name_is_told(bench: Bench) -> None:
    second(bench, "start;channel;Wacht;Team")
    report = bench.load(SOURCE)
    assert told(report.drifts) == [("renamed", "Wachttijd", "wait_seconds", "Wacht")]
    assert bench.values("wait_seconds") == [12.0, 13.0]


def test_new_and_unused_columns_are_told_and_stop_only_where_asked(bench: Bench) -> None:
    second(bench, "start;channel;Wachttijd;Locatie", "2025-03-04 10:00;phone;13;Noord\n")
    with pytest.raises(ConfigurationError, match="'Team'"):
        bench.load({**SOURCE, "on_drift": "stop"})
    report = bench.load(SOURCE)
    assert told(report.drifts) == [("missing", "Team", "", ""), ("new", "Locatie", "", "")]


def test_a_file_of_another_form_is_compared_with_its_own_kind(bench: Bench) -> None:
    """A source may hold several exports, each with columns of its own."""
    source = {**SOURCE, "path": "*.csv"}
    bench.write(FIRST, "verhuizing-2024.csv")
    bench.write("start;channel;Kenteken\n2025-03-03 11:00;phone;x\n", "parkeren-2024.csv")
    bench.load(source)
    bench.write("start;channel;Kenteken\n2025-03-04 11:00;phone;y\n", "parkeren-2025.csv")
    bench.write("start;channel;Boom\n2025-03-04 12:00;phone;y\n", "kappen-2025.csv")
    assert bench.load(source).drifts == ()


def test_doctor_tells_without_loading(bench: Bench) -> None:
    second(bench, "start;channel;Wachttijd (s);Team")
    (source,) = bench.settings(SOURCE).source
    drifts = find_drifts(source, bench.folder, bench.store.current_file())
    assert told(drifts) == [("field_missing", "Wachttijd", "wait_seconds", "Wachttijd (s)")]
    assert drifts[0].stops


def test_fields_of_json_records_may_be_left_out(bench: Bench) -> None:
    def lines(*records: dict[str, Any]) -> str:
        return "".join(json.dumps(record) + "\n" for record in records)

    columns = {"started_at": "at", "channel": "k", "topic": {"column": "a.b", "optional": True}}
    source = {"kind": "json", "path": "log-*.jsonl", "columns": columns}
    bench.write(lines({"at": "2025-03-03T10:00:00Z", "k": "chat", "a": {"b": "x"}}), "log-1.jsonl")
    bench.load(source)
    bench.write(lines({"at": "2025-03-04T10:00:00Z", "k": "chat", "c": 1}), "log-2.jsonl")
    report = bench.load(source)
    assert told(report.drifts) == [("field_missing", "a.b", "topic", ""), ("new", "c", "", "")]


def test_what_looks_like_a_value_is_not_kept_as_a_column(bench: Bench) -> None:
    bench.write("2025-03-03 10:00;phone;een@voorbeeld.example\n", "log-1.csv")
    columns = {"started_at": "2025-03-03 10:00", "channel": "phone"}
    bench.load({"columns": columns, "path": "log-*.csv"})
    kept = bench.table('select "column" from load_column order by position')
    assert list(kept["column"]) == ["", "phone", ""]
