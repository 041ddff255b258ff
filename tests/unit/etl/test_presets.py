"""Every preset loads a made-up export of its system; the contacts are written out by hand here.

Times are in UTC: in March the Netherlands are an hour ahead, in July two.
"""

# ruff: noqa: DTZ001  # the warehouse holds times without offset

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import etl.load
from etl.configuration import make_settings, read_settings
from etl.presets import preset_names, preset_text, read_preset, with_preset
from tests.loading import Bench, derive_nothing
from warehouse.errors import ConfigurationError

EXPORTS = Path(__file__).parent / "exports"


def at(hour: int, minute: int, second: int = 0, *, day: int = 3, month: int = 3) -> datetime:
    return datetime(2025, month, day, hour, minute, second)


FIELDS = (
    "contact_id", "channel", "started_at", "ended_at", "initiative", "customer_type", "service",
    "topic", "department", "reason", "outcome", "planned", "wait_seconds", "handle_seconds",
    "conversation",
)  # fmt: skip
KEYS = ("bsn", "kvk", "phone", "email", "party", "customer", "visitor", "agent")
PLAIN: dict[str, Any] = dict.fromkeys(FIELDS) | {
    "initiative": "inbound", "customer_type": "unknown", "outcome": "unknown", "planned": False,
    "keys": "",
}  # fmt: skip


def phone(**fields: Any) -> dict[str, Any]:
    return {"channel": "phone", **fields}


