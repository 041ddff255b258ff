"""The rows that were refused, for whoever mends a log: page by page, and counted."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
from ibis.backends.duckdb import Backend

from etl.engine import quoted
from etl.rejects import REASONS, reason_text
from warehouse.store import Reader, Store

PAGE_ROWS = 100_000

_ROWS = """
SELECT load_file.source, load_file.file_name AS file, reject.line, reject."column", said.reason
FROM reject JOIN load_file USING (file_key)
JOIN ({sentences}) AS said(key, reason) ON said.key = reject.reason
WHERE ? IS NULL OR load_file.source = ?
ORDER BY load_file.file_key, reject.line
"""
_COUNTS = """
SELECT load_file.source, load_file.file_name AS file, reject."column", said.reason,
    count(*) AS count, min(reject.line) AS first_line, max(reject.line) AS last_line
FROM reject JOIN load_file USING (file_key)
JOIN ({sentences}) AS said(key, reason) ON said.key = reject.reason
WHERE ? IS NULL OR load_file.source = ?
GROUP BY ALL
ORDER BY count DESC, source, file, "column", reason
"""


def rejects(
    store: Store, source: str | None = None, *, language: str | None = None
) -> pd.DataFrame:
    """Return the rows that were refused, of all loads.

    Args:
        store: the warehouse.
        source: only of this source.
        language: "nl" or "en", for the reason; the warehouse's own where left out.

    Returns:
        source, file, line, column, reason (a sentence); in order of loading and line.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    return pd.concat(list(reject_pages(store, source, language=language)), ignore_index=True)


def reject_pages(
    store: Store,
    source: str | None = None,
    *,
    language: str | None = None,
    page_rows: int = PAGE_ROWS,
) -> Iterator[pd.DataFrame]:
    """Give what `rejects` returns in pages of at most some rows; at least one, maybe empty.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    with _asked(store, _ROWS, source, language) as result:
        batches = result.con.fetch_record_batch(page_rows)
        yield batches.schema.empty_table().to_pandas()
        for batch in batches:
            yield batch.to_pandas()


def reject_counts(
    store: Store, source: str | None = None, *, language: str | None = None
) -> pd.DataFrame:
    """Return how many rows were refused per source, file, column and reason, most first.

    Returns:
        source, file, column, reason (a sentence), count, first_line, last_line.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    with _asked(store, _COUNTS, source, language) as result:
        frame: pd.DataFrame = result.con.df()
    return frame


@contextmanager
def _asked(store: Store, query: str, source: str | None, language: str | None) -> Iterator[Backend]:
    with Reader(store, connections=1).backend() as backend:
        if language is None:
            stored = backend.con.execute(
                "SELECT value ->> 'language' FROM meta WHERE key = 'settings'"
            ).fetchone()
            language = stored[0] if stored and stored[0] else "nl"
        sentences = ", ".join(
            f"({quoted(key)}, {quoted(reason_text(key, language))})" for key in REASONS
        )
        backend.con.execute(query.format(sentences=f"VALUES {sentences}"), [source, source])
        yield backend
