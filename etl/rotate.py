"""`samenspel rotate-key`: a new key over the old one, and everybody still linked.

Every stored pseudonym is hashed once more, with the new key. Links stay, since equal pseudonyms
stay equal; whoever has only the old key can work out none of them any more.

The key file is written before the warehouse is published. Killed in between, loads go on with the
keys that fit the warehouse (`etl.privacy.fitting_keys`), and the next rotation takes up the key
that is waiting.
"""

import os
from contextlib import suppress
from pathlib import Path

from ibis.backends.duckdb import Backend

from etl.engine import run
from etl.privacy import (
    CONTENT_LABEL,
    CONTENT_MARK,
    KEY_VARIABLE,
    Secret,
    chain,
    fitting_keys,
    new_key,
    read_key_file,
    set_key,
)
from etl.revise import revising
from warehouse.contact import ATTRIBUTE_KINDS, IDENTIFIER_KINDS, STAFF_KINDS
from warehouse.errors import ConfigurationError
from warehouse.labels import Labels
from warehouse.private_files import open_private
from warehouse.settings import Settings
from warehouse.store import Store


def rotate_key(
    settings: Settings, store: Store, *, key: Secret, file: Path | None = None
) -> tuple[bytes, ...]:
    """Lay a new key over every pseudonym of the warehouse, and remove every earlier version.

    Args:
        settings: for the derivations, which are rebuilt.
        store: the warehouse.
        key: all keys at hand, oldest first. Those that the warehouse does not use yet are taken;
            where there is none, a new one is made and added to the file.
        file: where the keys stand; None where they do not come from a file.

    Returns:
        All keys that are in use now, oldest first.

    Raises:
        ConfigurationError: the key is not the warehouse's, or the new one cannot be written.
        NoWarehouseError: nothing was loaded yet.
        LoadInProgressError: another process loads.
    """
    with revising(store) as revision:
        used = fitting_keys(key, revision.history.key_fingerprint)
        waiting = chain(key)[len(used) :] or _add_key(file)

        labels = Labels(store.folder)
        names: dict[tuple[str, str], str] = {}

        def change(backend: Backend) -> bool:
            set_key(backend, waiting)
            names.update(_hash_again(backend, labels))
            return True

        revision.publish(settings, (*used, *waiting), change)
        labels.rename(names)
    return (*used, *waiting)


def _hash_again(backend: Backend, labels: Labels) -> dict[tuple[str, str], str]:
    """Hash every stored pseudonym once more, with the keys of the connection.

    Returns:
        Of each contact (source, contact_id) that was ever judged and is known by a hash, its new
        contact_id.
    """
    keys = ", ".join(
        f"keyed_hash('{kind}', replace({kind}_key::VARCHAR, '-', ''))::UUID AS {kind}_key"
        for kind in (*IDENTIFIER_KINDS, *STAFF_KINDS, *ATTRIBUTE_KINDS)
    )
    before = f"substr(contact_id, {len(CONTENT_MARK) + 1})"
    hashed = (
        f"CASE WHEN regexp_full_match(contact_id, '{CONTENT_MARK}[0-9a-f]{{32}}') "
        f"THEN '{CONTENT_MARK}' || keyed_hash('{CONTENT_LABEL}', {before}) "
        "ELSE contact_id END AS contact_id"
    )
    run(
        backend,
        f"CREATE TABLE hashed_again AS SELECT * REPLACE ({hashed}, {keys}) FROM loaded_contact",
    )
    changed = backend.con.execute(
        "SELECT old.source, old.contact_id, new.contact_id FROM loaded_contact AS old "
        "JOIN hashed_again AS new USING (contact_key) WHERE old.contact_id <> new.contact_id "
        "AND old.contact_id IN (SELECT unnest(?))",
        [sorted({label.contact_id for label in labels.all()})],
    ).fetchall()
    run(backend, "DROP TABLE loaded_contact")
    run(backend, "ALTER TABLE hashed_again RENAME TO loaded_contact")
    run(
        backend,
        "UPDATE forgotten SET "
        "pseudonym = keyed_hash(kind, replace(pseudonym::VARCHAR, '-', ''))::UUID",
    )
    run(
        backend,
        "UPDATE refused_record SET "
        "record_key = keyed_hash('record', replace(record_key::VARCHAR, '-', ''))::UUID",
    )
    return {(source, before): after for source, before, after in changed}


def _add_key(file: Path | None) -> tuple[bytes, ...]:
    """Make a key and add it to the file, which is replaced whole or not at all.

    Raises:
        ConfigurationError: there is no file, or it cannot be written.
    """
    if file is None:
        raise ConfigurationError(
            f"the key comes from {KEY_VARIABLE}, where no new one can be written",
            where=KEY_VARIABLE,
            remedy="Set it to the old key, a space and a new one (`samenspel key FILE` makes one), "
            "then run this again.",
        )
    target = file.resolve()
    new = target.with_name(target.name + ".new")
    try:
        owner = target.stat()
        text = target.read_text(encoding="ascii").rstrip() + "\n" + new_key() + "\n"
        new.unlink(missing_ok=True)
        with open_private(new) as writing:
            writing.write(text)
            writing.flush()
            os.fsync(writing.fileno())
        with suppress(OSError, AttributeError):  # only the administrator may, and need
            os.chown(new, owner.st_uid, owner.st_gid)
        new.replace(target)
    except OSError as error:
        raise ConfigurationError(
            f"the new key cannot be written ({error.strerror}); nothing was changed",
            where=str(file),
            remedy="Give this user write permission on the file and its folder.",
        ) from error
    return read_key_file(file)[-1:]
