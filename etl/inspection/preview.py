"""What each field of a proposed source would become, told without a value that tells of a person.

The rows go through the very stages of a load. Identifiers are told by the share that is valid,
categories by values that stand in ten rows or more, numbers of contacts by how many differ.
"""

from dataclasses import dataclass

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from etl.columns import label
from etl.engine import first_row, run
from etl.inspection.shape import Shape
from etl.look import Look, look_at, opened
from etl.mapping import PROBLEM, TIME_FIELDS
from etl.names.review import LEAST_ROWS, is_name
from warehouse.contact import DURATION_FIELDS, IDENTIFIER_KINDS, STAFF_KINDS
from warehouse.settings import Settings, SourceSettings

_ROWS = "preview_row"
_CLEAN = "preview_text"
_SHOWN = 5
_CLOSED = ("channel", "initiative", "customer_type", "outcome", "planned")
_KINDS = (*IDENTIFIER_KINDS, *STAFF_KINDS)


@dataclass(frozen=True)
class Preview:
    """What a load would make of a file.

    Attributes:
        fields: field, column, becomes (a phrase); in the order of the source.
        rows: rows read.
        refused: rows that a load would refuse.
        reasons: column, reason (its key), rows; most rows first.
    """

    fields: pd.DataFrame
    rows: int
    refused: int
    reasons: pd.DataFrame


def preview(backend: Backend, settings: Settings, source: SourceSettings, shape: Shape) -> Preview:
    """Take a file's rows through the stages of a load and tell what became of them.

    Raises:
        SourceError: the file cannot be read.
        ConfigurationError: a column is not there, or a map is wrong.
    """
    with opened(source, shape.file) as rows:
        look = look_at(backend, settings, source, shape.file, rows)
        if look is None:
            empty = pd.DataFrame(columns=["field", "column", "becomes"])
            return Preview(empty, 0, 0, pd.DataFrame(columns=["column", "reason", "rows"]))
        _keep(look, _CLEAN, look.at("clean"))
        _keep(look, _ROWS, look.at("row"))
        count, refused = first_row(backend, f"SELECT count(*), count({PROBLEM}) FROM {_ROWS}")
        told = [
            (
                name,
                label(look.mapping.origin(name)) or "(constant)",
                _becomes(look, name, int(count)),
            )
            for name in (*look.mapping.fields, *look.mapping.identifiers)
        ]
        reasons = _reasons(look)
    fields = pd.DataFrame(told, columns=["field", "column", "becomes"])
    return Preview(fields, int(count), int(refused), reasons)


def _keep(look: Look, name: str, table: Table) -> None:
    query = look.backend.compile(table)
    run(look.backend, f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def _becomes(look: Look, name: str, rows: int) -> str:
    if name in _KINDS:
        return _validity(look, name)
    filled, distinct = first_row(
        look.backend, f"SELECT count({name}), count(DISTINCT {name}) FROM {_ROWS}"
    )
    constant = look.mapping.fields[name].value
    if not filled or constant is not None:
        return f"always {constant}" if filled else "empty"
    if name == "contact_id":
        return f"{distinct} different in {rows} rows"
    if name in TIME_FIELDS:
        return f"{_range(look, name)} UTC, {_share(filled, rows)} filled"
    if name in (*DURATION_FIELDS, "satisfaction"):
        low, middle, high = first_row(
            look.backend, f"SELECT min({name}), median({name}), max({name}) FROM {_ROWS}"
        )
        return f"{low:g} to {high:g}, median {middle:g}, {_share(filled, rows)} filled"
    return _categories(look, name, int(distinct), rows)


def _range(look: Look, name: str) -> str:
    low, high = first_row(
        look.backend,
        f"SELECT strftime(min({name}), '%Y-%m-%d %H:%M'), strftime(max({name}), '%Y-%m-%d %H:%M') "
        f"FROM {_ROWS}",
    )
    return f"{low} to {high}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "0%"


def _validity(look: Look, kind: str) -> str:
    filled, valid = first_row(
        look.backend,
        f"SELECT count(text_{kind}), (SELECT count({kind}_key) FROM {_ROWS}) FROM {_CLEAN}",
    )
    return f"{_share(valid, filled)} valid of {filled} filled; becomes a pseudonym"


def _categories(look: Look, name: str, distinct: int, rows: int) -> str:
    """Name the values that stand in rows enough, or are of a closed list; count the others."""
    table = ibis.table({"value": "string", "rows": "int64"}, name="preview_value")
    run(
        look.backend,
        "CREATE OR REPLACE TEMP VIEW preview_value AS "
        f"SELECT {name}::VARCHAR AS value, count(*) AS rows FROM {_ROWS} "
        f"WHERE {name} IS NOT NULL GROUP BY 1",
    )
    at_least = 1 if name in _CLOSED else LEAST_ROWS
    often = table.filter(table["rows"] >= at_least).order_by(ibis.desc("rows")).limit(200)
    shown = [
        f"{value} {_share(count, rows)}"
        for value, count in look.frame(often).itertuples(index=False)
        if name in _CLOSED or is_name(value, count)
    ][:_SHOWN]
    rest = distinct - len(shown)
    others = f"{rest} other values" if shown else f"{rest} values, none shown: too rare or too long"
    return ", ".join([*shown, *([others] if rest else [])])


def _reasons(look: Look) -> pd.DataFrame:
    counts = look.backend.con.execute(
        f"SELECT {PROBLEM}, count(*) FROM {_ROWS} WHERE {PROBLEM} IS NOT NULL "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    problems = look.problems()
    rows = [(problems[n - 1].column, problems[n - 1].reason, count) for n, count in counts]
    return pd.DataFrame(rows, columns=["column", "reason", "rows"])
