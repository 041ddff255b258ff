"""JSON, Parquet and workbooks give the same contacts as CSV, each with its own way to break."""

# ruff: noqa: DTZ001  # the warehouse holds times without offset

import gzip
import json
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.loading import PLAIN, Bench, counts
from warehouse.errors import ConfigurationError, SourceError

RECORDS = [
    {"start": "2024-05-01T10:00:00+02:00", "channel": "phone", "about": {"product": "paspoort"}},
    {"start": "2024-05-02T10:00:00+02:00", "channel": "chat", "about": {"product": None}},
]
NESTED = {**PLAIN, "service": "about.product"}


def load_json(bench: Bench, content: str, name: str = "log.json", **source: Any) -> Any:
    bench.write(content, name)
    return bench.account({"kind": "json", "path": name, "columns": NESTED, **source})


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_of_records(bench: Bench, indent: int | None) -> None:
    assert counts(load_json(bench, json.dumps(RECORDS, indent=indent))) == (2, 2, 0, 0)
    assert bench.values("service") == ["paspoort", None]
    assert bench.values("started_at")[0] == datetime(2024, 5, 1, 8)


def test_records_within_an_object(bench: Bench) -> None:
    document = json.dumps({"count": 2, "data": {"results": RECORDS}}, indent=1)
    assert counts(load_json(bench, document, records="data.results")) == (2, 2, 0, 0)


@pytest.mark.parametrize("name", ["log.json", "log.jsonl", "log.ndjson"])
def test_a_record_a_line(bench: Bench, name: str) -> None:
    lines = "\n".join(json.dumps(record) for record in RECORDS)
    assert counts(load_json(bench, lines + "\n\n", name)) == (2, 2, 0, 0)


def test_broken_lines_are_named(bench: Bench) -> None:
    lines = [json.dumps(RECORDS[0]), '{"start": ', "7", json.dumps(RECORDS[1])]
    assert counts(load_json(bench, "\n".join(lines), "log.jsonl")) == (4, 2, 0, 2)
    assert bench.rejects() == [(2, "", "invalid_json"), (3, "", "not_an_object")]


def test_packed_lines(bench: Bench) -> None:
    bench.write(gzip.compress(json.dumps(RECORDS[0]).encode()), "log.jsonl.gz")
    account = bench.account({"kind": "json", "path": "log.jsonl.gz", "columns": NESTED})
    assert counts(account) == (1, 1, 0, 0)


def test_a_malformed_document_is_refused_with_its_place(bench: Bench) -> None:
    with pytest.raises(SourceError, match=r"log\.json.*no valid JSON") as caught:
        load_json(bench, json.dumps(RECORDS)[:-20])
    assert "paspoort" not in str(caught.value)


def test_an_object_needs_to_know_where_its_records_are(bench: Bench) -> None:
    with pytest.raises(ConfigurationError, match="records"):
        load_json(bench, json.dumps({"results": RECORDS}, indent=1))
    with pytest.raises(ConfigurationError, match="no list of records at 'items'"):
        load_json(bench, json.dumps({"results": RECORDS}, indent=1), records="items")


def test_an_absent_field_is_named(bench: Bench) -> None:
    with pytest.raises(ConfigurationError, match=r"no column 'about\.produkt'") as caught:
        load_json(bench, json.dumps(RECORDS), columns={**PLAIN, "service": "about.produkt"})
    assert "Did you mean 'about.product'?" in str(caught.value)


def test_a_field_that_only_some_records_have(bench: Bench) -> None:
    records = [*RECORDS, {"start": "2024-05-03T10:00:00Z", "channel": "phone"}]
    assert counts(load_json(bench, json.dumps(records))) == (3, 3, 0, 0)


def test_keys_with_dots_and_places_in_lists(bench: Bench) -> None:
    records = [{"start": "2024-05-01 10:00", "channel": "phone", "a.b": "x", "l": [{"t": "y"}]}]
    columns = {**PLAIN, "service": "a.b", "topic": "l.0.t"}
    load_json(bench, json.dumps(records), columns=columns)
    assert bench.values("service", "topic") == [("x", "y")]


def test_records_without_id_are_told_apart_by_all_they_hold(bench: Bench) -> None:
    records = [{"start": "2024-05-01 10:00", "channel": "phone", "agent": name} for name in "aab"]
    account = load_json(bench, json.dumps(records), columns=PLAIN)
    assert counts(account) == (3, 2, 1, 0)


def test_parquet_with_types_and_structures(bench: Bench) -> None:
    frame = pd.DataFrame(
        {
            "id": [1.0, 2.0],
            "start": pd.to_datetime(["2024-05-01 10:00", "2024-05-02 10:00"]),
            "end": pd.to_datetime(["2024-05-01 10:00Z", "2024-05-02 10:00Z"]),
            "channel": ["phone", "chat"],
            "wait": [12.5, None],
            "planned": [True, False],
            "about": [{"product": "paspoort"}, {"product": None}],
        }
    )
    frame.to_parquet(bench.folder / "log.parquet")
    columns = {
        **NESTED,
        "contact_id": "id",
        "ended_at": "end",
        "wait_seconds": "wait",
        "planned": "planned",
    }
    account = bench.account({"kind": "parquet", "path": "log.parquet", "columns": columns})
    assert counts(account) == (2, 2, 0, 0)
    fields = ("contact_id", "started_at", "ended_at", "wait_seconds", "planned", "service")
    assert bench.values(*fields) == [
        ("1", datetime(2024, 5, 1, 8), datetime(2024, 5, 1, 10), 12.5, True, "paspoort"),
        ("2", datetime(2024, 5, 2, 8), datetime(2024, 5, 2, 10), None, False, None),
    ]


