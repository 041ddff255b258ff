"""The sample once it is loaded."""

from dataclasses import dataclass
from pathlib import Path

from etl.accounts import LoadReport
from etl.configuration import read_settings
from etl.load import load
from tests.loading import KEY
from warehouse.store import Store


@dataclass(frozen=True)
class LoadedSample:
    """The sample, the warehouse it was loaded into, and the report of that."""

    folder: Path
    store: Store
    report: LoadReport

    @property
    def truth(self) -> Path:
        """The folder of what its simulation counted."""
        return self.folder / "truth"

    def load_again(self) -> LoadReport:
        """Load the same files once more."""
        return load_sample(self.folder, self.store)


def load_sample(folder: Path, store: Store) -> LoadReport:
    """Load every source of the sample."""
    settings = read_settings(folder / "samenspel.toml")
    return load(settings, folder, store, key=KEY, is_demo=True)
