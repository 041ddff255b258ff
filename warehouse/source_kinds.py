"""Which settings a kind of source needs, and which it does not have."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

API_TOKENS = {
    "openklant": "OPENKLANT_TOKEN",
    "kiss": "MANAGEMENTINFORMATIE_API_KEY",
    "contactmomenten": "CONTACTMOMENTEN_TOKEN",
}
"""Kinds that are asked over the network = environment variable that holds their token or secret,
where `token_env` does not name another. KISS itself calls its secret so."""

_FILE_ONLY = frozenset(
    {
        "preset",
        "path",
        "member",
        "encoding",
        "delimiter",
        "quote",
        "decimal",
        "header",
        "sheet",
        "records",
    }
)
_API_ONLY = frozenset(
    {
        "url",
        "token_env",
        "client_id",
        "contacts",
        "page_size",
        "overlap_days",
        "full_reload_days",
        "timeout_seconds",
        "confidential",
    }
)


class Source(Protocol):
    """What is asked here of `warehouse.settings.SourceSettings`."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def kind(self) -> str:
        """How the log is stored."""

    @property
    def path(self) -> tuple[str, ...]:
        """Its files."""

    @property
    def url(self) -> str | None:
        """Its address."""

    @property
    def contacts(self) -> str | None:
        """The source it tells more about."""

    @property
    def client_id(self) -> str | None:
        """Who asks."""


def web_address(address: str) -> str:
    """Return an address without a slash at its end.

    Raises:
        ValueError: it is no address of an API, or holds a password.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("give an address such as https://openklant.example")
    if parts.username or parts.password:
        raise ValueError("an address holds no name or password; see `token_env`")
    return address.rstrip("/")


def check_source(source: Source, given: set[str], columns: Mapping[str, object]) -> None:
    """Hold a source's settings against its kind.

    Args:
        source: the settings.
        given: names of those that the configuration gives.
        columns: the configured columns.

    Raises:
        ValueError: one is missing, or the kind does not have it.
    """
    is_api = source.kind in API_TOKENS
    foreign = sorted((_FILE_ONLY if is_api else _API_ONLY) & given)
    if foreign:
        raise ValueError(f"kind {source.kind} has no {', '.join(f'`{one}`' for one in foreign)}")
    if is_api:
        _check_api(source, given)
        return
    if not source.path:
        raise ValueError(f"kind {source.kind} needs `path`")
    for required in ("started_at", "channel"):
        if required not in columns:
            raise ValueError(f"[source.columns] needs {required}")


def _check_api(source: Source, given: set[str]) -> None:
    if source.url is None:
        raise ValueError(f"kind {source.kind} needs `url`")
    if source.kind == "kiss":
        if source.contacts is None:
            raise ValueError("kind kiss needs `contacts`, the name of the source of its contacts")
        if given & {"columns", "identifiers"}:
            raise ValueError(f"give the columns at the source of the contacts, {source.contacts}")
    elif source.contacts is not None:
        raise ValueError(f"kind {source.kind} has no `contacts`")
    if source.client_id is not None and source.kind != "contactmomenten":
        raise ValueError(f"kind {source.kind} has no `client_id`")


def check_contacts_of_kiss(sources: Sequence[Source]) -> None:
    """See that each source of kind kiss names a source of contacts, and no two the same.

    Raises:
        ValueError: it does not.
    """
    holders = {one.name for one in sources if one.kind in API_TOKENS and one.kind != "kiss"}
    named = [str(one.contacts) for one in sources if one.kind == "kiss"]
    for name in named:
        if name not in holders:
            raise ValueError(
                f"a source of kind kiss names {name} as its contacts, but there is no such "
                "source of kind openklant or contactmomenten"
            )
        if named.count(name) > 1:
            raise ValueError(f"two sources of kind kiss name {name} as their contacts")
