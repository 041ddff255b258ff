"""Cost."""

from analytics.measures import Ratio
from analytics.metrics import sums
from analytics.metrics.definition import SOURCE, Better, Metric, Unit

THEME = "cost"
_SOURCE = SOURCE
_CAVEAT_NL = "Gerekend met de ingestelde kosten; een kanaal zonder kosten telt als nul euro."
_CAVEAT_EN = "By the configured costs; a channel without a cost counts as zero euros."

METRICS = (
    Metric(
        "total_cost",
        "Totale kosten",
        "Total cost",
        "Som van de kosten van alle contacten.",
        "Sum of the cost of all contacts.",
        Unit.EUROS,
        Better.LOWER,
        sums.COST,
        _CAVEAT_NL,
        _CAVEAT_EN,
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "cost_per_contact",
        "Kosten per contact",
        "Cost per contact",
        "Totale kosten gedeeld door het aantal contacten.",
        "Total cost divided by the number of contacts.",
        Unit.EUROS,
        Better.LOWER,
        Ratio(sums.COST, sums.CONTACTS),
        _CAVEAT_NL,
        _CAVEAT_EN,
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "cost_per_episode",
        "Kosten per klantvraag",
        "Cost per episode",
        "Kosten van beëindigde klantvragen gedeeld door hun aantal: wat het kost om iemand één "
        "keer te helpen.",
        "Cost of ended episodes divided by their number: what it costs to help someone once.",
        Unit.EUROS,
        Better.LOWER,
        Ratio(sums.ENDED_EPISODE_COST, sums.ENDED_EPISODES),
        _CAVEAT_NL,
        _CAVEAT_EN,
        source=_SOURCE,
        theme=THEME,
        settles_late=True,
    ),
    Metric(
        "cost_to_serve",
        "Kosten per dienst",
        "Cost to serve",
        "Som van de kosten van alle contacten over een dienst.",
        "Sum of the cost of all contacts about a service.",
        Unit.EUROS,
        Better.LOWER,
        sums.COST,
        f"Zegt iets per dienst; over alle diensten samen zijn het de totale kosten. {_CAVEAT_NL}",
        f"Tells something per service; over all services it is the total cost. {_CAVEAT_EN}",
        source=_SOURCE,
        theme=THEME,
    ),
)
