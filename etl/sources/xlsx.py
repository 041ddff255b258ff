"""Excel workbooks: one sheet, its first row that holds anything is the header."""

from pathlib import Path

import fastexcel
from ibis.backends.duckdb import Backend

from etl.engine import run
from etl.files import SourceFile
from etl.sources.rows import RAW_ROWS, Rows, make_rejects, unique_names
from warehouse.errors import ConfigurationError, SourceError
from warehouse.settings import SourceSettings

_SHEET = "xlsx_sheet"


def open_xlsx(source: SourceSettings, file: SourceFile, scratch: Path) -> Rows:
    """Open a sheet of a workbook; dates become ISO text, numbers text without a needless ".0".

    Raises:
        SourceError: it is no workbook, or damaged.
        ConfigurationError: it has no such sheet.
    """
    del scratch
    where = f"source {source.name}, {file.name}"
    with file.open() as content:
        data = content.read()
    try:
        book = fastexcel.read_excel(data)
        _check_sheet(source, book.sheet_names, where)
        sheet = book.load_sheet(source.sheet or 0, header_row=None, skip_rows=0, dtypes="string")
        table = sheet.to_arrow()
    except fastexcel.FastExcelError as error:
        raise SourceError(
            f"this is no workbook that can be read ({type(error).__name__})",
            where=where,
            remedy="Save it as .xlsx, without a password.",
        ) from None
    header_row = next(
        (
            number
            for number, cells in enumerate(zip(*table.slice(0, 2000).columns, strict=True))
            if number >= source.lines_above_header
            and any(cell.as_py() not in {None, ""} for cell in cells)
        ),
        None,
    )
    if header_row is None:
        return Rows(columns=(), encoding="", read=make_rejects)
    if source.header:
        names = [str(column[header_row].as_py() or "") for column in table.columns]
        first = header_row + 1 + source.lines_below_header
    else:
        names, first = [""] * table.num_columns, header_row
    table = table.rename_columns([f"c{i}" for i in range(table.num_columns)])

    def read(backend: Backend) -> None:
        backend.con.register(_SHEET, table)
        filled = " OR ".join(f"nullif(trim({name}), '') IS NOT NULL" for name in table.column_names)
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {RAW_ROWS} AS SELECT * FROM ("
            f"SELECT row_number() OVER () AS line, * FROM {_SHEET}) "
            f"WHERE line > {first} AND ({filled})",
        )
        backend.con.unregister(_SHEET)
        make_rejects(backend)

    return Rows(columns=unique_names(names), encoding="", read=read)


def _check_sheet(source: SourceSettings, sheets: list[str], where: str) -> None:
    if source.sheet is not None and source.sheet not in sheets:
        raise ConfigurationError(
            f"there is no sheet {source.sheet!r}",
            where=where,
            remedy=f"The workbook has: {', '.join(sheets)}.",
        )
