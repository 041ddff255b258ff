"""KISS's management information, joined to the contacts of Open Klant."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import etl.load
from etl.check import check_source
from etl.remote.reading import Asking
from tests.loading import KEY, counts, derive_nothing
from tests.servers.bench import TOKENS, ApiBench, key_of
from tests.servers.server import ApiServer, kiss, open_klant
from tests.servers.world import LAST_MOMENT, RESULTS, World, make_world
from warehouse.errors import ConfigurationError
from warehouse.settings import parse_settings

DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world(0)


@pytest.fixture
def bench(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiBench]:
    derive_nothing(monkeypatch)
    with ApiServer(open_klant(world)) as klant, ApiServer(kiss(world)) as details:
        yield ApiBench(tmp_path, klant, details)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def test_a_contact_with_its_details(bench: ApiBench, world: World) -> None:
    contact = world.contact(
        LAST_MOMENT, subject="Paspoort (over Verzonnen Naam)", hadBetrokkenActoren=[]
    )
    plain = world.contact(LAST_MOMENT - DAY)
    world.details.append(
        {
            "id": f"https://openklant.example/klantinteracties/api/v1/klantcontacten/{contact['uuid']}",
            "startdatum": "2025-03-31T17:52:30.1234567+02:00",
            "einddatum": "2025-03-31T16:00:00.1234567+00:00",
            "gespreksresultaat": "Doorverbonden naar afdeling",
            "vraag": "Paspoort of ID-kaart",
            "specifiekeVraag": "over Verzonnen Naam",
            "emailadresKcm": "KCM4@gemeente.example",
            "verantwoordelijkeAfdeling": "Burgerzaken",
            "gespreksId": "5f0d6f0e-0000-4000-8000-000000000001",
            "bronnen": [
                {"soort": "kennisartikel", "titel": "Paspoort", "url": "https://x.example"}
            ],
        }
    )
    report = bench.load()
    assert [counts(account) for account in report.files] == [(2, 2, 0, 0), (1, 0, 1, 0)]
    rows = bench.rows(
        "started_at", "ended_at", "handle_seconds", "topic", "outcome", "reason", "department",
        "conversation", "agent_key",
    )  # fmt: skip
    assert rows[contact["uuid"]] == (
        _naive(LAST_MOMENT) - timedelta(minutes=7, seconds=30) + timedelta(microseconds=123456),
        _naive(LAST_MOMENT) + timedelta(microseconds=123456),
        450.0,
        "Paspoort of ID-kaart",
        "forwarded",
        "Doorverbonden naar afdeling",
        "Burgerzaken",
        "5f0d6f0e-0000-4000-8000-000000000001",
        key_of("agent", "kcm4@gemeente.example"),
    )
    assert rows[plain["uuid"]][:3] == (_naive(LAST_MOMENT - DAY), None, None)
    assert b"Verzonnen Naam" not in (bench.store.current_file() or Path()).read_bytes()


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("Zelfstandig afgehandeld", "resolved"),
        ("Afgehandeld na ruggespraak", "resolved"),
        ("Doorverbonden naar collega", "forwarded"),
        ("Verwezen naar ander instantie", "forwarded"),
        ("Verbinding verbroken", "abandoned"),
        ("Contactverzoek gemaakt", "callback"),
        ("Onbekend", "unknown"),
        ("Door de gemeente zelf bedacht", "unknown"),
        (None, "unknown"),
    ],
)
def test_what_a_result_means(
    bench: ApiBench, world: World, result: str | None, outcome: str
) -> None:
    world.detail(world.contact(LAST_MOMENT), 60, gespreksresultaat=result)
    bench.load()
    assert bench.values("outcome", "reason") == [(outcome, result)]


def test_a_municipality_may_say_what_its_results_mean(bench: ApiBench, world: World) -> None:
    for result in ("Warm overgedragen", "Verbinding verbroken"):
        world.detail(world.contact(LAST_MOMENT), 60, gespreksresultaat=result)
    outcome = {"column": "resultaat", "map": {"Warm overgedragen": "forwarded"}}
    bench.load({"columns": {"outcome": outcome}})
    assert sorted(bench.values("outcome")) == ["abandoned", "forwarded"]


def test_a_task_or_a_case_speaks_where_the_result_is_silent(bench: ApiBench, world: World) -> None:
    asked, case, solved = (world.contact(LAST_MOMENT) for _ in range(3))
    world.task(asked)
    for contact in (case, solved):
        world.object(contact)
    for contact, result in (
        (asked, "Zelfstandig afgehandeld"),
        (case, "Onbekend"),
        (solved, "Zelfstandig afgehandeld"),
    ):
        world.detail(contact, 60, gespreksresultaat=result)
    bench.load()
    assert bench.rows("outcome") == {
        asked["uuid"]: "callback",
        case["uuid"]: "case_opened",
        solved["uuid"]: "resolved",
    }


def test_a_detail_without_contact_is_refused_once(bench: ApiBench, world: World) -> None:
    contact = world.contact(LAST_MOMENT)
    for one in (contact, {**contact, "url": "https://elders.example/iets"}):
        world.detail(one, 60)
    report = bench.load()
    assert counts(report.files[1]) == (2, 0, 1, 1)
    assert [reject[1:] for reject in bench.rejects()] == [("id", "no_such_contact")]
    again = bench.load()
    assert (counts(again.files[1]), again.is_published) == ((2, 0, 1, 1), False)


def test_a_conversation_that_ends_before_it_starts_is_refused(
    bench: ApiBench, world: World
) -> None:
    world.detail(world.contact(LAST_MOMENT), -60)
    assert counts(bench.load().files[0]) == (1, 0, 0, 1)


def test_details_that_come_later_complete_the_contact(bench: ApiBench, world: World) -> None:
    contact = world.contact(LAST_MOMENT)
    bench.load()
    world.detail(contact, 90)
    report = bench.load()
    assert report.files[0].changed_count == 1
    assert [account.file_name for account in report.files] == [
        "klantcontacten (sinds 2025-03-24)",
        "contactmomentendetails (sinds 2025-03-24)",
    ]
    assert bench.values("handle_seconds") == [90.0]
    booked = bench.table("select loaded_count, removed_count from load_file order by file_key")
    assert booked.values.tolist() == [[1, 1], [0, 0], [1, 0], [0, 0]]


def test_kiss_that_is_configured_later_is_read_whole(bench: ApiBench, world: World) -> None:
    for days in range(40):
        world.detail(world.contact(LAST_MOMENT - days * DAY), 100 + days)
    details, bench.kiss = bench.kiss, None
    bench.load()
    assert set(bench.values("handle_seconds")) == {None}
    bench.kiss = details
    assert bench.load().files[0].changed_count == 40
    assert sorted(bench.values("handle_seconds")) == [100.0 + days for days in range(40)]


def test_thousands_of_details_come_in_pages_of_five_thousand(bench: ApiBench, world: World) -> None:
    world.lists = (made := make_world(6_000)).lists
    for place, contact in enumerate(world.lists["klantcontacten"]):
        made.detail(contact, 30 + place % 500, gespreksresultaat=RESULTS[place % 3])
    world.details = made.details
    report = bench.load()
    assert counts(report.files[1]) == (6_000, 0, 6_000, 0)
    assert bench.kiss is not None
    assert [query["page"] for _, query in bench.kiss.requests] == ["1", "2"]
    assert bench.kiss.requests[0][1] == {
        "from": "1970-01-01T00:00:00Z",
        "to": "2099-12-31T23:59:59Z",
        "pageSize": "5000",
        "page": "1",
    }
    (total,) = bench.table("select sum(handle_seconds) from loaded_contact").loc[0]
    assert total == sum(30 + place % 500 for place in range(6_000))


def test_details_from_before_what_is_read_are_left_alone(bench: ApiBench, world: World) -> None:
    """KISS is asked a day further back: a conversation begins before it is written."""
    for days in range(10):
        world.detail(world.contact(LAST_MOMENT - days * DAY), 60)
    not_before = _naive(LAST_MOMENT - 5 * DAY)
    report = bench.load(not_before=not_before)
    assert [counts(account) for account in report.files] == [(6, 6, 0, 0), (6, 0, 6, 0)]
    assert set(bench.values("handle_seconds")) == {60.0}


def test_naming_one_of_the_two_sources_reads_both(bench: ApiBench, world: World) -> None:
    world.detail(world.contact(LAST_MOMENT), 60)
    for name in ("klant", "kiss"):
        report = etl.load.load(
            bench.settings(),
            bench.folder / name,
            bench.store,
            key=KEY,
            sources=[name],
            asking=Asking(environ=TOKENS),
        )
        assert [account.source for account in report.files] == ["klant", "kiss"]


@pytest.mark.parametrize("secret", ["", "another secret of thirty-two bytes or so"])
def test_a_secret_that_is_missing_or_wrong(bench: ApiBench, secret: str) -> None:
    with pytest.raises(ConfigurationError, match=r"MANAGEMENTINFORMATIE_API_KEY|\(401\)"):
        bench.load(environ=TOKENS | {"MANAGEMENTINFORMATIE_API_KEY": secret})


def test_the_check_says_how_many_there_are(bench: ApiBench, world: World) -> None:
    world.detail(world.contact(LAST_MOMENT), 60)
    source = bench.settings().source[1]
    assert check_source(source, bench.folder, TOKENS) == (
        "the API answers: contactmomentendetails 1"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"contacts": "elders"}, "names elders as its contacts, but there is no such"),
        ({"contacts": None}, "kind kiss needs `contacts`"),
        ({"columns": {"topic": "vraag"}}, "give the columns at the source of the contacts, klant"),
        ({"path": "x.csv"}, "kind kiss has no `path`"),
        ({"url": None}, "kind kiss needs `url`"),
        ({"url": "ftp://kiss.example"}, "give an address such as https://"),
        ({"url": "https://name:secret@kiss.example"}, "holds no name or password"),
        ({"client_id": "x"}, "kind kiss has no `client_id`"),
        ({"page_size": 5001}, "less than or equal to 5000"),
    ],
)
def test_settings_that_do_not_fit(bench: ApiBench, change: dict[str, Any], message: str) -> None:
    plain = {"name": "kiss", "kind": "kiss", "url": "https://kiss.example", "contacts": "klant"}
    changed = {name: value for name, value in (plain | change).items() if value is not None}
    bench.kiss = None
    with pytest.raises(ConfigurationError) as raised:
        bench.settings({}, changed)
    assert message in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"kind": "csv", "path": "a.csv", "url": "https://a.example"}, "csv has no `url`"),
        ({"kind": "csv"}, "kind csv needs `path`"),
        ({"kind": "openklant"}, "kind openklant needs `url`"),
        (
            {"kind": "openklant", "url": "https://a.example", "contacts": "b"},
            "kind openklant has no `contacts`",
        ),
    ],
)
def test_other_kinds_say_what_they_need(source: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse_settings({"source": [{"name": "a"} | source]})
    assert message in str(raised.value)
