"""What is computed once for all readers together: a page's data, and facts of a whole version."""

import threading
from collections.abc import Callable, Hashable
from typing import Any

from cachetools import LRUCache, cached

from warehouse.store import Reader

_MOST = 256
"""Views kept; a page's frames are a few hundred rows, so this is some tens of megabytes at most."""
_VERSIONS = 32


def once_per_version[T](work: Callable[[Reader], T]) -> Callable[[Reader], T]:
    """Return a function of a warehouse alone that is worked out once for each of its versions."""
    return cached(
        LRUCache(_VERSIONS),
        key=lambda reader: (reader.store.folder, reader.version()),
        condition=threading.Condition(),
    )(work)


class Answers:
    """Remembers answers; two readers who ask the same at once cost one computation.

    Args:
        most: how many answers are kept.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._get = cached(LRUCache(most), key=lambda key, _: key, condition=threading.Condition())(
            lambda _, compute: compute()
        )

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return the answer under a key, computed where it is not known yet."""
        return self._get(key, compute)
