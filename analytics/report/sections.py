"""The report's subjects: for each the finding and the tables behind it."""

from collections.abc import Callable, Sequence

from analytics.report.asking import Asking, kind_of
from analytics.report.content import Chart, ChartKind, KeyFigure, Kind, Section, Table
from analytics.report.findings import (
    change_sentence,
    joined,
    largest_sentence,
    moved_sentence,
    without_comparison,
)
from analytics.report.numbers import value_text
from analytics.report.tables import (
    TOP,
    change_table,
    group_month_table,
    group_table,
    month_table,
)
from analytics.report.texts import text


def avoidable_metric(asking: Asking) -> str:
    """Return the metric that may be called the avoidable share here.

    Without reason codes only rules speak, and their share is a lower bound (docs/metrics.md).
    """
    has_codes = bool(asking.known.settings.avoidable.reasons)
    return "avoidable_share" if has_codes else "avoidable_detected_share"


def has_costs(asking: Asking) -> bool:
    """Return whether any channel has a cost."""
    return bool(asking.known.settings.cost)


def mix(asking: Asking) -> Section:
    """Return which channels are used."""
    by_channel = asking.compared(["channel_share"], by=["channel"])
    digital, total = asking.key_figures(["digital_share", "contacts"])
    monthly = asking.trend(["contacts"], by=["channel"])
    rows = by_channel.to_dict("records")
    sentences = (
        joined(
            largest_sentence(rows, "channel", "most_used", asking, kind=Kind.SHARE),
            moved_sentence(rows, "channel", asking),
        ),
        change_sentence(digital, asking),
        change_sentence(total, asking),
    )
    over_months = _over_months(
        asking, ChartKind.STACKED, "contacts_by_channel", (), asking.name("contacts")
    )
    tables = (
        _changes(asking, "channels", "channel_share", "channel", chart="channels_chart"),
        group_month_table(
            "contacts_by_channel",
            monthly,
            "channel",
            asking,
            charts=[over_months],
        ),
        _trend(asking, "digital", ["contacts", "digital_share"], drawn=["digital_share"]),
    )
    return _section(asking, "mix", sentences, tables)


def repeats(asking: Asking) -> Section:
    """Return who has to come back."""
    share, same, resolved = asking.key_figures(
        ["repeat_share", "repeat_share_same_channel", "first_contact_resolution"]
    )
    sentences = (
        change_sentence(share, asking),
        _seen_per_channel(share, same, asking),
        change_sentence(resolved, asking),
    )
    trend = [
        "repeat_share",
        "repeat_share_same_channel",
        "first_contact_resolution",
        "switch_share",
    ]
    tables = (
        _trend(asking, "repeats_trend", trend, drawn=trend[:2]),
        _changes(asking, "repeats_by_channel", "repeat_share", "channel"),
        _changes(
            asking,
            "repeats_by_service",
            "repeat_share",
            "service",
            top=TOP,
            chart="most_repeats",
            drawn="numerator",
        ),
    )
    return _section(asking, "repeats", sentences, tables)


def _seen_per_channel(share: KeyFigure, same: KeyFigure, asking: Asking) -> str:
    """Return how much of the repeats a report per channel would see."""
    if not share.now.value or same.now.value is None:
        return ""
    part = value_text(same.now.value / share.now.value, Kind.SHARE, asking.language)
    return text("seen_per_channel", asking.language, part=part)


def avoidable(asking: Asking) -> Section:
    """Return which contacts need not have happened."""
    metric = avoidable_metric(asking)
    share, known, cost = asking.key_figures([metric, "avoidable_known_share", "avoidable_cost"])
    categories = asking.of_month(
        ["avoidable_by_category", "avoidable_cost"], by=["avoidable_category"]
    )
    shares = categories[categories["metric"] == "avoidable_by_category"].to_dict("records")
    sentences = (
        change_sentence(share, asking),
        text("only_rules", asking.language) if metric == "avoidable_detected_share" else "",
        largest_sentence(shares, "avoidable_category", "largest_category", asking, kind=Kind.SHARE),
        change_sentence(known, asking) if metric == "avoidable_share" else "",
        change_sentence(cost, asking) if has_costs(asking) else "",
    )
    bars = _bars(asking, "categories", "avoidable_category", "avoidable_by_category")
    trend = [metric, "avoidable_known_share", "avoidable_cost"]
    tables = (
        _trend(asking, "avoidable_trend", trend, drawn=[metric]),
        group_table(
            "categories",
            categories,
            ["avoidable_by_category", "avoidable_cost"],
            "avoidable_category",
            asking,
            charts=[bars],
            without_unknown=True,
        ),
        _changes(
            asking,
            "avoidable_by_service",
            metric,
            "service",
            top=TOP,
            chart="most_avoidable",
            drawn="numerator",
        ),
    )
    return _section(asking, "avoidable", sentences, tables)


