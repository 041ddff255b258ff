"""Values as logs write them: numbers, durations, yes and no, closed lists; as expressions.

Each function gives null where the text is not such a value; the caller tells that from an empty
text, and refuses the row.
"""

from collections.abc import Mapping

import ibis
from ibis.expr.types import BooleanValue, FloatingValue, StringValue

from etl.names.channels import plain_text
from warehouse.errors import ConfigurationError
from warehouse.settings import ColumnSettings

OTHERWISE = "*"
_YES = ("ja", "j", "yes", "y", "true", "t", "waar", "1", "x", "aan", "on")
_NO = ("nee", "n", "no", "false", "f", "onwaar", "0", "uit", "off")
_UNIT_SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "milliseconds": 0.001}
_CLOCK = r"^(?:(\d+):)?(\d+):(\d{1,2}(?:[.,]\d+)?)$"
_GROUPED = {",": r"^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$", ".": r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"}


def as_number(text: StringValue, decimal: str, *, groups: bool = True) -> FloatingValue:
    """Read a number; thousands may be set apart by the sign that is not the decimal one.

    Args:
        text: trimmed.
        decimal: "." or ",".
        groups: whether "1.234" may mean a thousand (with a decimal comma) or "1,234" (with a dot).
    """
    group = "." if decimal == "," else ","
    plain = text.replace(",", ".") if decimal == "," else text
    nothing = ibis.null("float64")
    grouped = (
        text.re_search(_GROUPED[decimal]).ifelse(
            text.replace(group, "").replace(",", ".").try_cast("float64"), nothing
        )
        if groups
        else nothing
    )
    return text.contains(group).ifelse(grouped, plain.try_cast("float64"))


def as_seconds(text: StringValue, unit: str, decimal: str, *, groups: bool = True) -> FloatingValue:
    """Read a duration in a unit (`ColumnSettings.unit`) as seconds; see `as_number`."""
    if unit == "seconds_or_clock":
        clock, number = (
            as_seconds(text, one, decimal, groups=groups) for one in ("clock", "seconds")
        )
        return text.contains(":").ifelse(clock, number)
    if unit != "clock":
        factor = _UNIT_SECONDS[unit]
        number = as_number(text, decimal, groups=groups)
        return number if factor == 1.0 else number * factor
    hours, minutes, seconds = (
        text.re_extract(_CLOCK, place).replace(",", ".").try_cast("float64") for place in (1, 2, 3)
    )
    total = hours.fill_null(0.0) * 3600 + minutes * 60 + seconds
    is_clock = text.re_search(_CLOCK) & (seconds < 60) & (hours.isnull() | (minutes < 60))
    return is_clock.ifelse(total, ibis.null("float64"))


def as_boolean(text: StringValue) -> BooleanValue:
    """Read yes or no, Dutch or English."""
    lower = text.lower()
    return ibis.cases(
        (lower.isin(_YES), True), (lower.isin(_NO), False), else_=ibis.null("boolean")
    )


def as_key(
    text: StringValue,
    lower: StringValue,
    column: ColumnSettings,
    names: Mapping[str, str],
    where: str,
    spellings: Mapping[str, str] | None = None,
) -> StringValue:
    """Read a value of a closed list: by the configured map first, then by its name in any case.

    Args:
        text: trimmed.
        lower: the same in lower case, a bare column: it is named many times.
        column: its `map` is used.
        names: name in lower case = key.
        where: the setting, for messages.
        spellings: further names, plain (`etl.names.channels.plain_name`) = key. Looked up last:
            making a name plain takes longer than all comparing before it.

    Raises:
        ConfigurationError: the map leads to a value that is not in the list.
    """
    entries = {value: _known(key, names, where) for value, key in column.map.items()}
    otherwise = entries.pop(OTHERWISE, None)
    when_empty = entries.pop("", None)
    default = ibis.literal(otherwise) if otherwise else ibis.null("string")
    if spellings:
        keys = ibis.map(ibis.array([*spellings]), ibis.array([*spellings.values()]))
        default = ibis.coalesce(keys.get(plain_text(lower)), default)
    same = ibis.cases(*((lower == name, key) for name, key in names.items()), else_=default)
    known = _looked_up(text, entries, same)
    empty = ibis.literal(when_empty) if when_empty else ibis.null("string")
    return text.isnull().ifelse(empty, known)


def _known(value: str, names: Mapping[str, str], where: str) -> str:
    key = names.get(value.strip().lower())
    if key is None:
        raise ConfigurationError(
            f"{value!r} is not one of {', '.join(sorted(set(names.values())))}",
            where=where,
            remedy="Use one of these; a channel of your own goes under [channels].",
        )
    return key


def as_mapped_text(text: StringValue, column: ColumnSettings) -> StringValue:
    """Put configured values in the place of a source's; others stay, or become that of `*`."""
    entries = dict(column.map)
    if not entries:
        return text
    otherwise = entries.pop(OTHERWISE, None)
    when_empty = entries.pop("", None)
    default = text if otherwise is None else ibis.literal(otherwise)
    mapped = _looked_up(text, entries, default)
    empty = ibis.literal(when_empty) if when_empty else ibis.null("string")
    return text.isnull().ifelse(empty, mapped).nullif("")


def _looked_up(text: StringValue, entries: Mapping[str, str], default: StringValue) -> StringValue:
    """Put the entries' values in the place of a text; those that end in "*" fit its beginning."""
    branches = [
        (text.startswith(value[:-1]) if value.endswith(OTHERWISE) else text == value, new)
        for value, new in sorted(entries.items(), key=lambda entry: entry[0].endswith(OTHERWISE))
    ]
    return ibis.cases(*branches, else_=default) if branches else default
