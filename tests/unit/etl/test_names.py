"""Names of channels and services: known spellings, the municipality's tables, what waits."""

import csv
from pathlib import Path
from typing import Any

import pytest

from etl.configuration import make_settings
from etl.names.channels import plain_name, seen_names, spellings
from etl.names.matching import propose
from etl.names.review import add_channels, review_services, unknown_channels
from etl.names.services import COLUMNS
from etl.names.tables import read_table, write_table
from etl.sample import labels
from tests.loading import KEY, PLAIN, Bench, counts
from warehouse.contact import BUILT_IN_CHANNELS
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings


def log(*names: str) -> str:
    rows = (f"2025-03-03 10:{n // 60:02}:{n % 60:02};{name}\n" for n, name in enumerate(names))
    return "start;channel\n" + "".join(rows)


def settings(bench: Bench, columns: dict[str, Any] = PLAIN, **others: Any) -> Settings:
    source = {"name": "log", "kind": "csv", "path": "log.csv", "columns": columns}
    return make_settings({**others, "source": [source]}, bench.folder)


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("e-mail", "email"), ("E-Mail", "email"), ("email", "email"), ("E – mail", "email"),
        ("Telefoon – ASC", "phone"), ("telefoon - asc", "phone"), ("Live chat", "chat"),
        ("LIVE-CHAT", "chat"), ("Contactformulier", "web_form"), ("Desk", "counter"),
        ("Internet", "web_form"), ("whatsapp_business", "whatsapp"), ("Twitter", "social"),
        ("E-formulier", "web_form"), ("web_form", "web_form"), ("Sociale\u00a0media", "social"),
    ],
)  # fmt: skip
def test_a_spelling_seen_in_the_wild_leads_to_its_channel(
    bench: Bench, name: str, channel: str
) -> None:
    bench.write(log(name))
    assert counts(bench.account()) == (1, 1, 0, 0)
    assert bench.values("channel") == [channel]


def test_the_shipped_names_lead_to_channels_and_never_to_two() -> None:
    assert set(seen_names().values()) <= set(BUILT_IN_CHANNELS)
    plain: dict[str, set[str]] = {}
    for name, key in seen_names().items():
        plain.setdefault(plain_name(name), set()).add(key)
    assert {name for name, keys in plain.items() if len(keys) > 1} == set()
    ours = {plain_name(c.name_nl): key for key, c in BUILT_IN_CHANNELS.items()}
    assert ours.items() <= spellings(Settings()).items()


def test_the_municipalitys_table_wins(bench: Bench) -> None:
    bench.write(
        "naam,kanaal\nTelefoon – ASC,other\nInstagram DM,Sociale media\nnog niet,\n", "k.csv"
    )
    bench.write(log("telefoon-asc", "instagram dm", "nog niet"))
    configured = settings(bench, channel_names="k.csv")
    assert configured.channel_names == {"Telefoon – ASC": "other", "Instagram DM": "social"}
    report = load(bench, configured)
    assert counts(report) == (3, 2, 0, 1)
    assert bench.values("channel") == ["other", "social"]
    assert bench.rejects() == [(4, "channel", "unknown_channel")]


def load(bench: Bench, configured: Settings) -> Any:
    import etl.load

    return etl.load.load(configured, bench.folder, bench.store, key=KEY)


