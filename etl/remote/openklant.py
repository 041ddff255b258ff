"""Open Klant, as it implements Klantinteracties 0.9: its lists, and the contacts they make up.

Contacts come newest first; of the other lists only what belongs to these contacts is looked for.
`expand` is not used: the server looks every contact's relations up one by one, and takes ten times
as long.
"""

from ibis.backends.duckdb import Backend

from etl.engine import first_row, run
from etl.remote.contacts import CONTACTS
from etl.remote.kiss import UUID, text
from etl.remote.lists import ListReader, Request, Shape
from warehouse.settings import SourceSettings

MOST_A_PAGE = 500
_EARLIER = "api_earlier"


def _flag(path: str) -> str:
    return f"try_cast({text(path)} AS BOOLEAN)"


def _uuids(path: str) -> str:
    """Return the expression for the uuids of related records; null where the key is not there."""
    return (
        f"CASE WHEN json_exists(r, '$.{path}') THEN json_extract_string(r, '$.{path}[*].uuid') END"
    )


def _first_actor(kind: str) -> str:
    return (
        "[a FOR a IN json_extract(r, '$.hadBetrokkenActoren[*]') "
        f"IF json_extract_string(a, '$.soortActor') = '{kind}'][1]"
    )


def _agent(actor: str) -> str:
    return (
        f"coalesce(nullif(json_extract_string({actor}, '$.actoridentificator.objectId'), ''), "
        f"json_extract_string({actor}, '$.uuid'))"
    )


KLANTCONTACTEN = Shape(
    "klantcontacten",
    {
        "uuid": text("uuid"),
        "moment": text("plaatsgevondenOp"),
        "kanaal": text("kanaal"),
        "onderwerp": text("onderwerp"),
        "hoofdOnderwerpType": text("hoofdOnderwerpType"),
        "vertrouwelijk": _flag("vertrouwelijk"),
        "taal": text("taal"),
        "indicatieContactGelukt": text("indicatieContactGelukt"),
        "verdereActieOndernomen": text("verdereActieOndernomen"),
        "metadata": "json_extract(r, '$.metadata')",
        "betrokkenen": _uuids("hadBetrokkenen"),
        "taken": _uuids("leiddeTotInterneTaken"),
        "objecten": _uuids("gingOverOnderwerpobjecten"),
        "medewerker": _agent(_first_actor("medewerker")),
        "afdeling": f"json_extract_string({_first_actor('organisatorische_eenheid')}, '$.naam')",
        "kaleActoren": "[json_extract_string(a, '$.uuid') FOR a IN "
        "json_extract(r, '$.hadBetrokkenActoren[*]') IF NOT json_exists(a, '$.soortActor')]",
    },
    moment="moment",
)
BETROKKENEN = Shape(
    "betrokkenen",
    {
        "uuid": text("uuid"),
        "contact": text("hadKlantcontact.uuid"),
        "partij": text("wasPartij.uuid"),
        "rol": text("rol"),
        "initiator": _flag("initiator"),
        "adressen": _uuids("digitaleAdressen"),
    },
)
ADRESSEN = Shape(
    "digitaleadressen",
    {
        "uuid": text("uuid"),
        "betrokkene": text("verstrektDoorBetrokkene.uuid"),
        "adres": text("adres"),
        "soort": text("soortDigitaalAdres"),
        "standaard": _flag("isStandaardAdres"),
    },
)
PARTIJEN = Shape(
    "partijen",
    {
        "uuid": text("uuid"),
        "soort": text("soortPartij"),
        "geheim": _flag("indicatieGeheimhouding"),
        "identificatoren": "json_extract(r, '$.partijIdentificatoren[*]')",
    },
)
IDENTIFICATOREN = Shape(
    "partij-identificatoren",
    {
        "uuid": text("uuid"),
        "partij": text("identificeerdePartij.uuid"),
        "soort": text("partijIdentificator.codeSoortObjectId"),
        "nummer": text("partijIdentificator.objectId"),
        "boven": text("subIdentificatorVan.uuid"),
    },
)
ONDERWERPOBJECTEN = Shape(
    "onderwerpobjecten",
    {
        "uuid": text("uuid"),
        "contact": text("klantcontact.uuid"),
        "eerder": text("wasKlantcontact.uuid"),
        "objecttype": text("onderwerpobjectidentificator.codeObjecttype"),
    },
)
INTERNETAKEN = Shape(
    "internetaken",
    {
        "uuid": text("uuid"),
        "contact": text("aanleidinggevendKlantcontact.uuid"),
        "status": text("status"),
        "afgehandeldOp": text("afgehandeldOp"),
    },
)
ACTOREN = Shape(
    "actoren",
    {
        "uuid": text("uuid"),
        "soort": text("soortActor"),
        "naam": text("naam"),
        "medewerker": _agent("r"),
    },
)
SHAPES = (
    KLANTCONTACTEN,
    BETROKKENEN,
    ADRESSEN,
    PARTIJEN,
    IDENTIFICATOREN,
    ONDERWERPOBJECTEN,
    INTERNETAKEN,
    ACTOREN,
)

