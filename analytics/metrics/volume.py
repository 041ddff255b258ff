"""Volume and mix."""

from analytics.measures import Distinct, Ratio, ShareOfTotal
from analytics.metrics import sums
from analytics.metrics.definition import SOURCE, Better, Metric, Unit

THEME = "volume"

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
        ShareOfTotal(sums.CONTACTS, "channel"),
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
        Distinct("customer_number", lambda c: c.is_identified, sums.IDENTIFIED),
        "Niet optellen over kanalen of perioden: een klant telt in elk ervan mee.",
        "Do not add up over channels or periods: a customer counts in each of them.",
        source=SOURCE,
        theme=THEME,
    ),
)
