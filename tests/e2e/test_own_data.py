"""The examples of docs/own-data.md load as they stand there: whoever copies them gets figures."""

import re
import tomllib
from pathlib import Path

import pytest
from openpyxl import Workbook

from etl.load import LoadReport, load
from tests.warehouses import query
from warehouse.settings import parse_settings
from warehouse.store import Reader, Store

KEY = b"a key for made-up people, no secret"


def _example(repository: Path, heading: str) -> dict[str, str]:
    """Return a section's code blocks by language, of each the first."""
    page = (repository / "docs" / "own-data.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return dict(reversed(blocks))


def _load(toml: str, folder: Path) -> tuple[LoadReport, Reader]:
    settings = parse_settings(tomllib.loads(toml))
    store = Store(folder / ".samenspel")
    return load(settings, folder, store, key=KEY), Reader(store)


def _write(folder: Path, name: str, content: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")


def test_the_csv_example_loads_whole(repository: Path, tmp_path: Path) -> None:
    blocks = _example(repository, "CSV")
    _write(tmp_path, "logs/telefonie.csv", blocks["csv"])
    report, reader = _load(blocks["toml"], tmp_path)
    assert (report.read_count, report.loaded_count) == (4, 4)
    rows = query(
        reader,
        "select service, outcome, wait_seconds, started_local::varchar, customer_id is null,"
        " is_repeat from contact order by contact_id",
    )
    assert rows == [
        ("Paspoort", "resolved", 35.0, "2025-03-03 09:02:11", False, False),
        ("Afval", "forwarded", 130.0, "2025-03-03 09:05:40", False, False),
        ("verhuismelding", "abandoned", 12.0, "2025-03-03 09:07:02", True, False),
        ("Paspoort", "resolved", 65.0, "2025-03-04 13:30:00", False, True),
    ]
    again = load(parse_settings(tomllib.loads(blocks["toml"])), tmp_path, reader.store, key=KEY)
    assert again.loaded_count == 0


def test_the_excel_example_loads_whole(repository: Path, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bezoeken"
    sheet.append(["Ticket", "Aankomst", "Product", "Afspraak", "Behandeltijd"])
    sheet.append(["A001", "03-03-2025 10:15", "Paspoort", "J", 7.5])
    sheet.append(["A002", "03-03-2025 10:20", "Rijbewijs", "N", 12])
    (tmp_path / "balie").mkdir()
    book.save(tmp_path / "balie" / "bezoeken.xlsx")
    report, reader = _load(_example(repository, "Excel")["toml"], tmp_path)
    assert (report.read_count, report.loaded_count) == (2, 2)
    assert query(
        reader, "select channel, planned, handle_seconds from contact order by contact_id"
    ) == [("counter", True, 450.0), ("counter", False, 720.0)]


def test_the_json_example_loads_whole(repository: Path, tmp_path: Path) -> None:
    blocks = _example(repository, "JSON")
    _write(tmp_path, "chat/gesprekken.jsonl", blocks["json"])
    report, reader = _load(blocks["toml"], tmp_path)
    assert (report.read_count, report.loaded_count) == (2, 2)
    assert query(
        reader,
        "select service, satisfaction, started_at::varchar, customer_id is not null"
        " from contact order by contact_id",
    ) == [
        ("paspoort", 8.0, "2025-03-03 09:15:00", True),
        (None, None, "2025-03-03 10:20:00", False),
    ]


@pytest.mark.parametrize("heading", ["CSV", "Excel", "JSON"])
def test_an_example_names_the_key_that_step_one_makes(repository: Path, heading: str) -> None:
    toml = tomllib.loads(_example(repository, heading)["toml"])
    assert toml["privacy"]["key_file"] == "samenspel.key"


def test_the_example_of_two_systems_counts_a_call_once(repository: Path, tmp_path: Path) -> None:
    """A call of two questions, one call that was never registered, and a visit to the counter."""
    _write(
        tmp_path,
        "logs/telefonie.csv",
        "Gesprek ID;Begin;Wachttijd;Gespreksduur;Nummer;Agent\n"
        "1;03-03-2025 09:00:00;0:20;4:00;0610000001;KCC07\n"
        "2;03-03-2025 10:00:00;0:05;2:00;0610000002;KCC07\n",
    )
    _write(
        tmp_path,
        "logs/registraties.csv",
        "Nummer;Start;Einde;Kanaal;Vraag;BSN;Medewerker\n"
        "a;03-03-2025 09:00:25;03-03-2025 09:05:00;Telefoon;Paspoort;999990019;"
        "j.jansen@voorbeeld.example\n"
        "b;03-03-2025 09:02:00;03-03-2025 09:05:01;Telefoon;Afval;999990019;"
        "j.jansen@voorbeeld.example\n"
        "c;03-03-2025 11:00:00;03-03-2025 11:05:00;Balie;Afval;999990019;KCC08\n",
    )
    toml = _example(repository, "Eén gesprek, meer rijen")["toml"]
    _, reader = _load(toml, tmp_path)
    rows = query(
        reader,
        "select contact_id, channel, service, wait_seconds, is_repeat from contact"
        " where is_contact order by started_at",
    )
    assert rows == [
        ("1", "phone", "Paspoort", 20.0, False),
        ("2", "phone", None, 5.0, False),
        ("c", "counter", "Afval", None, True),
    ]
