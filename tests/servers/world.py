"""A made-up municipality's records, in the form of the APIs that hold them; of any size."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

Record = dict[str, Any]

BASE = "http://openklant.intern.example:8000/klantinteracties/api/v1"
CHANNELS = ("Telefoon", "telefoon", "E-mail", "Contactformulier", "Balie", "WhatsApp", "Live chat")
SUBJECTS = ("Paspoort aanvragen", "Verhuizing doorgeven", "Afval (grof vuil)", "Parkeervergunning")
RESULTS = ("Zelfstandig afgehandeld", "Doorverbonden naar afdeling", "Verbinding verbroken")
LAST_MOMENT = datetime(2025, 3, 31, 16, 0, tzinfo=UTC)
SEEN_IN_OPEN_KLANT = ("nummer", "referentienummer", "inhoud", "reactie", "_expand")


def zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(contact: Record) -> datetime:
    """When a contact was, in UTC and without offset, as the warehouse has it."""
    return datetime.fromisoformat(contact["plaatsgevondenOp"]).replace(tzinfo=None)


def bsn_of(number: int) -> str:
    """A number that passes the eleven test, of a range that is given to nobody; each differs."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    begin = 999_000_000 + 30 * number
    return next(
        str(bsn)
        for bsn in range(begin, begin + 30)
        if sum(w * int(d) for w, d in zip(weights, str(bsn), strict=True)) % 11 == 0
    )


