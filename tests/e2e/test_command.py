"""The command as a process: what it prints, its exit status, and that nobody meets a traceback."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

KEY = "0f" * 32

CONFIG = """
[[source]]
name = "telefonie"
kind = "csv"
path = "log.csv"
[source.columns]
contact_id = "Nr"
started_at = "Start"
channel = { value = "phone" }
service = "Dienst"
[source.identifiers]
phone = "Nummer"
"""

LOG = """Nr;Start;Dienst;Nummer
1;01-05-2024 09:00;paspoort;0612345601
2;02-05-2024 09:00;paspoort;0612345601
3;32-05-2024 09:00;paspoort;0612345602
4;03-05-2024 09:00;afval;0612345603
4;03-05-2024 09:00;afval;0612345603
5;04-05-2024 09:00;afval
"""


def run(folder: Path, *arguments: str, key: str | None = KEY) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "SAMENSPEL_KEY"}
    if key:
        environment["SAMENSPEL_KEY"] = key
    result = subprocess.run(
        [sys.executable, "-m", "samenspel", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in result.stdout + result.stderr
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "samenspel.toml").write_text(CONFIG)
    (tmp_path / "log.csv").write_text(LOG)
    return tmp_path


def test_load_adds_up_and_names_each_refused_line(folder: Path) -> None:
    first = run(folder, "load")
    assert first.returncode == 1, first.stderr
    assert "read 6 = loaded 3 + duplicate 1 + rejected 2" in first.stdout

    refused = run(folder, "rejects", "--format", "csv")
    lines = [line.split(",") for line in refused.stdout.splitlines()]
    assert lines[0][:4] == ["source", "file", "line", "column"]
    assert sorted(int(line[2]) for line in lines[1:]) == [4, 7]
    assert "Start" in {line[3] for line in lines[1:]}
    assert "0612345602" not in refused.stdout
    assert "32-05-2024" not in refused.stdout


def test_the_same_load_twice_adds_nothing(folder: Path) -> None:
    run(folder, "load")
    before = run(folder, "kpi", "--format", "json").stdout
    again = run(folder, "load")
    assert again.returncode == 0
    assert "read 0 = loaded 0 + duplicate 0 + rejected 0" in again.stdout
    assert run(folder, "kpi", "--format", "json").stdout == before


def test_kpi_json_is_the_stable_form(folder: Path) -> None:
    run(folder, "load")
    (folder / "open.toml").write_text("[privacy]\nthreshold = 1\n" + CONFIG)
    run(folder, "load", "--config", "open.toml")
    result = run(
        folder, "kpi", "--metric", "contacts", "repeat_share", "--by", "service", "--format", "json"
    )
    records = json.loads(result.stdout)
    keys = {"metric", "period", "service", "value", "numerator", "denominator", "suppressed"}
    assert {frozenset(record) for record in records} == {frozenset(keys)}
    counts = {r["service"]: r["value"] for r in records if r["metric"] == "contacts"}
    assert counts == {"paspoort": 2, "afval": 1}


def test_small_groups_are_suppressed_by_default(folder: Path) -> None:
    run(folder, "load")
    result = run(folder, "kpi", "--metric", "contacts", "--format", "json")
    (record,) = json.loads(result.stdout)
    assert record["suppressed"] is True
    assert record["value"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["kpi", "--metric", "repeat_shar"], "repeat_share"),
        (["kpi", "--by", "chanel"], "channel"),
        (["kpi", "--month", "mei"], "2024-05"),
        (["kpi", "--format", "xml"], "json"),
        (["load", "--config", "none.toml"], "none.toml"),
        (["load", "--source", "balie"], "telefonie"),
        (["nonsense"], "nonsense"),
        (["serve", "--port", "many"], "port"),
        (["export", "--month", "2024-05", "--out", "x", "--format", "docx"], "xlsx"),
    ],
)
def test_wrong_use_is_one_clear_line_and_status_2(
    folder: Path, arguments: list[str], says: str
) -> None:
    run(folder, "load")
    result = run(folder, *arguments)
    assert result.returncode == 2
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


NAMELESS = """Starttijd;Onderwerp;Kanaal;Nummer
01-05-2024 09:00;Verhuizen;Instagram DM;0612345601
02-05-2024 09:00;paspoort;E-Mail;0612345602
"""


def test_an_unknown_export_is_proposed_pasted_and_loaded(folder: Path) -> None:
    (folder / "export.csv").write_text(NAMELESS)
    proposed = run(folder, "inspect", "export.csv")
    assert proposed.returncode == 1, proposed.stderr  # one channel is nobody's
    assert "would refuse 1 rows: Kanaal" in proposed.stderr
    assert "06123456" not in proposed.stdout + proposed.stderr
    (folder / "samenspel.toml").write_text(proposed.stdout)
    assert "read 2 = loaded 1 + duplicate 0 + rejected 1" in run(folder, "load").stdout
    waiting = run(folder, "channels", "--out", "kanalen.csv")
    assert waiting.returncode == 1
    assert "Instagram DM" in waiting.stdout
    table = (folder / "kanalen.csv").read_text("utf-8-sig")
    assert table == "naam;kanaal\nInstagram DM;\n"
    (folder / "kanalen.csv").write_text(table.replace("DM;", "DM;social"), "utf-8")
    settings = 'channel_names = "kanalen.csv"\n' + proposed.stdout
    (folder / "samenspel.toml").write_text(settings)
    assert run(folder, "channels").returncode == 0
    again = run(folder, "load", "--warehouse", "anew")
    assert "read 2 = loaded 2 + duplicate 0 + rejected 0" in again.stdout


def test_services_are_named_once_a_person_confirms(folder: Path) -> None:
    (folder / "log.csv").write_text(LOG.replace("afval", "Verhuizen"))
    run(folder, "load")
    waiting = run(folder, "services")
    assert waiting.returncode == 1
    table = (folder / "diensten.csv").read_text("utf-8-sig")
    assert "telefonie;Verhuizen;2;verhuismelding;95;\n" in table
    (folder / "diensten.csv").write_text(table.replace("95;\n", "95;verhuismelding\n"), "utf-8")
    (folder / "samenspel.toml").write_text('service_names = "diensten.csv"\n' + CONFIG)
    assert run(folder, "services").returncode == 0
    run(folder, "load")
    (folder / "open.toml").write_text(
        'service_names = "diensten.csv"\n[privacy]\nthreshold = 1\n' + CONFIG
    )
    run(folder, "load", "--config", "open.toml")
    asked = ("kpi", "--metric", "contacts", "--by", "service", "--format", "json")
    counts = {row["service"]: row["value"] for row in json.loads(run(folder, *asked).stdout)}
    assert counts == {"paspoort": 2, "verhuismelding": 1}


def test_presets_are_listed_and_printed_to_be_changed(folder: Path) -> None:
    listed = run(folder, "presets")
    assert listed.returncode == 0
    assert "klantgeleiding" in listed.stdout
    printed = run(folder, "presets", "klantgeleiding")
    (folder / "mijn.toml").write_text(printed.stdout)
    (folder / "bezoeken.csv").write_text("Ticket;Aankomst\nA1;01-05-2024 09:00\n")
    (folder / "samenspel.toml").write_text(
        '[[source]]\nname = "balie"\npreset = "mijn.toml"\npath = "bezoeken.csv"\n'
    )
    assert "read 1 = loaded 1" in run(folder, "load").stdout


def test_a_renamed_column_is_told_before_anything_is_loaded(folder: Path) -> None:
    run(folder, "load")
    (folder / "log.csv").write_text(LOG.replace("Dienst", "Dienst gevraagd"))
    found = run(folder, "doctor")
    assert found.returncode == 1
    assert "perhaps it is now 'Dienst gevraagd'" in found.stdout
    stopped = run(folder, "load")
    assert stopped.returncode == 2
    assert "'Dienst' (service) is gone" in stopped.stderr
    assert "nothing was loaded" in stopped.stderr


def test_without_a_key_a_load_refuses_and_says_how_to_make_one(folder: Path) -> None:
    result = run(folder, "load", key=None)
    assert result.returncode == 2
    assert "samenspel key" in result.stderr
    assert run(folder, "key", "secret.key").returncode == 0
    assert (folder / "secret.key").stat().st_mode & 0o077 == 0
    (folder / "keyed.toml").write_text('[privacy]\nkey_file = "secret.key"\n' + CONFIG)
    assert run(folder, "load", "--config", "keyed.toml", key=None).returncode == 1
    twice = run(folder, "key", "secret.key")
    assert twice.returncode == 2


def test_before_a_load_every_question_says_what_to_do(tmp_path: Path) -> None:
    for command in (["kpi"], ["rejects"], ["export", "--month", "2024-05", "--out", "x"]):
        result = run(tmp_path, *command)
        assert result.returncode == 1
        assert "samenspel load" in result.stderr


def test_the_demo_does_not_mix_with_own_contacts(folder: Path) -> None:
    run(folder, "load")
    result = run(folder, "demo", "--no-serve")
    assert result.returncode == 2
    assert "--warehouse" in result.stderr


def test_serve_refuses_off_loopback_without_sign_in(folder: Path) -> None:
    run(folder, "load")
    result = run(folder, "serve", "--host", "0.0.0.0")  # noqa: S104  # that it refuses is the test
    assert result.returncode == 2
    assert "users_file" in result.stderr


def test_serve_says_where_the_dashboard_is_and_answers_there(folder: Path) -> None:
    run(folder, "load")
    serving = subprocess.Popen(
        [sys.executable, "-m", "samenspel", "serve", "--port", "0"],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stderr is not None
        said = serving.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address, said
        with urllib.request.urlopen(address.group()) as answer:  # noqa: S310  # our own server
            assert answer.status == 200
    finally:
        serving.terminate()
        serving.communicate(timeout=30)


def test_doctor_says_what_is_fine_and_what_to_mend(folder: Path) -> None:
    before = run(folder, "doctor")
    assert before.returncode == 1
    assert "samenspel load" in before.stdout
    run(folder, "load")
    after = run(folder, "doctor")
    assert after.returncode == 0, after.stdout
    (folder / "log.csv").rename(folder / "gone.csv")
    broken = run(folder, "doctor")
    assert broken.returncode == 1
    assert "telefonie" in broken.stdout


def test_help_names_every_command() -> None:
    result = run(Path.cwd(), "--help")
    assert result.returncode == 0
    for command in ("demo", "load", "kpi", "serve", "export", "rejects", "doctor", "key", "user"):
        assert command in result.stdout


def test_journeys_are_written_with_rare_ones_left_out(folder: Path) -> None:
    run(folder, "load")
    log = folder / "reizen.csv"
    result = run(folder, "journeys", "--out", str(log))
    assert result.returncode == 0, result.stderr
    assert "0 journeys, 0 contacts" in result.stdout
    assert "Left out: fewer than 10 journeys" in result.stdout
    assert log.read_text().count("\n") == 1
    result = run(
        folder, "journeys", "--out", str(log), "--keep-rare", "--month", "2024-05",
        "--where", "service=paspoort", "--time", "day",
    )  # fmt: skip
    assert "1 journeys, 2 contacts" in result.stdout
    rows = [line.replace('"', "").split(",") for line in log.read_text().splitlines()]
    assert [row[1:4] for row in rows[1:]] == [
        ["phone", "2024-05-01T00:00:00Z", "paspoort"],
        ["phone", "2024-05-02T00:00:01Z", "paspoort"],
    ]
    assert "06123" not in log.read_text()
    for wrong in (["--format", "pdf"], ["--time", "second"], ["--where", "servic=paspoort"]):
        result = run(folder, "journeys", "--out", str(log), *wrong)
        assert result.returncode == 2
        assert result.stderr.startswith("samenspel:")
