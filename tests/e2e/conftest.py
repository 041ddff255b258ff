"""The whole sample, loaded once for every test that looks at it."""

from pathlib import Path

import pytest

from tests.e2e.sample import LoadedSample, load_sample
from warehouse.store import Reader, Store


@pytest.fixture(scope="session")
def sample(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> LoadedSample:
    folder = repository / "data" / "sample"
    store = Store(tmp_path_factory.mktemp("sample") / "warehouse")
    return LoadedSample(folder, store, load_sample(folder, store))


@pytest.fixture(scope="session")
def sample_reader(sample: LoadedSample) -> Reader:
    return Reader(sample.store)
