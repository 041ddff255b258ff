"""Asking an API: one page at a time, with patience, and every failure in our words.

Nothing that the other side says is quoted: it may hold data.
"""

import json
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

import jwt
import requests
from jwt.warnings import InsecureKeyLengthWarning
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from warehouse.errors import ConfigurationError, SamenspelError, SourceError
from warehouse.settings import SourceSettings
from warehouse.source_kinds import API_TOKENS

ATTEMPTS = 5
"""How often a page is asked for before the load gives up."""
PAUSE_SECONDS = 0.5
"""Wait before the second attempt; it doubles with each further one (429 and 503 may say longer)."""
_LONGEST_PAUSE_SECONDS = 120
_PASSING = (429, 500, 502, 503, 504)
_TOKEN_SECONDS = 600
_CLOCK_SECONDS = 60
"""A token is dated back: the other side's clock may be slow, and what is of later is refused."""

Query = Mapping[str, str]
Authorisation = Callable[[requests.PreparedRequest], requests.PreparedRequest]

DEFAULT_PATHS = {
    "openklant": "/klantinteracties/api/v1",
    "kiss": "/api",
    "contactmomenten": "/contactmomenten/api/v1",
}
"""Where an API lies under an address that has no path."""


@dataclass(frozen=True)
class Page:
    """One answer: its text, and the query of the next page (null at the end)."""

    text: str
    count: int
    next_query: dict[str, str] | None


class NoSuchPageError(SourceError):
    """The list ends before this page (404)."""


@dataclass
class Api:
    """One API, opened; counts what is asked of it.

    Attributes:
        base: its address, without a slash at the end.
        where: the source, for messages.
        request_count: pages asked for, each attempt that reached our code counted.
        byte_count: bytes of the answers.
    """

    base: str
    where: str
    timeout: float
    authorise: Authorisation
    request_count: int = 0
    byte_count: int = 0
    _session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        patience = Retry(
            total=ATTEMPTS - 1,
            redirect=False,
            status_forcelist=_PASSING,
            allowed_methods=("GET",),
            backoff_factor=PAUSE_SECONDS,
            retry_after_max=_LONGEST_PAUSE_SECONDS,
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patience))

    def __enter__(self) -> "Api":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def page(self, resource: str, query: Query) -> Page:
        """Return one page of a list.

        Raises:
            ConfigurationError: address or token are wrong, or the API does not know the query.
            NoSuchPageError: the list ends before this page.
            SourceError: the API cannot be reached, fails, or answers with no whole page.
        """
        answer: SamenspelError | None = None
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                return self._page(self._text(resource, query), resource)
            except _BrokenPageError as error:  # cut off or mangled on the way: ask again
                answer = error
        assert answer is not None  # noqa: S101  # there is at least one attempt
        raise SourceError(answer.what, where=answer.where, remedy=answer.remedy)

    def record(self, resource: str, number: str) -> str | None:
        """Return one record as text; None where it is not there (any more)."""
        try:
            return self._text(f"{resource}/{number}", {})
        except NoSuchPageError:
            return None

    def _text(self, resource: str, query: Query) -> str:
        place = f"{self.where}, {resource.split('/', maxsplit=1)[0]}"
        self.request_count += 1
        try:
            response = self._session.get(
                f"{self.base}/{resource}",
                params=dict(query),
                headers={"Accept": "application/json"},
                auth=self.authorise,  # also keeps a .netrc from putting another in its place
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.exceptions.ChunkedEncodingError:
            raise _BrokenPageError(place) from None
        except requests.RequestException as error:
            raise _unreachable(error, self.base, place) from None
        self.byte_count += len(response.content)
        _check_status(response.status_code, place)
        try:
            return response.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise _BrokenPageError(place) from None

    def _page(self, text: str, resource: str) -> Page:
        place = f"{self.where}, {resource}"
        try:
            body = json.loads(text)
        except ValueError:
            raise _BrokenPageError(place) from None
        count = body.get("count") if isinstance(body, dict) else None
        results = body.get("results") if isinstance(body, dict) else None
        if not isinstance(count, int) or not isinstance(results, list):
            raise SourceError(
                "the answer is JSON, but no page of a list (count, results)",
                where=place,
                remedy="Check that `url` leads to this kind of API.",
            )
        following = body.get("next")
        # the address in `next` may name a host that only a proxy knows: take only its question
        query = (
            dict(parse_qsl(urlsplit(following).query, keep_blank_values=True))
            if following
            else None
        )
        return Page(text, count, query)


class _BrokenPageError(SourceError):
    def __init__(self, where: str) -> None:
        super().__init__(
            "the answer is no whole JSON page",
            where=where,
            remedy="Check that `url` leads to the API and not to a sign-in page, and that no "
            "proxy cuts answers off; a smaller `page_size` may help.",
        )


def _unreachable(error: requests.RequestException, base: str, place: str) -> SamenspelError:
    if isinstance(error, requests.exceptions.SSLError):
        return ConfigurationError(
            "the certificate of the API is not trusted",
            where=place,
            remedy="Name your organisation's certificates in REQUESTS_CA_BUNDLE.",
        )
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error).lower():
        return SourceError(
            "the API does not answer in time",
            where=place,
            remedy="Try later, raise `timeout_seconds`, or lower `page_size`.",
        )
    return SourceError(
        f"the API cannot be reached at {base}",
        where=place,
        remedy="Check `url`, the network, and whether the API runs.",
    )


