"""Many at once: loads that meet, people who look on meanwhile, refusals by the million."""

import csv
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.commands import KEY, Folder, processes

pytestmark = pytest.mark.slow

ROWS = 200
PAGE_OUTPUTS = ("content", "header", "footer", "page-facts", "shown-version")


def rows(first: int, count: int = ROWS) -> str:
    return "".join(
        f"2024-05-{i % 28 + 1:02} {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02};phone\n"
        for i in range(first, first + count)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.configure()
    folder.write("start;channel\n" + rows(0), "0.csv")
    assert folder.load().status == 0
    return folder


def load_again_and_again(path: Path, results: Any, times: int) -> None:
    """Load as often as asked; each ending is told."""
    folder = Folder(path)
    for _ in range(times):
        results.put(load_as_a_process(folder))


def load_as_a_process(folder: Folder) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "samenspel", "load"],
        cwd=folder.path,
        env={**os.environ, "SAMENSPEL_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_of_loads_at_once_one_wins_and_the_others_say_so(folder: Folder) -> None:
    """Four processes load the same new file; it counts once."""
    folder.write("start;channel\n" + rows(500, 20_000), "1.csv")
    context = processes()
    results = context.Queue()
    loads = [
        context.Process(target=load_again_and_again, args=(folder.path, results, 1))
        for _ in range(4)
    ]
    for load in loads:
        load.start()
    for load in loads:
        load.join()
    endings = [results.get() for _ in loads]
    refused = [said for status, said in endings if status]
    assert len(refused) < len(endings), endings
    for said in refused:
        (line,) = [one for one in said.splitlines() if one.startswith("samenspel:")]
        assert "another load is busy" in line
        assert "try again" in line
    assert folder.query("select count(*) from contact") == [(ROWS + 20_000,)]
    folder.check()


class Visitor:
    """Somebody with the dashboard open, who asks for a page again and again.

    Args:
        address: of the dashboard.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        dependencies = json.loads(self._get("_dash-dependencies"))
        self.page = next(one for one in dependencies if "content.children" in one["output"])

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.address + path) as answer:  # noqa: S310  # our own server
            assert answer.status == 200
            return bytes(answer.read())

    def _ask(self, page: str) -> dict[str, Any]:
        values = {"pathname": page, "search": "", "data": None}
        outputs = [one.rsplit(".", 1) for one in self.page["output"].strip(".").split("...")]
        body = {
            "output": self.page["output"],
            "outputs": [{"id": key, "property": name} for key, name in outputs],
            "inputs": [{**one, "value": values[one["property"]]} for one in self.page["inputs"]],
            "changedPropIds": ["address.pathname"],
            "state": [],
        }
        request = urllib.request.Request(  # noqa: S310
            self.address + "_dash-update-component",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            assert answer.status == 200
            return dict(json.loads(answer.read())["response"])

    def look(self, page: str = "/") -> tuple[str, str]:
        """Return the version a page was drawn from, and all of the page as text."""
        self._get("")
        drawn = self._ask(page)
        return drawn["shown-version"]["data"], json.dumps(drawn, ensure_ascii=False)


@pytest.fixture
def visitor(folder: Folder) -> Any:
    serving = subprocess.Popen(
        [sys.executable, "-m", "samenspel", "serve", "--port", "0"],
        cwd=folder.path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", serving.stderr.readline())
        assert address
        yield Visitor(address.group())
    finally:
        serving.terminate()
        serving.communicate(timeout=30)


def start_load(folder: Folder) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "samenspel", "load"],
        cwd=folder.path,
        env={**os.environ, "SAMENSPEL_KEY": KEY},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_dashboard_that_is_looked_at_during_loads_always_answers_whole(
    folder: Folder, visitor: Visitor
) -> None:
    """Each answer is of one version; the number on it is that version's; newer ones come by."""
    counts = {folder.store.current_file().stem: ROWS}
    seen: list[str] = []
    for number in range(1, 4):
        folder.write("start;channel\n" + rows(1000 * number), f"{number}.csv")
        load = start_load(folder)
        while load.poll() is None:
            seen.append(visitor.look()[0])
            time.sleep(0.05)
        assert load.returncode == 0
        counts[folder.store.current_file().stem] = ROWS * (number + 1)
        version, page = visitor.look()
        assert version == folder.store.current_file().stem
        assert f"{ROWS * (number + 1)}" in page
        seen.append(version)
    assert set(seen) <= set(counts)
    assert seen == sorted(seen), "went back to an older version"


def test_a_dashboard_answers_from_the_version_before_a_damaged_one_and_says_so(
    folder: Folder, visitor: Visitor
) -> None:
    before = folder.store.current_file()
    folder.write("start;channel\n" + rows(1000), "1.csv")
    assert folder.load().status == 0
    broken = folder.store.current_file()
    broken.write_bytes(b"no database at all" * 1000)
    version, page = visitor.look()
    assert version == before.stem
    assert "De nieuwste gegevens zijn beschadigd" in page
    assert folder.load().totals == (ROWS, ROWS, 0, 0)
    version, page = visitor.look()
    assert version == folder.store.current_file().stem
    assert "beschadigd" not in page


@pytest.mark.parametrize("count", [200_000, pytest.param(2_000_000, marks=pytest.mark.night)])
def test_refusals_by_the_million_are_counted_listed_and_cost_little_memory(
    folder: Folder, count: int
) -> None:
    file = folder.path / "1.csv"
    with file.open("w", encoding="utf-8") as log:
        log.write("start;channel\n")
        for first in range(0, count, 10_000):
            log.write("32-13-2024 10:00;phone\n" * 9_000)
            log.write("2024-05-01 10:00;phone;x\n" * 1_000)
            del first
    result = folder.load()
    assert result.totals == (count, 0, 0, count)
    # while a file is read line by line a row takes some hundreds of bytes, however short its line
    assert result.peak_bytes < 300 * 2**20 + 600 * count
    folder.check()
    table = folder.run("rejects")
    assert table.status == 0
    assert len(table.out.splitlines()) == 3, "a line per kind of refusal"
    assert str(count * 9 // 10) in table.out
    assert str(count // 10) in table.out
    assert f"{count} rows were refused" in table.err
    listed = folder.run("rejects", "--format", "csv")
    assert listed.peak_bytes < 300 * 2**20
    lines = [int(row["line"]) for row in csv.DictReader(listed.out.splitlines())]
    assert lines == list(range(2, count + 2))
