"""Small warehouses for tests: straight from a frame of contacts, without any file or loader."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import duckdb
import ibis
import pandas as pd

from etl.accounts import create_tables
from etl.materialise import materialise
from etl.roles import remember_roles
from warehouse.accounts import SCHEMA_VERSION
from warehouse.contact import (
    ATTRIBUTE_KINDS,
    IDENTIFIER_KINDS,
    LOADED_FIELDS,
    STAFF_KINDS,
    Field,
)
from warehouse.settings import Settings
from warehouse.store import Reader, Store

_DEFAULTS: dict[str, Any] = {
    "source": "log",
    "channel": "phone",
    "initiative": "inbound",
    "customer_type": "unknown",
    "outcome": "unknown",
    "file_key": 1,
}


_OF_TIME = {
    "weekday": "isodow({day})",
    "half_hour": "strftime(time_bucket(interval 30 minutes, started_local), '%H:%M')",
}


def in_sql(dimension: str, day: str = "started_on") -> str:
    """Return a dimension of `contact` in SQL, as text; weekdays are those of `day`."""
    column = _OF_TIME.get(dimension, dimension).format(day=day)
    return f"coalesce({column}::varchar, 'unknown')"


def loaded_frame(contacts: Sequence[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Return contacts as `loaded_contact` has them; what is not given gets its default.

    `customer` (any text) stands for an identifier of the kind `customer`; other kinds by their
    column, as text. `started_local` is `started_at` unless given. `opinion` is no
    column of it: see `build`.
    """
    given = pd.DataFrame(contacts)
    frame = pd.DataFrame(index=given.index)
    aliases = {"customer_key": "customer"} | {
        f"{kind}_key": kind
        for kind in (*IDENTIFIER_KINDS, *STAFF_KINDS, *ATTRIBUTE_KINDS)
        if kind != "customer"
    }
    for field in LOADED_FIELDS:
        name = aliases.get(field.name, field.name)
        column = given[name] if name in given else pd.Series([None] * len(given), dtype="object")
        if field.type == "uuid":
            column = column.map(
                lambda v, kind=name: (
                    str(uuid5(NAMESPACE_URL, f"{kind}:{v}")) if isinstance(v, str) and v else None
                )
            )
        if field.name in _DEFAULTS:
            column = column.where(column.notna(), _DEFAULTS[field.name])
        if field.type.startswith("timestamp"):
            column = pd.to_datetime(column)
        frame[field.name] = column
    if "contact_id" not in given:
        frame["contact_id"] = [f"c{number:06}" for number in range(len(frame))]
    frame["started_local"] = frame["started_local"].fillna(frame["started_at"])
    return frame


def build(
    folder: Path,
    contacts: Sequence[Mapping[str, Any]] | pd.DataFrame,
    settings: Settings | None = None,
    **facts: str,
) -> Reader:
    """Publish a warehouse that holds these contacts, and return a reader of it.

    `opinion` of a contact is what the model made of its note, surely.
    """
    settings = settings or Settings()
    frame = loaded_frame(contacts)
    store = Store(folder)
    with store.writing() as building:
        backend = ibis.duckdb.connect(building)
        create_tables(backend)
        backend.con.register("given", frame)
        columns = ", ".join(_cast(field) for field in LOADED_FIELDS)
        backend.con.execute(
            "insert into loaded_contact by name"
            f" select row_number() over () - 1 as contact_key, {columns} from given"
        )
        meta = {
            "schema_version": str(SCHEMA_VERSION),
            "settings": settings.model_dump_json(exclude={"source"}),
            "is_demo": "false",
            **facts,
        }
        backend.con.executemany("insert into meta values (?, ?)", list(meta.items()))
        backend.con.execute(
            "insert into load values (1, timestamp '2025-01-01', timestamp '2025-01-01', '0')"
        )
        backend.con.execute(
            "insert into load_file by name select 1 as file_key, 1 as load_key, 'log' as source,"
            " 'log.csv' as file_name, count(*) as read_count, count(*) as loaded_count,"
            " 0 as duplicate_count, 0 as rejected_count, 0 as removed_count,"
            " 0 as ambiguous_time_count,"
            " 0 as invalid_identifier_count, min(started_at) as first_started_at,"
            " max(started_at) as last_started_at from loaded_contact"
        )
        remember_roles(backend, settings)
        opinions = pd.DataFrame(contacts).reindex(columns=["opinion"])
        if opinions["opinion"].notna().any():
            backend.con.register("opinions", opinions.reset_index(drop=True).reset_index())
            backend.con.execute(
                'create table note_opinion as select "index"::bigint as contact_key,'
                " opinion as category, 0.9 as probability, true as is_sure from opinions"
                " where opinion is not null"
            )
        materialise(backend, settings)
        backend.con.execute("checkpoint")
        backend.disconnect()
        store.publish(building)
    return Reader(store)


def query(reader: Reader, sql: str) -> list[tuple[Any, ...]]:
    """Ask the current version something in SQL, as an independent reference would."""
    file = reader.store.current_file()
    assert file is not None
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def frame(reader: Reader, sql: str) -> pd.DataFrame:
    """Ask the current version something in SQL, as `query` does; the answer as a frame."""
    file = reader.store.current_file()
    assert file is not None
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(sql).df()


def _cast(field: Field) -> str:
    types = {
        "string": "varchar",
        "float64": "double",
        "int64": "bigint",
        "timestamp(6)": "timestamp",
    }
    return f'"{field.name}"::{types.get(field.type, field.type)} as "{field.name}"'
