"""Identifiers in one form each, before they are hashed: equal people must give equal text.

The normal form is an expression; it is null where the text cannot be right. Only telephone numbers
that are not plainly Dutch go through a library (`etl.phones`).
"""

from collections.abc import Callable

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, StringValue

from etl.phones import any_phone
from warehouse.settings import PrivacySettings

_PUNCTUATION = " \t\u00a0.-/()"
_BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
"""Eleven test (elfproef) of the BSN: the weighted sum of its nine digits is a multiple of 11."""


Step = Callable[[StringValue], StringValue]


def steps(kind: str, source: str, privacy: PrivacySettings) -> tuple[Step, ...]:
    """Return how to bring an identifier of a kind into its normal form, one step after another.

    Each step's result should become a column before the next: expressions that repeat a long
    expression repeat its work. The last gives null where the identifier cannot be right.

    Args:
        kind: one of `warehouse.contact.IDENTIFIER_KINDS` or `STAFF_KINDS`.
        source: numbers of a source's own are told apart by its name.
        privacy: says what of an e-mail address does not count.
    """
    if kind in {"customer", "visitor"}:
        return (lambda text: ibis.literal(source + "/") + text,)
    if kind == "email":
        return (_bare_email, lambda bare: _mailbox(bare, privacy), _right_email)
    return _STEPS[kind]


def _only_digits(text: StringValue) -> StringValue:
    """Leave out punctuation, at the cost of one cast where there is none."""
    plain = text.try_cast("uint64").notnull() & (text < ibis.literal(":"))
    return plain.ifelse(text, text.translate(_PUNCTUATION, ""))


def _right_bsn(digits: StringValue) -> StringValue:
    number = digits.try_cast("uint32")
    is_right = (
        number.notnull()
        & (digits >= "0")
        & (digits < ":")
        & digits.length().between(8, 9)
        & (number > 0)
        & passes_eleven_test(number)
    )
    return is_right.ifelse(number.cast("string").lpad(9, "0"), ibis.null("string"))


def passes_eleven_test(number: IntegerValue) -> BooleanValue:
    """Tell whether a number of at most nine digits can be a BSN."""
    total = ibis.literal(0, "int64")
    for place, weight in enumerate(_BSN_WEIGHTS):
        digit = number.cast("int64") // 10 ** (8 - place) % 10
        total += digit * weight
    return total % 11 == 0


def _right_kvk(digits: StringValue) -> StringValue:
    is_right = digits.re_search(r"^\d{8}$") & (digits != "00000000")
    return is_right.ifelse(digits, ibis.null("string"))


def _bare_phone(text: StringValue) -> StringValue:
    plain = text.try_cast("uint64").notnull()
    bare = text.replace("tel:", "").replace("(0)", "").translate(_PUNCTUATION, "")
    return plain.ifelse(text, bare)


def _international(bare: StringValue) -> StringValue:
    """Write a Dutch number as E.164 does; what is not plainly Dutch stays."""
    return ibis.cases(
        (bare.startswith("0031"), ibis.literal("+") + bare.substr(2)),
        (
            bare.startswith("0") & ~bare.startswith("00") & (bare.length() == 10),
            ibis.literal("+31") + bare.substr(1),
        ),
        (bare.startswith("31") & (bare.length() == 11), ibis.literal("+") + bare),
        (bare.startswith("6") & (bare.length() == 9), ibis.literal("+31") + bare),
        else_=bare,
    )


def _right_phone(number: StringValue) -> StringValue:
    """Pass a plainly Dutch number: +31 and nine digits, no 0 first; ask the library for others."""
    digits = number.substr(1)
    is_dutch = (
        number.startswith("+31")
        & (number.length() == 12)
        & digits.try_cast("uint64").notnull()
        & (digits >= "311")
        & (digits < "32")
    )
    return is_dutch.ifelse(number, any_phone(number))


def _bare_email(text: StringValue) -> StringValue:
    """Take the address out of `mailto:` and of `Name <address>`, in lower case."""
    lower = text.lower()
    address = lower.contains("<").ifelse(lower.re_extract(r"<([^<>]*)>\s*$", 1), lower)
    return address.startswith("mailto:").ifelse(address.substr(7), address)


def _mailbox(bare: StringValue, privacy: PrivacySettings) -> StringValue:
    """Leave out what does not count before the @, as the organisation has chosen."""
    place = bare.find("@")
    name, domain = bare.substr(0, place), bare.substr(place)
    if privacy.email_tags == "ignore":
        name = name.re_replace(r"\+.*$", "")
    if privacy.email_dots == "ignore":
        has_no_dots = domain.isin([f"@{known.lower()}" for known in privacy.email_dot_domains])
        name = has_no_dots.ifelse(name.replace(".", ""), name)
    return bare if privacy.email_tags == privacy.email_dots == "keep" else name + domain


def _right_email(bare: StringValue) -> StringValue:
    is_right = bare.re_search(r"^[^\s@,;<>]+@[^\s@,;<>.]+(\.[^\s@,;<>.]+)+$") & (
        bare.length() <= 254
    )
    return is_right.ifelse(bare, ibis.null("string"))


def _party(text: StringValue) -> StringValue:
    """Identify a party of Klantinteracties by its uuid, bare or at the end of its address."""
    lower = text.lower()
    return ibis.coalesce(
        lower.re_extract(
            r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?$", 1
        ).nullif(""),
        text,
    )


_STEPS: dict[str, tuple[Step, ...]] = {
    "bsn": (_only_digits, _right_bsn),
    "kvk": (_only_digits, _right_kvk),
    "phone": (_bare_phone, _international, _right_phone),
    "party": (_party,),
    "agent": (lambda text: text.lower(),),
}
