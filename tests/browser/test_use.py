"""How the dashboard is used: links, filters, the back button, the keyboard, two readers at once."""

from datetime import date
from math import isnan
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.query import Selection, measure
from dashboard.numbers import count_text, share_text
from tests.browser.conftest import Watched, serving
from tests.browser.town import town
from warehouse.store import Reader, Store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MONTH = "from=2025-02-01&to=2025-02-28"
FEBRUARY = (date(2025, 2, 1), date(2025, 2, 28))


def card(page: Page, metric: str) -> str:
    return page.locator(f"section[aria-labelledby='card-{metric}'] .card-value").inner_text()


def expected(reader: Reader, metric: str, **where: tuple[str, ...]) -> float:
    frame = measure(reader, [metric], selection=Selection(*FEBRUARY, where))
    return float(frame["value"].iloc[0])


def test_a_link_reopens_the_same_view(wide: Watched, town_reader: Reader) -> None:
    link = "/?from=2024-01-01&to=2025-04-30&channel=phone&service=paspoort"
    page = wide.open(link)
    where = {"channel": ("phone",), "service": ("paspoort",)}
    whole = Selection(date(2024, 1, 1), date(2025, 4, 30), where)
    contacts, repeats = measure(town_reader, ["contacts", "repeat_share"], selection=whole)["value"]
    assert card(page, "contacts") == count_text(contacts, "nl")
    assert card(page, "repeat_share") == share_text(repeats, "nl")
    pills = page.locator("#filters .mantine-Pill-label").all_inner_texts()
    assert pills == ["Telefoon", "Paspoort"]
    assert page.url.endswith("channel=phone&service=paspoort")


def test_a_filter_changes_the_figures_the_address_and_is_undone_by_going_back(
    wide: Watched, town_reader: Reader
) -> None:
    page = wide.open(f"/?{MONTH}")
    everything = card(page, "contacts")
    assert everything == count_text(expected(town_reader, "contacts"), "nl")
    page.locator("#filter-channel").click()
    page.get_by_role("option", name="Telefoon").click()
    page.keyboard.press("Escape")
    phone = count_text(expected(town_reader, "contacts", channel=("phone",)), "nl")
    shown = page.locator("section[aria-labelledby='card-contacts'] .card-value")
    expect(shown).to_have_text(phone)
    assert "channel=phone" in page.url
    page.go_back()
    expect(shown).to_have_text(everything)
    expect(page.locator("#filters .mantine-Pill-label")).to_have_count(0)
    page.go_forward()
    expect(shown).to_have_text(phone)
    expect(page.locator("#filters .mantine-Pill-label")).to_have_text(["Telefoon"])


def test_going_back_and_forth_in_haste_ends_where_the_reader_ends(
    wide: Watched, town_reader: Reader
) -> None:
    page = wide.open(f"/?{MONTH}")
    page.locator("#filter-channel").click()
    page.get_by_role("option", name="Telefoon").click()
    page.keyboard.press("Escape")
    expect(page.locator("#filters .mantine-Pill-label")).to_have_count(1)
    page.wait_for_url("**channel=phone")
    phone = count_text(expected(town_reader, "contacts", channel=("phone",)), "nl")
    shown = page.locator("section[aria-labelledby='card-contacts'] .card-value")
    expect(shown).to_have_text(phone)
    for _ in range(3):
        page.go_back()
        page.wait_for_timeout(40)
        page.go_forward()
    wide.drawn()
    page.wait_for_timeout(1000)
    assert page.url.endswith("channel=phone")
    expect(shown).to_have_text(phone)
    expect(page.locator("#filters .mantine-Pill-label")).to_have_text(["Telefoon"])


def test_the_chart_shows_what_is_measured(wide: Watched, town_reader: Reader) -> None:
    page = wide.open("/herhaalcontacten?from=2025-01-01&to=2025-03-31&area=WK990100")
    drawn = page.evaluate(
        "Array.from(document.querySelector("
        "'#graph-repeats-by-service .js-plotly-plot')._fullData[0].x)"
    )
    frame = measure(
        town_reader,
        ["repeat_share"],
        by=["service"],
        selection=Selection(date(2025, 1, 1), date(2025, 3, 31), {"area": ("WK990100",)}),
    )
    known = sorted(frame["value"].dropna(), reverse=True)
    assert 0 < len(known) < len(drawn), "some are suppressed, and not drawn"
    assert [value for value in drawn if value and not isnan(value)] == pytest.approx(
        [value for value in known if value]
    )