@dataclass
class World:
    """The lists of one Open Klant; of each record the order in which it was made."""

    dice: Random
    lists: dict[str, list[Record]] = field(
        default_factory=lambda: {
            name: []
            for name in (
                "klantcontacten",
                "betrokkenen",
                "digitaleadressen",
                "partijen",
                "partij-identificatoren",
                "onderwerpobjecten",
                "internetaken",
                "actoren",
            )
        }
    )
    details: list[Record] = field(default_factory=list)

    def uuid(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def reference(self, resource: str, uuid: str) -> Record:
        return {"uuid": uuid, "url": f"{BASE}/{resource}/{uuid}"}

    def add(self, resource: str, uuid: str | None = None, **fields: Any) -> Record:
        record = self.reference(resource, uuid or self.uuid()) | fields
        self.lists[resource].append(record)
        return record

    def party(
        self, kind: str, numbers: list[tuple[str, str]], *, is_secret: bool = False
    ) -> Record:
        """Add a party; each further number stands under the first."""
        party = self.add(
            "partijen",
            soortPartij=kind,
            indicatieGeheimhouding=is_secret,
            indicatieActief=True,
            partijIdentificatoren=[],
            partijIdentificatie={"naam": "Verzonnen Naam"},
        )
        first: Record | None = None
        for sort, number in numbers:
            identifier = self.add(
                "partij-identificatoren",
                identificeerdePartij=self.reference("partijen", party["uuid"]),
                anderePartijIdentificator="",
                partijIdentificator={"codeSoortObjectId": sort, "objectId": number},
                subIdentificatorVan=first
                and self.reference("partij-identificatoren", first["uuid"]),
            )
            party["partijIdentificatoren"].append(identifier)
            first = first or identifier
        return party

    def contact(
        self,
        moment: datetime,
        channel: str = "Telefoon",
        subject: str = "Paspoort aanvragen",
        *,
        agent: str = "kcm1@gemeente.example",
        **fields: Any,
    ) -> Record:
        return self.add(
            "klantcontacten",
            **{
                "kanaal": channel,
                "onderwerp": subject,
                "inhoud": "Verzonnen Naam belde",
                "reactie": "",
                "indicatieContactGelukt": True,
                "hoofdOnderwerpType": "",
                "taal": "nld",
                "vertrouwelijk": False,
                "plaatsgevondenOp": zulu(moment),
                "metadata": {},
                "hadBetrokkenActoren": [
                    self.reference("actoren", str(UUID(int=len(agent), version=4)))
                    | {
                        "naam": "Verzonnen Medewerker",
                        "soortActor": "medewerker",
                        "actoridentificator": {"objectId": agent, "codeObjecttype": "mdw"},
                    }
                ],
                "hadBetrokkenen": [],
                "gingOverOnderwerpobjecten": [],
                "leiddeTotInterneTaken": [],
                "omvatteBijlagen": [],
                "_expand": {},
            }
            | fields,
        )

    def involve(
        self,
        contact: Record,
        party: Record | None,
        *,
        initiator: bool = True,
        role: str = "klant",
        addresses: tuple[tuple[str, str], ...] = (),
    ) -> Record:
        person = self.add(
            "betrokkenen",
            wasPartij=party and self.reference("partijen", party["uuid"]),
            hadKlantcontact=self.reference("klantcontacten", contact["uuid"]),
            digitaleAdressen=[],
            rol=role,
            initiator=initiator,
            volledigeNaam="Verzonnen Naam",
        )
        contact["hadBetrokkenen"].append(self.reference("betrokkenen", person["uuid"]))
        for sort, address in addresses:
            added = self.add(
                "digitaleadressen",
                verstrektDoorBetrokkene=self.reference("betrokkenen", person["uuid"]),
                verstrektDoorPartij=None,
                adres=address,
                soortDigitaalAdres=sort,
                isStandaardAdres=False,
            )
            person["digitaleAdressen"].append(self.reference("digitaleadressen", added["uuid"]))
        return person

    def task(self, contact: Record, done: datetime | None = None) -> Record:
        task = self.add(
            "internetaken",
            aanleidinggevendKlantcontact=self.reference("klantcontacten", contact["uuid"]),
            gevraagdeHandeling="Contact opnemen met betrokkene",
            toelichting="Bel Verzonnen Naam terug",
            status="verwerkt" if done else "te_verwerken",
            toegewezenOp=contact["plaatsgevondenOp"],
            afgehandeldOp=done and done.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        )
        contact["leiddeTotInterneTaken"].append(self.reference("internetaken", task["uuid"]))
        return task

    def object(self, contact: Record, earlier: Record | None = None) -> Record:
        """Add what a contact is about: a case, or an earlier contact."""
        subject = self.add(
            "onderwerpobjecten",
            klantcontact=self.reference("klantcontacten", contact["uuid"]),
            wasKlantcontact=earlier and self.reference("klantcontacten", earlier["uuid"]),
            onderwerpobjectidentificator={
                "objectId": "" if earlier else "ZAAK-2025-0000001",
                "codeObjecttype": "" if earlier else "zgw-Zaak",
                "codeRegister": "" if earlier else "openzaak",
                "codeSoortObjectId": "" if earlier else "uuid",
            },
        )
        reference = self.reference("onderwerpobjecten", subject["uuid"])
        contact["gingOverOnderwerpobjecten"].append(reference)
        return subject

    def detail(self, contact: Record, seconds: int, **fields: Any) -> Record:
        """Add what KISS knows of a contact: written when the conversation ended."""
        end = datetime.fromisoformat(contact["plaatsgevondenOp"])
        record = {
            "id": contact["url"],
            "startdatum": (end - timedelta(seconds=seconds)).isoformat(),
            "einddatum": end.isoformat(),
            "gespreksresultaat": "Zelfstandig afgehandeld",
            "vraag": contact["onderwerp"].split(" (")[0],
            "specifiekeVraag": "wat een agent typte",
            "emailadresKcm": contact["hadBetrokkenActoren"][0]["actoridentificator"]["objectId"],
            "verantwoordelijkeAfdeling": "Burgerzaken",
            "bronnen": [],
        } | fields
        self.details.append(record)
        return record

    def remove(self, contact: Record) -> None:
        """Delete a contact with all that hangs on it, as the API does."""
        self.lists["klantcontacten"].remove(contact)
        for name, key in (
            ("betrokkenen", "hadKlantcontact"),
            ("onderwerpobjecten", "klantcontact"),
            ("internetaken", "aanleidinggevendKlantcontact"),
        ):
            self.lists[name] = [
                one for one in self.lists[name] if one[key]["uuid"] != contact["uuid"]
            ]


def make_world(contacts: int, seed: int = 3) -> World:
    """A municipality with so many contacts, of which every variety that the standard has."""
    world = World(Random(seed))
    dice = world.dice
    parties = [_party(world, number) for number in range(max(contacts // 4, 6))]
    moment = LAST_MOMENT - timedelta(minutes=11 * contacts)
    for number in range(contacts):
        moment += timedelta(minutes=dice.choice((0, 5, 11, 28)))
        contact = world.contact(
            moment,
            dice.choice(CHANNELS),
            dice.choice(SUBJECTS),
            agent=f"kcm{dice.randrange(9)}@gemeente.example",
            vertrouwelijk=dice.random() < 0.04,
        )
        _involve_some(world, contact, dice.choice(parties), number)
        if dice.random() < 0.1:
            world.task(contact, dice.choice((None, moment + timedelta(hours=20))))
        elif dice.random() < 0.2:
            world.object(contact)
    return world


def _party(world: World, number: int) -> Record:
    is_secret = number % 50 == 7
    if number % 6:
        return world.party("persoon", [("bsn", bsn_of(number))], is_secret=is_secret)
    kvk = f"9999{number % 10_000:04}"
    branch = f"{990_000_000_000 + number}"
    return world.party(
        "organisatie", [("kvk_nummer", kvk), ("vestigingsnummer", branch)], is_secret=is_secret
    )


def _involve_some(world: World, contact: Record, party: Record, number: int) -> None:
    chance = world.dice.random()
    if chance < 0.6:
        world.involve(contact, party, initiator=world.dice.random() < 0.9)
    elif chance < 0.8:
        world.involve(
            contact,
            None,
            addresses=(
                ("telefoonnummer", f"06000{number % 100_000:05}"),
                ("email", f"inwoner{number}@voorbeeld.example"),
            ),
        )
