"""The contacts of an API, one row each, on their way to the gate: columns, and what is dropped."""

from collections.abc import Sequence

from ibis.backends.duckdb import Backend

from etl.engine import quoted, run
from etl.mapping import raw_column
from etl.remote.kiss import DETAILS
from etl.sources.rows import RAW_ROWS, Rows, make_rejects
from warehouse.settings import SourceSettings

CONTACTS = "api_contact"
"""Temporary table that each kind of API makes: `line`, CONTACT_COLUMNS, and the two flags
`is_confidential` (the contact) and `is_secret` (the customer's particulars)."""

CONTACT_COLUMNS = (
    "uuid",
    "moment",
    "kanaal",
    "onderwerp",
    "hoofdOnderwerpType",
    "afdeling",
    "heeftTaak",
    "heeftZaak",
    "initiatief",
    "soortKlant",
    "opAfspraak",
    "afgehandeldOp",
    "taal",
    "indicatieContactGelukt",
    "verdereActieOndernomen",
    "metadata",
    "partij",
    "bsn",
    "kvk",
    "telefoon",
    "email",
    "medewerker",
)

REQUESTED_CALLBACK = "Contactverzoek gemaakt"
"""What KISS calls the result of a contact that led to a task; said of every such contact."""
OPENED_CASE = "Zaak"
"""Result of a contact about a case, where the source says no other."""
_NO_RESULT = "Onbekend"
METADATA = "metadata."
"""Beginning of a configured column that reaches into a contact's metadata."""


def _moment(text: str) -> str:
    """Write a moment with offset in one notation; what is none stays, and is refused at the gate.

    Seven digits of a second, as .NET writes them, are more than the gate's formats read.
    """
    return (
        f"CASE WHEN regexp_matches({text}, '(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$') THEN "
        f"coalesce(strftime(try_cast({text} AS TIMESTAMPTZ)::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ'), "
        f"{text}) ELSE {text} END"
    )


def _open(expression: str) -> str:
    return f"CASE WHEN NOT is_confidential THEN {expression} END"


def _named(expression: str) -> str:
    return f"CASE WHEN NOT is_confidential AND NOT is_secret THEN {expression} END"


_SECONDS = (
    "epoch(try_cast(detail.einddatum AS TIMESTAMPTZ)) "
    "- epoch(try_cast(detail.startdatum AS TIMESTAMPTZ))"
)
# of a subject that an agent typed beside the chosen question, only the question is kept
_QUESTION = (
    "CASE WHEN detail.uuid IS NOT NULL THEN detail.vraag "
    "WHEN onderwerp NOT LIKE '(%' THEN trim(split_part(onderwerp, ' (', 1)) END"
)
_RESULT = (
    f"CASE WHEN heeftTaak THEN '{REQUESTED_CALLBACK}' "
    f"WHEN detail.gespreksresultaat <> '{_NO_RESULT}' THEN detail.gespreksresultaat "
    f"WHEN heeftZaak THEN '{OPENED_CASE}' ELSE detail.gespreksresultaat END"
)

RAW_COLUMNS: dict[str, str] = {
    "uuid": "contact.uuid",
    "begin": _moment("coalesce(detail.startdatum, moment)"),
    # KISS writes a contact when it ends, so its moment stands in for an end that KISS leaves out
    "einde": _moment(
        "CASE WHEN detail.uuid IS NOT NULL THEN coalesce(detail.einddatum, moment) END"
    ),
    "plaatsgevondenOp": _moment("moment"),
    "duur": f"({_SECONDS})::VARCHAR",
    "kanaal": "kanaal",
    "vraag": _open(_QUESTION),
    "onderwerp": _open("onderwerp"),
    "hoofdOnderwerpType": _open('"hoofdOnderwerpType"'),
    "afdeling": "coalesce(nullif(detail.afdeling, ''), contact.afdeling)",
    "resultaat": _RESULT,
    "initiatief": "initiatief",
    "soortKlant": '"soortKlant"',
    "opAfspraak": '"opAfspraak"',
    "afgehandeldOp": _moment('"afgehandeldOp"'),
    "gesprek": "detail.gesprek",
    "taal": "taal",
    "indicatieContactGelukt": '"indicatieContactGelukt"',
    "verdereActieOndernomen": '"verdereActieOndernomen"',
    "partij": _named("partij"),
    "bsn": _named("bsn"),
    "kvk": _named("kvk"),
    "telefoon": _named("telefoon"),
    "email": _named("email"),
    "medewerker": _open("coalesce(contact.medewerker, nullif(detail.medewerker, ''))"),
}
"""Column that the mapping may name = where it comes from."""


def contact_rows(source: SourceSettings) -> Rows:
    """Return the contacts as the rows that the gate takes.

    Args:
        source: with its whole mapping; it tells which metadata are wanted, and whether
            confidential contacts are loaded whole.
    """
    metadata = tuple(
        dict.fromkeys(
            name
            for column in (*source.columns.values(), *source.identifiers.values())
            for name in (*column.column, *column.columns)
            if name.startswith(METADATA)
        )
    )

    def read(backend: Backend) -> None:
        run(backend, f"CREATE OR REPLACE TEMP TABLE {RAW_ROWS} AS {_query(source, metadata)}")
        make_rejects(backend)

    return Rows(columns=(*RAW_COLUMNS, *metadata), encoding="utf-8", read=read)


def _query(source: SourceSettings, metadata: Sequence[str]) -> str:
    expressions = [
        *RAW_COLUMNS.values(),
        *(_open(f"json_extract_string(metadata, {quoted(_json_key(name))})") for name in metadata),
    ]
    columns = ", ".join(
        f"({expression})::VARCHAR AS {raw_column(place)}"
        for place, expression in enumerate(expressions)
    )
    whole = "false AS is_confidential" if source.confidential == "whole" else "is_confidential"
    return (
        f"SELECT contact.line, {columns} FROM "
        f"(SELECT * EXCLUDE (is_confidential), {whole} FROM {CONTACTS}) AS contact "
        f"LEFT JOIN {DETAILS.table} AS detail ON detail.uuid = contact.uuid"
    )


def _json_key(name: str) -> str:
    return '$."' + name.removeprefix(METADATA).replace('"', '\\"') + '"'
