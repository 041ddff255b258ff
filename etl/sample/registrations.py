"""What the contact centre's desk registers: of most calls one contact per question.

Drawn after the two years have happened, from dice of its own: what the other systems logged stays
as it is. The desk saves when the call is over and written up, sometimes minutes later; some calls
are never registered, some by a colleague at the end of the day, and some registrations are of a
call that came in on a mobile phone, which the exchange never saw.
"""

from dataclasses import replace

from etl.sample import days
from etl.sample.dice import Dice
from etl.sample.happening import Happening
from etl.sample.people import person, pick
from etl.sample.record import load_factor, service_of
from etl.sample.town import GENERAL, SERVICES, Service

SOURCE = "kcc-registraties"
AGENTS = 16
MINUTE = 60

_REGISTERED, _REGISTERED_WHEN_BUSY = 0.77, 0.66
_BUSY = 1.5
_QUESTIONS = {1: 86.0, 2: 11.0, 3: 3.0}
_ON_A_MOBILE = 0.035
"""Registrations of calls that the exchange never saw, beside each one that it did."""


class Desk:
    """The registrations of two years.

    Args:
        seed: equal seeds give equal registrations.
    """

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        self.found: list[Happening] = []

    def register(self, happenings: list[Happening]) -> list[Happening]:
        """Return the registrations, in order of time; `call` tells of which call each is."""
        calls = (h for h in happenings if h.channel == "phone" and not h.is_outbound)
        for call in sorted(calls, key=lambda h: h.at):
            if call.outcome == "abandoned":
                continue
            is_busy = load_factor(call.at) > _BUSY
            if self.dice.chance(_REGISTERED_WHEN_BUSY if is_busy else _REGISTERED):
                self._register(call, call)
            if self.dice.chance(_ON_A_MOBILE):
                self._register(self._unseen(call), None)
        kept = [h for h in self.found if h.at < days.END_MOMENT]
        return sorted(kept, key=lambda h: (h.at, h.ended or 0, h.talk))

    def _unseen(self, near: Happening) -> Happening:
        """A call that somebody took on a mobile phone, on the day of another one."""
        dice = self.dice
        number = pick(dice, business=dice.chance(0.1))
        someone = person(number)
        service = dice.one([*SERVICES.values(), GENERAL])
        at = days.draw_time(dice, "phone", days.local(near.at).date())
        call = Happening(
            "phone", at, number, someone.is_business, service.key, dice.weighted(service.topics),
            service.department, outcome="resolved",
        )  # fmt: skip
        call.wait, call.handle = 0, max(20, int(dice.lognormal(235, 0.6)))
        call.agent = f"KCC{dice.whole(1, AGENTS):02d}"
        call.known = {"phone": someone.phone}
        return call

    def _register(self, call: Happening, seen: Happening | None) -> None:
        """Write a call up: a registration per question, saved together when it is over."""
        dice = self.dice
        answered = call.at + (call.wait or 0)
        length = call.handle or 0
        saved = answered + length + 10 + int(dice.waiting(40))
        agent = call.agent
        if dice.chance(0.045):
            saved += int(dice.between(2, 8) * MINUTE)  # first the next call, or coffee
        began = answered + dice.whole(0, 20)
        if dice.chance(0.03):
            agent = f"KCC{dice.whole(1, AGENTS):02d}"  # a colleague writes up the notes
            began = saved + int(dice.between(10, 90) * MINUTE)
            saved = began + dice.whole(40, 200)
        identifiers = self._asked(call)
        talk = f"G{len(self.found):05d}"
        for number in range(dice.weighted(_QUESTIONS)):
            row = self._question(call, number)
            row.at = began if number == 0 else began + int(number * length / 4) + dice.whole(1, 9)
            row.ended = max(saved + number * dice.whole(1, 4), row.at)
            row.agent, row.talk, row.call = agent, talk, seen
            if number == 0 or dice.chance(0.9):
                row.known, row.written = dict(identifiers), dict(identifiers)
            self.found.append(row)

    def _question(self, call: Happening, number: int) -> Happening:
        """The first question is what the call was about; a further one is mostly another matter."""
        dice = self.dice
        row = replace(
            call, planted="registration", after="", contact_id="", is_planned=False, wait=None,
            handle=None, value="", due=None, done=None, satisfaction=None, area="", written={},
            known={}, is_loaded=True, system=SOURCE,
        )  # fmt: skip
        if number == 0:
            if not call.service and dice.chance(0.6):
                _speak_of(row, dice.one(list(SERVICES.values())), dice)
            elif dice.chance(0.03):
                row.service = row.topic = ""
        else:
            same = service_of(call.service)
            is_same = bool(call.service) and dice.chance(0.3)
            _speak_of(row, same if is_same else dice.one(list(SERVICES.values())), dice)
            row.outcome = dice.weighted({"resolved": 80, "forwarded": 12, "case_opened": 8})
        if dice.chance(0.04):
            row.outcome = "unknown"
        return row

    def _asked(self, call: Happening) -> dict[str, str]:
        """By what the desk knows who called: a number asked for, or the one on the display."""
        dice = self.dice
        someone = person(call.person)
        kind = "kvk" if someone.is_business else "bsn"
        found = {}
        odds = 0.85 if kind in call.known else service_of(call.service).asks_bsn
        if dice.chance(odds):
            found[kind] = call.known.get(kind, someone.official_number)
        if dice.chance(0.32) and "phone" in call.known:
            found["phone"] = call.known["phone"]
        elif dice.chance(0.02):
            found["phone"] = someone.phone  # where to call back, whatever number showed
        return found


def _speak_of(row: Happening, service: Service, dice: Dice) -> None:
    row.service, row.department = service.key, service.department
    row.topic = dice.weighted(service.topics)
