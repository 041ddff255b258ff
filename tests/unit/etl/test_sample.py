"""The sample is made the same each time, is small enough, and its truth agrees with itself."""

import csv
import gzip
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest

from etl.configuration import read_settings
from etl.names.channels import plain_name
from etl.names.channels import spellings as spellings_of_channels
from etl.sample import labels, town
from etl.sample.happening import Happening
from etl.sample.notes import write_notes
from etl.sample.people import bsn, passes_eleven_test, wrong_bsn
from warehouse.settings import AVOIDABLE_CATEGORIES, SourceSettings, read_toml

MEBIBYTE = 2**20


@pytest.fixture(scope="session")
def committed(repository: Path) -> Path:
    return repository / "data" / "sample"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The sample made anew, in a process of its own with another order of hashes."""
    folder = tmp_path_factory.mktemp("sample")
    subprocess.run(
        [sys.executable, "-m", "etl.sample", str(folder)],
        check=True,
        cwd=repository,
        env=os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland"},
    )
    return folder


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def contents(path: Path) -> object:
    """What a file holds: packed by another build of zlib, the same contents have other bytes."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return [(i.filename, i.date_time, archive.read(i)) for i in archive.infolist()]
    return path.read_bytes()


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO((folder / "truth" / name).read_text(encoding="utf-8"))))


def lines(folder: Path, name: str, encoding: str) -> list[str]:
    return gzip.decompress((folder / name).read_bytes()).decode(encoding).splitlines()


def figure(folder: Path, metric: str, by: str = "total", group: str = "") -> dict[str, str]:
    return next(
        row
        for row in table(folder, "metrics.csv")
        if (row["metric"], row["by"], row["group"]) == (metric, by, group)
    )


def share(folder: Path, metric: str, by: str = "total", group: str = "") -> float:
    return float(figure(folder, metric, by, group)["value"])


# the same each time


def test_making_it_again_gives_what_is_committed(made: Path, committed: Path) -> None:
    assert names(made) == names(committed)
    different = [
        name for name in names(made) if contents(made / name) != contents(committed / name)
    ]
    assert different == []


def test_packing_tells_no_time(committed: Path) -> None:
    packed = list(committed.rglob("*.gz"))
    assert packed
    assert {path.read_bytes()[4:8] for path in packed} == {b"\0\0\0\0"}


def test_it_is_small(committed: Path) -> None:
    assert sum(path.stat().st_size for path in committed.rglob("*") if path.is_file()) <= (
        5 * MEBIBYTE
    )


# what it is made of


def test_it_has_the_promised_size(committed: Path) -> None:
    volumes = table(committed, "contacts_by_month_channel.csv")
    months = {row["month"] for row in volumes}
    assert len(months) == 24
    assert (min(months), max(months)) == ("2024-01", "2025-12")
    assert {row["channel"] for row in volumes} == {*town.CHANNELS, "web_visit"}
    assert 60_000 <= int(figure(committed, "contacts")["value"]) <= 100_000


def test_it_looks_like_a_town(committed: Path) -> None:
    """Bounds are those of a believable Dutch contact centre, not of this one sample."""
    assert 0.15 <= share(committed, "repeat_share") <= 0.25
    assert 0.20 <= share(committed, "avoidable_share") <= 0.35
    assert 0.55 <= share(committed, "service_level") <= 0.80
    assert share(committed, "digital_share", "month", "2025-11") > (
        share(committed, "digital_share", "month", "2024-11") + 0.03
    )
    summer = int(figure(committed, "contacts", "month", "2025-08")["value"])
    assert summer < 0.85 * int(figure(committed, "contacts", "month", "2025-06")["value"])
    by_service = {
        row["group"]: float(row["value"])
        for row in table(committed, "metrics.csv")
        if (row["metric"], row["by"]) == ("repeat_share", "service")
    }
    assert by_service["wmo-voorziening"] > 1.5 * by_service["paspoort"]


def test_phones_and_counters_are_shut_on_holidays(committed: Path) -> None:
    holidays = json.loads((committed / "truth" / "events.json").read_text(encoding="utf-8"))
    shut = {f"{day[8:]}-{day[5:7]}-{day[:4]}" for day in holidays["holidays"]}
    assert "27-04-2024" in shut  # King's Day
    for name in names(committed):
        if name.startswith(("telefonie/", "balie/")):
            encoding = "cp1252" if name.startswith("telefonie") else "utf-8-sig"
            days = {
                day
                for text in lines(committed, name, encoding)
                for day in re.findall(
                    r"^[^;]*;(?:In|[^;]*;[^;]*;[^;]*;[JN]);(\d\d-\d\d-\d{4})", text
                )
            }
            assert days
            assert not days & shut, name


