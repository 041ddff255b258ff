"""A page's data, computed once per version and view, for all readers together."""

import threading
from collections.abc import Callable, Hashable
from typing import Any

from cachetools import LRUCache, cached

_MOST = 256
"""Views kept; a page's frames are a few hundred rows, so this is some tens of megabytes at most."""


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
