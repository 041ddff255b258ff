"""An API that others write to while it is read, and one that fails."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import etl.remote.http
from etl.check import check_source
from etl.remote.http import ATTEMPTS
from etl.remote.lists import PASSES
from tests.loading import counts, derive_nothing
from tests.servers.bench import TOKENS, ApiBench
from tests.servers.server import ApiServer, open_klant
from tests.servers.world import LAST_MOMENT, World, make_world
from warehouse.errors import ConfigurationError, SamenspelError, SourceError

MINUTE = timedelta(minutes=1)
PAGE = 100
SMALL = {"page_size": PAGE}


@pytest.fixture
def world() -> World:
    """Contacts on three pages and a half, the newest first."""
    world = make_world(0)
    for number in range(350):
        world.contact(LAST_MOMENT - number * MINUTE)
    return world


@pytest.fixture
def bench(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiBench]:
    derive_nothing(monkeypatch)
    monkeypatch.setattr(etl.remote.http, "PAUSE_SECONDS", 0.01)
    with ApiServer(open_klant(world)) as server:
        yield ApiBench(tmp_path, server)


def _after(question: int, change: Callable[[], object]) -> Callable[[int], None]:
    """Do something before the answer to the question after this one."""
    return lambda number: change() and None if number == question + 1 else None


def _is_exact(bench: ApiBench, world: World) -> bool:
    return sorted(bench.rows("topic")) == sorted(
        one["uuid"] for one in world.lists["klantcontacten"]
    )


def test_a_quiet_list_is_read_once(bench: ApiBench, world: World) -> None:
    bench.load(SMALL)
    assert _is_exact(bench, world)
    assert [query.get("page") for _, query in bench.server.requests] == [None, "2", "3", "4"]
    assert {query["pageSize"] for _, query in bench.server.requests} == {"100"}


def test_a_contact_that_comes_in_is_not_missed_and_none_is_doubled(
    bench: ApiBench, world: World
) -> None:
    bench.server.between = _after(2, lambda: world.contact(LAST_MOMENT + MINUTE))
    assert counts(bench.load(SMALL)) == (351, 351, 0, 0)
    assert _is_exact(bench, world)
    assert bench.server.count("klantcontacten") == 4 + 1, "only the first page is read again"


def test_one_that_is_registered_late_lands_in_the_midst(bench: ApiBench, world: World) -> None:
    bench.server.between = _after(3, lambda: world.contact(LAST_MOMENT - 120 * MINUTE))
    assert counts(bench.load(SMALL)) == (351, 351, 0, 0)
    assert _is_exact(bench, world)
    assert bench.server.count("klantcontacten") == 4 + 2


def test_one_that_is_deleted_hides_none_behind_it(bench: ApiBench, world: World) -> None:
    first = world.lists["klantcontacten"][0]
    bench.server.between = _after(1, lambda: world.remove(first))
    assert counts(bench.load(SMALL)) == (349, 349, 0, 0)
    assert _is_exact(bench, world)
    assert bench.server.count("klantcontacten") == 4 + 4


def test_one_in_and_one_out_between_two_pages(bench: ApiBench, world: World) -> None:
    """The size stays the same; what was met tells."""
    last = world.lists["klantcontacten"][-1]

    def swap() -> None:
        world.remove(last)
        world.contact(LAST_MOMENT + MINUTE)

    bench.server.between = _after(1, swap)
    assert counts(bench.load(SMALL)) == (350, 350, 0, 0)
    assert _is_exact(bench, world)


def test_a_last_page_that_vanishes(bench: ApiBench, world: World) -> None:
    def shorten() -> None:
        for contact in world.lists["klantcontacten"][:51]:
            world.remove(contact)

    bench.server.between = _after(3, shorten)
    assert counts(bench.load(SMALL)) == (299, 299, 0, 0)
    assert _is_exact(bench, world)


def test_a_list_that_never_holds_still(bench: ApiBench, world: World) -> None:
    bench.server.between = lambda _: world.remove(world.lists["klantcontacten"][0])
    with pytest.raises(SourceError, match="kept changing"):
        bench.load(SMALL)
    assert PASSES <= bench.server.count("klantcontacten") <= PASSES * 4
    assert bench.store.current_file() is None


def test_what_is_written_while_only_new_contacts_are_read(bench: ApiBench, world: World) -> None:
    bench.load(SMALL)
    since = SMALL | {"overlap_days": 0}
    first = world.contact(LAST_MOMENT + MINUTE)
    before = bench.server.between
    second: list[str] = []
    bench.server.between = _after(
        1, lambda: second.append(world.contact(LAST_MOMENT + 2 * MINUTE)["uuid"])
    )
    report = bench.load(since)
    bench.server.between = before
    assert report.loaded_count == 2
    assert {first["uuid"], *second} <= set(bench.rows("topic"))


@pytest.mark.parametrize("fault", [500, 502, 503, 504, 429, "cut off", "half a page", "no json"])
def test_a_passing_failure_is_gone_at_the_next_attempt(
    bench: ApiBench, world: World, fault: str | int
) -> None:
    bench.server.faults = [None, fault, fault]
    assert counts(bench.load(SMALL)) == (350, 350, 0, 0)
    assert bench.server.count("klantcontacten") == 4 + 2
    assert _is_exact(bench, world)


def test_a_slow_answer_is_waited_for_and_then_asked_again(bench: ApiBench, world: World) -> None:
    bench.server.faults = [0.1, 1.5]
    assert counts(bench.load(SMALL | {"timeout_seconds": 0.75})) == (350, 350, 0, 0)
    assert bench.server.count("klantcontacten") == 4 + 1


@pytest.mark.parametrize(
    ("fault", "error", "what", "attempts"),
    [
        (401, ConfigurationError, "does not accept the token (401)", 1),
        (403, ConfigurationError, "no right to read this (403)", 1),
        (404, SourceError, "nothing at this address (404)", 1),
        (400, ConfigurationError, "does not know our question (400)", 1),
        ("redirect", ConfigurationError, "sends to another address (302)", 1),
        (500, SourceError, "the API fails (500)", ATTEMPTS),
        (503, SourceError, "the API fails (503)", ATTEMPTS),
        (418, SourceError, "the API fails (418)", 1),
        ("cut off", SourceError, "no whole JSON page", ATTEMPTS),
        ("half a page", SourceError, "no whole JSON page", ATTEMPTS),
        ("no json", SourceError, "no whole JSON page", ATTEMPTS),
        (0.5, SourceError, "does not answer in time", ATTEMPTS),
    ],
)
def test_a_lasting_failure_is_one_clear_line(
    bench: ApiBench,
    fault: str | float,
    error: type[SamenspelError],
    what: str,
    attempts: int,
) -> None:
    bench.server.faults = [fault] * 50
    with pytest.raises(error) as raised:
        bench.load({"timeout_seconds": 0.25})
    assert what in str(raised.value)
    assert "source klant, klantcontacten" in raised.value.where
    assert raised.value.remedy
    for private in ("Verzonnen", "999000012", TOKENS["OPENKLANT_TOKEN"]):
        assert private not in str(raised.value)
    assert bench.server.count("klantcontacten") == attempts
    assert bench.store.current_file() is None


def test_tokens(bench: ApiBench) -> None:
    with pytest.raises(ConfigurationError, match=r"no token in .* OPENKLANT_TOKEN"):
        bench.load(environ={})
    with pytest.raises(ConfigurationError, match="can be no token"):
        bench.load(environ={"OPENKLANT_TOKEN": "two\nlines"})
    with pytest.raises(ConfigurationError, match=r"does not accept the token \(401\)"):
        bench.load(environ={"OPENKLANT_TOKEN": "wrong"})
    bench.load({"token_env": "OTHER"}, environ={"OTHER": f" {TOKENS['OPENKLANT_TOKEN']}\n"})


def test_a_failure_half_way_changes_nothing(bench: ApiBench, world: World) -> None:
    bench.load(SMALL)
    before = bench.store.current_file()
    world.contact(LAST_MOMENT + MINUTE)
    bench.server.faults = [None, None, *[500] * 10]
    with pytest.raises(SourceError):
        bench.load(SMALL, full=True)
    assert bench.store.current_file() == before


def test_nobody_at_the_address(bench: ApiBench) -> None:
    with ApiServer(open_klant(make_world(0))) as gone:
        address = gone.address
    with pytest.raises(SourceError, match="cannot be reached at http://127"):
        bench.load({"url": address})


def test_another_api_at_the_address(bench: ApiBench) -> None:
    bench.server.answer = lambda *_: (200, {"naam": "iets anders"})
    with pytest.raises(SourceError, match="no page of a list"):
        bench.load()


def test_the_address_may_have_a_path_or_not(bench: ApiBench) -> None:
    address = bench.server.address
    for url in (address, f"{address}/", f"{address}/klantinteracties/api/v1/"):
        source = bench.settings({"url": url}).source[0]
        assert "klantcontacten 350" in check_source(source, bench.folder, TOKENS)


def test_the_proxy_of_the_environment_is_used(
    bench: ApiBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that nobody has can be asked through a proxy, which sees the whole address."""
    monkeypatch.setenv("http_proxy", bench.server.address)
    bench.load({"url": "http://openklant.example/klantinteracties/api/v1"} | SMALL)
    assert bench.server.count("klantcontacten") == 4


def test_a_netrc_does_not_put_itself_in_the_place_of_the_token(
    bench: ApiBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert bench.load().loaded_count == 350
