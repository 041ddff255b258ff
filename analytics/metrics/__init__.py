"""The registry: every metric, by its key. `docs/metrics.md` is made from it."""

from analytics.metrics import avoidable, cost, quality, repeats, volume
from analytics.metrics.definition import Better, Metric, Unit

METRICS: dict[str, Metric] = {
    metric.key: metric
    for theme in (volume, repeats, avoidable, quality, cost)
    for metric in theme.METRICS
}
"""Metric key to metric, in the order in which pages and reports show them."""

__all__ = ["METRICS", "Better", "Metric", "Unit"]
