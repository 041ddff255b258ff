"""The command on a source that is a server: doctor, load, load --full, and what they say."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.bench import TOKENS
from tests.servers.server import ApiServer, kiss, open_klant
from tests.servers.world import LAST_MOMENT, World, bsn_of, make_world

DAY = timedelta(days=1)
CONFIG = """
[privacy]
key_file = "samenspel.key"

[[source]]
name = "openklant"
kind = "openklant"
url = "{klant}"

[[source]]
name = "kiss"
kind = "kiss"
url = "{kiss}"
contacts = "openklant"
"""


class Town:
    """A folder with a configuration, two servers, and the command."""

    def __init__(self, folder: Path, world: World, klant: ApiServer, details: ApiServer) -> None:
        self.folder, self.world, self.klant = folder, world, klant
        (folder / "samenspel.toml").write_text(
            CONFIG.format(klant=klant.address, kiss=details.address)
        )
        self.run("key", "samenspel.key")

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "samenspel", *arguments],
            cwd=self.folder,
            env={**os.environ, **TOKENS, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    world = make_world(0)
    person = world.party("persoon", [("bsn", bsn_of(1))])
    for days in range(20):
        contact = world.contact(LAST_MOMENT - days * DAY)
        world.involve(contact, person)
        world.detail(contact, 240)
    with ApiServer(open_klant(world)) as klant, ApiServer(kiss(world)) as details:
        yield Town(tmp_path, world, klant, details)


def test_from_check_to_reload(town: Town) -> None:
    doctor = town.run("doctor")
    assert "klantcontacten 20, betrokkenen 20" in doctor.stdout
    assert "contactmomentendetails 20" in doctor.stdout

    first = town.run("load")
    assert first.returncode == 0, first.stderr
    assert "openklant  klantcontacten (volledig): read 20 = loaded 20" in first.stdout
    assert "kiss  contactmomentendetails (volledig): read 20 = loaded 0 + duplicate 20" in (
        first.stdout
    )
    again = town.run("load")
    assert "klantcontacten (sinds 2025-03-24): read 8 = loaded 0 + duplicate 8" in again.stdout

    changed, gone = town.world.lists["klantcontacten"][18:]
    changed["kanaal"] = "Balie"
    town.world.remove(gone)
    town.world.details[:] = [one for one in town.world.details if one["id"] != gone["url"]]
    whole = town.run("load", "--full")
    assert "read 19 = loaded 1 + duplicate 18 + rejected 0" in whole.stdout
    assert "of earlier rows 1 changed, 1 gone at the source" in whole.stdout
    kpi = town.run("kpi", "--metric", "contacts", "--by", "channel", "--format", "csv")
    assert kpi.returncode == 0, kpi.stderr
    for said in (doctor, first, again, whole, kpi):
        for private in (bsn_of(1), "Verzonnen", TOKENS["OPENKLANT_TOKEN"]):
            assert private not in said.stdout + said.stderr


def test_a_wrong_token_is_one_line(town: Town) -> None:
    for command in ("load", "doctor"):
        said = town.run(command, OPENKLANT_TOKEN="wrong")  # noqa: S106
        lines = said.stdout + said.stderr
        assert "the API does not accept the token (401)" in lines.replace("\n", " ")
        assert "Traceback" not in lines
        assert said.returncode == (2 if command == "load" else 1)
