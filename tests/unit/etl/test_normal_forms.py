"""Normal forms against independent libraries, over thousands of made-up numbers."""

import hashlib
import hmac
import random
from uuid import UUID

import phonenumbers
import pytest
from stdnum.nl import bsn

from etl.phones import international_form
from etl.privacy import pseudonym
from tests.loading import KEY, PLAIN, Bench

SEED = 7
DUTCH_SPELLINGS = (
    "0{a}{b}", "0{a}-{b}", "0{a} {b}", "(0{a}) {b}", "+31{a}{b}", "+31 {a} {b}", "+31 (0){a} {b}",
    "0031{a}{b}", "0031-{a}-{b}", "31{a}{b}", "0{a}.{b}", "0{a}/{b}",
)  # fmt: skip
ODD_SPELLINGS = (
    "+31 0{a}{b}", "0{a}{b} x12", "0{a}-{b} ext. 7", "tel:+31-{a}-{b}", "+31{a}{b};ext=3",
    "0031 (0){a} {b}",
)  # fmt: skip


def expected(kind: str, value: str) -> UUID:
    return UUID(hmac.new(KEY, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32])


def stored(bench: Bench, kind: str, *written: str) -> list[UUID | None]:
    """What the identifiers became, in order; any number of them."""
    lines = "".join(f"{i}|2024-05-01 10:00|phone|{value}\n" for i, value in enumerate(written))
    bench.write("id|start|channel|who\n" + lines)
    source = {"delimiter": "|", "quote": "", "identifiers": {kind: "who"}}
    account = bench.account(source | {"columns": {**PLAIN, "contact_id": "id"}})
    assert account.loaded_count == len(written)
    return bench.values(f"{kind}_key")


def test_dutch_numbers_by_expression_equal_the_library(bench: Bench) -> None:
    """Whatever its spelling, the number is the one that phonenumbers makes of it."""
    dice = random.Random(SEED)
    written = []
    for _ in range(4000):
        area = dice.choice(["6", "990", "70", "20", "599"])
        rest = "".join(dice.choice("0123456789") for _ in range(9 - len(area)))
        written.append(dice.choice(DUTCH_SPELLINGS).format(a=area, b=rest))
    forms = [
        phonenumbers.format_number(
            phonenumbers.parse(f"+{text}" if text.startswith("31") else text, "NL"),
            phonenumbers.PhoneNumberFormat.E164,
        )
        for text in written
    ]
    assert len(set(forms)) > 3900
    assert stored(bench, "phone", *written) == [expected("phone", form) for form in forms]


@pytest.mark.parametrize("spelling", [*DUTCH_SPELLINGS, *ODD_SPELLINGS])
def test_every_spelling_of_one_number_is_that_number(bench: Bench, spelling: str) -> None:
    number = spelling.format(a="6", b="00123456")
    assert stored(bench, "phone", number) == [expected("phone", "+31600123456")]


def test_foreign_numbers_of_every_country(bench: Bench) -> None:
    """The library's own example numbers, written as people do, come out as E.164."""
    examples = [
        example
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        if (example := phonenumbers.example_number(region))
    ]
    assert len(examples) > 200
    forms = phonenumbers.PhoneNumberFormat
    written = [phonenumbers.format_number(example, forms.INTERNATIONAL) for example in examples]
    written += ["00" + phonenumbers.format_number(example, forms.E164)[1:] for example in examples]
    plain = [phonenumbers.format_number(example, forms.E164) for example in examples]
    assert stored(bench, "phone", *written) == [expected("phone", form) for form in plain * 2]


def test_a_number_that_fails_does_not_stop_the_others() -> None:
    assert international_form("") is None
    assert international_form("geen nummer") is None
    assert international_form("+999 123") is None
    assert international_form("0600123456") == "+31600123456"


@pytest.mark.parametrize("text", ["061234567", "0800-1234", "14 0599", "+31 6 123", "112", "0"])
def test_what_nobody_calls_from_is_no_number(text: str) -> None:
    assert international_form(text) is None


def test_numbers_of_machines_have_eleven_digits() -> None:
    assert international_form("+31 97 012345678") == "+3197012345678"


def test_the_eleven_test_equals_the_library(bench: Bench) -> None:
    dice = random.Random(SEED)
    numbers = [f"999{dice.randrange(10**6):06}" for _ in range(3000)]
    numbers += [f"0{dice.randrange(10**8):08}" for _ in range(1000)]
    right = [bsn.is_valid(number) for number in numbers]
    assert 200 < sum(right) < 600
    answers = [
        expected("bsn", number) if is_right else None
        for number, is_right in zip(numbers, right, strict=True)
    ]
    assert stored(bench, "bsn", *numbers) == answers
    counted = bench.table("select invalid_identifier_count from load_file").iloc[0, 0]
    assert counted == len(numbers) - sum(right)


def test_a_leading_zero_that_a_spreadsheet_ate_comes_back(bench: Bench) -> None:
    number = next(text for n in range(10**6) if bsn.is_valid(text := f"0{99000000 + n}"))
    assert stored(bench, "bsn", number, number.lstrip("0")) == [expected("bsn", number)] * 2


@pytest.mark.parametrize("number", ["000012345678", "99990001 0000", "999990019", "9999000"])
def test_establishment_and_fiscal_numbers_are_no_kvk_number(bench: Bench, number: str) -> None:
    """A vestigingsnummer has twelve digits, a RSIN nine."""
    assert stored(bench, "kvk", number) == [None]
    assert bench.table("select invalid_identifier_count from load_file").iloc[0, 0] == 1


MAILS = ["J.de.Wit+gemeente@Voorbeeld.example", "jdewit@voorbeeld.example", "j.dewit@ander.example"]


@pytest.mark.parametrize(
    ("policy", "boxes"),
    [
        ({}, ["j.de.wit+gemeente@voorbeeld.example", "jdewit@voorbeeld.example",
              "j.dewit@ander.example"]),
        ({"email_tags": "ignore"}, ["j.de.wit@voorbeeld.example", "jdewit@voorbeeld.example",
                                    "j.dewit@ander.example"]),
        ({"email_tags": "ignore", "email_dots": "ignore",
          "email_dot_domains": ["Voorbeeld.example"]},
         ["jdewit@voorbeeld.example", "jdewit@voorbeeld.example", "j.dewit@ander.example"]),
    ],
)  # fmt: skip
def test_what_of_an_address_counts_is_a_setting(
    bench: Bench, policy: dict[str, object], boxes: list[str]
) -> None:
    bench.write(
        "start;channel;e\n"
        + "".join(f"2024-05-01 10:0{i};phone;{m}\n" for i, m in enumerate(MAILS))
    )
    bench.load({"identifiers": {"email": "e"}}, privacy=policy)
    assert bench.values("email_key") == [expected("email", box) for box in boxes]


def test_an_address_with_a_name_before_it(bench: Bench) -> None:
    written = ['"Jan (thuis)" <Jan@voorbeeld.example>', "Jan <mailto:jan@voorbeeld.example>"]
    assert stored(bench, "email", *written) == [expected("email", "jan@voorbeeld.example")] * 2


def test_one_form_is_one_pseudonym() -> None:
    assert pseudonym(KEY, "phone", "+31600123456") == pseudonym([KEY], "phone", "+31600123456")
