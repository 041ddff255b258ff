"""Each source's export, as its system writes it."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from etl.sample import labels
from etl.sample.days import local
from etl.sample.dice import Dice
from etl.sample.files_of import LogFile, Row, compressed, line, text_file, workbook
from etl.sample.happening import Happening
from etl.sample.town import SERVICES

PHONE_HEADER = (
    "Gesprek-ID", "Richting", "Starttijd", "Wachtrij", "Onderwerp", "Subonderwerp", "Team",
    "Nummer klant", "BSN", "KvK-nummer", "Wachttijd (s)", "Gespreksduur (s)", "Agent", "Resultaat",
    "Afsluitcode", "Terugbellen vóór", "Teruggebeld op", "KTO-cijfer",
)  # fmt: skip
COUNTER_HEADER = (
    "Ticket", "Vestiging", "Product", "Subproduct", "Afspraak", "Aankomst", "Wachttijd (min)",
    "Behandeltijd (min)", "Balie", "Uitkomst", "Markering", "Klantsoort", "BSN", "KvK", "Buurtcode",
    "Naam", "Geboortedatum",
)  # fmt: skip
EMAIL_HEADER = (
    "Message-ID", "Date", "From", "To", "Subject", "Categorie", "Trefwoord", "Team", "Status",
    "Label", "Beantwoord",
)  # fmt: skip
FORM_HEADER = (
    "Formuliernaam", "Inzendingdatum", "referentie", "product", "categorie", "aanvrager", "bsn",
    "kvk", "emailadres", "telefoonnummer", "buurtcode", "registratie", "cijfer",
    "voorletters", "achternaam", "geboortedatum", "postcode", "huisnummer",
)  # fmt: skip
POST_HEADER = (
    "Registratienummer", "Ontvangen", "Kanaal", "Soort afzender", "Product", "Trefwoord",
    "Afdeling", "BSN", "KvK-nummer", "Buurt", "Status", "Afzender", "Postcode", "Huisnummer",
)  # fmt: skip
_RFC_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RFC_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def make_files(happenings: list[Happening], seed: int) -> list[LogFile]:
    """Number all contacts and write them to rows of files; nothing is spoilt yet.

    Returns:
        The files in order of source and name.
    """
    dice = Dice(seed)
    makers: dict[str, tuple[Callable[[Dice, Happening, int], Any], Callable[[Happening], str]]] = {
        "telefonie": (_phone, lambda h: f"telefonie/cdr-{_month(h)}.csv.gz"),
        "balie": (_counter, lambda h: f"balie/klantgeleiding-{_quarter(h)}.csv.gz"),
        "e-mail": (_email, lambda h: f"e-mail/postvak-{_year(h)}.csv.gz"),
        "webformulieren": (
            _form,
            lambda h: f"webformulieren/{_slug(_form_name(h))}-{_year(h)}.csv.gz",
        ),
        "berichten": (_message, lambda h: f"berichten/gesprekken-{_half(h)}.jsonl.gz"),
        "post": (_letter, lambda h: f"post/postregister-{_year(h)}.xlsx"),
        "matomo": (_visit, lambda h: f"matomo/log_visit-{_half(h)}.json.gz"),
    }
    files = []
    for source, (make, path_of) in makers.items():
        mine = sorted((h for h in happenings if h.source == source), key=lambda h: h.at)
        made = [(path_of(h), Row(make(dice, h, n), h)) for n, h in enumerate(mine, start=1)]
        made.sort(key=lambda pair: pair[0])
        for path, rows in groupby(made, key=lambda pair: pair[0]):
            files.append(LogFile(source, path, [row for _, row in rows]))
    return files


def file_bytes(file: LogFile) -> bytes:
    """Return the file as its system writes it."""
    writers: dict[str, Callable[[list[Row]], bytes]] = {
        "telefonie": lambda rows: text_file(line(PHONE_HEADER, ";"), rows, "cp1252"),
        "balie": lambda rows: text_file(line(COUNTER_HEADER, ";"), rows, "utf-8-sig"),
        "e-mail": lambda rows: text_file(line(EMAIL_HEADER, "\t"), rows, "utf-16"),
        "webformulieren": lambda rows: text_file(line(FORM_HEADER, ","), rows, "utf-8"),
        "berichten": lambda rows: text_file(None, rows, "utf-8", "\n"),
        "post": lambda rows: workbook("Postregister", POST_HEADER, rows),
        "matomo": _array,
        "kcc-registraties": lambda rows: text_file(None, rows, "utf-8", "\n"),
    }
    return writers[file.source](file.rows)


def _array(rows: Iterable[Row]) -> bytes:
    body = ",\n".join(row.content for row in rows)
    return compressed(f"[\n{body}\n]\n".encode())


def _phone(dice: Dice, call: Happening, number: int) -> str:
    call.contact_id = f"{local(call.at):%Y}{number:06d}"
    call.agent = "" if call.outcome == "abandoned" else f"KCC{dice.whole(1, 16):02d}"
    outcome = labels.PHONE_OUTCOMES[call.outcome]
    if call.is_outbound and call.outcome == "abandoned":
        outcome = labels.NOT_REACHED
    return line(
        (
            call.contact_id,
            "Uit" if call.is_outbound else "In",
            f"{local(call.at):%d-%m-%Y %H:%M:%S}",
            "Ondernemers" if call.is_business else "Inwoners",
            labels.PHONE_SERVICES[call.service],
            call.topic,
            call.department,
            call.written.get("phone", ""),
            call.written.get("bsn", ""),
            call.written.get("kvk", ""),
            _number(call.wait),
            _number(call.handle),
            call.agent,
            outcome,
            _code(dice, call),
            f"{local(call.due):%d-%m-%Y %H:%M}" if call.due else "",
            f"{local(call.done):%d-%m-%Y %H:%M}" if call.done else "",
            _number(call.satisfaction),
        ),
        ";",
    )


def _counter(dice: Dice, visit: Happening, number: int) -> str:
    visit.contact_id = f"{visit.service[:1].upper() or 'I'}{number:05d}"
    return line(
        (
            visit.contact_id,
            "Stadskantoor" if dice.chance(0.86) else "Wijkpunt Nieuwe Weide",
            labels.COUNTER_SERVICES[visit.service],
            visit.topic,
            "J" if visit.is_planned else "N",
            f"{local(visit.at):%d-%m-%Y %H:%M:%S}",
            _minutes(visit.wait),
            _minutes(visit.handle),
            f"{dice.whole(1, 9)}",
            labels.COUNTER_OUTCOMES[visit.outcome],
            _code(dice, visit),
            "Z" if visit.is_business else "P",
            visit.written.get("bsn", ""),
            visit.written.get("kvk", ""),
            visit.area,
            *_noted(visit, "name", "birth_date"),
        ),
        ";",
    )


def _email(dice: Dice, mail: Happening, number: int) -> str:
    mail.contact_id = f"<{number:05d}@post.lindermonde.example>"
    about = mail.topic or "iets anders"
    subject = dice.weighted({about: 6, f"Vraag over {about}": 3, f'Re: "{about}"': 1})
    return line(
        (
            mail.contact_id,
            _rfc(mail.at),
            mail.written.get("email", ""),
            ("ondernemers" if mail.is_business else "inwoners") + "@lindermonde.example",
            subject,
            labels.INBOX_SERVICES[mail.service],
            mail.topic,
            mail.department,
            labels.EMAIL_OUTCOMES[mail.outcome],
            _code(dice, mail),
            _rfc(mail.ended) if mail.ended else "",
        ),
        "\t",
    )


def _form_name(form: Happening) -> str:
    name = SERVICES[form.service].form if form.service else ""
    return name or "Contactformulier"


def _form(_: Dice, form: Happening, number: int) -> str:
    form.contact_id = f"OF-{number:05d}"
    return line(
        (
            _form_name(form),
            f"{local(form.at):%Y-%m-%d %H:%M:%S}",
            form.contact_id,
            form.service,
            form.topic,
            "ondernemer" if form.is_business else "inwoner",
            form.written.get("bsn", ""),
            form.written.get("kvk", ""),
            form.written.get("email", ""),
            form.written.get("phone", ""),
            form.area,
            labels.FORM_OUTCOMES[form.outcome],
            _number(form.satisfaction),
            *_noted(form, "initials", "surname", "birth_date", "postcode", "house_number"),
        ),
        ",",
    )


def _message(dice: Dice, talk: Happening, number: int) -> str:
    talk.contact_id = f"conv-{number:05d}"
    record = {
        "id": talk.contact_id,
        "channel": dice.weighted(labels.MESSAGE_CHANNELS[talk.channel]),
        "createdAt": local(talk.at).isoformat(),
        "closedAt": local(talk.ended).isoformat() if talk.ended else None,
        "contact": {"phone": talk.written.get("phone"), "email": talk.written.get("email")},
        "labels": {
            "product": labels.INBOX_SERVICES[talk.service],
            "topic": talk.topic or None,
            "reason": _code(dice, talk) or None,
        },
        "queueSeconds": talk.wait,
        "handleSeconds": talk.handle,
        "state": labels.MESSAGE_OUTCOMES[talk.outcome],
        "rating": talk.satisfaction,
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _letter(dice: Dice, letter: Happening, number: int) -> tuple[str | datetime, ...]:
    letter.contact_id = f"IN{local(letter.at):%y}-{number:05d}"
    return (
        letter.contact_id,
        local(letter.at).replace(tzinfo=None),
        dice.weighted(labels.POST_CHANNELS),
        "Bedrijf" if letter.is_business else "Burger",
        letter.service,
        letter.topic,
        letter.department,
        letter.written.get("bsn", ""),
        letter.written.get("kvk", ""),
        letter.area,
        labels.POST_OUTCOMES[letter.outcome],
        *_noted(letter, "name", "postcode", "house_number"),
    )


def _visit(dice: Dice, visit: Happening, number: int) -> str:
    visit.contact_id = f"{400_000 + number}"
    record = {
        "idvisit": int(visit.contact_id),
        "idvisitor": visit.written["visitor"],
        "user_id": visit.written.get("email"),
        "visit_first_action_time": f"{datetime.fromtimestamp(visit.at, tz=UTC):%Y-%m-%d %H:%M:%S}",
        "visit_total_time": visit.handle,
        "visit_total_actions": dice.whole(2, 9),
        "custom_dimension_1": labels.SITE_SERVICES[visit.service],
    }
    return json.dumps(record, separators=(",", ":"))


def _code(dice: Dice, contact: Happening) -> str:
    """One of the system's codes for the contact's value; without one it is never recorded."""
    codes = labels.codes_for(contact.channel, contact.value) if contact.value else []
    if not codes:
        contact.value = ""
    return dice.one(codes) if codes else ""


def _noted(happening: Happening, *names: str) -> tuple[str, ...]:
    """What the system notes of the person, column by column."""
    return tuple(happening.details.get(name, "") for name in names)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _minutes(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 60},{seconds % 60 // 6}"


def _rfc(moment: int) -> str:
    at = local(moment)
    return f"{_RFC_DAYS[at.weekday()]}, {at:%d} {_RFC_MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _year(happening: Happening) -> str:
    return f"{local(happening.at):%Y}"


def _month(happening: Happening) -> str:
    return f"{local(happening.at):%Y-%m}"


def _quarter(happening: Happening) -> str:
    at = local(happening.at)
    return f"{at.year}-Q{(at.month + 2) // 3}"


def _half(happening: Happening) -> str:
    at = local(happening.at)
    return f"{at.year}-H{1 if at.month < 7 else 2}"
