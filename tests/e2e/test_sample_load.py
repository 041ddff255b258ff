"""The sample loads as its truth says: every file's account, and every planted fault."""

import csv
from pathlib import Path

import pytest

from etl.load import load, rejects
from tests.loading import KEY, counts
from warehouse.settings import read_settings
from warehouse.store import Store


@pytest.mark.slow
def test_every_files_account_equals_the_truth(repository: Path, tmp_path: Path) -> None:
    sample = repository / "data" / "sample"
    settings = read_settings(sample / "samenspel.toml")
    store = Store(tmp_path / "warehouse")
    report = load(settings, sample, store, key=KEY, is_demo=True)
    with (sample / "truth" / "accounts.csv").open(encoding="utf-8") as file:
        expected = {
            row["file"]: tuple(int(row[n]) for n in ("read", "loaded", "duplicate", "rejected"))
            for row in csv.DictReader(file)
        }
    assert {account.file_name: counts(account) for account in report.files} == expected
    assert len(rejects(store)) == report.rejected_count == sum(row[3] for row in expected.values())
    assert not load(settings, sample, store, key=KEY, is_demo=True).is_published
