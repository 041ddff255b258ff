"""What came in: contacts per day, channel and service, from the sums that the warehouse keeps."""

from datetime import date

import pandas as pd

from analytics.amounts import backend_table
from analytics.planning.backtest import Series
from analytics.query import Span, span
from warehouse.contact import UNKNOWN, VISIT_CHANNEL
from warehouse.store import Reader

REST = "*"
"""The services of a channel that are too small to forecast by themselves, taken together."""

_MOST_SERVICES = 10
_LEAST_PER_WEEK = 5.0
"""A service with fewer contacts a week than this belongs to the rest."""
_LEAST_CONTACTS = 200
"""A channel with fewer contacts than this is not forecast."""


def bounds(known: Span) -> tuple[date, date]:
    """Return the first and last day that forecasts learn from."""
    settings = known.settings.planning
    first = max(known.first_on, settings.first_day or known.first_on)
    last = min(known.last_on, settings.last_day or known.last_on)
    return first, last


def counted(reader: Reader) -> pd.DataFrame:
    """Return contacts per day (a row each) of every channel and service (a column each).

    Days without a contact hold 0. Columns have the levels `channel` and `service`.

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    first, last = bounds(span(reader))
    with reader.backend() as backend:
        cells = backend_table(backend, "cube_service")
        rows = cells.filter(
            cells.period.between(first, last),
            cells.channel != VISIT_CHANNEL,
            cells.contact_count > 0,
        )
        sums = rows.group_by("period", "channel", service=rows.service.fill_null(UNKNOWN)).agg(
            contacts=rows.contact_count.sum()
        )
        frame = sums.to_pyarrow().to_pandas(date_as_object=True)
    frame["period"] = pd.to_datetime(frame["period"])
    wide = frame.pivot_table(
        index="period", columns=["channel", "service"], values="contacts", aggfunc="sum"
    )
    return wide.reindex(pd.date_range(first, last, freq="D")).fillna(0.0)


def channels(table: pd.DataFrame) -> list[Series]:
    """Return the channels that can be forecast, the largest first."""
    if table.empty or not len(table.columns):
        return []
    totals = table.T.groupby(level="channel").sum().T
    sizes = totals.sum().sort_values(ascending=False)
    names = [str(name) for name, size in sizes.items() if size >= _LEAST_CONTACTS]
    return [Series(name, None, totals[name].rename(name)) for name in names]


def services(table: pd.DataFrame, channel: str) -> list[Series]:
    """Return the services of a channel, the largest first and what is small as one rest, last.

    They add up to the channel.
    """
    part = pd.DataFrame(table[channel])
    weekly = pd.Series(part.sum()) / (len(part) / 7)
    sizes = weekly.sort_values(ascending=False)
    own = [str(name) for name, size in sizes.items() if size >= _LEAST_PER_WEEK][:_MOST_SERVICES]
    found = [Series(channel, name, part[name].rename(name)) for name in own]
    rest = part.drop(columns=own)
    if rest.shape[1]:
        found.append(Series(channel, REST, pd.DataFrame(rest).sum(axis=1).rename(REST)))
    return found
