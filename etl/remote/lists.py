"""Reading a list of an API into a table, page by page, while others go on writing to it.

A list has no frozen view: a record that is added shifts the rest down, so that one comes twice; a
record that is removed shifts them up, so that one is passed over. A pass counts only if the list
said the same size on every page and that many different records were met. Otherwise the list is
read again: after growth only until nothing is missing, after shrinkage from scratch.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ibis.backends.duckdb import Backend

from etl.engine import first_row, run
from etl.remote.http import Api, NoSuchPageError, Page, Query
from warehouse.errors import SourceError

TEMPORARY = "api_"
"""How the names of all temporary tables of a reading begin."""
PASSES = 8
"""How often a list is read before the load gives up."""
_RECORDS = "json_extract($body, '$.results[*]')"


@dataclass(frozen=True)
class Shape:
    """What is kept of the records of a list: nothing else reaches even a temporary table.

    Attributes:
        resource: name of the list in the API.
        columns: column = expression on the record `r`; `uuid` knows a record again, text.
        moment: column by which the list is sorted, newest first; None where that is not known.
    """

    resource: str
    columns: Mapping[str, str]
    moment: str | None = None

    @property
    def table(self) -> str:
        """The temporary table of the records, each once: `line` from 1 in order, and columns."""
        return f"{TEMPORARY}{self.resource.replace('-', '_')}"

    @property
    def seen(self) -> str:
        """The temporary table of the records as they came in, those of shifted pages twice."""
        return f"{self.table}_seen"


@dataclass(frozen=True)
class Request:
    """What is asked of a list.

    Attributes:
        query: parameters of the first page.
        since: stop where the list, sorted by the shape's moment, comes to earlier ones.
        wanted: a query of the uuids that are wanted: stop when all were met; None = all there are.
    """

    query: Query = field(default_factory=dict)
    since: str | None = None
    wanted: str | None = None


@dataclass
class ListReader:
    """Reads lists of one API into an engine.

    Attributes:
        begin: is told the list that is begun.
        advance: is told how many records came in.
        digest: of all that was read.
    """

    api: Api
    backend: Backend
    begin: Callable[[str], None] = field(default=lambda _: None)
    advance: Callable[[int], None] = field(default=lambda _: None)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def read(self, shape: Shape, request: Request | None = None) -> None:
        """Make the shape's table from the list.

        Raises:
            SourceError: the list kept changing, or cannot be read.
            ConfigurationError: see `Api.page`.
        """
        request = request or Request()
        self._make_seen(shape)
        if request.wanted is None or self.is_missing(shape, request.wanted):
            self.begin(shape.resource)
            _Passes(self, shape, request).go()
        order = f'"{shape.moment}" DESC, ' if shape.moment else ""
        run(
            self.backend,
            f"CREATE OR REPLACE TEMP TABLE {shape.table} AS "
            f"SELECT row_number() OVER (ORDER BY {order}uuid) AS line, * EXCLUDE (number) "
            f"FROM (FROM {shape.seen} WHERE uuid IS NOT NULL"
            f"{_since_filter(shape, request)} "
            "QUALIFY row_number() OVER (PARTITION BY uuid ORDER BY number DESC) = 1) "
            "ORDER BY line",
        )
        run(self.backend, f"DROP TABLE {shape.seen}")

    def make_empty(self, shape: Shape) -> None:
        """Make the shape's table without a record, for a list that need not be asked."""
        self.read(shape, Request(wanted="SELECT NULL::VARCHAR AS uuid WHERE false"))

    def _make_seen(self, shape: Shape) -> None:
        run(
            self.backend,
            f"CREATE OR REPLACE TEMP TABLE {shape.seen} AS SELECT 0::BIGINT AS number, "
            f"{_projection(shape)} FROM (SELECT NULL::JSON AS r) WHERE false",
        )

    def add(self, shape: Shape, page: Page) -> int:
        """Add the page's records to those seen; return how many they are."""
        (before,) = first_row(self.backend, f"SELECT count(*) FROM {shape.seen}")
        self.backend.con.execute(
            f"INSERT INTO {shape.seen} SELECT {before} + row_number() OVER (), "
            f"{_projection(shape)} FROM (SELECT unnest({_RECORDS}) AS r)",
            {"body": page.text},
        )
        (after,) = first_row(self.backend, f"SELECT count(*) FROM {shape.seen}")
        self.digest.update(page.text.encode())
        self.advance(after - before)
        return int(after - before)

    def is_missing(self, shape: Shape, wanted: str) -> bool:
        """Tell whether a wanted uuid was not met yet."""
        (count,) = first_row(
            self.backend,
            f"SELECT count(*) FROM ({wanted}) AS wanted WHERE uuid IS NOT NULL "
            f"AND uuid NOT IN (SELECT uuid FROM {shape.seen} WHERE uuid IS NOT NULL)",
        )
        return bool(count)


