"""The sentences of the desk's notes, by what the call was about."""

WHO = ("mevrouw", "meneer", "klant", "inwoner", "beller", "een ondernemer", "echtgenoot van klant",
       "dochter van klant")  # fmt: skip

TROUBLE: dict[str, tuple[str, ...]] = {
    "broken_promise": (
        "{who} zou teruggebeld worden over {subject} maar niets gehoord",
        "beloofde terugbelafspraak over {subject} niet nagekomen",
        "{who} wacht nog steeds op telefoontje van collega, termijn voorbij",
        "terugbelverzoek van vorige week niet opgepakt, {who} is boos",
        "zou gisteren gebeld worden over {subject}, is niet gebeurd",
        "afdeling heeft niet teruggebeld zoals afgesproken",
        "toegezegd dat {subject} deze week geregeld zou zijn, niet gedaan",
        "{who} belt omdat de afspraak niet is nagekomen",
    ),
    "wrong_place": (
        "{who} is al drie keer doorverbonden over {subject}",
        "kwam bij verkeerde afdeling terecht, nu weer bij ons",
        "van het kastje naar de muur gestuurd met {subject}",
        "{who} was doorgestuurd maar die afdeling gaat er niet over",
        "eerder doorverbonden, kreeg daar niemand te pakken",
        "moest via ander nummer, weet niet waar {who} met {subject} moet zijn",
        "weer terugverwezen naar het algemene nummer",
        "collega verwees door naar ons, is toch niet voor ons",
    ),
    "premature_closure": (
        "{subject} zou opgelost zijn maar is het niet",
        "zaak was afgesloten, {who} heeft nog steeds hetzelfde probleem",
        "{who} belt opnieuw, antwoord van vorige keer klopte niet voor {subject}",
        "vraag over {subject} was eerder als afgehandeld gemeld, niet opgelost",
        "probleem met {subject} is terug, vorige keer gesloten",
        "{who} had hierover al contact, dacht dat het klaar was maar nee",
        "eerdere melding gesloten zonder oplossing",
        "nog niet in orde, stond bij ons al op gereed",
    ),
    "digital_failure": (
        "formulier voor {subject} op website geeft foutmelding",
        "{who} kan niet inloggen met digid voor {subject}",
        "online aanvraag van {subject} loopt vast bij laatste stap",
        "site doet het niet, {who} probeerde {subject} digitaal te regelen",
        "kan de pagina over {subject} niet vinden op de website",
        "webformulier wil niet verzenden, dus maar gebeld",
        "uploaden van bijlage lukt niet op de site",
        "digitaal lukte het niet, knop werkt niet",
    ),
    "progress_chasing": (
        "{who} vraagt hoe het staat met {subject}",
        "wil weten wanneer {subject} klaar is",
        "informeert naar status van aanvraag {subject}",
        "{who} heeft nog niets gehoord over {subject}, hoe lang duurt het nog",
        "vraag naar voortgang, zaak loopt nog binnen termijn",
        "stand van zaken {subject} doorgegeven",
        "is mijn aanvraag al in behandeling, {who} wacht op bericht",
        "navraag wanneer {who} besluit over {subject} krijgt",
    ),
    "unclear_information": (
        "{who} begrijpt de brief over {subject} niet",
        "brief onduidelijk, uitgelegd wat er met {subject} bedoeld wordt",
        "snapt het bedrag op de aanslag niet",
        "tekst op website over {subject} is verwarrend volgens {who}",
        "beschikking over {subject} toegelicht, taal te moeilijk",
        "{who} weet niet wat hij met de brief moet doen",
        "uitleg gegeven over besluit, stond er niet duidelijk in",
        "folder en brief spreken elkaar tegen over {subject}",
    ),
    "repeat_information": (
        "{who} moet bewijsstukken voor {subject} voor de tweede keer opsturen",
        "loonstrook was al ingeleverd, wordt weer om gevraagd",
        "gegevens voor {subject} opnieuw aanleveren, had {who} al gedaan",
        "kopie nogmaals gevraagd terwijl die in dossier zit",
        "{who} moest hele verhaal weer vertellen en stukken weer mailen",
        "zelfde formulier voor {subject} nog een keer invullen",
    ),
    "organisation_error": (
        "naam verkeerd gespeld op {subject}, fout van ons",
        "wij hebben {subject} op verkeerd adres gezet, hersteld",
        "dubbele aanslag verstuurd, foutje gemeente",
        "verkeerd bedrag afgeschreven bij {who}, onze fout",
        "afspraak voor {subject} door ons niet goed ingevoerd",
        "{who} kreeg brief van iemand anders, excuses aangeboden",
        "systeem had {subject} ten onrechte afgewezen",
    ),
}