KISS = "https://openklant.voorbeeld.example/klantinteracties/api/v1/klantcontacten/0a0a0a0a-0000"
EXPECTED: dict[str, list[dict[str, Any]]] = {
    "telefonie-cdr": [
        phone(contact_id="T-1", started_at=at(8, 2, 11), customer_type="citizen",
              service="Paspoort", department="Burgerzaken", outcome="resolved", wait_seconds=35.0,
              handle_seconds=250.0, keys="phone agent"),
        phone(contact_id="T-2", started_at=at(8, 5, 40), customer_type="business",
              service="Vergunning", department="Bouwen", outcome="abandoned", wait_seconds=130.0),
        phone(contact_id="T-3", started_at=at(12, 30, day=4), customer_type="citizen",
              initiative="outbound", service="Paspoort", department="Burgerzaken",
              outcome="forwarded", handle_seconds=61.0, keys="phone agent"),
    ],
    "kcc-registraties": [
        phone(contact_id="R-1", started_at=at(8, 2, 11), ended_at=at(8, 6, 21), service="Paspoort",
              topic="verloren", department="Burgerzaken", outcome="resolved",
              keys="bsn phone agent"),
        phone(contact_id="R-2", started_at=at(8, 10), ended_at=at(8, 11), service="Vergunning",
              department="Bouwen", outcome="forwarded", keys="kvk agent"),
    ],
    "cisco-cucm-cdr": [
        phone(contact_id="aaaaaaaa-0000-4000-8000-000000000001", started_at=at(8, 2, 11),
              ended_at=at(8, 4, 13), wait_seconds=22.0, handle_seconds=100.0,
              conversation="1 1001", keys="phone agent"),
        phone(contact_id="aaaaaaaa-0000-4000-8000-000000000002", started_at=at(8, 4),
              ended_at=at(8, 5, 41), wait_seconds=1.0, handle_seconds=100.0,
              conversation="1 1001", keys="phone agent"),
        phone(contact_id="aaaaaaaa-0000-4000-8000-000000000003", started_at=at(9, 2, 11),
              ended_at=at(9, 2, 31), outcome="abandoned", handle_seconds=0.0,
              conversation="1 1002"),
    ],
    "cisco-ccx": [
        phone(contact_id="1-101-0", started_at=at(8, 2, 11), ended_at=at(8, 7), department="KCC",
              topic="CSQ_Burgerzaken", outcome="resolved", wait_seconds=35.0, handle_seconds=250.0,
              keys="phone agent"),
        phone(contact_id="1-102-0", started_at=at(8, 5, 40), ended_at=at(8, 7, 50),
              department="KCC", topic="CSQ_Belastingen", outcome="abandoned", wait_seconds=130.0,
              handle_seconds=0.0),
    ],
    "genesys-cloud": [
        phone(contact_id="c0000000-0000-4000-8000-000000000001", started_at=at(8, 2, 11),
              topic="KCC Burgerzaken", reason="Paspoort", wait_seconds=35.0, handle_seconds=250.0,
              keys="phone agent"),
        {"contact_id": "c0000000-0000-4000-8000-000000000002", "channel": "chat",
         "started_at": at(8, 5, 40), "topic": "KCC Berichten", "wait_seconds": 10.0,
         "handle_seconds": 180.0, "keys": "agent"},
        phone(contact_id="c0000000-0000-4000-8000-000000000003", started_at=at(9, 0),
              initiative="outbound", topic="KCC Burgerzaken", outcome="abandoned",
              handle_seconds=12.0, keys="phone agent"),
    ],
    "xelion": [
        phone(contact_id="1001", started_at=at(8, 2, 11), department="KCC", handle_seconds=250.0,
              conversation="cf-1", keys="phone"),
        phone(contact_id="1002", started_at=at(8, 5, 40), department="KCC", outcome="abandoned",
              handle_seconds=0.0, conversation="cf-2"),
        {"contact_id": "1003", "channel": "chat", "started_at": at(9, 0), "initiative": "outbound"},
    ],
    "anywhere365": [
        phone(contact_id="s-1", started_at=at(8, 2, 11), ended_at=at(8, 6, 56), department="KCC",
              topic="Burgerzaken", outcome="resolved", wait_seconds=35.0, handle_seconds=250.0,
              keys="phone agent"),
        phone(contact_id="s-2", started_at=at(8, 5, 40), ended_at=at(8, 7, 50), department="KCC",
              topic="Belastingen", outcome="abandoned", wait_seconds=130.0, handle_seconds=0.0),
    ],
    "enreach": [
        phone(contact_id="e-1", started_at=at(8, 2, 11), department="Team KCC",
              topic="Burgerzaken", outcome="resolved", wait_seconds=35.0, handle_seconds=250.0,
              keys="phone agent"),
        phone(contact_id="e-2", started_at=at(8, 5, 40), department="Team KCC",
              topic="Belastingen", outcome="abandoned", wait_seconds=130.0, handle_seconds=0.0),
    ],
    "jcc-afspraken": [
        {"contact_id": "5001", "channel": "counter", "started_at": at(9, 15),
         "ended_at": at(9, 25), "service": "Paspoort aanvragen", "department": "1",
         "outcome": "resolved", "planned": True, "keys": "phone email customer"},
        {"contact_id": "5002", "channel": "counter", "started_at": at(9, 30),
         "ended_at": at(9, 40), "service": "Rijbewijs verlengen", "department": "1",
         "outcome": "abandoned", "planned": True, "keys": "customer"},
    ],
    "qmatic-orchestra": [
        {"contact_id": "9001", "channel": "counter", "started_at": at(9, 15),
         "service": "Paspoort", "department": "Stadskantoor", "topic": "Burgerzaken",
         "outcome": "forwarded", "wait_seconds": 300.0, "handle_seconds": 450.0,
         "conversation": "900", "keys": "agent"},
        {"contact_id": "9002", "channel": "counter", "started_at": at(9, 15), "service": "WOZ",
         "department": "Stadskantoor", "topic": "Belastingen", "outcome": "resolved",
         "wait_seconds": 900.0, "handle_seconds": 240.0, "conversation": "900", "keys": "agent"},
        {"contact_id": "9003", "channel": "counter", "started_at": at(9, 20),
         "service": "Rijbewijs", "department": "Stadskantoor", "topic": "Burgerzaken",
         "outcome": "abandoned", "wait_seconds": 1200.0, "conversation": "901"},
    ],
    "klantgeleiding": [
        {"contact_id": "A001", "channel": "counter", "started_at": at(9, 15),
         "customer_type": "citizen", "service": "Paspoort", "outcome": "resolved",
         "planned": True, "wait_seconds": 150.0, "handle_seconds": 450.0, "keys": "bsn"},
        {"contact_id": "A002", "channel": "counter", "started_at": at(9, 20),
         "customer_type": "business", "service": "Rijbewijs", "outcome": "abandoned",
         "wait_seconds": 720.0},
    ],
    "open-formulieren": [
        {"contact_id": "(hash)", "channel": "web_form", "started_at": at(19, 15),
         "service": "Verhuizing doorgeven", "keys": "bsn email"},
        {"contact_id": "(hash)", "channel": "web_form", "started_at": at(7, 0, 30, day=4),
         "service": "Verhuizing doorgeven", "keys": "email"},
    ],
    "e-mail-koppen": [
        {"contact_id": "<1@post.voorbeeld.example>", "channel": "email",
         "started_at": at(8, 14, 48), "customer_type": "citizen", "service": "paspoort",
         "outcome": "resolved", "keys": "email"},
        {"contact_id": "<2@post.voorbeeld.example>", "channel": "email",
         "started_at": at(10, 33, 17), "customer_type": "business", "service": "vergunning",
         "outcome": "forwarded", "keys": "email"},
    ],
    "berichtenplatform": [
        {"contact_id": "w-1", "channel": "whatsapp", "started_at": at(8, 15),
         "ended_at": at(8, 25), "service": "afval", "outcome": "resolved", "wait_seconds": 12.0,
         "keys": "phone"},
        {"contact_id": "w-2", "channel": "chat", "started_at": at(9, 20), "outcome": "abandoned",
         "wait_seconds": 40.0},
    ],
    "webcare": [
        {"contact_id": "m-1", "channel": "social", "started_at": at(8, 15),
         "ended_at": at(8, 27), "topic": "afval", "department": "Webcare", "outcome": "resolved",
         "wait_seconds": 720.0, "conversation": "g-1", "keys": "customer"},
        {"contact_id": "m-2", "channel": "social", "started_at": at(8, 27),
         "initiative": "outbound", "topic": "afval", "department": "Webcare",
         "conversation": "g-1", "keys": "customer"},
        {"contact_id": "m-3", "channel": "social", "started_at": at(9, 0),
         "department": "Webcare", "outcome": "forwarded", "conversation": "g-2",
         "keys": "customer"},
    ],
    "signalen": [
        {"contact_id": "701", "channel": "web_form",
         "started_at": datetime(2025, 3, 3, 8, 15, 0, 123456), "topic": "melding",
         "service": "melding openbare ruimte (algemeen)", "keys": "customer"},
        {"contact_id": "702", "channel": "phone", "started_at": at(9, 30), "topic": "klacht",
         "service": "melding openbare ruimte (algemeen)", "keys": "customer"},
    ],
    "matomo-bezoeken": [
        {"contact_id": "501", "channel": "web_visit", "started_at": at(8, 13, 20),
         "ended_at": at(8, 15), "service": "verhuizen", "topic": "search",
         "handle_seconds": 100.0, "keys": "visitor"},
        {"contact_id": "502", "channel": "web_visit", "started_at": at(9, 13, 20),
         "ended_at": at(9, 16, 40), "topic": "direct", "handle_seconds": 200.0,
         "keys": "email visitor"},
    ],
    "matomo-log-visit": [
        {"contact_id": "601", "channel": "web_visit", "started_at": at(8, 13, 20),
         "ended_at": at(8, 15), "service": "verhuizen", "handle_seconds": 100.0,
         "keys": "visitor"},
        {"contact_id": "602", "channel": "web_visit", "started_at": at(8, 13, 20, day=1, month=7),
         "ended_at": at(8, 16, 40, day=1, month=7), "handle_seconds": 200.0,
         "keys": "email visitor"},
    ],
    "kiss-contactmomenten": [
        phone(contact_id=f"{KISS}-4000-8000-000000000001",
              started_at=datetime(2025, 3, 3, 8, 2, 11, 500000),
              ended_at=datetime(2025, 3, 3, 8, 6, 21, 500000), service="Paspoort aanvragen",
              department="Burgerzaken", reason="Zelfstandig afgehandeld", outcome="resolved",
              handle_seconds=250.0, keys="agent"),
        phone(contact_id=f"{KISS}-4000-8000-000000000002", started_at=at(8, 10),
              ended_at=at(8, 10, 45), service="Afval", department="Beheer",
              reason="Doorverbonden naar afdeling", outcome="forwarded", handle_seconds=45.0,
              keys="agent"),
        phone(contact_id=f"{KISS}-4000-8000-000000000003", started_at=at(9, 0),
              reason="Onbekend"),
    ],
    "openklant-klantcontacten": [
        {"contact_id": "0b0b0b0b-0000-4000-8000-000000000001", "channel": "chat",
         "started_at": at(8, 15), "service": "paspoort", "keys": "party agent"},
        {"contact_id": "0b0b0b0b-0000-4000-8000-000000000002", "channel": "web_form",
         "started_at": at(21, 0)},
    ],
    "postregister": [
        {"contact_id": "2025-001", "channel": "post", "started_at": at(23, 0, day=2),
         "customer_type": "citizen", "service": "Bezwaar", "department": "Belastingen",
         "outcome": "case_opened"},
        {"contact_id": "2025-002", "channel": "post", "started_at": at(23, 0),
         "customer_type": "business", "service": "Vergunning", "department": "Bouwen",
         "outcome": "forwarded"},
    ],
    "zgw-zaken": [
        {"contact_id": "0f0f0f0f-0000-4000-8000-000000000001", "channel": "web_form",
         "started_at": at(23, 0, day=2), "service": "Bezwaar behandelen",
         "outcome": "case_opened", "keys": "bsn"},
        {"contact_id": "0f0f0f0f-0000-4000-8000-000000000002", "channel": "email",
         "started_at": at(23, 0), "outcome": "case_opened",
         "service": "https://catalogi.voorbeeld.example/zaaktypen/2"},
    ],
}  # fmt: skip


