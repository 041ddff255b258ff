"""KISS's management information: what a contact in another source leaves out.

The list tells of contacts when they began and ended, how, and about what; the contacts themselves
stand in the source that `contacts` names, and are known by the uuid at the end of `id`.
"""

from etl.remote.lists import ListReader, Request, Shape
from warehouse.settings import SourceSettings

MOST_A_PAGE = 5000
_FIRST_MOMENT, _LAST_MOMENT = "1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def text(path: str) -> str:
    """Return the expression for a field of a record as text; null where it is not there."""
    return f"json_extract_string(r, '$.{path}')"


def trailing_uuid(expression: str) -> str:
    """Return the expression for the uuid at the end of an address; the text where it has none."""
    found = f"nullif(regexp_extract(lower({expression}), '({UUID})/?$', 1), '')"
    return f"coalesce({found}, {expression})"


DETAILS = Shape(
    "contactmomentendetails",
    {
        "uuid": trailing_uuid(text("id")),
        "startdatum": text("startdatum"),
        "einddatum": text("einddatum"),
        "gespreksresultaat": f"nullif({text('gespreksresultaat')}, '')",
        "vraag": f"nullif({text('vraag')}, '')",
        "afdeling": text("verantwoordelijkeAfdeling"),
        "medewerker": text("emailadresKcm"),
        "gesprek": text("gespreksId"),
    },
    moment="startdatum",
)


def query_of_all(page_size: int, since: str | None = None) -> dict[str, str]:
    """Return the question for all details, or those of contacts that began at or after a moment."""
    return {
        "from": since or _FIRST_MOMENT,
        "to": _LAST_MOMENT,
        "pageSize": str(page_size),
        "page": "1",
    }


def read_details(reader: ListReader, source: SourceSettings, since: str | None) -> None:
    """Make the table of details: all, or of contacts that began at or after a moment.

    Args:
        reader: on the API of KISS.
        source: its settings.
        since: as 2025-03-01T00:00:00Z; the only notation that KISS takes.

    Raises:
        SamenspelError: see `ListReader.read`.
    """
    size = min(source.page_size or MOST_A_PAGE, MOST_A_PAGE)
    reader.read(DETAILS, Request(query_of_all(size, since)))