def test_a_table_within_the_configuration(bench: Bench) -> None:
    bench.write(log("Servicezuil"))
    own = {"zuil": {"name_nl": "Zuil", "name_en": "Kiosk"}}
    configured = settings(bench, channel_names={"servicezuil": "zuil"}, channels=own)
    assert counts(load(bench, configured)) == (1, 1, 0, 0)
    assert bench.values("channel") == ["zuil"]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("naam;kanaal\nInsta;sociaal\n", "'sociaal' is not one of"),
        ("name;channel\nInsta;social\n", "no column naam, kanaal"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(bench: Bench, table: str | None, what: str) -> None:
    if table is not None:
        bench.write(table, "k.csv")
    with pytest.raises(ConfigurationError, match=what):
        settings(bench, channel_names="k.csv")


def test_unknown_channels_are_listed_but_nothing_that_may_tell_of_somebody(bench: Bench) -> None:
    names = [
        *["Loket Noord"] * 12,
        "Whatsap",
        "Jan van der Made-Up",
        *["0600000001"] * 11,
        *["een@voorbeeld.example"] * 11,
        "phone",
    ]
    bench.write(log(*names))
    found = unknown_channels(settings(bench), bench.folder)
    assert found.names.to_dict("records") == [
        {"source": "log", "value": "Loket Noord", "rows": 12, "proposal": "counter"},
        {"source": "log", "value": "Whatsap", "rows": 1, "proposal": "whatsapp"},
    ]
    assert (found.hidden_names, found.hidden_rows) == (3, 23)


def test_no_unknown_channels(bench: Bench) -> None:
    bench.write(log("phone", "e-mail"))
    found = unknown_channels(settings(bench), bench.folder)
    assert found.names.empty
    assert (found.hidden_names, found.hidden_rows) == (0, 0)


def test_names_are_added_to_the_table_once(tmp_path: Path) -> None:
    table = tmp_path / "kanalen.csv"
    assert add_channels(table, ["Loket", "Bali"]) == 2
    table.write_text(table.read_text("utf-8-sig").replace("Loket;", "Loket;counter"), "utf-8")
    assert add_channels(table, ["Loket", "Zuil"]) == 1
    rows = [row for _, row in read_table(table, ("naam", "kanaal"))]
    assert [(row["naam"], row["kanaal"]) for row in rows] == [
        ("Loket", "counter"), ("Bali", ""), ("Zuil", ""),
    ]  # fmt: skip


def test_confirmed_services_are_applied_and_others_stay(bench: Bench) -> None:
    bench.write(
        "start;channel;onderwerp\n2025-03-03 10:00;phone;P01 Paspoort\n"
        "2025-03-03 10:01;phone;Algemeen\n2025-03-03 10:02;phone;Verhuizen\n"
        "2025-03-03 10:03;phone;oud\n"
    )
    write_table(
        bench.folder / "diensten.csv",
        COLUMNS,
        [
            dict(zip(COLUMNS, ("log", value, "1", "x", "50", ours), strict=True))
            for value, ours in (("P01 Paspoort", "paspoort"), ("Algemeen", "-"), ("Verhuizen", ""))
        ],
    )
    columns = {**PLAIN, "service": {"column": "onderwerp", "map": {"oud": "P01 Paspoort"}}}
    load(bench, settings(bench, columns, service_names="diensten.csv"))
    assert bench.values("service") == ["paspoort", None, "Verhuizen", "paspoort"]


def test_a_name_confirmed_later_reaches_the_rows_that_are_there(bench: Bench) -> None:
    """Each value is led once: what became B by the table is not led on to where B leads."""
    columns = {**PLAIN, "service": "v"}
    bench.write("start;channel;v\n2025-03-03 10:00;phone;A\n2025-03-03 10:01;phone;B\n")
    load(bench, settings(bench, columns))
    assert bench.values("service") == ["A", "B"]
    names = {"log": {"A": "B", "B": "c"}}
    load(bench, settings(bench, columns, service_names=names))
    assert bench.values("service") == ["B", "c"]
    more = {"log": {**names["log"], "c": "-"}}
    bench.write("start;channel;v\n2025-03-04 10:00;phone;A\n", "log.csv")
    load(bench, settings(bench, columns, service_names=more))
    assert bench.values("service") == ["B", None, "B"]


def test_the_table_of_services_keeps_what_a_person_filled_in(bench: Bench) -> None:
    values = [*["Verhuizen"] * 11, *["Iets met mijn buurman"] * 2, *["ID-kaart"] * 3, "paspoort"]
    rows = "".join(f"2025-03-03 10:{n:02};phone;{v}\n" for n, v in enumerate(values))
    bench.write("start;channel;v\n" + rows)
    known = [dict.fromkeys(COLUMNS, "") | {"bron": "log", "waarde": "Weg", "dienst": "bezwaar"}]
    found = review_services(settings(bench, {**PLAIN, "service": "v"}), bench.folder, known)
    assert [tuple(row.values()) for row in found.rows] == [
        ("log", "Verhuizen", "11", "verhuismelding", "95", ""),
        ("log", "ID-kaart", "3", "identiteitskaart", "95", ""),
        ("log", "Weg", "0", "", "0", "bezwaar"),
    ]
    assert (found.hidden_values, found.hidden_rows) == (1, 2)


def test_most_proposals_for_the_sample_are_right(repository: Path) -> None:
    """The sample's own labels are the truth; a value that names no service has no proposal."""
    right = {}
    for name, spelled in (
        ("telefonie", labels.PHONE_SERVICES),
        ("balie", labels.COUNTER_SERVICES),
        ("postvak en berichten", labels.INBOX_SERVICES),
        ("website", labels.SITE_SERVICES),
    ):
        hits = [propose(value).name == service for service, value in spelled.items()]
        right[name] = sum(hits) / len(hits)
    print({name: f"{share:.0%}" for name, share in right.items()})  # noqa: T201  shown with -s
    assert min(right.values()) > 0.9
    with (repository / "etl" / "names" / "upl.csv").open(encoding="utf-8") as file:
        assert sum(1 for _ in csv.DictReader(file, delimiter=";")) > 1000