def test_going_to_another_page_keeps_filters_and_language(wide: Watched) -> None:
    page = wide.open(f"/?{MONTH}&channel=chat&lang=en")
    page.get_by_role("link", name="Repeat contacts", exact=True).click()
    expect(page.locator("h1")).to_have_text("Repeat contacts")
    assert page.url.endswith(f"/herhaalcontacten?{MONTH}&channel=chat&lang=en")
    assert page.evaluate("document.activeElement.id") == "content"
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator(".page-period")).to_have_text("April 2025")
    assert page.url.endswith("/herhaalcontacten?lang=en")


def test_a_named_period_can_be_picked(wide: Watched) -> None:
    page = wide.open("/")
    expect(page.locator(".page-period")).to_have_text("april 2025")
    page.locator("#filter-period").click()
    page.get_by_role("button", name="Vorig kwartaal").click()
    expect(page.locator(".page-period")).to_have_text("K1 2025")
    assert "from=2025-01-01&to=2025-03-31" in page.url


def test_all_of_it_works_by_keyboard(wide: Watched) -> None:
    page = wide.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#content') !== null")
    page.keyboard.press("Enter")
    assert page.locator("details.info[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.info[open]").count() == 0
    summary = page.locator(".behind-table summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".behind-table table").first.is_visible()
    page.locator("#filter-channel").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#filters .mantine-Pill-label")).to_have_count(1)
    page.get_by_role("link", name="Datakwaliteit").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Datakwaliteit")


def test_focus_can_always_be_seen(wide: Watched) -> None:
    page = wide.open("/kanaalmix")
    for _ in range(40):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return [document.activeElement.outerHTML.slice(0, 80), style.outlineStyle,"
            " style.borderColor, style.boxShadow]; })()"
        )
        is_field = "input" in style[0] or "mantine" in style[0]
        assert style[1] != "none" or is_field, style[0]


def test_two_readers_do_not_affect_one_another(browser: Browser, site: str) -> None:
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    one, other = (Watched(context, site) for context in contexts)
    first, second = one.open("/"), other.open("/?lang=en")
    before = card(second, "contacts")
    first.locator("#filter-channel").click()
    first.get_by_role("option", name="Balie").click()
    expect(first.locator("#filters .mantine-Pill-label")).to_have_count(1)
    second.reload()
    other.drawn()
    assert card(second, "contacts") == before
    assert second.locator("#filters .mantine-Pill-label").count() == 0
    assert second.evaluate("document.documentElement.lang") == "en"
    for context in contexts:
        context.close()


def test_an_empty_selection_says_so_and_offers_a_way_out(wide: Watched) -> None:
    page = wide.open("/?from=1999-01-01&to=1999-01-31")
    assert page.get_by_role("heading", name="Geen contacten in deze selectie").is_visible()
    page.locator("#content a.button").click()
    expect(page.locator(".page-period")).to_have_text("april 2025")


def test_a_broken_link_says_what_was_left_out(wide: Watched) -> None:
    page = wide.open("/?channel=fax&lang=en")
    assert "left out: channel." in page.locator(".notice").inner_text()


def test_before_the_first_load_it_says_what_to_do_and_notices_the_load(
    browser: Browser, empty_store: Path
) -> None:
    context = browser.new_context()
    with serving(Reader(Store(empty_store))) as address:
        watched = Watched(context, address)
        page = watched.open("/")
        assert page.locator("h1").inner_text() == "Er is nog niets geladen"
        assert "samenspel load" in page.locator("#content").inner_text()
        town(empty_store)
        page.evaluate("window.dash_clientside.set_props('poll', {n_intervals: 1})")
        expect(page.locator("h1")).to_have_text("Overzicht")
        expect(page.locator("#announcement")).to_contain_text("nieuwe gegevens")
        assert watched.complaints == []
    context.close()


def test_what_was_newly_loaded_is_shown_without_asking(browser: Browser, tmp_path: Path) -> None:
    reader = town(tmp_path)
    context = browser.new_context()
    with serving(reader) as address:
        page = Watched(context, address).open("/?lang=en")
        assert "Proefdam" in page.locator("#header").inner_text()
        town(tmp_path, organisation="Gemeente Nieuwdam")
        page.evaluate("window.dash_clientside.set_props('poll', {n_intervals: 1})")
        expect(page.locator("#header")).to_contain_text("Nieuwdam")
    context.close()
