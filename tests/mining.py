"""Event logs as pm4py reads them: AGPL, so imported by tests alone, and here alone."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pm4py


class Graph(NamedTuple):
    """How often one activity directly follows another, and a journey begins and ends with each."""

    follows: Mapping[tuple[str, str], int]
    starts: Mapping[str, int]
    ends: Mapping[str, int]


def directly_follows(file: Path, form: str) -> Graph:
    """Return what pm4py counts in a log of one of our formats."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        follows, starts, ends = pm4py.discover_dfg(_events(file, form))
    return Graph(dict(follows), dict(starts), dict(ends))


def _events(file: Path, form: str) -> pd.DataFrame:
    if form == "csv":
        return pm4py.format_dataframe(
            pd.read_csv(file),
            case_id="case:concept:name",
            activity_key="concept:name",
            timestamp_key="time:timestamp",
        )
    if form == "xes":
        return pm4py.read_xes(str(file))
    return pm4py.ocel_flattening(pm4py.read_ocel2_json(str(file)), "journey")
