"""Names of services that were confirmed after rows were loaded: those rows get them too."""

import json
from collections.abc import Mapping

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from etl.engine import first_row
from etl.names.services import NO_SERVICE

_RENAMED = "renamed_service"


def rename_services(
    backend: Backend, names: Mapping[str, Mapping[str, str]], settings_before: str
) -> int:
    """Give loaded rows the names that were confirmed since the last load.

    Rows of a value that was confirmed before have its name already, and keep it.

    Args:
        backend: on the version that is being built, before new rows come in.
        names: source = what it calls a service = our name.
        settings_before: the settings of the last load, as JSON.

    Returns:
        How many rows were renamed.
    """
    before = json.loads(settings_before).get("service_names", {})
    new = [
        (source, value, None if name == NO_SERVICE else name)
        for source, ours in names.items()
        for value, name in ours.items()
        if value not in before.get(source, {}) and value != name
    ]
    if not new:
        return 0
    table = pd.DataFrame(new, columns=["source", "value", "name"]).astype("string")
    backend.create_table(
        _RENAMED,
        table,
        schema=ibis.schema({"source": "string", "value": "string", "name": "string"}),
        temp=True,
        overwrite=True,
    )
    (count,) = first_row(
        backend,
        f"UPDATE loaded_contact SET service = name FROM {_RENAMED} AS renamed "
        "WHERE loaded_contact.source = renamed.source AND service = value",
    )
    return int(count)
