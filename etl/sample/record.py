"""What the systems record of a contact: waits, times, codes and, often not, who it was."""

from datetime import date

from etl.sample.days import local, next_open
from etl.sample.dice import Dice
from etl.sample.happening import Happening
from etl.sample.people import Person, wrong_bsn
from etl.sample.town import GENERAL, SERVICES, Service, is_during

_HANDLE = {
    "phone": (235, 0.6),
    "counter": (500, 0.45),
    "chat": (560, 0.5),
    "whatsapp": (480, 0.6),
}
_BUSY_HOURS = {9: 1.2, 10: 1.45, 11: 1.25, 12: 1.15, 13: 1.05, 15: 0.9, 16: 0.75}
_BUSY_MONTHS = {1: 1.1, 2: 1.45, 3: 1.4, 7: 0.85, 8: 0.75, 9: 1.1, 12: 0.85}
_CODED = {"phone": 0.74, "counter": 0.6, "email": 0.55, "chat": 0.62, "whatsapp": 0.55}
_FOLLOW_UPS = {
    "progress_chasing",
    "broken_promise",
    "wrong_place",
    "premature_closure",
    "digital_failure",
    "organisation_error",
    "unclear_information",
    "repeat_information",
}
_CODE_FOR = {"premature_closure": "valuable"}  # no desk has a code for "we closed it too soon"
_SCORED = {"phone": 0.07, "web_form": 0.12, "chat": 0.22, "whatsapp": 0.1}


def service_of(key: str) -> Service:
    """Return the service of that key; the general one for none."""
    return SERVICES.get(key, GENERAL)


def load_factor(moment: int) -> float:
    """Return how busy the lines are then, beside an ordinary hour (1.0)."""
    at = local(moment)
    factor = _BUSY_HOURS.get(at.hour, 1.0) * _BUSY_MONTHS.get(at.month, 1.0)
    if at.weekday() == 0:
        factor *= 1.35
    if is_during("wrong_letter", at.date()):
        factor *= 2.6
    return factor * (1.0 if at.year == 2024 else 0.88)  # four more agents since January 2025


