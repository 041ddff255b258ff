"""The sample once it is loaded."""

from dataclasses import dataclass
from pathlib import Path

from etl.accounts import LoadReport
from etl.configuration import read_settings
from etl.load import load
from tests.loading import KEY
from warehouse.settings import Settings
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
    """Load every source of the sample; nobody reads its notes, of which the truth's figures tell
    nothing (tests/e2e/test_avoidable_truth.py has them read).
    """
    settings = sample_settings(folder, reads_notes=False)
    return load(settings, folder, store, key=KEY, is_demo=True)


def sample_settings(folder: Path, *, reads_notes: bool) -> Settings:
    """Return the sample's settings, with the model that reads notes or without."""
    settings = read_settings(folder / "samenspel.toml")
    model = settings.avoidable.model.model_copy(update={"enabled": reads_notes})
    avoidable = settings.avoidable.model_copy(update={"model": model})
    return settings.model_copy(update={"avoidable": avoidable})
