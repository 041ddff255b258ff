"""Open Klant over the network: how much is asked for, and when again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

import pytest

import etl.load
from tests.loading import counts, derive_nothing
from tests.servers.bench import ApiBench, key_of
from tests.servers.server import ApiServer, open_klant
from tests.servers.world import LAST_MOMENT, Record, World, bsn_of, make_world, moment_of

DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world(0)


@pytest.fixture
def bench(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiBench]:
    derive_nothing(monkeypatch)
    with ApiServer(open_klant(world)) as server:
        yield ApiBench(tmp_path, server)


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
        window = [one for one in world.lists["klantcontacten"] if moment_of(one) >= _naive(since)]
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
                moment_of(contact),
                contact["onderwerp"].split(" (")[0] if is_open else None,
                outcome,
                key_of("party", party["uuid"]) if party and is_known else None,
                key_of("bsn", bsn[0]) if bsn else None,
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