def export_of(preset: str) -> str:
    """The made-up export of a preset: a file of its name, Signalen's within its zip."""
    if preset == "signalen":
        return "signalen.zip"
    (file,) = EXPORTS.glob(f"{preset}.*")
    return file.name


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """All exports in one warehouse, each described by three lines."""
    folder = tmp_path_factory.mktemp("presets")
    for file in EXPORTS.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with zipfile.ZipFile(folder / "signalen.zip", "w") as packed:
        packed.write(EXPORTS / "signals.csv", "20250304_signals.csv")
        packed.writestr("20250304_reporters.csv", "id,email\n31,een@voorbeeld.example\n")
    (folder / "samenspel.toml").write_text(
        "".join(
            f'[[source]]\nname = "{name}"\npreset = "{name}"\npath = "{export_of(name)}"\n'
            for name in preset_names()
        ),
        encoding="utf-8",
    )
    bench = Bench(folder)
    settings = read_settings(folder / "samenspel.toml")
    with pytest.MonkeyPatch.context() as patch:
        derive_nothing(patch)
        etl.load.load(settings, folder, bench.store, key=b"a key for tests hides nobody at all")
    return bench


def test_every_preset_has_an_export_and_expected_contacts() -> None:
    assert sorted(EXPECTED) == preset_names()


