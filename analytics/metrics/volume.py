"""Volume and mix."""

from analytics.measures import (
    Distinct,
    PerDistinct,
    PerHalfHour,
    PerInhabitant,
    Ratio,
    ShareOfTotal,
    Shift,
)
from analytics.metrics import sums
from analytics.metrics.definition import SOURCE, Better, Metric, Unit

THEME = "volume"
_CHANNEL_SHARE = ShareOfTotal(sums.CONTACTS, "channel")
_CUSTOMERS = Distinct("customer_number", lambda c: c.is_identified, sums.IDENTIFIED)
_HALF_HOUR_NL = (
    "Over de hele periode telt elk half uur mee, ook nachten en vrije dagen; splits het daarom op "
    "weekdag en half uur."
)
_HALF_HOUR_EN = (
    "Over the whole period every half hour counts, nights and days off too; so split it by weekday "
    "and half hour."
)

METRICS = (
    Metric(
        "contacts",
        "Contacten",
        "Contacts",
        "Aantal inkomende contacten; websitebezoeken tellen niet mee en een gesprek telt één keer.",
        "Number of inbound contacts; web visits do not count, and a conversation counts once.",
        Unit.COUNT,
        Better.NEITHER,
        sums.CONTACTS,
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "visits",
        "Websitebezoeken",
        "Web visits",
        "Aantal bezoeken aan de website.",
        "Number of visits to the website.",
        Unit.COUNT,
        Better.NEITHER,
        sums.VISITS,
        "Bezoeken zijn geen contacten en worden er nooit bij opgeteld.",
        "Visits are no contacts and are never added to them.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "channel_share",
        "Aandeel van het kanaal",
        "Channel share",
        "Contacten van het kanaal gedeeld door alle contacten binnen dezelfde selectie.",
        "Contacts of the channel divided by all contacts within the same selection.",
        Unit.SHARE,
        Better.NEITHER,
        _CHANNEL_SHARE,
        "Zegt iets per kanaal; over alle kanalen samen is het altijd 100%.",
        "Tells something per channel; over all channels together it is always 100%.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "digital_share",
        "Aandeel digitaal",
        "Digital share",
        "Contacten via digitale kanalen (webformulier, e-mail, chat, WhatsApp, chatbot, sociale "
        "media, app, beeldbellen) gedeeld door alle contacten.",
        "Contacts through digital channels (web form, e-mail, chat, WhatsApp, chatbot, social "
        "media, app, video) divided by all contacts.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.DIGITAL, sums.CONTACTS),
        "Hoger is niet voor iedereen beter: wie digitaal niet redt, moet ergens terechtkunnen.",
        "Higher is not better for everybody: who cannot manage online needs a place to go.",
        source="UK Government Service Standard: digital take-up",
        theme=THEME,
    ),
    Metric(
        "self_service_share",
        "Aandeel zelfbediening",
        "Self-service share",
        "Contacten die zonder medewerker zijn afgehandeld (webformulier, chatbot of app, met als "
        "afloop afgehandeld) gedeeld door alle contacten.",
        "Contacts completed without staff (web form, chatbot or app, that ended resolved) divided "
        "by all contacts.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.SELF_SERVED, sums.CONTACTS),
        "Telt alleen wat het systeem zelf als afgehandeld meldt; een formulier dat een zaak opent, "
        "vraagt nog werk van een medewerker.",
        "Counts only what the system itself tells to be resolved; a form that opens a case still "
        "asks work of staff.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "channel_shift",
        "Verschuiving van het kanaal",
        "Channel shift",
        "Aandeel van het kanaal min hetzelfde aandeel een jaar eerder, in procentpunten.",
        "Channel share less the same share a year before, in percentage points.",
        Unit.POINTS,
        Better.NEITHER,
        Shift(_CHANNEL_SHARE),
        "Zegt iets per kanaal; samen is de verschuiving altijd nul. Minder aandeel hoeft niet "
        "minder contacten te zijn.",
        "Tells something per channel; together the shift is always zero. A smaller share need not "
        "be fewer contacts.",
        source="UK Government: measures of channel shift",
        theme=THEME,
    ),
    Metric(
        "out_of_hours_share",
        "Aandeel buiten openingstijden",
        "Out of hours, share",
        "Contacten die begonnen buiten de openingstijden van het kanaal (instelbaar) of op een "
        "feestdag, gedeeld door alle contacten.",
        "Contacts begun outside the opening hours of their channel (a setting) or on a public "
        "holiday, divided by all contacts.",
        Unit.SHARE,
        Better.NEITHER,
        Ratio(sums.OUT_OF_HOURS, sums.CONTACTS),
        "Hangt af van de ingestelde openingstijden; een kanaal dat altijd open is, telt alleen in "
        "de noemer.",
        "Depends on the opening hours that are set; a channel that never closes counts in the "
        "denominator only.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "identified_share",
        "Aandeel herkend",
        "Identified share",
        "Contacten waarvan de klant bekend is (als pseudoniem) gedeeld door alle contacten.",
        "Contacts whose customer is known (as a pseudonym) divided by all contacts.",
        Unit.SHARE,
        Better.HIGHER,
        Ratio(sums.IDENTIFIED, sums.CONTACTS),
        "Zegt hoe ver elk cijfer over klanten en herhaling reikt.",
        "Tells how far every figure on customers and repeats reaches.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "customers",
        "Klanten",
        "Customers",
        "Aantal verschillende herkende klanten met een inkomend contact.",
        "Number of different identified customers with an inbound contact.",
        Unit.COUNT,
        Better.NEITHER,
        _CUSTOMERS,
        "Niet optellen over kanalen of perioden: een klant telt in elk ervan mee.",
        "Do not add up over channels or periods: a customer counts in each of them.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "contacts_per_customer",
        "Contacten per klant",
        "Contacts per customer",
        "Contacten van herkende klanten gedeeld door het aantal verschillende herkende klanten.",
        "Contacts of identified customers divided by the number of different identified customers.",
        Unit.NUMBER,
        Better.LOWER,
        PerDistinct(sums.IDENTIFIED, _CUSTOMERS),
        "Groeit met de lengte van de periode: vergelijk alleen even lange perioden.",
        "Grows with the length of the period: compare periods of equal length only.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "contacts_per_1000",
        "Contacten per 1.000 inwoners per jaar",
        "Contacts per 1,000 inhabitants a year",
        "Contacten gedeeld door het aantal inwoners (instelling) in duizendtallen en door het deel "
        "van een jaar dat de geladen dagen van de periode beslaan.",
        "Contacts divided by the inhabitants (a setting) in thousands and by the part of a year "
        "that the loaded days of the period make up.",
        Unit.NUMBER,
        Better.NEITHER,
        PerInhabitant(sums.CONTACTS),
        "Alle inwoners tellen mee, ook bij een selectie; een drukke maand geeft een hoger cijfer.",
        "All inhabitants count, for a selection too; busy months give a higher rate.",
        source=SOURCE,
        theme=THEME,
    ),
    Metric(
        "arrivals",
        "Contacten per half uur",
        "Contacts per half hour",
        "Aantal contacten gedeeld door het aantal halve uren waarop gevraagd is.",
        "Number of contacts divided by the number of half hours asked about.",
        Unit.NUMBER,
        Better.NEITHER,
        PerHalfHour(sums.CONTACTS),
        _HALF_HOUR_NL,
        _HALF_HOUR_EN,
        source="Practice of contact centres (arrival pattern)",
        theme=THEME,
    ),
    Metric(
        "workload",
        "Werklast per half uur",
        "Workload per half hour",
        "Contacten per half uur maal de gemiddelde afhandeltijd: hoeveel seconden werk er per half "
        "uur binnenkomt. Het aantal medewerkers dat altijd bezig is, is dit gedeeld door 1800.",
        "Contacts per half hour times the mean handling time: how many seconds of work come in per "
        "half hour. How many staff are always busy is this divided by 1800.",
        Unit.SECONDS,
        Better.NEITHER,
        PerHalfHour(sums.CONTACTS, Ratio(sums.HANDLE, sums.HANDLED)),
        f"Alleen waar de afhandeltijd bekend is. {_HALF_HOUR_NL}",
        f"Only where handling times are known. {_HALF_HOUR_EN}",
        source="Practice of contact centres (offered load)",
        theme=THEME,
    ),
)
