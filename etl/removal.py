"""Taking rows out of the version being built, with what hangs on them."""

from ibis.backends.duckdb import Backend

from etl.engine import first_row, run
from warehouse.opinions import OPINION_TABLE


def remove_rows(backend: Backend, doomed: str) -> int:
    """Take rows out of `loaded_contact`, with the accounts of their files kept right.

    The published version is another file, so nobody sees it before the load is whole.

    Args:
        backend: on the version that is being built.
        doomed: a query that gives the `contact_key` of each row to go.

    Returns:
        How many rows went.
    """
    run(backend, f"CREATE OR REPLACE TEMP TABLE doomed_contact AS {doomed}")
    run(
        backend,
        "UPDATE load_file SET removed_count = load_file.removed_count + gone.rows FROM ("
        "SELECT file_key, count(*) AS rows FROM loaded_contact "
        "SEMI JOIN doomed_contact USING (contact_key) GROUP BY file_key) AS gone "
        "WHERE load_file.file_key = gone.file_key",
    )
    run(
        backend,
        "CREATE TEMP TABLE IF NOT EXISTS removed_contact (source VARCHAR, contact_id VARCHAR)",
    )
    run(
        backend,
        "INSERT INTO removed_contact SELECT source, contact_id FROM loaded_contact "
        "SEMI JOIN doomed_contact USING (contact_key)",
    )
    if OPINION_TABLE in backend.list_tables():
        run(backend, f"DELETE FROM {OPINION_TABLE} WHERE contact_key IN (FROM doomed_contact)")
    (count,) = first_row(
        backend,
        "DELETE FROM loaded_contact WHERE contact_key IN (SELECT contact_key FROM doomed_contact)",
    )
    run(backend, "DROP TABLE doomed_contact")
    return int(count)


def removed_contacts(backend: Backend) -> list[tuple[str, str]]:
    """Return source and contact_id of the contacts that `remove_rows` took and nothing replaced."""
    if "removed_contact" not in backend.list_tables():
        return []
    gone = backend.con.execute(
        "SELECT DISTINCT source, contact_id FROM removed_contact "
        "ANTI JOIN loaded_contact USING (source, contact_id)"
    )
    return [(source, contact) for source, contact in gone.fetchall()]
