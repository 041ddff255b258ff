"""The columns of a file, read from as little of it as can be."""

import tempfile
from pathlib import Path

from etl.files import SourceFile
from etl.sources.csv import find_dialect
from etl.sources.parquet import open_parquet
from etl.sources.rows import looks_like_a_name
from etl.sources.structure import find_structure, holds_records, leaves
from etl.sources.xlsx import open_xlsx
from etl.text import open_text, text_beginning
from warehouse.errors import SamenspelError
from warehouse.settings import SourceSettings

_BEGINNING_BYTES = 2**18


def file_columns(source: SourceSettings, file: SourceFile) -> tuple[str, ...]:
    """Return a file's columns, of JSON the dotted paths in its first records.

    A name that looks like a value is left empty: a file without header shows its first row here.
    Empty where the file cannot be read: the load itself says why.
    """
    try:
        names = _names(source, file)
    except (SamenspelError, OSError):
        return ()
    return tuple(name if looks_like_a_name(name) else "" for name in names)


def _names(source: SourceSettings, file: SourceFile) -> tuple[str, ...]:
    scratch = Path(tempfile.gettempdir())
    if source.kind == "csv":
        with file.open() as content:
            beginning = content.read(_BEGINNING_BYTES)
        text = text_beginning(beginning, source.encoding, file.name)
        if "\n" not in text:
            text = text.replace("\r", "\n")
        return find_dialect(text, source).columns if text.strip() else ()
    if source.kind == "json":
        text_file = open_text(file, source.encoding, scratch)
        try:
            structure, path = find_structure(text_file, file.name, source.records)
            is_list_found = bool(path) or holds_records(text_file, file.name)
        finally:
            text_file.close()
        return tuple(dict.fromkeys(leaves(structure))) if is_list_found else ()
    openers = {"parquet": open_parquet, "xlsx": open_xlsx}
    if source.kind not in openers:
        return ()
    rows = openers[source.kind](source, file, scratch)
    rows.close()
    return rows.columns
