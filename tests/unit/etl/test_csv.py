"""CSV: dialects, encodings, quotes, broken lines; each physical line is accounted for."""

import gzip
import zipfile

import pytest

from etl.sources.csv import find_dialect, split_record
from tests.loading import PLAIN, Bench, counts
from warehouse.errors import ConfigurationError, SourceError
from warehouse.settings import SourceSettings

TWO = "start;channel\n2024-05-01 10:00;phone\n2024-05-02 11:00;counter\n"


def test_a_plain_file_loads_whole(bench: Bench) -> None:
    bench.write(TWO)
    account = bench.account()
    assert counts(account) == (2, 2, 0, 0)
    assert account.encoding == "utf-8"
    assert bench.values("channel") == ["phone", "counter"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_out(bench: Bench, delimiter: str) -> None:
    bench.write(TWO.replace(";", delimiter))
    assert counts(bench.account()) == (2, 2, 0, 0)


def test_a_delimiter_within_quotes_does_not_mislead(bench: Bench) -> None:
    bench.write('start,channel,service\n2024-05-01 10:00,phone,"a; b; c"\n' * 1)
    assert counts(bench.account({"columns": {**PLAIN, "service": "service"}})) == (1, 1, 0, 0)
    assert bench.values("service") == ["a; b; c"]


def test_excels_separator_line_is_followed_and_skipped(bench: Bench) -> None:
    bench.write("sep=;\n" + TWO)
    assert counts(bench.account()) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("windows-1252", "windows-1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encoding_is_found_out(bench: Bench, encoding: str, name: str) -> None:
    text = "start;channel;service\n2024-05-01 10:00;phone;Identiteitskaart € 64 é\n" * 1
    bench.write(text.encode(encoding))
    account = bench.account({"columns": {**PLAIN, "service": "service"}})
    assert counts(account) == (1, 1, 0, 0)
    assert account.encoding == name
    assert bench.values("service") == ["Identiteitskaart € 64 é"]


def test_a_declared_encoding_is_used(bench: Bench) -> None:
    bench.write("start;channel;service\n2024-05-01 10:00;phone;é\n".encode("cp850"))
    bench.account({"encoding": "cp850", "columns": {**PLAIN, "service": "service"}})
    assert bench.values("service") == ["é"]


def test_bytes_that_the_declared_encoding_lacks_refuse_their_line_only(bench: Bench) -> None:
    bench.write(TWO.encode() + b"2024-05-03 10:00;ph\xffone\n" + b"2024-05-04 10:00;phone\n")
    assert counts(bench.account({"encoding": "utf-8"})) == (4, 3, 0, 1)
    assert bench.rejects() == [(4, "", "wrong_encoding")]


def test_an_unknown_encoding_is_a_wrong_setting(bench: Bench) -> None:
    bench.write(TWO)
    with pytest.raises(ConfigurationError, match="there is no encoding 'klingon'"):
        bench.load({"encoding": "klingon"})


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_of_every_system(bench: Bench, newline: str, last: bool) -> None:
    text = TWO if last else TWO.rstrip("\n")
    bench.write(text.replace("\n", newline))
    assert counts(bench.account()) == (2, 2, 0, 0)


def test_mixed_line_ends(bench: Bench) -> None:
    bench.write("start;channel\r\n2024-05-01 10:00;phone\n2024-05-02 10:00;phone\r\n\n")
    assert counts(bench.account()) == (2, 2, 0, 0)


def test_a_value_of_several_lines_is_one_row(bench: Bench) -> None:
    bench.write(
        'start;channel;topic\n2024-05-01 10:00;phone;"een\n\ntwee; ""drie"""\n'
        "2024-05-02 10:00;phone;x\n"
    )
    assert counts(bench.account({"columns": {**PLAIN, "topic": "topic"}})) == (2, 2, 0, 0)
    assert bench.values("topic") == ['een\n\ntwee; "drie"', "x"]


def test_a_line_in_a_quoted_value_that_looks_like_a_record_stays_in_it(bench: Bench) -> None:
    bench.write('start;channel;topic\n2024-05-01 10:00;phone;"een\na;b;c\ntwee"\n')
    assert counts(bench.account({"columns": {**PLAIN, "topic": "topic"}})) == (1, 1, 0, 0)
    assert bench.values("topic") == ["een\na;b;c\ntwee"]


def test_an_open_quote_costs_its_own_line_and_no_other(bench: Bench) -> None:
    lines = [f"2024-05-{day:02} 10:00;phone;x" for day in range(1, 29)]
    lines[9] = '2024-05-10 10:00;phone;"never closed'
    bench.write("start;channel;topic\n" + "\n".join(lines) + "\n")
    assert counts(bench.account({"columns": {**PLAIN, "topic": "topic"}})) == (28, 27, 0, 1)
    assert bench.rejects() == [(11, "", "broken_quote")]


def test_a_quote_within_a_bare_value_is_a_plain_sign(bench: Bench) -> None:
    bench.write('start;channel;topic\n2024-05-01 10:00;phone;buis van 5" breed\n')
    assert counts(bench.account({"columns": {**PLAIN, "topic": "topic"}})) == (1, 1, 0, 0)
    assert bench.values("topic") == ['buis van 5" breed']


def test_lines_of_the_wrong_length_are_named(bench: Bench) -> None:
    bench.write(TWO + "2024-05-03 10:00\n\n2024-05-04 10:00;phone;more\n2024-05-05 10:00;phone\n")
    assert counts(bench.account()) == (5, 3, 0, 2)
    assert bench.rejects() == [(4, "", "too_few_columns"), (6, "", "too_many_columns")]


def test_a_nul_refuses_its_line(bench: Bench) -> None:
    bench.write(TWO.encode() + b"2024-05-03 10:00;ph\0one\n")
    assert counts(bench.account()) == (3, 2, 0, 1)
    assert bench.rejects() == [(4, "", "nul_character")]


def test_a_line_beyond_measure_is_refused_whole(bench: Bench) -> None:
    bench.write(TWO + "2024-05-03 10:00;" + "x" * (3 * 2**20) + "\n2024-05-04 10:00;phone\n")
    assert counts(bench.account()) == (4, 3, 0, 1)
    assert bench.rejects() == [(4, "", "line_too_long")]


@pytest.mark.parametrize("content", ["", "\n\n", "start;channel\n", "start;channel", "\ufeff"])
def test_a_file_without_rows_loads_nothing(bench: Bench, content: str) -> None:
    bench.write(content)
    assert counts(bench.account()) == (0, 0, 0, 0)


def test_a_second_column_of_one_name_gets_a_number(bench: Bench) -> None:
    bench.write("start;channel;category;category\n2024-05-01 10:00;phone;a;b\n")
    bench.account({"columns": {**PLAIN, "service": "category", "topic": "category_1"}})
    assert bench.values("service", "topic") == [("a", "b")]


def test_columns_without_header_are_numbered(bench: Bench) -> None:
    bench.write("2024-05-01 10:00;phone\n")
    columns = {"started_at": "column_1", "channel": "column_2"}
    assert counts(bench.account({"header": False, "columns": columns})) == (1, 1, 0, 0)


def test_an_absent_column_is_named_with_its_likeness(bench: Bench) -> None:
    bench.write("Starttijd;Kanaal\n2024-05-01 10:00;phone\n")
    with pytest.raises(ConfigurationError) as caught:
        bench.load({"columns": {"started_at": "Startijd", "channel": "Kanaal"}})
    message = str(caught.value)
    assert "source log, log.csv" in message
    assert "there is no column 'Startijd'" in message
    assert "Did you mean 'Starttijd'?" in message
    assert bench.store.current_file() is None


def test_a_file_without_header_shows_no_values_in_the_message(bench: Bench) -> None:
    bench.write("2024-05-01 10:00;phone;123456782;iemand@voorbeeld.example\n")
    with pytest.raises(ConfigurationError) as caught:
        bench.load()
    assert "123456782" not in str(caught.value)
    assert "voorbeeld" not in str(caught.value)


def test_packed_files(bench: Bench) -> None:
    file = bench.write("", "log.csv.gz")
    file.write_bytes(gzip.compress(TWO.encode()))
    assert counts(bench.account({"path": "log.csv.gz"})) == (2, 2, 0, 0)


def test_each_member_of_a_zip_is_a_file(bench: Bench) -> None:
    with zipfile.ZipFile(bench.folder / "log.zip", "w") as packed:
        packed.writestr("a.csv", TWO)
        packed.writestr("sub/b.csv", TWO.replace("2024", "2025"))
        packed.writestr("__MACOSX/a.csv", "rubbish")
    report = bench.load({"path": "log.zip"})
    assert [file.file_name for file in report.files] == ["log.zip/a.csv", "log.zip/sub/b.csv"]
    assert counts(report) == (4, 4, 0, 0)
    assert all(file.already_loaded for file in bench.load({"path": "log.zip"}).files)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04rest of a zip", "zip or xlsx"),
        (b"\x1f\x8bpacked", "gzip"),
        (b"PAR1....", "Parquet"),
    ],
)
def test_a_file_under_a_wrong_name_is_recognised(bench: Bench, content: bytes, what: str) -> None:
    bench.write(content)
    with pytest.raises(SourceError, match=what):
        bench.load()


