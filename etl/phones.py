"""Telephone numbers of any country and spelling, in the form of E.164, by Google's library.

The loader's expression (`etl.identifiers`) knows plain Dutch numbers; only what it cannot decide
comes here, batch by batch: foreign numbers, extensions, a trunk zero after the country code.
"""

import ibis
import phonenumbers
import pyarrow as pa
from ibis.backends.duckdb import Backend

_HOME, _HOME_CODE, _HOME_DIGITS = "NL", 31, 9


def international_form(text: str) -> str | None:
    """Return a number in the form of E.164, without extension; None where it cannot be one.

    Whether a number is possible counts, not whether it is in use: a log may be older than the
    library's plan of numbers, or newer.
    """
    try:
        number = phonenumbers.parse(text, _HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or _is_cut_short(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_cut_short(number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether digits of a Dutch number are missing or too many.

    Subscribers have nine digits after +31, machines eleven (097); the library would take less,
    because service numbers (0800, 14 0xx) have less: nobody calls from these.
    """
    digits = str(number.national_number)
    is_machine = len(digits) == len("97012345678") and digits.startswith("97")
    return number.country_code == _HOME_CODE and len(digits) != _HOME_DIGITS and not is_machine


def _international_forms(texts: pa.Array) -> pa.Array:
    """Do so for a batch; each text once."""
    encoded = pa.chunked_array([texts]).combine_chunks().dictionary_encode()
    forms = [text and international_form(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(forms, pa.string()).take(encoded.indices)


def set_phones(backend: Backend) -> None:
    """Give this connection the function `any_phone`."""
    backend.con.create_function(
        "any_phone",
        _international_forms,
        ["VARCHAR"],
        "VARCHAR",
        type="arrow",
        null_handling="special",
    )


@ibis.udf.scalar.builtin(name="any_phone", signature=(("string",), "string"))
def any_phone(text):  # type: ignore[no-untyped-def]
    """Return the number in the form of E.164; the function is made by `set_phones`."""
