"""No identifier of the sample, in any spelling, in anything that the program writes or shows."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from plotly.utils import PlotlyJSONEncoder
from typer.testing import CliRunner

from analytics.drivers import drivers
from analytics.steering import steering
from dashboard.app import Dashboard, show_page
from dashboard.pages import PAGES
from dashboard.working import known
from samenspel.cli import app
from tests.e2e.sample import LoadedSample
from warehouse.store import Reader

pytestmark = pytest.mark.slow

DIGITS = re.compile(rb"(?<![\w.,])\d{8,}")
MAIL = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.example", re.IGNORECASE)
VISITOR = re.compile(rb"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")
MADE_UP = re.compile(rb"999\d{6}|6\s?00\d{6}|99[01]\d{6}|9999\d{4}")
SEPARATORS = re.compile(rb"(?<=\d)[ ()+/-]{1,3}(?=\d)|(?<=\d\d)\.(?=\d\d\.?\d\d)")
PREFIXES = {b"", b"0", b"31", b"0031", b"310", b"00310"}
HASHES = {"customer_id", "content_hash", "pseudonym"}
"""Columns of hashes: of one length, and with digits of all kinds by chance."""
OWN_MAIL = re.compile(rb"lindermonde\.example$")


def texts_of(path: Path) -> Iterator[bytes]:
    """A file's bytes; of an archive those of its members, as UTF-8 where it was not."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
        return
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        content = content.decode("utf-16").encode()
    yield content


def numbers_in(content: bytes, *, joined: bool) -> set[bytes]:
    """Every number of 8 or 9 digits, the latter also as a telephone number's end.

    Args:
        content: to search.
        joined: also read over separators. Not for bytes of a database: there, chance makes numbers.
    """
    found = set()
    for match in DIGITS.finditer(content):
        run = match[0]
        if len(run) == 8 or run[:-9] in PREFIXES:
            found |= {run, run[-9:]}
    if joined:
        for match in DIGITS.finditer(SEPARATORS.sub(b"", content)):
            found |= {match[0][i : i + 9] for i in range(len(match[0]) - 8)}
    return found


@pytest.fixture(scope="module")
def identifiers(repository: Path) -> dict[str, set[bytes]]:
    """What the sample's logs hold: numbers (telephone numbers without their 0), mail, visitors."""
    numbers: set[bytes] = set()
    mails: set[bytes] = set()
    visitors: set[bytes] = set()
    sample = repository / "data" / "sample"
    for file in sorted(sample.rglob("*")):
        if not file.is_file() or "truth" in file.parts or file.suffix in {".md", ".toml"}:
            continue
        for text in texts_of(file):
            numbers |= {n for n in numbers_in(text, joined=True) if MADE_UP.fullmatch(n)}
            mails |= {m.lower() for m in MAIL.findall(text) if not OWN_MAIL.search(m)}
            if "matomo" in file.parts:
                visitors |= set(VISITOR.findall(text))
    numbers.discard(b"600000000")  # as round as many a fraction, in binary
    assert len(numbers) > 10_000
    assert len(mails) > 5_000
    assert len(visitors) > 1_000
    return {"numbers": numbers, "mails": mails, "visitors": visitors}


def held(content: bytes, identifiers: dict[str, set[bytes]], *, joined: bool = True) -> set[bytes]:
    """Which identifiers stand in some bytes."""
    return (
        (numbers_in(content, joined=joined) & identifiers["numbers"])
        | ({mail.lower() for mail in MAIL.findall(content)} & identifiers["mails"])
        | (set(VISITOR.findall(content)) & identifiers["visitors"])
    )


def test_the_search_finds_what_is_there(identifiers: dict[str, set[bytes]]) -> None:
    number = next(n for n in identifiers["numbers"] if n.startswith(b"600")).decode()
    mail = next(iter(identifiers["mails"])).decode()
    for text in (f"0{number}", f"+31 (0){number[0]} {number[1:5]}-{number[5:]}", mail.upper()):
        assert held(text.encode(), identifiers), text


