"""Open Klant over the network: what a contact becomes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.loading import counts, derive_nothing
from tests.servers.bench import ApiBench, key_of
from tests.servers.server import ApiServer, open_klant
from tests.servers.world import LAST_MOMENT, World, bsn_of, make_world, zulu

DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world(0)


@pytest.fixture
def bench(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiBench]:
    derive_nothing(monkeypatch)
    with ApiServer(open_klant(world)) as server:
        yield ApiBench(tmp_path, server)


def test_every_field_of_a_contact(bench: ApiBench, world: World) -> None:
    person = world.party("persoon", [("bsn", bsn_of(1))])
    contact = world.contact(LAST_MOMENT, "E-mail", "Verhuizing doorgeven (naar Ons Dorp)")
    world.involve(contact, person, addresses=(("email", "Inwoner@voorbeeld.example"),))
    report = bench.load()
    assert counts(report) == (1, 1, 0, 0)
    (row,) = bench.table(
        "select contact_id, source, channel, started_at, ended_at, initiative, customer_type,"
        " service, topic, department, outcome, planned, handle_seconds, conversation, party_key,"
        " bsn_key, kvk_key, phone_key, email_key, agent_key, visitor_key from loaded_contact"
    ).itertuples(index=False)
    assert row[:7] == (
        contact["uuid"],
        "klant",
        "email",
        LAST_MOMENT.replace(tzinfo=None),
        row.ended_at,
        "inbound",
        "citizen",
    )
    assert (row.topic, row.outcome, row.planned) == ("Verhuizing doorgeven", "unknown", False)
    assert row.party_key == key_of("party", person["uuid"])
    assert row.bsn_key == key_of("bsn", bsn_of(1))
    assert row.email_key == key_of("email", "inwoner@voorbeeld.example")
    assert row.agent_key == key_of("agent", "kcm1@gemeente.example")
    nulls = bench.values(
        "ended_at", "service", "department", "handle_seconds", "conversation", "kvk_key"
    )
    assert nulls == [(None,) * 6]


@pytest.mark.parametrize(
    ("channel", "key"),
    [
        ("Telefoon", "phone"),
        ("telefoon", "phone"),
        ("E-mail", "email"),
        ("email", "email"),
        ("Contactformulier", "web_form"),
        ("Twitter", "social"),
        ("Live chat", "chat"),
        ("LIVE CHAT", "chat"),
        ("WhatsApp", "whatsapp"),
        ("Balie", "counter"),
    ],
)
def test_the_usual_names_of_channels_are_known(
    bench: ApiBench, world: World, channel: str, key: str
) -> None:
    world.contact(LAST_MOMENT, channel)
    bench.load()
    assert bench.values("channel") == [key]


def test_an_unknown_channel_is_refused_until_it_is_mapped(bench: ApiBench, world: World) -> None:
    odd = world.contact(LAST_MOMENT, "Postduif")
    world.contact(LAST_MOMENT)
    assert counts(bench.load()) == (2, 1, 0, 1)
    assert [reject[1:] for reject in bench.rejects()] == [("kanaal", "unknown_channel")]
    again = bench.load()
    assert (counts(again), again.is_published) == ((2, 0, 1, 1), False)
    mapped = {"columns": {"channel": {"column": "kanaal", "map": {"Postduif": "post"}}}}
    assert counts(bench.load(mapped)) == (2, 1, 1, 0)
    assert bench.rows("channel")[odd["uuid"]] == "post"


def test_a_branch_is_known_by_the_company_it_belongs_to(bench: ApiBench, world: World) -> None:
    head = world.party("organisatie", [("kvk_nummer", "99990001")])
    branch = world.party("organisatie", [("vestigingsnummer", "990000000001")])
    number = branch["partijIdentificatoren"][0]
    above = head["partijIdentificatoren"][0]["uuid"]
    world.lists["partijen"].remove(head)
    number["subIdentificatorVan"] = world.reference("partij-identificatoren", above)
    contact = world.contact(LAST_MOMENT)
    world.involve(contact, branch)
    bench.load()
    assert bench.values("kvk_key", "customer_type") == [(key_of("kvk", "99990001"), "business")]
    assert bench.server.count("partij-identificatoren") == 1, (
        "the head was not on a page that was read"
    )


def test_confidential_contacts_are_counted_and_nothing_more(bench: ApiBench, world: World) -> None:
    person = world.party("persoon", [("bsn", bsn_of(1))])
    contact = world.contact(
        LAST_MOMENT, subject="Wmo", vertrouwelijk=True, metadata={"onderwerp": "Wmo"}
    )
    world.involve(contact, person, addresses=(("telefoonnummer", "0600000001"),))
    columns = {"columns": {"service": "metadata.onderwerp"}}
    hidden = ("topic", "service", "party_key", "bsn_key", "phone_key", "agent_key")
    bench.load(columns)
    assert bench.values("channel", *hidden) == [("phone", *(None for _ in hidden))]
    bench.load(columns | {"confidential": "whole"})
    (whole,) = bench.values(*hidden)
    assert None not in whole


def test_a_party_that_asked_for_secrecy_is_nobody(bench: ApiBench, world: World) -> None:
    secret = world.party("persoon", [("bsn", bsn_of(1))], is_secret=True)
    contact = world.contact(LAST_MOMENT, subject="Wmo")
    world.involve(contact, secret, addresses=(("email", "a@voorbeeld.example"),))
    bench.load()
    assert bench.values("topic", "party_key", "bsn_key", "email_key") == [("Wmo", None, None, None)]


def test_a_party_that_cannot_be_read_may_have_asked_for_secrecy(
    bench: ApiBench, world: World
) -> None:
    person = world.party("persoon", [("bsn", bsn_of(1))])
    world.involve(world.contact(LAST_MOMENT), person, addresses=(("email", "a@voorbeeld.example"),))
    world.lists["partijen"].clear()
    bench.load()
    assert bench.values("party_key", "bsn_key", "email_key") == [(None, None, None)]


def test_the_customer_goes_before_whoever_speaks_for_him(bench: ApiBench, world: World) -> None:
    mother, son = (world.party("persoon", [("bsn", bsn_of(n))]) for n in (1, 2))
    contact = world.contact(LAST_MOMENT)
    world.involve(contact, son, role="vertegenwoordiger")
    world.involve(contact, mother, initiator=False)
    bench.load()
    assert bench.values("bsn_key", "initiative") == [(key_of("bsn", bsn_of(1)), "inbound")]


def test_a_task_is_a_call_back_and_a_case_was_opened(bench: ApiBench, world: World) -> None:
    done_at = LAST_MOMENT + timedelta(hours=20, microseconds=352931)
    promised, kept, case, plain = (world.contact(LAST_MOMENT) for _ in range(4))
    world.task(promised)
    world.task(kept, done_at)
    world.object(case)
    bench.load()
    rows = bench.rows("outcome", "callback_done_at", "callback_due_at")
    assert rows == {
        promised["uuid"]: ("callback", None, None),
        kept["uuid"]: ("callback", done_at.replace(tzinfo=None), None),
        case["uuid"]: ("case_opened", None, None),
        plain["uuid"]: ("unknown", None, None),
    }


def test_the_call_back_itself_was_agreed_beforehand(bench: ApiBench, world: World) -> None:
    """Also where the contact that asked for it lies before what is read."""
    asked = world.contact(LAST_MOMENT - 30 * DAY)
    world.task(asked)
    world.contact(LAST_MOMENT)
    bench.load()
    back, complaint = world.contact(LAST_MOMENT), world.contact(LAST_MOMENT)
    for contact, initiator in ((back, False), (complaint, True)):
        world.involve(contact, None, initiator=initiator)
        world.object(contact, asked)
    bench.load()
    planned = bench.rows("planned")
    assert (planned[back["uuid"]], planned[complaint["uuid"]]) == (True, False)
    assert bench.server.count(asked["uuid"]) == 1
    unchanged = bench.load(full=True)
    assert (unchanged.duplicate_count, unchanged.is_published) == (4, False)


def test_unknown_and_missing_keys_do_not_matter(bench: ApiBench, world: World) -> None:
    """An older version lacks keys; a newer one has more."""
    person = world.party("persoon", [("bsn", bsn_of(1))])
    contact = world.contact(LAST_MOMENT)
    world.involve(contact, person)
    world.task(contact)
    for key in ("metadata", "hadBetrokkenen", "leiddeTotInterneTaken", "taal", "vertrouwelijk"):
        del contact[key]
    contact["sterrenbeeld"] = {"naam": "Ram"}
    numbers = person["partijIdentificatoren"]
    person["partijIdentificatoren"] = [{"uuid": n["uuid"], "url": n["url"]} for n in numbers]
    contact["hadBetrokkenActoren"][0] = world.add(
        "actoren", soortActor="medewerker", actoridentificator={"objectId": "kcm7@gemeente.example"}
    ) | {"soortActor": None}
    contact["hadBetrokkenActoren"][0].pop("soortActor")
    world.lists["actoren"][0]["soortActor"] = "medewerker"
    contact["hadBetrokkenActoren"] = [world.reference("actoren", world.lists["actoren"][0]["uuid"])]
    bench.load()
    assert bench.values("bsn_key", "agent_key", "outcome") == [
        (key_of("bsn", bsn_of(1)), key_of("agent", "kcm7@gemeente.example"), "callback")
    ]


def test_metadata_can_be_mapped(bench: ApiBench, world: World) -> None:
    world.contact(LAST_MOMENT, metadata={"wachttijdSeconden": "160"})
    world.contact(LAST_MOMENT - DAY)
    bench.load({"columns": {"wait_seconds": "metadata.wachttijdSeconden"}})
    assert bench.values("wait_seconds") == [160.0, None]


def test_no_identifier_is_written_in_clear(bench: ApiBench, world: World) -> None:
    person = world.party("persoon", [("bsn", bsn_of(3))])
    contact = world.contact(LAST_MOMENT, agent="kcm5@gemeente.example")
    world.involve(
        contact,
        person,
        addresses=(("telefoonnummer", "0600000003"), ("email", "inwoner3@voorbeeld.example")),
    )
    bench.load()
    file = bench.store.current_file()
    assert file is not None
    content = file.read_bytes()
    for planted in (
        bsn_of(3),
        "0600000003",
        "inwoner3@voorbeeld",
        "kcm5@gemeente",
        person["uuid"],
        "Verzonnen Naam",
    ):
        assert planted.encode() not in content, planted
    assert contact["uuid"].encode() in content, "the search finds what is there"
    assert zulu(LAST_MOMENT).encode() not in content
