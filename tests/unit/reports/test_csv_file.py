"""The CSV of all figures: what Excel and pandas make of it."""

import csv
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analytics.report.content import Report
from reports.csv import protected, write_csv
from tests.unit.reports.conftest import FORMULA


@pytest.fixture
def file(report: Report, tmp_path: Path) -> Path:
    write_csv(report, tmp_path / "figures.csv")
    return tmp_path / "figures.csv"


def test_pandas_reads_back_what_was_measured(report: Report, file: Path) -> None:
    read = pd.read_csv(file, sep=";", decimal=",")
    assert list(read.columns) == list(report.figures.columns)
    for name in ("value", "numerator", "denominator", "low", "high"):
        pd.testing.assert_series_equal(read[name], report.figures[name])
    assert read["suppressed"].tolist() == [False, True, False]
    assert read["period"].tolist() == ["2025-03-01"] * 3


def test_a_dutch_excel_takes_it_for_utf8_with_semicolons_and_decimal_commas(file: Path) -> None:
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"0,1834" in content
    assert content.count(b"\r\n") == 4


def test_a_suppressed_figure_shows_no_number(file: Path) -> None:
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [rows[1][name] for name in ("value", "numerator", "denominator")] == ["", "", ""]


@pytest.mark.parametrize(
    "text", [FORMULA, "+31", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "|calc", "%0A"]
)
def test_text_that_could_be_a_formula_is_disarmed(
    report: Report, tmp_path: Path, text: str
) -> None:
    figures = report.figures.assign(channel=[text, "phone", ""])
    write_csv(replace(report, figures=figures), tmp_path / "figures.csv")
    with (tmp_path / "figures.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=";"))
    column = rows[0].index("channel")
    assert rows[1][column] == "'" + text
    assert rows[2][column] == "phone"
    assert rows[3][column] == ""


def test_numbers_are_not_disarmed() -> None:
    frame = pd.DataFrame({"low": [-0.5, 0.5], "text": ["-0.5", "a-b"]})
    safe = protected(frame)
    assert safe["low"].tolist() == [-0.5, 0.5]
    assert safe["text"].tolist() == ["'-0.5", "a-b"]
