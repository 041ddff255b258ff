"""What staffing needs to know: when contacts come, how long they take, and who leaves."""

import ibis
import pandas as pd
from ibis.expr.types import Table

from analytics.amounts import CONTACT, backend_table
from analytics.periods import days_before
from analytics.planning.history import bounds
from analytics.query import span
from warehouse.store import Reader

_DAYS = 26 * 7
"""The last half year tells: habits change."""
_LEAST_LEFT = 30
"""Patience is known from at least so many who left."""


def _offered(reader: Reader, table: Table) -> Table:
    last = bounds(span(reader))[1]
    return table.filter(
        table.started_on.between(days_before(last, _DAYS - 1), last),
        table.is_answered | table.is_lost,
        table.channel.isin(list(span(reader).settings.planning.staffing.seconds)),
    )


def profile(reader: Reader) -> pd.DataFrame:
    """Return how the contacts of a day are spread over it, one row per channel, weekday, half hour.

    Columns: channel; weekday (0 is Monday); slot (half hours since midnight, local); share (of the
    contacts of that weekday over the last half year, helped or gone; 0 to 1). Where too few came to
    be shown, the share is that of all weekdays together; where these are too few as well, the half
    hour lies outside the hours.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    with reader.backend() as backend:
        rows = _offered(reader, backend_table(backend, CONTACT))
        at = rows.started_local
        cells = rows.group_by(
            channel=rows.channel,
            weekday=rows.started_on.day_of_week.index(),
            slot=at.hour() * 2 + ibis.ifelse(at.minute() >= 30, 1, 0),
        ).agg(contacts=rows.count())
        frame = cells.to_pyarrow().to_pandas()
    return spread(frame, span(reader).settings.privacy.threshold)


def spread(cells: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Return `profile` from contacts per channel, weekday and slot."""
    frame = cells.astype({"weekday": int, "slot": int, "contacts": float})
    days, slots = ["channel", "weekday"], ["channel", "slot"]
    pooled = frame.groupby(slots)["contacts"].transform("sum")
    frame = frame[pooled >= threshold].copy()
    of_all = frame.groupby(slots)["contacts"].transform("sum") / frame.groupby("channel")[
        "contacts"
    ].transform("sum")
    own = frame["contacts"] / frame.groupby(days)["contacts"].transform("sum")
    frame["share"] = own.where(frame["contacts"] >= threshold, of_all)
    frame["share"] /= frame.groupby(days)["share"].transform("sum")
    return frame.drop(columns="contacts").sort_values([*days, "slot"], ignore_index=True)


def habits(reader: Reader) -> pd.DataFrame:
    """Return what a contact asks of a channel, one row each, over the last half year.

    Columns: channel; offered (helped or gone); answered; left; handle_seconds (mean of those of
    which it is known; NaN of none); handled (of how many); patience_seconds (NaN where too few
    left); per_contact (offered over answered).

    Patience is the time waited by all over the number who left: the maximum likelihood of an
    exponential patience, who was helped being cut off (Brown et al. 2005, Statistical analysis of a
    telephone call center, doi:10.1198/016214504000001808).

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    with reader.backend() as backend:
        rows = _offered(reader, backend_table(backend, CONTACT))
        timed = rows.wait_seconds.notnull()
        found = rows.group_by("channel").agg(
            offered=rows.count(),
            answered=rows.is_answered.fill_null(False).sum(),
            left=(rows.is_lost.fill_null(False) & timed).sum(),
            waited=rows.wait_seconds.sum(),
            handle_seconds=rows.handle_seconds.mean(where=rows.is_answered),
            handled=(rows.is_answered & rows.handle_seconds.notnull()).sum(),
        )
        frame = found.to_pyarrow().to_pandas()
    numbers = [name for name in frame if name != "channel"]
    frame = frame.astype(dict.fromkeys(numbers, float))
    patience = frame["waited"] / frame["left"].where(frame["left"] >= _LEAST_LEFT)
    frame["patience_seconds"] = patience
    frame["per_contact"] = frame["offered"] / frame["answered"].where(frame["answered"] > 0)
    return frame.drop(columns="waited").sort_values("channel", ignore_index=True)
