"""Reads the little tables."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.contact import LOADED_FIELDS
from warehouse.settings import Settings, parse_settings

FOLDER = Path(__file__).parent
_TYPES = {field.name: field.type for field in LOADED_FIELDS}


@dataclass(frozen=True)
class Spec:
    """A metric, contacts, and what the metric is of them."""

    metric: str
    title: str
    by: tuple[str, ...]
    settings: Settings
    contacts: list[dict[str, Any]]
    expected: list[dict[str, Any]]

    def __str__(self) -> str:
        """Name the specification in the tests."""
        return f"{self.metric}{' ' if self.title else ''}{self.title}"


def specs() -> Iterator[Spec]:
    """Return every specification."""
    for file in sorted(FOLDER.glob("*.toml")):
        for given in tomllib.loads(file.read_text(encoding="utf-8"))["spec"]:
            yield Spec(
                given["metric"],
                given.get("title", ""),
                tuple(given.get("by", ())),
                parse_settings(given.get("settings", {})),
                [_typed(row) for row in rows(given["contacts"])],
                [_numbers(row, given.get("by", ())) for row in rows(given["expected"])],
            )


def rows(table: str) -> list[dict[str, str]]:
    """Return a text table's rows: cells between bars, the first line names them."""
    head, *lines = (
        [cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()
    )
    return [dict(zip(head, line, strict=True)) for line in lines]


def _typed(row: dict[str, str]) -> dict[str, Any]:
    return {name: _value(name, text) for name, text in row.items() if name != "why"}


def _value(name: str, text: str) -> Any:
    if not text:
        return None
    match _TYPES.get(name, "string"):
        case "float64":
            return float(text)
        case "boolean":
            return text == "yes"
        case _:
            return text


def _numbers(row: dict[str, str], by: list[str]) -> dict[str, Any]:
    return {name: text if name in by else _number(text) for name, text in row.items()}


def _number(text: str) -> float:
    return float("nan") if text == "-" else float(text)
