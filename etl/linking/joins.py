"""Joining: what the model finds becomes tables, from which the derivations join customers."""

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.derive.records import known_pairs
from analytics.derive.steps import people
from etl.engine import run
from etl.linking.model import Model, fitted
from etl.roles import remembered_roles
from etl.scratch import Scratch
from warehouse.errors import SamenspelError
from warehouse.links import PROBABLE_LINK_FIELDS
from warehouse.settings import Settings


def join_probable(
    backend: Backend, settings: Settings, scratch: Scratch, *, must_link: bool = True
) -> Table | None:
    """Make the table `probable_link`, and say who is one.

    Args:
        backend: an Ibis backend on the version being built, writable.
        settings: whether to join with a probability, and from which on.
        scratch: keeps the table that is returned.
        must_link: whether to stop where it cannot be done; else nobody is joined.

    Returns:
        contact_key, probable_key: a row of each record that is joined with another, and a
        pseudonym that those which are one share. None where the setting is off, or it cannot be
        done.

    Raises:
        ConfigurationError: Splink is not installed.
        SamenspelError: there is too little to learn from.
    """
    schema = ibis.schema({field.name: field.type for field in PROBABLE_LINK_FIELDS})
    backend.create_table("probable_link", schema=schema, overwrite=True)
    chosen = settings.linking.probabilistic
    if not chosen.enabled:
        return None
    loaded, own = backend.table("loaded_contact"), Scratch(backend)
    found = people(loaded, settings, own, remembered_roles(backend))[0].to_pyarrow()
    own.drop_all()
    try:
        with fitted(found, known_pairs(loaded).to_pyarrow()) as model:
            return _join(backend, model, chosen.threshold, scratch)
    except SamenspelError:
        if must_link:
            raise
        return None


def _join(backend: Backend, model: Model, threshold: float, scratch: Scratch) -> Table:
    backend.con.register("given_clusters", model.clusters(threshold))
    backend.con.register("given_pairs", model.pairs())
    run(
        backend,
        "INSERT INTO probable_link BY NAME SELECT given_pairs.*, "
        "coalesce(one.cluster_number = other.cluster_number, false) AS is_joined "
        "FROM given_pairs "
        "LEFT JOIN given_clusters AS one ON one.record_number = first_number "
        "LEFT JOIN given_clusters AS other ON other.record_number = second_number",
    )
    clusters = backend.table("given_clusters")
    name = ibis.literal("probable:") + clusters.cluster_number.cast("string")
    joined = clusters.select(
        contact_key="record_number", probable_key=name.hexdigest("md5").cast("uuid")
    )
    kept = scratch.keep("probable", joined)
    for given in ("given_clusters", "given_pairs"):
        backend.con.unregister(given)
    return kept
