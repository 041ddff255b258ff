"""A bench per test; the derivations are left out, since nothing here asks for them."""

from pathlib import Path

import pytest

import etl.load
from tests.loading import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(etl.load, "materialise", lambda *_: None)
    monkeypatch.setattr(etl.load, "learn_once", lambda *_: None)
    return Bench(tmp_path)
