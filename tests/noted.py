"""A log with notes and reason codes, as an agent's desk would write it."""

import random
from typing import Any

from tests.loading import PLAIN

SOURCE: dict[str, Any] = {
    "path": "log*.csv",
    "columns": {
        **PLAIN,
        "contact_id": "id",
        "service": "service",
        "reason": "reason",
        "note": "note",
    },
    "identifiers": {"bsn": "bsn"},
}
HEAD = "id;start;channel;service;reason;note;bsn\n"
AVOIDABLE: dict[str, Any] = {
    "reasons": {"S": "progress_chasing", "W": "digital_failure", "N": "valuable", "?": "unknown"},
    "model": {"least_examples": 100, "least_per_category": 20},
}
_PHRASES = {
    "S": ("hoe staat het met de aanvraag", "wanneer is het klaar"),
    "W": ("site geeft foutmelding", "formulier loopt vast"),
    "N": ("afspraak gemaakt", "informatie gegeven", "kosten uitgelegd"),
}
ANNA = "999990019"


def log(first: int, count: int, *, coded: float = 0.8, seed: int = 1) -> str:
    draw = random.Random(seed)
    rows = []
    for number in range(first, first + count):
        code = draw.choice(list(_PHRASES))
        said = code if draw.random() < coded else ""
        note = draw.choice(_PHRASES[code]) + draw.choice(
            ("", " akkoord", " over wmo", " bij balie")
        )
        day = f"2025-{1 + number // 200:02d}-{1 + number % 200 // 10:02d} {8 + number % 10}:00"
        rows.append(f"c{number};{day};phone;wmo;{said};{note};{ANNA if number == 7 else ''}")
    return HEAD + "\n".join(rows) + "\n"
