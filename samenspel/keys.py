"""The configuration and the keys that belong to a warehouse: one's own, or the demo's."""

from collections.abc import Mapping
from pathlib import Path

from analytics.query import span
from etl.configuration import read_settings
from etl.privacy import read_keys
from samenspel.demo import DEMO_KEY, sample_folder
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings
from warehouse.store import Reader, Store


def find_keys(
    config: Path, store: Store, environ: Mapping[str, str], *, is_demo_allowed: bool = True
) -> tuple[Settings, tuple[bytes, ...]]:
    """Return the settings and keys that the warehouse was made with.

    Args:
        config: the configuration file; not looked at where the warehouse holds the demo.
        store: the warehouse.
        environ: the environment's variables; one may hold the key.
        is_demo_allowed: whether the demo's own key will do.

    Raises:
        ConfigurationError: the configuration is wrong, there is no key, or this is the demo.
        NoWarehouseError: nothing was loaded yet.
    """
    is_demo = span(Reader(store, connections=1)).is_demo
    if is_demo and not is_demo_allowed:
        raise ConfigurationError(
            "this warehouse holds the demo, whose key is no secret", where=str(store.folder)
        )
    if is_demo:
        return read_settings(sample_folder(store) / "samenspel.toml"), (DEMO_KEY,)
    settings = read_settings(config)
    return settings, read_keys(settings, config.resolve().parent, environ)
