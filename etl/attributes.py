"""Attributes in forms that can be equal in part, before each form is hashed.

A hash can only be equal or not. What should agree in part is therefore kept in several forms, from
exact to coarse: a surname as written and as it sounds, a birth date and its month, a postcode and
its four digits.
"""

from collections.abc import Callable, Iterable, Mapping

import ibis
from ibis.expr.types import StringValue, Table, TimestampValue, Value

from etl.engine import keyed_hash
from etl.times import notation_of
from etl.values import as_mapped_text
from warehouse.settings import ColumnSettings, SourceSettings

Form = Callable[[StringValue], StringValue]

_BIRTH_FORMATS = (
    "%d-%m-%Y",
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d-%m-%Y %H:%M:%S",
)
"""Tried in order where the configuration names none; two digits for a year are never guessed."""

_PREFIXES = (
    r"\b(van|von|de|den|der|het|ter|ten|te|tot|op|aan|in|bij|onder|uit|voor|la|le|el|al|'?t|'?s)\b"
)
"""Tussenvoegsels: systems keep them before the name, after it, or in a field of their own."""

_SOUNDS = (
    (r"sche?$", "s"),
    ("sch", "sg"),
    ("ch|gh", "g"),
    ("ck|q", "k"),
    ("c([eiy])", r"s\1"),
    ("c", "k"),
    ("x", "ks"),
    ("ph|v", "f"),
    ("th|dt$|d$", "t"),
    ("b$", "p"),
    ("z", "s"),
    ("[ae]?(ij|y|i)", "i"),
)
"""Spellings that sound alike in Dutch names, in order: Bosch and Bos, Meijer, Meyer and Maier,
Smit, Smid and Smidt, Visser and Fisser."""
_DOUBLES = "bdfgklmnprst"


@ibis.udf.scalar.builtin(name="strip_accents", signature=(("string",), "string"))
def strip_accents(text):  # type: ignore[no-untyped-def]
    """Return text without accents on its letters."""


def plain_stage(
    clean: Table, attributes: Mapping[str, ColumnSettings], source: SourceSettings
) -> dict[str, Value]:
    """Return `plain_<attribute>`: the form from which all others follow; null where it cannot be.

    Args:
        clean: with `text_<attribute>`: trimmed, null where there is none.
        attributes: those that the file has.
        source: where a whole name stands in one of its columns, initials end with a dot.
    """
    return {
        f"plain_{name}": _plain(name, as_mapped_text(clean[f"text_{name}"], column), source)
        for name, column in attributes.items()
    }


def form_stage(plain: Table, attributes: Iterable[str]) -> dict[str, Value]:
    """Return `form_<kind>` for every kind that the attributes give (`ATTRIBUTE_KINDS`)."""
    return {
        f"form_{kind}": form(plain[f"plain_{name}"])
        for name in attributes
        for kind, form in _FORMS[name].items()
    }


def hashed(formed: Table, attributes: Iterable[str]) -> dict[str, Value]:
    """Return `<kind>_key`: the pseudonym of each form."""
    return {
        f"{kind}_key": keyed_hash(kind, formed[f"form_{kind}"]).cast("uuid")
        for name in attributes
        for kind in _FORMS[name]
    }


def _plain(attribute: str, text: StringValue, source: SourceSettings) -> StringValue:
    match attribute:
        case "surname":
            return _surname(text)
        case "initials":
            surname = source.attributes.get("surname")
            if surname and surname.column == source.attributes["initials"].column:
                text = strip_accents(text).re_extract(r"\b([A-Za-z])\.", 1)
            return _letters(text).upper().left(1).nullif("")
        case "birth_date":
            return _birth_date(text, source.attributes["birth_date"])
        case "postcode":
            bare = text.upper().re_replace(r"[\s.-]", "")
            return bare.re_search(r"^\d{4}[A-Z]{2}$").ifelse(bare, ibis.null("string"))
        case _:
            return text.re_extract(r"^\D{0,3}0*([1-9]\d{0,4})", 1).nullif("")


def _letters(text: StringValue) -> StringValue:
    return strip_accents(text).re_replace(r"[^A-Za-z]", "")


def _surname(text: StringValue) -> StringValue:
    """Take the surname of `J.A. van den Berg` or `Berg, J.A. van den`: berg."""
    family = strip_accents(text.re_extract(r"^[^,(]*", 0)).lower().re_replace(r"\b[a-z]{1,2}\.", "")
    bare = _letters(family.re_replace(_PREFIXES, ""))
    return ibis.coalesce(bare.nullif(""), _letters(family).nullif(""))


def _sound(surname: StringValue) -> StringValue:
    for spelling, sound in _SOUNDS:
        surname = surname.re_replace(spelling, sound)
    for letter in _DOUBLES:
        surname = surname.replace(letter * 2, letter)
    return surname.left(1) + surname.substr(1).re_replace("[aeiouhj]", "")


def _birth_date(text: StringValue, column: ColumnSettings) -> StringValue:
    """Read a date of birth as yyyy-mm-dd; 1 January 1900 stands for unknown in many systems."""
    read: TimestampValue = notation_of(column.format or _BIRTH_FORMATS).read_local(text)
    is_right = (read > ibis.timestamp("1900-01-01 00:00:00")) & (
        read < ibis.timestamp("2100-01-01 00:00:00")
    )
    return is_right.ifelse(read.strftime("%Y-%m-%d"), ibis.null("string"))


def _either(date: StringValue) -> StringValue:
    """Put the lesser of day and month first: equal for a date and the same with them swapped."""
    month, day = date.substr(5, 2), date.substr(8, 2)
    return date.left(4) + ibis.least(month, day) + ibis.greatest(month, day)


def _same(text: StringValue) -> StringValue:
    return text


_FORMS: dict[str, dict[str, Form]] = {
    "surname": {"surname": _same, "surname_sound": _sound},
    "initials": {"initial": _same},
    "birth_date": {
        "birth_date": _same,
        "birth_either": _either,
        "birth_month": lambda date: date.left(7),
    },
    "postcode": {"postcode": _same, "postcode_area": lambda postcode: postcode.left(4)},
    "house_number": {"house_number": _same},
}
