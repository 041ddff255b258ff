"""What systems note of a person beside numbers: name, birth date and address, slips included.

None of it can be of anybody: no postcode begins with a 0, and the names are drawn apart. The draws
have dice of their own, so that they change nothing else of what happens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from etl.sample.dice import Dice
from etl.sample.happening import SOURCES, Happening
from etl.sample.people import person
from etl.sample.town import AREAS

_SURNAMES = (
    "de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "van Dijk", "Visser", "Janssen",
    "Smit", "Meijer", "de Boer", "Mulder", "de Groot", "Bos", "Vos", "Peters", "Hendriks",
    "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Smits", "de Graaf", "van der Meer",
    "Kok", "Jacobs", "van der Linden", "Vermeulen", "van den Heuvel", "de Haan", "van der Veen",
    "van den Broek", "Schouten", "de Bruijn", "van der Heijden", "van Beek", "Willems", "Koster",
    "van Vliet", "Hoekstra", "Maas", "Verhoeven", "van Dam", "Prins", "Blom", "Huisman", "Peeters",
    "Kuipers", "Veenstra", "van Veen", "Postma", "Kramer", "van der Wal", "Yilmaz", "Mohamed",
    "van den Brink", "Verbeek", "Hermans", "Schipper", "van Wijk", "Evers", "Groen", "Wolters",
    "Timmermans", "van Doorn", "Hofman", "van Loon", "Martens", "Bosman", "Driessen", "Tol",
    "Gerritsen", "Hoffman", "Kaya", "Postmus", "Zijlstra", "Wouters", "Molenaar", "van Es",
    "Schreuder", "van Rijn", "Nguyen", "van Schaik", "Kuiper", "van der Ploeg", "Aydin", "Bosch",
    "Scholten", "Sanders", "Verkerk", "Boersma", "Bouman", "van Dongen", "Admiraal", "Wiersma",
    "El Amrani", "Bouwman", "Ramdin", "Pinas", "Kowalski", "Rietveld", "Tuinman", "Zandstra",
    "van 't Hof", "Engels", "Pietersen", "Rozendaal", "Vink", "Nijland", "Lammers", "Kamphuis",
    "Oosterhuis", "Zwart", "Terpstra", "ter Horst", "Roelofs", "Hulst", "Winkel", "Schaap",
    "van Ginkel", "Cornelissen", "Bax", "Ketelaar", "Slot", "Quist", "Yavuz", "Haddad",
)  # fmt: skip
_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
_SPELLINGS = (
    ("ij", "y"), ("ei", "ij"), ("y", "ij"), ("ss", "s"), ("tt", "t"), ("kk", "k"), ("ll", "l"),
    ("sch", "s"), ("z", "s"), ("v", "f"), ("ck", "k"), ("c", "k"), ("dt", "t"), ("t", "tt"),
    ("s", "ss"), ("k", "ck"), ("l", "ll"),
)  # fmt: skip
_EARLIEST, _LATEST, _SENIOR = date(1932, 1, 1), date(2006, 12, 31), date(1958, 12, 31)
_FIRST_MOMENT, _TWO_YEARS = 1_704_063_600, 731 * 86_400


@dataclass(frozen=True, slots=True)
class Details:
    """A citizen's name, birth date and addresses; they move at a moment, or never (0)."""

    initials: str
    surname: str
    born_on: date
    addresses: tuple[tuple[str, str], tuple[str, str]]
    moves_at: int

    def address_at(self, moment: int) -> tuple[str, str]:
        """Return postcode and house number at a moment."""
        return self.addresses[1 if self.moves_at and moment >= self.moves_at else 0]


