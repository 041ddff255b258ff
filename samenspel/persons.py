"""Identifiers on the command line, without a trace of them in a shell's history."""

import sys
from collections.abc import Sequence

import typer

from warehouse.contact import IDENTIFIER_KINDS
from warehouse.errors import ConfigurationError

_ASK = "-"


def read_identifiers(options: Sequence[str]) -> list[tuple[str, str]]:
    """Return kind and value of each option KIND:VALUE.

    For the value "-" a line is read from stdin; on a terminal it is asked for and not shown.

    Raises:
        ConfigurationError: an option is no KIND:VALUE, or its value is empty.
    """
    found = []
    for option in options:
        kind, _, value = option.partition(":")
        if value == _ASK:
            value = _asked(kind)
        if not kind or not value.strip():
            raise ConfigurationError(
                "this is not written as KIND:VALUE",
                where="--identifier",
                remedy=f"Kinds: {', '.join(IDENTIFIER_KINDS)}.",
            )
        found.append((kind, value.strip()))
    return found


def _asked(kind: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(kind, hide_input=True, err=True))
    return sys.stdin.readline()
