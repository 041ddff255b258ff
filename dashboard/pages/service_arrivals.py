"""When contacts come in, by weekday and half hour: a block of Dienstverlening."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analytics.dimensions import value_order
from analytics.metrics import Unit
from analytics.query import EVERYTHING, Days, measure
from dashboard.blocks import Block, Column, Table
from dashboard.cache import once_per_version
from dashboard.context import Context
from dashboard.figures.forecast import clock
from dashboard.figures.service import rhythm
from dashboard.numbers import decimal_text, range_text, suppressed_text
from dashboard.pages.common import with_hidden
from warehouse.contact import VISIT_CHANNEL
from warehouse.store import Reader

ARRIVALS = "arrivals"
_MIDNIGHT = "00:00"
_OF_CUBE = {"channel"}
"""Filters that arrivals per half hour can be asked with and still be answered at once."""


def can_tell_arrivals(where: Mapping[str, object]) -> bool:
    """Return whether arrivals by half hour stand ready for these filters."""
    return set(where) <= _OF_CUBE


@once_per_version
def timeless_channels(reader: Reader) -> tuple[str, ...]:
    """Return the channels whose contacts all begin at midnight: their logs tell days, no hours."""
    by = ["channel", "half_hour"]
    rows = measure(reader, ["contacts"], by=by, selection=EVERYTHING)
    rows = rows[rows["suppressed"].astype(bool) | (rows["value"] > 0)]
    begins = rows[rows["channel"] != VISIT_CHANNEL].groupby("channel")["half_hour"].agg(set)
    return tuple(str(key) for key, at in begins.items() if at == {_MIDNIGHT})


def arrivals_block(
    frame: pd.DataFrame | None, timeless: Sequence[str], of: Days, context: Context
) -> Block:
    """Return contacts per weekday and half hour; without channels that tell no hours."""
    texts = context.texts
    columns = (
        Column("day", texts("service_quality.weekday")),
        Column("half_hour", texts("service_quality.half_hour")),
        Column("value", context.metric_name(ARRIVALS), Unit.NUMBER),
        Column("numerator", context.metric_name("contacts"), Unit.COUNT),
        Column("denominator", texts("service_quality.half_hours"), Unit.COUNT),
    )
    days = {day: context.label("weekday", day) for day in value_order("weekday")}
    key = "service-arrivals"
    title = texts("service_quality.arrivals", period=range_text(*of, context.language))
    whole = pd.DataFrame()
    if frame is not None and _why_none(frame, timeless, context) == "finding.nothing_known":
        whole = every_half_hour(frame, timeless)
    if whole.empty:
        named = ["day", *(column.key for column in columns[1:]), "suppressed"]
        says = _why_none(frame, timeless, context)
        empty = Table(pd.DataFrame(columns=named), columns)
        return Block(key, title, texts(says), empty, metrics=(ARRIVALS,))
    note = texts("service_quality.arrivals_note")
    if timeless:
        names = ", ".join(context.labels("channel", timeless).values())
        note += " " + texts("service_quality.timeless", names=names)
    shown = _open_hours(whole)
    return Block(
        key=key,
        title=title,
        finding=_busiest_sentence(whole, days, context),
        table=Table(whole.assign(day=whole["weekday"].map(days)), columns),
        figure=rhythm(
            shown,
            day_names={day: name for day, name in days.items() if day in set(shown["weekday"])},
            what=context.metric_name(ARRIVALS),
            look=context.look(),
        ),
        note=with_hidden(note, shown, context),
        metrics=(ARRIVALS,),
        min_width=860,
    )


def _why_none(frame: pd.DataFrame | None, timeless: Sequence[str], context: Context) -> str:
    if frame is None:
        return "service_quality.arrivals_filtered"
    chosen = set(context.view.values("channel"))
    is_timeless = bool(chosen) and chosen <= set(timeless)
    return "service_quality.only_timeless" if is_timeless else "finding.nothing_known"


def every_half_hour(frame: pd.DataFrame, timeless: Sequence[str]) -> pd.DataFrame:
    """Return arrivals with a row for each weekday and half hour; nothing came in is zero.

    Where some channels are without hours, midnight is left out: all of theirs stands there.
    """
    frame = frame[frame["half_hour"] != _MIDNIGHT] if timeless else frame
    if frame.empty or not (frame["suppressed"].astype(bool) | (frame["value"] > 0)).any():
        return pd.DataFrame()
    begins = [clock(slot) for slot in range(1 if timeless else 0, 48)]
    days = value_order("weekday")
    every = pd.MultiIndex.from_product([days, begins], names=["weekday", "half_hour"])
    rows = frame.set_index(["weekday", "half_hour"]).reindex(every).reset_index()
    absent = rows["suppressed"].isna()
    rows["suppressed"] = rows["suppressed"].fillna(value=False).astype(bool)
    rows.loc[absent, ["value", "numerator"]] = 0.0
    return rows


def _open_hours(whole: pd.DataFrame) -> pd.DataFrame:
    """Return the days and half hours with figures to show: at night nearly all are hidden.

    Half hours run from the first to the last at which most of the days that have any figure have
    one; without any figure, all of them.
    """
    has = whole[whole["value"] > 0]
    days = has["weekday"].unique()
    if not len(days):
        return whole
    counts = has.groupby("half_hour").size()
    begins = counts[counts * 2 > len(days)].index
    begins = begins if len(begins) else counts.index
    within = whole["half_hour"].between(begins.min(), begins.max())
    return whole[within & whole["weekday"].isin(days)].reset_index(drop=True)


def _busiest_sentence(whole: pd.DataFrame, days: Mapping[str, str], context: Context) -> str:
    known = whole[whole["value"] > 0]
    if known.empty:
        return context.texts(
            "finding.suppressed",
            name=context.metric_name(ARRIVALS),
            shown=suppressed_text(context.threshold),
        )
    top = known.nlargest(1, "value").iloc[0]
    day = days[str(top["weekday"])]
    # a hidden figure may be hidden to keep another one from being worked out: it can be large
    is_all = not whole["suppressed"].any()
    return context.texts(
        "service_quality.busiest" if is_all else "service_quality.busiest_shown",
        day=day.lower() if context.language == "nl" else day,
        time=str(top["half_hour"]),
        count=decimal_text(float(top["value"]), context.language),
    )
