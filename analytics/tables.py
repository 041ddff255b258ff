"""Tables of a version, whose columns are looked up once."""

from cachetools import LRUCache
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

_tables: LRUCache[tuple[int, str], tuple[Backend, Table]] = LRUCache(maxsize=256)


def backend_table(backend: Backend, name: str) -> Table:
    """Return a table of the current version; its columns are looked up once per connection."""
    key = (id(backend), name)
    known = _tables.get(key)
    # a number can be given again to another connection once the first is gone
    if known is None or known[0] is not backend:
        known = _tables[key] = (backend, backend.table(name))
    return known[1]
