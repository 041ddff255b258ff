"""The model that reads notes, in the version being built: learnt, kept, and asked about new rows.

What it makes of a row is written once (`note_opinion`) and kept: a day's load asks it about the new
rows alone. It learns when a load finds enough examples for the first time, and when somebody asks
(`samenspel train`); at no other time, so that figures do not shift by themselves.
"""

from collections.abc import Collection

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from analytics.derive.opinion import with_opinion
from analytics.notes.card import Card
from analytics.notes.examples import examples, is_readable
from analytics.notes.model import NoteModel, model_from_bytes
from analytics.notes.training import train
from etl.engine import first_row, run, second_cursor
from etl.scratch import Scratch
from warehouse.contact import Field
from warehouse.labels import Label
from warehouse.opinions import (
    MODEL_TABLE,
    NOTE_MODEL_FIELDS,
    NOTE_OPINION_FIELDS,
    OPINION_TABLE,
)
from warehouse.settings import Settings

_BATCH = 20_000


def _make(backend: Backend, name: str, fields: Collection[Field]) -> None:
    if name not in backend.list_tables():
        backend.create_table(name, schema=ibis.schema({f.name: f.type for f in fields}))


def stored_model(backend: Backend) -> NoteModel | None:
    """Return the model of this version; None where there is none."""
    if MODEL_TABLE not in backend.list_tables():
        return None
    found = backend.con.execute(f"SELECT parameters FROM {MODEL_TABLE}").fetchone()
    return model_from_bytes(found[0]) if found and found[0] is not None else None


def has_notes(backend: Backend) -> bool:
    """Tell whether any row has a note."""
    found = backend.con.execute(
        "SELECT 1 FROM loaded_contact WHERE note IS NOT NULL LIMIT 1"
    ).fetchone()
    return found is not None


def judge_new(backend: Backend, settings: Settings, labels: Collection[Label]) -> None:
    """Ask the model about the rows that came since it was asked last.

    What a person judged of a contact holds for the row that came in the place of an earlier one.

    Args:
        backend: on the version being built.
        settings: with [avoidable.model].
        labels: judgements in force.
    """
    model = stored_model(backend) if settings.avoidable.model.enabled else None
    if model is None:
        return
    (last,) = first_row(backend, f"SELECT coalesce(max(contact_key), -1) FROM {OPINION_TABLE}")
    first_new = int(last) + 1
    _judge(backend, model, first_new)
    if labels:
        scratch = Scratch(backend)
        _write_judgements(backend, _bring(labels, scratch), first_new)
        scratch.drop_all()


def learn(backend: Backend, settings: Settings, labels: Collection[Label]) -> Card:
    """Learn anew from this version's coded contacts and from what people judged; keep the outcome.

    Every note is judged anew; of rows whose note is gone already, the earlier opinion stays.

    Args:
        backend: on the version being built; `contact` is made.
        settings: with reason codes and [avoidable.model].
        labels: judgements in force.

    Returns:
        The card; without a model it tells why.
    """
    scratch = Scratch(backend)
    judged = _bring(labels, scratch)
    found = examples(
        backend.table("loaded_contact"), backend.table("contact"), judged, settings
    ).to_pandas()
    training = train(found, settings.avoidable.model)
    _make(backend, MODEL_TABLE, NOTE_MODEL_FIELDS)
    _make(backend, OPINION_TABLE, NOTE_OPINION_FIELDS)
    model, card = training.model, training.card
    run(backend, f"DELETE FROM {MODEL_TABLE}")
    run(
        backend,
        f"INSERT INTO {MODEL_TABLE} VALUES (?, ?, ?)",
        [card.model_id or None, card.to_json(), model.to_bytes() if model else None],
    )
    if model is not None:
        noted = "SELECT contact_key FROM loaded_contact WHERE note IS NOT NULL"
        run(backend, f"DELETE FROM {OPINION_TABLE} WHERE contact_key IN ({noted})")
        _judge(backend, model, 0)
        _write_judgements(backend, judged, 0)
    scratch.drop_all()
    return card


def _bring(labels: Collection[Label], scratch: Scratch) -> Table:
    """Give judgements to the engine: source, contact_id and category."""
    names = ("source", "contact_id", "category")
    columns = {
        name: pa.array([getattr(label, name) for label in labels], pa.string()) for name in names
    }
    return scratch.bring("judgement", pa.table(columns))


def _judge(backend: Backend, model: NoteModel, first_key: int) -> None:
    """Write an opinion on each readable note from a contact_key on, a batch at a time."""
    loaded = backend.table("loaded_contact")
    noted = loaded.filter(is_readable(loaded) & (loaded.contact_key >= first_key))
    query = backend.compile(noted.select("contact_key", "note"))
    reading = second_cursor(backend)
    try:
        for batch in reading.execute(query).to_arrow_reader(_BATCH):
            backend.con.register("judged", _opinions(model, batch))
            run(backend, f"INSERT INTO {OPINION_TABLE} BY NAME SELECT * FROM judged")
            backend.con.unregister("judged")
    finally:
        reading.close()


def _opinions(model: NoteModel, batch: pa.RecordBatch) -> pa.Table:
    """Return the opinions on a batch; each text is read once."""
    encoded = pc.dictionary_encode(batch.column("note"))
    names, probability = model.judge(encoded.dictionary.to_pylist())
    texts = {
        "category": pa.array(names, pa.string()),
        "probability": pa.array(probability),
        "is_sure": pa.array(model.is_sure(probability)),
    }
    columns = {name: column.take(encoded.indices) for name, column in texts.items()}
    return pa.table({"contact_key": batch.column("contact_key"), **columns})


def _write_judgements(backend: Backend, judged: Table, first_key: int) -> None:
    """Let what a person judged of a contact stand, from a contact_key on: surer than any model."""
    run(
        backend,
        f"UPDATE {OPINION_TABLE} SET category = said.category, probability = 1, is_sure = true "
        f"FROM loaded_contact AS loaded JOIN {judged.get_name()} AS said "
        "USING (source, contact_id) "
        f"WHERE loaded.contact_key = {OPINION_TABLE}.contact_key "
        f"AND loaded.contact_key >= {first_key}",
    )


def has_opinions(backend: Backend, settings: Settings) -> bool:
    """Tell whether the derivations are to hear the model."""
    return settings.avoidable.model.enabled and OPINION_TABLE in backend.list_tables()


def speak(backend: Backend) -> None:
    """Put the model's word into `contact`, where there is no other; cubes are made after it."""
    heard = with_opinion(backend.table("contact"), backend.table(OPINION_TABLE))
    backend.create_table("heard_contact", heard)
    run(backend, "DROP TABLE contact")
    run(backend, "ALTER TABLE heard_contact RENAME TO contact")
