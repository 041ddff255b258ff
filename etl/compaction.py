"""Writing a version anew: what was deleted or replaced leaves no byte behind.

A database file keeps the old bytes of deleted rows in its free blocks until something else is
written there. So a version that lost rows for good is copied, table by table, into a fresh file.
"""

from pathlib import Path

import duckdb

from etl.engine import quoted, spilling_to

FRESH = ".fresh"
"""Ending of the file that is written; `Store` sweeps it away after a kill."""


def write_anew(building: Path) -> None:
    """Replace a closed version that is being built by a copy that holds its living rows only.

    Args:
        building: the file; rows and their order stay as they are.
    """
    fresh = building.with_name(building.name + FRESH)
    with duckdb.connect(config=spilling_to(f"{fresh}.spill")) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"ATTACH {quoted(str(building))} AS old (READ_ONLY)")
        connection.execute(f"ATTACH {quoted(str(fresh))} AS fresh")
        connection.execute("COPY FROM DATABASE old TO fresh")
        connection.execute("CHECKPOINT fresh")
        connection.execute("DETACH fresh")
    fresh.replace(building)
