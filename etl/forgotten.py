"""Who was erased: their pseudonyms, by which the gate refuses their old contacts.

Without it, a file that grew or a system that is asked again would bring the erased rows back.
"""

from collections.abc import Collection
from datetime import datetime

from ibis.backends.duckdb import Backend

from etl.engine import first_row, quoted, run
from warehouse.contact import IDENTIFIER_KINDS

REASON = "forgotten"
"""Key of the reason in `etl.rejects`."""


def is_anyone_forgotten(backend: Backend) -> bool:
    """Tell whether the version that is being built has anyone to refuse."""
    return bool(first_row(backend, "SELECT count(*) FROM forgotten")[0])


def is_refused(table: str, kinds: Collection[str]) -> str:
    """Return the condition of rows that must not come back, as SQL.

    Args:
        table: with the columns of `loaded_contact`.
        kinds: the kinds of identifier that its rows can have.
    """
    parts = [
        f"EXISTS (FROM forgotten WHERE kind = {quoted(kind)} AND pseudonym = {table}.{kind}_key "
        f"AND coalesce({table}.started_at < refused_until, true))"
        for kind in IDENTIFIER_KINDS
        if kind in kinds
    ]
    return " OR ".join(parts) or "false"


def remember(backend: Backend, query: str, until: datetime | None) -> None:
    """Note whom to refuse from now on.

    Args:
        backend: on the version that is being built.
        query: gives kind and pseudonym, none twice.
        until: contacts that began before it (UTC) are refused; None: all, also later ones.
    """
    run(
        backend,
        "CREATE OR REPLACE TEMP TABLE to_refuse AS "
        "SELECT kind, pseudonym, bool_or(refused_until IS NULL) AS for_good, "
        "max(refused_until) AS refused_until FROM ("
        f"SELECT kind, pseudonym, ?::TIMESTAMP AS refused_until FROM ({query}) "
        "UNION ALL FROM forgotten) GROUP BY kind, pseudonym",
        [until],
    )
    run(backend, "DELETE FROM forgotten")
    run(
        backend,
        "INSERT INTO forgotten SELECT kind, pseudonym, "
        "CASE WHEN NOT for_good THEN refused_until END FROM to_refuse",
    )
    run(backend, "DROP TABLE to_refuse")
