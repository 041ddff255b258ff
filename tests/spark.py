"""The derivations on Spark: the same steps, with cached views for intermediate tables."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table

from analytics.derive.steps import derive
from etl.roles import configured_roles
from warehouse.contact import LOADED_FIELDS
from warehouse.settings import Settings

_TYPES = {
    "string": "string",
    "uuid": "string",  # Spark has no type for it
    "float64": "double",
    "int64": "bigint",
    "boolean": "boolean",
    "timestamp(6)": "timestamp_ntz",
}


class SparkEngine:
    """One session, and an Ibis backend on it.

    Args:
        folder: where the session may write.
    """

    def __init__(self, folder: Path) -> None:
        from pyspark.sql import SparkSession

        # the workers' own idea of `python3` may be another version than this environment's
        os.environ["PYSPARK_PYTHON"] = sys.executable
        self.session = (
            SparkSession.builder.master("local[2]")
            .appName("samenspel tests")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        self.backend = ibis.pyspark.connect(self.session)
        self._views: list[str] = []

    def loaded(self, rows: Sequence[dict[str, Any]]) -> Table:
        """Return rows as `loaded_contact` with their number as contact_key."""
        schema = ", ".join(f"{field.name} {_TYPES[field.type]}" for field in LOADED_FIELDS)
        data = [(number, *(row[field.name] for field in LOADED_FIELDS))
                for number, row in enumerate(rows)]  # fmt: skip
        frame = self.session.createDataFrame(data, f"contact_key bigint, {schema}")
        frame.createOrReplaceTempView("loaded_with_key")
        return self.backend.table("loaded_with_key")

    def keep(self, name: str, expression: Table) -> Table:
        """Compute an expression now, and return it as a table."""
        frame = self.session.sql(self.backend.compile(expression)).localCheckpoint()
        frame.createOrReplaceTempView(f"scratch_{name}")
        self._views.append(name)
        return self.backend.table(f"scratch_{name}")

    def bring(self, name: str, rows: pa.Table) -> Table:
        """Return rows that were worked out in memory as a table of the engine."""
        types = {pa.int64(): "bigint", pa.date32(): "date", pa.bool_(): "boolean"}
        schema = ", ".join(f"{field.name} {types[field.type]}" for field in rows.schema)
        data = [tuple(row.values()) for row in rows.to_pylist()]
        self.session.createDataFrame(data, schema).createOrReplaceTempView(f"scratch_{name}")
        self._views.append(name)
        return self.backend.table(f"scratch_{name}")

    def drop(self, name: str) -> None:
        """Let go of one table."""
        self.session.catalog.dropTempView(f"scratch_{name}")
        self._views.remove(name)

    @contextmanager
    def contact(self, rows: Sequence[dict[str, Any]], settings: Settings) -> Iterator[Table]:
        """Derive `contact` from rows; it is there while the context lasts."""
        expression = derive(self.loaded(rows), settings, self, configured_roles(settings))
        try:
            yield self.keep("contact", expression)
        finally:
            for name in tuple(self._views):
                self.drop(name)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame of `loaded_contact` as rows of plain values, None where there is none."""
    return [
        {name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
