"""Notes: what tells who somebody is becomes a placeholder; what cannot be read is not stored.

The labelled notes are made up. `held_out.jsonl` was written and committed before the first rule.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from stdnum import iban
from stdnum.nl import bsn

import etl.redact
from benchmarks.redaction import NOTES, labelled_notes, measure
from etl.personal_names import NAME
from etl.redact import DROPPED, redact
from tests.loading import PLAIN, Bench, counts

HELD_OUT, DEVELOPMENT = NOTES / "held_out.jsonl", NOTES / "development.jsonl"
SEED = 20


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("bsn 999990019 klopt", "bsn [BSN] klopt"),
        ("9999.90.019", "[BSN]"),
        ("zaak 999990018 loopt", "zaak 999990018 loopt"),
        ("BSN 99999018 zonder nul", "BSN [BSN] zonder nul"),
        ("bel 06-00 12 34 56 terug", "bel [TELEFOON] terug"),
        ("+31 (0)990 123456", "[TELEFOON]"),
        ("tel 600123456", "tel [TELEFOON]"),
        ("bel 14 0599", "bel 14 0599"),
        ("naar nl 91 test 0417 1643 00.", "naar [IBAN]."),
        ("mail A.B+c@voorbeeld.example, graag", "mail [E-MAIL], graag"),
        ("a.b (at) voorbeeld.example", "[E-MAIL]"),
        ("9999 XZ 12a", "[ADRES]"),
        ("Dorpsstraat 12, 9999XZ Lindermonde", "[ADRES] Lindermonde"),
        ("in de Dorpsstraat is het donker", "in de Dorpsstraat is het donker"),
        ("sinds 2019 in de wijk, Ringweg 50 km", "sinds 2019 in de wijk, Ringweg 50 km"),
        ("auto xx-99-xx en zz-999-z", "auto [KENTEKEN] en [KENTEKEN]"),
        ("kenteken 99xxz9", "kenteken [KENTEKEN]"),
        ("geb. 1 mrt 2019", "geb. [GEBOORTEDATUM]"),
        ("geboren op 010219", "geboren op [GEBOORTEDATUM]"),
        ("07-11-1961", "[GEBOORTEDATUM]"),
        ("afspraak 07-11-2024 10:30", "afspraak 07-11-2024 10:30"),
        ("afspraak 14 mei 10:20 aan de balie", "afspraak 14 mei 10:20 aan de balie"),
        ("KvK-nummer 99990001", "KvK-nummer [KVK]"),
        ("mevrouw Jansen-de Vries belt", "[NAAM] belt"),
        ("Mw McDonald-Qwertin belt", "Mw [NAAM] belt"),
        ("mvr. A. van Qwertin belt", "mvr. [NAAM] belt"),
        ("mw jansen belt", "[NAAM] belt"),
        ("mevrouw belt voor een paspoort", "mevrouw belt voor een paspoort"),
        ("", ""),
    ],
)
def test_one_thing_at_a_time(note: str, expected: str) -> None:
    assert redact(note) == expected


def test_there_are_enough_labelled_notes_and_the_labels_fit() -> None:
    notes = [note for file in (HELD_OUT, DEVELOPMENT) for note in labelled_notes(file)]
    assert len({text for text, _ in notes}) >= 300
    assert sum(not spans for _, spans in notes) >= 80, "notes without anybody in them"
    for text, spans in notes:
        assert all(text[start:end] == text[start:end].strip() for start, end, _ in spans)


@pytest.mark.parametrize("file", [HELD_OUT, DEVELOPMENT], ids=lambda file: file.stem)
def test_recall_and_precision_on_labelled_notes(file: Path) -> None:
    score = measure([file])
    numbers = [kind for kind in score.labelled if kind != NAME]
    placed = [kind for kind in score.placeholders if kind != NAME]
    assert len(numbers) == 8
    assert score.recall(numbers) > 0.99, score.missed
    assert score.precision(placed) > 0.95, score.wrong
    assert score.recall([NAME]) > 0.94, score.missed
    assert score.precision([NAME]) > 0.92, score.wrong


def test_names_without_capitals_are_found_about_half_the_time(tmp_path: Path) -> None:
    """What docs/privacy.md says of them; before, none was found."""
    lines = [
        json.dumps({"text": text.lower(), "spans": spans})
        for text, spans in labelled_notes(HELD_OUT)
    ]
    file = tmp_path / "lower.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert 0.4 < measure([file]).recall([NAME]) < 0.7


def _bsn(dice: random.Random) -> str:
    while not bsn.is_valid(number := f"999{dice.randrange(10**6):06}"):
        pass
    a, b, c = number[:3], number[3:6], number[6:]
    return dice.choice(
        [number, f"{a} {b} {c}", f"{a}.{b}.{c}", f"{number[:4]}.{number[4:6]}.{c}", f"{a}-{b}-{c}"]
    )


def _phone(dice: random.Random) -> str:
    rest = f"00{dice.randrange(10**6):06}"
    prefix = dice.choice(["06", "06-", "06 ", "+316", "+31 6 ", "+31 (0)6 ", "0031 6 ", "06."])
    return prefix + dice.choice(
        [rest, f"{rest[:4]} {rest[4:]}", " ".join(rest[i : i + 2] for i in (0, 2, 4, 6))]
    )


def _mail(dice: random.Random) -> str:
    name = dice.choice(["jan", "k.m", "el-amrani", "info", "f_b"]) + str(dice.randrange(1000))
    text = f"{name}@{dice.choice(['voorbeeld', 'mail.werk-nu'])}.example"
    return dice.choice([text, text.upper()])


def _account(dice: random.Random) -> str:
    body = f"TEST{dice.randrange(10**10):010}"
    number = f"NL{iban.calc_check_digits('NL00' + body)}{body}"
    return dice.choice([number, iban.format(number), number.lower()])


def _address(dice: random.Random) -> str:
    letters = dice.choice(["AB", "XZ", "kn"])
    house = f"{dice.randrange(1, 400)}{dice.choice(['', '', 'a', '-2', ' hs'])}"
    code = str(dice.randrange(1000, 10000))
    street = dice.choice(["Dorpsstraat", "Lindelaan", "Burgemeester Tasplein"])
    return dice.choice(
        [
            f"{code} {letters} {house}",
            f"{code}{letters} {house}",
            f"{street} {house}",
            f"{street} {house}, {code} {letters.upper()}",
        ]
    )


def _plate(dice: random.Random) -> str:
    shape = dice.choice(["LL-99-LL", "99-LL-LL", "99-LLL-9", "9-LLL-99", "LL-999-L", "L-999-LL"])
    text = "".join(
        dice.choice("BDGHJKNPRSTXZ") if c == "L" else c if c == "-" else str(dice.randrange(10))
        for c in shape
    )
    return dice.choice([text, text.lower()])


def _birth_date(dice: random.Random) -> str:
    day, month, year = dice.randrange(1, 29), dice.randrange(1, 13), dice.randrange(1925, 2010)
    return dice.choice(
        [
            f"{day:02}-{month:02}-{year}",
            f"{day}/{month}/{year}",
            f"{year}-{month:02}-{day:02}",
            f"{day} april {year}",
        ]
    )


SPELLINGS: dict[str, Callable[[random.Random], str]] = {
    "BSN": _bsn, "TELEFOON": _phone, "EMAIL": _mail, "IBAN": _account, "ADRES": _address,
    "KENTEKEN": _plate, "GEBOORTEDATUM": _birth_date,
    "KVK": lambda dice: f"9999{dice.randrange(10**4):04}",
}  # fmt: skip


def test_recall_over_thousands_of_spellings(tmp_path: Path) -> None:
    """The held-out sentences, with other identifiers in them: enough to tell 0.99 from 0.98."""
    dice = random.Random(SEED)
    lines = []
    for text, spans in [*labelled_notes(HELD_OUT)] * 20:
        new, moved, place = "", [], 0
        for start, end, kind in sorted(spans):
            new += text[place:start]
            value = SPELLINGS[kind](dice) if kind in SPELLINGS else text[start:end]
            moved.append((len(new), len(new) + len(value), kind))
            new, place = new + value, end
        lines.append(json.dumps({"text": new + text[place:], "spans": moved}))
    file = tmp_path / "respelled.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    score = measure([file])
    for kind in SPELLINGS:
        assert score.recall([kind]) > 0.99, [missed for missed in score.missed if missed[0] == kind]
    assert sum(score.labelled[kind] for kind in SPELLINGS) > 2000


def test_what_a_finder_cannot_read_is_dropped_whole() -> None:
    def fails(text: str) -> list[tuple[int, int, str]]:
        raise ValueError(text)

    assert redact("van alles", (fails,)) == DROPPED
    assert redact("x" * 30_000) == DROPPED


SOURCE = {"columns": {**PLAIN, "note": "n"}}


def test_a_note_is_kept_only_where_it_is_mapped_and_only_redacted(bench: Bench) -> None:
    note = "mevrouw Jansen, bsn 999990019, bel 0600123456"
    bench.write(f"start;channel;n\n2024-05-01 10:00;phone;{note}\n2024-05-02 10:00;phone;\n")
    assert counts(bench.load(SOURCE)) == (2, 2, 0, 0)
    assert bench.values("note") == ["[NAAM], bsn [BSN], bel [TELEFOON]", None]
    unmapped = Bench(bench.folder)
    unmapped.store = type(bench.store)(bench.folder / "other")
    unmapped.load()
    assert unmapped.values("note") == [None, None]


@pytest.mark.parametrize("broken", ["", "nooit;phone;x\n"], ids=["direct", "exact"])
def test_notes_that_could_not_be_read_are_counted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def redact_some(text: str) -> str:
        return DROPPED if "moeilijk" in text else text

    monkeypatch.setattr(etl.redact, "redact", redact_some)
    bench.write(
        "start;channel;n\n2024-05-01 10:00;phone;moeilijk een\n"
        f"2024-05-02 10:00;phone;makkelijk\n2024-05-03 10:00;phone;moeilijk twee\n{broken}"
    )
    account = bench.account(SOURCE)
    assert account.dropped_note_count == 2
    assert bench.values("note") == [DROPPED, "makkelijk", DROPPED]
    assert bench.table("select dropped_note_count from load_file").iloc[0, 0] == 2
