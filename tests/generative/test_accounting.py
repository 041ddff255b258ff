"""Random files: every physical line is part of one row or refused, by a count that is not ours."""

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from etl.engine import open_database
from etl.files import SourceFile
from etl.sources.csv import open_csv
from etl.sources.rows import RAW_REJECTS, RAW_ROWS
from tests.loading import PLAIN, Bench, counts, derive_nothing
from warehouse.settings import SourceSettings

pytestmark = pytest.mark.slow

HEADER = "start;channel;topic"
SOURCE = SourceSettings.model_validate(
    {"name": "log", "kind": "csv", "path": "x", "delimiter": ";", "columns": PLAIN}
)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_database(tmp_path_factory.mktemp("engine") / "x.duckdb")
    yield opened
    opened.con.close()


Rows = list[tuple[int, list[str]]]


def read(
    backend: Backend, content: bytes, source: SourceSettings = SOURCE
) -> tuple[Rows, list[tuple[int, str]]]:
    """Rows with their first line, and refused lines, as the exact reading sees them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "log.csv")
        file.write_bytes(content)
        rows = open_csv(source, SourceFile(file, "log.csv"), Path(folder))
        try:
            rows.read(backend)
        finally:
            rows.close()
    found = backend.con.execute(f"select * from {RAW_ROWS} order by line").fetchall()
    refused = backend.con.execute(f"select * from {RAW_REJECTS} order by line").fetchall()
    return [(line, list(fields)) for line, *fields in found], refused


pieces = st.sampled_from(
    [
        "a",
        "b c",
        ";",
        '"',
        '""',
        "\n",
        "\r\n",
        "\r",
        "é",
        "€",
        " ",
        "\t",
        ";;",
        '";"',
        '"\n"',
        "\x1f",
    ]
)
anything = st.lists(pieces, max_size=40).map("".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=anything)
@example(content='a;"b\nc;d;e\nf";g;h')
@example(content='a;b;"c\nd;e;f\n\ng;h";i')
@example(content='"\n"\n"')
def test_every_line_is_part_of_one_row_or_refused(backend: Backend, content: str) -> None:
    text = f"{HEADER}\n{content}"
    rows, refused = read(backend, text.encode())
    # a carriage return alone ends a line only in a file without line feeds; this one has some
    lines = text.replace("\r\n", "\n").split("\n")
    taken = [line for line, _ in refused]
    for line, fields in rows:
        taken += range(line, line + 1 + sum(field.count("\n") for field in fields))
    with_text = {n for n, line in enumerate(lines, start=1) if n > 1 and line.strip(" ")}
    assert len(taken) == len(set(taken)), "a line was used twice"
    assert set(taken) >= with_text, "a line was lost"
    assert {line for line, _ in refused} <= with_text
    assert all(len(fields) == 3 for _, fields in rows)


@settings(max_examples=150, deadline=None)
@given(content=st.lists(pieces.filter(lambda p: '"' not in p), max_size=40).map("".join))
def test_without_quotes_each_line_stands_alone(backend: Backend, content: str) -> None:
    text = f"{HEADER}\n{content}"
    rows, refused = read(backend, text.encode())
    lines = text.replace("\r\n", "\n").split("\n")
    expected = [
        (n, line.split(";"))
        for n, line in enumerate(lines, start=1)
        if n > 1 and line.strip(" ") and line.count(";") == 2
    ]
    assert rows == expected
    wrong = [
        n for n, line in enumerate(lines, 1) if n > 1 and line.strip(" ") and line.count(";") != 2
    ]
    assert [line for line, _ in refused] == wrong


values = st.text(st.sampled_from('ab ;"\n\téë€'), max_size=8)
records = st.lists(st.tuples(values, values, values), max_size=12).map(
    # what is blank throughout may be written as a blank line, which is no record
    lambda rows: [row for row in rows if any(value.strip() for value in row)]
)


def write(rows: list[tuple[str, ...]], newline: str = "\n", **options: object) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator=newline, **options)
    writer.writerows(rows)
    return text.getvalue()


def is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(
    rows=records,
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "windows-1252", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_pythons_csv_module_writes_comes_back(
    backend: Backend, rows: list[tuple[str, ...]], newline: str, encoding: str, quoting: int
) -> None:
    text = HEADER + newline + write(rows, newline, quoting=quoting)
    if encoding == "windows-1252" and "é" not in text:
        text = text.replace("ë", "é")
    content = text.encode(encoding)
    # bytes that are sound UTF-8 as well cannot be told apart: "é€€" in one is a sign in the other
    assume(encoding != "windows-1252" or content.isascii() or not is_utf_8(content))
    found, refused = read(backend, content)
    plain = list(csv.reader(io.StringIO(text.replace("\r\n", "\n")), delimiter=";"))[1:]
    assert refused == []
    assert [fields for _, fields in found] == [row for row in plain if row]


one_line = st.text(st.sampled_from('ab ;"'), min_size=1, max_size=8)
broken = st.sampled_from(
    ['x;"never closed;y', "too;few", "one;too;many;fields", '"x"y;z;w', 'a;b;"c', "alone"]
)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            st.tuples(one_line, one_line, one_line).map(
                lambda row: (True, write([row], "").strip("\n"))
            ),
            broken.map(lambda line: (False, line)),
        ),
        max_size=15,
    )
)
def test_broken_lines_between_whole_ones_are_refused_alone(
    backend: Backend, lines: list[tuple[bool, str]]
) -> None:
    """Two open quotes may close each other: then their lines are one row, if it has the columns."""
    text = "\n".join([HEADER, *(line for _, line in lines)])
    rows, refused = read(backend, text.encode())
    whole = {n for n, (is_whole, line) in enumerate(lines, 2) if is_whole and line.strip()}
    assert {line for line, _ in refused}.isdisjoint(whole)
    assert len(rows) + len(refused) <= len(lines)
    if sum('"' in line for is_whole, line in lines if not is_whole) <= 1:
        assert [line for line, _ in rows] == sorted(whole)
        assert [line for line, _ in refused] == [
            n for n, (is_whole, _) in enumerate(lines, 2) if not is_whole
        ]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=200))
def test_no_bytes_at_all_crash_the_reading(backend: Backend, content: bytes) -> None:
    rows, refused = read(backend, HEADER.encode() + b"\n" + b"a;b;c\n" + content)
    lines = [line for line, _ in refused] + [line for line, _ in rows]
    assert len(lines) == len(set(lines))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=anything, quiet=st.booleans())
def test_the_accounts_of_a_whole_load_add_up(content: str, quiet: bool) -> None:
    """Through both roads: read = loaded + duplicate + rejected, and each line of rejects once."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        derive_nothing(patch)
        bench = Bench(Path(folder))
        content = content.replace('"', "") if quiet else content
        bench.write(f"{HEADER}\n2024-05-01 10:00;phone;x\n{content}\n2024-05-02 10:00;chat;y\n")
        account = bench.account({"delimiter": ";"})
        read_count, loaded, duplicate, rejected = counts(account)
        assert read_count == loaded + duplicate + rejected
        assert loaded == len(bench.values("channel")) >= 1
        assert rejected == len(bench.rejects())