def test_a_damaged_gz_is_an_error_that_names_the_file(bench: Bench) -> None:
    whole = gzip.compress(TWO.encode() * 1000)
    bench.write(whole[: len(whole) // 2], "log.csv.gz")
    with pytest.raises(SourceError, match=r"log\.csv\.gz"):
        bench.load({"path": "log.csv.gz"})


def test_a_name_with_signs_of_a_pattern_is_a_plain_name(bench: Bench) -> None:
    bench.write(TWO, "log [1].csv")
    assert counts(bench.account({"path": "log [1].csv"})) == (2, 2, 0, 0)


def test_columns_are_found_by_name_in_each_file(bench: Bench) -> None:
    bench.write(TWO, "a.csv")
    bench.write("channel;extra;start\nchat;1;2024-06-01 10:00\n", "b.csv")
    assert counts(bench.load({"path": "[ab].csv"})) == (3, 3, 0, 0)
    assert bench.values("channel") == ["phone", "counter", "chat"]


def test_splitting_follows_quotes() -> None:
    assert split_record('a;"b;""c""";', ";", '"') == ["a", 'b;"c"', ""]
    assert split_record('a;"b', ";", '"') is None
    assert split_record('a;"b"c', ";", '"') is None
    assert split_record('a"b;c', ";", '"') == ['a"b', "c"]
    assert split_record('"a";"b"', ";", "") == ['"a"', '"b"']


def test_the_delimiter_that_fits_most_lines_wins() -> None:
    source = SourceSettings.model_validate(
        {"name": "s", "kind": "csv", "path": "x", "columns": PLAIN}
    )
    dialect = find_dialect("a;b,c;d\n1;2,5;3\n4;5;6\n", source)
    assert dialect.delimiter == ";"
    assert dialect.columns == ("a", "b,c", "d")
