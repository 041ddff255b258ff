"""Physical lines, numbered, and the records they make: each line becomes part of one or is refused.

A file in which every record is sound once quotes are followed from the top is read so. From the
first record on that is not, lines that are records by themselves stand, and only the lines between
them are joined where their quotes close; the rest is refused, line by line.
"""

from ibis.backends.duckdb import Backend

from etl.engine import first_row, quoted, run
from etl.sources.rows import check_lines
from etl.text import (
    CARRIAGE_RETURN_MARK,
    LINE_LIMIT,
    LONG_LINE_MARK,
    NUL_MARK,
    UNDECODABLE,
    Text,
    blocks,
)
from warehouse.errors import SourceError

LINES = "csv_line"
"""Temporary table of the lines: `n` from 1 in the file, `t` the text."""
FIELDS = "csv_field"
"""Temporary table of the lines' fields: `n`, and `f` the list of them, still in their quotes."""
RECORDS = "csv_record"
"""Temporary table of the records: `n` its first line, `size` its lines, and `f` the list of fields
of a record of several lines; that of a single line is in FIELDS."""
REFUSED_LINES = "csv_refused"
"""Temporary table of refused lines: `n`, `reason`."""
COUNT_OF_LINES = (
    f"(SELECT coalesce(sum(size), 0) FROM {RECORDS}) + (SELECT count(*) FROM {REFUSED_LINES})"
    " + (SELECT count(*) FROM csv_blank)"
)

_LINES_OF_A_RECORD = 1000
_DAMAGES = ("line_too_long", "wrong_encoding", "nul_character")


def number_lines(backend: Backend, text: Text, name: str, *, skip: int = 0) -> None:
    """Make LINES of a text, but for the first `skip` lines.

    Raises:
        AccountsError: the engine sees another number of lines than the survey.
    """
    if not text.survey.lines:
        run(backend, f"CREATE OR REPLACE TEMP TABLE {LINES} (n BIGINT, t VARCHAR)")
        return
    unused = _unused_character(text, name)
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {LINES} AS SELECT n, t FROM ("
        "SELECT row_number() OVER () AS n, "
        f"replace(coalesce(t, ''), {quoted(CARRIAGE_RETURN_MARK)}, chr(13)) AS t "
        f"FROM read_csv({quoted(text.path)}, auto_detect = false, header = false, "
        f"columns = {{'t': 'VARCHAR'}}, delim = {quoted(unused)}, quote = '', escape = '', "
        f"max_line_size = {4 * LINE_LIMIT})) WHERE n > {skip}",
    )
    check_lines(
        backend,
        f"SELECT count(*) + {min(skip, text.survey.lines)} FROM {LINES}",
        text.survey.lines,
        name,
    )


def _unused_character(text: Text, name: str) -> str:
    """Return a control character that the text does not hold: with it, a line is one field."""
    left = {bytes([code]) for code in (*range(1, 9), *range(14, 32))}
    text.file.seek(0)
    for block in blocks(text.file):
        left = {one for one in left if one not in block}
    if not left:
        raise SourceError(
            "this is no text: it holds every control character",
            where=name,
            remedy="Check that the file is of the configured kind.",
        )
    return min(left).decode("ascii")


def join_lines(
    backend: Backend, *, delimiter: str, quote: str, field_pattern: str, count: int
) -> None:
    """Make FIELDS, RECORDS, REFUSED_LINES and csv_blank of LINES, which go.

    Args:
        backend: where LINES is.
        delimiter: between fields.
        quote: around fields; empty for none.
        field_pattern: regular expression of a field with the delimiter before it.
        count: fields that a record has.
    """
    splitting = _Splitting(delimiter, quote, field_pattern, count)
    _split(backend, splitting)
    run(backend, "CREATE TEMP TABLE csv_loose_line (n BIGINT, g BIGINT, fault VARCHAR)")
    run(backend, "CREATE TEMP TABLE csv_loose (n BIGINT, size BIGINT, f VARCHAR[], fault VARCHAR)")
    border = 2**62
    (has_fault,) = first_row(backend, f"SELECT count(*) > 0 FROM {FIELDS} WHERE fault <> 'blank'")
    if has_fault:
        _group(backend, splitting, "csv_strict", f"SELECT *, 0 AS region FROM {FIELDS}")
        (first,) = first_row(backend, "SELECT min(n) FROM csv_strict WHERE fault <> 'blank'")
        border = border if first is None else first
        if first is not None:
            _group_between_whole_lines(backend, splitting, border)
    else:
        run(
            backend,
            "CREATE TEMP TABLE csv_strict AS "
            f"SELECT n, 1::BIGINT AS size, NULL::VARCHAR[] AS f, fault FROM {FIELDS}",
        )
    _gather(backend, border)


