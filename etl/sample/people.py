"""The people: who they are, and the made-up identifiers by which systems know them.

None of it can be real: BSNs come from 999xxxxxx, which is never issued; mobile numbers from 0600
and fixed ones from 0990 and 0991, which do not exist; e-mail from the reserved top-level domain
`.example`; KvK numbers from 9999xxxx; visitor numbers are hashes of a counter.
"""

import hashlib
from dataclasses import dataclass
from functools import cache

from etl.sample.dice import Dice
from etl.sample.town import AREAS, BUSINESSES, CITIZENS

_FIRST = (
    "anna", "bas", "bram", "daan", "dewi", "elif", "emma", "fatima",
    "femke", "finn", "hans", "iris", "jan", "jasper", "johan", "joris",
    "karin", "kees", "lars", "lotte", "luuk", "maria", "mehmet", "mila",
    "mohamed", "nina", "noor", "omar", "piet", "roos", "ruben", "samira",
    "sanne", "sem", "sofie", "thijs", "tim", "willem", "yara", "youssef",
)  # fmt: skip
_LAST = (
    "achterberg", "bakker", "boer", "bos", "brouwer", "dekker", "dijkstra", "groen",
    "hendriks", "hoekstra", "jansen", "kaya", "kok", "koster", "kuipers", "lindeman",
    "maas", "meijer", "mulder", "peters", "postma", "prins", "smit", "tas",
    "timmer", "vandam", "vanleeuwen", "verbeek", "visser", "vos", "vriend", "wiersma",
    "yilmaz", "zwart",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """One citizen or business. `number` is what the truth calls it."""

    number: int
    is_business: bool
    is_senior: bool
    is_anonymous_caller: bool
    area: str
    phone: str
    landline: str
    email: str
    second_email: str
    official_number: str
    visitor: str


def pick(dice: Dice, *, business: bool) -> int:
    """Return a person's number; some people are in touch far more often than others."""
    if business:
        return CITIZENS + int(BUSINESSES * dice.random() ** 1.7)
    return int(CITIZENS * dice.random() ** 1.35)


@cache
def person(number: int) -> Person:
    """Return the person of that number: the same one every time."""
    if number >= CITIZENS:
        return _business(number)
    dice = Dice(7_000_000 + number)
    household = number // 2  # two in a household share area, landline and, at times, a computer
    first, last = dice.one(_FIRST), dice.one(_LAST)
    is_senior = dice.chance(0.24)
    return Person(
        number=number,
        is_business=False,
        is_senior=is_senior,
        is_anonymous_caller=dice.chance(0.06),
        area=Dice(8_000_000 + household).weighted(
            {code: share for code, (_, share) in AREAS.items()}
        ),
        phone=f"0600{number * 48_271 % 1_000_000:06d}",
        landline=f"0990{household * 69_621 % 1_000_000:06d}"
        if dice.chance(0.7 if is_senior else 0.12)
        else "",
        email=f"{first}.{last}{number}@voorbeeld.example",
        second_email=f"{last}{number}@werk.example" if dice.chance(0.12) else "",
        official_number=bsn(number),
        visitor=_visitor(household if dice.chance(0.15) else CITIZENS + number),
    )


def _business(number: int) -> Person:
    rank = number - CITIZENS
    dice = Dice(9_000_000 + rank)
    return Person(
        number=number,
        is_business=True,
        is_senior=False,
        is_anonymous_caller=False,
        area=dice.weighted(
            {code: share for code, (_, share) in AREAS.items()} | {"BU99990501": 0.6}
        ),
        phone=f"0600{(number + 500_000) * 48_271 % 1_000_000:06d}",
        landline=f"0991{rank * 617 % 1_000_000:06d}",
        email=f"info@bedrijf{rank:04d}.example",
        second_email="",
        official_number=f"9999{rank * 3 + 1:04d}",
        visitor=_visitor(3 * CITIZENS + number),
    )


def _visitor(seed: int) -> str:
    return hashlib.sha256(f"visitor {seed}".encode()).hexdigest()[:16]


def passes_eleven_test(digits: str) -> bool:
    """Return whether nine digits could be a BSN: 9a + 8b + … + 2h - i is a multiple of 11."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0


@cache
def _bsns() -> list[str]:
    weights = (9, 8, 7, 6, 5, 4, 3, 2)
    found = []
    for first_eight in range(99_900_000, 100_000_000):
        last = sum(w * int(d) for w, d in zip(weights, str(first_eight), strict=True)) % 11
        if last < 10:
            found.append(f"{first_eight}{last}")
    return found


@cache
def bsn(rank: int) -> str:
    """Return the rank-th made-up BSN, in an order that follows no pattern."""
    numbers = _bsns()
    return numbers[rank * 37_813 % len(numbers)]


def wrong_bsn(right: str) -> str:
    """Return the BSN with a slip of the keyboard: it fails the eleven test."""
    return right[:-1] + str((int(right[-1]) + 5) % 10)
