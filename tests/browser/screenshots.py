"""Photograph every page of the sample into docs/screenshots: `python -m tests.browser.screenshots`.

Run by hand (or `make screenshots`), never by the tests: pictures are reviewed as a change.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from dashboard.pages import PAGES
from etl.configuration import read_settings
from etl.load import load
from samenspel.demo import DEMO_KEY
from tests.browser.conftest import FLAGS, Watched, serving, work_out
from tests.conftest import REPOSITORY, find_chromium
from warehouse.store import Reader, Store

SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
FOLDER = REPOSITORY / "docs" / "screenshots"


def loaded_sample(folder: Path) -> Reader:
    """Load the sample as `samenspel demo` does; a folder that holds it already is used as it is."""
    store = Store(folder)
    sample = REPOSITORY / "data" / "sample"
    if store.current_file() is None:
        settings = read_settings(sample / "samenspel.toml")
        load(settings, sample, store, key=DEMO_KEY, is_demo=True)
    return Reader(store)


def photograph(browser: Browser, address: str, folder: Path) -> None:
    """Save a picture of every page, wide and narrow, in Dutch; the first page in English too."""
    views = [(key, page.path, "nl") for key, page in PAGES.items()]
    views.append(("overview", "/?lang=en", "en"))
    for size, (width, height) in SIZES.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        for key, path, language in views:
            page = Watched(context, address).open(path)
            suffix = "" if language == "nl" else f"-{language}"
            page.screenshot(path=folder / f"{key}-{size}{suffix}.png", full_page=True)
            page.close()
        context.close()


def main() -> None:
    """Load the sample, photograph it. An argument names a warehouse folder to keep."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        reader = loaded_sample(Path(sys.argv[1] if len(sys.argv) > 1 else scratch))
        work_out(reader)
        with serving(reader) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
            photograph(browser, address, FOLDER)
            browser.close()


if __name__ == "__main__":
    main()
