"""Proposals of a name of the UPL for what a system calls a service. A person decides.

`upl.csv` holds the names of the Uniforme Productnamenlijst, which the Dutch government publishes at
standaarden.overheid.nl (state of December 2021), and which of them are a municipality's.
`woorden.csv` holds everyday words for them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file
from importlib.resources import files as package_files

from rapidfuzz import fuzz, process, utils

from etl.names.tables import read_table

LEAST_SCORE = 70.0
"""A proposal below this is none."""
_LIKE_A_NAME = 90.0
_BY_WORD = 95.0
_OTHER_LAYER = 5.0
"""Taken off names of the UPL that are not the municipality's."""
_CODE = re.compile(r"^[a-z]{0,3}\d+[a-z]?\b")
_FILLERS = frozenset(
    word
    for words in (
        ("aanvraag", "aanvragen", "doorgeven", "aangeven", "melden", "melding", "doen", "regelen"),
        ("vraag", "vragen", "over", "een", "de", "het", "van", "voor", "en", "of", "in", "op"),
        ("mijn", "organiseren", "bij", "afspraak", "informatie", "algemeen", "overig", "overige"),
        ("anders", "onbekend"),
    )
    for word in words
)


@dataclass(frozen=True)
class Proposal:
    """A name of the UPL and how well it fits, 0 to 100; an empty name where none does."""

    name: str
    score: float


def propose(value: str) -> Proposal:
    """Return the name of the UPL that fits a source's value best.

    Spelling is compared after leaving out codes ("101 Paspoort"), signs and fillers ("aanvragen");
    everyday words lead to the name that they stand for. The scorer is rapidfuzz's
    `token_sort_ratio` and, for a name within a longer value, `partial_token_sort_ratio`.

    Args:
        value: what the source calls the service.
    """
    plain = _plain(value)
    if not plain:
        return Proposal("", 0.0)
    words = _words()
    for text in (plain, _without_fillers(plain)):
        if text in _plain_names():
            return Proposal(_plain_names()[text], 100.0)
        if text in words:
            return Proposal(words[text], _BY_WORD)
    if not _without_fillers(plain):
        return Proposal("", 0.0)
    return max(_by_word(plain, words), _by_spelling(_without_fillers(plain)), key=_fit)


def is_like_a_service(value: str) -> bool:
    """Tell whether a value is so near to a known name that it cannot be about one person."""
    return propose(value).score >= _LIKE_A_NAME


def is_upl_name(value: str) -> bool:
    """Tell whether a value is a name of the UPL, letter for letter."""
    return value in _upl()


def _fit(proposal: Proposal) -> float:
    return proposal.score


def _plain(text: str) -> str:
    lower = utils.default_process(text.replace("-", " "))
    return " ".join(_CODE.sub("", lower.strip()).split())


def _without_fillers(plain: str) -> str:
    return " ".join(word for word in plain.split() if word not in _FILLERS)


def _by_word(plain: str, words: Mapping[str, str]) -> Proposal:
    """Look for an everyday word, the longest first, among the value's words."""
    padded = f" {plain} "
    found = next((w for w in sorted(words, key=len, reverse=True) if f" {w} " in padded), None)
    if found is None:
        return Proposal("", 0.0)
    return Proposal(words[found], 75.0 + 20.0 * len(found) / len(plain))


def _by_spelling(plain: str) -> Proposal:
    names = _plain_names()
    within = [text for text in names if len(text) <= len(plain)]
    best = Proposal("", 0.0)
    for scorer, weight, texts in (
        (fuzz.token_sort_ratio, 1.0, [*names]),
        (fuzz.partial_token_sort_ratio, 0.85, within),
    ):
        for text, score, _ in process.extract(plain, texts, scorer=scorer, limit=5):
            name = names[text]
            fit = score * weight - (0.0 if _upl()[name] else _OTHER_LAYER)
            if fit > best.score:
                best = Proposal(name, fit)
    return best if best.score >= LEAST_SCORE else Proposal("", 0.0)


@cache
def _upl() -> dict[str, bool]:
    """Return the names of the UPL = whether a municipality offers the product."""
    with as_file(package_files("etl.names").joinpath("upl.csv")) as path:
        rows = read_table(path, ("naam", "gemeente"))
        return {row["naam"]: bool(row["gemeente"]) for _, row in rows}


@cache
def _plain_names() -> dict[str, str]:
    return {_plain(name): name for name in sorted(_upl(), key=lambda name: _upl()[name])}


@cache
def _words() -> dict[str, str]:
    with as_file(package_files("etl.names").joinpath("woorden.csv")) as path:
        return {_plain(row["woord"]): row["dienst"] for _, row in read_table(path, ("woord",))}
