"""What helps where figures are hidden because of the chosen days or filters."""

import pandas as pd
from dash import html

from analytics.periods import Grain, is_whole, period_of
from dashboard.context import Context


def hidden_note(frame: pd.DataFrame, context: Context) -> list[html.P]:
    """Return a note on what shows more, where figures are hidden that another choice would show.

    Nothing where nothing is hidden, and where whole months without filters are looked at: there
    the groups themselves are small.
    """
    if "suppressed" not in frame or not frame["suppressed"].any():
        return []
    cuts, filters = _cuts_months(context), bool(context.view.where)
    if not cuts and not filters:
        return []
    key = "both" if cuts and filters else "days" if cuts else "filters"
    return [html.P(context.texts(f"hidden.{key}"), className="note hidden-note")]


def _cuts_months(context: Context) -> bool:
    if context.view.grain in {Grain.DAY, Grain.WEEK}:
        return True
    first, last = context.period
    # days on which nothing was loaded take nothing away from a month
    if first <= context.span.first_on:
        first = period_of(first, Grain.MONTH)[0]
    if last >= context.span.last_on:
        last = period_of(last, Grain.MONTH)[1]
    return not is_whole(first, last, Grain.MONTH)
