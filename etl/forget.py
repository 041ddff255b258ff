"""`samenspel forget`: erasing a person, so that no byte is left and no load brings them back."""

from collections.abc import Sequence
from datetime import UTC, datetime

import ibis
from ibis.backends.duckdb import Backend

from etl import identifiers
from etl.engine import first_row, keyed_hash, run
from etl.forgotten import remember
from etl.phones import set_phones
from etl.privacy import Secret, fitting_keys, set_key
from etl.removal import remove_rows
from etl.revise import revising
from warehouse.contact import IDENTIFIER_KINDS
from warehouse.errors import ConfigurationError
from warehouse.settings import PrivacySettings, Settings
from warehouse.store import Store

_OF_SOURCE = ("customer", "visitor")
_WHERE = "--identifier"


def forget(
    settings: Settings,
    store: Store,
    named: Sequence[tuple[str, str]],
    *,
    key: Secret,
    whole_customer: bool = False,
    for_good: bool = False,
    dry_run: bool = False,
    now: datetime | None = None,
) -> int:
    """Erase the rows that carry an identifier, and refuse them from now on.

    Every earlier version of the warehouse is removed; the accounts of the files keep adding up.

    Args:
        settings: the configuration.
        store: the warehouse.
        named: kind and value, in any spelling; customer and visitor as "SOURCE/NUMBER".
        key: the secret for pseudonyms.
        whole_customer: erase also every row that was linked to the same customer.
        for_good: refuse later contacts of these people too; else only those that began before now.
        dry_run: only count.
        now: the moment, in UTC; the clock's where left out.

    Returns:
        How many rows were erased (or would be).

    Raises:
        ConfigurationError: an identifier cannot be right, or the key is not the warehouse's.
        NoWarehouseError: nothing was loaded yet.
        LoadInProgressError: another process loads.
    """
    for kind, value in named:
        _check(kind, value)
    until = None if for_good else now or datetime.now(UTC).replace(tzinfo=None)
    counts: list[int] = []
    with revising(store) as revision:
        keys = fitting_keys(key, revision.history.key_fingerprint)

        def change(backend: Backend) -> bool:
            set_key(backend, keys)
            set_phones(backend)
            _name(backend, named, settings.privacy)
            _doom(backend, whole_customer=whole_customer)
            if dry_run:
                counts.append(int(first_row(backend, "SELECT count(*) FROM to_erase")[0]))
                return False
            remember(backend, _whom_to_refuse(whole_customer=whole_customer), until)
            counts.append(remove_rows(backend, "FROM to_erase"))
            return True

        revision.publish(settings, keys, change)
    return counts[0]


def _check(kind: str, value: str) -> None:
    if kind not in IDENTIFIER_KINDS:
        raise ConfigurationError(
            "there is no such kind of identifier",
            where=_WHERE,
            remedy=f"Write KIND:VALUE, with as kind {', '.join(IDENTIFIER_KINDS)}.",
        )
    if kind in _OF_SOURCE and not all(value.partition("/")[::2]):
        raise ConfigurationError(
            f"a {kind} is known by its source and number",
            where=_WHERE,
            remedy=f"Write {kind}:SOURCE/NUMBER, with the source's name in the configuration.",
        )


def _name(backend: Backend, named: Sequence[tuple[str, str]], privacy: PrivacySettings) -> None:
    """Make table `named` of kind and pseudonym, by the road that the gate's identifiers go.

    Raises:
        ConfigurationError: an identifier cannot be right.
    """
    run(backend, "CREATE TEMP TABLE named (kind VARCHAR, pseudonym UUID)")
    for number, (kind, value) in enumerate(named, start=1):
        run(backend, "CREATE OR REPLACE TEMP TABLE asked AS SELECT trim(?) AS text", [value])
        text = ibis.table({"text": "string"}, name="asked").text
        for step in () if kind in _OF_SOURCE else identifiers.steps(kind, "", privacy):
            text = step(text)
        query = backend.compile(keyed_hash(kind, text).cast("uuid").name("pseudonym"))
        (pseudonym,) = first_row(backend, query)
        run(backend, "DROP TABLE asked")
        if pseudonym is None:
            raise ConfigurationError(
                f"identifier {number} is no valid {kind}",
                where=_WHERE,
                remedy="Write it as the logs do; nothing was changed.",
            )
        run(backend, "INSERT INTO named VALUES (?, ?)", [kind, pseudonym])


def _doom(backend: Backend, *, whole_customer: bool) -> None:
    """Make table `to_erase` of the contact_key of each row to go."""
    carries = " OR ".join(
        f"{kind}_key IN (SELECT pseudonym FROM named WHERE kind = '{kind}')"
        for kind in IDENTIFIER_KINDS
    )
    run(
        backend,
        f"CREATE TEMP TABLE to_erase AS SELECT contact_key FROM loaded_contact WHERE {carries}",
    )
    if whole_customer:
        run(
            backend,
            "INSERT INTO to_erase SELECT contact_key FROM contact WHERE customer_number IN ("
            "SELECT customer_number FROM contact SEMI JOIN to_erase USING (contact_key)) "
            "AND contact_key NOT IN (FROM to_erase)",
        )


def _whom_to_refuse(*, whole_customer: bool) -> str:
    """Return kind and pseudonym of those to refuse; never what a row that stays carries too."""
    if not whole_customer:
        return "SELECT DISTINCT kind, pseudonym FROM named"
    carried = " UNION ".join(
        f"SELECT '{kind}' AS kind, {kind}_key AS pseudonym FROM loaded_contact "
        f"SEMI JOIN to_erase USING (contact_key) WHERE {kind}_key IS NOT NULL "
        f"AND {kind}_key NOT IN (SELECT {kind}_key FROM loaded_contact "
        f"ANTI JOIN to_erase USING (contact_key) WHERE {kind}_key IS NOT NULL)"
        for kind in IDENTIFIER_KINDS
    )
    return f"SELECT kind, pseudonym FROM named UNION {carried}"
