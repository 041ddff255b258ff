"""The blocks of Dienstverlening that compare groups: channels, services, half hours."""

from collections.abc import Mapping, Sequence

import pandas as pd
from cachetools import LRUCache

from analytics.dimensions import value_order
from analytics.metrics import Unit
from analytics.query import EVERYTHING, Days, measure
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components.sorted_table import NAME, Heading, sorted_table
from dashboard.context import Context
from dashboard.figures.ranked import ranked
from dashboard.figures.service import rhythm, scores
from dashboard.frames import labelled, of_metric, one
from dashboard.numbers import decimal_text, range_text, share_text
from dashboard.pages.common import share_columns, with_hidden
from dashboard.pages.service_told import missing_block
from warehouse.contact import VISIT_CHANNEL
from warehouse.store import Reader

ARRIVALS = "arrivals"
_SHARES = ("abandonment_share", "transfer_share", "callback_kept_share", "on_time_share")
_SCORE, _RESPONSE = "mean_satisfaction", "satisfaction_response"
GROUPED = ("contacts", *_SHARES, _SCORE, _RESPONSE)
"""What is asked by channel and by service."""

_FIELDS = {
    "callback_kept_share": ("callback_due_at", "callback_done_at"),
    "on_time_share": ("ended_at",),
}
_MOST_SERVICES = 10
_MIDNIGHT = "00:00"
_OF_CUBE = {"channel"}
"""Filters that arrivals per half hour can be asked with and still be answered at once."""


def can_tell_arrivals(where: Mapping[str, object]) -> bool:
    """Return whether arrivals by half hour stand ready for these filters."""
    return set(where) <= _OF_CUBE


