"""Avoidable contacts."""

from analytics.measures import Ratio, ShareOfTotal
from analytics.metrics import sums
from analytics.metrics.definition import Better, Metric, Unit

THEME = "avoidable"
_SOURCE = "UK National Indicator 14 (avoidable contact); J. Seddon (failure demand)"

METRICS = (
    Metric(
        "avoidable_share",
        "Aandeel vermijdbare contacten",
        "Avoidable contacts, share",
        "Vermijdbare contacten gedeeld door de contacten waarvan de waarde bekend is (een "
        "categorie, of waardevol).",
        "Avoidable contacts divided by contacts whose value is known (a category, or valuable).",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.AVOIDABLE_KNOWN, sums.VALUE_KNOWN),
        "Alleen zinvol waar redencodes zijn gekoppeld; lees het met het aandeel bekende waarde.",
        "Has meaning only where reason codes are mapped; read it with the share of known value.",
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "avoidable_detected_share",
        "Aandeel herkend als vermijdbaar (ondergrens)",
        "Detected as avoidable, share (lower bound)",
        "Contacten die een regel als vermijdbaar herkent, gedeeld door alle contacten.",
        "Contacts that a rule detects as avoidable, divided by all contacts.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.AVOIDABLE_BY_RULE, sums.CONTACTS),
        "Een ondergrens: regels zien alleen wat uit het verloop van contacten blijkt.",
        "A lower bound: rules see only what shows in the course of contacts.",
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "avoidable_model_share",
        "Aandeel dat het model vermijdbaar noemt",
        "Called avoidable by the model, share",
        "Contacten zonder redencode en zonder regel die het model volgens de notitie vermijdbaar "
        "noemt, gedeeld door alle contacten.",
        "Contacts without code or rule that the model calls avoidable by their note, divided by "
        "all contacts.",
        Unit.SHARE,
        Better.NEITHER,
        Ratio(sums.AVOIDABLE_BY_MODEL, sums.CONTACTS),
        "Een schatting: de modelkaart zegt hoe vaak het model gelijk heeft.",
        "An estimate: the model card tells how often the model is right.",
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "avoidable_known_share",
        "Aandeel met bekende waarde",
        "Value known, share",
        "Contacten waarvan bekend is of ze vermijdbaar of waardevol waren, gedeeld door alle "
        "contacten.",
        "Contacts known to be avoidable or valuable, divided by all contacts.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.VALUE_KNOWN, sums.CONTACTS),
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "avoidable_cost",
        "Kosten van vermijdbare contacten",
        "Cost of avoidable contacts",
        "Som van de kosten van de vermijdbare contacten.",
        "Sum of the cost of avoidable contacts.",
        Unit.EUROS,
        Better.LOWER,
        sums.AVOIDABLE_COST,
        "Gerekend met de ingestelde kosten per kanaal; geen besparing die vanzelf vrijkomt.",
        "By the configured cost per channel; not a saving that comes by itself.",
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "avoidable_by_category",
        "Aandeel van de categorie",
        "Share of the category",
        "Vermijdbare contacten van de categorie gedeeld door alle vermijdbare contacten.",
        "Avoidable contacts of the category divided by all avoidable contacts.",
        Unit.SHARE,
        Better.NEITHER,
        ShareOfTotal(sums.AVOIDABLE, "avoidable_category"),
        source=_SOURCE,
        theme=THEME,
    ),
)
