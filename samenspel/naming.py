"""`samenspel channels` and `samenspel services`: which names still need a person's decision."""

from pathlib import Path

from rich.table import Table

from etl.names.review import UnknownChannels, add_channels, review_services, unknown_channels
from etl.names.services import COLUMNS
from etl.names.tables import read_table, write_table
from samenspel.console import output
from samenspel.tables import new_table
from warehouse.settings import Settings


def show_channels(settings: Settings, folder: Path, out: Path | None) -> bool:
    """Print the names of channels that lead nowhere; add them to a table where one is named.

    Returns:
        Whether every name leads to a channel.
    """
    found = unknown_channels(settings, folder)
    if found.names.empty and not found.hidden_names:
        output.print("Every channel name in the configured files is known.")
        return True
    if not found.names.empty:
        output.print(_table(found))
    if found.hidden_names:
        output.print(
            f"{found.hidden_names} further names in {found.hidden_rows} rows are not shown: "
            "too rare, too long or too like an identifier to be names of channels."
        )
    if out is not None:
        count = add_channels(out, list(found.names["value"]))
        output.print(f"Added {count} names to {out}: fill in column kanaal.", markup=False)
    return False


def _table(found: UnknownChannels) -> Table:
    table = new_table("source", "name", "rows", "perhaps", numbers=("rows",))
    for row in found.names.astype(str).itertuples(index=False):
        table.add_row(*row)
    return table


def write_services(settings: Settings, folder: Path, out: Path) -> bool:
    """Write the table of service names, with proposals; what a person filled in stays.

    Returns:
        Whether every value is confirmed.
    """
    known = (
        [row for _, row in read_table(out, ("bron", "waarde", "dienst"))] if out.exists() else []
    )
    found = review_services(settings, folder, known)
    write_table(out, COLUMNS, found.rows)
    waiting = [row for row in found.rows if not row["dienst"]]
    proposed = sum(bool(row["voorstel"]) for row in waiting)
    output.print(
        f"{out}: {len(found.rows)} values, {found.count(confirmed=True)} confirmed, "
        f"{len(waiting)} waiting for a person ({proposed} with a proposal)",
        markup=False,
    )
    if found.hidden_values:
        output.print(
            f"{found.hidden_values} values in {found.hidden_rows} rows are left out: "
            "too rare or too long to be names of services."
        )
    if waiting:
        output.print('Fill in column dienst ("-": no service), and set service_names to this file.')
    return not waiting
