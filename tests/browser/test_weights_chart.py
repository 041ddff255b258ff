"""The chart of match weights is drawn from its file alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from etl.linking.model import fitted
from tests.crowd_of_records import World

pytestmark = pytest.mark.browser


def test_the_chart_of_weights_is_drawn_without_network(browser: Browser, tmp_path: Path) -> None:
    world = World(5)
    with fitted(world.records, world.known) as model:
        model.write_chart(tmp_path / "weights.html")
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "weights.html").as_uri())
    expect(page.locator("canvas, svg.marks").first).to_be_visible()
    context.close()
    assert [address for address in asked if address.startswith("http")] == []
