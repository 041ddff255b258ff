"""Numbers, dates and periods as a reader of Dutch or English expects them.

Every figure on screen passes through here: nothing else formats a number.
"""

import math
from datetime import date, datetime

from babel.dates import format_date, get_day_names, get_month_names
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from analytics.metrics import Unit
from analytics.periods import Grain, period_of

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_NOTHING = "–"
_MINUS = "\N{MINUS SIGN}"


def locale_of(language: str) -> str:
    """Return the locale by which a language's numbers and dates are written."""
    return _LOCALES[language]


def _signs(text: str) -> str:
    """Use the real minus sign: a hyphen is too short to be seen before a digit."""
    return text.replace("-", _MINUS)


def _pattern(digits: int) -> str:
    """Return how a number with so many decimals is written, as CLDR says it."""
    return "#,##0" + ("." + "0" * digits if digits else "")


def count_text(value: float | None, language: str) -> str:
    """Return a whole number with thousands separators, or a dash where there is none."""
    if value is None or math.isnan(value):
        return _NOTHING
    return _signs(format_decimal(round(value), format="#,##0", locale=locale_of(language)))


def decimal_text(value: float | None, language: str, *, digits: int = 1) -> str:
    """Return a number with a fixed number of decimals, or a dash where there is none."""
    if value is None or math.isnan(value):
        return _NOTHING
    return _signs(format_decimal(value, format=_pattern(digits), locale=locale_of(language)))


def share_text(value: float | None, language: str, *, digits: int = 1) -> str:
    """Return a share (0 to 1) as a percentage, or a dash where there is none."""
    if value is None or math.isnan(value):
        return _NOTHING
    return _signs(format_percent(value, format=_pattern(digits) + "%", locale=locale_of(language)))


def euro_text(value: float | None, language: str) -> str:
    """Return an amount in euros: cents below a hundred, whole euros above."""
    if value is None or math.isnan(value):
        return _NOTHING
    pattern = "¤ #,##0.00" if abs(value) < 100 else "¤ #,##0"
    text = format_currency(
        value, "EUR", format=pattern, locale=locale_of(language), currency_digits=False
    )
    return _signs(text.replace(" ", "\N{NO-BREAK SPACE}"))


def seconds_text(value: float | None, language: str, *, digits: int = 1) -> str:
    """Return a duration: `45 s` below a minute and a half, else minutes, hours or days."""
    if value is None or math.isnan(value):
        return _NOTHING
    for limit, size, unit in (
        (90, 1, "second"),
        (5400, 60, "minute"),
        (172_800, 3600, "hour"),
        (math.inf, 86_400, "day"),
    ):
        if abs(value) < limit:
            text = format_unit(
                round(value / size, digits),
                unit,
                "short",
                format=_pattern(digits),
                locale=locale_of(language),
            )
            return _signs(text).replace(" ", "\N{NO-BREAK SPACE}")
    return _NOTHING


def suppressed_text(threshold: int) -> str:
    """Return what stands in the place of a figure about too few people."""
    return f"<\N{NO-BREAK SPACE}{threshold}"


def value_text(  # noqa: PLR0911  # one for each unit
    value: float | None, unit: Unit, language: str, *, suppressed: bool = False, threshold: int = 10
) -> str:
    """Return a metric's value as text, by its unit; `< 10` where it is suppressed."""
    if suppressed:
        return suppressed_text(threshold)
    match unit:
        case Unit.COUNT:
            return count_text(value, language)
        case Unit.SHARE:
            return share_text(value, language)
        case Unit.POINTS:
            return change_text(value, Unit.SHARE, language)
        case Unit.SECONDS:
            return seconds_text(value, language)
        case Unit.EUROS:
            return euro_text(value, language)
        case _:
            return decimal_text(value, language, digits=2)


def change_text(value: float | None, unit: Unit, language: str) -> str:
    """Return a difference with its sign; shares in percentage points (`+1,2 pp`)."""
    if value is None or math.isnan(value):
        return _NOTHING
    if unit is Unit.SHARE:
        size = decimal_text(abs(value) * 100, language) + "\N{NO-BREAK SPACE}pp"
    else:
        size = value_text(abs(value), unit, language)
    return _signed(size, value)


def decimal_change_text(value: float | None, language: str, *, digits: int = 1) -> str:
    """Return a difference of numbers with its sign and a fixed number of decimals: `−12,5`."""
    if value is None or math.isnan(value):
        return _NOTHING
    return _signed(decimal_text(abs(value), language, digits=digits), value)


def relative_text(value: float | None, language: str) -> str:
    """Return a relative change with its sign: `+3,4%`."""
    if value is None or math.isnan(value):
        return _NOTHING
    size = share_text(abs(value), language)
    return _signed(size, value)


def _signed(size: str, value: float) -> str:
    """Put the sign before a size, unless it was rounded to nothing."""
    if not any(digit in size for digit in "123456789"):
        return size
    return ("+" if value > 0 else _MINUS) + size


def day_text(day: date | None, language: str, *, short: bool = True) -> str:
    """Return a day: `3 mrt 2025`, or `3 maart 2025`."""
    if day is None:
        return _NOTHING
    return format_date(day, "d MMM y" if short else "d MMMM y", locale=locale_of(language))


def moment_text(moment: datetime | None, language: str) -> str:
    """Return a local moment: `3 mrt 2025 08:12`."""
    if moment is None:
        return _NOTHING
    return f"{day_text(moment.date(), language)} {moment:%H:%M}"


def range_text(start: date, end: date, language: str, *, short: bool = False) -> str:
    """Return a period: `maart 2025` (short: `mrt 2025`), `2024`, `1 jan 2025 – 15 mrt 2025`."""
    for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR):
        if (start, end) == period_of(start, grain):
            return period_text(start, grain, language, short=short)
    return f"{day_text(start, language)} – {day_text(end, language)}"


def period_text(start: date, grain: Grain | None, language: str, *, short: bool = False) -> str:
    """Return the name of a period by its first day: `maart 2025`, `week 12, 2025`."""
    locale = locale_of(language)
    match grain:
        case Grain.MONTH:
            return format_date(start, "MMM y" if short else "MMMM y", locale=locale)
        case Grain.WEEK:
            year, week, _ = start.isocalendar()
            return f"week {week}, {year}"
        case Grain.QUARTER:
            sign = "K" if language == "nl" else "Q"
            return f"{sign}{(start.month + 2) // 3} {start.year}"
        case Grain.YEAR:
            return str(start.year)
        case _:
            return day_text(start, language)


def tick_text(start: date, grain: Grain, language: str) -> str:
    """Return a period's name without its year, for under a chart: `mrt`, `3 mrt`, `K2`."""
    if grain is Grain.QUARTER:
        return period_text(start, grain, language).split()[0]
    if grain is Grain.YEAR:
        return ""
    pattern = "MMM" if grain is Grain.MONTH else "d MMM"
    return format_date(start, pattern, locale=locale_of(language))


def month_names(language: str, *, short: bool = False) -> list[str]:
    """Return the twelve months' names, January first."""
    names = get_month_names(
        "abbreviated" if short else "wide", context="stand-alone", locale=locale_of(language)
    )
    return [str(names[number]).removesuffix(".") for number in range(1, 13)]


def day_names(language: str, *, short: bool = False) -> list[str]:
    """Return the seven days' names, Sunday first."""
    names = get_day_names(
        "abbreviated" if short else "wide", context="stand-alone", locale=locale_of(language)
    )
    return [str(names[number]) for number in (6, 0, 1, 2, 3, 4, 5)]
