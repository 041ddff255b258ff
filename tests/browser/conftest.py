"""A real server and a real Chromium, shared by all tests of the screen."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import waitress
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from analytics.drivers import drivers
from analytics.planning.work_out import planning
from analytics.steering import steering
from dashboard.app import create_app
from dashboard.working import known
from tests.browser.town import town
from tests.conftest import find_chromium
from warehouse.store import Reader

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=20_000)  # a machine that does much else besides is slow, not wrong


def work_out(reader: Reader) -> None:
    """Work out what some pages otherwise say is being worked out."""
    known(reader, patience=600.0)
    for answer in (drivers, steering, planning):
        answer(reader)


@contextmanager
def serving(reader: Reader) -> Iterator[str]:
    """Serve a dashboard on a free port; gives its address."""
    server = waitress.create_server(
        create_app(reader).server, host="127.0.0.1", port=0, threads=8, ident=None
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)


@pytest.fixture(scope="session")
def town_reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    reader = town(tmp_path_factory.mktemp("town"))
    work_out(reader)
    return reader


@pytest.fixture(scope="session")
def site(town_reader: Reader) -> Iterator[str]:
    with serving(town_reader) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


class Watched:
    """A page, and everything it said or asked for that it should not have.

    Args:
        context: of the browser.
        home: the address that it may ask things of.
    """

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.page: Page = context.new_page()
        self.home = home
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", self._see)

    def _hear(self, message: object) -> None:
        if message.type in {"error", "warning"}:  # type: ignore[attr-defined]
            self.complaints.append(message.text)  # type: ignore[attr-defined]

    def _see(self, request: object) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):  # type: ignore[attr-defined]
            self.foreign.append(request.url)  # type: ignore[attr-defined]

    def open(self, path: str) -> Page:
        """Go to a path and wait until the page and its charts are drawn."""
        self.page.goto(self.home + path)
        return self.drawn()

    def drawn(self) -> Page:
        """Wait until what was asked for is drawn."""
        self.page.locator("#content h1").first.wait_for()
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator("#content .dash-graph:not(:has(.main-svg))")).to_have_count(0)
        return self.page


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A context per width, kept so that the browser's cache holds scripts between tests."""
    sizes = {"wide": (1440, 900), "narrow": (390, 844)}
    found = {
        name: browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        for name, (width, height) in sizes.items()
    }
    yield found
    for context in found.values():
        context.close()


@pytest.fixture
def wide(contexts: dict[str, BrowserContext], site: str) -> Iterator[Watched]:
    """A page of 1440 pixels wide."""
    watched = Watched(contexts["wide"], site)
    yield watched
    watched.page.close()


@pytest.fixture
def narrow(contexts: dict[str, BrowserContext], site: str) -> Iterator[Watched]:
    """A page of 390 pixels wide."""
    watched = Watched(contexts["narrow"], site)
    yield watched
    watched.page.close()


@pytest.fixture
def empty_store(tmp_path: Path) -> Path:
    return tmp_path / "nothing"
