"""Answers of a running Open Klant 2.18, served again: our server is like it, and they load."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from tests.servers.bench import ApiBench
from tests.servers.server import TOKEN, ApiServer, open_klant
from tests.servers.world import Record, World, make_world

pytestmark = pytest.mark.shared

FILES = {
    "klantcontacten": "klantcontacten-pageSize-9999",
    "betrokkenen": "betrokkenen-page1",
    "digitaleadressen": "digitaleadressen-page1",
    "partijen": "partijen-page1",
    "partij-identificatoren": "partij-identificatoren-page1",
    "onderwerpobjecten": "onderwerpobjecten-page1",
    "internetaken": "internetaken-page1",
    "actoren": "actoren-page1",
}


@pytest.fixture(scope="module")
def answers(repository: Path) -> dict[str, Any]:
    folder = repository.parent / "shared" / "openklant"
    return {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}


@pytest.fixture(scope="module")
def world(answers: dict[str, Any]) -> World:
    """The real records, in the order in which they were made."""
    world = make_world(0)
    world.lists = {name: answers[file]["results"][::-1] for name, file in FILES.items()}
    return world


@pytest.fixture
def server(world: World) -> Iterator[ApiServer]:
    with ApiServer(open_klant(world)) as server:
        yield server


@pytest.mark.parametrize(
    ("question", "file"),
    [
        ("klantcontacten", "klantcontacten-page1"),
        ("klantcontacten?page=2", "klantcontacten-page2"),
        ("klantcontacten?pageSize=9999", "klantcontacten-pageSize-9999"),
        ("klantcontacten?pageSize=50&page=4", "klantcontacten-pageSize50-page4"),
        ("partijen", "partijen-page1"),
        ("internetaken", "internetaken-page1"),
    ],
)
def test_our_server_answers_as_the_real_one(
    server: ApiServer, answers: dict[str, Any], question: str, file: str
) -> None:
    answer = _ask(server, question)
    real = answers[file]
    assert (answer["count"], answer["results"]) == (real["count"], real["results"])
    for link in ("next", "previous"):
        assert _question(answer[link]) == _question(real[link])


@pytest.mark.parametrize(
    ("question", "token", "file"),
    [
        ("klantcontacten", None, "error-401-no-token"),
        ("klantcontacten", "Token wrong", "error-401-bad-token"),
        ("klantcontacten?page=99", f"Token {TOKEN}", "error-404-page"),
        (
            "klantcontacten?plaatsgevondenOp__gte=2026-01-01",
            f"Token {TOKEN}",
            "error-400-unknown-filter",
        ),
    ],
)
def test_our_server_refuses_as_the_real_one(
    server: ApiServer, answers: dict[str, Any], question: str, token: str | None, file: str
) -> None:
    answer, real = _ask(server, question, token), answers[file]
    assert [answer[key] for key in ("code", "status", "title")] == [
        real[key] for key in ("code", "status", "title")
    ]


def _ask(server: ApiServer, question: str, token: str | None = f"Token {TOKEN}") -> Any:
    return requests.get(
        f"{server.address}/klantinteracties/api/v1/{question}",
        headers={"Authorization": token} if token else {},
        timeout=10,
    ).json()


def _question(link: str | None) -> tuple[str, dict[str, str]] | None:
    if link is None:
        return None
    parts = urlsplit(link)
    return parts.path, dict(parse_qsl(parts.query))


def test_the_real_answers_load(world: World, server: ApiServer, tmp_path: Path) -> None:
    """Every figure is counted over the JSON itself."""
    bench = ApiBench(tmp_path, server)
    report = bench.load()
    contacts = world.lists["klantcontacten"]
    assert (report.read_count, report.loaded_count) == (len(contacts), len(contacts)) == (200, 200)

    names = {"Telefoon": "phone", "telefoon": "phone", "Contactformulier": "web_form"}
    names |= {"E-mail": "email", "Balie": "counter", "WhatsApp": "whatsapp", "Live chat": "chat"}
    assert _by(bench, "channel") == Counter(names[one["kanaal"]] for one in contacts)

    is_open = {one["uuid"]: not one["vertrouwelijk"] for one in contacts}
    assert _by(bench, "topic") == Counter(
        one["onderwerp"].split(" (")[0] if is_open[one["uuid"]] else None for one in contacts
    )
    tasks = {_uuid(one["aanleidinggevendKlantcontact"]): one for one in world.lists["internetaken"]}
    cases = {_uuid(one["klantcontact"]) for one in world.lists["onderwerpobjecten"]}
    assert _by(bench, "outcome") == Counter(
        "callback" if uuid in tasks else "case_opened" if uuid in cases else "unknown"
        for uuid in is_open
    )
    (done,) = bench.table("select count(callback_done_at) from contact").loc[0]
    assert done == sum(one["afgehandeldOp"] is not None for one in tasks.values()) == 13

    parties = {one["uuid"]: one for one in world.lists["partijen"]}
    known = [
        parties[_uuid(one["wasPartij"])]
        for one in world.lists["betrokkenen"]
        if one["wasPartij"] and is_open[_uuid(one["hadKlantcontact"])]
    ]
    keys = bench.table(
        "select count(party_key), count(distinct party_key), count(bsn_key), count(kvk_key),"
        " count(agent_key) from loaded_contact"
    ).loc[0]
    assert keys.tolist() == [
        len(known),
        len({party["uuid"] for party in known}),
        sum(_has(party, "bsn") for party in known),
        sum(_has(party, "kvk_nummer") for party in known),
        sum(
            is_open[one["uuid"]]
            and any(actor["soortActor"] == "medewerker" for actor in one["hadBetrokkenActoren"])
            for one in contacts
        ),
    ]
    again = bench.load(full=True)
    assert (again.duplicate_count, again.is_published) == (200, False)


def _by(bench: ApiBench, field: str) -> Counter[Any]:
    return Counter(bench.rows(field).values())


def _uuid(reference: Record) -> str:
    return str(reference["uuid"])


def _has(party: Record, sort: str) -> bool:
    return any(
        number["partijIdentificator"]["codeSoortObjectId"] == sort
        for number in party["partijIdentificatoren"]
    )
