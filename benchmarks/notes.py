"""Step of the benchmark: learning to read notes, and reading them, at size.

The loaded warehouse has no notes: a copy of it is given made-up ones, to one row in five.
"""

import shutil
import time
from pathlib import Path
from typing import Any

_NOTES = """
update loaded_contact set note = (
    ['hoe staat het met de aanvraag', 'wanneer is het klaar', 'site geeft foutmelding',
     'formulier loopt vast', 'brief niet begrepen', 'afspraak gemaakt', 'informatie gegeven',
     'kosten uitgelegd'])[1 + if(hash(contact_key, 'noise') % 6 = 0,
        (hash(contact_key, 'other') % 8)::bigint, right(reason, 1)::bigint % 8)]
    || ' ' || coalesce(topic, '') || ' ' || (hash(contact_key, 'word') % 5000)
where contact_key % 5 = 0
"""
_REASONS = {
    "R0": "progress_chasing", "R1": "progress_chasing", "R2": "digital_failure",
    "R3": "digital_failure", "R4": "unclear_information", "R5": "valuable",
}  # fmt: skip
"""What the code says whose number the note is drawn by."""


def note_model(folder: Path) -> dict[str, Any]:
    """Learn from coded contacts with a note, read every note, and let `contact` hear it."""
    from analytics.notes.review import queue
    from etl.accounts import settings_snapshot
    from etl.configuration import read_settings
    from etl.engine import open_database
    from etl.note_model import judge_new, learn, speak
    from warehouse.settings import AvoidableSettings
    from warehouse.store import Reader, Store

    current, noted = Store(folder / "warehouse").current_file(), Store(folder / "noted")
    assert current is not None  # noqa: S101  # it was just loaded
    settings = read_settings(folder / "samenspel.toml").model_copy(
        update={"avoidable": AvoidableSettings(reasons=_REASONS)}
    )
    with noted.writing() as building:
        shutil.copyfile(current, building)
        backend = open_database(building)
        backend.con.execute(_NOTES)
        backend.con.execute(
            "update contact set note = loaded_contact.note from loaded_contact"
            " where contact.contact_key = loaded_contact.contact_key"
        )
        snapshot = [settings_snapshot(settings)]
        backend.con.execute("update meta set value = ? where key = 'settings'", snapshot)
        backend.con.execute("checkpoint")
        (notes,) = backend.con.execute("select count(note) from loaded_contact").fetchone() or (0,)
        began = time.perf_counter()
        card = learn(backend, settings, [])
        learnt = time.perf_counter() - began
        began = time.perf_counter()
        speak(backend)
        spoken = time.perf_counter() - began
        backend.con.execute(
            "delete from note_opinion"
            " where contact_key >= (select max(contact_key) - 20000 from note_opinion)"
        )
        began = time.perf_counter()
        judge_new(backend, settings, [])
        of_day = time.perf_counter() - began
        backend.con.execute("checkpoint")
        backend.con.close()
        noted.publish(building)
    reader = Reader(noted, connections=1)
    queue(reader)
    began = time.perf_counter()
    waiting = queue(reader)
    queued = time.perf_counter() - began
    shutil.rmtree(noted.folder)
    return {
        "seconds": learnt,
        "speak_seconds": spoken,
        "day_seconds": of_day,
        "queue_seconds": queued,
        "waiting": len(waiting),
        "notes": notes,
        "examples": card.examples,
        "is_trained": card.is_trained,
    }
