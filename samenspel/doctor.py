"""`samenspel doctor`: whether installation, configuration, sources and warehouse are in order."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from analytics.query import span
from etl.check import check_source
from etl.engine import engine_errors
from etl.privacy import read_key
from warehouse import damage
from warehouse.errors import DamagedError, SamenspelError
from warehouse.settings import Settings, read_settings
from warehouse.store import Reader, Store

PACKAGES = ("samenspel", "dashboard", "etl", "reports", "analytics", "warehouse")
_LITTLE_SPACE = 2**30


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what, whether it is fine, and what to do if not."""

    subject: str
    is_fine: bool
    message: str


def examine(config: Path, store: Store, environ: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each thing that can be wrong before or after a load."""
    return [
        *_installation(),
        *_configuration(config, environ),
        *_warehouse(store),
        _disk(store.folder),
    ]


def _installation() -> Iterator[Finding]:
    owners = packages_distributions()
    foreign = {
        package: sorted(set(owners.get(package, [])) - {"samenspel"}) for package in PACKAGES
    }
    taken = {package: others for package, others in foreign.items() if others}
    for package, others in taken.items():
        yield Finding(
            "installation",
            is_fine=False,
            message=f"{', '.join(others)} also installs a package called {package}; "
            "give Samenspel an environment of its own",
        )
    if not taken:
        yield Finding("installation", is_fine=True, message="no other package is in the way")


def _configuration(config: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        settings = read_settings(config)
    except SamenspelError as error:
        yield Finding("configuration", is_fine=False, message=str(error))
        return
    count = len(settings.source)
    yield Finding("configuration", is_fine=True, message=f"{config} is valid, {count} sources")
    folder = config.resolve().parent
    yield _key(settings, folder, environ)
    for source in settings.source:
        try:
            files = check_source(source, folder)
        except SamenspelError as error:
            yield Finding(f"source {source.name}", is_fine=False, message=str(error))
        else:
            yield Finding(f"source {source.name}", is_fine=True, message=f"{files} files found")


def _key(settings: Settings, folder: Path, environ: Mapping[str, str]) -> Finding:
    try:
        read_key(settings, folder, environ)
    except SamenspelError as error:
        return Finding("key", is_fine=False, message=str(error))
    return Finding("key", is_fine=True, message="there is a key for pseudonyms")


def _warehouse(store: Store) -> Iterator[Finding]:
    try:
        _read_all(store)
        known = span(Reader(store, connections=1))
        is_behind = store.is_behind()
    except SamenspelError as error:
        yield Finding("warehouse", is_fine=False, message=str(error))
    else:
        if is_behind:
            yield Finding(
                "warehouse",
                is_fine=False,
                message="the version in force is damaged and an earlier one answers; load again",
            )
        kind = "the demo's contacts" if known.is_demo else "contacts"
        yield Finding(
            "warehouse",
            is_fine=True,
            message=f"holds {kind} from {known.first_on} to {known.last_on}",
        )


def _read_all(store: Store) -> None:
    """Read the version in force; where that is damaged, the one before it, which then answers."""
    while (file := store.current_file()) is not None:
        try:
            with engine_errors(str(file)):
                damage.read_whole(file)
        except DamagedError:
            damage.note(file)
        else:
            return


def _disk(folder: Path) -> Finding:
    place = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        "disk",
        is_fine=free > _LITTLE_SPACE,
        message=f"{free / 2**30:.1f} GiB free"
        + ("" if free > _LITTLE_SPACE else "; a load writes a whole new version: make room"),
    )
