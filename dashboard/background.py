"""Work that takes longer than a page may: done beside, while the page says so.

One piece of work at a time, in a thread of its own; its result is kept beside the warehouse
(`analytics.kept`), so it is done once per version, also over a restart.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError

from cachetools import LRUCache

from analytics.kept import Frames, kept
from warehouse.errors import SamenspelError
from warehouse.store import Reader

_PATIENCE = 1.0
"""Seconds that a page waits: what is kept, or quick to make, needs no message."""


class StillWorkingError(SamenspelError):
    """The answer is being worked out; ask again in a while."""


_turn = threading.Lock()
_access = threading.Lock()
_works: LRUCache[tuple[str, str, str], "Future[Frames]"] = LRUCache(maxsize=16)


def worked_out(
    reader: Reader,
    name: str,
    work_out: Callable[[Reader], Frames],
    *,
    patience: float = _PATIENCE,
) -> Frames:
    """Return a result of the current version, and begin working it out where nobody does yet.

    Args:
        reader: of the warehouse.
        name: under which it is kept.
        work_out: what makes it.
        patience: seconds to wait for it.

    Raises:
        StillWorkingError: it is not done yet.
        SamenspelError: as `work_out` does; the next to ask tries again.
    """
    key = (str(reader.store.folder), reader.version(), name)
    with _access:
        work = _works.get(key)
        if work is None:
            work = _works[key] = Future()
            threading.Thread(
                target=_do, args=(work, reader, name, work_out), name=name, daemon=True
            ).start()
    try:
        return work.result(timeout=patience)
    except NotYetError:
        raise StillWorkingError("this is still being worked out", where=name) from None
    except Exception:
        with _access:
            _works.pop(key, None)
        raise


def _do(
    work: "Future[Frames]", reader: Reader, name: str, work_out: Callable[[Reader], Frames]
) -> None:
    try:
        with _turn:
            work.set_result(kept(reader, name, work_out))
    except BaseException as error:  # noqa: BLE001  # whoever waits for it gets it
        work.set_exception(error)
