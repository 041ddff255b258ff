"""One who tries to find hidden figures: everything published, as equations, and what they tell."""

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd

Key = tuple[tuple[str, Hashable], ...]


class Attacker:
    """Knows every shown sum of some unknown cells; finds the cells that follow from them.

    Args:
        cells: the finest cells that are about anything, each by its place: column -> value.
    """

    def __init__(self, cells: Iterable[dict[str, Hashable]]) -> None:
        self.cells = list(cells)
        self._known: list[np.ndarray] = []

    def sums(self, **where: Hashable) -> np.ndarray:
        """Return which cells lie in a group."""
        inside = [all(cell[name] == value for name, value in where.items()) for cell in self.cells]
        return np.array(inside, dtype="float64")

    def learn(self, **where: Hashable) -> None:
        """Take note of a shown figure."""
        self._known.append(self.sums(**where))

    def can_find(self, **where: Hashable) -> bool:
        """Tell whether the shown figures add up, by any sums and differences, to a hidden one."""
        wanted = self.sums(**where)
        if not self._known:
            return False
        shown = np.array(self._known).T
        parts, *_ = np.linalg.lstsq(shown, wanted, rcond=None)
        return bool(np.abs(shown @ parts - wanted).max() < 1e-6)


def recovered(finest: pd.DataFrame, answers: Iterable[tuple[list[str], pd.DataFrame]]) -> list[Any]:
    """Return the hidden groups that can be had from all answers together.

    Args:
        finest: the cells, by every column that an answer is split by.
        answers: what was published: columns, and one row per group with `suppressed`.
    """
    attacker = Attacker(finest.to_dict("records"))
    hidden = []
    for columns, answer in answers:
        for row in answer.to_dict("records"):
            place = {name: row[name] for name in columns}
            if row["suppressed"]:
                hidden.append(place)
            else:
                attacker.learn(**place)
    return [place for place in hidden if attacker.can_find(**place)]
