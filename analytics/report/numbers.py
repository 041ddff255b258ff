"""Numbers within the report's sentences, as a reader of Dutch or English writes them."""

from babel.numbers import format_decimal, format_percent

from analytics.report.content import Kind

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_MINUTE_AND_A_HALF = 90
_SECONDS = {"nl": ("seconden", "min", "s"), "en": ("seconds", "min", "s")}


def value_text(value: float, kind: Kind, language: str) -> str:
    """Return a value with its unit: "18,3%", "2.497", "€ 31.235", "42 seconden"."""
    match kind:
        case Kind.POINTS:
            return f"{_signed(value * 100, 1, language)} pp"
        case Kind.SHARE:
            return str(format_percent(value, format="#,##0.0%", locale=_LOCALES[language]))
        case Kind.COUNT:
            return _decimal(round(value), 0, language)
        case Kind.SECONDS:
            return _seconds(value, language)
        case Kind.EUROS:
            return "€ " + _decimal(value, 2 if abs(value) < 1000 else 0, language)
        case _:
            return _decimal(value, 2, language)


def size_text(difference: float, kind: Kind, language: str) -> str:
    """Return how large a difference is, without sign; of shares in percentage points."""
    if kind == Kind.SHARE:
        points = _decimal(abs(difference) * 100, 1, language)
        return f"{points} {'procentpunt' if language == 'nl' else 'percentage points'}"
    return value_text(abs(difference), kind, language)


def bounds_text(low: float, high: float, kind: Kind, language: str) -> tuple[str, str]:
    """Return the bounds of a difference with their signs, without the unit's name."""
    if kind == Kind.SHARE:
        return _signed(low * 100, 1, language), _signed(high * 100, 1, language)
    digits = 2 if kind in {Kind.EUROS, Kind.NUMBER} else 0
    return _signed(low, digits, language), _signed(high, digits, language)


def _signed(value: float, digits: int, language: str) -> str:
    size = _decimal(abs(value), digits, language)
    if not any(digit in size for digit in "123456789"):
        return size
    return ("+" if value > 0 else "\N{MINUS SIGN}") + size


def _decimal(value: float, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=_LOCALES[language]))


def _seconds(value: float, language: str) -> str:
    whole, minute, second = _SECONDS[language]
    if value < _MINUTE_AND_A_HALF:
        return f"{_decimal(value, 0, language)} {whole}"
    minutes, seconds = divmod(round(value), 60)
    return f"{_decimal(minutes, 0, language)} {minute} {seconds} {second}"
