"""What the values of each column look like: shares, and of few-valued columns the values."""

from collections.abc import Iterator
from dataclasses import dataclass

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, StringValue, Table

from etl import identifiers, values
from etl.engine import first_row, run, trim_characters
from etl.mapping import raw_column
from etl.names.channels import plain_text, spellings
from etl.times import Notation, find_notation, is_in_range
from warehouse.settings import PrivacySettings, Settings

_ROWS = 5000
_FEW = 30
_SAMPLE = "profile_sample"
_SPACES = " \t\r\n\u00a0"
_DATE_LIKE = (
    r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4})|^\d{9,10}$|^\d{12,14}$|"
    r"\d{1,2}[- ][A-Za-z]{3,9}\.?[- ]\d{2,4}"
)
_CLOCK_LIKE = r"^\d{1,3}:\d{2}(:\d{2}([.,]\d+)?)?$"
_NOTHING = ("", "-", "-1", "NULL", "null")
_KINDS = ("bsn", "kvk", "phone", "email")


@dataclass(frozen=True)
class Profile:
    """A column's values, in shares of those filled.

    Attributes:
        name: of the column.
        rows: rows looked at.
        filled: how many have a value.
        distinct: how many values differ.
        longest: characters of the longest.
        mean_length: characters, on average.
        shares: by what a value can be: number, clock, date, yes_no, channel, bsn, kvk, phone,
            email, lettered (holds a letter).
        values: of a column with few different ones: each with its rows.
        notation: how its times are written; None where it has none.
        has_clock: whether those times have a clock's part.
    """

    name: str
    rows: int
    filled: int
    distinct: int
    longest: int
    mean_length: float
    shares: dict[str, float]
    values: tuple[tuple[str, int], ...] = ()
    notation: Notation | None = None
    has_clock: bool = False

    @property
    def is_unique(self) -> bool:
        """Whether nearly every value differs."""
        return self.filled > 0 and self.distinct >= 0.98 * self.filled

    @property
    def is_category(self) -> bool:
        """Whether few short values return often, as of a list that a person chooses from."""
        few = self.distinct <= max(12, min(400, 0.2 * self.filled))
        return self.filled > 0 and few and self.longest <= 80 and self.mean_length <= 40


def profiles(
    backend: Backend, settings: Settings, columns: tuple[str, ...], raw: str
) -> list[Profile]:
    """Return what the columns of a table of raw rows look like, by its first rows.

    Args:
        backend: where the table is.
        settings: for the channels.
        columns: the file's columns, in the order of the table's c0, c1, …
        raw: the table.
    """
    run(backend, f"CREATE OR REPLACE TEMP TABLE {_SAMPLE} AS SELECT * FROM {raw} LIMIT {_ROWS}")
    schema = {raw_column(i): "string" for i in range(len(columns))}
    table = ibis.table(schema, name=_SAMPLE)
    known = spellings(settings)
    found = []
    for position, name in enumerate(columns):
        text = trim_characters(table[raw_column(position)], _SPACES)
        text = text.isin(_NOTHING).ifelse(ibis.null("string"), text)
        found.append(_profile(backend, table.select(text=text), name, known))
    return found


def _profile(backend: Backend, table: Table, name: str, channels: dict[str, str]) -> Profile:
    texts = table.filter(table["text"].notnull())
    tests = {
        kind: test.fill_null(ibis.literal(value=False))
        for kind, test in _tests(texts["text"], channels)
    }
    counts = texts.aggregate(
        filled=texts.count(),
        distinct=texts["text"].nunique(),
        longest=texts["text"].length().max(),
        mean=texts["text"].length().mean(),
        **{kind: test.sum() for kind, test in tests.items()},
    )
    row = dict(zip(counts.columns, first_row(backend, backend.compile(counts)), strict=True))
    (rows,) = first_row(backend, f"SELECT count(*) FROM {_SAMPLE}")
    filled = int(row["filled"])
    shares = {kind: int(row[kind] or 0) / filled if filled else 0.0 for kind in tests}
    notation = _notation(backend, texts) if shares["date_like"] > 0.5 else None
    shares["date"] = _date_share(backend, texts, notation, filled) if notation else 0.0
    return Profile(
        name=name, rows=int(rows), filled=filled, distinct=int(row["distinct"]),
        longest=int(row["longest"] or 0), mean_length=float(row["mean"] or 0.0), shares=shares,
        values=_few_values(backend, texts) if 0 < int(row["distinct"]) <= _FEW else (),
        notation=notation if shares["date"] > 0.5 else None,
        has_clock=shares["timed"] > 0.5 or shares["number"] > 0.9,
    )  # fmt: skip


def _few_values(backend: Backend, texts: Table) -> tuple[tuple[str, int], ...]:
    counts = texts.group_by("text").agg(rows=texts.count()).order_by(ibis.desc("rows"), "text")
    return tuple(backend.con.execute(backend.compile(counts)).fetchall())


def _tests(text: StringValue, channels: dict[str, str]) -> Iterator[tuple[str, BooleanValue]]:
    """Give what a value can be, each as a test."""
    yield "number", values.as_number(text, ".").notnull() | values.as_number(text, ",").notnull()
    yield "clock", text.re_search(_CLOCK_LIKE)
    yield "date_like", text.re_search(_DATE_LIKE)
    yield "timed", text.re_search(r"\d:\d\d")
    yield "yes_no", values.as_boolean(text).notnull()
    keys = ibis.map(ibis.array([*channels]), ibis.array([*channels.values()]))
    yield "channel", keys.get(plain_text(text.lower())).notnull()
    yield "lettered", text.re_search("[A-Za-z]")
    for kind in _KINDS:
        normal = text
        for step in identifiers.steps(kind, "", PrivacySettings()):
            normal = step(normal)
        yield kind, normal.notnull()


def _notation(backend: Backend, texts: Table) -> Notation:
    def hits(notation: Notation, first: int | None) -> int:
        rows = texts if first is None else texts.limit(first)
        times = rows.select(time=notation.read(rows["text"]))
        query = times.filter(is_in_range(times["time"])).count()
        (count,) = first_row(backend, backend.compile(query))
        return int(count)

    (total,) = first_row(backend, backend.compile(texts.count()))
    return find_notation(hits, int(total))


def _date_share(backend: Backend, texts: Table, notation: Notation, filled: int) -> float:
    times = texts.select(time=notation.read(texts["text"]))
    query = times.filter(is_in_range(times["time"])).count()
    (count,) = first_row(backend, backend.compile(query))
    return int(count) / filled
