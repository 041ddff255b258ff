"""docs/bronnen-api.md is true: its examples load as they stand, its names and messages exist."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.load import load
from etl.remote.contacts import RAW_COLUMNS
from etl.remote.reading import Asking
from tests.loading import KEY
from tests.servers.bench import TOKENS
from tests.servers.server import ApiServer, Moments, kiss, moments_api, open_klant
from tests.servers.world import LAST_MOMENT, World, make_world, zulu
from warehouse.settings import parse_settings
from warehouse.store import Reader, Store

ADDRESS = re.compile(r'"https://(\w+)\.example[^"]*"')


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "bronnen-api.md").read_text(encoding="utf-8")


@pytest.fixture
def addresses() -> Iterator[dict[str, str]]:
    """Servers for every address in the examples, each with a contact."""
    world: World = make_world(0)
    contact = world.contact(LAST_MOMENT, "Servicepunt", metadata={"wachttijdSeconden": "20"})
    world.detail(contact, 60, gespreksresultaat="Warm overgedragen")
    plain = world.contact(LAST_MOMENT)
    world.detail(plain, 90)
    moments = Moments()
    moments.add("contactmomenten", registratiedatum=zulu(LAST_MOMENT), kanaal="Balie")
    with (
        ApiServer(open_klant(world)) as klant,
        ApiServer(kiss(world)) as details,
        ApiServer(moments_api(moments)) as older,
    ):
        yield {
            "openklant": klant.address,
            "kiss": details.address,
            "contactmomenten": f"{older.address}/api/v1",
        }


def test_the_examples_load(page: str, addresses: dict[str, str], tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    loaded = []
    for number, block in enumerate(blocks):
        toml = ADDRESS.sub(lambda found: f'"{addresses[found.group(1)]}"', block)
        settings = parse_settings(tomllib.loads(toml))
        store = Store(tmp_path / str(number))
        asking = Asking(environ=TOKENS)
        report = load(settings, tmp_path, store, key=KEY, asking=asking)
        with Reader(store).backend() as backend:
            rows = backend.con.execute(
                "select channel, service, outcome, wait_seconds, handle_seconds from contact"
                " order by channel, outcome"
            ).fetchall()
        loaded.append((report.rejected_count, rows))
    assert loaded == [
        (1, [("phone", None, "unknown", None, None)]),
        (
            0,
            [
                ("counter", "paspoort", "unknown", 20.0, None),
                ("phone", "paspoort", "unknown", None, None),
            ],
        ),
        (1, [("phone", None, "resolved", None, 90.0)]),
        (1, [("phone", None, "resolved", None, 90.0)]),
        (0, [("counter", None, "unknown", None, None)]),
    ]


def test_the_example_of_results_uses_them(page: str, addresses: dict[str, str]) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    settings = parse_settings(tomllib.loads(blocks[3]))
    assert settings.source[0].columns["outcome"].map["Warm overgedragen"] == "forwarded"


def test_every_column_is_named(page: str) -> None:
    (names,) = re.findall(r"De kolommen heten: (.*?)\.\n", page)
    assert set(re.findall(r"`([\w]+)`", names)) == set(RAW_COLUMNS)


def test_every_message_is_one_the_program_gives(page: str, repository: Path) -> None:
    table = page.split("## Als het lezen stopt")[1]
    messages = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert len(messages) > 12
    code = "".join(file.read_text() for file in (repository / "etl" / "remote").glob("*.py"))
    code = re.sub(r'"\s+f?"', "", code).replace("{status}", "…")
    for message in messages:
        for part in message.replace("(401)", "(…)").split("…"):
            assert part.strip(" ,") in code, message
