"""Whatever is loaded, by whatever configuration: every row is accounted for, or one line says why.

No crash, no hang, no lost row. By day a moderate number of examples; `make night` tries more.
"""

import csv
import io
import json
import os
import re
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.generative.loading_worker import Outcome, Worker
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings, SourceSettings, parse_settings

pytestmark = pytest.mark.slow

TIMES = 50 if os.environ.get("SAMENSPEL_NIGHT") else 1
CONFIGURATION = """
[[source]]
name = "log"
kind = "{kind}"
path = "{path}"
[source.columns]
started_at = "start"
channel = "channel"
topic = "topic"
"""
RECORDS = [
    {"start": f"2024-05-{i + 1:02} 10:00", "channel": "phone", "topic": f"onderwerp {i}"}
    for i in range(12)
]


def tries(count: int) -> Any:
    """Hypothesis' settings for so many examples by day."""
    return settings(
        max_examples=count * TIMES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    begun = Worker()
    yield begun
    begun.close()


def holds(outcome: Outcome, *, may_be_unreadable: bool = True) -> None:
    """Assert what must be so of any load; of a sound file also that the engine can read it."""
    if outcome.counts is None:
        assert re.search(r"[.?]$", outcome.said), outcome.said
        assert "\n" not in outcome.said
        assert "please report" not in outcome.said, outcome.said
        assert may_be_unreadable or "error of the engine" not in outcome.said, outcome.said
        return
    read, loaded, duplicate, rejected = outcome.counts
    assert read == loaded + duplicate + rejected
    assert outcome.stored == (loaded, rejected)


def as_csv() -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(RECORDS[0]), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(RECORDS)
    return text.getvalue().encode()


def as_xlsx() -> bytes:
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (list(RECORDS[0]), *(list(record.values()) for record in RECORDS)):
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def as_parquet() -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(RECORDS), content)
    return content.getvalue()


def as_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", as_csv())
        packed.writestr("b.csv", as_csv().replace(b"phone", b"chat"))
    return content.getvalue()


WHOLE = {
    "x.csv": as_csv(),
    "x.csv.zip": as_zip(),
    "x.json": json.dumps(RECORDS).encode(),
    "x.jsonl": b"".join(json.dumps(record).encode() + b"\n" for record in RECORDS),
    "x.parquet": as_parquet(),
    "x.xlsx": as_xlsx(),
}
KINDS = {name: name.split(".")[1].removesuffix("l") for name in WHOLE}


