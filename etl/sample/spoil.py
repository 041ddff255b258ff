"""What goes wrong with real exports, done on purpose; every instance is in the truth's accounts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from etl.sample.files_of import LogFile


@dataclass(frozen=True)
class Quirk:
    """One thing that is wrong, as the truth tells it."""

    file: str
    kind: str
    fate: str
    rows: int
    description: str


class _Spoiler:
    """Breaks rows of files, and notes what it did."""

    def __init__(self, files: list[LogFile]) -> None:
        self.by_path = {file.path: file for file in files}
        self.done: list[Quirk] = []

    def broken(
        self, path: str, kind: str, share: float, change: Callable[..., object], why: str
    ) -> None:
        """Change a row so that it must be refused."""
        self.by_path[path].reject(share, change)
        self.done.append(Quirk(path, kind, "rejected", 1, why))

    def twice(self, path: str, share: float) -> None:
        """Write a row twice."""
        self.by_path[path].repeat(share)
        why = "The same row stands twice."
        self.done.append(Quirk(path, "duplicate_row", "duplicate", 1, why))

    def overlap(self, path: str, before: str, rows: int) -> None:
        """Begin a file with the end of the one before."""
        self.by_path[path].overlap(self.by_path[before], rows)
        why = f"Begins with the last {rows} rows of {before}."
        self.done.append(Quirk(path, "overlap", "duplicate", rows, why))


def spoil(files: list[LogFile]) -> list[Quirk]:
    """Break rows, write rows twice and let files overlap, in place.

    Returns:
        What was done, in order.
    """
    spoiler = _Spoiler(files)
    _spoil_staffed(spoiler)
    _spoil_digital(spoiler)
    return spoiler.done


def _spoil_staffed(spoiler: _Spoiler) -> None:
    """The telephone exchange, the desk, the counter, and the post register."""
    broken, twice, overlap = spoiler.broken, spoiler.twice, spoiler.overlap
    cdr = "telefonie/cdr-{}.csv.gz".format
    broken(cdr("2024-02"), "wrong_date", 0.4, _cell(";", 2, "31-02-2024 10:15:00"), "No such day.")
    broken(cdr("2024-05"), "too_few_columns", 0.6, lambda text: ";".join(text.split(";")[:5]),
           "The exchange was restarted in the midst of a line.")  # fmt: skip
    broken(cdr("2024-08"), "broken_quote", 0.3, _quote(";", 2), "A quote opens and never closes.")
    broken(
        cdr("2025-01"), "too_many_columns", 0.5, lambda text: text + ";;;extra", "Extra columns."
    )
    broken(cdr("2025-06"), "missing_date", 0.2, _cell(";", 2, ""), "No start.")
    broken(cdr("2025-06"), "wrong_date", 0.7, _cell(";", 2, "2025/06/31"), "No such day.")
    overlap(cdr("2024-12"), cdr("2024-11"), 40)
    twice(cdr("2025-03"), 0.25)
    twice(cdr("2025-03"), 0.5)

    counter = "balie/klantgeleiding-{}.csv.gz".format
    broken(
        counter("2024-Q2"), "wrong_date", 0.35, _cell(";", 5, "00-00-0000 00:00:00"), "Zero date."
    )
    broken(counter("2025-Q3"), "too_few_columns", 0.8, lambda text: text.split(";")[0], "Cut off.")
    broken(counter("2025-Q4"), "bad_duration", 0.4, _cell(";", 6, "een uur"), "Words for a wait.")
    twice(counter("2025-Q1"), 0.6)

    desk = "kiss/contactmomenten-{}.jsonl.gz".format
    broken(desk("2024-Q2"), "truncated_json", 0.4, lambda text: text[: len(text) // 2], "Cut off.")
    broken(desk("2024-Q4"), "missing_date", 0.6, _without("startdatum"), "No start.")
    overlap(desk("2025-Q1"), desk("2024-Q4"), 30)
    broken(desk("2025-Q2"), "unknown_channel", 0.3, _elsewhere, "A channel nobody mapped.")
    twice(desk("2025-Q3"), 0.5)

    broken("post/postregister-2024.xlsx", "wrong_date", 0.5,
           lambda cells: (cells[0], "n.n.b.", *cells[2:]), "A word for a date.")  # fmt: skip
    twice("post/postregister-2025.xlsx", 0.3)


def _spoil_digital(spoiler: _Spoiler) -> None:
    """The mailboxes, the forms, the messages, and the website."""
    broken, twice, overlap = spoiler.broken, spoiler.twice, spoiler.overlap
    mail = "e-mail/postvak-{}.csv.gz".format
    broken(mail("2024"), "wrong_date", 0.3, _cell("\t", 1, "onbekend"), "A word for a date.")
    broken(mail("2025"), "wrong_date", 0.6, _cell("\t", 1, "Mon, 32 Mar 2025 10:00:00 +0100"),
           "No such day.")  # fmt: skip
    twice(mail("2025"), 0.2)

    forms = "webformulieren/{}.csv.gz".format
    broken(forms("verhuizing-doorgeven-2024"), "wrong_date", 0.5,
           _cell(",", 1, "2024-13-05 11:20:00"), "No such month.")  # fmt: skip
    broken(forms("melding-openbare-ruimte-2025"), "no_such_local_time", 0.22,
           _cell(",", 1, "2025-03-30 02:30:00"), "The clock skipped this hour.")  # fmt: skip
    broken(forms("contactformulier-2025"), "too_few_columns", 0.4,
           lambda text: ",".join(text.split(",")[:4]), "Cut off.")  # fmt: skip
    twice(forms("parkeervergunning-aanvragen-2025"), 0.5)

    talks = "berichten/gesprekken-{}.jsonl.gz".format
    broken(talks("2024-H1"), "truncated_json", 0.5, lambda text: text[: len(text) // 2], "Cut off.")
    broken(talks("2025-H1"), "missing_date", 0.3, _without("createdAt"), "No start.")
    overlap(talks("2025-H1"), talks("2024-H2"), 25)
    broken(talks("2025-H2"), "unknown_channel", 0.4, _other_channel, "A channel nobody mapped.")

    broken("matomo/log_visit-2025-H1.json.gz", "wrong_date", 0.5, _zero_visit, "Zero date.")
    overlap("matomo/log_visit-2025-H2.json.gz", "matomo/log_visit-2025-H1.json.gz", 12)


def _cell(delimiter: str, column: int, value: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        cells = text.split(delimiter)
        cells[column] = value
        return delimiter.join(cells)

    return change


def _quote(delimiter: str, column: int) -> Callable[[str], str]:
    def change(text: str) -> str:
        cells = text.split(delimiter)
        cells[column] = '"' + cells[column]
        return delimiter.join(cells)

    return change


def _without(name: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        start = text.index(f'"{name}":"') + len(f'"{name}":')
        return text[:start] + "null" + text[text.index(",", start) :]

    return change


def _elsewhere(text: str) -> str:
    return re.sub('"kanaal":"[^"]*"', '"kanaal":"Nieuwe Weide"', text)


def _other_channel(text: str) -> str:
    return re.sub('"channel":"[^"]*"', '"channel":"Instagram DM"', text)


def _zero_visit(text: str) -> str:
    start = text.index('"visit_first_action_time":"') + len('"visit_first_action_time":"')
    return text[:start] + "0000-00-00 00:00:00" + text[start + 19 :]
