"""The commands about keys and people: make a key, lay a new one, erase somebody."""

import os
from pathlib import Path
from typing import Annotated

import typer

from samenspel.console import output
from samenspel.options import DEFAULT_CONFIG, Config, Warehouse
from warehouse.errors import ConfigurationError
from warehouse.private_files import open_private
from warehouse.store import DEFAULT_FOLDER, Store


def key(out: Annotated[Path, typer.Argument(help="File to write the new key to.")]) -> None:
    """Make the secret key that turns identifiers into pseudonyms. Keep it safe and apart."""
    from etl.privacy import new_key

    try:
        file = open_private(out)
    except FileExistsError as error:
        raise ConfigurationError(
            "this file is there already; a key is never overwritten, since pseudonyms hang on it",
            where=str(out),
            remedy="Name another file.",
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be written ({error.strerror})", where=str(out)
        ) from error
    with file:
        file.write(new_key() + "\n")
    output.print(f"Wrote {out}. Name it in samenspel.toml: [privacy] key_file.", markup=False)


def forget(
    identifier: Annotated[
        list[str],
        typer.Option(
            help="KIND:VALUE, may be repeated; KIND:- asks for the value or reads it from stdin."
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    warehouse: Warehouse = DEFAULT_FOLDER,
    whole_customer: Annotated[
        bool, typer.Option("--whole-customer", help="Every row linked to the same customer.")
    ] = False,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="Refuse contacts after today too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the rows.")] = False,
) -> None:
    """Erase a person: rows, earlier versions, and the way back in. Cannot be undone."""
    from etl.forget import forget as forget_person
    from samenspel.keys import find_keys
    from samenspel.persons import read_identifiers

    store = Store(warehouse)
    settings, keys = find_keys(config, store, os.environ)
    count = forget_person(
        settings,
        store,
        read_identifiers(identifier),
        key=keys,
        whole_customer=whole_customer,
        for_good=for_good,
        dry_run=dry_run,
    )
    if dry_run:
        output.print(f"{count} rows would be erased; nothing was changed.")
        return
    output.print(f"Erased {count} rows and every earlier version of the warehouse.")
    output.print("Backups, exported files and the logs themselves are not within reach of this.")


def rotate_key(config: Config = DEFAULT_CONFIG, warehouse: Warehouse = DEFAULT_FOLDER) -> None:
    """Lay a new key over all pseudonyms: links stay, the old key alone is worth nothing."""
    from etl.privacy import KEY_VARIABLE, key_file
    from etl.rotate import rotate_key as lay_new_key
    from samenspel.keys import find_keys

    store = Store(warehouse)
    settings, keys = find_keys(config, store, os.environ, is_demo_allowed=False)
    folder = config.resolve().parent
    file = None if KEY_VARIABLE in os.environ else key_file(settings, folder)
    count = len(lay_new_key(settings, store, key=keys, file=file))
    output.print(f"All pseudonyms are hashed with {count} keys now; earlier versions are removed.")
    output.print("Keep a copy of the key file, apart from the warehouse.")