def service(asking: Asking) -> Section:
    """Return how long people waited, and how they were served."""
    waits = ["mean_wait", "median_wait", "p90_wait"]
    served = ["service_level", "abandonment_share", "transfer_share", "mean_handle"]
    level, lost, median = asking.key_figures(["service_level", "abandonment_share", "median_wait"])
    by_channel = asking.of_month([*waits, "abandonment_share", "mean_handle"], by=["channel"])
    sentences = [change_sentence(figure, asking) for figure in (level, lost, median)]
    tables = (
        _trend(asking, "waits", waits, drawn=waits),
        _trend(asking, "served", served, drawn=served[:3]),
        group_table(
            "waits_by_channel",
            by_channel,
            [*waits, "abandonment_share", "mean_handle"],
            "channel",
            asking,
        ),
    )
    return _section(asking, "service", sentences, tables)


def cost(asking: Asking) -> Section:
    """Return what the contacts cost."""
    metrics = ["total_cost", "cost_per_contact", "cost_per_episode"]
    total, each, episode = asking.key_figures(metrics)
    sentences = [text("no_costs", asking.language)]
    if has_costs(asking):
        sentences = [change_sentence(figure, asking) for figure in (total, each, episode)]
    by_channel = asking.of_month(["total_cost", "cost_per_contact"], by=["channel"])
    by_service = asking.of_month(["total_cost", "cost_per_contact"], by=["service"])
    tables = (
        _trend(asking, "cost_trend", metrics, drawn=["total_cost"], kind=ChartKind.STACKED),
        group_table(
            "cost_by_channel",
            by_channel,
            ["total_cost", "cost_per_contact"],
            "channel",
            asking,
            charts=[_bars(asking, "cost_by_channel", "channel", "total_cost")],
        ),
        group_table(
            "cost_by_service",
            by_service,
            ["total_cost", "cost_per_contact"],
            "service",
            asking,
            top=TOP,
        ),
    )
    return _section(asking, "cost", sentences, tables)


SUBJECTS: tuple[Callable[[Asking], Section], ...] = (mix, repeats, avoidable, service, cost)
"""The subjects in order; data quality follows them."""


def _section(
    asking: Asking, key: str, sentences: Sequence[str], tables: Sequence[Table]
) -> Section:
    """Return a section; its first sentence is the headline."""
    title = text(f"section_{key}", asking.language)
    shown = tuple(table for table in tables if len(table.frame))
    finding = joined(*sentences, without_comparison(asking))
    return Section(key, title, sentences[0], finding, shown)


def _trend(
    asking: Asking,
    key: str,
    metrics: Sequence[str],
    *,
    drawn: Sequence[str],
    kind: ChartKind = ChartKind.LINE,
) -> Table:
    """Return metrics per month, some of them drawn in a chart."""
    unit = text(f"unit_{kind_of(drawn[0]).value}", asking.language)
    value_title = asking.name(drawn[0]) if len(drawn) == 1 else unit.capitalize()
    chart = _over_months(asking, kind, key, drawn, value_title)
    return month_table(key, asking.trend(metrics), metrics, asking, charts=[chart])


def _over_months(
    asking: Asking, kind: ChartKind, key: str, drawn: Sequence[str], value_title: str
) -> Chart:
    month = text("month", asking.language)
    return Chart(kind, text(key, asking.language), "month", tuple(drawn), month, value_title)


def _bars(asking: Asking, key: str, dimension: str, metric: str) -> Chart:
    return Chart(
        ChartKind.BAR,
        text(key, asking.language),
        dimension,
        (metric,),
        asking.dimension_name(dimension),
        asking.name(metric),
    )


def _changes(
    asking: Asking,
    key: str,
    metric: str,
    dimension: str,
    *,
    top: int | None = None,
    chart: str = "",
    drawn: str = "value",
) -> Table:
    """Return a metric per group, set against a year ago."""
    return change_table(
        key,
        asking.compared([metric], by=[dimension]),
        metric,
        dimension,
        asking,
        top=top,
        chart_title=text(chart, asking.language) if chart else "",
        drawn=drawn,
    )
