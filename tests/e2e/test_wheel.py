"""What a user gets: the wheel, in an empty environment, run from another folder."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_the_wheel_runs_the_demo_by_itself(repository: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, "."],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("samenspel-*.whl")
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / "bin" / "python"
    constraints = repository / "constraints.txt"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "-c", constraints, wheel],
        check=True,
        capture_output=True,
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = tmp_path / "empty" / "bin" / "samenspel"

    demo = subprocess.run(
        [command, "demo", "--no-serve"], cwd=elsewhere, capture_output=True, text=True, check=False
    )
    assert demo.returncode == 0, demo.stderr
    assert "total: read" in demo.stdout

    kpi = subprocess.run(
        [command, "kpi", "--metric", "contacts", "--by", "channel", "--format", "json"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {row["channel"] for row in json.loads(kpi.stdout)} >= {"phone", "counter", "email"}
