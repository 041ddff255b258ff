"""Effect: what changes did, and what happened by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from dash import html
from dash.development.base_component import Component

from analytics.effects.disruptions import FALSE_ALARMS, Disruption
from analytics.effects.findings import Effect, Findings, what_if
from analytics.effects.scan import Place
from analytics.effects.shifts import FALSE_SHIFTS, Shift
from analytics.effects.study import Change
from analytics.effects.weekly import Outcome
from dashboard import happenings
from dashboard.blocks import Block, Column, Table
from dashboard.context import Context
from dashboard.numbers import count_text, day_text, share_text
from dashboard.pages.common import grid, page_head
from dashboard.pages.effect_blocks import effect_blocks
from dashboard.pages.what_if import what_if_block
from dashboard.view import View
from dashboard.working import known
from warehouse.store import Reader

PATH = "/effect"


@dataclass(frozen=True)
class Data:
    """What the page shows.

    `marked` is the effect of a change that the reader marks; None where none is.
    """

    found: Findings
    marked: Effect | None


def data(reader: Reader, view: View) -> Data:
    """Return what the page shows; the first time after a load it is worked out.

    Raises:
        StillWorkingError: it is being worked out.
    """
    found = known(reader).findings
    if view.changed_on is None:
        return Data(found, None)
    change = Change(
        "",
        view.changed_on,
        None,
        view.values("service"),
        view.values("channel"),
        Outcome(view.moved or "contacts"),
    )
    return Data(found, what_if(reader, change))


def layout(answer: Data, context: Context) -> Sequence[Component]:
    """Return the page."""
    lead = context.texts("effects.lead", count=count_text(answer.found.series, context.language))
    if not answer.found.effects:
        lead = f"{lead} {context.texts('effects.none')}"
    head = page_head(context, "effects", lead, has_period=False)
    return [head, grid(blocks(answer, context), context, PATH)]


def blocks(answer: Data, context: Context) -> list[Block]:
    """Return the page's blocks: each marked change, what happened by itself, a reader's own."""
    found = answer.found
    shown: list[Block] = []
    for number, effect in enumerate(found.effects, start=1):
        if _is_asked(effect.change.services, effect.change.channels, context):
            shown += effect_blocks(effect, str(number), effect.change.name, context)
    shown += [_disruptions(found, context), _shifts(found, context)]
    return [*shown, *what_if_block(answer.marked, context, PATH)]


def _is_asked(services: Sequence[str], channels: Sequence[str], context: Context) -> bool:
    """Tell whether a change is about what the filters ask for."""
    return all(
        not wanted or not about or bool(set(wanted) & set(about))
        for wanted, about in (
            (context.view.values("service"), services),
            (context.view.values("channel"), channels),
        )
    )


def _place_asked(place: Place, context: Context) -> bool:
    services, channels = ([name] if name else [] for name in (place.service, place.channel))
    return _is_asked(services, channels, context)


def _disruptions(found: Findings, context: Context) -> Block:
    texts, language = context.texts, context.language
    happened = [one for one in reversed(found.disruptions) if _place_asked(one.lead, context)]
    note = texts(
        "effects.disruption_note",
        chance=share_text(FALSE_ALARMS, language, digits=0),
        series=count_text(found.series, language),
    )
    if not found.has_seasons:
        note = f"{note} {texts('effects.no_seasons')}"
    frame = pd.DataFrame(
        [_disruption_row(one, context) for one in happened],
        columns=["first_on", "last_on", "what", "place", "observed", "expected", "because"],
    )
    return Block(
        key="disruptions",
        title=texts("effects.disruptions"),
        finding=_counted("disruption", len(happened), context),
        table=Table(
            frame,
            (
                Column("first_on", texts("effects.from_day"), "day"),
                Column("last_on", texts("effects.until_day"), "day"),
                Column("what", texts("effects.what")),
                Column("place", texts("effects.place")),
                Column("observed", texts("effects.observed")),
                Column("expected", texts("effects.was_expected")),
                Column("because", texts("effects.mainly")),
            ),
        ),
        body=html.Ul(
            [
                html.Li(
                    [
                        html.Strong(
                            f"{day_text(one.first_on, language)} – "
                            f"{day_text(one.last_on, language)}"
                        ),
                        html.P(happenings.disruption_sentence(one, context)),
                        html.P(_because(one, context), className="note"),
                    ]
                )
                for one in happened
            ],
            className="happenings",
        ),
        note=note,
        width=6,
    )


def _counted(what: str, count: int, context: Context) -> str:
    if count == 0:
        return context.texts(f"effects.no_{what}s")
    if count == 1:
        return context.texts(f"effects.{what}_once")
    return context.texts(f"effects.{what}_count", count=count)


def _because(one: Disruption, context: Context) -> str:
    texts = context.texts
    parts = happenings.where_text(one, context)
    said = [texts("effects.explained", parts=parts)] if parts else []
    if one.categories:
        said.append(texts("effects.categories", parts=happenings.category_counts(one, context)))
    return " ".join(said)


def _disruption_row(one: Disruption, context: Context) -> tuple[object, ...]:
    return (
        one.first_on,
        one.last_on,
        happenings.outcome_name(one.lead.outcome, context),
        happenings.place_name(one.lead, context),
        *happenings.disruption_figures(one, context),
        happenings.because_text(one, context),
    )


def _shifts(found: Findings, context: Context) -> Block:
    texts, language = context.texts, context.language
    seen = [one for one in reversed(found.shifts) if _place_asked(one.place, context)]
    rows = [
        (
            one.started_on,
            happenings.outcome_name(one.place.outcome, context),
            happenings.place_name(one.place, context),
            happenings.outcome_text(one.place.outcome, one.before, context),
            happenings.outcome_text(one.place.outcome, one.after, context),
        )
        for one in seen
    ]
    return Block(
        key="shifts",
        title=texts("effects.shifts"),
        finding=_counted("shift", len(seen), context),
        table=Table(
            pd.DataFrame(rows, columns=["started_on", "what", "place", "before", "after"]),
            (
                Column("started_on", texts("effects.from_day"), "day"),
                Column("what", texts("effects.what")),
                Column("place", texts("effects.place")),
                Column("before", texts("effects.before")),
                Column("after", texts("effects.after")),
            ),
        ),
        body=html.Ul([_shift_item(one, context) for one in seen], className="happenings"),
        note=texts(
            "effects.shift_note",
            chance=share_text(FALSE_SHIFTS, language, digits=0),
            weeks=count_text(found.weeks, language),
        ),
        width=6,
    )


def _shift_item(one: Shift, context: Context) -> html.Li:
    return html.Li(
        [
            html.Strong(day_text(one.started_on, context.language)),
            html.P(happenings.shift_sentence(one, context)),
        ]
    )
