"""Answers as tables: for a terminal, or as CSV or JSON for programs."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

import pandas as pd
import typer
from rich.table import Table

from samenspel.console import messages, output
from samenspel.options import check_choice

Form = Annotated[str, typer.Option("--format", help="table, csv or json.")]
_FORMS = ("table", "csv", "json")
_WHOLE_FROM = 20
"""Numbers from here on are shown without decimals."""


def check_form(form: str) -> None:
    """Refuse a form that there is not.

    Raises:
        SelectionError: it is none of table, csv and json.
    """
    check_choice(form, _FORMS, "--format", "format")


def new_table(*names: str, numbers: Collection[str] = ()) -> Table:
    """Return an empty table for a terminal with these columns; `numbers` line up at the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, justify="right" if name in numbers else "left")
    return table


def print_records(
    rows: pd.DataFrame | Sequence[Mapping[str, Any]],
    form: str,
    *,
    told: str = "",
    shown: Sequence[str] | None = None,
) -> None:
    """Print rows to stdout in one of the forms.

    Args:
        rows: a frame, or a mapping per row with the same keys.
        form: table, csv or json.
        told: what a table says beside it, on stderr: what it was made from.
        shown: the columns of a table; all where left out. The other forms give all.
    """
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    if form == "json":
        plain = frame.astype(object).where(frame.notna(), None)
        print(json.dumps(plain.to_dict("records"), indent=1, ensure_ascii=False, default=float))  # noqa: T201
    elif form == "csv":
        print(frame.to_csv(index=False), end="")  # noqa: T201
    else:
        output.print(_table(frame[list(shown or frame.columns)]))
        if told:
            messages.print(told, markup=False)


def _table(frame: pd.DataFrame) -> Table | str:
    if frame.empty:
        return "nothing"
    numbers = {str(name) for name in frame if pd.api.types.is_numeric_dtype(frame[name])}
    table = new_table(*map(str, frame.columns), numbers=numbers)
    for row in frame.itertuples(index=False):
        table.add_row(*(_cell(value).replace("[", r"\[") for value in row))
    return table


def _cell(value: object) -> str:
    if value is None or value is pd.NaT:
        return "-"
    if isinstance(value, float):
        is_large = abs(value) >= _WHOLE_FROM
        return "-" if pd.isna(value) else f"{value:,.0f}" if is_large else f"{value:.3f}"
    return str(value)
