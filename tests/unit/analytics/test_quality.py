"""What was loaded and refused, and how far the figures reach."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analytics import quality
from analytics.query import Selection
from tests import warehouses
from warehouse.accounts import LOAD_FIELDS, LOAD_FILE_FIELDS
from warehouse.errors import SelectionError
from warehouse.store import Reader


def _contacts() -> list[dict[str, object]]:
    """Return 30 calls (20 of known customers, 12 without service), 10 e-mails, 3 letters.

    And 40 visits, and 11 contacts at the desk, with which the letters are hidden.
    """
    rows: list[dict[str, object]] = []
    for number in range(30):
        service = None if number < 12 else "paspoort"
        customer = f"k{number}" if number < 20 else None
        rows.append({"channel": "phone", "service": service, "customer": customer})
    rows += [{"channel": "email", "service": "afval"}] * 10
    rows += [{"channel": "post", "service": "afval"}] * 3
    rows += [{"channel": "web_visit"}] * 40
    rows += [{"channel": "counter", "service": "afval"}] * 11
    return [
        {**row, "started_at": pd.Timestamp("2025-03-01 09:00") + pd.Timedelta(hours=6 * number)}
        for number, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return warehouses.build(tmp_path_factory.mktemp("quality"), _contacts())


def test_coverage(reader: Reader) -> None:
    table = quality.coverage(reader, Selection()).set_index("channel")
    phone = table.loc["phone"]
    assert phone["contacts"] == 30
    assert phone["identified_share"] == pytest.approx(20 / 30)
    assert phone["unknown_service_share"] == pytest.approx(12 / 30)
    assert "web_visit" not in table.index, "visits are no contacts"
    assert bool(table.loc["post", "suppressed"])
    assert bool(table.loc["counter", "suppressed"])
    assert pd.isna(table.loc["post", "contacts"])


def test_candidates_are_those_who_can_be_known(reader: Reader) -> None:
    """Of 20 identified calls, six hours apart, the first week's cannot be known."""
    table = quality.coverage(reader, Selection()).set_index("channel")
    assert table.loc["phone", "candidates"] == 0
    later = quality.coverage(
        warehouses.build(reader.store.folder / "later", _contacts()[:12] + _late()), Selection()
    ).set_index("channel")
    assert later.loc["phone", "candidates"] == 15


def _late() -> list[dict[str, object]]:
    return [
        {"channel": "phone", "customer": f"l{n}", "started_at": pd.Timestamp("2025-04-01")}
        for n in range(15)
    ]


def test_coverage_of_nothing(reader: Reader) -> None:
    nobody = quality.coverage(reader, Selection(where={"area": ("BU00000000",)}))
    assert nobody.empty
    assert "identified_share" in nobody.columns


def test_coverage_of_a_dimension_that_is_not_there(reader: Reader) -> None:
    with pytest.raises(SelectionError, match="chanel"):
        quality.coverage(reader, Selection(where={"chanel": ("phone",)}))


def test_loads_and_files_have_their_columns(reader: Reader) -> None:
    assert list(quality.loads(reader).columns) == [field.name for field in LOAD_FIELDS]
    files = quality.files(reader)
    assert list(files.columns) == [field.name for field in LOAD_FILE_FIELDS]
    assert files["loaded_count"].tolist() == [94]


def test_rejects_are_counted_by_reason(tmp_path: Path) -> None:
    reader = warehouses.build(tmp_path, _contacts())
    file = reader.store.current_file()
    assert file is not None
    with duckdb.connect(file) as connection:
        connection.executemany(
            "insert into reject values (?, ?, ?, ?)",
            [(1, 2, "Start", "wrong_date"), (1, 5, "Start", "wrong_date"), (1, 9, None, "cut")],
        )
    counted = quality.rejects_by_reason(Reader(reader.store))
    assert counted[["source", "reason", "count"]].to_numpy().tolist() == [
        ["log", "wrong_date", 2],
        ["log", "cut", 1],
    ]
