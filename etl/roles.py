"""What each source is: the configuration says it, the warehouse remembers it.

A source may leave the configuration while its rows stay; they keep the role that they had last.
"""

from ibis.backends.duckdb import Backend

from etl.engine import run
from warehouse.settings import Settings


def configured_roles(settings: Settings) -> dict[str, str]:
    """Return the role of each configured source, by name."""
    return {source.name: source.role for source in settings.source}


def remember_roles(backend: Backend, settings: Settings) -> None:
    """Note the roles of the configured sources; those of others stay as they are."""
    for name, role in configured_roles(settings).items():
        run(backend, "DELETE FROM source WHERE source = ?", [name])
        run(backend, "INSERT INTO source (source, role) VALUES (?, ?)", [name, role])


def remembered_roles(backend: Backend) -> dict[str, str]:
    """Return the last known role of each source, by name."""
    rows = backend.table("source").select("source", "role").to_pyarrow().to_pylist()
    return {row["source"]: row["role"] for row in rows}
