"""All figures of the report as one CSV file.

The form is what a Dutch Excel opens by a double click and pandas reads as well: UTF-8 with a byte
order mark, semicolons between, a comma before decimals (`pandas.read_csv(file, sep=";",
decimal=",")`). Columns keep their English keys, as in `samenspel kpi --format json`.
"""

from pathlib import Path

import pandas as pd

from analytics.report.content import Report
from analytics.spreadsheets import FORMULA


def write_csv(report: Report, path: Path) -> None:
    """Write one row per figure: metric, period, dimensions, value, its parts, its interval.

    An empty dimension means: all. Where `suppressed` is True, value and counts are empty. Text
    that a spreadsheet could take for a formula gets an apostrophe before it.

    Raises:
        OSError: the file cannot be written.
    """
    protected(report.figures).to_csv(
        path, index=False, sep=";", decimal=",", encoding="utf-8-sig", lineterminator="\r\n"
    )


def protected(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with an apostrophe before every text that could be taken for a formula."""
    safe = frame.copy()
    for name in safe.columns:
        if not (pd.api.types.is_string_dtype(safe[name]) or safe[name].dtype == object):
            continue
        texts = safe[name].map(lambda cell: isinstance(cell, str))
        risky = texts & safe[name].astype(str).str.match(FORMULA)
        safe[name] = safe[name].where(~risky, "'" + safe[name].astype(str))
    return safe
