"""What takes seconds is worked out beside the readers, once per version; a page says so meanwhile.

The answer is kept beside the warehouse too (analytics/kept.py), so that a restart costs nothing.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from cachetools import LRUCache

from analytics.effects.findings import Findings, findings
from analytics.goals.progress import Progress, progress
from warehouse.errors import SamenspelError
from warehouse.store import Reader

_PATIENCE = 0.8
"""So many seconds a page waits before it says that the answer is being worked out."""

_workers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="working")
_asked: LRUCache[tuple[str, str], "Future[Known]"] = LRUCache(maxsize=4)
_asking = threading.Lock()


@dataclass(frozen=True)
class Known:
    """What happened and where the goals stand."""

    findings: Findings
    goals: tuple[Progress, ...]


class StillWorkingError(SamenspelError):
    """The answer is being worked out: ask again in a moment."""


def known(reader: Reader, *, patience: float = _PATIENCE) -> Known:
    """Return what happened and where the goals stand, of the current version.

    Raises:
        StillWorkingError: not yet; it is being worked out.
        ConfigurationError: an intervention or goal names what cannot be followed.
        NoWarehouseError: nothing was loaded yet.
    """
    key = (str(reader.store.folder), reader.version())
    with _asking:
        future = _asked.get(key)
        if future is None:
            future = _asked[key] = _workers.submit(_work_out, reader)
    try:
        return future.result(timeout=patience)
    except NotYet:
        raise StillWorkingError("this is being worked out") from None


def _work_out(reader: Reader) -> Known:
    return Known(findings(reader), progress(reader))
