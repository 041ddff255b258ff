"""The demonstration: the sample's logs, loaded by the same road as anybody's own."""

from pathlib import Path

from etl.sample import write_sample
from warehouse.store import Store

DEMO_KEY = b"samenspel demonstration: everything here is made up"
"""Made-up people need no secret; every real load needs a key of its own."""


def sample_folder(store: Store) -> Path:
    """Return the folder with the sample's logs and configuration.

    In a checkout that is data/sample; elsewhere the sample is made anew beside the warehouse.
    """
    checkout = Path(__file__).resolve().parent.parent / "data" / "sample"
    if (checkout / "samenspel.toml").is_file():
        return checkout
    made = store.folder / "sample"
    if not (made / "samenspel.toml").is_file():
        write_sample(made)
    return made
