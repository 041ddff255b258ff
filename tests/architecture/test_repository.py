"""What must never be committed: hosts of registries, lock files that name them, large files."""

import re
import subprocess
from pathlib import Path

FIVE_MEBIBYTES = 5 * 2**20
REGISTRY_HOSTS = re.compile(r"(pypi|pythonhosted|npmjs|debian)\.(org|com)")


def _tracked(repository: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True, check=True
    )
    return [repository / name for name in listed.stdout.split("\0") if name]


def test_no_file_is_over_five_mebibytes(repository: Path) -> None:
    large = [
        f.name for f in _tracked(repository) if f.exists() and f.stat().st_size > FIVE_MEBIBYTES
    ]
    assert large == []


def test_no_file_names_a_package_registry(repository: Path) -> None:
    found = []
    for file in _tracked(repository):
        if file == Path(__file__) or not file.exists():
            continue
        text = file.read_bytes().decode("utf-8", errors="ignore")
        if REGISTRY_HOSTS.search(text):
            found.append(str(file.relative_to(repository)))
    assert found == []


def test_every_pin_is_exact_and_names_no_place(repository: Path) -> None:
    pins = (repository / "constraints.txt").read_text().splitlines()
    assert len(pins) > 50
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9_.\-]+==[^\s;@]+", pin)] == []
