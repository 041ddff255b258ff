"""CSV: its dialect, the engine's own reading of it, and an exact reading line by line.

The engine's reading is fast, but loses lines without a word once quotes are broken. So it is
believed only where it gives as many rows as the file has lines; else every line is looked at, and
each becomes part of a record or is refused with its number.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ibis.backends.duckdb import Backend

from etl.engine import quoted, run
from etl.files import SourceFile
from etl.sources.lines import (
    COUNT_OF_LINES,
    FIELDS,
    RECORDS,
    REFUSED_LINES,
    drop_lines,
    join_lines,
    number_lines,
)
from etl.sources.rows import (
    DIRECT_ROWS,
    RAW_ROWS,
    Rows,
    check_lines,
    make_rejects,
    unique_names,
)
from etl.text import Text, open_text
from warehouse.settings import SourceSettings

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_LINES = 200
_SEPARATOR_LINE = re.compile(r"^sep=(.)$", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Attributes:
        delimiter: between fields.
        quote: around fields; empty for none.
        header_lines: physical lines before the first record.
        columns: names, from the header or `column_<n>`.
    """

    delimiter: str
    quote: str
    header_lines: int
    columns: tuple[str, ...]

    @property
    def field_pattern(self) -> str:
        """Regular expression (RE2) of one field with the delimiter before it.

        The quoted form comes first; what begins with a quote and is not closed matches neither.
        """
        mark = re.escape(self.delimiter)
        if not self.quote:
            return f"{mark}{_any_but(self.delimiter)}*"
        quote = re.escape(self.quote)
        space = " *" if self.delimiter == "\t" else "[ \\t]*"
        enclosed = f"{space}{quote}(?:[^{quote}]|{quote}{quote})*{quote}{space}"
        if len(self.delimiter) > 1:
            return f"{mark}(?:{enclosed}|(?:[^{quote}]{_any_but(self.delimiter)}*)?)"
        return f"{mark}(?:{enclosed}|[^{quote}{mark}]{_any_but(self.delimiter)}*|)"


def _any_but(delimiter: str) -> str:
    """Any one character that begins no delimiter (one of several characters: not its first)."""
    return f"[^{re.escape(delimiter[0])}]"


def split_record(text: str, delimiter: str, quote: str) -> list[str] | None:
    """Return the fields of one record; None where a quote is left open or misplaced."""
    pattern = Dialect(delimiter, quote, 0, ()).field_pattern
    found = re.findall(pattern, delimiter + text)
    if "".join(found) != delimiter + text:
        return None
    fields = [one[len(delimiter) :] for one in found]
    if not quote:
        return fields
    return [
        one.strip()[1:-1].replace(quote * 2, quote) if one.lstrip(" \t").startswith(quote) else one
        for one in fields
    ]


def find_dialect(beginning: str, source: SourceSettings) -> Dialect:
    """Return the dialect of a text by its first lines, where the source does not say."""
    lines = beginning.replace("\r\n", "\n").split("\n")[:_SAMPLE_LINES]
    skipped = min(source.lines_above_header, len(lines))
    delimiter = source.delimiter
    while skipped < len(lines):
        separator = _SEPARATOR_LINE.match(lines[skipped].strip("\r"))
        if separator:
            delimiter = delimiter or separator.group(1)
        elif lines[skipped].strip():
            break
        skipped += 1
    lines = lines[skipped:]
    delimiter = delimiter or _likeliest_delimiter(lines, source.quote)
    header, used = _first_record(lines, delimiter, source.quote)
    if source.header:
        before = skipped + used + source.lines_below_header
        return Dialect(delimiter, source.quote, before, unique_names(header))
    names = unique_names([""] * len(header))
    return Dialect(delimiter, source.quote, skipped, names)


def _first_record(lines: list[str], delimiter: str, quote: str) -> tuple[list[str], int]:
    """Return the first record's fields and how many lines it takes."""
    for used in range(1, min(len(lines), 20) + 1):
        fields = split_record("\n".join(lines[:used]), delimiter, quote)
        if fields is not None:
            return fields, used
    return (lines[0].split(delimiter), 1) if lines else ([], 0)


