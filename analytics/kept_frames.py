"""Results that are tables: kept beside the warehouse like every answer that takes seconds."""

import json
from collections.abc import Callable, Mapping
from io import StringIO

import pandas as pd
from pydantic import BaseModel, JsonValue

from analytics import kept as answers
from warehouse.store import Reader

Frames = Mapping[str, pd.DataFrame]
"""A result: tables by name."""


class _Table(BaseModel):
    """A table as it is written: the type of each column, and its rows as pandas splits them."""

    types: dict[str, str]
    rows: dict[str, JsonValue]

    def frame(self) -> pd.DataFrame:
        rows = StringIO(json.dumps(self.rows))
        return pd.read_json(rows, orient="split", dtype=False).astype(self.types)


def kept(reader: Reader, name: str, work_out: Callable[[Reader], Frames]) -> Frames:
    """Return a result of the current version: read where it is kept, else worked out and kept.

    Args:
        reader: of the warehouse.
        name: of the result, in small letters and underscores; another where its tables change.
        work_out: what makes it.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    tables = answers.kept(reader, name, "", dict[str, _Table], lambda: _written(work_out(reader)))
    return {table: content.frame() for table, content in tables.items()}


def is_kept(reader: Reader, name: str) -> bool:
    """Tell whether a result of the current version is there already.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    return answers.look_up(reader, name, "", dict[str, _Table]) is not None


def _written(frames: Frames) -> dict[str, _Table]:
    return {
        name: _Table(
            types={column: str(kind) for column, kind in frame.dtypes.items()},
            rows=json.loads(frame.to_json(orient="split", index=False, double_precision=15)),
        )
        for name, frame in frames.items()
    }
