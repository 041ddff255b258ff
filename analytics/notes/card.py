"""The model card: what the model learnt from and how good it is, or why there is none."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np

_BINS = 5


@dataclass(frozen=True)
class CategoryQuality:
    """How well one category is recognised on the newest coded contacts, which it never saw.

    Attributes:
        category: a category or valuable.
        examples: coded notes of it that were learnt from.
        actual: contacts of the test with this code.
        spoken: contacts of the test that the model, when sure, says are of it.
        right: those of both.
        mean_probability: of `spoken`, what the model said itself, on average; NaN as None.
    """

    category: str
    examples: int
    actual: int
    spoken: int
    right: int
    mean_probability: float | None

    @property
    def precision(self) -> float | None:
        """Part of what it says that the code agrees with."""
        return self.right / self.spoken if self.spoken else None

    @property
    def recall(self) -> float | None:
        """Part of the contacts with this code that it finds."""
        return self.right / self.actual if self.actual else None


@dataclass(frozen=True)
class ReliabilityBin:
    """Contacts of the test with about the same probability, and of how many it held."""

    low: float
    high: float
    count: int
    mean_probability: float
    right: int


@dataclass(frozen=True)
class Card:
    """What a model is and how good it is; `model_id` is empty where nothing could be learnt.

    `reason` then tells why not: a key, with the numbers in `facts`. `periods` are first and last
    day of the parts: learnt, validated, tested.
    """

    model_id: str = ""
    reason: str = ""
    facts: dict[str, int] = field(default_factory=dict)
    threshold: float = 0.0
    examples: int = 0
    corrections: int = 0
    tested: int = 0
    sure: int = 0
    right: int = 0
    calibration_error: float | None = None
    periods: tuple[tuple[str, str], ...] = ()
    categories: tuple[CategoryQuality, ...] = ()
    bins: tuple[ReliabilityBin, ...] = ()

    @property
    def is_trained(self) -> bool:
        """Whether there is a model."""
        return bool(self.model_id)

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), sort_keys=True)


def card_from_json(text: str) -> Card:
    """Return the card that `Card.to_json` wrote."""
    raw: dict[str, Any] = json.loads(text)
    raw["categories"] = tuple(CategoryQuality(**one) for one in raw["categories"])
    raw["bins"] = tuple(ReliabilityBin(**one) for one in raw["bins"])
    raw["periods"] = tuple((first, last) for first, last in raw["periods"])
    return Card(**raw)


def quality(
    actual: np.ndarray,
    said: np.ndarray,
    probability: np.ndarray,
    sure: np.ndarray,
    examples: dict[str, int],
) -> tuple[CategoryQuality, ...]:
    """Return how well each category of `examples` is recognised in a test, in their order.

    Args:
        actual: the code of each contact of the test.
        said: the likeliest category of each.
        probability: its calibrated probability.
        sure: whether the model speaks.
        examples: coded notes that were learnt from, by category.
    """
    found = []
    for category, count in examples.items():
        spoken = sure & (said == category)
        found.append(
            CategoryQuality(
                category,
                count,
                int((actual == category).sum()),
                int(spoken.sum()),
                int((spoken & (actual == category)).sum()),
                float(probability[spoken].mean()) if spoken.any() else None,
            )
        )
    return tuple(found)


def reliability(right: np.ndarray, probability: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """Return bins of equal size by probability: what was said, and how much of it held."""
    order = np.argsort(probability, kind="stable")
    bins = []
    for part in np.array_split(order, _BINS):
        if len(part):
            chosen = probability[part]
            bins.append(
                ReliabilityBin(
                    float(chosen.min()),
                    float(chosen.max()),
                    len(part),
                    float(chosen.mean()),
                    int(right[part].sum()),
                )
            )
    return tuple(bins)


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float | None:
    """Return the mean distance between what was said and what held (expected calibration error)."""
    total = sum(one.count for one in bins)
    if not total:
        return None
    return sum(abs(one.mean_probability * one.count - one.right) for one in bins) / total


def days(moments: np.ndarray) -> tuple[str, str]:
    """Return first and last day of some moments, ISO 8601."""
    if not len(moments):
        return "", ""
    as_days = moments.astype("datetime64[D]").astype(date)
    return min(as_days).isoformat(), max(as_days).isoformat()
