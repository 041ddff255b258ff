"""Free text without people: what tells who somebody is becomes a placeholder before it is stored.

Numbers of all kinds are found by rules (`etl.personal_numbers`), names by a Dutch library that
works offline (`etl.personal_names`). A note that cannot be read is left out whole: no note is ever
stored as it came.
"""

from collections.abc import Callable, Iterable
from threading import Lock

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from etl.personal_names import find_names
from etl.personal_numbers import LEAVE, find_numbers

DROPPED = "[NOTITIE VERWIJDERD]"
"""Stands for a note that could not be read: it was not stored."""

Span = tuple[int, int, str]
"""Where something begins and ends, and the placeholder's word."""

Finder = Callable[[str], Iterable[Span]]

_LONGEST = 20_000
"""Characters of a note; what is longer is a document that somebody pasted, and is dropped."""

_reading = Lock()


def redact(text: str, finders: tuple[Finder, ...] = (find_numbers, find_names)) -> str:
    """Return a note with a placeholder such as [BSN] or [NAAM] for each thing found.

    Args:
        text: the note.
        finders: give spans; where two overlap, the first found has the character.

    Returns:
        The text; DROPPED where it is too long or a finder fails.
    """
    if len(text) > _LONGEST:
        return DROPPED
    owner: list[Span | None] = [None] * len(text)
    try:
        for finder in finders:
            for span in finder(text):
                start, end, _ = span
                for place in range(start, end):
                    owner[place] = owner[place] or span
    except Exception:  # noqa: BLE001  # whatever went wrong: an unread note must not be stored
        return DROPPED
    return _replaced(text, owner)


def _replaced(text: str, owner: list[Span | None]) -> str:
    parts: list[str] = []
    before: Span | None = None
    for character, span in zip(text, owner, strict=True):
        if span is None or span[2] == LEAVE:
            parts.append(character)
        elif before is None or before[2] != span[2]:
            parts.append(f"[{span[2]}]")
        before = span
    return "".join(parts)


def _redact_batch(notes: pa.Array) -> pa.Array:
    """Redact a batch; each text once."""
    encoded = pa.chunked_array([notes]).combine_chunks().dictionary_encode()
    with _reading:
        clean = [None if note is None else redact(note) for note in encoded.dictionary.to_pylist()]
    return pa.array(clean, pa.string()).take(encoded.indices)


def set_redaction(backend: Backend) -> None:
    """Give this connection the function `redact_note`; it reads its lists on its first note."""
    backend.con.create_function(
        "redact_note",
        _redact_batch,
        ["VARCHAR"],
        "VARCHAR",
        type="arrow",
        null_handling="special",
    )


@ibis.udf.scalar.builtin(name="redact_note", signature=(("string",), "string"))
def redact_note(text):  # type: ignore[no-untyped-def]
    """Return the note without people; the function is made by `set_redaction`."""