def test_the_configuration_fits_the_logs(committed: Path) -> None:
    settings = read_settings(committed / "samenspel.toml")
    assert settings.organisation == town.NAME
    assert settings.inhabitants == town.INHABITANTS
    found = Counter(
        name
        for source in settings.source
        for path in source.path
        for name in (p.relative_to(committed).as_posix() for p in committed.glob(path))
    )
    assert sorted(found) == sorted(row["file"] for row in table(committed, "accounts.csv"))
    assert set(found.values()) == {1}
    assert {source.name for source in settings.source} == {
        row["source"] for row in table(committed, "accounts.csv")
    }


def test_a_source_of_the_sample_is_three_lines(committed: Path) -> None:
    raw = read_toml(committed / "samenspel.toml")
    lines = [sorted(set(source) - {"attributes", "columns"}) for source in raw["source"]]
    assert lines == [["name", "path", "preset"]] * 8
    # notes are never a preset's to keep: the municipality says so
    own = {source["name"]: source["columns"] for source in raw["source"] if "columns" in source}
    assert own == {"kcc-registraties": {"note": "toelichting"}}


def test_notes_tell_mostly_why_a_call_was_made() -> None:
    """On some calls only, more often on trouble; equal seeds give equal notes, and nothing else."""

    def noted(seed: int) -> list[Happening]:
        rows = []
        for number in range(3000):
            call = Happening("phone", number, number, False, "paspoort", "", "")
            call.planted = "digital_failure" if number % 2 else ""
            row = Happening("phone", number, number, False, "paspoort", "", "", call=call)
            row.talk = f"G{number // 2 * 2 + number % 2}"
            rows.append(row)
        write_notes(rows, seed)
        return rows

    rows = noted(1)
    assert [row.note for row in rows] == [row.note for row in noted(1)]
    assert [row.note for row in rows] != [row.note for row in noted(2)]
    share = [sum(bool(row.note) for row in rows[part::2]) / 1500 for part in (0, 1)]
    assert 0.1 < share[0] < 0.3 < share[1] < 0.55
    words = ("site", "form", "digid", "online", "pagina", "upload", "digitaal", "websit")
    hits = [any(word in row.note.lower() for word in words) for row in rows[1::2] if row.note]
    assert 0.6 < sum(hits) / len(hits) < 0.98


def test_the_configuration_knows_every_spelling(committed: Path) -> None:
    settings = read_settings(committed / "samenspel.toml")
    source = {one.name: one for one in settings.source}

    def mapped(one: SourceSettings, column: str, spellings: dict[str, str]) -> None:
        entry = one.columns[column]
        for meaning, spelling in spellings.items():
            begins = [
                value
                for key, value in entry.map.items()
                if key.endswith("*") and spelling.startswith(key[:-1])
            ]
            assert meaning == entry.map.get(spelling, *begins[:1])

    for name, names in (
        ("telefonie", labels.PHONE_SERVICES),
        ("balie", labels.COUNTER_SERVICES),
        ("e-mail", labels.INBOX_SERVICES),
        ("berichten", labels.INBOX_SERVICES),
        ("matomo", labels.SITE_SERVICES),
    ):
        assert settings.service_names[name] == {
            spelling: meaning or "-" for meaning, spelling in names.items()
        }
    mapped(source["telefonie"], "outcome", labels.PHONE_OUTCOMES)
    mapped(source["telefonie"], "outcome", {"abandoned": labels.NOT_REACHED})
    mapped(source["balie"], "outcome", labels.COUNTER_OUTCOMES)
    mapped(source["e-mail"], "outcome", labels.EMAIL_OUTCOMES)
    mapped(source["webformulieren"], "outcome", labels.FORM_OUTCOMES)
    mapped(source["berichten"], "outcome", labels.MESSAGE_OUTCOMES)
    mapped(source["post"], "outcome", labels.POST_OUTCOMES)
    known = spellings_of_channels(settings)
    for channel, spellings in labels.MESSAGE_CHANNELS.items():
        for spelling in spellings:
            assert known[plain_name(spelling)] == channel
    assert settings.avoidable.reasons == {**town.CODES, **town.COUNTER_CODES, **town.TAGS}
    assert settings.cost == town.COST
    assert settings.avoidable.term_days == town.TERM_DAYS
    assert settings.avoidable.term_days_by_service == town.TERM_DAYS_BY_SERVICE


