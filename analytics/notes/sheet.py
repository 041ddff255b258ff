"""A spreadsheet of contacts to judge: written for people, read back with what they filled in."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analytics.dimensions import value_label
from analytics.spreadsheets import harmless, is_risky
from warehouse.errors import ConfigurationError
from warehouse.labels import JUDGEMENTS, VALUABLE
from warehouse.settings import Settings

ANSWER = "juist"
"""The column that people fill in."""
_KEYS = ("bron", "contactnummer")
_COLUMNS = (*_KEYS, "maand", "kanaal", "dienst", "notitie", "voorstel", "kans", ANSWER)
_VALUABLE_NAMES = ("Waardevol", "Valuable")


def judgement_name(category: str, language: str, settings: Settings) -> str:
    """Return what a judgement is called in nl or en."""
    if category == VALUABLE:
        return _VALUABLE_NAMES[language != "nl"]
    return value_label("avoidable_category", category, language, settings)


def sheet(queue: pd.DataFrame, settings: Settings) -> str:
    """Return contacts to judge as CSV that a Dutch spreadsheet opens well.

    Args:
        queue: as `analytics.notes.review.queue` returns it.
        settings: for the names of channels.
    """
    columns = (
        queue["source"],
        queue["contact_id"],
        queue["month"].map(lambda day: f"{day:%Y-%m}"),
        queue["channel"].map(lambda key: value_label("channel", str(key), "nl", settings)),
        queue["service"],
        queue["note"],
        queue["category"].map(lambda key: judgement_name(str(key), "nl", settings)),
        queue["probability"].map(lambda share: f"{share:.2f}".replace(".", ",")),
    )
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    rows = zip(*columns, strict=True)
    writer.writerows((*(harmless(str(cell)) for cell in row), "") for row in rows)
    return "\N{BYTE ORDER MARK}" + out.getvalue()


def read_sheet(path: Path, settings: Settings) -> list[tuple[str, str, str]]:
    """Return what people filled in: source, contact_id and category of each judged contact.

    Raises:
        ConfigurationError: the file cannot be read, or a line names no category.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(
            "the file cannot be read as UTF-8 text",
            where=str(path),
            remedy="Save it from the spreadsheet as CSV UTF-8.",
        ) from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    missing = [name for name in (*_KEYS, ANSWER) if name not in (reader.fieldnames or ())]
    if missing:
        raise ConfigurationError(
            f"column {', '.join(missing)} is missing",
            where=str(path),
            remedy="Begin with the file that `samenspel label export` writes.",
        )
    return list(_judged(reader, path, settings))


def _judged(
    rows: Iterable[dict[str, str]], path: Path, settings: Settings
) -> Iterable[tuple[str, str, str]]:
    names = {
        name.casefold(): key
        for key in JUDGEMENTS
        for name in (key, *(judgement_name(key, one, settings) for one in ("nl", "en")))
    }
    for number, row in enumerate(rows, start=2):
        answer = (row[ANSWER] or "").strip()
        if not answer:
            continue
        if answer.casefold() not in names:
            raise ConfigurationError(
                f"line {number} names no category in column {ANSWER}",
                where=str(path),
                remedy="Write one of: "
                + ", ".join(judgement_name(key, "nl", settings) for key in JUDGEMENTS)
                + ".",
            )
        source, contact = (_plain(row[name] or "") for name in _KEYS)
        yield source, contact, names[answer.casefold()]


def _plain(text: str) -> str:
    return text[1:] if text[:1] == "'" and is_risky(text[1:]) else text
