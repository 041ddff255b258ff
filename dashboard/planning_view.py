"""What a reader chose on the page of planning, as the address holds it: names and values."""

import re
from collections.abc import Mapping, Sequence

PARAMETER = "planning"

_CHOICES = {
    "ahead": re.compile(r".{1,60}"),
    "staff": re.compile(r".{1,60}"),
    "week": re.compile(r"2[0-9]|1[0-9]|[0-9]"),
    "level": re.compile(r"[5-9][0-9]"),
    "handling": re.compile(r"[5-9][0-9]|1[0-9][0-9]|200"),
    "shrinkage": re.compile(r"[0-7]?[0-9]"),
}
"""Channel shown, channel staffed, how many weeks ahead, per cent in time, per cent of the handling
time measured, per cent of paid time not at work."""

Choice = tuple[tuple[str, str], ...]


def read(texts: Sequence[str], known: Mapping[str, Sequence[str]]) -> tuple[Choice, bool] | None:
    """Return what can be used of `name:value` texts, and whether something was left out."""
    found: dict[str, str] = {}
    for text in texts:
        name, _, value = text.partition(":")
        pattern = _CHOICES.get(name)
        is_channel = name in {"ahead", "staff"}
        if pattern is None or not pattern.fullmatch(value):
            continue
        if is_channel and "channel" in known and value not in known["channel"]:
            continue
        found[name] = value
    return (tuple(sorted(found.items())), len(found) < len(texts)) if found else None


def written(choice: Choice) -> list[tuple[str, str]]:
    """Return the address's pairs for what was chosen."""
    return [(PARAMETER, f"{name}:{value}") for name, value in choice]


def changed(choice: Choice, name: str, value: str | None) -> Choice:
    """Return a choice with one value changed; None takes it out."""
    left = {key: old for key, old in choice if key != name}
    return tuple(sorted(left.items() if value is None else [*left.items(), (name, value)]))
