"""Attributes: what should agree does, in the form in which it should, and only as a hash."""

import hashlib
import hmac
from uuid import UUID

import pytest

from tests.loading import KEY, PLAIN, Bench
from warehouse.errors import ConfigurationError
from warehouse.settings import parse_settings


def load_attributes(bench: Bench, attribute: str, *values: str, **column: object) -> None:
    bench.write(
        "start|channel|what\n"
        + "".join(f"2024-05-01 10:{i:02}|phone|{value}\n" for i, value in enumerate(values))
    )
    column_of = {attribute: {"column": "what", **column}}
    bench.account({"delimiter": "|", "attributes": column_of, "columns": PLAIN})


def hashed(kind: str, *values: str | None) -> list[UUID | None]:
    return [
        UUID(hmac.new(KEY, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32])
        if value
        else None
        for value in values
    ]


@pytest.mark.parametrize(
    ("attribute", "kind", "normal", "written"),
    [
        ("surname", "surname", "berg", ["van den Berg", "Berg", "BERG, van den", "v.d. Berg",
                                        "J.A. van den Berg", "Berg, J. van den", "Berg (van den)"]),
        ("surname", "surname", "andre", ["André", "Andre", "andré"]),
        ("surname", "surname", "jansenboer", ["Jansen-de Boer", "Jansen - Boer"]),
        ("surname", "surname", "hout", ["in 't Hout", "Hout, in 't"]),
        ("surname", "surname", "de", ["De"]),
        ("initials", "initial", "J", ["J.A.", "j a", "Jan", "J.", "Jóhanna"]),
        ("birth_date", "birth_date", "1980-02-01", ["1-2-1980", "01-02-1980", "1980-02-01",
                                                    "01/02/1980", "19800201"]),
        ("birth_date", "birth_month", "1980-02", ["1-2-1980", "28-02-1980"]),
        ("birth_date", "birth_either", "19800102", ["1-2-1980", "2-1-1980"]),
        ("postcode", "postcode", "0123AB", ["0123 AB", "0123ab", "0123AB"]),
        ("postcode", "postcode_area", "0123", ["0123 AB", "0123 XZ"]),
        ("house_number", "house_number", "12", ["12", "12a", "12-A", "12 bis", "012", "nr 12"]),
    ],
)  # fmt: skip
def test_all_ways_to_write_one_attribute_give_one_hash(
    bench: Bench, attribute: str, kind: str, normal: str, written: list[str]
) -> None:
    load_attributes(bench, attribute, *written)
    assert bench.values(f"{kind}_key") == hashed(kind, *[normal] * len(written))


@pytest.mark.parametrize(
    "alike",
    [
        ["Meijer", "Meyer", "Meier", "Maier"],
        ["Smit", "Smid", "Smidt"],
        ["Jansen", "Janssen"],
        ["Visser", "Fisser", "Viser"],
        ["Bos", "Bosch"],
        ["Dijkstra", "Dykstra", "Deikstra"],
        ["Kok", "Cock", "Kock"],
        ["Zwart", "Swart", "Zwaart"],
    ],
)
def test_spellings_that_sound_alike_share_a_form(bench: Bench, alike: list[str]) -> None:
    load_attributes(bench, "surname", *alike)
    assert len(set(bench.values("surname_key"))) > 1
    assert len(set(bench.values("surname_sound_key"))) == 1


def test_names_that_sound_otherwise_do_not(bench: Bench) -> None:
    names = ["Bakker", "Bekhof", "Mulder", "Jansen", "Prins", "Postma", "de Wit", "Kaya", "Yilmaz"]
    load_attributes(bench, "surname", *names)
    assert len(set(bench.values("surname_sound_key"))) == len(names)


@pytest.mark.parametrize(
    ("attribute", "kind", "wrong"),
    [
        ("birth_date", "birth_date", ["01-01-1900", "onbekend", "31-02-1980", "1-2-80"]),
        ("postcode", "postcode", ["1234", "AB 1234", "B-1000 Brussel"]),
        ("house_number", "house_number", ["0", "zie boven"]),
        ("surname", "surname", ["-", "123"]),
        ("initials", "initial", ["-", "."]),
    ],
)
def test_what_cannot_be_right_is_left_out_and_the_row_stays(
    bench: Bench, attribute: str, kind: str, wrong: list[str]
) -> None:
    load_attributes(bench, attribute, *wrong)
    assert bench.values(f"{kind}_key") == [None] * len(wrong)
    assert bench.rejects() == []


def test_initials_of_a_whole_name_have_a_dot(bench: Bench) -> None:
    bench.write(
        "start|channel|who\n"
        "2024-05-01 10:00|phone|J.A. van den Berg\n"
        "2024-05-01 10:01|phone|Berg, J. van den\n"
        "2024-05-01 10:02|phone|van den Berg\n"
    )
    whole = {"surname": "who", "initials": {"column": "who"}}
    bench.account({"delimiter": "|", "attributes": whole, "columns": PLAIN})
    assert bench.values("surname_key") == hashed("surname", "berg", "berg", "berg")
    assert bench.values("initial_key") == hashed("initial", "J", "J", None)


def test_a_configured_format_and_missing_values_hold(bench: Bench) -> None:
    load_attributes(
        bench, "birth_date", "02/01/80", "09/09/99", format="%m/%d/%y", missing=["09/09/99"]
    )
    assert bench.values("birth_date_key") == hashed("birth_date", "1980-02-01", None)


def test_no_attribute_stands_in_the_warehouse(bench: Bench) -> None:
    load_attributes(bench, "surname", "Zonderlingenburg", "Zonderlingenburg")
    file = bench.store.current_file()
    assert file is not None
    assert b"zonderling" not in file.read_bytes().lower()


def test_a_wrong_attribute_or_format_is_refused() -> None:
    source = {"name": "a", "kind": "csv", "path": "a.csv", "columns": PLAIN}
    with pytest.raises(ConfigurationError, match=r"\[source.attributes\] has no field shoe_size"):
        parse_settings({"source": [source | {"attributes": {"shoe_size": "x"}}]})


def test_a_format_that_is_none_is_refused(bench: Bench) -> None:
    with pytest.raises(ConfigurationError, match="no format"):
        load_attributes(bench, "birth_date", "1-2-1980", format="%Q")
