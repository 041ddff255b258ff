"""`samenspel doctor`: whether installation, configuration, sources and warehouse are in order."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from analytics.effects.weekly import Outcome, check_outcome
from analytics.query import span
from etl.accounts import read_history
from etl.check import check_source, find_drifts
from etl.configuration import read_settings
from etl.engine import engine_errors
from etl.privacy import KEY_VARIABLE, fitting_keys, key_file, read_keys
from etl.retention import expired, local_day
from warehouse import damage, seal
from warehouse.errors import ConfigurationError, DamagedError, SamenspelError
from warehouse.settings import Settings
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
        *_configuration(config, store, environ),
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


def _configuration(config: Path, store: Store, environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        settings = read_settings(config)
    except SamenspelError as error:
        yield Finding("configuration", is_fine=False, message=str(error))
        return
    count = len(settings.source)
    yield Finding("configuration", is_fine=True, message=f"{config} is valid, {count} sources")
    folder = config.resolve().parent
    yield from _followed(settings)
    yield from _key(settings, folder, store, environ)
    yield _retention(settings, store)
    for source in settings.source:
        try:
            found = check_source(source, folder, environ)
            drifts = [] if source.is_api else find_drifts(source, folder, store.current_file())
        except SamenspelError as error:
            yield Finding(f"source {source.name}", is_fine=False, message=str(error))
            continue
        yield Finding(f"source {source.name}", is_fine=True, message=found)
        for drift in drifts:
            message = f"{drift.file_name}: {drift.sentence()}, compared with the last load"
            yield Finding(f"source {source.name}", is_fine=not drift.stops, message=message)


def _followed(settings: Settings) -> Iterator[Finding]:
    """Look whether the figures of goals and interventions are there, and can be followed."""
    named = [(f"goal for {goal.metric!r}", goal.metric) for goal in settings.goal]
    named += [
        (f"intervention {one.name!r}", move.metric)
        for one in settings.intervention
        for move in one.moves
    ]
    for subject, metric in named:
        try:
            check_outcome(Outcome(metric), subject)
        except ConfigurationError as error:
            message = f"{error.what}. {error.remedy or ''}".strip()
            yield Finding(subject, is_fine=False, message=message)
        else:
            yield Finding(subject, is_fine=True, message=f"{metric} can be followed")


def _key(
    settings: Settings, folder: Path, store: Store, environ: Mapping[str, str]
) -> Iterator[Finding]:
    try:
        keys = read_keys(settings, folder, environ)
        history = read_history(store.current_file())
        used = keys if history.is_demo else fitting_keys(keys, history.key_fingerprint)
    except SamenspelError as error:
        yield Finding("key", is_fine=False, message=str(error))
        return
    if len(used) < len(keys):
        yield Finding(
            "key",
            is_fine=False,
            message="a new key is waiting: finish with `samenspel rotate-key`",
        )
    else:
        yield Finding("key", is_fine=True, message="there is a key for pseudonyms, and it fits")
    if KEY_VARIABLE not in environ and _is_open(key_file(settings, folder)):
        yield Finding(
            "key",
            is_fine=False,
            message="other users can read the key file: chmod 600 it",
        )


def _is_open(file: Path) -> bool:
    """Tell whether others than the owner can read a file; Windows keeps that elsewhere."""
    return os.name != "nt" and bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _retention(settings: Settings, store: Store) -> Finding:
    privacy = settings.privacy
    if privacy.retain_months is None and privacy.retain_notes_months is None:
        return Finding(
            "retention",
            is_fine=True,
            message="contacts are kept for ever ([privacy] retain_months is not set)",
        )
    try:
        current = store.current_file()
        rows, notes = expired(current, settings, local_day(settings)) if current else (0, 0)
    except SamenspelError as error:
        return Finding("retention", is_fine=False, message=str(error))
    return Finding(
        "retention",
        is_fine=not rows + notes,
        message=f"{rows} contacts and {notes} notes are over their term"
        + ("; the next load removes them" if rows + notes else ""),
    )


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
                seal.check(file)
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
