"""The sentences above charts: computed, and no bolder than the figures allow.

A difference is called a change only when its interval leaves zero out; what cannot be known is
said to be so.
"""

from collections.abc import Mapping

import pandas as pd

from analytics.metrics import METRICS, Better, Unit
from dashboard.context import Context
from dashboard.numbers import change_text, relative_text, share_text, suppressed_text, value_text


def shown(row: Mapping[str, object] | pd.Series, metric: str, context: Context) -> str:
    """Return a row's value as text."""
    return value_text(
        _number(row["value"]),
        METRICS[metric].unit,
        context.language,
        suppressed=bool(row["suppressed"]),
        threshold=context.threshold,
    )


def is_known(row: Mapping[str, object] | pd.Series) -> bool:
    """Return whether a row has a value that may be shown."""
    return not bool(row["suppressed"]) and not pd.isna(_number(row["value"]))


def has_interval(row: Mapping[str, object] | pd.Series, against: str) -> bool:
    """Return whether a difference comes with bounds; without them it is never called a change."""
    return not pd.isna(_number(row[f"{against}_low"]))


def direction(metric: str, difference: float, is_change: bool) -> str:
    """Return whether a difference is `good`, `bad`, neither (`plain`), or no change (`none`)."""
    better = METRICS[metric].better
    if not is_change:
        return "none"
    if better is Better.NEITHER or difference == 0:
        return "plain"
    return "good" if (difference > 0) == (better is Better.HIGHER) else "bad"


def difference_text(
    row: Mapping[str, object] | pd.Series, against: str, metric: str, context: Context
) -> str:
    """Return a difference as a reader wants it: points for shares, per cent for the rest."""
    unit = METRICS[metric].unit
    difference = _number(row[f"{against}_difference"])
    if unit is Unit.SHARE:
        return change_text(difference, unit, context.language)
    before = _number(row[against])
    if pd.isna(difference) or pd.isna(before) or before == 0:
        return change_text(difference, unit, context.language)
    return relative_text(difference / before, context.language)


def change_sentence(
    row: Mapping[str, object] | pd.Series,
    metric: str,
    against: str,
    before_name: str,
    context: Context,
) -> str:
    """Return how a metric stands against another period, in a sentence."""
    texts, name = context.texts, context.metric_name(metric)
    if bool(row["suppressed"]):
        return texts("finding.suppressed", name=name, shown=suppressed_text(context.threshold))
    if not is_known(row):
        return texts("finding.unknown", name=name)
    value = shown(row, metric, context)
    difference = _number(row[f"{against}_difference"])
    if pd.isna(difference):
        key = "finding.only_now" if bool(row["is_complete"]) else "finding.unsettled"
        return texts(key, name=name, value=value)
    if not has_interval(row, against):
        then = value_text(_number(row[against]), METRICS[metric].unit, context.language)
        return texts("finding.both", name=name, value=value, before=before_name, then=then)
    if not bool(row[f"{against}_is_change"]):
        return texts("finding.no_change", name=name, value=value, before=before_name)
    return texts(
        "finding.higher" if difference > 0 else "finding.lower",
        name=name,
        value=value,
        size=difference_text(row, against, metric, context).lstrip("+−"),
        before=before_name,
    )


def largest_sentence(
    names: Mapping[str, str], rows: pd.DataFrame, what: str, context: Context
) -> str:
    """Return which group has the highest share; `rows` are sorted, the highest first."""
    return _first_sentence(names, rows, what, context, kind="largest")


def lowest_sentence(
    names: Mapping[str, str], rows: pd.DataFrame, what: str, context: Context
) -> str:
    """Return which group has the lowest share; `rows` are sorted, the lowest first."""
    return _first_sentence(names, rows, what, context, kind="lowest")


def _first_sentence(
    names: Mapping[str, str], rows: pd.DataFrame, what: str, context: Context, *, kind: str
) -> str:
    """Say which group is the largest or lowest, and whether its interval clears all others'."""
    texts = context.texts
    known = rows[rows["value"].notna() & ~rows["suppressed"].astype(bool)]
    if known.empty:
        return texts("finding.nothing_known")
    first, others = known.iloc[0], known.iloc[1:]
    said = {
        "group": names[first["group"]],
        "what": what,
        "value": share_text(float(first["value"]), context.language),
    }
    is_high = kind == "largest"
    own, theirs = ("low", "high") if is_high else ("high", "low")
    if others.empty or pd.isna(first[own]):
        return texts(f"finding.{kind}", **said)
    rival = others.sort_values(theirs, ascending=not is_high).iloc[0]
    if first[own] > rival[theirs] if is_high else first[own] < rival[theirs]:
        return texts(f"finding.{kind}_sure", **said)
    return texts(f"finding.{kind}_unsure", second=names[rival["group"]], **said)


def _number(value: object) -> float:
    return float("nan") if value is None else float(str(value))
