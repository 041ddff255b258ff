"""The accounts: what every load read, loaded and refused. Columns declared once."""

from warehouse.contact import Field

LOAD_FIELDS: tuple[Field, ...] = (
    Field("load_key", "int64", "Number of the load."),
    Field("started_at", "timestamp(6)", "When it began, in UTC.", "Begin"),
    Field("finished_at", "timestamp(6)", "When it was ready to publish, in UTC.", "Klaar"),
    Field("program_version", "string", "Version of Samenspel that loaded."),
)

LOAD_FILE_FIELDS: tuple[Field, ...] = (
    Field("file_key", "int64", "Number of the file; loaded_contact.file_key refers to it."),
    Field("load_key", "int64", "The load that read it."),
    Field("source", "string", "The configured source.", "Bron"),
    Field("file_name", "string", "The file, relative to the configuration.", "Bestand"),
    Field(
        "content_hash",
        "string",
        "SHA-256 of the file's bytes: the same file is not read twice. APIs: of the answers.",
    ),
    Field("byte_count", "int64", "Size in bytes.", "Bytes"),
    Field("encoding", "string", "Text encoding it was read with.", "Codering"),
    Field(
        "is_whole",
        "boolean",
        "The source was read whole; false: an API was asked only for what was new.",
        "Volledig",
    ),
    Field("read_count", "int64", "Rows read.", "Gelezen"),
    Field("loaded_count", "int64", "Rows loaded.", "Geladen"),
    Field("duplicate_count", "int64", "Rows that were already there.", "Dubbel"),
    Field("rejected_count", "int64", "Rows refused.", "Afgekeurd"),
    Field(
        "removed_count",
        "int64",
        "Loaded rows that were taken out since: replaced by the source, erased, or expired.",
        "Verwijderd",
    ),
    Field(
        "ambiguous_time_count",
        "int64",
        "Loaded rows whose local time exists twice (end of summer time); read as the first.",
        "Dubbel uur",
    ),
    Field(
        "invalid_identifier_count",
        "int64",
        "Identifiers that cannot be right; they link to nobody.",
        "Ongeldige kenmerken",
    ),
    Field(
        "dropped_note_count",
        "int64",
        "Notes that could not be redacted and were not stored.",
        "Verwijderde notities",
    ),
    Field(
        "first_started_at",
        "timestamp(6)",
        "First contact loaded from it, in UTC.",
        "Eerste contact",
    ),
    Field(
        "last_started_at", "timestamp(6)", "Last contact loaded from it, in UTC.", "Laatste contact"
    ),
)

LOAD_COLUMN_FIELDS: tuple[Field, ...] = (
    Field("file_key", "int64", "The file."),
    Field("position", "int64", "Place of the column in the file, from 1."),
    Field(
        "column",
        "string",
        "Its name; of JSON a dotted path. Empty where it looks like a value: no header.",
        "Kolom",
    ),
)

LOAD_DRIFT_FIELDS: tuple[Field, ...] = (
    Field("file_key", "int64", "The file that differs from the last one of its source."),
    Field("column", "string", "The column that is gone, renamed or new.", "Kolom"),
    Field(
        "change",
        "string",
        "What happened to it.",
        "Verandering",
        values=("field_missing", "renamed", "missing", "new"),
    ),
    Field("proposal", "string", "The column it may be now; empty where none is like it."),
)

REJECT_FIELDS: tuple[Field, ...] = (
    Field("file_key", "int64", "The file."),
    Field(
        "line",
        "int64",
        "Line (csv, JSON lines), row (xlsx; the header is 1) or record (json, parquet), from 1.",
        "Regel",
    ),
    Field(
        "column", "string", "Column of the source; empty where the whole line is at fault.", "Kolom"
    ),
    Field(
        "reason",
        "string",
        "Key of the reason, from `etl.rejects`; never a value of the row.",
        "Reden",
    ),
)

REFUSED_RECORD_FIELDS: tuple[Field, ...] = (
    Field("source", "string", "The configured source."),
    Field("record_key", "uuid", "Pseudonym of the source's own number of the record."),
)
"""Records of APIs that were refused once: read again, they are no news."""
FORGOTTEN_FIELDS: tuple[Field, ...] = (
    Field("kind", "string", "Kind of identifier."),
    Field(
        "pseudonym",
        "uuid",
        "Its pseudonym: rows that carry it are refused, so that they do not come back.",
        is_personal=True,
    ),
    Field(
        "refused_until",
        "timestamp(6)",
        "Contacts that began before this moment are refused, in UTC; null = all.",
    ),
)

SOURCE_FIELDS: tuple[Field, ...] = (
    Field("source", "string", "A source that is or was configured.", "Bron"),
    Field(
        "role",
        "string",
        "Its last known role: whether another system sees the same contacts.",
        "Rol",
        values=("contact", "telephony", "registration"),
    ),
)

META_FIELDS: tuple[Field, ...] = (
    Field("key", "string", "Name of the fact."),
    Field("value", "string", "Its value: text, or JSON."),
)
"""Facts about this version: schema_version, settings (JSON, without sources), program_version,
derivations (a hash of their text), is_demo, first_contact_at and last_contact_at (UTC, ISO 8601),
key_fingerprint (tells whether a key is the one that made the pseudonyms, and nothing else)."""

SCHEMA_VERSION = 3