def _likeliest_delimiter(lines: list[str], quote: str) -> str:
    """Choose the delimiter by which most lines have as many fields as the first, and the most."""

    def rating(delimiter: str) -> tuple[float, int]:
        counts = [
            len(fields)
            for line in lines[:-1] or lines
            if line.strip() and (fields := split_record(line, delimiter, quote)) is not None
        ]
        if not counts:
            return (0.0, 0)
        usual, times = Counter(counts).most_common(1)[0]
        return (times / len(counts), usual) if usual > 1 else (0.0, 0)

    possible = [one for one in DELIMITERS if one != quote]
    return max(possible, key=lambda one: (round(rating(one)[0], 1), rating(one)[1]))


def open_csv(source: SourceSettings, file: SourceFile, scratch: Path) -> Rows:
    """Open a CSV file.

    Raises:
        SourceError: it is no text.
        ConfigurationError: the encoding does not exist.
    """
    text = open_text(file, source.encoding, scratch)
    dialect = find_dialect(text.beginning(), source)
    reading = _Reading(text, dialect, file.name)
    is_simple = text.survey.has_plain_lines and not text.has_marks and bool(dialect.columns)
    return Rows(
        columns=dialect.columns,
        encoding=text.encoding,
        read=reading.read,
        view=reading.view if is_simple else None,
        close=text.close,
    )


@dataclass(frozen=True)
class _Reading:
    """The two ways to read one file."""

    text: Text
    dialect: Dialect
    name: str

    def view(self, backend: Backend) -> int:
        """Make DIRECT_ROWS; return how many rows it has if every line is a record."""
        dialect = self.dialect
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(dialect.columns)))
        run(
            backend,
            f"CREATE OR REPLACE TEMP VIEW {DIRECT_ROWS} AS SELECT * FROM read_csv("
            f"{quoted(self.text.path)}, auto_detect = false, header = false, "
            f"skip = {dialect.header_lines}, columns = {{{columns}}}, "
            f"delim = {quoted(dialect.delimiter)}, quote = {quoted(dialect.quote)}, "
            f"escape = {quoted(dialect.quote)}, strict_mode = true, ignore_errors = true)",
        )
        return max(self.text.survey.lines - dialect.header_lines, 0)

    def read(self, backend: Backend) -> None:
        """Make RAW_ROWS and RAW_REJECTS; every physical line is accounted for."""
        number_lines(backend, self.text, self.name, skip=self.dialect.header_lines)
        join_lines(
            backend,
            delimiter=self.dialect.delimiter,
            quote=self.dialect.quote,
            field_pattern=self.dialect.field_pattern,
            count=len(self.dialect.columns),
        )
        check_lines(
            backend,
            f"SELECT {self.dialect.header_lines} + {COUNT_OF_LINES}",
            self.text.survey.lines,
            self.name,
        )
        values = ", ".join(
            f"{self._unquoted(f'f[{i + 1}]')} AS c{i}" for i in range(len(self.dialect.columns))
        )
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {RAW_ROWS} AS "
            f"SELECT n AS line{', ' if values else ''}{values} FROM ("
            f"SELECT n, coalesce({RECORDS}.f, {FIELDS}.f) AS f "
            f"FROM {RECORDS} JOIN {FIELDS} USING (n)) ORDER BY n",
        )
        make_rejects(backend, f"SELECT n, reason FROM {REFUSED_LINES}")
        drop_lines(backend)

    def _unquoted(self, field: str) -> str:
        if not self.dialect.quote:
            return field
        quote, double = quoted(self.dialect.quote), quoted(self.dialect.quote * 2)
        bare = f"trim({field}, ' ' || chr(9))"
        return (
            f"CASE WHEN contains({field}, {quote}) AND starts_with({bare}, {quote}) "
            f"THEN replace(substr({bare}, 2, length({bare}) - 2), {double}, {quote}) "
            f"ELSE {field} END"
        )
