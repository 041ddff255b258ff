"""Identifiers: one form per person, keyed hashes as Python's own hmac gives them, nothing kept."""

import hashlib
import hmac
from pathlib import Path
from uuid import UUID

import pytest

from etl.privacy import KEY_VARIABLE, new_key, pseudonym, read_keys
from tests.loading import KEY, PLAIN, Bench
from warehouse.errors import ConfigurationError
from warehouse.settings import parse_settings


def load_identifiers(bench: Bench, kind: str, *values: str, **column: object) -> list[UUID | None]:
    bench.write(
        "start|channel|who\n"
        + "".join(f"2024-05-01 10:{i:02}|phone|{value}\n" for i, value in enumerate(values))
    )
    bench.account(
        {"delimiter": "|", "identifiers": {kind: {"column": "who", **column}}, "columns": PLAIN}
    )
    return bench.values(f"{kind}_key")


def expected(kind: str, value: str) -> UUID:
    return UUID(hmac.new(KEY, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32])


@pytest.mark.parametrize(
    ("kind", "normal", "written"),
    [
        ("bsn", "123456782", ["123456782", " 1234.56.782 ", "123-456-782"]),
        ("bsn", "010464554", ["010464554", "10464554"]),
        ("kvk", "12345678", ["12345678", "1234 5678"]),
        (
            "phone",
            "+31612345678",
            ["0612345678", "06-12345678", "+31612345678", "0031 6 12345678", "+31 (0)6 1234 5678",
             "31612345678", "612345678", "06 12 34 56 78"],
        ),
        ("phone", "+4915112345678", ["+49 151 12345678", "004915112345678"]),
        ("phone", "+31701234567", ["070-1234567", "(070) 123 45 67"]),
        ("email", "jan@voorbeeld.example", ["Jan@Voorbeeld.example", " jan@voorbeeld.example ",
                                            "mailto:jan@voorbeeld.example"]),
        (
            "party",
            "0f0e0d0c-0000-4000-8000-000000000001",
            ["0F0E0D0C-0000-4000-8000-000000000001",
             "https://x.example/partijen/0f0e0d0c-0000-4000-8000-000000000001/"],
        ),
        ("customer", "log/K-12", ["K-12"]),
        ("visitor", "log/ab12", ["ab12"]),
    ],
)  # fmt: skip
def test_all_ways_to_write_one_identifier_give_one_hash(
    bench: Bench, kind: str, normal: str, written: list[str]
) -> None:
    assert load_identifiers(bench, kind, *written) == [expected(kind, normal)] * len(written)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("bsn", ["123456789", "000000000", "1234567", "1234567820", "12345678a", "-23456782"]),
        ("kvk", ["1234567", "123456789", "00000000", "1234567a"]),
        ("phone", ["112", "061234567", "06123456789", "anoniem", "+0612345678", "+31", "12345"]),
        (
            "email",
            ["jan", "jan@", "@voorbeeld.example", "a@b@c.example", "jan@voorbeeld", "a b@c.nl"],
        ),
    ],
)
def test_what_cannot_be_right_links_to_nobody_and_is_counted(
    bench: Bench, kind: str, written: list[str]
) -> None:
    assert load_identifiers(bench, kind, *written) == [None] * len(written)
    counted = bench.table("select invalid_identifier_count from load_file").iloc[0, 0]
    assert counted == len(written)


def test_missing_identifiers_are_not_wrong_ones(bench: Bench) -> None:
    assert (
        load_identifiers(bench, "phone", "anoniem", "0", "", missing=["anoniem", "0"]) == [None] * 3
    )
    assert bench.table("select invalid_identifier_count from load_file").iloc[0, 0] == 0


def test_numbers_of_two_systems_do_not_link(bench: Bench) -> None:
    for name in ("a", "b"):
        bench.write("start;channel;k\n2024-05-01 10:00;phone;7\n", f"{name}.csv")
    bench.load(
        {"name": "a", "path": "a.csv", "identifiers": {"customer": "k"}},
        {"name": "b", "path": "b.csv", "identifiers": {"customer": "k"}},
    )
    assert len(set(bench.values("customer_key"))) == 2


def test_another_key_gives_other_hashes() -> None:
    assert pseudonym(b"a" * 32, "bsn", "123456782") != pseudonym(b"b" * 32, "bsn", "123456782")


PLANTED = ("123456782", "0612345678", "+31612345678", "jan@voorbeeld.example", "612345678")


def test_no_identifier_is_left_in_any_byte_of_the_warehouse(bench: Bench) -> None:
    """Also the broken rows: what was refused is not kept either."""
    row = "123456782;0612345678;jan@voorbeeld.example"
    bench.write(
        "start;channel;b;p;e\n"
        + f"2024-05-01 10:00;phone;{row}\n" * 3
        + f'nooit;phone;{row}\n2024-05-02;phone;{row};more\n2024-05-03;phone;{row}"\n'
        + f'2024-05-04;"phone;{row}\n'
    )
    bench.load({"identifiers": {"bsn": "b", "phone": "p", "email": "e"}})
    assert len(bench.rejects()) >= 3
    written = [file for file in bench.store.folder.rglob("*") if file.is_file()]
    assert written
    for file in written:
        content = file.read_bytes()
        for value in PLANTED:
            assert value.encode() not in content, file
        for unkeyed in (hashlib.sha256, hashlib.md5, hashlib.sha1):
            digest = unkeyed(b"123456782")
            assert digest.digest() not in content
            assert digest.hexdigest().encode() not in content


def test_the_key_is_not_in_the_warehouse(bench: Bench) -> None:
    load_identifiers(bench, "bsn", "123456782")
    for file in bench.store.folder.rglob("*"):
        assert not file.is_file() or KEY not in file.read_bytes()


def test_a_row_without_id_is_told_apart_by_a_keyed_hash(bench: Bench) -> None:
    bench.write("start;channel;b\n2024-05-01 10:00;phone;123456782\n")
    bench.account()
    row = "\x1f".join(["123456782", "phone", "2024-05-01 10:00"])  # columns in order of name
    assert bench.values("contact_id") == ["row:" + pseudonym(KEY, "row", row)]


def test_a_key_is_read_from_the_environment_or_a_file(tmp_path: Path) -> None:
    key = new_key()
    file = tmp_path / "key"
    file.write_text(key + "\n")
    with_file = parse_settings({"privacy": {"key_file": "key"}})
    from_file = read_keys(with_file, tmp_path, {})
    assert [len(part) for part in from_file] == [32]
    assert read_keys(parse_settings({}), tmp_path, {KEY_VARIABLE: key}) == from_file
    assert new_key() != key


@pytest.mark.parametrize("content", ["", "kort", "not base64 at all, but longer than 32 bytes !!"])
def test_what_is_no_key_is_told_without_showing_it(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigurationError, match="samenspel key") as caught:
        read_keys(parse_settings({}), tmp_path, {KEY_VARIABLE: content})
    assert not content or content not in str(caught.value)


def test_no_key_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="samenspel key"):
        read_keys(parse_settings({}), tmp_path, {})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_keys(parse_settings({"privacy": {"key_file": "none"}}), tmp_path, {})
