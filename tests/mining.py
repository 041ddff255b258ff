"""Event logs as pm4py reads them. pm4py is under the AGPL: imported by tests alone."""

import warnings
from pathlib import Path

import pandas as pd


def read_log(file: Path, form: str) -> pd.DataFrame:
    """Return a log of one of our formats as pm4py's frame of events, by journey."""
    import pm4py

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
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