class _Passes:
    """Goes through a list as often as it takes."""

    def __init__(self, reader: ListReader, shape: Shape, request: Request) -> None:
        self.reader, self.shape, self.request = reader, shape, request
        self._forget()
        self._wanted_count = 0
        if request.wanted is not None:
            (self._wanted_count,) = first_row(
                reader.backend, f"SELECT count(DISTINCT uuid) FROM ({request.wanted})"
            )

    def _forget(self) -> None:
        self.largest, self.has_shrunk, self.is_topping_up = 0, False, False

    def go(self) -> None:
        """Read until a pass fits.

        Raises:
            SourceError: none did.
        """
        for number in range(PASSES):
            if self._pass(number):
                return
            self.is_topping_up = True
            if self.has_shrunk:
                run(self.reader.backend, f"DELETE FROM {self.shape.seen}")
                self._forget()
        raise SourceError(
            "the list kept changing while it was read, or its pages do not add up to its `count`; "
            "nothing was loaded",
            where=f"{self.reader.api.where}, {self.shape.resource}",
            remedy="Load at a quieter hour; if it stays, ask the administrator of the API.",
        )

    def _pass(self, number: int) -> bool:
        """Read the pages in order; tell whether nothing moved meanwhile and nothing is missing."""
        counts: set[int] = set()
        self.is_sorted, before = True, self._seen_count()
        for page in self._pages(number):
            counts.add(page.count)
            self.has_shrunk |= page.count < self.largest
            self.largest = max(self.largest, page.count)
            # the page, and the record before it in this pass
            self.last_page = self._seen_count() - (self._seen_count() > before)
            self.reader.add(self.shape, page)
            if page.next_query is not None and self._has_enough(page.count):
                return self.request.wanted is not None or self._is_still(counts)
        return self._is_still(counts) and self._distinct() == self.largest

    def _is_still(self, counts: set[int]) -> bool:
        return len(counts) == 1 and not self.has_shrunk

    def _pages(self, number: int) -> Iterator[Page]:
        query: dict[str, str] | None = dict(self.request.query)
        size = self.request.query.get("pageSize")
        if query and size and number and int(size) > number:
            # other page boundaries: what an unsteady order of equals hid between two pages turns up
            query["pageSize"] = str(int(size) - number)
        asked: list[dict[str, str]] = []
        while query is not None and query not in asked:
            try:
                page = self.reader.api.page(self.shape.resource, query)
            except NoSuchPageError:
                if not asked:
                    raise
                self.has_shrunk = True  # the list ends before the page that it announced
                return
            yield page
            asked.append(query)
            query = page.next_query

    def _has_enough(self, count: int) -> bool:
        if self.request.wanted is not None:
            has_room = self._seen_count() >= self._wanted_count
            return has_room and not self.reader.is_missing(self.shape, self.request.wanted)
        if self.request.since is not None and self._is_past(self.request.since):
            return True
        return self.is_topping_up and not self.has_shrunk and self._distinct() == count

    def _is_past(self, since: str) -> bool:
        """Tell whether the pass came to earlier records, in a list that is sorted as expected.

        To be asked after every page: it looks at the last one.
        """
        moment = f'try_cast("{self.shape.moment}" AS TIMESTAMPTZ)'
        is_sorted, is_past = first_row(
            self.reader.backend,
            "SELECT coalesce(bool_and(before IS NULL OR before >= moment), true), "
            "coalesce(bool_or(moment < ?::TIMESTAMPTZ), false) FROM ("
            f"SELECT {moment} AS moment, lag({moment}) OVER (ORDER BY number) AS before "
            f"FROM {self.shape.seen} WHERE number > ?) WHERE moment IS NOT NULL",
            [since, self.last_page],
        )
        self.is_sorted &= is_sorted
        return bool(self.is_sorted and is_past)

    def _seen_count(self) -> int:
        (count,) = first_row(self.reader.backend, f"SELECT count(*) FROM {self.shape.seen}")
        return int(count)

    def _distinct(self) -> int:
        (count,) = first_row(
            self.reader.backend, f"SELECT count(DISTINCT uuid) FROM {self.shape.seen}"
        )
        return int(count)


def _projection(shape: Shape) -> str:
    return ", ".join(f'{expression} AS "{name}"' for name, expression in shape.columns.items())


def _since_filter(shape: Shape, request: Request) -> str:
    if request.since is None:
        return ""
    moment = f'try_cast("{shape.moment}" AS TIMESTAMPTZ)'
    return f" AND ({moment} IS NULL OR {moment} >= TIMESTAMPTZ '{request.since}')"