@pytest.mark.parametrize("preset", sorted(EXPECTED))
def test_a_preset_gives_the_contacts_of_its_export(loaded: Bench, preset: str) -> None:
    keys = " || ".join(f"if({kind}_key is null, '', '{kind} ')" for kind in KEYS)
    rows = loaded.values(*FIELDS, f"trim({keys})", where=f"source = '{preset}'")
    found = [dict(zip((*FIELDS, "keys"), row, strict=True)) for row in rows]
    for contact in found:
        if preset == "open-formulieren":
            contact["contact_id"] = "(hash)"
    assert found == [PLAIN | contact for contact in EXPECTED[preset]]


def test_nothing_of_the_exports_was_refused(loaded: Bench) -> None:
    assert loaded.rejects() == []


def test_free_text_of_the_exports_is_nowhere(loaded: Bench) -> None:
    texts = loaded.values("service", "topic", "department", "reason", "area", "conversation")
    assert len(texts) == sum(map(len, EXPECTED.values()))
    assert not [row for row in texts if any("niet laden" in (text or "") for text in row)]


def test_what_a_source_says_itself_wins() -> None:
    filled = with_preset(
        {
            "name": "balie",
            "preset": "klantgeleiding",
            "path": "bezoeken.xlsx",
            "columns": {
                "service": "Dienst",
                "topic": False,
                "outcome": {"map": {"Klaar": "resolved"}},
                "satisfaction": "Cijfer",
            },
            "identifiers": {"kvk": False},
        }
    )
    preset = read_preset("klantgeleiding").source
    assert filled["kind"] == "xlsx"
    assert filled["columns"]["service"] == "Dienst"
    assert "topic" not in filled["columns"]
    assert filled["columns"]["satisfaction"] == "Cijfer"
    outcome = filled["columns"]["outcome"]
    assert outcome["column"] == preset["columns"]["outcome"]["column"]
    assert outcome["map"]["Klaar"] == "resolved"
    assert outcome["map"]["No show"] == "abandoned"
    assert list(filled["identifiers"]) == ["bsn"]


def test_a_preset_can_be_copied_and_changed(tmp_path: Path) -> None:
    text = preset_text("klantgeleiding").replace('"Ticket", ', '"Volgnummer", ')
    (tmp_path / "mijn.toml").write_text(text, encoding="utf-8")
    source = {"name": "balie", "preset": "mijn.toml", "path": "b.csv"}
    settings = make_settings({"source": [source]}, tmp_path)
    assert settings.source[0].columns["contact_id"].column[0] == "Volgnummer"


@pytest.mark.parametrize("name", ["klantgeleidng", "../klantgeleiding", "weg.toml"])
def test_a_preset_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"preset|configuration file"):
        make_settings({"source": [{"name": "x", "preset": name, "path": "x.csv"}]}, tmp_path)


def test_a_preset_says_what_it_knows_and_what_it_assumes() -> None:
    for name in preset_names():
        preset = read_preset(name)
        assert preset.title, name
        assert preset.export, name
        assert preset.known, name
        assert preset.assumed, name
