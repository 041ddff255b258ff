"""Shifts: a share now less the same share a year before, with its bounds."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from analytics.answer import IS_APPROXIMATE, SPAN
from analytics.intervals import difference_of_shares, wilson
from analytics.periods import Grain, year_before

_YEAR_OF_WEEKS = timedelta(days=364)
_FINE = {Grain.DAY, Grain.WEEK}
_COLUMNS = ["numerator", "denominator", "suppressed", "is_complete"]


def a_year_before(days: tuple[date, date], grain: Grain | None) -> tuple[date, date]:
    """Return the days with which a span is compared: on the same weekdays where days count."""
    if grain in _FINE:
        return days[0] - _YEAR_OF_WEEKS, days[1] - _YEAR_OF_WEEKS
    return year_before(*days)


def a_year_later(period: date, grain: Grain | None) -> date:
    """Return the first day of the period with which one of a year before is compared."""
    if grain in _FINE:
        return period + _YEAR_OF_WEEKS
    return date(period.year + 1, period.month, period.day)


def shifted(
    metric: str,
    dimension: str,
    now: pd.DataFrame,
    then: pd.DataFrame,
    by: Sequence[str],
    grain: Grain | None,
) -> pd.DataFrame:
    """Return the differences of two answers about shares, as an answer of its own.

    The shares are of the total over `dimension`. Hidden where either is. Numerator and denominator
    are those of now; a group that occurs in one of the two only has no contacts in the other. NaN
    where either period is not complete.
    """
    if grain:
        then = then.assign(period=[a_year_later(day, grain) for day in then["period"]])
    now = now.sort_values([SPAN, "period", *by])
    keys = [SPAN, "period", *by] if grain else [SPAN, *by]
    starts = now.drop_duplicates(SPAN).set_index(SPAN)["period"]
    # an empty answer does not tell what its keys would have been
    now, then = (frame.astype(dict.fromkeys(["period", *by], "object")) for frame in (now, then))
    both = now.merge(then[[*keys, *_COLUMNS]], on=keys, how="outer", suffixes=("", "_then"))
    if not grain:
        both["period"] = both[SPAN].map(starts)
    wholes = [SPAN, "period", *(name for name in by if name != dimension)]
    hidden = _true(both["suppressed"]) | _true(both["suppressed_then"])
    complete = [
        both.groupby([SPAN, "period"])[name].transform(lambda column: _true(column).any())
        for name in ("is_complete", "is_complete_then")
    ]
    comparable = complete[0] & complete[1]
    for part in ("numerator", "numerator_then"):
        both[part] = both[part].astype("float64").fillna(0.0)
    for part in ("denominator", "denominator_then"):
        both[part] = both.groupby(wholes)[part].transform("max").astype("float64")
    share, share_then = (
        both[f"numerator{end}"] / both[f"denominator{end}"].where(both[f"denominator{end}"] > 0)
        for end in ("", "_then")
    )
    low_now, high_now = wilson(both["numerator"], both["denominator"])
    low_then, high_then = wilson(both["numerator_then"], both["denominator_then"])
    low, high = difference_of_shares(low_now, share, high_now, low_then, share_then, high_then)
    shown = comparable & ~hidden
    answer = both.assign(
        metric=metric,
        value=(share - share_then).where(shown),
        low=low.where(shown),
        high=high.where(shown),
        numerator=both["numerator"].mask(hidden),
        denominator=both["denominator"].mask(hidden),
        suppressed=hidden,
        is_complete=comparable,
    )
    answer[IS_APPROXIMATE] = False
    return answer[list(now.columns)].sort_values([SPAN, "period", *by], ignore_index=True)


def _true(column: pd.Series) -> pd.Series:
    return column.astype("boolean").fillna(value=False).astype(bool)
