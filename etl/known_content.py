"""Known content: a file that did not change since it was hashed is not hashed again.

Every load looks for what is new by content. Reading years of logs for that, each night, costs more
than the day that came. A note beside the warehouse says what each file's content was and how the
file looked then: its size, both of its times, its number on the disk. Who removes the note only
makes the next load hash all files.
"""

import json
import time
from pathlib import Path
from typing import Any

from etl.files import content_hash

_SETTLED_SECONDS = 2.0
"""A file that changed less than this ago can change again without its times showing it."""


class KnownContent:
    """The note, read once and written once.

    Args:
        note: where it lies; need not be there.
    """

    def __init__(self, note: Path) -> None:
        self._note = note
        self._known = _read(note)
        self._seen: dict[str, list[Any]] = {}

    def hash_of(self, path: Path) -> str:
        """Return the SHA-256 of a file's bytes, in hexadecimal digits.

        Raises:
            OSError: the file cannot be read.
        """
        name, looks = str(path.resolve()), _looks(path)
        known = self._seen.get(name) or self._known.get(name)
        content = str(known[0]) if known and known[1] == looks else content_hash(path)
        self._seen[name] = [content, looks]
        return content

    def write(self) -> None:
        """Keep what was seen for the next load; a folder that cannot be written is no matter.

        What this load did not look at stays known, as long as it lies there unchanged: a load can
        be of some sources only.
        """
        entries = self._known | self._seen
        settled = {name: entry for name, entry in entries.items() if _is_settled(name, entry[1])}
        if settled == self._known:
            return
        new = self._note.with_name(self._note.name + ".new")
        try:
            new.write_text(json.dumps(settled), encoding="utf-8")
            new.replace(self._note)
        except OSError:
            new.unlink(missing_ok=True)


def _looks(path: Path) -> list[int]:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino]


def _is_settled(name: str, looks: list[int]) -> bool:
    """Tell whether a file still is as it looked before it was hashed, and has been for a while."""
    try:
        now = _looks(Path(name))
    except (OSError, ValueError):  # it is gone, or never was the name of a file
        return False
    return now == looks and time.time() - max(looks[1:3]) / 1e9 > _SETTLED_SECONDS


def _read(note: Path) -> dict[str, list[Any]]:
    """Return the note's entries of the right form; one that makes no sense is as none."""
    try:
        entries = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(entries, dict):
        return {}
    return {
        name: entry
        for name, entry in entries.items()
        if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str)
    }