_KNOWN_IDENTIFIERS = f"""
CREATE OR REPLACE TEMP TABLE api_identificator AS
SELECT {", ".join(f'{sql} AS "{name}"' for name, sql in IDENTIFICATOREN.columns.items())}
FROM (SELECT unnest(identificatoren) AS r FROM {PARTIJEN.table})
"""
_UNKNOWN_IDENTIFIERS = """
SELECT uuid FROM api_identificator WHERE nummer IS NULL
UNION
SELECT boven FROM api_identificator
WHERE boven NOT IN (SELECT uuid FROM api_identificator WHERE uuid IS NOT NULL)
"""

_CONTACTS = f"""
CREATE OR REPLACE TEMP TABLE {CONTACTS} AS
WITH
nummer AS (
    SELECT * FROM {IDENTIFICATOREN.table}
    UNION BY NAME
    SELECT * FROM api_identificator WHERE nummer IS NOT NULL
),
kenmerk AS (
    SELECT
        eigen.partij,
        min(eigen.nummer) FILTER (eigen.soort = 'bsn') AS bsn,
        coalesce(
            min(eigen.nummer) FILTER (eigen.soort = 'kvk_nummer'),
            min(boven.nummer) FILTER (boven.soort = 'kvk_nummer')
        ) AS kvk
    FROM nummer AS eigen LEFT JOIN nummer AS boven ON boven.uuid = eigen.boven
    GROUP BY eigen.partij
),
begonnen AS (
    SELECT
        contact,
        CASE WHEN bool_or(initiator) THEN 'inbound' WHEN bool_and(NOT initiator) THEN 'outbound' END
        AS initiatief
    FROM {BETROKKENEN.table} GROUP BY contact
),
klant AS (
    SELECT uuid, contact, partij FROM {BETROKKENEN.table}
    QUALIFY row_number() OVER (
        PARTITION BY contact
        ORDER BY rol IS NOT DISTINCT FROM 'klant' DESC, partij IS NOT NULL DESC,
            coalesce(initiator, false) DESC, uuid
    ) = 1
),
adres AS (
    SELECT
        betrokkene,
        arg_min(adres, volgorde) FILTER (contains(adres, '@')) AS email,
        arg_min(adres, volgorde) FILTER (
            NOT contains(adres, '@') AND starts_with(lower(soort), 'tel')
        ) AS telefoon
    FROM (SELECT *, (NOT coalesce(standaard, false), uuid) AS volgorde FROM {ADRESSEN.table})
    GROUP BY betrokkene
),
taak AS (
    SELECT
        contact,
        CASE WHEN bool_and(status = 'verwerkt' AND "afgehandeldOp" IS NOT NULL) THEN
            arg_max("afgehandeldOp", try_cast("afgehandeldOp" AS TIMESTAMPTZ)) END
        AS "afgehandeldOp"
    FROM {INTERNETAKEN.table} GROUP BY contact
),
onderwerp AS (
    SELECT
        object.contact,
        bool_or(lower(objecttype) IN ('zgw-zaak', 'zaak')) AS is_zaak,
        bool_or(eerder.has_task) AS has_task
    FROM {ONDERWERPOBJECTEN.table} AS object LEFT JOIN {_EARLIER} AS eerder
    ON eerder.uuid = object.eerder
    GROUP BY object.contact
),
actor AS (
    SELECT
        contact.uuid AS contact,
        min(actor.medewerker) FILTER (actor.soort = 'medewerker') AS medewerker,
        min(actor.naam) FILTER (actor.soort = 'organisatorische_eenheid') AS afdeling
    FROM (SELECT uuid, unnest("kaleActoren") AS actor FROM {KLANTCONTACTEN.table}) AS contact
    JOIN {ACTOREN.table} AS actor ON actor.uuid = contact.actor
    GROUP BY contact.uuid
)
SELECT
    contact.line, contact.uuid, moment, kanaal, contact.onderwerp, "hoofdOnderwerpType",
    coalesce(contact.afdeling, actor.afdeling) AS afdeling,
    taak.contact IS NOT NULL AS "heeftTaak",
    coalesce(onderwerp.is_zaak, false) AS "heeftZaak",
    initiatief,
    CASE partij.soort WHEN 'persoon' THEN 'citizen'
        WHEN 'organisatie' THEN 'business' WHEN 'contactpersoon' THEN 'business' END
    AS "soortKlant",
    -- the call back that an earlier contact asked for is no repeat
    initiatief = 'outbound' AND coalesce(onderwerp.has_task, false) AS "opAfspraak",
    "afgehandeldOp", taal, "indicatieContactGelukt", "verdereActieOndernomen", metadata,
    partij.uuid AS partij, bsn, kvk, telefoon, email,
    coalesce(contact.medewerker, actor.medewerker) AS medewerker,
    coalesce(vertrouwelijk, false) AS is_confidential,
    -- a party that could not be read may have asked for secrecy
    coalesce(partij.geheim, klant.partij IS NOT NULL AND partij.uuid IS NULL) AS is_secret
FROM {KLANTCONTACTEN.table} AS contact
LEFT JOIN begonnen ON begonnen.contact = contact.uuid
LEFT JOIN klant ON klant.contact = contact.uuid
LEFT JOIN {PARTIJEN.table} AS partij ON partij.uuid = klant.partij
LEFT JOIN kenmerk ON kenmerk.partij = partij.uuid
LEFT JOIN adres ON adres.betrokkene = klant.uuid
LEFT JOIN taak ON taak.contact = contact.uuid
LEFT JOIN onderwerp ON onderwerp.contact = contact.uuid
LEFT JOIN actor ON actor.contact = contact.uuid
"""


