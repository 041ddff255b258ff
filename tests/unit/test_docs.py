"""The documentation is true: pages are current, everything is named, links lead somewhere."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from analytics.metrics import METRICS
from benchmarks.redaction import table
from etl.configuration import make_settings
from etl.presets.describe import PAGES as PRESET_PAGES
from etl.rejects import REASONS
from samenspel.cli import app
from warehouse import describe
from warehouse.accounts import FORGOTTEN_FIELDS
from warehouse.contact import BUILT_IN_CHANNELS, DERIVED_FIELDS, KEY_FIELD, LOADED_FIELDS
from warehouse.settings import Settings, SourceSettings, parse_settings

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
TOML_BLOCK = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _pages(repository: Path) -> list[Path]:
    return sorted([*repository.glob("*.md"), *(repository / "docs").rglob("*.md")])


def _anchor(heading: str) -> str:
    words = re.sub(r"[^\w\- ]", "", heading.lower())
    return words.strip().replace(" ", "-")


def test_the_generated_pages_are_current(repository: Path) -> None:
    assert describe.stale_pages(repository / "docs") == [], "run `make docs`"


def test_a_stale_page_is_noticed_and_mended(tmp_path: Path) -> None:
    assert describe.main([], tmp_path) == 0
    page = tmp_path / "settings.md"
    page.write_text(page.read_text().replace("window_days", "window_weeks"))
    assert describe.stale_pages(tmp_path) == ["settings.md"]
    assert describe.main(["--check"], tmp_path) == 1
    assert describe.stale_pages(tmp_path) == ["settings.md"]
    assert describe.main([], tmp_path) == 0
    assert describe.main(["--check"], tmp_path) == 0


@pytest.mark.parametrize(
    ("place", "type_text", "default"),
    [
        ("window_days", "whole number, 1 to 30", "`7`"),
        ("header", "`true` or `false`", "`true`"),
        ("key_file", "path", "none"),
        (
            "kind",
            ", ".join(
                f"`{kind}`" for kind in get_args(SourceSettings.model_fields["kind"].annotation)
            ),
            "*required*",
        ),
        ("language", "`nl`, `en`", "`nl`"),
        ("contact_id", "string", None),
    ],
)
def test_a_setting_shows_type_and_default(place: str, type_text: str, default: str | None) -> None:
    page = describe.settings_page() if default else describe.dictionary_page()
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{place}` |"))
    cells = [cell.strip() for cell in row.strip("|").split(" | ")]
    assert cells[1] == type_text
    assert default is None or cells[2] == default


def test_every_setting_is_on_the_page() -> None:
    def names(model: type, seen: set[type]) -> set[str]:
        found = set()
        for name, field in model.model_fields.items():  # type: ignore[attr-defined]
            found.add(name)
            for inner in _models_in(field.annotation):
                if inner not in seen:
                    found |= names(inner, {*seen, inner})
        return found

    wanted = names(Settings, {Settings})
    shown = set(re.findall(r"^\| `(\w+)` \|", describe.settings_page(), re.MULTILINE))
    assert shown == wanted
    assert {name.rsplit(".", 1)[-1] for name in describe.setting_names()} == wanted


def _models_in(annotation: object) -> set[type]:
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return {annotation}
    return set().union(*(_models_in(part) for part in get_args(annotation)))


def test_the_example_is_a_valid_configuration_and_uses_every_table() -> None:
    settings = parse_settings(tomllib.loads(describe.EXAMPLE))
    used = set(tomllib.loads(describe.EXAMPLE))
    tables = {
        name for name in Settings.model_fields if name not in {"language", "timezone", "quality"}
    }
    assert used == tables
    assert len(settings.source) == 2


def test_every_column_of_the_contact_is_in_the_dictionary() -> None:
    page = describe.dictionary_page()
    for field in (KEY_FIELD, *LOADED_FIELDS, *DERIVED_FIELDS):
        assert f"| `{field.name}` |" in page
        assert field.description in page
    for channel in BUILT_IN_CHANNELS.values():
        assert f"| `{channel.key}` | {channel.name_nl} | {channel.name_en} |" in page


def test_internal_links_resolve(repository: Path) -> None:
    broken = []
    for page in _pages(repository):
        text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
        for link in LINK.findall(text):
            if "://" in link or link.startswith("mailto:"):
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists():
                broken.append(f"{page.name}: {link}")
            elif anchor and anchor not in map(_anchor, HEADING.findall(target.read_text())):
                broken.append(f"{page.name}: {link} (no such heading)")
    assert broken == []


def test_every_toml_example_is_a_valid_configuration(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "kanalen.csv").write_text("naam;kanaal\n", encoding="utf-8")
    (tmp_path / "diensten.csv").write_text("bron;waarde;dienst\n", encoding="utf-8")
    for page in _pages(repository):
        for block in TOML_BLOCK.findall(page.read_text(encoding="utf-8")):
            make_settings(tomllib.loads(block), tmp_path, where=page.name)


def test_the_page_of_presets_is_current(repository: Path) -> None:
    assert describe.stale_pages(repository / "docs", PRESET_PAGES) == [], "run `make docs`"


def test_every_reason_of_a_refusal_is_explained(repository: Path) -> None:
    page = (repository / "docs" / "own-data.md").read_text(encoding="utf-8")
    for dutch, _ in REASONS.values():
        assert f"| {dutch} |" in page


def test_every_message_in_the_table_is_one_the_program_gives(repository: Path) -> None:
    """A remedy for a message that no longer exists helps nobody."""
    page = (repository / "docs" / "own-data.md").read_text(encoding="utf-8")
    table = page.split("## Als het laden stopt")[1].split("\n## ")[0]
    messages = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert len(messages) > 10
    packages = ("warehouse", "etl", "samenspel")
    code = "".join(
        file.read_text() for name in packages for file in (repository / name).rglob("*.py")
    )
    for message in messages:
        fixed = message.replace("[source.columns]", "").strip("… ")
        fixed = fixed.removesuffix("started_at").strip()
        assert fixed in code, message


def test_every_command_is_in_the_documentation(repository: Path) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in _pages(repository))
    commands = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert len(commands) > 5
    for command in commands:
        assert f"samenspel {command}" in text, command


def test_the_privacy_page_tells_of_every_field_that_is_stored(repository: Path) -> None:
    page = (repository / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| ([^|]*) \|$", page, re.MULTILINE))
    stored = {field.name: field for field in (KEY_FIELD, *LOADED_FIELDS, *FORGOTTEN_FIELDS)}
    personal = {field.name: field for field in DERIVED_FIELDS if field.is_personal}
    assert set(rows) == set(stored) | set(personal)
    for name, field in {**stored, **personal}.items():
        assert rows[name].startswith("**ja**") == field.is_personal, name


def test_the_privacy_page_has_the_figures_that_are_measured(repository: Path) -> None:
    page = (repository / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert table() in page, "run `python -m benchmarks.redaction --table`"


def test_every_metric_is_in_the_documentation(repository: Path) -> None:
    page = (repository / "docs" / "metrics.md").read_text(encoding="utf-8")
    for metric in METRICS.values():
        assert metric.key in page
        assert metric.name_nl in page
