"""The monthly report as an Excel workbook."""

from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from analytics.report.content import Report
from reports.chart_data import ChartData
from reports.cover import write_cover
from reports.layout import sheet_name
from reports.listings import write_definitions, write_figures
from reports.section_sheet import SectionSheet
from reports.styles import Styles

_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
"""Nothing that comes from the data is ever taken for more than text."""


def write_xlsx(report: Report, path: Path) -> None:
    """Write the report as a workbook: a cover, a sheet per subject, all figures, definitions.

    The same report gives the same bytes. Suppressed cells hold the text "< threshold".

    Raises:
        OSError: the file cannot be written.
    """
    book = Workbook(str(path), dict(_SAFE))
    book.set_properties(_properties(report))
    styles = Styles(book, report.language)
    names = {section.key: sheet_name(section.title) for section in report.sections}
    write_cover(book, report, styles, names)
    sheets = [
        SectionSheet(book, report, styles, section, names[section.key])
        for section in report.sections
    ]
    write_figures(book, report, styles)
    write_definitions(book, report, styles)
    chart_data = ChartData(book, report, styles)
    for sheet in sheets:
        sheet.write(chart_data)
    book.close()


def _properties(report: Report) -> dict[str, Any]:
    return {
        "title": f"{report.title}, {report.period}",
        "subject": report.period,
        "author": report.organisation,
        "company": report.organisation,
        "comments": "Samenspel",
        # of the data, not of the clock: the same report is the same file
        "created": report.loaded_at.replace(tzinfo=None),
    }
