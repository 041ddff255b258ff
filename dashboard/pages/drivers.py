"""Waarom: what goes with contacts that come back, and with those that could have been avoided."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.drivers import NAME, TARGETS, work_out_drivers
from analytics.kept_frames import Frames
from analytics.metrics import Unit
from dashboard import theme
from dashboard.background import worked_out
from dashboard.blocks import Block, Column, Table
from dashboard.context import Context
from dashboard.figures.common import each
from dashboard.figures.ranked import ranked
from dashboard.numbers import count_text, decimal_text, euro_text, share_text
from dashboard.pages.common import grid, kept_period, page_head
from dashboard.view import View
from warehouse.store import Reader

PATH = "/waarom"
_SENTENCES = 5
_BARS = 12
_RANKED = {
    "follow_up": (("service+channel",), ("outcome", "channel", "customer_type", "wait_band",
                                         "weekday", "part_of_day", "is_repeat")),
    "avoidable": (("service+topic",), ("service", "weekday", "part_of_day", "wait_band",
                                       "customer_type")),
}  # fmt: skip
_IN_WORDS = {"weekday", "part_of_day", "wait_band", "is_repeat"}


def data(reader: Reader, view: View) -> Frames:
    """Return what the page shows: of the last year, whatever the period looked at.

    Raises:
        StillWorkingError: it is being worked out.
    """
    del view  # filters choose among the groups when the page is drawn
    return worked_out(reader, NAME, work_out_drivers)


def layout(answer: Frames, context: Context) -> Sequence[Component]:
    """Return the page."""
    return [
        page_head(
            context,
            "drivers",
            context.texts("drivers.lead", period=kept_period(answer, context)),
            has_period=False,
        ),
        grid(blocks(answer, context), context, PATH),
    ]


def blocks(answer: Frames, context: Context) -> list[Block]:
    """Return the page's blocks: for each question what stands out, by what, where, and its cost."""
    found: list[Block] = []
    for target in TARGETS:
        one = {
            name: frame[frame["target"] == target].reset_index(drop=True)
            for name, frame in answer.items()
        }
        rows = _named(_chosen(one["groups"], context.view), context)
        found += [
            _most(rows, one["about"].iloc[0], target, context),
            _importance(one["importance"], one["quality"].iloc[0], target, context),
            *(_ranking(rows, by, target, context) for by in _RANKED[target]),
            _costs(rows, one["about"].iloc[0], target, context),
        ]
    return found