def contents(bench: Bench) -> dict[str, object]:
    """Every table of the warehouse, without numbers that depend on the order of loading."""
    keys = "file_key|load_key|contact_key|episode_key|conversation_key|customer_number"
    tables = bench.table(
        "select table_name as t from information_schema.tables where table_schema = 'main'"
    )["t"]
    found = {}
    for table in sorted(tables):
        if table in {"load", "load_column", "load_drift", "load_file", "meta", "reject"}:
            continue
        frame = bench.table(f"select columns(c -> not regexp_full_match(c, '{keys}')) from {table}")
        frame = frame.astype("string").fillna("")
        found[table] = sorted(frame.itertuples(index=False, name=None))
    return found


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_pieces_in_any_order_make_the_whole(data: st.DataObject) -> None:
    """The same file twice, a file that grows, and pieces in any order: every table the same."""
    rows = [
        f"{i};2024-05-{i % 28 + 1:02} 1{i % 9}:00;{'phone' if i % 3 else 'chat'};p;K{i % 7}"
        for i in range(40)
    ]
    header = "id;start;channel;service;who"
    source = {
        "path": "*.csv",
        "columns": {**PLAIN, "contact_id": "id", "service": "service"},
        "identifiers": {"customer": "who"},
    }
    cuts = sorted(data.draw(st.lists(st.integers(1, 39), min_size=1, max_size=2)))
    parts = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, 40], strict=True)]
    order = data.draw(st.permutations(range(len(parts))))
    with tempfile.TemporaryDirectory() as folder:
        whole, pieces_ = Bench(Path(folder, "whole")), Bench(Path(folder, "pieces"))
        whole.write("\n".join([header, *rows]))
        whole.load(source)
        for number in order:
            pieces_.write("\n".join([header, *parts[number]]), f"{number}.csv")
            pieces_.load(source)
        pieces_.write("\n".join([header, *rows]), "grown.csv")
        report = pieces_.load(source)
        assert counts(report) == (40, 0, 40, 0)
        assert contents(pieces_) == contents(whole)
