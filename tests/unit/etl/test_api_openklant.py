"""Open Klant over the network: what a contact becomes, and how much is asked for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from uuid import UUID

import pytest

import etl.load
from etl.privacy import pseudonym
from tests.loading import KEY, counts, derive_nothing
from tests.servers.bench import ApiBench
from tests.servers.server import ApiServer, open_klant
from tests.servers.world import LAST_MOMENT, Record, World, bsn_of, make_world, zulu

DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world(0)


@pytest.fixture
def bench(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiBench]:
    derive_nothing(monkeypatch)
    with ApiServer(open_klant(world)) as server:
        yield ApiBench(tmp_path, server)


def _key(kind: str, value: str) -> UUID:
    return UUID(pseudonym(KEY, kind, value))


def _moment(record: Record) -> datetime:
    return datetime.fromisoformat(record["plaatsgevondenOp"]).replace(tzinfo=None)


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
    assert row.party_key == _key("party", person["uuid"])
    assert row.bsn_key == _key("bsn", bsn_of(1))
    assert row.email_key == _key("email", "inwoner@voorbeeld.example")
    assert row.agent_key == _key("agent", "kcm1@gemeente.example")
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
    assert bench.values("kvk_key", "customer_type") == [(_key("kvk", "99990001"), "business")]
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
    assert bench.values("bsn_key", "initiative") == [(_key("bsn", bsn_of(1)), "inbound")]


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
        (_key("bsn", bsn_of(1)), _key("agent", "kcm7@gemeente.example"), "callback")
    ]


def test_metadata_can_be_mapped(bench: ApiBench, world: World) -> None:
    world.contact(LAST_MOMENT, metadata={"wachttijdSeconden": "160"})
    world.contact(LAST_MOMENT - DAY)
    bench.load({"columns": {"wait_seconds": "metadata.wachttijdSeconden"}})
    assert bench.values("wait_seconds") == [160.0, None]


def test_only_what_the_contacts_ask_for_is_read(bench: ApiBench, world: World) -> None:
    world.contact(LAST_MOMENT)
    world.party("persoon", [("bsn", bsn_of(1))])
    bench.load()
    assert bench.server.requests == [("klantcontacten", {"pageSize": "500"})]


def test_ten_thousand_contacts_whole_and_since(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The questions asked follow from the sizes of the lists and pages of 500."""
    derive_nothing(monkeypatch)
    world = make_world(10_000)
    with ApiServer(open_klant(world)) as server:
        bench = ApiBench(tmp_path, server)
        report = bench.load()
        assert counts(report) == (10_000, 10_000, 0, 0)
        whole = _asked(server)
        sizes = {name: len(records) for name, records in world.lists.items()}
        assert whole["klantcontacten"] == ceil(10_000 / 500) == 20
        for name in ("betrokkenen", "digitaleadressen", "internetaken", "onderwerpobjecten"):
            assert whole[name] == ceil(sizes[name] / 500), name
        assert whole["partijen"] <= ceil(sizes["partijen"] / 500)
        assert set(whole) == {*sizes} - {"partij-identificatoren", "actoren"}
        assert bench.rows("started_at", "topic", "outcome", "party_key", "bsn_key") == {
            one["uuid"]: row for one, row in _expected(world)
        }

        later = [world.contact(LAST_MOMENT + n * timedelta(minutes=1)) for n in range(30)]
        for contact in later:
            world.involve(contact, world.lists["partijen"][-1])
        since = (LAST_MOMENT - 7 * DAY).replace(hour=0, minute=0)
        again = bench.load()
        window = [one for one in world.lists["klantcontacten"] if _moment(one) >= _naive(since)]
        assert counts(again) == (len(window), 30, len(window) - 30, 0)
        assert again.files[0].file_name == "klantcontacten (sinds 2025-03-24)"
        part = _asked(server)
        # newest first: the page on which the first earlier contact stands is the last
        assert part["klantcontacten"] == (len(window)) // 500 + 1
        assert part["partijen"] <= ceil(sizes["partijen"] / 500)
        for name in ("betrokkenen", "internetaken", "onderwerpobjecten"):
            assert part[name] <= part["klantcontacten"], name
        with capsys.disabled():
            print(  # noqa: T201
                f"\n10,000 contacts read whole: {sum(whole.values())} requests {whole}"
                f"\n{len(window)} contacts since 24 March: {sum(part.values())} requests {part}"
            )


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _asked(server: ApiServer) -> dict[str, int]:
    return {name: server.count(name) for name in dict.fromkeys(n for n, _ in server.requests)}


