"""The report's sentences: computed from the figures, and no bolder than they allow.

A difference is called a change only where its interval leaves out zero. A figure that is hidden
or cannot be known is said to be so.
"""

from collections.abc import Sequence
from typing import Any

from analytics.report.asking import Asking, months_before, number
from analytics.report.content import Difference, Figure, KeyFigure, Kind
from analytics.report.numbers import bounds_text, size_text, value_text
from analytics.report.texts import month_name, text


def change_sentence(figure: KeyFigure, asking: Asking) -> str:
    """Return a metric's value and how it stands against a year ago, or else the month before."""
    language, name = asking.language, figure.name
    threshold = asking.known.settings.privacy.threshold
    if figure.now.is_suppressed:
        return text("finding_suppressed", language, name=name, threshold=threshold)
    if figure.now.value is None:
        return text("finding_nothing", language, name=name)
    value = _value_with_parts(figure, language)
    against = _against(figure, asking)
    if against is None:
        return text("finding_alone", language, name=name, value=value)
    month, then, difference = against
    values = {
        "name": name,
        "value": value,
        "then": month_name(month, language),
        "value_then": value_text(then, figure.kind, language),
    }
    if difference.low is None or difference.high is None:
        return text("finding_untested", language, **values)
    low, high = bounds_text(difference.low, difference.high, figure.kind, language)
    values |= {"low": low, "high": high}
    if not difference.is_change or difference.value is None:
        return text("finding_no_change", language, **values)
    values["size"] = size_text(difference.value, figure.kind, language)
    key = "finding_higher" if difference.value > 0 else "finding_lower"
    return text(key, language, **values)


def _value_with_parts(figure: KeyFigure, language: str) -> str:
    value = value_text(figure.now.value or 0.0, figure.kind, language)
    parts = (figure.now.numerator, figure.now.denominator)
    if figure.kind != Kind.SHARE or None in parts:
        return value
    counts = [value_text(part or 0.0, Kind.COUNT, language) for part in parts]
    return text("parts", language, value=value, numerator=counts[0], denominator=counts[1])


def _against(figure: KeyFigure, asking: Asking) -> tuple[Any, float, Difference] | None:
    """Return month, value and difference of what the figure can be held against."""
    choices: Sequence[tuple[int, Figure, Difference]] = (
        (12, figure.year_ago, figure.since_year),
        (1, figure.previous, figure.since_previous),
    )
    for months, then, difference in choices:
        if then.value is not None and difference.value is not None:
            return months_before(asking.month, months), then.value, difference
    return None


def largest_sentence(
    rows: Sequence[dict[Any, Any]], dimension: str, key: str, asking: Asking, *, kind: Kind
) -> str:
    """Return which group has the largest value; empty where no group may be shown.

    Args:
        rows: one per group, as `measure` gives them.
        dimension: the groups' dimension.
        key: the text to use; it gets `group` and `value`.
        asking: for labels and language.
        kind: what the values are.
    """
    known = [row for row in rows if not row["suppressed"] and number(row["value"])]
    if not known:
        return ""
    largest = max(known, key=lambda row: (row["value"], str(row[dimension])))
    return text(
        key,
        asking.language,
        group=asking.label(dimension, str(largest[dimension])),
        value=value_text(largest["value"], kind, asking.language),
    )


def moved_sentence(rows: Sequence[dict[Any, Any]], dimension: str, asking: Asking) -> str:
    """Return which groups' shares demonstrably rose and fell most since a year ago.

    `rows` are those of `compare` for one share. Empty where there is nothing to compare with; says
    so where nothing demonstrably changed, and which groups had no figure then.
    """
    known = [row for row in rows if number(row["year_ago_difference"]) is not None]
    if not known:
        return ""
    alone = [row for row in rows if not row["suppressed"] and row not in known]
    return joined(_moved(known, dimension, asking), _without_a_figure(alone, dimension, asking))


def _without_a_figure(rows: Sequence[dict[Any, Any]], dimension: str, asking: Asking) -> str:
    if not rows:
        return ""
    groups = ", ".join(asking.label(dimension, str(row[dimension])) for row in rows)
    return text("groups_alone", asking.language, groups=groups)


def _moved(known: Sequence[dict[Any, Any]], dimension: str, asking: Asking) -> str:
    changed = [row for row in known if row["year_ago_is_change"]]
    if not changed:
        return text("no_group_moved", asking.language)
    ordered = sorted(changed, key=lambda row: float(row["year_ago_difference"]))
    sentences = []
    for row, is_up in ((ordered[-1], True), (ordered[0], False)):
        difference = float(row["year_ago_difference"])
        if (difference > 0) == is_up:
            sentences.append(
                text(
                    "group_rose" if is_up else "group_fell",
                    asking.language,
                    group=asking.label(dimension, str(row[dimension])),
                    size=size_text(difference, Kind.SHARE, asking.language),
                )
            )
    return " ".join(sentences)


def without_comparison(asking: Asking) -> str:
    """Return that nothing can be compared, where that is so; else nothing."""
    return "" if asking.has_earlier else text("nothing_earlier", asking.language)


def joined(*sentences: str) -> str:
    """Return the sentences that say something, after one another."""
    return " ".join(sentence for sentence in sentences if sentence)
