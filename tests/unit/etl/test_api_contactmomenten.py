"""Contactmomenten 1.0 over the network."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from etl.check import check_source
from tests.loading import counts, derive_nothing
from tests.servers.bench import TOKENS, ApiBench, key_of
from tests.servers.server import SECRET, ApiServer, Moments, moments_api
from tests.servers.world import LAST_MOMENT, Record, zulu
from warehouse.errors import ConfigurationError

KIND = {"kind": "contactmomenten"}
DAY = timedelta(days=1)
CUSTOMER = "7b0960fd-d30c-4f55-b18f-017b74fe70f2"


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
def bench(moments: Moments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiBench]:
    derive_nothing(monkeypatch)
    with ApiServer(moments_api(moments)) as server:
        yield ApiBench(tmp_path, server)


def _moment(moments: Moments, days: float = 0, **fields: object) -> Record:
    return moments.add(
        "contactmomenten",
        **{
            "bronorganisatie": "999990639",
            "registratiedatum": zulu(LAST_MOMENT - timedelta(days=days)),
            "kanaal": "Telefoon",
            "voorkeurstaal": "nld",
            "tekst": "Verzonnen Naam belde",
            "onderwerpLinks": [],
            "initiatiefnemer": "klant",
            "medewerker": "",
            "medewerkerIdentificatie": {"identificatie": "kcm1", "achternaam": "Verzonnen"},
        }
        | fields,
    )


def test_every_field_of_a_contact(bench: ApiBench, moments: Moments) -> None:
    one = _moment(moments, onderwerpLinks=["https://www.gemeente.example/paspoort"])
    other = _moment(moments, 1, kanaal="Balie", initiatiefnemer="gemeente")
    for role, customer in (
        ("belanghebbende", "0" * 8 + CUSTOMER[8:]),
        ("gesprekspartner", CUSTOMER),
    ):
        moments.add(
            "klantcontactmomenten",
            contactmoment=one["url"],
            klant=f"https://klanten.example/api/v1/klanten/{customer}",
            rol=role,
        )
    moments.add(
        "objectcontactmomenten",
        contactmoment=other["url"],
        object="https://zaken.example/api/v1/zaken/1",
        objectType="zaak",
    )
    pages = {"service": {"column": "hoofdOnderwerpType", "map": {
        "https://www.gemeente.example/paspoort": "paspoort"}}}  # fmt: skip
    assert counts(bench.load(KIND | {"columns": pages})) == (2, 2, 0, 0)
    rows = bench.rows("channel", "initiative", "service", "outcome", "party_key", "agent_key")
    agent = key_of("agent", "kcm1")
    party = key_of("party", CUSTOMER)
    assert rows == {
        one["url"][-36:]: ("phone", "inbound", "paspoort", "unknown", party, agent),
        other["url"][-36:]: ("counter", "outbound", None, "case_opened", None, agent),
    }
    assert b"Verzonnen" not in (bench.store.current_file() or Path()).read_bytes()


def test_only_what_was_registered_since_is_asked_for(bench: ApiBench, moments: Moments) -> None:
    for number in range(250):
        _moment(moments, number / 5)
    assert counts(bench.load(KIND)) == (250, 250, 0, 0)
    assert bench.server.count("contactmomenten") == 3
    _moment(moments, -0.5)
    report = bench.load(KIND)
    window = sum(
        one["registratiedatum"] >= "2025-03-24" for one in moments.lists["contactmomenten"]
    )
    assert counts(report) == (window, 1, window - 1, 0)
    assert report.files[0].file_name == "contactmomenten (sinds 2025-03-24)"
    assert bench.server.requests[0][1] == {
        "ordering": "-registratiedatum",
        "registratiedatum__gte": "2025-03-24T00:00:00Z",
    }
    assert bench.server.count("contactmomenten") == 1


def test_tokens_of_the_standard_are_made_for_the_client(bench: ApiBench, moments: Moments) -> None:
    _moment(moments)
    bench.server.answer = moments_api(moments, client_id="samenspel-test")
    tokens = {"CONTACTMOMENTEN_TOKEN": SECRET}
    client = KIND | {"client_id": "samenspel-test"}
    source = bench.settings(client).source[0]
    assert "contactmomenten 1," in check_source(source, bench.folder, tokens)
    assert counts(bench.load(client, environ=tokens)) == (1, 1, 0, 0)
    with pytest.raises(ConfigurationError, match=r"\(403\)"):
        bench.load(KIND | {"client_id": "another"}, environ=tokens)
    with pytest.raises(ConfigurationError, match=r"\(403\)"):
        bench.load(KIND, environ=TOKENS)
