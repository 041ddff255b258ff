"""The tables of the model that reads notes: what it is, how good it is, what it says."""

from warehouse.contact import Field

MODEL_TABLE = "note_model"
OPINION_TABLE = "note_opinion"

NOTE_MODEL_FIELDS: tuple[Field, ...] = (
    Field("model_id", "string", "Hash of its parameters; null where nothing could be learnt."),
    Field("card", "string", "What it was learnt from and how good it is, as JSON."),
    Field("parameters", "binary", "Its vocabulary and weights; plain arrays, no program."),
)
"""Columns of `note_model`: one row, once notes were looked at."""

NOTE_OPINION_FIELDS: tuple[Field, ...] = (
    Field("contact_key", "int64", "The row whose note was read."),
    Field("category", "string", "The likeliest category, or valuable."),
    Field("probability", "float64", "Its calibrated probability.", "Kans"),
    Field("is_sure", "boolean", "Probable enough to count; else the model abstains."),
)
"""Columns of `note_opinion`: one row per row of `loaded_contact` with a note."""
