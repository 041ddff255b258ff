"""Serving the dashboard."""

import ipaddress
import logging
from collections.abc import Callable, Mapping

import waitress

from dashboard.app import create_app
from warehouse.errors import ConfigurationError
from warehouse.model_settings import ReviewSettings
from warehouse.store import Reader

logger = logging.getLogger(__name__)

_THREADS = 8


def serve(
    reader: Reader,
    *,
    host: str,
    port: int,
    users: Mapping[str, str] | None,
    announce: Callable[[str], None] | None = None,
    review: ReviewSettings | None = None,
) -> None:
    """Serve the dashboard until stopped.

    Args:
        reader: of the warehouse.
        host: address to listen on.
        port: port to listen on; 0 for any that is free.
        users: name and password hash of each user; None or empty only on the machine itself.
        announce: told the address once it can be opened.
        review: whether single notes can be judged on screen, and by whom.

    Raises:
        ConfigurationError: others could reach the address and nobody would have to sign in, or the
            address cannot be used.
    """
    refuse_openness(host, users)
    app = create_app(reader, users=users or None, review=review)
    try:
        server = waitress.create_server(
            app.server,
            host=host,
            port=port,
            threads=_THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        raise ConfigurationError(
            f"this address cannot be listened on ({error.strerror})",
            where=f"{host}:{port}",
            remedy="Choose another with --port.",
        ) from error
    address = f"http://{_shown(host)}:{server.effective_port}/"
    logger.info("dashboard on %s", address)
    if announce:
        announce(address)
    try:
        server.run()
    finally:
        server.close()


def refuse_openness(host: str, users: Mapping[str, str] | None) -> None:
    """Refuse to show figures to whoever finds the address.

    Raises:
        ConfigurationError: the host is not this machine's own, and there are no users.
    """
    if users or is_loopback(host):
        return
    raise ConfigurationError(
        "others can reach this address, and nobody would have to sign in",
        where=f"--host {host}",
        remedy="Name a users file under [server] users_file (make it with: samenspel user NAME),"
        " or serve on 127.0.0.1.",
    )


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