# nobody is in it


def test_identifiers_cannot_be_real(committed: Path) -> None:
    numbers: set[str] = set()
    addresses: set[str] = set()
    for name in names(committed):
        if name.startswith("truth/") or not name.endswith(".gz"):
            continue
        encoding = {"telefonie": "cp1252", "e-mail": "utf-16"}.get(name.split("/")[0], "utf-8")
        text = "\n".join(lines(committed, name, encoding))
        addresses |= set(re.findall(r"[\w.<>-]+@[\w.-]+", text))
        if name.startswith("balie"):
            numbers |= set(re.findall(r";(\d{9});", text))
    assert len(addresses) > 1000
    assert all(address.lower().endswith(".example") for address in addresses)
    assert numbers
    assert all(number.startswith("999") for number in numbers)
    assert all(passes_eleven_test(number) for number in numbers)


def test_the_eleven_test() -> None:
    assert passes_eleven_test("111222333")  # the textbook example
    assert not passes_eleven_test("111222334")
    assert passes_eleven_test(bsn(7))
    assert not passes_eleven_test(wrong_bsn(bsn(7)))


# what is wrong with it


def test_the_accounts_add_up(committed: Path) -> None:
    for row in table(committed, "accounts.csv"):
        fates = [int(row[fate]) for fate in ("loaded", "duplicate", "rejected")]
        assert int(row["read"]) == sum(fates), row["file"]


def test_the_accounts_count_the_lines(committed: Path) -> None:
    encodings = {"telefonie": "cp1252", "e-mail": "utf-16"}
    for row in table(committed, "accounts.csv"):
        if row["file"].endswith((".csv.gz", ".jsonl.gz")):
            header = 1 if row["file"].endswith(".csv.gz") else 0
            found = lines(committed, row["file"], encodings.get(row["source"], "utf-8"))
            assert int(row["read"]) == len(found) - header, row["file"]
        elif row["file"].endswith(".json.gz"):
            found = json.loads(gzip.decompress((committed / row["file"]).read_bytes()))
            assert int(row["read"]) == len(found), row["file"]


def test_every_fault_is_accounted_for(committed: Path) -> None:
    quirks = json.loads((committed / "truth" / "quirks.json").read_text(encoding="utf-8"))
    accounts = {row["file"]: row for row in table(committed, "accounts.csv")}
    for fate in ("duplicate", "rejected"):
        expected = Counter[str]()
        for quirk in quirks:
            if quirk["fate"] == fate:
                expected[quirk["file"]] += quirk["rows"]
        actual = {name: int(row[fate]) for name, row in accounts.items() if int(row[fate])}
        assert actual == expected
    assert {quirk["kind"] for quirk in quirks} == {
        "wrong_date", "missing_date", "too_few_columns", "too_many_columns", "broken_quote",
        "truncated_json", "duplicate_row", "overlap", "bad_duration", "unknown_channel",
        "no_such_local_time",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "encoding", "pattern"),
    [
        ("telefonie/cdr-2024-02.csv.gz", "cp1252", r"31-02-2024"),
        ("telefonie/cdr-2024-08.csv.gz", "cp1252", r';"[^"]*$'),
        ("balie/klantgeleiding-2024-Q2.csv.gz", "utf-8-sig", r"00-00-0000"),
        ("e-mail/postvak-2024.csv.gz", "utf-16", r"\tonbekend\t"),
        ("berichten/gesprekken-2025-H1.jsonl.gz", "utf-8", r'"createdAt":null'),
        ("webformulieren/melding-openbare-ruimte-2024.csv.gz", "utf-8", r"2024-10-27 02:"),
    ],
)
def test_a_planted_fault_is_in_the_file(
    committed: Path, name: str, encoding: str, pattern: str
) -> None:
    assert any(re.search(pattern, text) for text in lines(committed, name, encoding))


def test_the_euro_sign_is_where_latin1_has_none(committed: Path) -> None:
    data = gzip.decompress((committed / "telefonie/cdr-2024-01.csv.gz").read_bytes())
    assert b"(\x80)" in data


def test_one_number_is_written_in_many_ways(committed: Path) -> None:
    forms = [n for n in names(committed) if n.startswith("webformulieren/")]
    text = "\n".join(line for name in forms for line in lines(committed, name, "utf-8"))
    for style in (r",0600\d{6},", r",06-\d{8},", r",06 \d\d \d\d \d\d \d\d,", r",\+31 6 \d{8},"):
        assert re.search(style, text)