@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_files_load_whole(worker: Worker, name: str) -> None:
    outcome = worker.load(CONFIGURATION.format(kind=KINDS[name], path=name), {name: WHOLE[name]})
    expected = 24 if name.endswith("zip") else 12
    assert outcome.counts == (expected, expected, 0, 0), outcome.said


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A whole file, of any kind, with pieces taken out, put in, doubled or overwritten."""
    name = draw(st.sampled_from(sorted(WHOLE)))
    content = WHOLE[name]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 2, 8, 100, 100_000])))
        piece = draw(st.one_of(st.binary(max_size=12), st.just(content[start:end] * 2)))
        content = content[:start] + piece + content[end:]
    return name, content


@tries(60)
@given(given_file=damaged())
def test_a_damaged_file_of_any_kind(worker: Worker, given_file: tuple[str, bytes]) -> None:
    name, content = given_file
    holds(worker.load(CONFIGURATION.format(kind=KINDS[name], path=name), {name: content}))


@tries(40)
@given(name=st.sampled_from(sorted(WHOLE)), content=st.binary(max_size=400))
@example(name="x.csv", content=b"")
@example(name="x.json", content=b"\x89PNG\r\n\x1a\n\0\0")
@example(name="x.json", content=b"[" * 100_000)
@example(name="x.jsonl", content=b'{"a":' * 50_000)
@example(name="x.csv", content=b"\xff\xfe\n")
@example(name="x.csv", content=b"\n\n\n")
@example(name="x.csv", content=b"start;channel;topic\r2024-05-01 10:00;phone;x\r\r")
def test_any_bytes_of_any_kind(worker: Worker, name: str, content: bytes) -> None:
    holds(worker.load(CONFIGURATION.format(kind=KINDS[name], path=name), {name: content}))


cells = st.text(st.sampled_from("ab1 é€\t,|'\\\x1f"), max_size=6)
mutations = st.sampled_from(
    ["", "", "", ";", ";;", "x;", "\0", "\r", " ", "\x85", "\u2028", "\ufeff", "x" * 3000]
)


@st.composite
def logs_without_quotes(draw: st.DrawFn) -> tuple[bytes, int]:
    """A CSV file with things put in its lines, and how many lines with text it has."""
    lines = ["start;channel;topic"]
    for number in range(draw(st.integers(0, 12))):
        line = f"2024-05-{number + 1:02} 10:00;phone;{draw(cells)}"
        at = draw(st.integers(0, len(line)))
        lines.append(line[:at] + draw(mutations) + line[at:])
        lines += [""] * draw(st.sampled_from([0, 0, 0, 1]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]))
    text = newline.join(lines) + draw(st.sampled_from(["", newline]))
    return text.encode(encoding, errors="replace"), len(
        [one for one in lines if one.strip(" ")]
    ) - 1


@tries(50)
@given(log=logs_without_quotes())
def test_no_line_of_a_mutated_csv_is_lost(worker: Worker, log: tuple[bytes, int]) -> None:
    """Without quotes a line is a row: the count is that of lines with text, made beforehand."""
    content, count = log
    outcome = worker.load(
        CONFIGURATION.format(kind="csv", path="x.csv").replace(
            "[source.columns]", 'delimiter = ";"\n[source.columns]'
        ),
        {"x.csv": content},
    )
    holds(outcome)
    assert outcome.counts is not None, outcome.said
    assert outcome.counts[0] == count


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
        st.sampled_from(["2024-05-01 10:00", "phone", "", "9" * 400, "\ud800", "\0"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["start", "topic", "", "a.b"]), inner, max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip


@tries(40)
@given(
    records=st.lists(
        st.one_of(
            st.fixed_dictionaries({"start": values, "channel": values, "topic": values}), values
        ),
        max_size=8,
    ),
    by_line=st.booleans(),
)
def test_no_json_record_is_lost(worker: Worker, records: list[Any], by_line: bool) -> None:
    """As many are read as were written, whatever they hold."""
    name = "x.jsonl" if by_line else "x.json"
    lines = [json.dumps(record) for record in records]
    text = "\n".join(lines) if by_line else json.dumps(records)
    outcome = worker.load(CONFIGURATION.format(kind="json", path=name), {name: text.encode()})
    holds(outcome)
    if outcome.counts is None:
        assert re.search("there is no column|no valid JSON", outcome.said), outcome.said
    else:
        assert outcome.counts[0] == len(records)


SOURCE_KEYS = sorted(SourceSettings.model_fields)
names = st.one_of(
    st.sampled_from(sorted({*Settings.model_fields, *SOURCE_KEYS, "column", "map", "format"})),
    st.text(max_size=4),
)
odd_texts = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            "a\0b", "a\nb", "*", "**", "**x", "[", "/", "//", ".", "..", "~", "/proc/self/mem",
            "x.csv/y", "utf-7", "idna", "punycode", "undefined", "unicode_escape", "base64",
            "Europe/Amsterdam", "Europe", "../../etc/passwd", "%d-%m-%Y", "%", "%Q", "start", "csv",
            "json", "phone", '"', "'", "\\", "(", ";", "$", "^", "\t", "9" * 5000,
        ]
    ),
)  # fmt: skip
odd_values = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(), odd_texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=5,
)


@tries(300)
@given(raw=st.dictionaries(names, odd_values, max_size=5))
def test_any_settings_are_right_or_told_in_one_line(raw: dict[str, Any]) -> None:
    with suppress(ConfigurationError):
        parse_settings(raw)


GOOD = tomllib.loads(CONFIGURATION.format(kind="csv", path="x.csv"))["source"][0]


@st.composite
def nearly_right(draw: st.DrawFn) -> dict[str, Any]:
    """A working source with some settings replaced."""
    source = dict(GOOD)
    for _ in range(draw(st.integers(1, 2))):
        where = draw(st.sampled_from(["source", "source", "columns", "identifiers", "column"]))
        if where == "source":
            source[draw(st.sampled_from(SOURCE_KEYS))] = draw(odd_values)
        elif where == "column":
            key = draw(st.sampled_from(["column", "value", "format", "map", "missing", "unit"]))
            field = draw(st.sampled_from(["started_at", "channel", "topic", "wait_seconds"]))
            changed = {"column": "start", key: draw(odd_values)}
            source["columns"] = {**GOOD["columns"], field: changed}
        else:
            field = draw(st.sampled_from(["started_at", "channel", "note", "bsn", "phone"]))
            source[where] = {**GOOD.get(where, {}), field: draw(odd_texts)}
    return source


def toml(value: object) -> str:
    """Write a value as TOML (inline)."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


@tries(60)
@given(source=nearly_right())
@example(source={**GOOD, "path": "a\0b"})
@example(source={**GOOD, "path": "**x"})
@example(source={**GOOD, "path": "/"})
@example(source={**GOOD, "path": ""})
@example(source={**GOOD, "encoding": "undefined"})
@example(source={**GOOD, "encoding": "utf-7"})
@example(source={**GOOD, "encoding": "a\0b"})
@example(source={**GOOD, "delimiter": "\n"})
@example(source={**GOOD, "delimiter": '"'})
@example(source={**GOOD, "delimiter": "a\0"})
@example(source={**GOOD, "quote": ";"})
@example(source={**GOOD, "quote": "\n"})
@example(source={**GOOD, "quote": "\0"})
@example(source={**GOOD, "columns": {**GOOD["columns"], "topic": "a\nb"}})
@example(source={**GOOD, "columns": {**GOOD["columns"], "topic": {"value": "a\0b'"}}})
@example(
    source={
        **GOOD,
        "columns": {**GOOD["columns"], "started_at": {"column": "start", "format": "%"}},
    }
)
def test_a_nearly_right_source_loads_or_is_told_in_one_line(
    worker: Worker, source: dict[str, Any]
) -> None:
    text = "\n".join(["[[source]]", *(f"{json.dumps(k)} = {toml(v)}" for k, v in source.items())])
    holds(worker.load(text, {"x.csv": as_csv()}), may_be_unreadable=False)


@tries(40)
@given(
    content=st.one_of(
        st.binary(max_size=60),
        st.text(st.sampled_from('[]{}=".\n#a1é'), max_size=40).map(lambda text: text.encode()),
    )
)
@example(content=b"a = " + b"[" * 50_000)
@example(content=b"a = " + b"{a=" * 50_000)
@example(content=b"a." * 1000 + b"b = 1")
@example(content=b"\xff\xfea = 1")
@example(content=b'"a\\nb" = 1')
@example(content=b"inhabitants = " + b"9" * 5000)
def test_any_bytes_as_configuration(worker: Worker, content: bytes) -> None:
    outcome = worker.load(content, {"x.csv": as_csv()})
    holds(outcome)
    assert outcome.counts is None
