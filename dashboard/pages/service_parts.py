"""The blocks of Dienstverlening that compare channels and services."""

import pandas as pd

from analytics.metrics import Unit
from dashboard import findings
from dashboard.blocks import Block, Column, Table
from dashboard.components.sorted_table import NAME, Heading, sorted_table
from dashboard.context import Context
from dashboard.figures.ranked import ranked
from dashboard.figures.service import scores
from dashboard.frames import labelled, of_metric, one
from dashboard.numbers import decimal_text, share_text
from dashboard.pages.common import share_columns, with_hidden
from dashboard.pages.service_told import missing_block
from warehouse.contact import VISIT_CHANNEL

_SHARES = ("abandonment_share", "transfer_share", "callback_kept_share", "on_time_share")
_SCORE, _RESPONSE = "mean_satisfaction", "satisfaction_response"
GROUPED = ("contacts", *_SHARES, _SCORE, _RESPONSE)
"""What is asked by channel and by service."""

_FIELDS = {
    "callback_kept_share": ("callback_due_at", "callback_done_at"),
    "on_time_share": ("ended_at",),
}
_MOST_SERVICES = 10


def _by_group(frame: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the rows by group, also of groups without a contact: a promise may be older."""
    rows = frame.rename(columns={dimension: "group"})
    return rows[rows["group"] != VISIT_CHANNEL] if dimension == "channel" else rows


def _of_groups(frame: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the rows of groups that have contacts, under `group`."""
    rows = _by_group(frame, dimension)
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
        finding=" ".join(dict.fromkeys(_most(name, rows, names, context) for name in lost)),
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
        rows = _with_size(of_metric(_by_group(frame, dimension), metric))
        parts.append(rows.assign(names=rows["group"].map(context.labels(dimension, rows["group"]))))
    of_channels, of_services = parts
    drawn = of_services.sort_values("denominator", ascending=False, na_position="last")
    shown = drawn[~drawn["suppressed"].astype(bool)]
    hidden_count, drawn = len(drawn) - len(shown), shown.head(_MOST_SERVICES).sort_values("value")
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
        )
        if len(drawn)
        else None,
        note=" ".join(
            texts(f"service_quality.{name}", count=count)
            for name, count in ((f"{metric}_note", len(drawn)), ("kept_hidden", hidden_count))
            if count
        ),
        metrics=(metric,),
        width=6,
    )


def _kept_sentence(
    metric: str,
    whole: pd.Series,
    channels: pd.DataFrame,
    services: pd.DataFrame,
    names: dict[str, str],
    context: Context,
) -> str:
    texts, language = context.texts, context.language
    what = texts(f"service_quality.what_{metric}")
    if not findings.is_known(whole):
        if services["value"].notna().sum() > 1:
            return findings.lowest_sentence(names, services, what, context)
        return findings.change_sentence(whole, metric, "year_ago", "", context)
    said = texts(
        f"service_quality.{metric}_whole", share=share_text(float(whole["value"]), language)
    )
    known = channels[channels["value"].notna() & ~channels["suppressed"].astype(bool)]
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