def test_not_in_any_byte_of_the_warehouse(
    sample: LoadedSample, identifiers: dict[str, set[bytes]]
) -> None:
    files = [file for file in sample.store.folder.rglob("*") if file.is_file()]
    assert any(file.suffix == ".duckdb" for file in files)
    for file in files:
        assert held(file.read_bytes(), identifiers, joined=False) == set(), file.name


def test_not_in_any_value_of_any_table(
    sample: LoadedSample, identifiers: dict[str, set[bytes]]
) -> None:
    """Inside the file text is compressed: so every text of every column is read as well."""
    with duckdb.connect(sample.store.current_file(), read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() "
            "WHERE NOT internal AND data_type IN ('VARCHAR', 'UUID', 'BLOB')"
        ).fetchall()
        assert len(columns) > 40
        for table, column in columns:
            rows = connection.execute(
                f'SELECT DISTINCT "{column}"::VARCHAR FROM "{table}" WHERE "{column}" IS NOT NULL'
            ).fetchall()
            content = "\n".join(value for (value,) in rows).encode()
            if column in HASHES or column.endswith("_key"):
                assert set(map(len, content.split())) <= {36, 64}, f"{table}.{column}"
            else:
                assert held(content, identifiers) == set(), f"{table}.{column}"


def printed(*arguments: str) -> bytes:
    """What a command says, on both outputs."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return (result.stdout + result.stderr).encode()


def whole(content: bytes) -> bytes:
    """Content without what stands behind a decimal point: any nine digits occur there by chance."""
    return re.sub(rb"(?<=\d)\.\d+", b"", content)


def test_not_in_what_commands_print(
    sample: LoadedSample, identifiers: dict[str, set[bytes]]
) -> None:
    warehouse = ("--warehouse", str(sample.store.folder))
    said = {
        "rejects": printed("rejects", "--format", "csv", *warehouse),
        "kpi": printed("kpi", "--by", "channel,service", "--format", "json", *warehouse),
        "table": printed("kpi", "--by", "area", *warehouse),
    }
    assert json.loads(said["kpi"])
    for name, content in said.items():
        assert len(content) > 500
        assert held(whole(content), identifiers) == set(), name


def test_not_in_what_a_load_says(
    repository: Path, tmp_path: Path, identifiers: dict[str, set[bytes]]
) -> None:
    """The log of a load, refused rows and all."""
    folder = repository / "data" / "sample"
    kept = ("--config", str(folder / "samenspel.toml"), "--warehouse", str(tmp_path / "w"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SAMENSPEL_KEY", "0f" * 32)
        content = printed("load", "--source", "webformulieren", *kept)
    assert b"read " in content
    assert held(content, identifiers) == set()


def test_not_in_any_export(
    sample: LoadedSample, tmp_path: Path, identifiers: dict[str, set[bytes]]
) -> None:
    warehouse = ("--warehouse", str(sample.store.folder))
    printed("export", "--month", "2025-03", "--out", str(tmp_path), *warehouse)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} >= {".xlsx", ".csv"}
    for file in files:
        for content in texts_of(file):
            assert held(content, identifiers) == set(), file.name


def test_not_on_any_page(sample: LoadedSample, identifiers: dict[str, set[bytes]]) -> None:
    """What the browser gets, as the server sends it."""
    board = Dashboard(Reader(sample.store))
    known(board.reader, patience=300)  # until then, some pages say that they are worked out
    drivers(board.reader)
    steering(board.reader)
    for page in PAGES.values():
        shown = json.dumps(show_page(board, page.path, "", None), cls=PlotlyJSONEncoder).encode()
        assert len(shown) > 5_000, page.key
        assert held(whole(shown), identifiers, joined=False) == set(), page.key


def test_what_could_not_be_right_was_counted(sample: LoadedSample) -> None:
    """The sample has slips of the keyboard."""
    assert sum(file.invalid_identifier_count for file in sample.report.files) > 0
