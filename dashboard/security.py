"""Who may see the dashboard, and what a browser may do with it."""

import hmac
import secrets
import time
from collections.abc import Mapping
from threading import Lock

import dash
from cachetools import TTLCache
from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_httpauth import HTTPBasicAuth
from werkzeug.security import check_password_hash, generate_password_hash

_MOST_FAILURES = 10
_FAILURE_SECONDS = 300
_REMEMBERED_SECONDS = 600

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class _Failures:
    """Counts failed sign-ins per address, so that passwords cannot be guessed at speed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: TTLCache[str, int] = TTLCache(4096, _FAILURE_SECONDS, timer=time.monotonic)

    def add(self, address: str) -> None:
        with self._lock:
            self._counts[address] = self._counts.get(address, 0) + 1

    def is_too_many(self, address: str) -> bool:
        with self._lock:
            return self._counts.get(address, 0) >= _MOST_FAILURES


def require_sign_in(server: Flask, users: Mapping[str, str]) -> None:
    """Ask every request to the server, whatever its route, for a name and password.

    Args:
        server: the Flask application.
        users: name and password hash (werkzeug) of each user.
    """
    auth = HTTPBasicAuth(realm="Samenspel")
    known: TTLCache[bytes, str] = TTLCache(1024, _REMEMBERED_SECONDS, timer=time.monotonic)
    secret, lock = secrets.token_bytes(32), Lock()
    nobody = generate_password_hash(secrets.token_urlsafe())
    failures = _Failures()

    @auth.verify_password
    def is_known(name: str, password: str) -> str | None:
        # the browser sends the password with every request, and checking one is slow on purpose:
        # a right one is remembered for a while, as a digest under a key of this process
        digest = hmac.digest(secret, f"{name}:{password}".encode(), "sha256")
        with lock:
            if known.get(digest) == name:
                return name
        # an unknown name costs the same work as a known one, so that time does not tell them apart
        is_right = check_password_hash(users.get(name, nobody), password)
        if not is_right or name not in users:
            return None
        with lock:
            known[digest] = name
        return name

    guard = auth.login_required(lambda: None)

    @server.before_request
    def sign_in() -> ResponseReturnValue | None:
        address = request.remote_addr or ""
        if failures.is_too_many(address):
            abort(429)
        answer: ResponseReturnValue | None = guard()
        if answer is not None and request.authorization is not None:
            failures.add(address)
        return answer


def protect(app: dash.Dash) -> None:
    """Send headers that keep scripts, frames and requests of others out."""
    scripts = " ".join(app.csp_hashes())
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {scripts}",
            # the controls and the charts set their own style attributes
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy
        if not request.path.startswith(("/_dash-component-suites/", "/assets/")):
            response.headers["Cache-Control"] = "no-store"
        return response
