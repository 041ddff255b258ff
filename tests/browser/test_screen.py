"""Every page, wide and narrow, in both languages: quiet, accessible, within its width, at home."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from dashboard.pages import PAGES
from dashboard.texts import Texts
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": STANDARDS}}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.fixture(params=["wide", "narrow"])
def watched(request: pytest.FixtureRequest) -> Watched:
    found: Watched = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("key", PAGES)
def test_a_page_is_quiet_accessible_and_asks_nobody_else(
    watched: Watched, key: str, language: str
) -> None:
    page = watched.open(f"{PAGES[key].path}?lang={language}")
    texts = Texts(language)
    assert page.locator("h1").all_inner_texts() == [texts(f"page.{key}.title")]
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title() == f"{texts(f'page.{key}.title')} · {texts('shell.name')}"
    assert violations(page) == []
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], "the page scrolls sideways"
    assert watched.complaints == []
    assert watched.foreign == []
    assert page.evaluate("window.broken") is None


def test_the_narrowest_page_that_the_law_knows_does_not_scroll_sideways(narrow: Watched) -> None:
    """WCAG 2.1, 1.4.10 Reflow: 320 CSS pixels."""
    narrow.page.set_viewport_size({"width": 320, "height": 700})
    for page in PAGES.values():
        shown = narrow.open(page.path)
        assert shown.evaluate("document.documentElement.scrollWidth") <= 320, page.key


def test_what_opens_is_accessible_too(narrow: Watched) -> None:
    page = narrow.open("/herhaalcontacten")
    page.locator("#filters-open").click()
    page.locator("#filter-channel").click()
    assert page.get_by_role("option", name="Telefoon").is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#filter-period").click()
    assert page.get_by_role("button", name="Laatste 12 maanden").is_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")
    page.locator("#filters-open").click()
    page.locator(".behind-table summary").first.click()
    page.locator("details.info summary").first.click()
    assert page.locator(".definitions").first.is_visible()
    assert violations(page) == []


@pytest.mark.parametrize(
    "path",
    [
        "/nergens",
        "/?from=1999-01-01&to=1999-01-31",
        "/kanaalmix?channel=fax&grain=eon&from=never",
        "/kanaalmix?show=counts&visits=yes&grain=week",
        "/herhaalcontacten?service=paspoort&customer_type=business&area=WK990100",
        "/vermijdbare-contacten?from=2025-04-20&to=2025-05-20&grain=day",
    ],
)
def test_odd_views_are_quiet_and_accessible(wide: Watched, path: str) -> None:
    page = wide.open(path)
    assert violations(page) == []
    assert wide.complaints == []


def test_names_from_logs_are_seen_as_text(wide: Watched) -> None:
    page = wide.open("/kanaalmix")
    assert page.get_by_text("<script>window.broken").first.is_visible()
    page.locator(".behind-table summary").nth(2).click()
    assert page.locator("td, th").filter(has_text="<script>").first.is_visible()
    page.locator("#filter-service").click()
    assert page.get_by_role("option").filter(has_text="<script>").is_visible()
    assert page.evaluate("window.broken") is None
    assert page.locator("#content script, #content img[onerror]").count() == 0


def test_every_chart_has_a_title_a_finding_a_table_and_a_download(wide: Watched) -> None:
    for key, page in PAGES.items():
        shown = wide.open(page.path)
        blocks = shown.locator("section.block").all()
        assert len(blocks) >= (2 if key == "goals" else 4), key
        for block in blocks:
            assert block.locator("h2").inner_text().strip()
            finding = block.locator(".finding").inner_text().strip()
            assert finding.endswith(".")
            assert block.locator("table.data thead").count() >= 1
            link = block.locator("a.download").get_attribute("href")
            answer = shown.request.get(wide.home + str(link))
            assert answer.status == 200
            assert answer.headers["content-type"].startswith("text/csv")
            for picture in block.locator(".chart").all():
                assert finding in str(picture.get_attribute("aria-label"))
