"""The commands about the model that reads notes: train it, and let people correct it by file."""

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer

from samenspel.console import messages, output
from samenspel.options import DEFAULT_CONFIG, Config, Warehouse
from samenspel.tables import new_table
from warehouse.errors import ConfigurationError
from warehouse.private_files import open_private
from warehouse.store import DEFAULT_FOLDER, Reader, Store

app = typer.Typer(
    help="Judge single contacts in a spreadsheet: write a file of them, read it back.",
    rich_markup_mode=None,
)

_REASONS = {
    "no_notes": "No source maps `note`, so there is nothing to read.",
    "too_few_examples": "Only {examples} notes are of contacts with a code or judgement; "
    "{least} are needed ([avoidable.model] least_examples).",
    "too_few_categories": "Codes tell only one kind of contact apart: map more reason codes "
    "([avoidable.reasons]).",
    "never_sure": "On later contacts the model is never right often enough: it says nothing.",
}


def train(config: Config = DEFAULT_CONFIG, warehouse: Warehouse = DEFAULT_FOLDER) -> None:
    """Learn to read notes anew, from codes and from what people judged. Figures may change."""
    from etl.train import train as learn_anew
    from samenspel.keys import find_keys

    store = Store(warehouse)
    settings, keys = find_keys(config, store, os.environ)
    card = learn_anew(settings, store, key=keys)
    if card.reason:
        messages.print(_REASONS[card.reason].format(**card.facts), markup=False)
    if not card.is_trained:
        raise typer.Exit(1)
    output.print(
        f"Model {card.model_id}: learnt from {card.examples} notes, of which {card.corrections} "
        f"by people's judgement; speaks from a probability of {card.threshold:.2f}."
    )
    output.print(
        f"Of the {card.tested} latest it speaks of {card.sure}, and agrees with the code "
        f"in {card.right}."
    )
    numbers = ("learnt from", "said", "precision", "in test", "recall")
    table = new_table("category", *numbers, numbers=numbers)
    for one in card.categories:
        table.add_row(
            one.category,
            str(one.examples),
            str(one.spoken),
            _share(one.precision),
            str(one.actual),
            _share(one.recall),
        )
    output.print(table)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


@app.command("export")
def export_sheet(
    file: Annotated[Path, typer.Argument(help="CSV file to write.")],
    config: Config = DEFAULT_CONFIG,
    warehouse: Warehouse = DEFAULT_FOLDER,
    rows: Annotated[int, typer.Option(min=1, max=5000, help="Most contacts.")] = 200,
) -> None:
    """Write the contacts of which the model is least sure, with their redacted notes."""
    from analytics.notes.review import queue
    from analytics.notes.sheet import ANSWER, sheet
    from analytics.query import span
    from warehouse.labels import Labels

    del config
    store = Store(warehouse)
    reader = Reader(store, connections=1)
    judged = Labels(store.folder).current()
    found = queue(reader, limit=rows + len(judged))
    known = [pair in judged for pair in zip(found["source"], found["contact_id"], strict=True)]
    found = found[[not one for one in known]].head(rows)
    try:
        out = open_private(file)
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be written ({error.strerror})",
            where=str(file),
            remedy="Name a new file: an existing one may hold somebody's work.",
        ) from error
    with out:
        out.write(sheet(found, span(reader).settings))
    output.print(
        f"Wrote {len(found)} contacts to {file}: fill in column {ANSWER}, "
        "then `samenspel label import`.",
        markup=False,
    )
    output.print("It holds notes: keep it as you keep the warehouse, and remove it afterwards.")


@app.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(help="The file with column juist filled in.")],
    config: Config = DEFAULT_CONFIG,
    warehouse: Warehouse = DEFAULT_FOLDER,
    by: Annotated[str, typer.Option(help="Who judged; your user name where left out.")] = "",
) -> None:
    """Take the judgements of a filled-in file; `samenspel train` learns from them."""
    from analytics.notes.sheet import read_sheet
    from analytics.query import span
    from etl.train import unknown_contacts
    from warehouse.labels import Labels

    del config
    store = Store(warehouse)
    judged = read_sheet(file, span(Reader(store, connections=1)).settings)
    missing = unknown_contacts(store, [(source, contact) for source, contact, _ in judged])
    taken = [one for one in judged if one[:2] not in missing]
    if taken:
        Labels(store.folder).add(taken, by or getpass.getuser())
    output.print(f"Took {len(taken)} judgements. `samenspel train` learns from them.")
    if missing:
        messages.print(f"{len(missing)} lines are of contacts that the warehouse does not hold.")
        raise typer.Exit(1)
