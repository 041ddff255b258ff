"""Names of services: what each source calls them, and the confirmed table that leads to ours."""

from collections.abc import Mapping
from pathlib import Path

from etl.names.tables import read_table
from warehouse.settings import ColumnSettings

COLUMNS = ("bron", "waarde", "aantal", "voorstel", "score", "dienst")
NO_SERVICE = "-"
"""Stands in column `dienst` for: this value names no service."""
OTHERWISE = "*"


def read_service_names(path: Path) -> dict[str, dict[str, str]]:
    """Read the table of service names: columns bron, waarde and dienst, others are for the reader.

    Returns:
        Source = what it calls a service = our name; rows that nobody filled in are left out.

    Raises:
        ConfigurationError: the table is not there or lacks a column.
    """
    names: dict[str, dict[str, str]] = {}
    for _, row in read_table(path, ("bron", "waarde", "dienst")):
        if row["dienst"]:
            names.setdefault(row["bron"], {})[row["waarde"]] = row["dienst"]
    return names


def with_service_names(column: ColumnSettings, names: Mapping[str, str]) -> ColumnSettings:
    """Return the column of the service with the confirmed names put after its own map.

    The two become one map, so that each row is looked up once.
    """
    if not names:
        return column
    ours = {value: "" if name == NO_SERVICE else name for value, name in names.items()}
    mapped = {value: ours.get(name, name) for value, name in column.map.items()}
    direct = {} if OTHERWISE in column.map else ours
    return column.model_copy(update={"map": {**direct, **mapped}})