def _split(backend: Backend, splitting: "_Splitting") -> None:
    """Make FIELDS: each line's fields `f`, and its `fault`.

    The fault is null for a record by itself, 'blank', or the key of a reason. The text `t` stays
    only where the line may be part of a longer record.
    """
    fault = splitting.fault("t", "f")
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {FIELDS} AS "
        "SELECT n, CASE WHEN fault IS NOT NULL OR quotes > 0 THEN t END AS t, "
        "CASE WHEN fault IS NULL THEN f END AS f, fault, quotes FROM ("
        f"SELECT n, t, f, {fault} AS fault, {splitting.quote_count('t')} AS quotes "
        f"FROM (SELECT n, t, {splitting.fields('t')} AS f FROM {LINES}))",
    )
    run(backend, f"DROP TABLE {LINES}")


def _group(backend: Backend, splitting: "_Splitting", name: str, lines: str) -> None:
    """Make `name`_line (n, g, fault) and `name` (n, size, f, fault): lines joined by their quotes.

    A group begins where, counted from the region's start, no quote is open. Fields are given for
    groups of several lines; those of a single line are in FIELDS.
    """
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {name}_line AS SELECT n, fault, "
        "max(CASE WHEN NOT is_open THEN n END) OVER (PARTITION BY region ORDER BY n) AS g FROM ("
        "SELECT n, fault, region, "
        "(sum(quotes) OVER (PARTITION BY region ORDER BY n) - quotes) % 2 = 1 AS is_open "
        f"FROM ({lines}))",
    )
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {name}_size AS "
        f"SELECT g, count(*) AS size, any_value(fault) AS fault FROM {name}_line GROUP BY g",
    )
    text = f"coalesce(line.t, array_to_string(line.f, {quoted(splitting.delimiter)}))"
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {name} AS "
        "WITH texts AS (SELECT g AS n, any_value(size) AS size, "
        f"sum(length({text})) AS length, string_agg({text}, chr(10) ORDER BY n) AS t "
        f"FROM {name}_line JOIN {name}_size USING (g) JOIN {FIELDS} AS line USING (n) "
        f"WHERE size BETWEEN 2 AND {_LINES_OF_A_RECORD} GROUP BY g), "
        f"parted AS (SELECT n, size, t, {splitting.fields('t')} AS f FROM texts "
        f"WHERE length <= {LINE_LIMIT}) "
        f"SELECT n, size, f, {splitting.fault('t', 'f')} AS fault FROM parted UNION ALL "
        "SELECT g, size, NULL, CASE WHEN size = 1 THEN fault ELSE 'broken_quote' END "
        f"FROM {name}_size WHERE size = 1 OR g NOT IN (SELECT n FROM parted)",
    )
    run(backend, f"DROP TABLE {name}_size")


def _group_between_whole_lines(backend: Backend, splitting: "_Splitting", border: int) -> None:
    stands = f"(fault IS NULL OR fault IN {_DAMAGES})"
    _group(
        backend,
        splitting,
        "csv_loose",
        # not count(*) FILTER: over a window the engine works that out anew for every line
        f"SELECT * FROM (SELECT *, sum(CASE WHEN {stands} THEN 1 ELSE 0 END) "
        "OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) AS region "
        f"FROM {FIELDS} WHERE n >= {border}) WHERE NOT {stands}",
    )


