"""Waiting, handling and service."""

from analytics.measures import Percentile, Ratio
from analytics.metrics import sums
from analytics.metrics.definition import SOURCE, Better, Metric, Unit

THEME = "quality"
_SOURCE = SOURCE
_PRACTICE = "Practice of contact centres (80/30)"


def _percentile(quantile: float) -> Percentile:
    return Percentile(sums.WAIT, quantile, "wait_bin")


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
    Metric(
        "callback_share",
        "Aandeel met terugbelafspraak",
        "Call back promised, share",
        "Beantwoorde contacten waarbij is toegezegd om voor een bepaald moment terug te bellen, "
        "gedeeld door beantwoorde contacten.",
        "Answered contacts at which a call back before a given moment was promised, divided by "
        "answered contacts.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.CALLBACKS, sums.ANSWERED),
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "callback_kept_share",
        "Aandeel op tijd teruggebeld",
        "Call backs kept, share",
        "Terugbelafspraken die op tijd zijn nagekomen, gedeeld door alle terugbelafspraken waarvan "
        "het toegezegde moment in de periode valt.",
        "Call backs done by the moment that was promised, divided by all call backs due in the "
        "period.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.CALLBACKS_KEPT, sums.CALLBACKS_DUE),
        "Telt op de dag waarop het toegezegde moment valt, niet op die van het eerste contact. "
        "Zonder geregistreerd tijdstip van terugbellen geldt de afspraak als niet nagekomen.",
        "Counts on the day on which it is due, not on that of the first contact. Without a logged "
        "moment of calling back it is taken for not kept.",
        source=_SOURCE,
        theme=THEME,
    ),
    Metric(
        "on_time_share",
        "Aandeel op tijd beantwoord",
        "Answered on time, share",
        "Berichten (e-mail, webformulier, sociale media, post; instelbaar) die binnen de termijn "
        "van het kanaal in werkdagen zijn beantwoord, gedeeld door de beantwoorde en openstaande "
        "berichten waarvan de termijn voorbij is.",
        "Messages (e-mail, web form, social media, post; a setting) answered within the term of "
        "their channel in working days, divided by those, answered or open, whose term is over.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.ON_TIME, sums.ANSWER_DUE),
        "Alleen van bronnen die het moment van antwoorden melden. De laatste dagen tellen pas mee "
        "als hun termijn voorbij is.",
        "Only of sources that tell when they answered. The last days count only once their term "
        "is over.",
        source="VNG: norms for public service (answer terms in working days)",
        theme=THEME,
    ),
    Metric(
        "mean_satisfaction",
        "Gemiddelde tevredenheid",
        "Mean satisfaction",
        "Gemiddeld cijfer (1 tot 10) van beantwoorde contacten waarvoor een cijfer is gegeven.",
        "Mean score (1 to 10) of answered contacts that were scored.",
        Unit.NUMBER,
        Better.HIGHER,
        Ratio(sums.SATISFACTION, sums.SCORED),
        "Van wie een cijfer gaf: lees het altijd met de respons.",
        "Of those who gave a score: always read it with the response.",
        source=_SOURCE,
        theme=THEME,
        beside=("satisfaction_response",),
    ),
    Metric(
        "satisfaction_response",
        "Respons op tevredenheid",
        "Satisfaction, response",
        "Beantwoorde contacten waarvoor een cijfer is gegeven, gedeeld door beantwoorde contacten.",
        "Answered contacts that were scored divided by answered contacts.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.SCORED, sums.ANSWERED),
        "Kanalen waar geen cijfer gevraagd wordt, drukken de respons.",
        "Channels on which no score is asked lower the response.",
        source=_SOURCE,
        theme=THEME,
        beside=("mean_satisfaction",),
    ),
)
