"""Pseudonyms: the secret key, and the keyed hash that identifiers become at the gate.

The hash is HMAC-SHA256 (RFC 2104), written out in the engine's own functions so that no row passes
through Python. Kind and value are hashed together, so that equal values of two kinds do not link.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from ibis.backends.duckdb import Backend

from etl.engine import run
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings

KEY_VARIABLE = "SAMENSPEL_KEY"
MINIMUM_BYTES = 32
_BLOCK_BYTES = 64
_INNER, _OUTER = 0x36, 0x5C
_REMEDY = (
    "Make one with `samenspel key FILE` and name it in samenspel.toml: [privacy] key_file; "
    f"or set {KEY_VARIABLE}."
)

_MACRO = """
CREATE OR REPLACE TEMP MACRO keyed_hash(label, value) AS left(
    sha256(
        getvariable('samenspel_outer')
        || unhex(sha256(getvariable('samenspel_inner') || encode(label || ':' || value)))
    ),
    32
)
"""


def new_key() -> str:
    """Return a new secret key: 32 random bytes, as text that fits on a line."""
    return base64.urlsafe_b64encode(secrets.token_bytes(MINIMUM_BYTES)).decode("ascii")


def read_key(settings: Settings, folder: Path, environ: Mapping[str, str]) -> bytes:
    """Return the secret key, from the environment or else from the configured file.

    Raises:
        ConfigurationError: there is none, or it is no key; tells how to make one.
    """
    if KEY_VARIABLE in environ:
        return _decoded(environ[KEY_VARIABLE], KEY_VARIABLE)
    if settings.privacy.key_file is None:
        raise ConfigurationError(
            "there is no key for pseudonyms", where="[privacy] key_file", remedy=_REMEDY
        )
    file = folder / settings.privacy.key_file
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "the key for pseudonyms cannot be read", where=str(file), remedy=_REMEDY
        ) from error
    return _decoded(text, str(file))


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < MINIMUM_BYTES:
        # `from None`-like: nothing of the text itself may reach a message
        raise ConfigurationError(
            f"this is no key: it must be {MINIMUM_BYTES} bytes or more in base64",
            where=where,
            remedy=_REMEDY,
        )
    return key


def pseudonym(key: bytes, label: str, value: str) -> str:
    """Return what `keyed_hash` gives in the engine: 32 hexadecimal digits, the first 128 bits."""
    return hmac.new(key, f"{label}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def set_key(backend: Backend, key: bytes) -> None:
    """Give this connection the function `keyed_hash(label, value)`.

    The key lives in session variables: it stands in no statement, so in no log and no error.
    """
    block = hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key
    block = block.ljust(_BLOCK_BYTES, b"\0")
    for name, pad in (("samenspel_inner", _INNER), ("samenspel_outer", _OUTER)):
        run(backend, f"SET VARIABLE {name} = ?", [bytes(byte ^ pad for byte in block)])
    run(backend, _MACRO)