def _gather(backend: Backend, border: int) -> None:
    """Make RECORDS, REFUSED_LINES and csv_blank of what was grouped."""
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {RECORDS} AS "
        f"SELECT n, size, f FROM csv_strict WHERE fault IS NULL AND n < {border} UNION ALL "
        f"SELECT n, 1, NULL FROM {FIELDS} WHERE fault IS NULL AND n >= {border} UNION ALL "
        "SELECT n, size, f FROM csv_loose WHERE fault IS NULL",
    )
    in_broken_group = (
        "SELECT line.n, line.fault, size FROM csv_loose_line AS line "
        "JOIN csv_loose ON line.g = csv_loose.n WHERE csv_loose.fault IS NOT NULL"
    )
    run(
        backend,
        f"CREATE OR REPLACE TEMP TABLE {REFUSED_LINES} AS "
        f"SELECT n, fault AS reason FROM {FIELDS} WHERE n >= {border} AND fault IN {_DAMAGES} "
        "UNION ALL SELECT n, CASE WHEN size > 1 THEN 'broken_quote' ELSE fault END "
        f"FROM ({in_broken_group}) WHERE fault <> 'blank'",
    )
    run(
        backend,
        "CREATE OR REPLACE TEMP TABLE csv_blank AS "
        f"SELECT n FROM csv_strict WHERE fault = 'blank' AND n < {border} UNION ALL "
        f"SELECT n FROM ({in_broken_group}) WHERE fault = 'blank'",
    )


def drop_lines(backend: Backend) -> None:
    """Let go of all tables of this module."""
    helpers = ("csv_blank", "csv_strict", "csv_strict_line")
    for name in (LINES, FIELDS, RECORDS, REFUSED_LINES, *helpers, "csv_loose", "csv_loose_line"):
        run(backend, f"DROP TABLE IF EXISTS {name}")


class _Splitting:
    """SQL that splits a text into fields and says what is wrong with it."""

    def __init__(self, delimiter: str, quote: str, field_pattern: str, count: int) -> None:
        self.delimiter, self._quote = delimiter, quote
        self._pattern, self._count = field_pattern, count

    def _is_quoted(self, text: str) -> str:
        return f"contains({text}, {quoted(self._quote)})" if self._quote else "false"

    def quote_count(self, text: str) -> str:
        """Count the quotes in a text."""
        if not self._quote:
            return "0"
        return f"(length({text}) - length(replace({text}, {quoted(self._quote)}, '')))"

    def fields(self, text: str) -> str:
        """Split: by the delimiter alone where there is no quote, else by the pattern."""
        mark = quoted(self.delimiter)
        return (
            f"CASE WHEN {self._is_quoted(text)} THEN list_transform("
            f"regexp_extract_all({mark} || {text}, {quoted(self._pattern)}), "
            f"lambda x: substr(x, {len(self.delimiter) + 1})) "
            f"ELSE string_split({text}, {mark}) END"
        )

    def fault(self, text: str, fields: str) -> str:
        """Say what is wrong: null, 'blank' or a reason's key.

        Where the pattern left something out, a quote stands in a wrong place or is not closed.
        """
        lost = f"array_to_string({fields}, {quoted(self.delimiter)}) <> {text}"
        return (
            f"CASE WHEN contains({text}, {quoted(LONG_LINE_MARK)}) THEN 'line_too_long' "
            f"WHEN contains({text}, {quoted(UNDECODABLE)}) THEN 'wrong_encoding' "
            f"WHEN contains({text}, {quoted(NUL_MARK)}) THEN 'nul_character' "
            f"WHEN trim({text}) = '' THEN 'blank' "
            f"WHEN {self._is_quoted(text)} AND {lost} THEN 'broken_quote' "
            f"WHEN len({fields}) < {self._count} THEN 'too_few_columns' "
            f"WHEN len({fields}) > {self._count} THEN 'too_many_columns' END"
        )
