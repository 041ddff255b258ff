"""Servers on 127.0.0.1 that answer as Open Klant, KISS and a Contactmomenten API do.

What they do is written after the specifications and after answers of a running Open Klant 2.18.
Faults can be laid ready for the next questions, and something can be done between two pages.
"""

import json
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt

from tests.servers.world import Record, World

TOKEN = "0123456789abcdef0123456789abcdef01234567"  # noqa: S105  # made up
SECRET = "made-up secret of thirty-two bytes or more"  # noqa: S105
ELSEWHERE = "http://achter-de-proxy.example:8000"
"""Where the server thinks it stands: what it writes into `next`."""

Query = dict[str, str]
Answer = tuple[int, Any]


@dataclass
class ApiServer:
    """A server in a thread.

    Attributes:
        answer: gives status and body for a path, its query, and the Authorization header.
        requests: what was asked, in order: last part of the path, and query.
        faults: what to do instead of answering the next questions, in order; None = answer.
        between: called before each answer, with the number of questions so far.
    """

    answer: Callable[[str, Query, str], Answer]
    requests: list[tuple[str, Query]] = field(default_factory=list)
    faults: list[str | int | float | None] = field(default_factory=list)
    between: Callable[[int], None] = field(default=lambda _: None)

    def __enter__(self) -> "ApiServer":
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.serve(self)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def count(self, resource: str) -> int:
        return sum(name == resource for name, _ in self.requests)

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.requests.append((parts.path.rsplit("/", 1)[-1], query))
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, float):
            time.sleep(fault)
        if isinstance(fault, int):
            self._send(handler, fault, b"<html>Verzonnen Naam 999000012</html>")
            return
        self.between(len(self.requests))
        status, body = self.answer(parts.path, query, handler.headers.get("Authorization", ""))
        content = json.dumps(body).encode()
        if fault == "cut off":
            self._send(handler, status, content[: len(content) // 2], length=len(content))
        elif fault == "half a page":
            self._send(handler, status, content[: len(content) // 2])
        elif fault == "no json":
            self._send(handler, status, b"<html>Meld u aan, Verzonnen Naam</html>")
        elif fault == "redirect":
            self._send(handler, 302, b"", location=f"{ELSEWHERE}{handler.path}")
        else:
            self._send(handler, status, content)

    def _send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        content: bytes,
        *,
        length: int | None = None,
        location: str | None = None,
    ) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(content) if length is None else length))
            if location:
                handler.send_header("Location", location)
            if length is not None:
                handler.close_connection = True
                handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(content)


def fault(status: int, code: str, title: str, **more: Any) -> Answer:
    return status, {
        "type": f"{ELSEWHERE}/ref/fouten/{code}/",
        "code": code,
        "title": title,
        "status": status,
        "detail": title,
        **more,
    }


def page_of(
    records: list[Record], path: str, query: Query, *, size: int, most: int | None
) -> Answer:
    """One page as Django REST framework makes it; `most` None: the size cannot be asked for."""
    if most is not None:
        asked = query.get("pageSize", "")
        size = min(int(asked), most) if asked.isdigit() and int(asked) else size
    number = int(query.get("page", "1")) if query.get("page", "1").isdigit() else 0
    pages = max(math.ceil(len(records) / size), 1)
    if not 1 <= number <= pages:
        return fault(404, "not_found", "Niet gevonden.", detail="Ongeldige pagina.")

    def link(to: int) -> str | None:
        others = {name: value for name, value in query.items() if name != "page"}
        asked = {"page": str(to)} if to > 1 else {}
        full = urlencode(sorted((others | asked).items()))
        return f"{ELSEWHERE}{path}?{full}" if 1 <= to <= pages else None

    return 200, {
        "count": len(records),
        "next": link(number + 1),
        "previous": link(number - 1),
        "results": records[(number - 1) * size : number * size],
    }


def open_klant(world: World) -> Callable[[str, Query, str], Answer]:
    """Answers as Open Klant 2.18 does on the lists that a load reads."""

    def answer(path: str, query: Query, authorization: str) -> Answer:
        refusal = _refused_token(authorization)
        if refusal:
            return refusal
        root, _, rest = path.partition("/klantinteracties/api/v1/")
        resource, _, uuid = rest.partition("/")
        if root or resource not in world.lists:
            return fault(404, "not_found", "Niet gevonden.")
        records = world.lists[resource]
        if uuid:
            found = [one for one in records if one["uuid"] == uuid]
            return (200, found[0]) if found else fault(404, "not_found", "Niet gevonden.")
        unknown = sorted(set(query) - {"page", "pageSize", "expand", "kanaal"})
        if unknown:
            return fault(
                400,
                "invalid",
                "Ongeldige invoerwaarde.",
                invalidParams=[{"name": "nonFieldErrors", "code": "unknown-parameters"}],
            )
        records = records[::-1]
        if resource == "klantcontacten":
            records.sort(key=lambda one: one["plaatsgevondenOp"], reverse=True)
        return page_of(records, path, query, size=100, most=500)

    return answer


def _refused_token(authorization: str) -> Answer | None:
    if not authorization:
        return fault(401, "not_authenticated", "Authenticatiegegevens zijn niet opgegeven.")
    if authorization != f"Token {TOKEN}":
        return fault(401, "authentication_failed", "Ongeldige authenticatiegegevens.")
    return None


def _refused_jwt(authorization: str) -> Answer | None:
    try:
        jwt.decode(
            authorization.removeprefix("Bearer "),
            SECRET,
            algorithms=["HS256"],
            options={"require": ["iat", "exp"]},
        )
    except jwt.InvalidTokenError:
        return 401, None
    return None


def kiss(world: World) -> Callable[[str, Query, str], Answer]:
    """Answers as KISS's management information does."""

    def answer(path: str, query: Query, authorization: str) -> Answer:
        refusal = _refused_jwt(authorization)
        if refusal or path != "/api/contactmomentendetails":
            return refusal or (404, None)
        try:
            first, last = (
                datetime.strptime(query[name], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
                for name in ("from", "to")
            )
        except (KeyError, ValueError):
            return 400, "Ongeldig datumnotatie. Gebruik de ISO 8601-notatie (yyyy-MM-ddTHH:mm:ssZ)."
        size, number = int(query.get("pageSize", "5000")), int(query.get("page", "1"))
        if not 1 <= size <= 5000 or number < 1:
            return 400, "Paginagrootte moet tussen 1 en 5000 liggen."
        chosen = [one for one in world.details if first <= _start(one) <= last]
        chosen.sort(key=_start, reverse=True)
        if number > math.ceil(len(chosen) / size) and chosen:
            return 404, {"title": "Ongeldige pagina.", "instance": "urn:uuid:0"}
        following = urlencode(query | {"pageSize": str(size), "page": str(number + 1)})
        return 200, {
            "count": len(chosen),
            "next": f"{ELSEWHERE}{path}?{following}" if number * size < len(chosen) else None,
            "previous": None,
            "results": chosen[(number - 1) * size : number * size],
        }

    return answer


def _start(detail: Record) -> datetime:
    return datetime.fromisoformat(detail["startdatum"])


@dataclass
class Moments:
    """The lists of a Contactmomenten API."""

    lists: dict[str, list[Record]] = field(
        default_factory=lambda: {
            "contactmomenten": [],
            "klantcontactmomenten": [],
            "objectcontactmomenten": [],
        }
    )

    def add(self, resource: str, **fields: Any) -> Record:
        number = len(self.lists[resource]) + 1
        kind = f"{len(resource):04x}"
        url = f"{ELSEWHERE}/api/v1/{resource}/{number:08x}-0000-4000-8000-{kind}00000000"
        self.lists[resource].append({"url": url, **fields})
        return self.lists[resource][-1]


def moments_api(
    moments: Moments, *, client_id: str | None = None
) -> Callable[[str, Query, str], Answer]:
    """Answers as the Contactmomenten 1.0 specification says; with ZGW tokens of this client."""
    known = {
        "contactmomenten": {"page", "ordering", "kanaal", "registratiedatum__gte"},
        "klantcontactmomenten": {"page", "contactmoment", "klant", "rol"},
        "objectcontactmomenten": {"page", "contactmoment", "object", "objectType"},
    }

    def answer(path: str, query: Query, authorization: str) -> Answer:
        if client_id is None and authorization != f"Bearer {TOKEN}":
            return fault(403, "not_authenticated", "Authenticatiegegevens zijn niet opgegeven.")
        if client_id is not None:
            refusal = _refused_jwt(authorization)
            if refusal:
                return fault(403, "jwt-invalid", "Ongeldig token.")
            claims = jwt.decode(
                authorization.removeprefix("Bearer "), options={"verify_signature": False}
            )
            if (claims["iss"], claims["client_id"]) != (client_id, client_id):
                return fault(403, "not_authenticated", "Onbekende client.")
        resource = path.rsplit("/", 1)[-1]
        if set(query) - known.get(resource, set()):
            return fault(400, "invalid", "Ongeldige invoerwaarde.")
        records = list(moments.lists[resource])
        if query.get("ordering") == "-registratiedatum":
            records.sort(key=lambda one: one["registratiedatum"], reverse=True)
        since = query.get("registratiedatum__gte", "")
        if resource == "contactmomenten":
            records = [one for one in records if one["registratiedatum"] >= since]
        return page_of(records, path, query, size=100, most=None)

    return answer
