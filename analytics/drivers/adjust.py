"""How much of a group's excess goes along with what else is known of its contacts.

A model that does not know the group tells, from everything else, how many events its contacts
would have; each half of the contacts is told by a model that learnt from the other half. What that
explains is no cause either: it is where to look first.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from analytics.drivers.model import classifier, encoded
from analytics.drivers.targets import FEATURES, SUBJECT
from warehouse.contact import UNKNOWN

_MOST_ROWS = 40_000
_FEWEST_ROWS = 50

_FEATURE_OF = {column: feature for feature, names in FEATURES.items() for column in names} | {
    "part_of_day": "moment",
    "wait_band": "wait",
    "is_repeat": "history",
}


def features_of(group: Sequence[str]) -> set[str]:
    """Return the features that a group is made of: these may not explain it."""
    return {_FEATURE_OF[column] for column in group}


class Others:
    """What a model tells of contacts from some features; asked for the same ones it knows it.

    Args:
        rows: the sample, with `event` and the columns of features and groups; of many, every so
            many is taken.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows.iloc[:: -(-len(rows) // _MOST_ROWS)] if len(rows) else rows
        self._told: dict[tuple[str, ...], np.ndarray] = {}

    def told(self, features: Sequence[str]) -> np.ndarray:
        """Return the probability of an event, adding up to as many as there were."""
        known = self._told.get(tuple(features))
        if known is None:
            known = self._told[tuple(features)] = self._tell(features)
        return known

    def _tell(self, features: Sequence[str]) -> np.ndarray:
        columns = [name for feature in features for name in FEATURES[feature]]
        numbers, are_categories = encoded(self.rows, columns)
        x, y = numbers.to_numpy(), self.rows["event"].to_numpy()
        told = np.empty(len(y))
        with threadpool_limits(1):  # the pages that are asked for meanwhile need the others
            for learnt, judged in KFold(2, shuffle=True, random_state=0).split(x):
                model = classifier(are_categories).set_params(max_iter=60)
                model.fit(x[learnt], y[learnt])
                told[judged] = model.predict_proba(x[judged])[:, 1]
        return np.asarray(told * y.mean() / told.mean())


def adjusted(known: Others, group: Sequence[str], features: Sequence[str]) -> pd.DataFrame | None:
    """Return for each group what its events are when all else that is known is taken off.

    Args:
        known: what models tell of the sample.
        group: columns that make the group.
        features: what the question allows to explain.

    Returns:
        The group's columns; adjusted_ratio (events over those expected from all else);
        explained_by (the feature that by itself explains most of the excess; empty where none
        does). Groups with few rows in the sample are left out; None where nothing else is known.
    """
    others = [feature for feature in features if feature not in features_of(group)]
    if not others:
        return None
    rows = known.rows
    y = rows["event"].to_numpy()
    if min(y.sum(), len(y) - y.sum()) < _FEWEST_ROWS:
        return None
    told = known.told(others)
    parts = rows[list(group)].assign(
        event=y, told=told, **{f"by {feature}": _by(rows, feature) for feature in others}
    )
    groups = parts.groupby(list(group), dropna=False)
    sums = groups.sum(numeric_only=True).assign(rows=groups.size())
    sums = sums[(sums["rows"] >= _FEWEST_ROWS) & (sums["told"] > 0)]
    over = sums[[f"by {feature}" for feature in others]].sub(sums["rows"] * y.mean(), axis=0)
    excess = sums["event"] - sums["rows"] * y.mean()
    same_way = over.mul(np.sign(excess), axis=0)
    most = same_way.idxmax(axis=1).map(lambda name: str(name).removeprefix("by "))
    is_much = same_way.max(axis=1) > 0.1 * excess.abs()
    return sums.assign(
        adjusted_ratio=sums["event"] / sums["told"], explained_by=most.where(is_much, "")
    )[["adjusted_ratio", "explained_by"]].reset_index()


def _by(rows: pd.DataFrame, feature: str) -> pd.Series:
    """Return what one feature by itself tells of each row: the average of its value."""
    columns = list(FEATURES[feature]) if feature == SUBJECT else list(FEATURES[feature][:1])
    keys = [
        pd.qcut(rows[name], 10, duplicates="drop")
        if rows[name].nunique() > 30 and pd.api.types.is_numeric_dtype(rows[name])
        else rows[name]
        for name in columns
    ]
    told = rows["event"].groupby(keys, dropna=False, observed=True).transform("mean")
    # what is not recorded tells of the system that does not record it, and explains nothing
    is_unknown = (rows[columns].isna() | (rows[columns] == UNKNOWN)).all(axis=1)
    return told.where(~is_unknown, rows["event"].mean())
