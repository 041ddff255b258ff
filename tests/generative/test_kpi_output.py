"""What `samenspel kpi` prints, of every metric, is what its SQL written by hand says."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.metrics import METRICS
from analytics.query import Grain, Selection
from tests import warehouses
from tests.generative.cells import assert_same, cells
from tests.generative.crowd import SETTINGS, crowd_of_two_years
from tests.generative.sql_reference import answer
from warehouse.settings import PrivacySettings
from warehouse.store import Reader

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Every other contact is of a year before; all figures are shown, however small."""
    settings = SETTINGS.model_copy(update={"privacy": PrivacySettings(threshold=1)})
    folder = tmp_path_factory.mktemp("kpi") / "warehouse"
    return warehouses.build(folder, crowd_of_two_years(), settings)


def printed(folder: Path, *options: str) -> pd.DataFrame:
    command = [sys.executable, "-m", "samenspel", "kpi", "--format", "json", *options]
    done = subprocess.run(
        [*command, "--warehouse", str(folder)], capture_output=True, text=True, check=True
    )
    return pd.DataFrame(json.loads(done.stdout))


BY_SERVICE = "--by service,customer_type --where channel=phone,email"
WEEKS = Selection(date(2025, 1, 6), date(2025, 2, 16), {"channel": ("phone", "email")})
MONTH = Selection(date(2025, 1, 1), date(2025, 1, 31))


@pytest.mark.parametrize(
    ("options", "by", "grain", "selection"),
    [
        ("--month 2025-01", [], None, MONTH),
        ("--by channel --per month", ["channel"], Grain.MONTH, Selection()),
        (
            f"{BY_SERVICE} --from 2025-01-06 --to 2025-02-16",
            ["service", "customer_type"],
            None,
            WEEKS,
        ),
    ],
    ids=["a month", "by channel and month", "a selection"],
)
def test_every_metric_is_printed_as_its_reference(
    reader: Reader, options: str, by: list[str], grain: Grain | None, selection: Selection
) -> None:
    found = printed(reader.store.folder, *options.split())
    assert set(found["metric"]) == set(METRICS)
    assert not found["suppressed"].any()
    for metric in METRICS:
        wanted = answer(reader, metric, by, grain, selection)
        wanted["period"] = [_written(day, grain, selection) for day in wanted["period"]]
        assert_same(cells(found, metric, by), cells(wanted, metric, by), metric)


def _written(day: date, grain: Grain | None, selection: Selection) -> Any:
    if grain or selection is MONTH:
        return f"{day:%Y-%m}"
    return f"{selection.start}/{selection.end}"
