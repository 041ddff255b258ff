"""The monthly report from a warehouse: key figures, findings, tables, definitions."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from analytics.dimensions import DIMENSIONS
from analytics.metrics import METRICS
from analytics.query import Span, span
from analytics.report.asking import Asking, kind_of, months_before
from analytics.report.content import Definition, Report
from analytics.report.goals_section import goals
from analytics.report.quality_section import data_quality
from analytics.report.sections import SUBJECTS, avoidable_metric, has_costs
from analytics.report.texts import day_name, month_name, text
from warehouse.errors import SelectionError
from warehouse.store import Reader


def monthly_report(reader: Reader, month: date, *, language: str | None = None) -> Report:
    """Return the content of a month's report.

    Args:
        reader: the warehouse.
        month: any day of the month.
        language: "nl" or "en"; that of the warehouse's settings where left out.

    Returns:
        Key figures beside the month before and the same month a year ago, a section per subject
        with its finding, definitions, and every figure used.

    Raises:
        SelectionError: no contacts were loaded of that month.
        NoWarehouseError: nothing was loaded yet.
    """
    known = span(reader)
    month = month.replace(day=1)
    language = language or known.settings.language
    _check(month, known)
    asking = Asking(reader, known, month, language)
    sections = (
        *(subject(asking) for subject in SUBJECTS),
        *goals(asking),
        data_quality(asking),
    )
    key_figures = asking.key_figures(_key_metrics(asking))
    return Report(
        title=text("title", language),
        organisation=known.settings.organisation or text("unnamed", language),
        language=language,
        month=month,
        period=month_name(month, language),
        previous_period=month_name(months_before(month, 1), language),
        year_ago_period=month_name(months_before(month, 12), language),
        is_complete=asking.is_complete,
        is_demo=known.is_demo,
        first_on=known.first_on,
        last_on=known.last_on,
        loaded_at=_local(known),
        threshold=known.settings.privacy.threshold,
        summary=tuple(f"{section.title}. {section.headline}" for section in sections),
        key_figures=key_figures,
        sections=sections,
        definitions=_definitions(language),
        dimension_names={key: d.name(language) for key, d in DIMENSIONS.items()},
        figures=asking.figures(),
    )


def _check(month: date, known: Span) -> None:
    if known.first_on.replace(day=1) <= month <= known.last_on:
        return
    raise SelectionError(
        f"there are no contacts of {month_name(month, 'en')}",
        where="month",
        remedy=f"Loaded: {day_name(known.first_on, 'en')} to {day_name(known.last_on, 'en')}.",
    )


def _local(known: Span) -> datetime:
    moment = known.loaded_at or datetime.combine(known.last_on, time.min)
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(known.settings.timezone))


def _key_metrics(asking: Asking) -> list[str]:
    """Return the metrics of the cover; those of cost where costs are known."""
    metrics = [
        "contacts",
        "customers",
        "digital_share",
        "repeat_share",
        "first_contact_resolution",
        "contacts_per_episode",
        avoidable_metric(asking),
        "service_level",
        "abandonment_share",
        "median_wait",
        "mean_handle",
    ]
    if has_costs(asking):
        metrics += ["total_cost", "cost_per_contact", "avoidable_cost"]
    return [*metrics, "identified_share"]


def _definitions(language: str) -> tuple[Definition, ...]:
    return tuple(
        Definition(
            metric.key,
            metric.name(language),
            kind_of(metric.key),
            text(f"unit_{metric.unit.value}", language),
            metric.description(language),
            metric.caveat(language),
            metric.source,
        )
        for metric in METRICS.values()
    )