def test_parquet_refuses_by_number_of_the_record(bench: Bench) -> None:
    frame = pd.DataFrame({"start": ["2024-05-01", "nooit", "2024-05-02"], "channel": "phone"})
    frame.to_parquet(bench.folder / "log.parquet")
    assert counts(bench.account({"kind": "parquet", "path": "log.parquet"})) == (3, 2, 0, 1)
    assert bench.rejects() == [(2, "start", "bad_time")]


def test_what_is_no_parquet_is_refused(bench: Bench) -> None:
    bench.write("start;channel\n", "log.parquet")
    with pytest.raises(SourceError, match=r"source log, log\.parquet"):
        bench.load({"kind": "parquet", "path": "log.parquet"})


def write_workbook(bench: Bench, *rows: list[Any], sheet: str = "Blad1") -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append(row)
    book.create_sheet("Toelichting").append(["niets"])
    book.save(bench.folder / "log.xlsx")


def test_a_workbook_with_dates_numbers_and_gaps(bench: Bench) -> None:
    write_workbook(
        bench,
        ["id", "start", "channel", "wait"],
        [12, datetime(2024, 5, 1, 10, 0), "phone", 1.5],
        [None, None, None, None],
        ["a", date(2024, 5, 2), "Balie", 3],
        ["b", "ooit", "Balie", 3],
    )
    columns = {**PLAIN, "contact_id": "id", "wait_seconds": "wait"}
    account = bench.account({"kind": "xlsx", "path": "log.xlsx", "columns": columns})
    assert counts(account) == (3, 2, 0, 1)
    assert bench.values("contact_id", "started_local", "wait_seconds") == [
        ("12", datetime(2024, 5, 1, 10), 1.5),
        ("a", datetime(2024, 5, 2), 3.0),
    ]
    assert bench.rejects() == [(5, "start", "bad_time")]


def test_a_heading_above_the_header_does_not_shift_the_lines(bench: Bench) -> None:
    write_workbook(bench, [], [], ["start", "channel"], ["2024-05-01", "phone"], ["ooit", "phone"])
    assert counts(bench.account({"kind": "xlsx", "path": "log.xlsx"})) == (2, 1, 0, 1)
    assert bench.rejects() == [(5, "start", "bad_time")]


def test_a_sheet_by_name(bench: Bench) -> None:
    write_workbook(bench, ["start", "channel"], ["2024-05-01", "phone"], sheet="Register")
    source = {"kind": "xlsx", "path": "log.xlsx", "sheet": "Register"}
    with pytest.raises(ConfigurationError, match=r"no sheet 'Nee'.*Register, Toelichting"):
        bench.load({**source, "sheet": "Nee"})
    assert counts(bench.account(source)) == (1, 1, 0, 0)


def test_what_is_no_workbook_is_refused(bench: Bench) -> None:
    bench.write("start;channel\n", "log.xlsx")
    with pytest.raises(SourceError, match="no workbook"):
        bench.load({"kind": "xlsx", "path": "log.xlsx"})


def test_an_empty_sheet_loads_nothing(bench: Bench) -> None:
    write_workbook(bench)
    assert counts(bench.account({"kind": "xlsx", "path": "log.xlsx"})) == (0, 0, 0, 0)


def test_all_kinds_give_the_same_contacts(bench: Bench) -> None:
    rows = [
        {"id": str(i), "start": f"2024-05-{i:02} 10:00:00", "channel": "phone", "wait": "1.5"}
        for i in range(1, 20)
    ]
    frame = pd.DataFrame(rows)
    frame.to_csv(bench.folder / "log.csv", index=False)
    frame.to_parquet(bench.folder / "log.parquet")
    frame.to_excel(bench.folder / "log.xlsx", index=False)
    (bench.folder / "log.json").write_text(json.dumps(rows))
    (bench.folder / "log.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    columns = {**PLAIN, "contact_id": "id", "wait_seconds": "wait"}
    names = ["log.csv", "log.parquet", "log.xlsx", "log.json", "log.jsonl"]
    kinds = ["csv", "parquet", "xlsx", "json", "json"]
    bench.load(
        *(
            {"name": f"s{i}", "kind": kind, "path": name, "columns": columns}
            for i, (kind, name) in enumerate(zip(kinds, names, strict=True))
        )
    )
    fields = ("contact_id", "channel", "started_at", "started_local", "wait_seconds")
    loaded = [bench.values(*fields, where=f"source = 's{i}'") for i in range(5)]
    assert len(loaded[0]) == 19
    assert all(those == loaded[0] for those in loaded)
    assert loaded[0][0][2] == datetime(2024, 5, 1, 8, tzinfo=UTC).replace(tzinfo=None)
