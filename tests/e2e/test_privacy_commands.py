"""Forgetting, rotating and retaining as processes: what they print, and what they never do."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.accounts import verify
from etl.privacy import read_key_file
from warehouse.store import Store

pytestmark = pytest.mark.slow

CONFIG = """
[privacy]
key_file = "secret/key"
[[source]]
name = "telefonie"
kind = "csv"
path = "log*.csv"
[source.columns]
contact_id = "Nr"
started_at = "Start"
channel = { value = "phone" }
service = "Dienst"
note = "Notitie"
[source.identifiers]
phone = "Nummer"
bsn = "BSN"
"""
ANNA, BAS = "0600000001", "0600000002"
LOG = f"""Nr;Start;Dienst;Nummer;BSN;Notitie
1;01-05-2024 09:00;paspoort;{ANNA};999990019;mevrouw Jansen, bel {ANNA}
2;02-05-2024 09:00;paspoort;{ANNA};;
3;03-05-2024 09:00;afval;{BAS};;belt voor de container
4;04-05-2024 09:00;afval;;999990019;
"""


def command(folder: Path, *arguments: str, said: str | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "samenspel", *arguments],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "SAMENSPEL_KEY"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *arguments: str, said: str = "") -> tuple[int, str]:
    """Exit status, and all that was printed: never a traceback, never an identifier."""
    process = command(folder, *arguments)
    output, errors = process.communicate(said, timeout=120)
    text = output + errors
    assert "Traceback" not in text
    digits = re.sub(r"[ ().+/-]", "", text)
    assert not any(value in digits for value in (ANNA, BAS, ANNA[1:], "999990019"))
    return process.returncode, text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").mkdir()
    (tmp_path / "samenspel.toml").write_text(CONFIG)
    (tmp_path / "log.csv").write_text(LOG)
    assert run(tmp_path, "key", "secret/key")[0] == 0
    status, text = run(tmp_path, "load")
    assert status == 0, text
    return tmp_path


def figures(folder: Path) -> object:
    return json.loads(run(folder, "kpi", "--by", "service", "--format", "json")[1])


def test_forgetting_by_stdin(folder: Path) -> None:
    """The value stays out of the arguments, so out of the shell's history and the process list."""
    status, text = run(folder, "forget", "--identifier", "phone:-", "--dry-run", said=ANNA + "\n")
    assert (status, "2 rows" in text) == (0, True)
    status, text = run(
        folder, "forget", "--identifier", "phone:-", "--whole-customer", said=ANNA + "\n"
    )
    assert status == 0
    assert "Erased 3 rows" in text
    assert "Erased 0 rows" in run(folder, "forget", "--identifier", f"phone:{ANNA}")[1]
    (folder / "log2.csv").write_text(LOG + "5;05-05-2024 09:00;afval;;;\n")
    status, text = run(folder, "load")
    assert status == 1
    assert "read 5 = loaded 1 + duplicate 1 + rejected 3" in text
    assert run(folder, "rejects")[1].count("op verzoek is gewist") == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--identifier", "phone"], "not written as KIND:VALUE"),
        (["--identifier", "phone:-"], "not written as KIND:VALUE"),
        (["--identifier", "bsn:12"], "no valid bsn"),
        (["--identifier", "naam:Jansen"], "no such kind"),
        ([], "--identifier"),
    ],
)
def test_a_wrong_use_is_one_line(folder: Path, arguments: list[str], said: str) -> None:
    status, text = run(folder, "forget", *arguments)
    assert status == 2
    assert said in text
    assert len(text.strip().splitlines()) == 1


def test_rotating_keeps_every_figure(folder: Path) -> None:
    before = figures(folder)
    status, text = run(folder, "rotate-key")
    assert status == 0, text
    assert "2 keys" in text
    assert len(read_key_file(folder / "secret" / "key")) == 2
    assert figures(folder) == before
    status, text = run(folder, "doctor")
    assert status == 0, text
    assert "it fits" in text


def test_a_wrong_key_is_refused_and_no_key_too(folder: Path) -> None:
    (folder / "secret" / "key").unlink()
    (folder / "log2.csv").write_text(LOG.replace("2024", "2025"))
    status, text = run(folder, "load")
    assert status == 2
    assert "samenspel key" in text
    run(folder, "key", "secret/key")
    for arguments in (["load"], ["rotate-key"], ["forget", "--identifier", "bsn:123456782"]):
        status, text = run(folder, *arguments)
        assert status == 2, arguments
        assert "not the key that the warehouse was made with" in text
    assert run(folder, "doctor")[0] == 1


def test_the_demo_needs_no_key_and_has_none_to_rotate(tmp_path: Path) -> None:
    assert run(tmp_path, "demo", "--no-serve")[0] == 0
    status, text = run(tmp_path, "rotate-key")
    assert status == 2
    assert "whose key is no secret" in text
    assert "Erased" in run(tmp_path, "forget", "--identifier", "bsn:999253864")[1]


def test_doctor_tells_of_terms_and_of_an_open_key_file(folder: Path) -> None:
    config = folder / "samenspel.toml"
    config.write_text(CONFIG.replace("[privacy]", "[privacy]\nretain_months = 1"))
    (folder / "secret" / "key").chmod(0o644)
    status, text = run(folder, "doctor")
    assert status == 1
    assert "4 contacts" in text
    assert "chmod 600" in text
    assert run(folder, "load")[0] == 0
    assert "0 contacts" in run(folder, "doctor")[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_rotation_killed_at_any_moment_can_be_finished(folder: Path) -> None:
    before = figures(folder)
    store = Store(folder / ".samenspel")
    began = time.monotonic()
    run(folder, "rotate-key")
    duration = time.monotonic() - began
    for share in (0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0):
        process = command(folder, "rotate-key")
        time.sleep(share * duration)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        current = store.current_file()
        assert current is not None
        verify(current)
        assert run(folder, "load")[0] == 0, "the key file and the warehouse no longer fit"
    assert run(folder, "rotate-key")[0] == 0
    assert figures(folder) == before
    assert [file.name for file in (folder / ".samenspel" / "versions").iterdir()] == [
        store.current_file().name
    ]
