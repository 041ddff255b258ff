"""`samenspel rejects`: a table for reading, all rows as csv for mending."""

import sys

import pandas as pd
from rich.table import Table

from etl.refused import reject_counts, reject_pages
from samenspel.console import messages, output
from samenspel.tables import new_table
from warehouse.store import Store


def print_csv(store: Store, source: str | None) -> None:
    """Print every refused row as csv, page by page: millions pass in little memory.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    has_header = False
    for page in reject_pages(store, source):
        page.to_csv(sys.stdout, index=False, header=not has_header)
        has_header = True


def print_table(store: Store, source: str | None, limit: int) -> None:
    """Print the refused rows; where there are more than `limit`, how many of each kind.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    counts = reject_counts(store, source)
    total = int(counts["count"].sum())
    if not total:
        output.print("Nothing was refused.")
    elif total <= limit:
        output.print(_table(pd.concat(list(reject_pages(store, source)))))
    else:
        output.print(_table(counts.head(limit)))
        messages.print(
            f"{total} rows were refused; `samenspel rejects --format csv` names each.",
            markup=False,
        )


def _table(frame: pd.DataFrame) -> Table:
    numbers = ("line", "count", "first_line", "last_line")
    table = new_table(*frame.columns, numbers=numbers)
    for row in frame.astype(str).itertuples(index=False):
        table.add_row(*row)
    return table
