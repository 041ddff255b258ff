"""What all tests share: the markers' conditions, and where the developers' real logs lie."""

import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome on this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def _has_spark() -> bool:
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return False
    return shutil.which("java") is not None


_CONDITIONS = {
    "shared": (
        (SHARED / "data").is_dir,
        "the developers' real logs are not beside this checkout",
    ),
    "browser": (
        lambda: find_chromium() is not None,
        "no Chromium on this machine (Debian: package chromium)",
    ),
    "spark": (_has_spark, "needs Java and `pip install samenspel[spark]`"),
    "night": (lambda: bool(os.environ.get("SAMENSPEL_NIGHT")), "takes minutes: `make night`"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, and say so, what this machine cannot run."""
    for marker, (is_there, why) in _CONDITIONS.items():
        if is_there():
            continue
        for item in items:
            if marker in item.keywords:
                item.add_marker(pytest.mark.skip(reason=f"left out: {why}"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real logs beside a developers' checkout (tests marked `shared`)."""
    return SHARED / "data"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this checkout."""
    return REPOSITORY
