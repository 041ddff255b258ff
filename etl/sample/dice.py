"""Chance that falls the same on every machine.

Only `random.Random.random()` is used: of all of Python's and numpy's generators it is the one whose
sequence for a seed is promised never to change. Everything else is made from it here.
"""

import math
import random
from collections.abc import Mapping, Sequence


class Dice:
    """Draws from one seeded sequence.

    Args:
        seed: equal seeds give equal draws.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """Return True with the probability."""
        return self.random() < probability

    def between(self, low: float, high: float) -> float:
        """Return a number, evenly spread over low (inclusive) to high (exclusive)."""
        return low + (high - low) * self.random()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both inclusive."""
        return low + int((high - low + 1) * self.random())

    def waiting(self, mean: float) -> float:
        """Return an exponentially distributed number with the mean."""
        return -mean * math.log(1.0 - self.random())

    def lognormal(self, median: float, spread: float) -> float:
        """Return a log-normally distributed number; spread is that of its logarithm."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
        return median * math.exp(spread * radius * math.cos(2.0 * math.pi * self.random()))

    def rounded(self, expected: float) -> int:
        """Return expected rounded up or down at random, so that it is right on average."""
        return int(expected + self.random())

    def one[T](self, options: Sequence[T]) -> T:
        """Return one of the options, each as likely."""
        return options[int(len(options) * self.random())]

    def weighted[T](self, weights: Mapping[T, float]) -> T:
        """Return one of the keys, with odds by weight."""
        left = self.random() * sum(weights.values())
        for option, weight in weights.items():
            left -= weight
            if left < 0.0:
                return option
        return option
