"""Work that takes longer than a page may: done beside, while the page says so.

One piece of work at a time, in a thread of its own. What it gives is kept beside the warehouse too
(`analytics.kept`), so it is done once per version, also over a restart.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from typing import Any

from cachetools import LRUCache

from analytics.kept_frames import Frames, kept
from warehouse.errors import SamenspelError
from warehouse.store import Reader

_PATIENCE = 1.0
"""Seconds that a page waits: what is kept, or quick to make, needs no message."""


class StillWorkingError(SamenspelError):
    """The answer is being worked out; ask again in a while."""


_turn = threading.Lock()
_access = threading.Lock()
_works: LRUCache[tuple[str, str, str], "Future[Any]"] = LRUCache(maxsize=16)


def beside[T](
    reader: Reader, name: str, work: Callable[[Reader], T], *, patience: float = _PATIENCE
) -> T:
    """Return what a piece of work gives for the current version, and begin it where nobody did.

    Args:
        reader: of the warehouse.
        name: of the work: equal names are one piece of work.
        work: what is to be done.
        patience: seconds to wait for it.

    Raises:
        StillWorkingError: it is not done yet.
        SamenspelError: as `work` does; the next to ask tries again.
    """
    key = (str(reader.store.folder), reader.version(), name)
    with _access:
        future = _works.get(key)
        if future is None:
            future = _works[key] = Future()
            threading.Thread(
                target=_do, args=(future, reader, work), name=name, daemon=True
            ).start()
    try:
        found: T = future.result(timeout=patience)
    except NotYetError:
        raise StillWorkingError("this is still being worked out", where=name) from None
    except Exception:
        with _access:
            _works.pop(key, None)
        raise
    return found


def worked_out(
    reader: Reader,
    name: str,
    work_out: Callable[[Reader], Frames],
    *,
    patience: float = _PATIENCE,
) -> Frames:
    """Return a result of tables of the current version, kept under its name.

    Raises:
        StillWorkingError: it is not done yet.
        SamenspelError: as `work_out` does; the next to ask tries again.
    """
    return beside(reader, name, lambda of: kept(of, name, work_out), patience=patience)


def _do[T](future: "Future[T]", reader: Reader, work: Callable[[Reader], T]) -> None:
    try:
        with _turn:
            future.set_result(work(reader))
    except BaseException as error:  # noqa: BLE001  # whoever waits for it gets it
        future.set_exception(error)