# the truth agrees with itself


def registrations(committed: Path) -> int:
    """How many rows of the desk are loaded."""
    accounts = table(committed, "accounts.csv")
    return sum(int(row["loaded"]) for row in accounts if row["source"] == "kcc-registraties")


def test_loaded_rows_are_the_same_everywhere(committed: Path) -> None:
    loaded = sum(int(row["loaded"]) for row in table(committed, "accounts.csv"))
    volumes = table(committed, "contacts_by_month_channel.csv")
    assert loaded == sum(int(row["inbound"]) + int(row["outbound"]) for row in volumes)
    persons = lines(committed, "truth/persons.csv.gz", "utf-8")[1:]
    assert loaded == len(persons)
    assert len({tuple(text.split(",")[:2]) for text in persons}) == loaded
    # a registration is a row of its own, but no contact where it is of a call or a further question
    rows = sum(int(row["inbound"]) for row in volumes if row["channel"] not in {"web_visit"})
    assert 0 < rows - int(figure(committed, "contacts")["value"]) < registrations(committed)
    others = {row["channel"] for row in volumes} - {"web_visit", "phone"}
    for channel in others:
        counted = sum(int(row["inbound"]) for row in volumes if row["channel"] == channel)
        assert counted == int(figure(committed, "contacts", "channel", channel)["value"])


def test_additive_metrics_add_up_over_every_grouping(committed: Path) -> None:
    whole: dict[tuple[str, str], float] = {}
    parts: Counter[tuple[str, str, str]] = Counter()
    not_additive = {"customers", "median_wait", "p90_wait", "time_to_repeat"}
    for row in table(committed, "metrics.csv"):
        if row["metric"] in not_additive:
            continue
        for column in ("numerator", "denominator"):
            value = float(row[column] or 0)
            if row["by"] == "total":
                whole[row["metric"], column] = value
            else:
                parts[row["metric"], column, row["by"]] += value  # type: ignore[assignment]
    assert whole
    for (metric, column, by), value in parts.items():
        assert value == pytest.approx(whole[metric, column]), (metric, column, by)


def test_avoidable_contacts_agree_with_the_metric(committed: Path) -> None:
    rows = table(committed, "avoidable.csv")
    assert {row["category"] for row in rows} == set(AVOIDABLE_CATEGORIES)
    found = sum(int(row["by_code"]) + int(row["by_rule"]) for row in rows)
    assert found == int(figure(committed, "avoidable_share")["numerator"])
    by_rule = Counter[str]()
    for row in rows:
        by_rule[row["category"]] += int(row["by_rule"])
    assert all(by_rule[category] > 50 for category in AVOIDABLE_CATEGORIES[:5])
    assert all(by_rule[category] == 0 for category in AVOIDABLE_CATEGORIES[5:])


def test_repeats_agree_with_the_metric(committed: Path) -> None:
    total, *rest = table(committed, "repeats.csv")
    repeat = figure(committed, "repeat_share")
    assert (total["candidates"], total["repeats"]) == (repeat["denominator"], repeat["numerator"])
    assert 0 < int(total["repeats_same_channel"]) < int(total["repeats"])
    planted, crossing = int(total["planted_follow_ups"]), int(total["planted_on_another_channel"])
    assert 0.2 * planted < crossing < 0.8 * planted
    for by in ("month", "channel", "service"):
        assert sum(int(row["repeats"]) for row in rest if row["by"] == by) == int(total["repeats"])


def test_journeys_hold_all_episodes(committed: Path) -> None:
    found = sum(int(row["episodes"]) for row in table(committed, "journeys.csv"))
    assert found == int(figure(committed, "episodes")["value"])


def test_events_left_their_mark(committed: Path) -> None:
    events = json.loads((committed / "truth" / "events.json").read_text(encoding="utf-8"))
    assert events["ambiguous_local_times"] == 4
    contacts = {event["key"]: event["contacts"] for event in events["events"]}
    outage = contacts["form_outage"]
    assert outage["during"]["unfinished_forms"] > 5 * outage["just_before"]["unfinished_forms"]
    letter = contacts["wrong_letter"]
    assert letter["during"]["contacts"] > 3 * letter["a_year_before"]["contacts"]
    chased = "planted:progress_chasing"
    parking = contacts["parking_form"]
    assert parking["during"][chased] < 0.6 * parking["a_year_before"][chased]
    unclear = "planted:unclear_information"
    assessment = contacts["clear_assessment"]
    assert assessment["during"][unclear] < 0.75 * assessment["a_year_before"][unclear]
