"""A bench per test; the derivations are left out, since nothing here asks for them."""

from pathlib import Path

import pytest

from tests.loading import Bench, derive_nothing


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    derive_nothing(monkeypatch)
    return Bench(tmp_path)
