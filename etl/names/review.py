"""Reviewing names: channels that nobody mapped, services that still need a name of ours.

Names are read from the source files again, never from the warehouse: a reject holds no value. What
is shown must be a name: rows enough that it tells of nobody, or near to a name that is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from ibis.expr.types import Table
from rapidfuzz import fuzz, process

from etl.files import SourceFile, find_files
from etl.look import Look, counted
from etl.mapping import PROBLEM
from etl.names import channels, services
from etl.names.matching import is_like_a_service, is_upl_name, propose
from etl.names.tables import Row, read_table, write_table
from warehouse.settings import Settings, SourceSettings

LEAST_ROWS = 10
"""Fewer rows could tell of one person."""
_LONGEST_NAME = 60
_MOST_DIGITS = 4
_NEAR = 80.0


@dataclass(frozen=True)
class UnknownChannels:
    """Names of channels that lead nowhere.

    Attributes:
        names: source, value, rows, proposal (a channel's key, or empty).
        hidden_names: how many further names are not shown.
        hidden_rows: their rows.
    """

    names: pd.DataFrame
    hidden_names: int
    hidden_rows: int


def unknown_channels(settings: Settings, folder: Path) -> UnknownChannels:
    """Look in the configured files for names of channels that lead to none.

    Raises:
        ConfigurationError: a file or column is not there.
        SourceError: a file cannot be read.
    """

    def unknown(look: Look) -> Table | None:
        rows = look.at("shift")
        rows = rows.filter(rows["key_channel"].isnull() & rows["text_channel"].notnull())
        return rows.select(value=rows["text_channel"])

    found = counted(settings, _files(settings, folder, "channel"), unknown)
    known = channels.spellings(settings)
    proposals = {value: _channel_like(value, known) for value in set(found["value"])}
    is_shown = pd.Series(
        [
            is_name(value, rows) or (bool(proposals[value]) and _is_short(value))
            for value, rows in zip(found["value"], found["rows"], strict=True)
        ],
        index=found.index,
        dtype=bool,
    )
    names = found[is_shown].reset_index(drop=True)
    names["proposal"] = [proposals[value] for value in names["value"]]
    hidden = found[~is_shown]
    return UnknownChannels(names, len(hidden), int(hidden["rows"].sum()))


def is_name(value: str, rows: int) -> bool:
    """Tell whether a value stands in rows enough, and looks like a name and no identifier."""
    return rows >= LEAST_ROWS and _is_short(value)


def _is_short(value: str) -> bool:
    digits = sum(letter.isdigit() for letter in value)
    return len(value) <= _LONGEST_NAME and digits <= _MOST_DIGITS and "@" not in value


def _channel_like(value: str, known: dict[str, str]) -> str:
    plain = channels.plain_name(value)
    best = process.extractOne(plain, [*known], scorer=fuzz.ratio, score_cutoff=_NEAR)
    if best:
        return known[best[0]]
    within = [name for name in known if len(name) >= 4 and name in plain]
    return known[max(within, key=len)] if within and len(plain) <= 24 else ""


def add_channels(path: Path, names: Sequence[str]) -> int:
    """Add names without a channel to the municipality's table; makes it where it is not there.

    Returns:
        How many names were new.

    Raises:
        ConfigurationError: the table is no table of channels, or cannot be written.
    """
    rows = [row for _, row in read_table(path, channels.COLUMNS)] if path.exists() else []
    there = {row["naam"] for row in rows}
    new = [name for name in dict.fromkeys(names) if name not in there]
    write_table(
        path,
        channels.COLUMNS,
        [{name: row[name] for name in channels.COLUMNS} for row in rows]
        + [{"naam": name, "kanaal": ""} for name in new],
    )
    return len(new)


@dataclass(frozen=True)
class Services:
    """The table of service names after a look at the sources.

    Attributes:
        rows: the table's rows, as `etl.names.services.COLUMNS`.
        hidden_values: how many values are not in it: too rare, or no names.
        hidden_rows: their rows.
    """

    rows: tuple[Row, ...]
    hidden_values: int
    hidden_rows: int

    def count(self, *, confirmed: bool) -> int:
        """Return how many values are confirmed, or not."""
        return sum(bool(row["dienst"]) == confirmed for row in self.rows)


def review_services(settings: Settings, folder: Path, known: Sequence[Row] = ()) -> Services:
    """Look in the configured files for what each source calls services; propose names of the UPL.

    A value that is a name of the UPL as it stands needs no decision, and no row.

    Args:
        settings: all settings; its `service_names` are left aside.
        folder: of the configuration.
        known: the table as it stands: what a person filled in stays.

    Raises:
        ConfigurationError: a file or column is not there.
        SourceError: a file cannot be read.
    """

    def named(look: Look) -> Table | None:
        if "service" not in look.mapping.fields:
            return None
        rows = look.at("row")
        rows = rows.filter(rows[PROBLEM].isnull() & rows["service"].notnull())
        return rows.select(value=rows["service"])

    plain = settings.model_copy(update={"service_names": {}})
    found = counted(plain, _files(plain, folder, "service"), named)
    confirmed = {(row["bron"], row["waarde"]): row["dienst"] for row in known if row["dienst"]}
    rows: list[Row] = []
    hidden = [0, 0]
    for source, value, count in zip(found["source"], found["value"], found["rows"], strict=True):
        ours = confirmed.pop((source, value), "")
        if is_upl_name(value) and not ours:
            continue
        if not (ours or is_name(value, count) or (_is_short(value) and is_like_a_service(value))):
            hidden = [hidden[0] + 1, hidden[1] + count]
            continue
        rows.append(_service_row(source, value, str(count), ours))
    rows += [_service_row(*key, "0", ours) for key, ours in confirmed.items()]
    return Services(tuple(rows), *hidden)


def _service_row(source: str, value: str, count: str, ours: str) -> Row:
    proposal = propose(value)
    cells = (source, value, count, proposal.name, f"{proposal.score:.0f}", ours)
    return dict(zip(services.COLUMNS, cells, strict=True))


def _files(settings: Settings, folder: Path, field: str) -> list[tuple[SourceSettings, SourceFile]]:
    """Return the files of sources of which that field is a column."""
    return [
        (source, file)
        for source in settings.source
        if field in source.columns and source.columns[field].value is None
        for file in find_files(source, folder)
    ]
