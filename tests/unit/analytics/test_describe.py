"""The page of metrics is made from the registry, and current."""

import re
from pathlib import Path

from analytics import describe
from analytics.dimensions import DIMENSIONS
from analytics.metrics import METRICS
from warehouse.describe import stale_pages
from warehouse.settings import AVOIDABLE_CATEGORIES


def test_the_page_is_current(repository: Path) -> None:
    assert stale_pages(repository / "docs", describe.PAGES) == [], "run `make docs`"


def test_every_metric_has_its_section_once() -> None:
    headings = re.findall(r"^### (\w+)$", describe.metrics_page(), re.MULTILINE)
    assert sorted(headings) == sorted(METRICS)


def test_a_section_tells_all_of_a_metric() -> None:
    page = describe.metrics_page()
    for metric in METRICS.values():
        section = page.split(f"### {metric.key}\n")[1].split("\n## ")[0].split("\n### ")[0]
        for text in (
            metric.name_nl,
            metric.name_en,
            metric.description_nl,
            metric.description_en,
            metric.caveat_nl,
            metric.caveat_en,
            metric.source,
            metric.unit,
        ):
            assert text in section
        assert "Example" in section, metric.key
        assert "| why |" in section


def test_every_category_and_dimension_is_explained() -> None:
    page = describe.metrics_page()
    for key in (*AVOIDABLE_CATEGORIES, *DIMENSIONS):
        assert f"| `{key}` |" in page


def test_settings_of_an_example_are_shown() -> None:
    assert '`repeat.subject = "any"`' in describe.metrics_page()
    assert "`cost.counter.rate_per_hour = 60.0`" in describe.metrics_page()