_times: LRUCache[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = LRUCache(maxsize=32)


def without_times(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the channels whose contacts all begin at midnight, and the others.

    Their logs tell days and no hours: in a picture of the day they would be a rush at midnight.
    """
    version = (str(reader.store.folder), reader.version())
    if version in _times:
        return _times[version]
    rows = measure(reader, ["contacts"], by=["channel", "half_hour"], selection=EVERYTHING)
    rows = rows[rows["suppressed"].astype(bool) | (rows["value"] > 0)]
    begins = rows[rows["channel"] != VISIT_CHANNEL].groupby("channel")["half_hour"].agg(set)
    timeless = tuple(str(name) for name, told in begins.items() if told == {_MIDNIGHT})
    others = tuple(str(name) for name in begins.index if name not in timeless)
    _times[version] = timeless, others
    return timeless, others


def _of_groups(frame: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the rows of groups that have contacts, under `group`."""
    rows = frame.rename(columns={dimension: "group"})
    rows = rows[rows["group"] != VISIT_CHANNEL] if dimension == "channel" else rows
    counted = of_metric(rows, "contacts")
    there = counted[counted["suppressed"].astype(bool) | (counted["value"] > 0)]["group"]
    return rows[rows["group"].isin(there)].reset_index(drop=True)


def _with_size(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out groups of which nothing is measured."""
    return rows[rows["denominator"].fillna(0).gt(0) | rows["suppressed"].astype(bool)]


def scoreboard(
    dimension: str, frame: pd.DataFrame, told: frozenset[str], context: Context, path: str
) -> Block:
    """Return who gives up, is forwarded and is kept a promise, by group, to sort by each.

    Args:
        dimension: channel or service.
        frame: GROUPED by it.
        told: what the logs tell of.
        context: of the page.
        path: of the page.
    """
    texts = context.texts
    title, key = texts(f"service_quality.by_{dimension}"), f"service-by-{dimension}"
    lost = [name for name in _SHARES[:2] if name in told]
    if not lost:
        return missing_block(key, title, ["outcome"], _SHARES[:2], context)
    rows = _of_groups(frame, dimension)
    names = context.labels(dimension, rows["group"].unique())
    shares = [name for name in _SHARES if name in told]
    shown = rows[rows["metric"].isin(["contacts", *shares])]
    headings = [
        Heading(NAME, texts(f"table.{dimension}")),
        *(Heading(name, context.metric_name(name)) for name in ("contacts", *shares)),
    ]
    measured = _with_size(rows[rows["metric"].isin(shares)])
    table = labelled(measured, "group", context, dimension=dimension)
    table = table.assign(
        what=table["metric"].map({name: context.metric_name(name) for name in shares})
    )
    return Block(
        key=key,
        title=title,
        finding=" ".join(_most(name, rows, names, context) for name in lost),
        table=Table(
            table.sort_values(["what", "value"], ascending=[True, False]),
            (
                Column("group", texts(f"table.{dimension}")),
                Column("what", texts("service_quality.what")),
                Column("value", texts("service_quality.share"), Unit.SHARE),
                *share_columns(context, lost[0])[1:],
            ),
        ),
        body=sorted_table(shown, headings, names, title, context, path, otherwise="-contacts"),
        note=_scoreboard_note(shown, told, context),
        metrics=tuple(shares),
    )


def _scoreboard_note(shown: pd.DataFrame, told: frozenset[str], context: Context) -> str:
    texts = context.texts
    note = with_hidden(texts("service_quality.by_note"), shown, context)
    absent = [context.metric_name(name) for name in _SHARES[:2] if name not in told]
    if absent:
        note += " " + texts("service_quality.not_logged", names=", ".join(absent))
    return note


def _most(metric: str, rows: pd.DataFrame, names: dict[str, str], context: Context) -> str:
    ordered = _with_size(of_metric(rows, metric)).sort_values("value", ascending=False)
    what = context.texts(f"service_quality.what_{metric}")
    known = ordered[ordered["value"].notna()]
    if len(known) == 1:
        first = known.iloc[0]
        value = share_text(float(first["value"]), context.language)
        return context.texts(
            "service_quality.only", group=names[first["group"]], what=what, value=value
        )
    # where it never happened, it is no rival for the highest
    ordered = ordered[ordered["suppressed"].astype(bool) | (ordered["value"] > 0)]
    return findings.largest_sentence(names, ordered, what, context)


def kept_blocks(
    totals: pd.DataFrame,
    channels: pd.DataFrame,
    services: pd.DataFrame,
    told: frozenset[str],
    context: Context,
) -> list[Block]:
    """Return the blocks of promises: call backs kept, and messages answered within their term."""
    return [
        _kept(metric, one(totals, metric), channels, services, told, context)
        for metric in ("callback_kept_share", "on_time_share")
    ]


def _kept(
    metric: str,
    whole: pd.Series,
    channels: pd.DataFrame,
    services: pd.DataFrame,
    told: frozenset[str],
    context: Context,
) -> Block:
    texts = context.texts
    title = texts(f"service_quality.{metric}")
    key = f"service-{metric.removesuffix('_share').replace('_', '-')}"
    if metric not in told:
        return missing_block(key, title, _FIELDS[metric], (metric,), context, width=6)
    parts = []
    for dimension, frame in (("channel", channels), ("service", services)):
        rows = _with_size(of_metric(_of_kept(frame, dimension), metric))
        parts.append(rows.assign(names=rows["group"].map(context.labels(dimension, rows["group"]))))
    of_channels, of_services = parts
    drawn = of_services.sort_values("denominator", ascending=False, na_position="last")
    drawn = drawn.head(_MOST_SERVICES).sort_values("value", na_position="last")
    names = dict(zip(of_services["group"], of_services["names"], strict=True))
    table = pd.concat(
        [
            rows.sort_values("value").assign(kind=texts(f"table.{dimension}"))
            for dimension, rows in zip(("channel", "service"), parts, strict=True)
        ],
        ignore_index=True,
    )
    return Block(
        key=key,
        title=title,
        finding=_kept_sentence(metric, whole, of_channels, drawn, names, context),
        table=Table(
            table,
            (
                Column("names", texts("table.group")),
                Column("kind", texts("table.kind")),
                *share_columns(context, metric),
            ),
        ),
        figure=ranked(
            drawn,
            names=names,
            unit=Unit.SHARE,
            look=context.look(),
            reference=float(whole["value"]) if findings.is_known(whole) else None,
        ),
        note=texts(f"service_quality.{metric}_note", count=len(drawn)),
        metrics=(metric,),
        width=6,
    )


def _of_kept(frame: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the rows by group, also of groups without a contact: a promise may be older."""
    rows = frame.rename(columns={dimension: "group"})
    return rows[rows["group"] != VISIT_CHANNEL] if dimension == "channel" else rows


def _kept_sentence(
    metric: str,
    whole: pd.Series,
    channels: pd.DataFrame,
    services: pd.DataFrame,
    names: dict[str, str],
    context: Context,
) -> str:
    if not findings.is_known(whole):
        return findings.change_sentence(whole, metric, "year_ago", "", context)
    texts, language = context.texts, context.language
    said = texts(
        f"service_quality.{metric}_whole", share=share_text(float(whole["value"]), language)
    )
    known = channels[channels["value"].notna() & ~channels["suppressed"].astype(bool)]
    what = texts(f"service_quality.what_{metric}")
    if len(known) > 1:
        by_channel = dict(zip(known["group"], known["names"], strict=True))
        said += " " + findings.lowest_sentence(
            by_channel, known.sort_values("value"), what, context
        )
    elif services["value"].notna().sum() > 1:
        said += " " + findings.lowest_sentence(names, services, what, context)
    return said


def satisfaction_block(frame: pd.DataFrame, told: frozenset[str], context: Context) -> Block:
    """Return the score of each channel, never without its response."""
    texts, key = context.texts, "service-satisfaction"
    title, both = texts("service_quality.satisfaction"), (_SCORE, _RESPONSE)
    if _SCORE not in told:
        return missing_block(key, title, ["satisfaction"], both, context, width=5)
    rows = scored(frame)
    names = context.labels("channel", rows["group"])
    return Block(
        key=key,
        title=title,
        finding=_score_sentence(rows, names, context),
        table=Table(
            labelled(rows, "group", context, dimension="channel"),
            (
                Column("group", texts("table.channel")),
                Column("value", context.metric_name(_SCORE), Unit.NUMBER),
                Column("response", context.metric_name(_RESPONSE), Unit.SHARE),
                Column("scored", texts("service_quality.scored"), Unit.COUNT),
                Column("asked", texts("service_quality.answered"), Unit.COUNT),
            ),
        ),
        figure=scores(
            rows, names=names, response=texts("service_quality.response"), look=context.look()
        ),
        note=texts("service_quality.satisfaction_note"),
        metrics=both,
        width=5,
    )


def scored(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `group`, `value`, `response`, `scored`, `asked`, `suppressed` of channels with scores.

    Hidden where either the score or its response is; the highest score first.
    """
    score, response = (
        of_metric(frame, metric).set_index("channel") for metric in (_SCORE, _RESPONSE)
    )
    score = _with_size(score)
    beside = response.reindex(score.index)
    hides = score["suppressed"].astype(bool) | beside["suppressed"].fillna(value=True).astype(bool)
    rows = pd.DataFrame(
        {
            "group": score.index,
            "value": score["value"].mask(hides),
            "response": beside["value"].mask(hides),
            "scored": score["denominator"].mask(hides),
            "asked": beside["denominator"].mask(hides),
            "suppressed": hides,
        }
    )
    return rows.sort_values("value", ascending=False, na_position="last", ignore_index=True)


def _score_sentence(rows: pd.DataFrame, names: dict[str, str], context: Context) -> str:
    texts, language = context.texts, context.language
    known = rows[rows["value"].notna()]
    if known.empty:
        return texts("finding.nothing_known")
    said = [
        texts(
            "service_quality.score_of",
            channel=names[row["group"]],
            score=decimal_text(float(row["value"]), language),
            response=share_text(float(row["response"]), language, digits=0),
        )
        for _, row in known.iloc[[0, -1]].iterrows()
    ]
    if len(known) == 1:
        return texts("service_quality.score_only", only=said[0])
    return texts("service_quality.score_range", highest=said[0], lowest=said[1])


def arrivals_block(
    frame: pd.DataFrame | None, timeless: Sequence[str], of: Days, context: Context
) -> Block:
    """Return contacts per weekday and half hour; without channels that tell no hours."""
    texts = context.texts
    columns = (
        Column("day", context.texts("service_quality.weekday")),
        Column("half_hour", texts("service_quality.half_hour")),
        Column("value", context.metric_name(ARRIVALS), Unit.NUMBER),
        Column("numerator", context.metric_name("contacts"), Unit.COUNT),
        Column("denominator", texts("service_quality.half_hours"), Unit.COUNT),
    )
    days = {day: context.label("weekday", day) for day in value_order("weekday")}
    key, title = (
        "service-arrivals",
        texts("service_quality.arrivals", period=range_text(*of, context.language)),
    )
    whole = every_half_hour(frame) if frame is not None else pd.DataFrame()
    if whole.empty:
        named = ["day", *(column.key for column in columns[1:]), "suppressed"]
        says = "finding.nothing_known" if frame is not None else "service_quality.arrivals_filtered"
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


def every_half_hour(frame: pd.DataFrame) -> pd.DataFrame:
    """Return arrivals with a row for each weekday and half hour; nothing came in is zero."""
    if frame.empty or not (frame["suppressed"].astype(bool) | (frame["value"] > 0)).any():
        return pd.DataFrame()
    begins = [f"{slot // 2:02}:{slot % 2 * 30:02}" for slot in range(48)]
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
            shown=f"<\N{NO-BREAK SPACE}{context.threshold}",
        )
    top = known.nlargest(1, "value").iloc[0]
    return context.texts(
        "service_quality.busiest",
        day=days[str(top["weekday"])].lower()
        if context.language == "nl"
        else days[str(top["weekday"])],
        time=str(top["half_hour"]),
        count=decimal_text(float(top["value"]), context.language),
    )
