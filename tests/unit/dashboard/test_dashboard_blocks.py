"""Tables say what the figures say, in the reader's notation, and a spreadsheet runs none of it."""

import csv
import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics import Unit
from analytics.periods import Grain
from analytics.spreadsheets import harmless
from dashboard.blocks import Column, Table

NAN = float("nan")


def table(names: list[str]) -> Table:
    frame = pd.DataFrame(
        {
            "name": names,
            "period": date(2025, 3, 1),
            "value": 0.125,
            "count": 1234.0,
            "change": -0.02,
            "suppressed": [False] * len(names),
        }
    )
    return Table(
        frame,
        (
            Column("name", "Naam"),
            Column("period", "Periode", Grain.MONTH),
            Column("value", "Aandeel", Unit.SHARE),
            Column("count", "Aantal", Unit.COUNT),
            Column("change", "Verschil", "points"),
        ),
    )


def test_cells_are_written_in_the_readers_notation() -> None:
    row = ["a", "maart 2025", "12,5%", "1.234", "−2,0\xa0pp"]
    assert table(["a"]).cells("nl", 10) == [row]


def test_a_suppressed_row_keeps_its_name_and_loses_its_numbers() -> None:
    hidden = table(["a"])
    hidden.frame["suppressed"] = True
    assert hidden.cells("nl", 10) == [["a", "maart 2025", "<\xa010", "<\xa010", "<\xa010"]]
    assert "0,125" not in hidden.csv("nl", 10)


def test_what_is_missing_is_a_dash_on_screen_and_empty_in_a_file() -> None:
    missing = table(["a"])
    missing.frame["value"] = NAN
    assert missing.cells("nl", 10)[0][2] == "–"
    assert missing.csv("nl", 10).splitlines()[1].split(";")[2] == ""


@pytest.mark.parametrize(
    ("language", "sign", "share"), [("nl", ";", "0,125"), ("en", ",", "0.125")]
)
def test_a_file_opens_well_in_a_spreadsheet_of_the_language(
    language: str, sign: str, share: str
) -> None:
    text = table(["a"]).csv(language, 10)
    assert text.startswith("\N{BYTE ORDER MARK}")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=sign))
    assert rows[1] == ["a", "2025-03-01", share, "1234", "-0,02" if language == "nl" else "-0.02"]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_text_of_a_file_is_a_formula_and_none_is_lost(names: list[str]) -> None:
    text = table(names).csv("nl", 10)[1:]
    cells = [row[0] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]
    assert not any(cell.startswith(tuple("=+-@\t\r\n|%＝＋－＠")) for cell in cells)
    assert [cell.removeprefix("'") for cell in cells] == [name.removeprefix("'") for name in names]


@pytest.mark.parametrize("start", list("=+-@\t\r\n|%＝＋－＠"))
def test_each_sign_that_begins_a_formula_is_made_harmless(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless(f"1{start}") == f"1{start}"
