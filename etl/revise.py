"""Changing what is already loaded, as a new version: all or nothing, like a load."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ibis.backends.duckdb import Backend

from etl.accounts import History, read_history, verify, write_meta
from etl.compaction import write_anew
from etl.engine import engine_errors, open_database, run
from etl.materialise import materialise
from etl.privacy import Secret, fingerprint
from etl.removal import removed_contacts
from warehouse.errors import NoWarehouseError
from warehouse.labels import Labels
from warehouse.seal import copy_checked
from warehouse.settings import Settings
from warehouse.store import Store


@dataclass(frozen=True)
class Revision:
    """A warehouse that this process holds, to change what is in it.

    Attributes:
        store: the warehouse.
        current: the published version.
        building: the file of the new one, not made yet.
        history: what the published version says of itself.
    """

    store: Store
    current: Path
    building: Path
    history: History

    def publish(
        self, settings: Settings, secret: Secret, change: Callable[[Backend], bool]
    ) -> bool:
        """Make a new version, with the derivations rebuilt, and remove every earlier one.

        Args:
            settings: for the derivations.
            secret: the keys of the pseudonyms as they are after the change.
            change: changes the loader's tables; returns whether to go on and publish.

        Returns:
            Whether a new version was published.
        """
        copy_checked(self.current, self.building)
        backend = open_database(self.building)
        try:
            if not change(backend):
                return False
            write_meta(
                backend,
                settings,
                key_fingerprint=fingerprint(secret),
                is_demo=self.history.is_demo,
            )
            # what must go, goes: also where too little is left to learn from
            materialise(backend, settings, must_link=False)
            gone = removed_contacts(backend)
            run(backend, "CHECKPOINT")
        finally:
            backend.con.close()
        write_anew(self.building)
        verify(self.building)
        Labels(self.store.folder).forget(gone)
        self.store.publish(self.building, alone=True)
        return True


@contextmanager
def revising(store: Store) -> Iterator[Revision]:
    """Hold the warehouse for a change of what is in it.

    Raises:
        NoWarehouseError: nothing was loaded yet.
        LoadInProgressError: another process loads.
        WarehouseError: the warehouse is damaged or cannot be written.
    """
    with engine_errors(str(store.folder)), store.writing() as building:
        current = store.current_file()
        if current is None:
            raise NoWarehouseError(
                "nothing was loaded yet", where=str(store.folder), remedy="There is nothing to do."
            )
        yield Revision(store, current, building, read_history(current))
