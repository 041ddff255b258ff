"""Two years in Lindermonde: people with questions, and what came of them.

Each first question starts a journey: it is asked on some channel, ends in some way, and may lead to
a next contact because a promise was broken, a case takes long, a form failed, and so on.
"""

from collections.abc import Callable
from datetime import date

from etl.sample import days
from etl.sample.dice import Dice
from etl.sample.happening import Happening
from etl.sample.people import person, pick
from etl.sample.record import identify, record_ending, record_times, record_value
from etl.sample.town import CHANNELS, EVENTS, GENERAL, SERVICES, TREND, Service, is_during

MINUTE, HOUR, DAY = 60, 3600, 86_400
FIRST_QUESTIONS = 2_200
"""Per month with the usual opening days."""
VISITS = 400
"""Visits of people who are logged in, per month at the start; they grow by half."""
DEPTH = 6
"""No journey is longer."""

_OUTCOMES: dict[str, dict[str, float]] = {
    "phone": {"resolved": 62, "forwarded": 14, "callback": 10, "case_opened": 14},
    "counter": {"resolved": 82, "forwarded": 3, "case_opened": 15},
    "email": {"resolved": 66, "forwarded": 14, "case_opened": 20},
    "web_form": {"resolved": 22, "case_opened": 71, "abandoned": 7},
    "chat": {"resolved": 76, "forwarded": 16, "case_opened": 8},
    "whatsapp": {"resolved": 74, "forwarded": 14, "case_opened": 12},
    "post": {"resolved": 18, "case_opened": 82},
}
_NEXT_CHANNEL = {
    "phone": {"phone": 74, "email": 9, "whatsapp": 6, "counter": 6, "chat": 3, "web_form": 2},
    "counter": {"phone": 52, "counter": 30, "email": 10, "whatsapp": 5, "chat": 3},
    "email": {"phone": 44, "email": 46, "counter": 4, "whatsapp": 6},
    "web_form": {"phone": 58, "email": 16, "whatsapp": 9, "chat": 8, "counter": 6, "web_form": 3},
    "chat": {"phone": 50, "chat": 28, "email": 10, "whatsapp": 8, "counter": 4},
    "whatsapp": {"whatsapp": 52, "phone": 36, "email": 6, "counter": 6},
    "post": {"phone": 66, "post": 12, "email": 18, "counter": 4},
}
_BY_APPOINTMENT = {"paspoort", "identiteitskaart", "rijbewijs", "huwelijksaangifte"}


