"""Pseudonyms: the secret key, and the keyed hash that identifiers become at the gate.

The hash is HMAC-SHA256 (RFC 2104), written out in the engine's own functions so that no row passes
through Python. Kind and value are hashed together, so that equal values of two kinds do not link.

There may be several keys, oldest first: then a pseudonym is a chain, each key hashing what the one
before it gave. So a new key can be laid over stored pseudonyms without knowing the identifiers.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
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

CONTENT_LABEL = "row"
CONTENT_MARK = "row:"
"""Begins the contact_id of a row without an id of its own: what follows is a keyed hash of it."""

Secret = bytes | Sequence[bytes]
"""One key, or several, oldest first."""

_LINK = """left(
    sha256(
        getvariable('samenspel_outer_{number}')
        || unhex(sha256(
            getvariable('samenspel_inner_{number}') || encode(label || ':' || {value})
        ))
    ),
    32
)"""


def new_key() -> str:
    """Return a new secret key: 32 random bytes, as text that fits on a line."""
    return base64.urlsafe_b64encode(secrets.token_bytes(MINIMUM_BYTES)).decode("ascii")


def read_keys(settings: Settings, folder: Path, environ: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the secret keys, oldest first, from the environment or else from the configured file.

    Raises:
        ConfigurationError: there is none, or one of them is no key; tells how to make one.
    """
    if KEY_VARIABLE in environ:
        return decoded(environ[KEY_VARIABLE], KEY_VARIABLE)
    return read_key_file(key_file(settings, folder))


def read_key_file(file: Path) -> tuple[bytes, ...]:
    """Return the keys of a file, oldest first.

    Raises:
        ConfigurationError: it cannot be read, or holds no key.
    """
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "the key for pseudonyms cannot be read", where=str(file), remedy=_REMEDY
        ) from error
    return decoded(text, str(file))


def key_file(settings: Settings, folder: Path) -> Path:
    """Return the configured file of keys.

    Raises:
        ConfigurationError: none is configured.
    """
    if settings.privacy.key_file is None:
        raise ConfigurationError(
            "there is no key for pseudonyms", where="[privacy] key_file", remedy=_REMEDY
        )
    return folder / settings.privacy.key_file


def decoded(text: str, where: str) -> tuple[bytes, ...]:
    """Return the keys that stand in a text, with white space between, oldest first.

    Raises:
        ConfigurationError: there is none, or one of them is no key.
    """
    return tuple(_decoded_one(part, where) for part in text.split() or [""])


def _decoded_one(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
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


def chain(secret: Secret) -> tuple[bytes, ...]:
    """Return the keys of a secret as a tuple, oldest first."""
    return (secret,) if isinstance(secret, bytes) else tuple(secret)


def pseudonym(secret: Secret, label: str, value: str) -> str:
    """Return what `keyed_hash` gives in the engine: 32 hexadecimal digits, the first 128 bits."""
    for key in chain(secret):
        value = hmac.new(key, f"{label}:{value}".encode(), hashlib.sha256).hexdigest()[:32]
    return value


def fingerprint(secret: Secret) -> str:
    """Return what tells one secret from another and gives nothing of it away."""
    return pseudonym(secret, "fingerprint", "samenspel")


def fitting_keys(secret: Secret, wanted: str | None) -> tuple[bytes, ...]:
    """Return the keys that a warehouse was made with.

    A rotation writes the key file first; until its warehouse is published, the last key is not in
    use. So the oldest keys are returned that have the warehouse's fingerprint.

    Args:
        secret: all keys at hand.
        wanted: the warehouse's fingerprint; None where there is no warehouse yet: all keys fit.

    Raises:
        ConfigurationError: the warehouse was made with another key.
    """
    keys = chain(secret)
    if wanted is None:
        return keys
    for count in range(len(keys), 0, -1):
        if fingerprint(keys[:count]) == wanted:
            return keys[:count]
    raise ConfigurationError(
        "this is not the key that the warehouse was made with: nobody would be linked",
        where="[privacy] key_file",
        remedy="Put back the key file that belongs to it, or load again into another folder.",
    )


def set_key(backend: Backend, secret: Secret) -> None:
    """Give this connection the function `keyed_hash(label, value)`.

    The keys live in session variables: they stand in no statement, so in no log and no error.
    """
    value = "value"
    for number, key in enumerate(chain(secret)):
        block = hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key
        block = block.ljust(_BLOCK_BYTES, b"\0")
        for name, pad in (("inner", _INNER), ("outer", _OUTER)):
            padded = bytes(byte ^ pad for byte in block)
            run(backend, f"SET VARIABLE samenspel_{name}_{number} = ?", [padded])
        value = _LINK.format(number=number, value=value)
    run(backend, f"CREATE OR REPLACE TEMP MACRO keyed_hash(label, value) AS {value}")
