"""Waiting, handling and service."""

from analytics.measures import Percentile, Ratio
from analytics.metrics import sums
from analytics.metrics.definition import SOURCE, Better, Metric, Unit

THEME = "quality"
_SOURCE = SOURCE
_PRACTICE = "Practice of contact centres (80/30)"


def _percentile(quantile: float) -> Percentile:
    return Percentile("wait_seconds", quantile, lambda c: c.is_answered, sums.WAITED)


METRICS = (
    Metric(
        "mean_wait",
        "Gemiddelde wachttijd",
        "Mean wait",
        "Gemiddelde wachttijd van beantwoorde contacten waarvan de wachttijd bekend is.",
        "Mean waiting time of answered contacts whose waiting time is known.",
        Unit.SECONDS,
        Better.LOWER,
        Ratio(sums.WAIT, sums.WAITED),
        "Een gemiddelde verbergt lange staarten; lees het met het 90e percentiel.",
        "A mean hides long tails; read it with the 90th percentile.",
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "median_wait",
        "Mediane wachttijd",
        "Median wait",
        "De helft van de beantwoorde contacten wachtte ten hoogste zo lang.",
        "Half of the answered contacts waited at most this long.",
        Unit.SECONDS,
        Better.LOWER,
        _percentile(0.5),
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "p90_wait",
        "Wachttijd, 90e percentiel",
        "Wait, 90th percentile",
        "Negen van de tien beantwoorde contacten wachtten ten hoogste zo lang.",
        "Nine in ten answered contacts waited at most this long.",
        Unit.SECONDS,
        Better.LOWER,
        _percentile(0.9),
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "service_level",
        "Servicelevel telefonie",
        "Service level, phone",
        "Telefoontjes die binnen de norm (30 seconden, instelbaar) zijn opgenomen, gedeeld door "
        "opgenomen telefoontjes plus ophangers na meer dan 5 seconden (instelbaar).",
        "Calls answered within the target (30 seconds, a setting) divided by answered calls plus "
        "calls abandoned after more than 5 seconds (a setting).",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.IN_TIME, sums.TIMED),
        "Alleen telefonie met bekende wachttijd.",
        "Phone only, where the waiting time is known.",
        source=_PRACTICE,
        theme=THEME,
    ),
    Metric(
        "abandonment_share",
        "Aandeel afgehaakt",
        "Abandonment share",
        "Contacten die na meer dan 5 seconden (instelbaar) werden afgebroken, gedeeld door "
        "beantwoorde plus zulke afgebroken contacten.",
        "Contacts abandoned after more than 5 seconds (a setting) divided by answered plus such "
        "abandoned contacts.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.LOST, sums.OFFERED),
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "mean_handle",
        "Gemiddelde afhandeltijd",
        "Mean handling time",
        "Gemiddelde afhandeltijd van beantwoorde contacten waarvan die bekend is.",
        "Mean handling time of answered contacts where it is known.",
        Unit.SECONDS,
        Better.NEITHER,
        Ratio(sums.HANDLE, sums.HANDLED),
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "transfer_share",
        "Aandeel doorverbonden",
        "Transfer share",
        "Doorverbonden contacten gedeeld door beantwoorde contacten.",
        "Forwarded contacts divided by answered contacts.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.FORWARDED, sums.ANSWERED),
        source=_SOURCE,
        theme=THEME,
    ),
)
