"""The layers of the architecture hold, and the check that says so can fail."""

import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGES = ["samenspel", "dashboard", "etl", "reports", "analytics", "warehouse"]

WRONG_IMPORTS = {
    "warehouse knows nothing of ours": ("warehouse/planted.py", "import analytics"),
    "analytics knows no loader": ("analytics/planted.py", "import etl"),
    "analytics knows no screen": ("analytics/planted.py", "import dash"),
    "analytics opens no engine": ("analytics/planted.py", "import duckdb"),
    "the loader knows no dashboard": ("etl/planted.py", "import dashboard"),
    "the loader knows no reports": ("etl/planted.py", "import reports"),
    "the dashboard never loads": ("dashboard/planted.py", "import etl"),
    "the dashboard holds no SQL": ("dashboard/planted.py", "import duckdb"),
    "the dashboard asks through analytics": ("dashboard/planted.py", "import ibis"),
    "nobody imports the command": ("reports/planted.py", "import samenspel"),
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    folder = tmp_path_factory.mktemp("layers")
    shutil.copy(repository / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(
            repository / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


def test_the_layers_hold(copy: Path) -> None:
    result = _lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("name", "statement"), WRONG_IMPORTS.values(), ids=WRONG_IMPORTS.keys())
def test_a_planted_wrong_import_is_found(copy: Path, name: str, statement: str) -> None:
    planted = copy / name
    planted.write_text(f'"""Planted."""\n{statement}\n')
    try:
        result = _lint(copy)
    finally:
        planted.unlink()
    assert result.returncode == 1
    assert "BROKEN" in result.stdout
    assert name.split("/", 1)[0] + ".planted" in result.stdout


def test_all_packages_are_shipped_and_checked(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]
    assert project["hatch"]["build"]["targets"]["wheel"]["packages"] == PACKAGES
    assert project["importlinter"]["root_packages"] == PACKAGES
    assert project["mypy"]["packages"] == PACKAGES


def test_no_other_distribution_owns_our_packages() -> None:
    owners = packages_distributions()
    for package in PACKAGES:
        assert set(owners.get(package, [])) <= {"samenspel"}
