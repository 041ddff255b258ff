"""The desk's export: a JSON object per registration and line, a file a quarter."""

import json
from datetime import UTC, datetime
from itertools import groupby

from etl.sample import labels
from etl.sample.days import local
from etl.sample.dice import Dice
from etl.sample.files_of import LogFile, Row
from etl.sample.happening import Happening
from etl.sample.registrations import SOURCE


def registration_files(registrations: list[Happening], seed: int) -> list[LogFile]:
    """Number the registrations and write them to rows of files; nothing is spoilt yet.

    Returns:
        The files in order of name.
    """
    dice = Dice(seed)
    numbered = enumerate(registrations, start=1)
    made = [(_path(row), Row(_line(dice, row, number), row)) for number, row in numbered]
    files = []
    for path, rows in groupby(sorted(made, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        files.append(LogFile(SOURCE, path, [row for _, row in rows]))
    return files


def _path(row: Happening) -> str:
    at = local(row.at)
    return f"kiss/contactmomenten-{at.year}-Q{(at.month + 2) // 3}.jsonl.gz"


def _line(dice: Dice, row: Happening, number: int) -> str:
    row.contact_id = f"KC-{number:06d}"
    record = {
        "id": row.contact_id,
        "startdatum": _moment(row.at),
        "einddatum": _moment(row.ended or row.at),
        "kanaal": dice.weighted({"Telefoon": 96, "telefoon": 4}),
        "gespreksresultaat": dice.weighted(labels.DESK_OUTCOMES[row.outcome]),
        "vraag": labels.DESK_SERVICES[row.service],
        "specifiekeVraag": row.topic or None,
        "verantwoordelijkeAfdeling": row.department,
        "medewerker": row.agent.lower(),
        "toelichting": row.note or None,
        "klant": {
            "bsn": row.written.get("bsn"),
            "kvkNummer": row.written.get("kvk"),
            "telefoonnummer": row.written.get("phone"),
        },
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _moment(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, tz=UTC):%Y-%m-%dT%H:%M:%SZ}"