def _chosen(groups: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return the groups that the view's filters allow: those that tell of what is filtered."""
    for place, column in enumerate(("first", "second")):
        for dimension, allowed in view.where:
            names = groups["by"].str.split("+").str[place]
            groups = groups[(names != dimension) | groups[column].isin(allowed)]
    for dimension, _ in view.where:
        groups = groups[groups["by"].str.split("+").map(lambda names, d=dimension: d in names)]
    return groups


def value_name(column: str, value: str, context: Context) -> str:
    """Return what a value of a group's column is called on screen."""
    if column in _IN_WORDS and value != "unknown":
        return context.texts(f"drivers.value.{column}.{value}")
    return context.label(column, value)


def _named(groups: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Add `group`, the group's name on screen, and `of`, what it is a group of."""
    names, kinds = [], []
    for row in each(groups):
        columns = row.by.split("+")
        values = (row.first, row.second)
        parts = [
            value_name(column, value, context)
            for column, value in zip(columns, values, strict=False)
        ]
        names.append(" · ".join(parts))
        kinds.append(context.texts(f"drivers.by.{row.by.replace('+', '_')}"))
    return groups.assign(group=names, of=kinds)


def _drivers(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["is_driver"]].sort_values("cost", ascending=False, na_position="last")


def _apart(rows: pd.DataFrame, most: int) -> list[Any]:
    """Return the costliest groups of which none is a part of, or holds, another."""
    found: list[Any] = []
    told: set[tuple[str, str]] = set()
    for row in each(rows):
        columns = row.by.split("+")
        own = set(zip(columns, (row.first, row.second), strict=False))
        if not own & told:
            found.append(row)
            told |= own
        if len(found) == most:
            break
    return found


def _sentence(row: Any, months: float, target: str, context: Context) -> str:
    texts, language = context.texts, context.language
    said = texts(
        f"drivers.sentence.{target}",
        group=row.group,
        share=share_text(row.rate, language),
        ratio=decimal_text(row.ratio, language),
        low=decimal_text(row.ratio_low, language),
        high=decimal_text(row.ratio_high, language),
        more=count_text(row.excess / months, language),
        more_low=count_text(max(row.excess_low, 0) / months, language),
        more_high=count_text(row.excess_high / months, language),
        cost=euro_text(row.cost / months, language),
    )
    return f"{said} {_explained(row, context)}".strip()


def _explained(row: Any, context: Context) -> str:
    texts = context.texts
    if pd.isna(row.explained):
        return ""
    if row.explained < 0.1:
        return texts("drivers.not_explained")
    share = share_text(row.explained, context.language, digits=0)
    if not row.explained_by:
        return texts("drivers.explained", share=share)
    feature = texts(f"drivers.feature.{row.explained_by}")
    return texts("drivers.explained_by", share=share, feature=feature.lower())


def _columns(context: Context) -> tuple[Column, ...]:
    texts = context.texts
    return (
        Column("of", texts("drivers.of")),
        Column("group", texts("drivers.group")),
        Column("size", texts("drivers.size"), Unit.COUNT),
        Column("events", texts("drivers.events"), Unit.COUNT),
        Column("rate", texts("drivers.rate"), Unit.SHARE),
        Column("ratio", texts("drivers.ratio"), Unit.NUMBER),
        Column("ratio_low", texts("table.low"), Unit.NUMBER),
        Column("ratio_high", texts("table.high"), Unit.NUMBER),
        Column("excess", texts("drivers.excess"), Unit.COUNT),
        Column("excess_low", texts("table.low"), Unit.COUNT),
        Column("excess_high", texts("table.high"), Unit.COUNT),
        Column("cost", texts("drivers.cost"), Unit.EUROS),
        Column("adjusted_ratio", texts("drivers.adjusted"), Unit.NUMBER),
        Column("stands_out", texts("drivers.stands_out")),
    )


def _table(rows: pd.DataFrame, context: Context) -> Table:
    texts = context.texts
    says = rows["is_driver"].map({True: texts("drivers.yes"), False: texts("drivers.no")})
    ordered = rows.assign(stands_out=says).sort_values("cost", ascending=False, na_position="last")
    return Table(ordered, _columns(context))


def _most(rows: pd.DataFrame, about: pd.Series, target: str, context: Context) -> Block:
    texts, language = context.texts, context.language
    told = _apart(_drivers(rows), _SENTENCES)
    items = [html.Li(_sentence(row, about["months"], target, context)) for row in told]
    finding = texts(
        f"drivers.average.{target}",
        share=share_text(about["rate"], language),
        contacts=count_text(about["contacts"], language),
        count=int(rows["is_driver"].sum()),
    )
    return Block(
        key=f"drivers-{target.replace('_', '-')}",
        title=texts(f"drivers.most.{target}"),
        finding=finding if items else texts("drivers.none"),
        table=_table(rows, context),
        body=html.Ol(items, className="sentences") if items else html.P(""),
        note=texts(
            "drivers.most_note",
            false=share_text(context.span.settings.drivers.false_share, language, digits=0),
            smallest=max(context.span.settings.drivers.smallest_group, context.threshold),
        ),
        width=7,
    )


def _importance(
    importance: pd.DataFrame, quality: pd.Series, target: str, context: Context
) -> Block:
    texts, language = context.texts, context.language
    names = {key: texts(f"drivers.feature.{key}") for key in importance["feature"]}
    rows = importance.rename(columns={"feature": "group", "importance": "value"}).assign(
        value=lambda frame: frame["value"].clip(lower=0) * 100,
        low=lambda frame: frame["low"].clip(lower=0) * 100,
        high=lambda frame: frame["high"].clip(lower=0) * 100,
        denominator=float("nan"),
        suppressed=False,
    )
    told = rows.assign(
        name=rows["group"].map(names),
        says=rows["counts"].map({True: texts("drivers.yes"), False: texts("drivers.no")}),
    )
    if bool(quality["tells"]):
        finding = texts(
            "drivers.quality_says",
            auc=count_text(quality["auc"] * 100, language),
            low=count_text(quality["auc_low"] * 100, language),
            high=count_text(quality["auc_high"] * 100, language),
            words=texts(f"drivers.quality.{_in_words(float(quality['auc']))}"),
        )
    else:
        finding = texts(f"drivers.no_model.{quality['reason']}")
    return Block(
        key=f"drivers-importance-{target.replace('_', '-')}",
        title=texts(f"drivers.importance.{target}"),
        finding=finding,
        table=Table(
            told,
            (
                Column("name", texts("drivers.feature_name")),
                Column("value", texts("drivers.points"), Unit.NUMBER),
                Column("low", texts("table.low"), Unit.NUMBER),
                Column("high", texts("table.high"), Unit.NUMBER),
                Column("says", texts("drivers.counts")),
            ),
        ),
        figure=ranked(rows, names=names, unit=Unit.NUMBER, look=context.look(), colour=theme.MUTED)
        if len(rows)
        else None,
        body=None if len(rows) else html.P(""),
        note=texts(
            "drivers.importance_note",
            learnt=count_text(quality["learnt"], language),
            judged=count_text(quality["judged"], language),
        )
        + " "
        + texts(f"drivers.features_note.{target}"),
        width=5,
    )


def _in_words(auc: float) -> str:
    return "weak" if auc < 0.6 else "fair" if auc < 0.75 else "strong"


def _ranking(rows: pd.DataFrame, by: tuple[str, ...], target: str, context: Context) -> Block:
    texts, language = context.texts, context.language
    own = rows[rows["by"].isin(by)]
    is_shown = own["is_driver"] if len(by) == 1 else own["is_driver"] | (own["p"] < 0.05)
    drawn = own[is_shown].sort_values("ratio", ascending=False).head(_BARS)
    drawn = drawn.assign(
        value=drawn["ratio"], low=drawn["ratio_low"], high=drawn["ratio_high"],
        denominator=drawn["size"], name=drawn["group"],
        group=[f"{row.by}:{row.first}:{row.second}" for row in each(drawn)],
    )  # fmt: skip
    names = dict(zip(drawn["group"], drawn["name"], strict=True))
    kind = "others" if len(by) > 1 else by[0].replace("+", "_")
    top = drawn.iloc[0] if len(drawn) else None
    return Block(
        key=f"drivers-{target}-{kind}".replace("_", "-"),
        title=texts(f"drivers.ranking.{target}.{kind}"),
        finding=texts(
            "drivers.highest",
            group=top["name"],
            ratio=decimal_text(top["value"], language),
            low=decimal_text(top["low"], language),
            high=decimal_text(top["high"], language),
        )
        if top is not None
        else texts("drivers.none"),
        table=_table(own, context),
        figure=ranked(
            drawn,
            names=names,
            unit=Unit.NUMBER,
            look=context.look(),
            reference=1.0,
            label_limit=38,
        ),
        note=texts(f"drivers.ranking_note.{target}"),
        width=4,
    )


def _costs(rows: pd.DataFrame, about: pd.Series, target: str, context: Context) -> Block:
    texts, language = context.texts, context.language
    by = _RANKED[target][0][0]
    own = _drivers(rows[rows["by"] == by]).head(_BARS)
    months = float(about["months"])
    drawn = own.assign(
        value=own["cost"] / months, low=own["cost_low"].clip(lower=0) / months,
        high=own["cost_high"] / months, denominator=own["size"], name=own["group"],
        group=[f"{row.first}:{row.second}" for row in each(own)],
    )  # fmt: skip
    names = dict(zip(drawn["group"], drawn["name"], strict=True))
    return Block(
        key=f"drivers-{target}-cost".replace("_", "-"),
        title=texts(f"drivers.costs.{target}"),
        finding=texts(
            "drivers.costs_finding",
            count=len(own),
            cost=euro_text(float(drawn["value"].sum()), language),
        )
        if len(own)
        else texts("drivers.none"),
        table=_table(rows[rows["by"] == by], context),
        figure=ranked(drawn, names=names, unit=Unit.EUROS, look=context.look(), label_limit=38),
        note=texts("drivers.costs_note"),
        width=4,
    )
