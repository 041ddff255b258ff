"""Numbers and addresses that tell who somebody is, in the spellings of Dutch notes: rules.

Recall goes before precision: a case number that is taken for a telephone number costs a little
meaning, a telephone number that is left costs somebody's privacy.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stdnum import iban
from stdnum.nl import bsn

LEAVE = ""
"""No placeholder: a date or time that is nobody's; later rules do not take it for a number."""

_MONTH = (
    r"(?:jan(?:uari)?|febr?(?:uari)?|mrt|maa(?:rt)?|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?"
    r"|sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY, _MONTH_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d|'?\d\d"
_DATE = (
    rf"(?<![\d-])(?:{_DAY}(?P<sign>\s?[-/.]\s?){_MONTH_NUMBER}(?P=sign)(?P<year>{_YEAR})"
    rf"|{_DAY}(?:e|ste|de)?[\s-]{_MONTH}[\s-](?P<late_year>{_YEAR})"
    rf"|(?P<first_year>(?:19|20)\d\d)[-/.]{_MONTH_NUMBER}[-/.]{_DAY})(?!\d|[:.]\d)"
)
_SOLID_DATE = (
    r"(?<!\d)(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?P<solid_year>19\d\d|20[01]\d)"
    r"|(?P<solid_first>19\d\d|20[01]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)"
)
_BIRTH = r"\b(?:geb(?:oren|oorte\w*|\.?\s?dat\w*|\.|(?=[\s:]))|g\.?d\.?(?=[\s:])|born|birth\w*|dob)"
_YOUNGEST_YEAR = 2015
"""A full date of this year or before is taken for a birth date also where nothing says so."""

_NOT_A_POSTCODE = (
    r"(?!(?:om|in|op|is|en|of|de|te|ca|al|er|ik|ze|we|je|nu|zo|na|nr|km|kg|cm|mm|ml|st|kw|wp)\b)"
)
_SUFFIX = r"(?:\s?[-/]\s?\d{1,4}\b|\s?-?[a-zA-Z]\b|\s?-?(?:hs|bis|huis|[iI]{1,3}|rd|bg)\b)?"
_HOUSE = rf"\d{{1,5}}(?!\d){_SUFFIX}"
_NO_HOUSE = r"(?!\s?(?:km|euro|uur|stuks|jaar|dagen|weken|x\b|%|€|e\b|ste\b|de\b|[.:,]\d))"
_STREET_END = (
    r"(?:straat|str\.|laan|weg|plein|gracht|kade|singel|dreef|plantsoen|steeg|hof|dijk|pad|park"
    r"|markt|hage|boulevard|brink|erf|kamp|wal|veld|akker|meent|horst|donk|baan|haven|werf|ring"
    r"|oord|zoom|waard|burg|heuvel|berg|bos)"
)
_STREET_START = (
    r"(?:(?:van|de|der|den|het|'t|ten|ter|prins(?:es)?|koning(?:in)?|burgemeester|burg\.|dr\.|prof\."
    r"|pastoor|sint|st\.|lange|korte|oude?|nieuwe?|grote|kleine|1e|2e|eerste|tweede)\s)*"
)
_POSTCODE = rf"\b[1-9]\d{{3}}(?:\s?[A-Z]{{2}}|{_NOT_A_POSTCODE}[a-z]{{2}})\b"
_POSTCODE_AND_HOUSE = (
    rf"\b[1-9]\d{{3}}(?:\s{_NOT_A_POSTCODE})?[a-zA-Z]{{2}}"
    rf"[\s,-]{{1,3}}(?:(?:nr|no|huisnr|huisnummer|nummer)\.?\s?)?{_HOUSE}"
)
_STREET_AND_HOUSE = (
    rf"\b(?i:{_STREET_START})(?:[A-Z][\w'’-]*{_STREET_END}|(?!onderweg|snelweg|halverwege)"
    rf"[a-z]{{2,}}(?:straat|laan|weg|plein|gracht|kade|singel|dreef|plantsoen|hof))"
    rf"\s(?:(?:nr|no|huisnr|huisnummer|nummer)\.?\s?)?(?=\d){_NO_HOUSE}\d{{1,5}}(?!\d)"
    rf"{_NO_HOUSE}{_SUFFIX}"
)

_L3 = "[BDFGHJKLNPRSTVXZ]{3}"
_GROUPS = (
    ("[A-Z]{2}", r"\d{2}", r"\d{2}"), (r"\d{2}", r"\d{2}", "[A-Z]{2}"),
    (r"\d{2}", "[A-Z]{2}", r"\d{2}"), ("[A-Z]{2}", r"\d{2}", "[A-Z]{2}"),
    ("[A-Z]{2}", "[A-Z]{2}", r"\d{2}"), (r"\d{2}", "[A-Z]{2}", "[A-Z]{2}"),
    (r"\d{2}", _L3, r"\d"), (r"\d", _L3, r"\d{2}"), ("[A-Z]{2}", r"\d{3}", "[A-Z]"),
    ("[A-Z]", r"\d{3}", "[A-Z]{2}"), (_L3, r"\d{2}", "[A-Z]"), ("[A-Z]", r"\d{2}", _L3),
    (r"\d", "[A-Z]{2}", r"\d{3}"), (r"\d{3}", "[A-Z]{2}", r"\d"),
)  # fmt: skip
"""Groups of the sidecodes of Dutch number plates (RDW)."""


def _plates(sign: str, *, ambiguous: bool = True) -> str:
    chosen = _GROUPS if ambiguous else _GROUPS[2:]
    return r"(?<![\w-])(?:" + "|".join(sign.join(groups) for groups in chosen) + r")(?![\w-])"


_VEHICLE = r"\b(?:kenteken\w*|kent\.|nummerplaat|plaat|auto|voertuig|camper|taxi|busje|scooter)\b"
_TELEPHONE = r"\b(?:tel(?:efoon)?(?:nr|nummer)?|mob(?:iel)?(?:nr|nummer)?|06|gsm|bel(?:len|t)?)\b"
_BSN_WORD = r"\b(?:bsn\w*|sofi\w*|burgerservice\w*)"
_KVK_WORD = r"\b(?:kvk\w*|k\.v\.k\.|kamer van koophandel|vestigings?n\w*|rsin)"


@dataclass(frozen=True)
class _Rule:
    """A pattern, the word of its placeholder, and what more must hold."""

    word: str
    pattern: re.Pattern[str]
    holds: Callable[[re.Match[str]], bool]


def _rule(
    word: str,
    *parts: str,
    holds: Callable[[re.Match[str]], bool] = lambda _: True,
    case: bool = False,
) -> _Rule:
    """Return a rule; the group `it` of the joined pattern is what the placeholder stands for."""
    return _Rule(word, re.compile("".join(parts), 0 if case else re.IGNORECASE), holds)


def _is_bsn(match: re.Match[str]) -> bool:
    return bsn.is_valid(re.sub(r"\D", "", match["it"]))


def _is_long_ago(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    year = next(
        (
            groups[name]
            for name in ("year", "late_year", "first_year", "solid_year", "solid_first")
            if groups.get(name)
        ),
        "",
    ).lstrip("'")
    if len(year) == 2:
        return not 16 <= int(year) <= 40
    return int(year) <= _YOUNGEST_YEAR


def _is_number(match: re.Match[str]) -> bool:
    return 8 <= len(re.sub(r"\D", "", match["it"])) <= 15


_SOME_WORDS = r"\W{0,3}(?:\w+\W{1,3}){0,2}?"
_BSN_GROUPS = (
    r"\d{9}|\d{3}([ .-])\d{3}\2\d{3}|\d{4}([ .-])\d{2}\3\d{3}|\d{2}([ .-])\d{2}\4\d{2}\4\d{3}"
)

_RULES: tuple[_Rule, ...] = (
    _rule(
        "E-MAIL",
        r"(?P<it>[\w.+%'’-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?\.\s?[\w-]+)*\.[a-z]{2,})",
    ),
    _rule("IBAN", r"(?P<it>\bNL[ .-]?\d{2}[ .-]?[A-Z]{4}(?:[ .-]?\d){10})(?!\d)"),
    _rule(
        "GEBOORTEDATUM",
        rf"{_BIRTH}[^\d\n]{{0,30}}?",
        rf"(?P<it>{_DATE}|(?<!\d)\d{{8}}(?!\d)|(?<!\d)\d{{6}}(?!\d))",
    ),
    _rule("GEBOORTEDATUM", rf"(?P<it>{_DATE})\s(?:is\s)?geboren"),
    _rule("GEBOORTEDATUM", rf"(?P<it>{_DATE})", holds=_is_long_ago),
    _rule("GEBOORTEDATUM", rf"(?P<it>{_SOLID_DATE})", holds=_is_long_ago),
    _rule(LEAVE, rf"(?P<it>{_DATE})"),
    _rule(LEAVE, r"(?P<it>(?<!\d)\d{1,2}[:.]\d{2}\s?(?:uur|u\b))"),
    _rule("KVK", _KVK_WORD, _SOME_WORDS, r"(?P<it>\d(?:[ .]?\d){7,11})(?!\d)"),
    _rule("BSN", _BSN_WORD, r"[^\d\n]{0,25}?(?P<it>(?<!\d)\d(?:[ .-]?\d){7,8})(?!\d)"),
    _rule("ADRES", rf"(?P<it>{_STREET_AND_HOUSE}(?:\W{{1,3}}{_POSTCODE})?)", case=True),
    _rule("ADRES", rf"(?P<it>{_POSTCODE_AND_HOUSE})", case=True),
    _rule("ADRES", rf"(?P<it>{_POSTCODE})", case=True),
    _rule("KENTEKEN", rf"(?P<it>{_plates('-')})"),
    _rule("KENTEKEN", rf"(?P<it>{_plates(' ')}|{_plates('', ambiguous=False)})", case=True),
    _rule("KENTEKEN", _VEHICLE, _SOME_WORDS, rf"(?P<it>{_plates('[ .-]?')})"),
    _rule(
        "TELEFOON",
        r"(?P<it>(?<![\w+])(?:\+|00)\s?[1-9](?:[\s./()-]{0,3}\d){6,14})(?!\d)",
        holds=_is_number,
    ),
    _rule(
        "TELEFOON",
        r"(?P<it>(?<![\d.,+-])\(?0\)?[\s./-]?[1-9](?:[\s./()-]{0,3}\d){8})(?!\d)",
    ),
    _rule(
        "TELEFOON",
        rf"{_TELEPHONE}\W{{0,3}}(?!14\s?0)(?P<it>\d(?:[\s.-]?\d){{5,9}})(?!\d)",
    ),
    _rule("BSN", rf"(?P<it>(?<![\d.,/-])(?:{_BSN_GROUPS}))(?![\d-])", holds=_is_bsn),
)
"""In order: of two rules that find the same character, the first has it."""

_SOMETHING = re.compile(r"[\d@]|[(\[]at[)\]]", re.IGNORECASE)
_FOREIGN_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.IGNORECASE)


def find_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Give where numbers, addresses and birth dates begin and end, and the placeholder's word.

    What is found as LEAVE stays; it keeps later rules off.
    """
    if not _SOMETHING.search(text):
        return
    yield from _foreign_accounts(text)
    left: list[tuple[int, int]] = []
    for rule in _RULES:
        for start, end in _matches(rule, text):
            if any(start < last and first < end for first, last in left):
                continue
            if rule.word == LEAVE:
                left.append((start, end))
            yield start, end, rule.word


def _matches(rule: _Rule, text: str) -> Iterator[tuple[int, int]]:
    place = 0
    while match := rule.pattern.search(text, place):
        place = match.start() + 1
        if rule.holds(match):
            yield match.span("it")
            place = max(match.end("it"), place)


def _foreign_accounts(text: str) -> Iterator[tuple[int, int, str]]:
    """Give account numbers of any country: their length is known by the check digits alone."""
    for match in _FOREIGN_ACCOUNT.finditer(text):
        for end in range(match.end(), match.start() + 14, -1):
            if text[end - 1].isalnum() and iban.is_valid(text[match.start() : end]):
                yield match.start(), end, "IBAN"
                break
