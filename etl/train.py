"""`samenspel train`: learning to read notes anew, as a new version of the warehouse."""

from collections.abc import Collection

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from analytics.notes.card import Card
from etl.engine import engine_errors
from etl.note_model import has_notes, learn
from etl.privacy import Secret, fitting_keys
from etl.revise import revising
from warehouse.errors import ConfigurationError
from warehouse.labels import Labels
from warehouse.settings import Settings
from warehouse.store import Reader, Store


def train(settings: Settings, store: Store, *, key: Secret) -> Card:
    """Learn from the coded contacts and from what people judged, and let every note be read anew.

    Args:
        settings: with reason codes and [avoidable.model].
        store: the warehouse.
        key: the secret for pseudonyms.

    Returns:
        The card of the new model; without one it tells why, and nothing was published.

    Raises:
        ConfigurationError: the model is off, or the key is not the warehouse's.
        NoWarehouseError: nothing was loaded yet.
        LoadInProgressError: another process loads.
    """
    if not settings.avoidable.model.enabled:
        raise ConfigurationError(
            "the model that reads notes is off",
            where="[avoidable.model] enabled",
            remedy="Set it to true.",
        )
    cards: list[Card] = []
    labels = Labels(store.folder).current().values()
    with revising(store) as revision:
        keys = fitting_keys(key, revision.history.key_fingerprint)

        def change(backend: Backend) -> bool:
            card = (
                learn(backend, settings, labels) if has_notes(backend) else Card(reason="no_notes")
            )
            cards.append(card)
            return card.is_trained

        revision.publish(settings, keys, change)
    return cards[0]


def unknown_contacts(store: Store, contacts: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these (source, contact_id) the current version does not hold.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    asked = pa.table(
        {
            "source": pa.array([source for source, _ in contacts], pa.string()),
            "contact_id": pa.array([contact for _, contact in contacts], pa.string()),
        }
    )
    with engine_errors(str(store.folder)), Reader(store, connections=1).backend() as backend:
        missing = ibis.memtable(asked).anti_join(backend.table("contact"), ["source", "contact_id"])
        found = backend.to_pyarrow(missing).to_pylist()
    return {(row["source"], row["contact_id"]) for row in found}