def record_times(dice: Dice, contact: Happening) -> None:
    """Fill in waiting and handling; a caller out of patience becomes an abandoned call."""
    if contact.channel in _HANDLE:
        contact.handle = max(20, int(dice.lognormal(*_HANDLE[contact.channel])))
    if contact.channel == "phone" and not contact.is_outbound:
        _record_queue(dice, contact)
    elif contact.channel == "counter":
        contact.handle = 6 * ((contact.handle or 0) // 6)  # the system tells tenths of minutes
        mean = 260 if contact.is_planned else 840
        contact.wait = 6 * int(min(dice.waiting(mean), 4200) / 6)
    elif contact.channel == "chat":
        contact.wait = int(dice.waiting(55))
        if contact.wait > 150 and dice.chance(0.5):
            contact.outcome, contact.handle = "abandoned", None
    elif contact.channel == "whatsapp":
        contact.wait = int(dice.waiting(900))
    if contact.outcome == "abandoned":
        contact.handle = None


def _record_queue(dice: Dice, contact: Happening) -> None:
    load = load_factor(contact.at)
    at_once = max(0.1, 0.86 - 0.27 * load)
    wait = dice.whole(2, 16) if dice.chance(at_once) else int(8 + dice.waiting(72 * load))
    patience = int(3 + dice.waiting(760))
    contact.wait = min(wait, patience)
    if patience < wait:
        contact.outcome = "abandoned"


def record_ending(dice: Dice, contact: Happening) -> None:
    """Fill in the end, where the system knows one, and the score of those who gave one."""
    if contact.channel in {"chat", "whatsapp"}:
        contact.ended = contact.at + (contact.wait or 0) + (contact.handle or 0)
    elif contact.channel == "email" and dice.chance(0.96):
        ready = contact.at + int(3600 + dice.waiting(30 * 3600))
        contact.ended = next_open(Dice(contact.at), "phone", ready)  # answers in office hours
    elif contact.channel == "phone":
        contact.ended = contact.at + (contact.wait or 0) + (contact.handle or 0)
    is_asked = contact.outcome != "abandoned" and not contact.is_outbound
    if is_asked and dice.chance(_SCORED.get(contact.channel, 0.0)):
        mood = 7.9 - (1.6 if contact.planted in _FOLLOW_UPS else 0.0)
        mood -= 0.004 * min(contact.wait or 0, 400) if contact.channel == "phone" else 0.0
        contact.satisfaction = max(
            1, min(10, round(mood + 3.2 * (dice.random() + dice.random() - 1)))
        )


def record_value(dice: Dice, contact: Happening) -> None:
    """Fill in what the agent's code says of the contact; most systems and moments say nothing."""
    if not contact.planted:
        contact.planted = _ordinary_trouble(dice, contact)
    if contact.outcome == "abandoned" or contact.is_outbound or contact.is_planned:
        return
    if not dice.chance(_CODED.get(contact.channel, 0.0)):
        return
    if contact.planted in _FOLLOW_UPS and dice.chance(0.68):
        contact.value = _CODE_FOR.get(contact.planted, contact.planted)
    else:
        contact.value = "unknown" if dice.chance(0.08) else "valuable"


def _ordinary_trouble(dice: Dice, contact: Happening) -> str:
    """A first question can be avoidable too: a letter not understood, a wrong door, our mistake."""
    if contact.channel in {"counter", "web_form", "web_visit"}:
        return ""
    day = local(contact.at).date()
    unclear = service_of(contact.service).unclear
    if contact.service == "woz-beschikking" and is_during("clear_assessment", day):
        unclear /= 2
    proofs = 0.06 if contact.service in {"bijstand", "belastingkwijtschelding"} else 0.008
    odds = {
        "unclear_information": unclear,
        "repeat_information": proofs,
        "organisation_error": 0.012,
        "wrong_place": 0.02 if not contact.service else 0.006,
    }
    return dice.weighted(odds | {"": 1.0 - sum(odds.values())})


def identify(dice: Dice, contact: Happening, person: Person) -> None:
    """Fill in which identifiers the system saw, as it writes them and as they should be read."""
    contact.area = ""
    if contact.channel == "phone":
        _identify_caller(dice, contact, person)
    elif contact.channel == "counter":
        if dice.chance(0.92 if contact.is_planned else 0.72):
            _add_official(dice, contact, person)
            contact.area = person.area
    elif contact.channel == "email":
        address = person.second_email if person.second_email and dice.chance(0.4) else person.email
        _add(contact, "email", address, address.title() if dice.chance(0.06) else address)
    elif contact.channel == "web_form":
        _identify_form(dice, contact, person)
    elif contact.channel == "chat":
        if dice.chance(0.5):
            _add(contact, "email", person.email)
    elif contact.channel == "whatsapp":
        _add(contact, "phone", person.phone, "31" + person.phone[1:])
    elif contact.channel == "post" and dice.chance(0.62):
        _add_official(dice, contact, person)
        contact.area = person.area


def _identify_caller(dice: Dice, contact: Happening, person: Person) -> None:
    number = person.landline if person.landline and dice.chance(0.4) else person.phone
    hides = person.is_anonymous_caller or dice.chance(0.03)
    if hides and not contact.is_outbound:
        contact.written["phone"] = dice.weighted({"anoniem": 6, "0": 2, "": 1})
    else:
        style = dice.weighted({"": 85, "+31": 12, "0031": 3})
        _add(contact, "phone", number, style + number[1:] if style else number)
    if contact.outcome == "abandoned":
        return
    if dice.chance(service_of(contact.service).asks_bsn):
        if not person.is_business and dice.chance(0.006):
            contact.written["bsn"] = wrong_bsn(person.official_number)
        else:
            _add_official(dice, contact, person)


def _identify_form(dice: Dice, contact: Happening, person: Person) -> None:
    is_public = contact.service.startswith("melding") or not contact.service
    if is_public and dice.chance(0.35):
        contact.area = person.area
        return
    _add(
        contact, "email", person.email, person.email.title() if dice.chance(0.03) else person.email
    )
    if dice.chance(0.62):
        phone = person.phone
        style = dice.weighted({"plain": 60, "dash": 25, "space": 10, "plus": 5})
        shown = {
            "plain": phone,
            "dash": f"06-{phone[2:]}",
            "space": f"06 {phone[2:4]} {phone[4:6]} {phone[6:8]} {phone[8:]}",
            "plus": f"+31 6 {phone[2:]}",
        }
        _add(contact, "phone", phone, shown[style])
    if not is_public:
        _add_official(dice, contact, person)
    contact.area = person.area


def _add_official(dice: Dice, contact: Happening, person: Person) -> None:
    """A BSN for a citizen, a KvK number for a business."""
    kind = "kvk" if person.is_business else "bsn"
    number = person.official_number
    spaced = kind == "bsn" and contact.channel == "post" and dice.chance(0.2)
    _add(contact, kind, number, f"{number[:4]} {number[4:6]} {number[6:]}" if spaced else number)


def _add(contact: Happening, kind: str, value: str, written: str | None = None) -> None:
    contact.known[kind] = value
    contact.written[kind] = value if written is None else written


def month_of(moment: int) -> date:
    """Return the first day of the local month of a UTC epoch."""
    return local(moment).date().replace(day=1)
