"""Each metric is what its little tables say, from the contacts through derivations and query."""

import math
from pathlib import Path

import pandas as pd
import pytest

from analytics.metrics import METRICS
from analytics.query import measure
from tests import warehouses
from tests.spec.tables import Spec, specs

SPECS = list(specs())


def assert_as_expected(answer: pd.DataFrame, spec: Spec) -> None:
    """Compare the cells that are about anything with those expected."""
    amounts = [name for name in spec.expected[0] if name not in spec.by]
    told = [name for name in amounts if not math.isnan(spec.expected[0][name])]
    happened = answer[answer[told].fillna(0).ne(0).all(axis="columns")]
    found = {
        tuple(row[name] for name in spec.by): [row[name] for name in amounts]
        for row in happened.to_dict("records")
    }
    wanted = {
        tuple(row[name] for name in spec.by): [row[name] for name in amounts]
        for row in spec.expected
    }
    assert set(found) == set(wanted)
    for key, values in wanted.items():
        # shares are written with three decimals
        assert found[key] == pytest.approx(values, abs=5e-4, nan_ok=True), key


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_metric_is_as_specified(spec: Spec, tmp_path: Path) -> None:
    reader = warehouses.build(tmp_path, spec.contacts, spec.settings)
    assert_as_expected(measure(reader, [spec.metric], by=spec.by, threshold=1), spec)


def test_every_metric_has_a_specification() -> None:
    assert {spec.metric for spec in SPECS} == set(METRICS)
