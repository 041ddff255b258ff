"""Looking at an API without loading it: one record of each list, for its size."""

from collections.abc import Mapping

from etl.remote import contactmomenten, openklant
from etl.remote.http import Query, open_api
from etl.remote.kiss import DETAILS, query_of_all
from warehouse.settings import SourceSettings


def list_sizes(source: SourceSettings, environ: Mapping[str, str]) -> dict[str, int]:
    """Return the lists that a load reads, and how many records each says it has.

    Raises:
        ConfigurationError: token or address are wrong.
        SourceError: the API cannot be reached, or fails.
    """
    with open_api(source, environ) as api:
        return {
            resource: api.page(resource, query).count
            for resource, query in _questions(source.kind).items()
        }


def _questions(kind: str) -> dict[str, Query]:
    if kind == "kiss":
        return {DETAILS.resource: query_of_all(1)}
    if kind == "contactmomenten":
        return {shape.resource: {} for shape in contactmomenten.SHAPES}
    return {shape.resource: {"pageSize": "1"} for shape in openklant.SHAPES}