def _expected(world: World) -> Iterator[tuple[Record, tuple[object, ...]]]:
    """What each contact should become, worked out record by record."""
    parties = {one["uuid"]: one for one in world.lists["partijen"]}
    person_of = {one["hadKlantcontact"]["uuid"]: one for one in world.lists["betrokkenen"]}
    tasks = {one["aanleidinggevendKlantcontact"]["uuid"] for one in world.lists["internetaken"]}
    cases = {one["klantcontact"]["uuid"] for one in world.lists["onderwerpobjecten"]}
    for contact in world.lists["klantcontacten"]:
        uuid = contact["uuid"]
        reference = person_of.get(uuid, {}).get("wasPartij")
        party = parties[reference["uuid"]] if reference else None
        is_open = not contact["vertrouwelijk"]
        is_known = is_open and party is not None and not party["indicatieGeheimhouding"]
        numbers = party["partijIdentificatoren"] if party and is_known else []
        bsn = [
            n["partijIdentificator"]["objectId"]
            for n in numbers
            if n["partijIdentificator"]["codeSoortObjectId"] == "bsn"
        ]
        outcome = "callback" if uuid in tasks else "case_opened" if uuid in cases else "unknown"
        yield (
            contact,
            (
                _moment(contact),
                contact["onderwerp"].split(" (")[0] if is_open else None,
                outcome,
                _key("party", party["uuid"]) if party and is_known else None,
                _key("bsn", bsn[0]) if bsn else None,
            ),
        )


def test_what_is_registered_late_or_changed_or_deleted_is_found_by_a_whole_reading(
    bench: ApiBench, world: World
) -> None:
    contacts = [world.contact(LAST_MOMENT - n * DAY) for n in range(40)]
    for contact in contacts:
        world.involve(contact, None)
    assert counts(bench.load()) == (40, 40, 0, 0)
    changed, deleted, kept = contacts[30], contacts[35], contacts[38]
    changed["onderwerp"] = "Iets anders"
    world.remove(deleted)
    late = world.contact(LAST_MOMENT - 25 * DAY)
    keys = bench.rows("contact_key")

    unaware = bench.load()
    assert (counts(unaware), unaware.is_published) == ((8, 0, 8, 0), False)

    report = bench.load(full=True)
    (account,) = report.files
    assert counts(report) == (40, 2, 38, 0)
    assert (account.changed_count, account.gone_count) == (1, 1)
    rows = bench.rows("topic", "contact_key")
    assert rows[changed["uuid"]][0] == "Iets anders"
    assert late["uuid"] in rows
    assert deleted["uuid"] not in rows
    assert rows[kept["uuid"]][1] == keys[kept["uuid"]], "a row that stays keeps its number"
    assert min(rows[one["uuid"]][1] for one in (changed, late)) > max(keys.values())
    booked = bench.table(
        "select read_count, loaded_count, duplicate_count, removed_count, is_whole"
        " from load_file order by file_key"
    )
    assert booked.values.tolist() == [[40, 40, 0, 2, True], [40, 2, 38, 0, True]]


def test_what_is_over_its_term_is_not_asked_for(bench: ApiBench, world: World) -> None:
    for days in range(40):
        world.contact(LAST_MOMENT - days * DAY)
    not_before = _naive(LAST_MOMENT - 10 * DAY)
    small = {"page_size": 6}
    for full in (False, True):
        report = bench.load(small, full=full, not_before=not_before)
        assert report.read_count == 11
        assert report.files[0].file_name == "klantcontacten (volledig)"
        assert bench.server.count("klantcontacten") == 2
    assert len(bench.rows("topic")) == 11


def test_everything_is_read_again_after_so_many_days(
    bench: ApiBench, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.contact(LAST_MOMENT - 60 * DAY)
    world.contact(LAST_MOMENT)
    begun = _naive(LAST_MOMENT)
    monkeypatch.setattr(etl.load, "_now", lambda: begun)
    bench.load({"full_reload_days": 5})
    old["onderwerp"] = "Iets anders"
    for days, changed in ((4, 0), (5, 1)):
        now = begun + days * DAY
        monkeypatch.setattr(etl.load, "_now", lambda now=now: now)
        assert bench.load({"full_reload_days": 5}).files[0].changed_count == changed


def test_a_contact_in_the_future_does_not_hide_what_comes_before_it(
    bench: ApiBench, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.load, "_now", lambda: _naive(LAST_MOMENT))
    world.contact(LAST_MOMENT + 3650 * DAY)
    bench.load()
    new = world.contact(LAST_MOMENT)
    assert counts(bench.load()) == (2, 1, 1, 0)
    assert new["uuid"] in bench.rows("topic")


def test_nothing_new_publishes_nothing(bench: ApiBench, world: World) -> None:
    world.contact(LAST_MOMENT)
    first = bench.load()
    before = bench.store.current_file()
    again = bench.load()
    assert (first.is_published, again.is_published) == (True, False)
    assert again.files[0].already_loaded
    assert bench.store.current_file() == before


def test_an_api_that_lost_everything_is_not_believed(bench: ApiBench, world: World) -> None:
    world.contact(LAST_MOMENT)
    bench.load()
    world.lists["klantcontacten"].clear()
    with pytest.raises(etl.load.SourceError, match="holds no contact any more"):
        bench.load(full=True)
    assert len(bench.rows("topic")) == 1


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
