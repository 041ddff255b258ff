"""Runs the derivations on given rows, in memory."""

from collections.abc import Sequence
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from etl.materialise import materialise
from etl.roles import remember_roles
from warehouse.accounts import SOURCE_FIELDS
from warehouse.contact import LOADED_FIELDS
from warehouse.settings import Settings

_ARROW = {
    "string": pa.string(),
    "float64": pa.float64(),
    "int64": pa.int64(),
    "boolean": pa.bool_(),
    "timestamp(6)": pa.timestamp("us"),
    "uuid": pa.string(),
}
_SQL = {"string": "varchar", "float64": "double", "int64": "bigint", "timestamp(6)": "timestamp"}


def loaded(rows: Sequence[dict[str, Any]]) -> Backend:
    """Return an engine in memory with these rows as `loaded_contact`."""
    backend = ibis.duckdb.connect()
    table = pa.table(
        {
            field.name: pa.array([row[field.name] for row in rows], _ARROW[field.type])
            for field in LOADED_FIELDS
        }
    )
    backend.con.register("given", table)
    columns = ", ".join(
        f'"{field.name}"::{_SQL.get(field.type, field.type)} as "{field.name}"'
        for field in LOADED_FIELDS
    )
    backend.con.execute(
        "create table loaded_contact as"
        f" select row_number() over () - 1 as contact_key, {columns} from given"
    )
    backend.create_table("source", schema=ibis.schema({f.name: f.type for f in SOURCE_FIELDS}))
    return backend


def derived(rows: Sequence[dict[str, Any]], settings: Settings) -> Backend:
    """Return an engine in memory with everything derived from these rows."""
    backend = loaded(rows)
    remember_roles(backend, settings)
    materialise(backend, settings)
    return backend


def contact_rows(backend: Backend) -> list[dict[str, Any]]:
    """Return `contact` as dicts, by contact_key."""
    table = backend.table("contact")
    return table.order_by("contact_key").to_pyarrow().to_pylist()


def frame(backend: Backend, sql: str) -> pd.DataFrame:
    """Return a query's answer."""
    return backend.con.execute(sql).df()
