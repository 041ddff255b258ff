"""`samenspel links` and the setting, as a person meets them on the command line."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SOURCES = """
[[source]]
name = "{name}"
kind = "csv"
path = "{name}.csv"
[source.columns]
started_at = "start"
channel = {{ value = "{channel}" }}
[source.identifiers]
{kind} = "number"
[source.attributes]
surname = "name"
initials = "name"
birth_date = "born"
"""
ON = "[linking.probabilistic]\nenabled = true\nthreshold = 0.9\n"


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        [sys.executable, "-m", "samenspel", *arguments],
        cwd=folder,
        env=os.environ | {"SAMENSPEL_KEY": "0f" * 32} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in result.stdout + result.stderr
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A counter that knows the BSN and a mailbox that knows the address, of the same people."""
    chance = random.Random(3)
    lines: dict[str, list[str]] = {"balie": ["start;number;name;born"], "mail": []}
    lines["mail"] = list(lines["balie"])
    letters = "bdfgklmnprst"
    for person in range(400):
        name = "".join(chance.choice(letters) + chance.choice("aeiou") for _ in range(3)).title()
        born = f"{1 + person % 28}-{1 + person % 12}-{1940 + person % 60}"
        who = f"{chance.choice('ABCDEFGH')}. {name};{born}"
        at = f"{1 + person % 28}-05-2024 10:{person % 60:02}"
        lines["balie"].append(f"{at};{_bsn(person)};{who}")
        if person % 2:
            lines["mail"].append(f"{at};p{person}@voorbeeld.example;{who}")
    for name, rows in lines.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    sources = (("balie", "counter", "bsn"), ("mail", "email", "email"))
    text = "".join(SOURCES.format(name=n, channel=c, kind=k) for n, c, k in sources)
    (tmp_path / "samenspel.toml").write_text(text)
    return tmp_path


def _bsn(number: int) -> str:
    """Return a made-up BSN, from the range that is never issued: the number-th that passes."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2)
    found = -1
    for first in range(99_900_000, 100_000_000):
        last = sum(w * int(d) for w, d in zip(weights, str(first), strict=True)) % 11
        found += last < 10
        if found == number:
            return f"{first}{last}"
    raise AssertionError(number)


def customers(folder: Path) -> int:
    printed = run(folder, "kpi", "--metric", "customers", "--format", "csv").stdout
    header, line = printed.splitlines()
    return round(float(line.split(",")[header.split(",").index("value")]))


def test_looking_tells_and_the_setting_does(folder: Path) -> None:
    assert run(folder, "load").returncode == 0
    assert customers(folder) == 600
    looked = run(folder, "links", "--chart", "weights.html")
    assert looked.returncode == 0
    assert "birth_date" in looked.stdout
    assert "off: nobody is joined so" in looked.stdout
    assert (folder / "weights.html").stat().st_size > 100_000
    (line,) = (line for line in looked.stdout.splitlines() if line.startswith("0.90"))
    assert line.split()[1:] == ["200", "400", "0"]

    settings = folder / "samenspel.toml"
    settings.write_text(ON + settings.read_text())
    assert run(folder, "load").returncode == 0
    assert customers(folder) == 400
    assert "on, from 0.9" in run(folder, "links").stdout


def test_the_truth_gives_precision_and_recall(folder: Path) -> None:
    run(folder, "load")
    (folder / "truth.csv").write_text("source,contact_id,person\nbalie,x,1\n")
    told = run(folder, "links", "--truth", "truth.csv").stdout
    assert "precision" in told
    wrong = run(folder, "links", "--truth", "balie.csv")
    assert wrong.returncode == 2
    assert "columns source, contact_id, person" in wrong.stderr


def test_too_little_is_said_and_nothing_is_published(folder: Path) -> None:
    settings = folder / "samenspel.toml"
    settings.write_text(
        ON
        + settings.read_text()
        .replace("[source.attributes]", "#")
        .replace('surname = "name"', "")
        .replace('initials = "name"', "")
        .replace('birth_date = "born"', "")
    )
    loaded = run(folder, "load")
    assert loaded.returncode == 1
    assert "too little to learn from" in loaded.stderr
    assert not (folder / ".samenspel" / "CURRENT").exists()


def test_without_splink_it_says_what_to_install(folder: Path) -> None:
    """A package of that name that holds nothing, found first, stands for none."""
    blocked = folder / "blocked" / "sitecustomize.py"
    blocked.parent.mkdir()
    blocked.write_text(
        "import sys\n"
        "class Without:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'splink':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Without())\n"
    )
    run(folder, "load")
    places = os.pathsep.join([str(blocked.parent), os.environ.get("PYTHONPATH", "")])
    looked = run(folder, "links", PYTHONPATH=places)
    assert looked.returncode == 2
    assert "pip install 'samenspel[linking]'" in looked.stderr


def test_before_any_load_there_is_nothing_to_link(tmp_path: Path) -> None:
    looked = run(tmp_path, "links")
    assert looked.returncode == 1
    assert "nothing was loaded yet" in looked.stderr
