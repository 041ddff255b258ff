"""A loading bench whose sources are servers."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import etl.load
from etl.accounts import LoadReport
from etl.privacy import pseudonym
from etl.remote.reading import Asking
from tests.loading import KEY, Bench
from tests.servers.server import SECRET, TOKEN, ApiServer
from warehouse.settings import Settings, parse_settings

TOKENS = {
    "OPENKLANT_TOKEN": TOKEN,
    "MANAGEMENTINFORMATIE_API_KEY": SECRET,
    "CONTACTMOMENTEN_TOKEN": TOKEN,
}


def key_of(kind: str, value: str) -> UUID:
    """Return the pseudonym of an identifier, under the tests' key."""
    return UUID(pseudonym(KEY, kind, value))


class ApiBench(Bench):
    """A folder with a warehouse, and the servers that it is loaded from."""

    def __init__(self, folder: Path, server: ApiServer, kiss: ApiServer | None = None) -> None:
        super().__init__(folder)
        self.server, self.kiss = server, kiss

    def settings(self, *sources: dict[str, Any], **others: Any) -> Settings:
        """One source of kind openklant, changed by the first of `sources`, and KISS if there is."""
        first = {"name": "klant", "kind": "openklant", "url": self.server.address}
        found = [first | (sources[0] if sources else {}), *sources[1:]]
        if self.kiss is not None:
            found.append(
                {"name": "kiss", "kind": "kiss", "url": self.kiss.address, "contacts": "klant"}
            )
        return parse_settings({**others, "source": found})

    def load(
        self,
        *sources: dict[str, Any],
        full: bool = False,
        not_before: datetime | None = None,
        environ: dict[str, str] | None = None,
        **others: Any,
    ) -> LoadReport:
        self.server.requests.clear()
        if self.kiss is not None:
            self.kiss.requests.clear()
        return etl.load.load(
            self.settings(*sources, **others),
            self.folder,
            self.store,
            key=KEY,
            asking=Asking(full, not_before, TOKENS if environ is None else environ),
        )

    def rows(self, *fields: str) -> dict[str, Any]:
        """Fields of every loaded contact, by its number."""
        found = self.values("contact_id", *fields)
        return {row[0]: row[1] if len(fields) == 1 else row[1:] for row in found}
