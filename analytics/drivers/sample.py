"""The rows that the model learns from: a bounded number, always the same ones of a version."""

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from analytics.amounts import CONTACT, backend_table
from analytics.drivers.bands import grouped_columns, history
from analytics.drivers.targets import FEATURES, Target
from warehouse.contact import UNKNOWN
from warehouse.settings import Settings

_PARTS = 1_000_000


def sample(backend: Backend, target: Target, settings: Settings) -> tuple[pd.DataFrame, int]:
    """Return the contacts drawn for a question, and how many there were to draw from.

    Drawn in the engine by a hash of contact_key: no row has a say in whether another is drawn, and
    the same version always gives the same rows.

    Returns:
        Columns: started_on; event (0 or 1); those of the target's features, and of its groups.
    """
    contact = backend_table(backend, CONTACT)
    rows = contact.filter(target.rows(contact))
    count = int(rows.count().to_pyarrow().as_py())
    most = settings.drivers.sample_rows
    if count > most:
        place = rows.contact_key.hash().abs() % _PARTS
        rows = rows.filter(place < int(_PARTS * most / count))
    known = {**grouped_columns(rows), "hour": rows.started_local.hour()}
    known |= {"wait_seconds": rows.wait_seconds}
    for name in ("predecessor_channel", "predecessor_outcome"):
        known[name] = rows[name].fill_null(UNKNOWN)
    names = [name for feature in target.features for name in FEATURES[feature]]
    asked = dict.fromkeys([*names, *(name for group in target.groups for name in group)])
    own = {name: known[name] for name in asked if name in known}
    drawn = rows.select(
        "contact_key",
        "started_on",
        event=target.event(rows).fill_null(ibis.literal(value=False)).cast("int8"),
        **own,
    )
    if "earlier_count" in names:
        before = history(contact, rows, settings)
        drawn = drawn.left_join(before, "contact_key").drop("contact_key_right")
    # in an order of its own: what a model learns must not hang on how the engine ran
    frame = drawn.order_by("contact_key").drop("contact_key").to_pyarrow().to_pandas()
    return frame.assign(started_on=pd.to_datetime(frame["started_on"])), count
