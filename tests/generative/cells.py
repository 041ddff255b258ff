"""A metric's figures by their keys, and whether two ways to them agree."""

from typing import Any

import pandas as pd
import pytest

from analytics.columns import LARGEST_ERROR
from analytics.measures import Percentile, PerHalfHour, PerInhabitant, ShareOfTotal
from analytics.metrics import METRICS


def cells(frame: pd.DataFrame, metric: str, by: list[str]) -> dict[tuple[Any, ...], Any]:
    """Return a metric's cells by their keys; groups in which nothing happened are left out.

    A part of nothing is one too: a cube does not hold the contacts that are not avoidable.
    """
    frame = frame[frame["metric"] == metric] if "metric" in frame else frame
    nothing = frame[["value", "numerator", "denominator"]].fillna(0).eq(0).all(axis="columns")
    if isinstance(METRICS[metric].measure, ShareOfTotal | PerHalfHour | PerInhabitant):
        nothing |= frame["numerator"].eq(0)
    return {
        (row["period"], *(row[name] for name in by)): tuple(
            float("nan") if pd.isna(row[name]) else float(row[name])
            for name in ("value", "numerator", "denominator")
        )
        for row in frame[~nothing].to_dict("records")
    }


def assert_same(found: dict[Any, Any], wanted: dict[Any, Any], metric: str) -> None:
    """Compare cells; the value of a percentile may be as far off as its bins are wide."""
    if isinstance(METRICS[metric].measure, Percentile):
        assert {key: parts[2] for key, parts in found.items()} == {
            key: parts[2] for key, parts in wanted.items()
        }
        for key, (value, *_) in wanted.items():
            bound = LARGEST_ERROR + 1e-9
            assert found[key][0] == pytest.approx(value, rel=bound, nan_ok=True), key
    else:
        assert set(found) == set(wanted)
        for key, parts in wanted.items():
            assert found[key] == pytest.approx(parts, rel=1e-9, abs=1e-9, nan_ok=True), key
