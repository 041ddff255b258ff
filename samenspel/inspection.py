"""`samenspel inspect`: what an unknown export could be, as a `[[source]]` to paste."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from etl.inspection.preview import Preview, preview
from etl.inspection.propose import Proposal, propose
from etl.inspection.shape import Shape, find_shapes
from etl.look import looking
from etl.presets import read_preset
from etl.rejects import reason_text
from etl.sources.rows import looks_like_a_name
from samenspel.console import messages
from samenspel.tables import new_table
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings

_DATES = re.compile(r"(?<![A-Za-z])([QH]\d|\d{2,})(?![A-Za-z])")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")


def inspect_file(
    settings: Settings, folder: Path, path: Path, name: str | None, *, use_presets: bool
) -> bool:
    """Print a proposal for each kind of file in a path, and what a load would make of it.

    What is to be pasted goes to stdout, what is said of it to stderr.

    Returns:
        Whether a load would take every row.

    Raises:
        ConfigurationError: the file is not there, or is no log.
        SourceError: it cannot be read.
    """
    is_whole = True
    shapes = find_shapes(path)
    told = 0
    for shape in shapes:
        own_name = name or source_name(shape.file.member or path.name)
        try:
            with looking(settings) as backend:
                proposal = propose(
                    backend,
                    settings,
                    shape,
                    own_name,
                    _written(path, folder),
                    use_presets=use_presets,
                )
                found = preview(backend, settings, proposal.filled, shape)
        except ConfigurationError as error:
            if len(shapes) == 1:
                raise
            messages.print(f"{shape.file.name}: {error.what}", markup=False)
            continue
        told += 1
        _say(shape, proposal, found)
        source = proposal.source
        if len(shapes) > 1 and not proposal.filled.member:
            source = {**source, "member": shape.file.member}
        print(as_toml(source))  # noqa: T201
        is_whole = is_whole and not found.refused
    return is_whole and told > 0


def source_name(file_name: str) -> str:
    """Return a name for a source, from that of its file without its date."""
    stem = _DATES.sub("", Path(file_name).name.split(".")[0])
    return _NOT_IN_NAMES.sub("-", stem).strip("-._")[:64] or "bron"


def _written(path: Path, folder: Path) -> str:
    whole = path.resolve()
    return (whole.relative_to(folder) if whole.is_relative_to(folder) else whole).as_posix()


def as_toml(source: Mapping[str, Any]) -> str:
    """Return a `[[source]]` as TOML, a line per field."""
    entry = tomlkit.table()
    for key, value in source.items():
        entry[key] = _fields(value) if isinstance(value, Mapping) else value
    document = tomlkit.document()
    document["source"] = tomlkit.aot()
    document["source"].append(entry)
    return tomlkit.dumps(document)


def _fields(columns: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for field, column in columns.items():
        if set(column) == {"column"}:
            table[field] = column["column"]
            continue
        inline = tomlkit.inline_table()
        inline.update(column)
        table[field] = inline
    return table


def _absent(proposal: Proposal, found: Preview) -> list[str]:
    """Return the fields that the source describes and the file does not have."""
    filled = (*proposal.filled.columns, *proposal.filled.identifiers)
    return [field for field in filled if field not in set(found.fields["field"])]


def _say(shape: Shape, proposal: Proposal, found: Preview) -> None:
    if proposal.preset:
        what = f"preset {proposal.preset} ({read_preset(proposal.preset).title})"
    else:
        what = "a mapping guessed from names and values: check it"
    messages.print(f"{shape.file.name}: {found.rows} rows; {what}", markup=False)
    table = new_table("field", "column", "becomes")
    for row in found.fields.itertuples(index=False):
        table.add_row(*(str(cell).replace("[", r"\[") for cell in row))
    messages.print(table)
    if proposal.is_guessed_channel:
        messages.print("Nothing in the file tells the channel: put it in place of `other`.")
    absent = _absent(proposal, found)
    if absent:
        messages.print(f"not in this file: {', '.join(absent)}", markup=False)
    if proposal.unused:
        shown = [one if looks_like_a_name(one) else "…" for one in proposal.unused]
        messages.print(f"not used: {', '.join(shown)}", markup=False)
    for column, reason, rows in found.reasons.itertuples(index=False):
        messages.print(
            f"would refuse {rows} rows: {column}: {reason_text(reason, 'en')}", markup=False
        )
