"""The sample loads as its truth says: every file's account, and every planted fault."""

import csv

import pytest

from etl.load import rejects
from tests.e2e.sample import LoadedSample
from tests.loading import counts


@pytest.mark.slow
def test_every_files_account_equals_the_truth(sample: LoadedSample) -> None:
    with (sample.truth / "accounts.csv").open(encoding="utf-8") as file:
        expected = {
            row["file"]: tuple(int(row[n]) for n in ("read", "loaded", "duplicate", "rejected"))
            for row in csv.DictReader(file)
        }
    report = sample.report
    assert {account.file_name: counts(account) for account in report.files} == expected
    refused = len(rejects(sample.store))
    assert refused == report.rejected_count == sum(row[3] for row in expected.values())
    assert not sample.load_again().is_published