@cache
def details_of(number: int) -> Details:
    """Return a citizen's details: the same ones every time."""
    someone, dice = person(number), Dice(20_000_000 + number)
    first, last = someone.email.split("@")[0].rstrip("0123456789").split(".")
    surname = _shown(last) if dice.chance(0.35) else _drawn_surname(dice)
    home = Dice(21_000_000 + number // 2)  # two in a household share an address, and move together
    shared = _drawn_surname(home)
    if dice.chance(0.4):
        surname = shared
    early, late = (_EARLIEST, _SENIOR) if someone.is_senior else (_SENIOR, _LATEST)
    born_on = early + timedelta(days=dice.whole(0, (late - early).days))
    more = f"{dice.one(_LETTERS)}." if dice.chance(0.45) else ""
    areas = list(AREAS)
    here, there = _address(home, areas.index(someone.area)), _address(home, dice_area(home, areas))
    moves_at = _FIRST_MOMENT + home.whole(0, _TWO_YEARS) if home.chance(0.09) else 0
    return Details(f"{first[0].upper()}.{more}", surname, born_on, (here, there), moves_at)


def dice_area(dice: Dice, areas: list[str]) -> int:
    """Return the number of an area that somebody moves to."""
    return dice.whole(0, len(areas) - 1)


def _drawn_surname(dice: Dice) -> str:
    """Draw a surname; those at the front of the list are the commonest."""
    return _SURNAMES[int(len(_SURNAMES) * dice.random() ** 1.5)]


def _shown(last: str) -> str:
    return f"van {last[3:].title()}" if last.startswith("van") else last.title()


def _address(dice: Dice, area: int) -> tuple[str, str]:
    digits = f"0{1 + area // 2}{area % 2}{dice.whole(1, 2)}"
    letters = _LETTERS[dice.whole(0, 4)] + _LETTERS[dice.whole(0, 9)]
    addition = dice.weighted({"": 88, "a": 6, "-1": 3, " bis": 3})
    return f"{digits} {letters}", f"{1 + int(120 * dice.random() ** 1.6)}{addition}"


def note_details(happenings: list[Happening]) -> None:
    """Fill in what each system notes of the citizen, as it writes it."""
    order = list(SOURCES)
    notes: dict[str, Callable[[Dice, Happening, Details], dict[str, str]]] = {
        "counter": _at_counter,
        "web_form": _on_form,
        "post": _in_letter,
    }
    for happening in happenings:
        if happening.channel in notes and not happening.is_business:
            place = order.index(happening.channel)
            dice = Dice((happening.at * 100_000 + happening.person) * 10 + place)
            details = details_of(happening.person)
            happening.details = notes[happening.channel](dice, happening, details)


def _at_counter(dice: Dice, visit: Happening, who: Details) -> dict[str, str]:
    """A passport on the desk is copied; without one, what is said is written down."""
    has_paper = "bsn" in visit.written or visit.is_planned
    if not has_paper and not dice.chance(0.55):
        return {}
    slips = 0.01 if has_paper else 0.13
    born_on = _born(dice, who.born_on, slips / 3, "%d-%m-%Y")
    surname = _spelt(dice, who.surname, slips)
    if has_paper:
        return {"name": f"{who.initials} {surname}", "birth_date": born_on}
    name = f"{who.initials[:2]} {surname}" if dice.chance(0.6) else surname
    return {"name": name, "birth_date": born_on}


def _on_form(dice: Dice, form: Happening, who: Details) -> dict[str, str]:
    """Who signs in finds the form filled in; who does not types, and on public forms not all."""
    if not form.written:
        return {}
    postcode, number = who.address_at(form.at)
    if "bsn" in form.written:
        return {
            "initials": who.initials,
            "surname": who.surname,
            "birth_date": f"{who.born_on:%Y-%m-%d}",
            "postcode": postcode,
            "house_number": number,
        }
    noted = {"initials": who.initials, "surname": _spelt(dice, who.surname, 0.03)}
    if dice.chance(0.15):
        noted["initials"] = who.initials.lower().replace(".", "")
    if dice.chance(0.8):
        noted |= {"postcode": _typed(dice, postcode), "house_number": _bare(dice, number)}
    return noted


def _in_letter(dice: Dice, letter: Happening, who: Details) -> dict[str, str]:
    """The post room types the sender from the letter, as far as it can be read."""
    if not dice.chance(0.93):
        return {}
    postcode, number = who.address_at(letter.at)
    surname = _spelt(dice, who.surname, 0.08)
    noted = {"name": surname if dice.chance(0.12) else f"{who.initials} {surname}"}
    if dice.chance(0.95):
        noted |= {"postcode": _typed(dice, postcode), "house_number": _bare(dice, number)}
    return noted


def _typed(dice: Dice, postcode: str) -> str:
    return dice.weighted(
        {postcode: 70, postcode.replace(" ", ""): 20, postcode.replace(" ", "").lower(): 10}
    )


def _bare(dice: Dice, number: str) -> str:
    """House numbers lose their addition at times."""
    digits = "".join(sign for sign in number.partition(" ")[0] if sign.isdigit())
    return digits if not number[-1].isdigit() and dice.chance(0.4) else number


def _born(dice: Dice, born_on: date, slips: float, form: str) -> str:
    """Write a birth date; at a slip with day and month swapped, or the year one off."""
    if dice.chance(slips):
        if born_on.day <= 12 and dice.chance(0.6):
            born_on = born_on.replace(month=born_on.day, day=born_on.month)
        else:
            born_on = born_on.replace(year=born_on.year + 1, day=min(born_on.day, 28))
    return datetime(born_on.year, born_on.month, born_on.day, tzinfo=UTC).strftime(form)


def _spelt(dice: Dice, surname: str, slips: float) -> str:
    """Write a surname; at a slip as it sounds, or with a letter left out."""
    if not dice.chance(slips):
        return surname
    prefix, space, name = surname.rpartition(" ")
    fitting = [(old, new) for old, new in _SPELLINGS if old in name[1:]]
    if fitting and dice.chance(0.75):
        old, new = dice.one(fitting)
        return prefix + space + name[0] + name[1:].replace(old, new, 1)
    place = dice.whole(1, len(name) - 1)
    return prefix + space + name[:place] + name[place + 1 :]
