"""The workbook, parsed back by another library."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analytics.report.content import SUPPRESSED, Report
from reports.chart_data import SHEET_NAME
from reports.xlsx import write_xlsx
from tests.unit.reports.conftest import FORMULA, NASTY


@pytest.fixture
def book(report: Report, tmp_path: Path) -> Workbook:
    write_xlsx(report, tmp_path / "report.xlsx")
    return openpyxl.load_workbook(tmp_path / "report.xlsx")


def _row_of(sheet: Worksheet, text: str) -> int:
    return next(c.row for row in sheet.iter_rows() for c in row if c.value == text)


def _all_cells(book: Workbook) -> list[object]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def test_there_is_a_sheet_per_subject_with_its_figures_and_definitions(book: Workbook) -> None:
    assert book.sheetnames == [
        "Overzicht",
        "Kanaalmix",
        "Wachttijd   en  service",
        "Cijfers",
        "Definities",
        SHEET_NAME,
    ]
    assert book[SHEET_NAME].sheet_state == "hidden"
    assert book.active.title == "Overzicht"


def test_no_cell_is_a_formula_and_no_text_became_a_number_or_a_link(book: Workbook) -> None:
    cells = _all_cells(book)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    texts = {cell.value for cell in cells if cell.data_type == "s"}
    assert set(NASTY) <= texts
    links = [cell.hyperlink for cell in cells if cell.hyperlink]
    assert {link.target for link in links} == {None}  # only links within the workbook
    assert len(links) == 4


def test_values_keep_their_type_and_get_their_units_format(book: Workbook) -> None:
    sheet = book["Kanaalmix"]
    head = _row_of(sheet, "Sociale media")
    month, phone, _, social = (sheet.cell(head + 1, column) for column in range(1, 5))
    assert month.value == datetime(2024, 3, 1)  # noqa: DTZ001  # Excel knows no time zones
    assert month.number_format == "[$-413]mmm yyyy"
    assert (phone.value, phone.number_format) == (1600, "#,##0")
    assert social.value == "< 10"
    assert sheet.cell(head + 2, 4).value is None
    head = _row_of(sheet, "Onderwerp")
    assert sheet.cell(head + 1, 2).value == pytest.approx(0.31)
    assert sheet.cell(head + 1, 2).number_format == "0.0%"
    assert sheet.cell(head + 1, 3).value == pytest.approx(2.0)
    assert "pp" in sheet.cell(head + 1, 3).number_format


def test_the_cover_shows_each_key_figure_with_basis_differences_and_verdict(book: Workbook) -> None:
    sheet = book["Overzicht"]
    head = _row_of(sheet, "Kengetal")
    heads = [sheet.cell(head, column).value for column in range(1, 12)]
    assert heads[1] == "maart 2025"
    assert heads[3] == "februari 2025"
    assert heads[6] == "maart 2024"
    row = [sheet.cell(head + 1, column).value for column in range(1, 12)]
    assert row[:4] == ["Aandeel herhaalcontacten", 0.1834, 2497, 0.181]
    assert row[4] == pytest.approx(-0.2)
    assert row[5] == "= geen aantoonbaar verschil"
    assert row[6:10] == pytest.approx([0.1624, 2.1, 0.4, 3.8])
    assert row[10] == "▼ slechter"
    hidden = [sheet.cell(head + 3, column).value for column in range(2, 8)]
    assert hidden == ["< 10", None, "< 10", None, "niet te vergelijken", "< 10"]
    words = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert "onvolledig" in words
    assert "17 maart 2025" in words
    assert "verzonnen" in words


def test_charts_are_native_and_say_what_they_show(report: Report, tmp_path: Path) -> None:
    write_xlsx(report, tmp_path / "report.xlsx")
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        charts = [
            archive.read(name).decode() for name in sorted(archive.namelist()) if "/chart" in name
        ]
        drawings = "".join(
            archive.read(name).decode() for name in archive.namelist() if "drawings/drawing" in name
        )
    charts = [chart for chart in charts if "<c:chartSpace" in chart]
    assert len(charts) == 3  # the table without rows has none
    stacked, bars, lines = charts
    assert '<c:grouping val="stacked"/>' in stacked
    assert '<c:barDir val="bar"/>' in bars
    assert "<c:lineChart>" in lines
    for chart, title, axis in (
        (stacked, "Contacten per maand en kanaal", "Contacten"),
        (bars, "Waarover", "Aandeel"),
        (lines, "Wachttijd", "Seconden"),
    ):
        assert f"<a:t>{title}</a:t>" in chart
        assert f"<a:t>{axis}</a:t>" in chart
    assert 'descr="Wachttijd. De wachttijd liep op."' in drawings


def test_a_suppressed_cell_leaves_a_gap_in_the_chart_and_is_nowhere_a_number(
    report: Report, book: Workbook, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        stacked = archive.read("xl/charts/chart1.xml").decode()
    assert f"{SHEET_NAME}!$D$2:$D$14" in stacked
    assert 'dispBlanksAs val="zero"' not in stacked
    copy = book[SHEET_NAME]
    shown = list(report.sections[0].tables[0].frame["social"])
    copied = [copy.cell(row, 4).value for row in range(2, 15)]
    assert copied == [None if cell is SUPPRESSED else cell for cell in shown]


def test_it_prints_on_a4_landscape_with_organisation_and_period(book: Workbook) -> None:
    for sheet in book:
        if sheet.title == SHEET_NAME:
            continue
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert int(sheet.page_setup.fitToWidth or 1) == 1
        assert "R&D aan Zee" in (sheet.oddHeader.left.text or "").replace("&&", "&")
        assert "maart 2025" in (sheet.oddHeader.right.text or "")


def test_heads_stay_in_view_and_can_be_filtered(book: Workbook) -> None:
    assert book["Cijfers"].freeze_panes == "B2"
    assert book["Cijfers"].auto_filter.ref == "A1:K4"
    assert book["Definities"].freeze_panes == "B2"
    assert book["Kanaalmix"].freeze_panes is not None
    assert book["Kanaalmix"].auto_filter.ref is not None


def test_the_list_of_figures_shows_units_and_hides_the_suppressed(book: Workbook) -> None:
    sheet = book["Cijfers"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:4] == ["Naam", "Kengetal", "Periode", "Kanaal"]
    assert [cell.value for cell in sheet[3]][3:7] == [FORMULA, "< 10", "< 10", "< 10"]
    assert sheet.cell(4, 5).number_format == "0.0%"
    assert sheet.cell(2, 5).number_format == "#,##0"
    assert sheet.cell(4, 6).number_format == "#,##0"


def test_the_same_report_is_the_same_file_whenever_it_is_written(
    report: Report, tmp_path: Path
) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_xlsx(report, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    write_xlsx(replace(report, threshold=11), tmp_path / "other.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() != (tmp_path / "other.xlsx").read_bytes()


def test_properties_name_the_report_and_no_place_on_this_machine(
    report: Report, tmp_path: Path
) -> None:
    path = tmp_path / "report.xlsx"
    write_xlsx(report, path)
    properties = openpyxl.load_workbook(path).properties
    assert properties.title == "Maandrapportage klantcontact, maart 2025"
    assert properties.creator == "Gemeente R&D aan Zee"
    assert properties.created.replace(tzinfo=UTC) == report.loaded_at
    with zipfile.ZipFile(path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert str(tmp_path).encode() not in everything


def test_in_english_months_and_labels_are_english(report: Report, tmp_path: Path) -> None:
    write_xlsx(replace(report, language="en"), tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames[0] == "Overview"
    assert book["Kanaalmix"].cell(_row_of(book["Kanaalmix"], "Maand") + 1, 1).number_format == (
        "[$-809]mmm yyyy"
    )
