"""The report's subject of goals: how far each is, and where it will end; only where there are."""

from analytics.dimensions import value_label
from analytics.goals.progress import Progress, Status, progress
from analytics.metrics import METRICS
from analytics.report.asking import Asking, kind_of
from analytics.report.content import SUPPRESSED, Cell, Column, Kind, Section, Table
from analytics.report.numbers import value_text
from analytics.report.tables import frame_of
from analytics.report.texts import text

_BADLY = {Status.MISSED, Status.OFF_TRACK}


def goals(asking: Asking) -> tuple[Section, ...]:
    """Return the section of goals as of the last day loaded; none where no goal is set."""
    found = progress(asking.reader, asking.known.settings)
    if not found:
        return ()
    language = asking.language
    headline = text(
        "goals_headline",
        language,
        count=str(len(found)),
        badly=str(sum(one.status in _BADLY for one in found)),
    )
    columns = (
        Column("goal", text("goal", language), Kind.TEXT),
        Column("since", text("first_on", language), Kind.DAY),
        Column("by", text("last_on", language), Kind.DAY),
        Column("target", text("goal_target", language), Kind.TEXT),
        Column("value", text("goal_value", language), Kind.TEXT),
        Column("end", text("goal_end", language), Kind.TEXT),
        Column("probability", text("goal_probability", language), Kind.SHARE),
        Column("status", text("goal_status", language), Kind.TEXT),
    )
    rows = [_row(one, asking) for one in found]
    table = Table(
        "goals",
        text("section_goals", language),
        columns,
        frame_of(rows, columns),
        note=text("goals_note", language),
    )
    title = text("section_goals", language)
    return (Section("goals", title, headline, headline, (table,)),)


def _row(one: Progress, asking: Asking) -> dict[str, Cell]:
    language, metric = asking.language, METRICS[one.goal.metric]
    kind = kind_of(metric.key)
    places = ", ".join(
        value_label(dimension, value, language, asking.known.settings)
        for dimension, values in one.goal.where.items()
        for value in values
    )
    name = metric.name(language) + (f" ({places})" if places else "")
    value: Cell = None if one.value is None else value_text(one.value, kind, language)
    return {
        "goal": one.goal.name or name,
        "since": one.first_on,
        "by": one.last_on,
        "target": f"{'≤' if one.goal.is_upper else '≥'} "
        + value_text(one.goal.target, kind, language),
        "value": SUPPRESSED if one.status is Status.HIDDEN else value,
        "end": None if one.end is None else value_text(one.end, kind, language),
        "probability": one.probability,
        "status": text(f"goal_{one.status}", language),
    }
