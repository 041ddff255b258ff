"""A model of who comes back: how well it tells, on later months than it learnt from, and by what.

Gradient-boosted trees (scikit-learn's HistGradientBoostingClassifier) learn from the first part of
the time and are judged on the last. What a feature is worth is how much worse the model tells when
that feature's values change places among the contacts it is judged on (permutation importance,
Breiman 2001).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss, roc_auc_score
from threadpoolctl import threadpool_limits

from analytics.drivers.targets import FEATURES
from analytics.intervals import Z

LEARNT_SHARE = 0.7
"""Of the time, from which the model learns; the rest judges it."""

_REPEATS = 10
_JUDGED = 30_000
"""Most contacts on which importance is judged: its spread hardly narrows beyond."""
_DRAWS = 100
_MOST_VALUES = 200
_FEWEST = 200
"""Events and other contacts that either part must have, or there is no model."""


def encoded(rows: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, list[bool]]:
    """Return columns as numbers, and which of them are categories.

    A category's number is its rank by frequency; beyond _MOST_VALUES all are one.
    """
    numbers, are_categories = {}, []
    for name in columns:
        column = rows[name]
        is_category = not pd.api.types.is_numeric_dtype(column)
        if is_category:
            ranks = {value: rank for rank, value in enumerate(column.value_counts().index)}
            numbers[name] = column.map(ranks).clip(upper=_MOST_VALUES).astype("float64")
        else:
            numbers[name] = column.astype("float64")
        are_categories.append(is_category)
    return pd.DataFrame(numbers, index=rows.index), are_categories


def classifier(are_categories: Sequence[bool]) -> HistGradientBoostingClassifier:
    """Return the model, untrained: small steps and few leaves, so that chance is not learnt."""
    return HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=120,
        max_leaf_nodes=15,
        min_samples_leaf=100,
        l2_regularization=5.0,
        categorical_features=list(are_categories),
        early_stopping=False,
        random_state=0,
    )


@dataclass(frozen=True)
class Learnt:
    """How well a model tells, and by what.

    Attributes:
        quality: one row: learnt and judged (contacts), learnt_until (day), auc with auc_low and
            auc_high, log_loss, log_loss_average (of who always says the average), gain (the
            difference) with gain_low and gain_high; tells (it is better than chance); reason (why
            there is no model, else empty).
        importance: per feature: feature, importance (loss of AUC), low, high, counts (the interval
            leaves zero out). Empty where the model does not tell.
    """

    quality: pd.DataFrame
    importance: pd.DataFrame


def learn(rows: pd.DataFrame, features: Sequence[str]) -> Learnt:
    """Learn from the first part of the time and judge on the last.

    Args:
        rows: `started_on`, `event` (0 or 1), and the features' columns.
        features: keys of FEATURES.
    """
    start, end = rows["started_on"].min(), rows["started_on"].max()
    until = start + (end - start) * LEARNT_SHARE
    is_early = rows["started_on"] <= until
    quality: dict[str, object] = {
        "learnt": int(is_early.sum()),
        "judged": int((~is_early).sum()),
        "learnt_until": until.date().isoformat() if len(rows) else "",
    }
    if not all(_has_enough(rows.loc[part, "event"]) for part in (is_early, ~is_early)):
        return _without(quality, "too_few")
    # one core: the pages that are asked for meanwhile need the others
    with threadpool_limits(1):
        return _learn(rows, features, is_early, quality)


def _learn(
    rows: pd.DataFrame, features: Sequence[str], is_early: pd.Series, quality: dict[str, object]
) -> Learnt:
    columns = [name for feature in features for name in FEATURES[feature]]
    numbers, are_categories = encoded(rows, columns)
    y = rows["event"].to_numpy()
    model = classifier(are_categories).fit(numbers[is_early].to_numpy(), y[is_early])
    judged, truth = numbers[~is_early].to_numpy(), y[~is_early]
    quality |= judge(truth, model.predict_proba(judged)[:, 1], float(y[is_early].mean()))
    if not quality["tells"]:
        return _without(quality, "no_better")
    importance = _importance(model, judged, truth, features, columns)
    return Learnt(pd.DataFrame([{**quality, "reason": ""}]), importance)


def judge(truth: np.ndarray, said: np.ndarray, average: float) -> dict[str, float | bool]:
    """Return how well probabilities tell, with 95% intervals (bootstrap over contacts).

    Args:
        truth: 0 or 1.
        said: probability of 1.
        average: what is always said by who knows nothing.
    """
    loss = -np.log(np.clip(np.where(truth == 1, said, 1 - said), 1e-9, 1))
    plain = -np.log(np.clip(np.where(truth == 1, average, 1 - average), 1e-9, 1))
    better = plain - loss
    margin = Z * better.std() / np.sqrt(len(truth))
    dice = np.random.default_rng(0)
    draws = []
    for _ in range(_DRAWS):
        chosen = dice.integers(0, len(truth), min(len(truth), _JUDGED))
        draws.append(roc_auc_score(truth[chosen], said[chosen]))
    # of fewer than all, the spread is that much wider than it would be
    auc = float(roc_auc_score(truth, said))
    spread = Z * float(np.std(draws)) * np.sqrt(min(1.0, _JUDGED / len(truth)))
    return {
        "auc": auc,
        "auc_low": auc - spread,
        "auc_high": auc + spread,
        "log_loss": float(log_loss(truth, said)),
        "log_loss_average": float(plain.mean()),
        "gain": float(better.mean()),
        "gain_low": float(better.mean() - margin),
        "gain_high": float(better.mean() + margin),
        "tells": bool(auc - spread > 0.5 and better.mean() - margin > 0),
    }


def _has_enough(event: pd.Series) -> bool:
    return min(int(event.sum()), int((1 - event).sum())) >= _FEWEST


_QUALITY = (
    "auc", "auc_low", "auc_high", "log_loss", "log_loss_average", "gain", "gain_low", "gain_high",
)  # fmt: skip


def _without(quality: Mapping[str, object], reason: str) -> Learnt:
    """Return a model that does not tell: no importance is shown of it."""
    unknown = {**dict.fromkeys(_QUALITY, float("nan")), "tells": False}
    empty = pd.DataFrame(
        {
            "feature": pd.Series(dtype="str"),
            **{name: pd.Series(dtype="float64") for name in ("importance", "low", "high")},
            "counts": pd.Series(dtype="bool"),
        }
    )
    return Learnt(pd.DataFrame([{**unknown, **quality, "reason": reason}]), empty)


class _Bundled:
    """The model as one that takes a number per feature: the row that the feature's columns are of.

    So that columns which belong together change places together.
    """

    _estimator_type = "classifier"

    def __init__(
        self, model: HistGradientBoostingClassifier, rows: np.ndarray, places: Sequence[list[int]]
    ) -> None:
        self._model, self._rows, self._places = model, rows, places

    def fit(self, x: object, y: object = None) -> "_Bundled":
        """Change nothing: the model has learnt already."""
        del x, y
        return self

    def said(self, numbers: np.ndarray) -> np.ndarray:
        """Return the probability of 1."""
        rows = np.empty((len(numbers), self._rows.shape[1]))
        for feature, places in enumerate(self._places):
            rows[:, places] = self._rows[numbers[:, feature].astype("int64")][:, places]
        return np.asarray(self._model.predict_proba(rows)[:, 1])


def _importance(
    model: HistGradientBoostingClassifier,
    judged: np.ndarray,
    truth: np.ndarray,
    features: Sequence[str],
    columns: Sequence[str],
) -> pd.DataFrame:
    if len(truth) > _JUDGED:
        chosen = np.sort(np.random.default_rng(1).choice(len(truth), _JUDGED, replace=False))
        judged, truth = judged[chosen], truth[chosen]
    places = [[list(columns).index(name) for name in FEATURES[feature]] for feature in features]
    bundled = _Bundled(model, judged, places)
    numbers = np.tile(np.arange(len(truth))[:, None], (1, len(features)))
    found = permutation_importance(
        bundled,
        numbers,
        truth,
        scoring=lambda one, x, y: roc_auc_score(y, one.said(x)),
        n_repeats=_REPEATS,
        random_state=0,
    )
    spread = Z * found.importances_std
    frame = pd.DataFrame(
        {
            "feature": list(features),
            "importance": found.importances_mean,
            "low": found.importances_mean - spread,
            "high": found.importances_mean + spread,
        }
    )
    frame["counts"] = frame["low"] > 0
    return frame.sort_values("importance", ascending=False, ignore_index=True)
