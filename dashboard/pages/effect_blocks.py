"""An effect as two blocks: the series with what was to be expected, and how special that is."""

import pandas as pd

from analytics.effects.findings import Effect
from analytics.effects.interrupted import Estimate
from analytics.effects.study import Verdict
from analytics.metrics import Unit
from dashboard import happenings
from dashboard.blocks import Block, Column, Table
from dashboard.context import Context
from dashboard.figures.effects import before_and_after, effect_course, placebos
from dashboard.numbers import count_text, day_text, relative_text, share_text


def effect_blocks(effect: Effect, key: str, name: str, context: Context) -> list[Block]:
    """Return the blocks of one effect.

    Args:
        effect: as found.
        key: that makes the blocks' keys their own.
        name: of the change, on screen.
        context: of the page.
    """
    first = _course(effect, key, name, context)
    return [first] if effect.estimate is None else [first, _placebos(effect, key, context)]


def what_of(effect: Effect, context: Context) -> str:
    """Return what is measured, and where, on screen."""
    outcome, change = effect.change.outcome, effect.change
    name = happenings.outcome_name(outcome, context)
    if not outcome.is_ratio:
        name = context.texts("effects.per_week", what=name)
    places = [
        *(context.label("service", one) for one in change.services),
        *(context.label("channel", one) for one in change.channels),
    ]
    return f"{name} ({', '.join(places)})" if places else name


def _course(effect: Effect, key: str, name: str, context: Context) -> Block:
    texts, unit, change = (
        context.texts,
        happenings.outcome_unit(effect.change.outcome),
        effect.change,
    )
    look = context.look()
    drawn = effect.course
    if drawn.weeks:
        figure = effect_course(
            drawn.points,
            change.started_on,
            drawn.weeks,
            unit,
            look,
            (texts("effects.series"), texts("effects.expected"), texts("effects.beside")),
        )
    else:
        figure = before_and_after(
            [
                (texts("effects.before"), effect.before),
                (texts("effects.was_expected"), effect.expected),
                (texts("effects.since"), effect.now),
            ],
            unit,
            look,
        )
    table = pd.DataFrame(
        [
            (one.first_on, one.value, one.expected, one.low, one.high, one.value is None)
            for one in drawn.points
        ],
        columns=["first_on", "value", "expected", "low", "high", "suppressed"],
    )
    if not drawn.points and effect.now is not None:
        # the whole before and since, in place of points that are about too few people
        table = pd.DataFrame(
            [
                (context.span.first_on, effect.before, None, None, None, effect.before is None),
                (
                    change.started_on,
                    effect.now,
                    effect.expected,
                    effect.expected_low,
                    effect.expected_high,
                    False,
                ),
            ],
            columns=table.columns,
        )
    is_drawn = drawn.weeks > 0 or effect.now is not None
    return Block(
        key=f"effect-{key}",
        title=texts("effects.title", name=name, what=what_of(effect, context)),
        finding=finding(effect, name, context),
        table=Table(
            table,
            (
                Column("first_on", texts("effects.from_day"), "day"),
                Column("value", texts("effects.series"), unit),
                Column("expected", texts("effects.expected"), unit),
                Column("low", texts("effects.low"), unit),
                Column("high", texts("effects.high"), unit),
            ),
        ),
        figure=figure if is_drawn else None,
        metrics=(change.outcome.metric,),
        note=_note(effect, context),
        width=8 if effect.estimate is not None else 12,
    )


def finding(effect: Effect, name: str, context: Context) -> str:
    """Return what changed, by how much and how sure, in words."""
    texts = context.texts
    if not effect.is_known:
        return texts("effects.no_data", name=name)
    if effect.estimate is None:
        return texts("effects.too_little", name=name)
    what = what_of(effect, context)
    if effect.now is None or effect.expected is None:
        return f"{texts('effects.hidden', what=what)} {texts(f'effects.{effect.verdict}')}"
    outcome = effect.change.outcome
    low, high = sorted((effect.expected_low or 0.0, effect.expected_high or 0.0))
    key = "lower" if effect.now < effect.expected else "higher"
    said = texts(
        "effects.no_change" if effect.verdict is Verdict.UNSURE else f"effects.{key}",
        what=what,
        day=day_text(effect.change.started_on, context.language),
        now=happenings.outcome_text(outcome, effect.now, context),
        expected=happenings.outcome_text(outcome, effect.expected, context),
        low=happenings.outcome_text(outcome, low, context),
        high=happenings.outcome_text(outcome, high, context),
    )
    return f"{said} {texts(f'effects.{effect.verdict}')}"


def _note(effect: Effect, context: Context) -> str:
    texts, language = context.texts, context.language
    if effect.estimate is None:
        return ""
    said = []
    counts = happenings.outcome_unit(effect.change.outcome) in {Unit.SHARE, Unit.COUNT}
    if effect.total is not None and effect.estimate.is_sure and counts:
        bounds = sorted(
            abs(bound) for bound in (effect.total_low, effect.total_high) if bound is not None
        )
        said.append(
            texts(
                "effects.total_less" if effect.total < 0 else "effects.total_more",
                count=count_text(abs(effect.total), language),
                low=count_text(bounds[0], language),
                high=count_text(bounds[-1], language),
            )
        )
    said.append(_beside(effect.beside, effect, context))
    if effect.course.weeks == 0:
        said.append(texts("effects.points_none"))
    elif effect.course.weeks == 1:
        said.append(texts("effects.points_1"))
    else:
        said.append(texts("effects.points_more", weeks=effect.course.weeks))
    said.append(texts("effects.caution"))
    return " ".join(said)


def _beside(beside: Estimate | None, effect: Effect, context: Context) -> str:
    if beside is None:
        return context.texts("effects.no_beside")
    return context.texts(
        "effects.beside_sentence",
        services=", ".join(context.label("service", one) for one in effect.comparisons),
        size=relative_text(beside.ratio - 1, context.language),
        low=relative_text(beside.low - 1, context.language),
        high=relative_text(beside.high - 1, context.language),
    )


def _placebos(effect: Effect, key: str, context: Context) -> Block:
    texts = context.texts
    assert effect.estimate is not None  # noqa: S101  # the caller looked
    rows = [(one.service, one.started_on, one.z) for one in effect.placebos]
    services = [
        " + ".join(context.label("service", name) for name in service.split(" + "))
        for service, *_ in rows
    ]
    table = pd.DataFrame(rows, columns=["service", "started_on", "z"]).assign(service=services)
    return Block(
        key=f"placebo-{key}",
        title=texts("effects.placebo_title"),
        finding=_placebo_finding(effect, effect.estimate, context),
        table=Table(
            table,
            (
                Column("service", texts("effects.service")),
                Column("started_on", texts("effects.from_day"), "day"),
                Column("z", texts("effects.placebo_z"), Unit.NUMBER),
            ),
        ),
        figure=placebos(
            [one.z for one in effect.placebos],
            effect.estimate.z,
            context.look(),
            (texts("effects.placebo_others"), texts("effects.placebo_real")),
        ),
        note=texts("effects.placebo_note"),
        width=4,
    )


def _placebo_finding(effect: Effect, estimate: Estimate, context: Context) -> str:
    texts, count = context.texts, len(effect.placebos)
    if not count:
        return texts("effects.placebo_none")
    as_far = sum(abs(one.z) >= abs(estimate.z) for one in effect.placebos)
    shown = count_text(count, context.language)
    if not as_far:
        return texts("effects.placebo_nowhere", count=shown)
    part = share_text(as_far / count, context.language)
    return texts("effects.placebo_finding", part=part, count=shown)