def _check_status(status: int, place: str) -> None:
    if status == 404:
        raise NoSuchPageError(
            "there is nothing at this address (404)",
            where=place,
            remedy="`url` must end with the version of the API, for instance "
            f"https://openklant.example{DEFAULT_PATHS['openklant']}",
        )
    if status in {401, 403}:
        raise ConfigurationError(
            f"the API does not accept the token ({status})"
            if status == 401
            else "the token gives no right to read this (403)",
            where=place,
            remedy="Check the environment variable that holds it (`token_env`), and its rights.",
        )
    if 300 <= status < 400:
        raise ConfigurationError(
            f"the API sends to another address ({status})",
            where=place,
            remedy="Give that address as `url`; a token is not sent after a redirect.",
        )
    if status == 400:
        raise ConfigurationError(
            "the API does not know our question (400)",
            where=place,
            remedy="Check that `url` leads to this kind and version of API (docs/bronnen-api.md).",
        )
    if status != 200:
        raise SourceError(
            f"the API fails ({status})",
            where=place,
            remedy=f"It was asked {ATTEMPTS} times. Try later, or ask its administrator."
            if status in _PASSING
            else "Ask its administrator.",
        )


def open_api(source: SourceSettings, environ: Mapping[str, str]) -> Api:
    """Return the source's API, not asked anything yet.

    Raises:
        ConfigurationError: its token is not in the environment, or cannot be one.
    """
    name = source.token_env or API_TOKENS[source.kind]
    secret = environ.get(name, "").strip()
    where = f"source {source.name}"
    if not secret or not secret.isascii() or not secret.isprintable():
        raise ConfigurationError(
            f"there is no token in the environment variable {name}"
            if not secret
            else f"what the environment variable {name} holds can be no token",
            where=where,
            remedy="Set it before the load, or name another with `token_env`.",
        )
    address = source.url or ""
    base = address if urlsplit(address).path else address + DEFAULT_PATHS[source.kind]
    return Api(base, where, source.timeout_seconds, _authorisation(source, secret))


def _authorisation(source: SourceSettings, secret: str) -> Authorisation:
    def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = _header(source, secret)
        return request

    return authorise


def _header(source: SourceSettings, secret: str) -> str:
    """Return who we are: a token as it is, or one that is made anew and lasts some minutes."""
    if source.kind == "openklant":
        return f"Token {secret}"
    if source.kind == "contactmomenten" and source.client_id is None:
        return f"Bearer {secret}"
    now = int(time.time()) - _CLOCK_SECONDS
    claims: dict[str, object] = {"iat": now, "exp": now + _TOKEN_SECONDS}
    if source.client_id is not None:
        claims |= {
            "iss": source.client_id,
            "client_id": source.client_id,
            "user_id": "samenspel",
            "user_representation": "Samenspel",
        }
    with warnings.catch_warnings():
        # how long the secret is, the other side's administrator has decided
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return f"Bearer {jwt.encode(claims, secret, algorithm='HS256')}"
