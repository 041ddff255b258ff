"""Contactmomenten 1.0, the standard before Klantinteracties: its lists, and their contacts.

A contact names its customer by an address in another API; the uuid at its end is the party. The
standard has no page size: a page is what the server gives.
"""

from etl.engine import run
from etl.remote.contacts import CONTACTS
from etl.remote.kiss import text, trailing_uuid
from etl.remote.lists import ListReader, Request, Shape
from warehouse.settings import SourceSettings

CONTACTMOMENTEN = Shape(
    "contactmomenten",
    {
        "uuid": trailing_uuid(text("url")),
        "moment": text("registratiedatum"),
        "kanaal": text("kanaal"),
        "onderwerpLink": text("onderwerpLinks[0]"),
        "initiatiefnemer": text("initiatiefnemer"),
        "taal": text("voorkeurstaal"),
        "medewerker": f"coalesce(nullif({text('medewerkerIdentificatie.identificatie')}, ''), "
        f"nullif({text('medewerker')}, ''))",
    },
    moment="moment",
)
KLANTCONTACTMOMENTEN = Shape(
    "klantcontactmomenten",
    {
        "uuid": trailing_uuid(text("url")),
        "contact": trailing_uuid(text("contactmoment")),
        "klant": trailing_uuid(text("klant")),
        "rol": text("rol"),
    },
)
OBJECTCONTACTMOMENTEN = Shape(
    "objectcontactmomenten",
    {
        "uuid": trailing_uuid(text("url")),
        "contact": trailing_uuid(text("contactmoment")),
        "objecttype": text("objectType"),
    },
)
SHAPES = (CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN)

_CONTACTS = f"""
CREATE OR REPLACE TEMP TABLE {CONTACTS} AS
WITH
klant AS (
    SELECT contact, klant FROM {KLANTCONTACTMOMENTEN.table}
    QUALIFY row_number() OVER (
        PARTITION BY contact ORDER BY rol IS NOT DISTINCT FROM 'gesprekspartner' DESC, uuid
    ) = 1
),
zaak AS (
    SELECT DISTINCT contact FROM {OBJECTCONTACTMOMENTEN.table} WHERE lower(objecttype) = 'zaak'
)
SELECT
    contact.line, contact.uuid, moment, kanaal, NULL::VARCHAR AS onderwerp,
    "onderwerpLink" AS "hoofdOnderwerpType", NULL::VARCHAR AS afdeling,
    false AS "heeftTaak", zaak.contact IS NOT NULL AS "heeftZaak",
    CASE initiatiefnemer WHEN 'klant' THEN 'inbound' WHEN 'gemeente' THEN 'outbound' END
    AS initiatief,
    NULL::VARCHAR AS "soortKlant", NULL::BOOLEAN AS "opAfspraak",
    NULL::VARCHAR AS "afgehandeldOp", taal, NULL::VARCHAR AS "indicatieContactGelukt",
    NULL::VARCHAR AS "verdereActieOndernomen", NULL::JSON AS metadata,
    klant.klant AS partij, NULL::VARCHAR AS bsn, NULL::VARCHAR AS kvk,
    NULL::VARCHAR AS telefoon, NULL::VARCHAR AS email, medewerker,
    false AS is_confidential, false AS is_secret
FROM {CONTACTMOMENTEN.table} AS contact
LEFT JOIN klant ON klant.contact = contact.uuid
LEFT JOIN zaak ON zaak.contact = contact.uuid
"""


def read_contacts(reader: ListReader, source: SourceSettings, since: str | None) -> None:
    """Make the table of contacts: all, or those registered at or after a moment.

    The lists of customers and cases know no moment; they are read whole.

    Args:
        reader: on the API.
        source: its settings.
        since: as 2025-03-01T00:00:00Z.

    Raises:
        SamenspelError: see `ListReader.read`.
    """
    del source
    query = {"ordering": "-registratiedatum"}
    if since is not None:
        query["registratiedatum__gte"] = since
    reader.read(CONTACTMOMENTEN, Request(query))
    reader.read(KLANTCONTACTMOMENTEN)
    reader.read(OBJECTCONTACTMOMENTEN)
    run(reader.backend, _CONTACTS)