ORDINARY: tuple[str, ...] = (
    "{who} wil {subject} aanvragen",
    "informatie gegeven over {subject}",
    "vraag over kosten van {subject}",
    "{who} wil afspraak maken voor {subject}",
    "wat moet {who} meenemen voor {subject}",
    "uitgelegd hoe {subject} werkt",
    "openingstijden doorgegeven",
    "afspraak verzet naar volgende week",
    "{who} geeft wijziging door voor {subject}",
    "voorwaarden {subject} besproken",
    "aanvraag {subject} samen ingevuld aan de telefoon",
    "{who} vraagt of {subject} ook met spoed kan",
    "nieuwe melding {subject} aangemaakt",
    "algemene vraag {subject}, beantwoord",
    "doorverbonden met afdeling over {subject}",
    "{who} wil weten of {subject} nodig is",
    "bezwaar over {subject}, procedure uitgelegd",
    "machtiging voor {subject} nagekeken",
    "vraag over geldigheid {subject}",
    "{who} verhuist en vraagt wat er met {subject} moet",
)

CLOSINGS: tuple[str, ...] = (
    "akkoord", "klant tevreden", "mail gestuurd", "zie zaaksysteem", "geen actie nodig",
    "terugbelverzoek gemaakt", "doorgezet naar afdeling", "klant belt zelf terug", "uitgelegd",
    "link gestuurd", "nagevraagd bij collega", "notitie in dossier", "dank",
)  # fmt: skip

PERSONAL: dict[str, tuple[str, ...]] = {
    "bsn": ("bsn {value}", "BSN: {value}", "bsn is {value}"),
    "phone": ("bereikbaar op {value}", "tel {value}", "graag bellen op {value}"),
    "email": ("mailadres {value}", "mail naar {value}"),
    "name": ("spreekt met mevrouw {value}", "dhr. {value} belt terug", "tav mevrouw {value}"),
}

SHORT: dict[str, tuple[str, ...]] = {
    "mevrouw": ("mw", "mevr", "mvr"), "meneer": ("dhr", "mnr", "hr"), "klant": ("kl", "klnt"),
    "aanvraag": ("aanvr", "aanvrg"), "terugbelverzoek": ("tbv", "terugbelverz"),
    "afspraak": ("afspr", "afspraak"), "website": ("site", "websit"),
    "formulier": ("form", "formlier"),
    "informatie": ("info",), "afdeling": ("afd", "afd."), "collega": ("coll", "collega"),
    "vandaag": ("vndg",), "telefoon": ("tel",), "nog": ("nog", "ng"), "niet": ("niet", "nt"),
    "over": ("mbt", "over", "ivm"), "voor": ("vr", "voor", "tbv"), "teruggebeld": ("terug gebeld",),
    "doorverbonden": ("doorverb", "doorverbonden"), "gegevens": ("gegev",), "status": ("status",),
}  # fmt: skip

SUBJECTS = {
    "paspoort": "paspoort", "identiteitskaart": "id-kaart", "rijbewijs": "rijbewijs",
    "verhuismelding": "verhuizing", "brp-uittreksel": "uittreksel", "huwelijksaangifte": "huwelijk",
    "geboorteaangifte": "geboorteaangifte", "overlijdensaangifte": "overlijden",
    "huishoudelijk afvalinzameling": "afvalcontainer", "afvalstoffenheffing": "afvalstoffenheffing",
    "woz-beschikking": "woz", "belastingkwijtschelding": "kwijtschelding",
    "parkeervergunning": "parkeervergunning", "omgevingsvergunning": "omgevingsvergunning",
    "evenementenvergunning": "evenement", "bijstand": "uitkering", "wmo-voorziening": "wmo",
    "schuldhulpverlening": "schuldhulp", "gehandicaptenparkeerkaart": "gpk",
    "melding openbare ruimte (algemeen)": "melding buitenruimte",
}  # fmt: skip
