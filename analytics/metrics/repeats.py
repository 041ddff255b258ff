"""Repeat contacts, episodes and channel switches."""

from analytics.measures import Percentile, Ratio
from analytics.metrics import sums
from analytics.metrics.definition import SOURCE, Better, Metric, Unit

THEME = "repeats"
_ONLY_KNOWN_NL = "Alleen herkende klanten; anonieme contacten blijven buiten teller en noemer."
_ONLY_KNOWN_EN = "Identified customers only; anonymous contacts are in neither part."

METRICS = (
    Metric(
        "repeat_share",
        "Aandeel herhaalcontacten",
        "Repeat contacts, share",
        "Contacten van een klant die binnen het herhaalvenster al over hetzelfde contact had, via "
        "welk kanaal ook, gedeeld door alle contacten waarvan dit te weten is.",
        "Contacts of a customer who within the repeat window already had contact about the same, "
        "on any channel, divided by all contacts of which this can be known.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.REPEATS, sums.CANDIDATES),
        _ONLY_KNOWN_NL,
        _ONLY_KNOWN_EN,
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "repeat_share_same_channel",
        "Aandeel herhaalcontacten binnen één kanaal",
        "Repeat contacts on the same channel, share",
        "Als het aandeel herhaalcontacten, maar alleen met eerdere contacten via hetzelfde kanaal: "
        "wat een rapport per kanaal ziet.",
        "As repeat contacts, but only with earlier contacts on the same channel: what a report per "
        "channel sees.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.REPEATS_SAME_CHANNEL, sums.CANDIDATES),
        "Mist wie van kanaal wisselt; lees het naast het aandeel over alle kanalen.",
        "Misses who changes channel; read it beside the share over all channels.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "first_contact_resolution",
        "In één keer afgehandeld",
        "First contact resolution",
        "Eerste contacten zonder vervolg binnen het herhaalvenster, gedeeld door alle eerste "
        "contacten waarvan dit te weten is. Gemeten aan gedrag, niet aan een vinkje.",
        "First contacts without a follower within the repeat window, divided by all first contacts "
        "of which this can be known. Measured by behaviour, not by a tick.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.RESOLVED_FIRSTS, sums.FIRSTS),
        "De laatste dagen tellen pas mee als het herhaalvenster voorbij is.",
        "The last days count only once the repeat window has passed.",
        source="Net first contact resolution, from behaviour instead of the agent's tick",
        theme=THEME,
    ),
    Metric(
        "episodes",
        "Klantvragen",
        "Episodes",
        "Ketens van contacten van één klant over één onderwerp, met tussenpozen van ten hoogste "
        "het herhaalvenster; geteld bij het eerste contact.",
        "Chains of one customer's contacts on one subject with gaps of at most the repeat window; "
        "counted at the first contact.",
        Unit.COUNT,
        Better.NEITHER,
        sums.EPISODES,
        _ONLY_KNOWN_NL,
        _ONLY_KNOWN_EN,
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "contacts_per_episode",
        "Contacten per klantvraag",
        "Contacts per episode",
        "Contacten in beëindigde klantvragen gedeeld door het aantal beëindigde klantvragen, "
        "toegerekend aan het eerste contact.",
        "Contacts in ended episodes divided by the number of ended episodes, attributed to the "
        "first contact.",
        Unit.NUMBER,
        Better.LOWER,
        Ratio(sums.ENDED_EPISODE_CONTACTS, sums.ENDED_EPISODES),
        _ONLY_KNOWN_NL,
        _ONLY_KNOWN_EN,
        source=SOURCE,
        theme=THEME,
        settles_late=True,
    ),
    Metric(
        "switch_share",
        "Aandeel kanaalwissels",
        "Channel switches, share",
        "Herhaalcontacten waarvan het laatste eerdere contact via een ander kanaal ging, gedeeld "
        "door alle herhaalcontacten.",
        "Repeat contacts whose latest earlier contact was on another channel, divided by all "
        "repeat contacts.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.SWITCHES, sums.REPEATS),
        _ONLY_KNOWN_NL,
        _ONLY_KNOWN_EN,
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "digital_to_assisted_share",
        "Aandeel van digitaal naar mens",
        "From digital to assisted, share",
        "Herhaalcontacten via telefoon, balie of huisbezoek waarvan het laatste eerdere contact "
        "digitaal was, gedeeld door alle herhaalcontacten.",
        "Repeat contacts on phone, counter or home visit whose latest earlier contact was digital, "
        "divided by all repeat contacts.",
        Unit.SHARE,
        Better.LOWER,
        Ratio(sums.TO_ASSISTED, sums.REPEATS),
        _ONLY_KNOWN_NL,
        _ONLY_KNOWN_EN,
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "time_to_repeat",
        "Tijd tot herhaling (mediaan)",
        "Time to repeat (median)",
        "De helft van de herhaalcontacten kwam ten hoogste zo lang na het laatste eerdere contact.",
        "Half of the repeat contacts came at most this long after their latest earlier contact.",
        Unit.SECONDS,
        Better.NEITHER,
        Percentile(sums.REPEAT_GAP, 0.5, "gap_bin"),
        "Nooit langer dan het herhaalvenster, want wat later komt telt niet als herhaling.",
        "Never longer than the repeat window, since what comes later is no repeat.",
        source=SOURCE,
        theme=THEME,
    ),
)