class Simulation:
    """The two years.

    Args:
        seed: equal seeds give equal years.
    """

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        self.happenings: list[Happening] = []

    def run(self) -> list[Happening]:
        """Return everything that happened, in order of time."""
        services = [*SERVICES.values(), GENERAL]
        total = sum(service.weight for service in services)
        for index, (year, month) in enumerate(days.MONTHS):
            usual = days.open_days("web_form", year, month) / 27.0
            for service in services:
                expected = FIRST_QUESTIONS * service.weight / total * usual
                expected *= service.season.get(month, 1.0) * self.dice.between(0.95, 1.05)
                for _ in range(self.dice.rounded(expected)):
                    self._first_question(service, year, month, index / 23)
            for _ in range(self.dice.rounded(VISITS * (1 + 0.5 * index / 23) * usual)):
                self._lone_visit(year, month)
        self._wrong_letter()
        self._caretaker()
        self._odd_nights()
        kept = [h for h in self.happenings if days.FIRST_MOMENT <= h.at < days.END_MOMENT]
        return sorted(kept, key=lambda h: (h.at, h.source, h.person))

    # first questions

    def _first_question(self, service: Service, year: int, month: int, progress: float) -> None:
        dice = self.dice
        number = pick(dice, business=dice.chance(service.business_share))
        someone = person(number)
        channels = {}
        for channel in CHANNELS:
            share = service.channels[channel] * (1 + (TREND[channel] - 1) * progress)
            if someone.is_senior and channel in {"web_form", "chat", "whatsapp", "email"}:
                share *= 0.45
            channels[channel] = share * days.open_days(channel, year, month) / 24
        channel = dice.weighted(channels)
        at = days.draw_time(dice, channel, days.draw_day(dice, channel, year, month))
        topic = dice.weighted(service.topics)
        self._contact(number, service, topic, channel, at, "", 0)

    def _lone_visit(self, year: int, month: int) -> None:
        dice = self.dice
        service = dice.one(list(SERVICES.values()))
        at = days.draw_time(dice, "web_form", days.draw_day(dice, "web_form", year, month))
        self._visit(pick(dice, business=dice.chance(0.05)), service.key, at)

    def _visit(self, number: int, service: str, at: int, login: float = 0.6) -> None:
        someone = person(number)
        visit = Happening("web_visit", at, number, someone.is_business, service, "", "")
        visit.handle = max(8, int(self.dice.lognormal(150, 0.9)))
        visit.written["visitor"] = visit.known["visitor"] = someone.visitor
        if self.dice.chance(login):
            visit.written["email"] = visit.known["email"] = someone.email
        self.happenings.append(visit)

    # one contact, and what it leads to

    def _contact(
        self, number: int, service: Service, topic: str, channel: str, at: int, planted: str,
        depth: int, *, planned: bool = False,
    ) -> Happening | None:  # fmt: skip
        if at >= days.END_MOMENT or depth > DEPTH:
            return None
        dice = self.dice
        someone = person(number)
        contact = Happening(
            channel,
            at,
            number,
            someone.is_business,
            service.key,
            topic,
            service.department,
            planted,
        )
        contact.is_planned = planned
        contact.outcome = self._outcome(service, channel, at)
        if planned and dice.chance(0.045):
            contact.outcome = "abandoned"  # no show
        record_times(dice, contact)
        record_value(dice, contact)
        if contact.outcome == "callback":
            self._promise(contact)
        record_ending(dice, contact)
        identify(dice, contact, someone)
        self.happenings.append(contact)
        self._visit_before(contact)
        self._follow(contact, service, depth)
        return contact

    def _outcome(self, service: Service, channel: str, at: int) -> str:
        odds = dict(_OUTCOMES[channel])
        day = days.local(at).date()
        odds["case_opened"] *= 0.35 + 2.9 * service.chase
        if (
            channel == "web_form"
            and service.key == "verhuismelding"
            and is_during("form_outage", day)
        ):
            odds["abandoned"] = 480
        if channel == "web_form" and service.key == "parkeervergunning":
            better = is_during("parking_form", day)
            odds |= {"resolved": 80, "abandoned": 2} if better else {"abandoned": 14}
        return self.dice.weighted(odds)

    def _promise(self, contact: Happening) -> None:
        """Promise to call back, and mostly do so in time."""
        due_on = days.next_open(self.dice, "phone", contact.at + self.dice.whole(1, 2) * DAY)
        contact.due = days.day_start(days.local(due_on).date()) + 17 * HOUR
        if self.dice.chance(0.74):
            earliest = contact.at + HOUR
            moment = days.next_open(
                self.dice, "phone", int(self.dice.between(earliest, max(earliest + 1, contact.due)))
            )
            contact.done = moment if moment < contact.due else None
        elif self.dice.chance(0.5):
            contact.done = days.next_open(
                self.dice, "phone", contact.due + self.dice.whole(1, 4) * DAY
            )
        if contact.done is not None:
            contact.done -= contact.done % MINUTE

    def _visit_before(self, contact: Happening) -> None:
        if (
            contact.planted
            or contact.is_planned
            or contact.channel not in {"phone", "chat", "email"}
        ):
            return
        if contact.service and self.dice.chance(0.05):
            contact.planted = "digital_failure"
            contact.value = "digital_failure" if contact.value and self.dice.chance(0.6) else ""
            minutes = self.dice.whole(4, 50)
            self._visit(contact.person, contact.service, contact.at - minutes * MINUTE, login=0.9)

    def _follow(self, contact: Happening, service: Service, depth: int) -> None:
        follow: dict[str, Callable[[Happening, Service, int], None]] = {
            "resolved": self._after_resolved,
            "forwarded": self._after_forwarded,
            "callback": self._after_callback,
            "case_opened": self._after_case,
            "abandoned": self._after_abandoned,
        }
        follow[contact.outcome](contact, service, depth)
        is_first = depth == 0 and contact.outcome not in {"abandoned", "forwarded"}
        may_book = service.key in _BY_APPOINTMENT and is_first and contact.channel != "counter"
        if may_book and self.dice.chance(0.55):
            self._appointment(contact, service)

    def _again(
        self, contact: Happening, service: Service, depth: int, planted: str, after: float,
        channel: str = "",
    ) -> None:  # fmt: skip
        """A next contact of the same person on the same service, some seconds later."""
        dice = self.dice
        channel = channel or dice.weighted(self._next_channels(contact))
        if channel == "counter" and service.key not in _BY_APPOINTMENT and dice.chance(0.6):
            channel = "phone"
        at = days.next_open(dice, channel, contact.at + max(120, int(after)))
        topic = contact.topic if dice.chance(0.8) else dice.weighted(service.topics)
        following = self._contact(contact.person, service, topic, channel, at, planted, depth + 1)
        if following:
            following.after = contact.channel

    def _next_channels(self, contact: Happening) -> dict[str, float]:
        progress = (contact.at - days.FIRST_MOMENT) / (days.END_MOMENT - days.FIRST_MOMENT)
        return {
            channel: share * (1 + (TREND[channel] - 1) * progress)
            for channel, share in _NEXT_CHANNEL[contact.channel].items()
        }

    def _after_resolved(self, contact: Happening, service: Service, depth: int) -> None:
        self_service = contact.channel == "web_form"
        if self.dice.chance(1.9 * service.again * (0.3 if self_service else 1.0)):
            planted = "" if self_service else "premature_closure"
            self._again(contact, service, depth, planted, self.dice.between(0.1, 6.5) * DAY)

    def _after_forwarded(self, contact: Happening, service: Service, depth: int) -> None:
        if self.dice.chance(0.52):
            self._again(contact, service, depth, "wrong_place", self.dice.waiting(1.6 * DAY))

    def _after_callback(self, contact: Happening, service: Service, depth: int) -> None:
        dice = self.dice
        due, done = contact.due or contact.at, contact.done
        if done is not None and done < days.END_MOMENT:
            self._call_back(contact, service, done)
        if dice.chance(0.1):
            self._again(
                contact, service, depth, "progress_chasing",
                dice.between(0.3, 0.95) * (due - contact.at), "phone",
            )  # fmt: skip
        elif (done is None or done > due) and dice.chance(0.82):
            after = due - contact.at + dice.between(0.5 * HOUR, 3.5 * DAY)
            channel = "phone" if dice.chance(0.8) else ""
            self._again(contact, service, depth, "broken_promise", after, channel)

    def _call_back(self, contact: Happening, service: Service, at: int) -> None:
        someone = person(contact.person)
        call = Happening(
            "phone", at, contact.person, contact.is_business, service.key, contact.topic,
            service.department, "call_back",
        )  # fmt: skip
        call.is_outbound = call.is_planned = True
        call.outcome = "resolved" if self.dice.chance(0.85) else "abandoned"
        record_times(self.dice, call)
        record_ending(self.dice, call)
        identify(self.dice, call, someone)
        self.happenings.append(call)

    def _after_case(self, contact: Happening, service: Service, depth: int) -> None:
        chase = 1.5 * service.chase * (0.8**depth)
        day = days.local(contact.at).date()
        if service.key == "parkeervergunning" and is_during("parking_form", day):
            chase *= 0.45
        if self.dice.chance(chase):
            after = (
                self.dice.between(1.5, 12.5)
                if self.dice.chance(0.3)
                else self.dice.between(0.8, 6.8)
            )
            self._again(contact, service, depth, "progress_chasing", after * DAY)

    def _after_abandoned(self, contact: Happening, service: Service, depth: int) -> None:
        dice = self.dice
        if contact.channel == "web_form" and dice.chance(0.6):
            channel = dice.weighted({"phone": 70, "chat": 16, "email": 14})
            after = dice.between(3, 52) * MINUTE
            self._again(contact, service, depth, "digital_failure", after, channel)
        elif contact.channel == "phone" and dice.chance(0.62):
            self._again(contact, service, depth, "retry", dice.waiting(3 * HOUR), "phone")
        elif contact.channel == "chat" and dice.chance(0.5):
            self._again(contact, service, depth, "retry", dice.waiting(2 * HOUR))

    def _appointment(self, contact: Happening, service: Service) -> None:
        """Come to the counter as agreed, and fetch the document a week later."""
        at = days.next_open(self.dice, "counter", contact.at + self.dice.whole(2, 12) * DAY)
        visit = self._contact(
            contact.person, service, contact.topic, "counter", at, "appointment", 1, planned=True
        )
        if visit and visit.outcome == "resolved" and service.key != "huwelijksaangifte":
            at = days.next_open(self.dice, "counter", visit.at + self.dice.whole(6, 11) * DAY)
            self._contact(
                contact.person,
                service,
                "afhalen",
                "counter",
                at,
                "appointment",
                DEPTH,
                planned=True,
            )

    # events

    def _wrong_letter(self) -> None:
        service, event = SERVICES["afvalstoffenheffing"], EVENTS["wrong_letter"]
        for _ in range(620):
            number = pick(self.dice, business=False)
            after = min(13, int(self.dice.waiting(3.2)))
            channel = self.dice.weighted(
                {"phone": 68, "email": 12, "whatsapp": 9, "chat": 7, "counter": 4}
            )
            moment = days.day_start(event.first_on) + after * DAY + 10 * HOUR
            at = days.next_open(self.dice, channel, moment)
            at = days.draw_time(self.dice, channel, days.local(at).date())
            self._contact(number, service, "aanslag", channel, at, "organisation_error", 0)

    def _caretaker(self) -> None:
        """An office that looks after twelve people's money calls for all from one number."""
        service = SERVICES["bijstand"]
        for index in range(24):
            year, month = days.MONTHS[index]
            for _ in range(2):
                day = days.draw_day(self.dice, "phone", year, month)
                client = person(4_000 + self.dice.whole(0, 11))
                at = days.draw_time(self.dice, "phone", day)
                call = self._contact(client.number, service, "uitbetaling", "phone", at, "", DEPTH)
                if call and call.outcome != "abandoned":
                    call.planted = "caretaker"
                    call.written = {"phone": "0992000012", "bsn": client.official_number}
                    call.known = dict(call.written)

    def _odd_nights(self) -> None:
        """Forms in the nights in which the clock is put back and forward.

        Between two and three in October the export does not tell which of the two hours it was;
        all are taken for the first.
        """
        for day, hour, minute in (
            (date(2024, 10, 27), 2, 14), (date(2024, 10, 27), 2, 41),
            (date(2025, 10, 26), 2, 7), (date(2025, 10, 26), 2, 33),
            (date(2024, 3, 31), 1, 58), (date(2024, 3, 31), 3, 2),
            (date(2025, 3, 30), 1, 55), (date(2025, 3, 30), 3, 1),
            # the first and the last contact of the two years
            (date(2024, 1, 1), 0, 3), (date(2025, 12, 31), 23, 58),
        ):  # fmt: skip
            number = pick(self.dice, business=False)
            service = SERVICES["melding openbare ruimte (algemeen)"]
            at = days.day_start(day) + hour * HOUR + minute * MINUTE + 21
            if hour > 2:
                at -= HOUR  # the clock was put forward at two
            form = Happening(
                "web_form", at, number, False, service.key, "straatverlichting",
                service.department, "clock", outcome="case_opened",
            )  # fmt: skip
            identify(self.dice, form, person(number))
            self.happenings.append(form)