def read_contacts(reader: ListReader, source: SourceSettings, since: str | None) -> None:
    """Make the table of contacts: all, or those that took place at or after a moment.

    Args:
        reader: on the API.
        source: its settings.
        since: as 2025-03-01T00:00:00Z.

    Raises:
        SamenspelError: see `ListReader.read`.
    """
    lists = _Lists(reader, source, since)
    lists.read()
    run(reader.backend, _CONTACTS)


class _Lists:
    def __init__(self, reader: ListReader, source: SourceSettings, since: str | None) -> None:
        self.reader, self.since = reader, since
        self.query = {"pageSize": str(min(source.page_size or MOST_A_PAGE, MOST_A_PAGE))}

    def read(self) -> None:
        """Read every list, as far as the contacts ask for it."""
        backend = self.reader.backend
        self.reader.read(KLANTCONTACTEN, Request(self.query, self.since))
        self._read_related(BETROKKENEN, KLANTCONTACTEN, "betrokkenen")
        self._read_related(ADRESSEN, BETROKKENEN, "adressen")
        self._read_wanted(PARTIJEN, f"SELECT DISTINCT partij AS uuid FROM {BETROKKENEN.table}")
        run(backend, _KNOWN_IDENTIFIERS)
        self._read_wanted(IDENTIFICATOREN, _UNKNOWN_IDENTIFIERS)
        self._read_related(ONDERWERPOBJECTEN, KLANTCONTACTEN, "objecten")
        self._read_related(INTERNETAKEN, KLANTCONTACTEN, "taken")
        self._read_related(ACTOREN, KLANTCONTACTEN, "kaleActoren")
        self._read_earlier(backend)

    def _read_related(self, shape: Shape, of: Shape, column: str) -> None:
        """Read what the records of another list name; all, where an older version names nothing."""
        (unsaid,) = first_row(
            self.reader.backend, f'SELECT count(*) FROM {of.table} WHERE "{column}" IS NULL'
        )
        if unsaid:
            self.reader.read(shape, Request(self.query))
        else:
            self._read_wanted(shape, f'SELECT DISTINCT unnest("{column}") AS uuid FROM {of.table}')

    def _read_wanted(self, shape: Shape, wanted: str) -> None:
        self.reader.read(shape, Request(self.query, wanted=wanted))

    def _read_earlier(self, backend: Backend) -> None:
        """Look up the contacts that contacts refer to; those before `since` one at a time."""
        run(
            backend,
            f"CREATE OR REPLACE TEMP TABLE {_EARLIER} AS "
            f"SELECT uuid, len(taken) > 0 AS has_task FROM {KLANTCONTACTEN.table}",
        )
        if self.since is None:
            return
        missing = backend.con.execute(
            f"SELECT DISTINCT eerder FROM {ONDERWERPOBJECTEN.table} "
            f"WHERE contact IN (SELECT uuid FROM {KLANTCONTACTEN.table}) "
            f"AND eerder NOT IN (SELECT uuid FROM {_EARLIER}) "
            f"AND regexp_full_match(lower(eerder), '{UUID}') ORDER BY eerder"
        ).fetchall()
        for (uuid,) in missing:
            record = self.reader.api.record(KLANTCONTACTEN.resource, uuid)
            backend.con.execute(
                f"INSERT INTO {_EARLIER} "
                "SELECT $uuid, json_array_length($record, '$.leiddeTotInterneTaken') > 0",
                {"uuid": uuid, "record": record},
            )
