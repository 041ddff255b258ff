"""What the desk's agents note of a call: short, hasty Dutch, with slips, and about some calls only.

Drawn after all else has happened, from dice of its own: no other log differs for it. A note tells
mostly, not always, why the call was made (`planted` of the call); an agent notes trouble more often
than an ordinary question. Some notes hold a number or a name, none of which can be real: they are
there to be redacted.
"""

from etl.sample.details import details_of
from etl.sample.dice import Dice
from etl.sample.happening import Happening
from etl.sample.note_words import CLOSINGS, ORDINARY, PERSONAL, SHORT, SUBJECTS, TROUBLE, WHO
from etl.sample.people import person

_NOTED, _NOTED_TROUBLE = 0.2, 0.42
_TELLS_NOTHING = 0.12
"""Part of the notes on trouble that read as an ordinary question."""
_MISLEADS = 0.03
"""Part of the notes on ordinary questions that read as trouble."""
_PERSONAL, _SLIP, _CLOSED = 0.06, 0.3, 0.45


def write_notes(registrations: list[Happening], seed: int) -> None:
    """Give some registrations a note, in place; of a talk, the first question only.

    Args:
        registrations: in order, with the call that each is of.
        seed: equal seeds give equal notes.
    """
    dice = Dice(seed)
    seen: set[str] = set()
    for row in registrations:
        if row.talk in seen:
            continue
        seen.add(row.talk)
        trouble = row.call.planted if row.call and row.call.planted in TROUBLE else ""
        if dice.chance(_NOTED_TROUBLE if trouble else _NOTED):
            row.note = _note(dice, row, trouble)


def _note(dice: Dice, row: Happening, trouble: str) -> str:
    if trouble and dice.chance(_TELLS_NOTHING):
        trouble = ""
    elif not trouble and dice.chance(_MISLEADS):
        trouble = dice.one(list(TROUBLE))
    sentences = TROUBLE[trouble] if trouble else ORDINARY
    subject = row.topic if row.topic and dice.chance(0.4) else SUBJECTS.get(row.service, "vraag")
    text = dice.one(sentences).format(who=dice.one(WHO), subject=subject)
    if dice.chance(_CLOSED):
        text = f"{text}{dice.one(('. ', ', ', ' - '))}{dice.one(CLOSINGS)}"
    if dice.chance(0.5):
        text = _shortened(dice, text)
    while dice.chance(_SLIP):
        text = _mistyped(dice, text)
    text = text if dice.chance(0.35) else text[:1].upper() + text[1:]
    return f"{text}. {_personal(dice, row)}" if dice.chance(_PERSONAL) else text


def _personal(dice: Dice, row: Happening) -> str:
    """A sentence with a number or name; see data/sample/README.md on why none can be real."""
    someone = person(row.person)
    kind = "phone" if someone.is_business else dice.one(list(PERSONAL))
    value = {
        "bsn": someone.official_number,
        "phone": someone.phone,
        "email": someone.email,
        "name": "" if someone.is_business else details_of(row.person).surname,
    }[kind]
    return dice.one(PERSONAL[kind]).format(value=value)


def _shortened(dice: Dice, text: str) -> str:
    """Write some words as agents do who have no time."""
    words = [
        dice.one(SHORT[word]) if word in SHORT and dice.chance(0.7) else word
        for word in text.split(" ")
    ]
    return " ".join(words)


def _mistyped(dice: Dice, text: str) -> str:
    """Leave out a letter, write it twice, or swap two."""
    place = dice.whole(1, max(1, len(text) - 3))
    pair = text[place : place + 2]
    if not pair.isalpha():
        return text
    swapped = (pair[1] + pair[0], pair[0], pair[0] + pair)
    return text[:place] + dice.one(swapped) + text[place + 2 :]
