"""How well notes are redacted: recall and precision on labelled notes, and notes per second.

python -m benchmarks.redaction [FILE.jsonl …]     # default: both labelled sets of the tests
python -m benchmarks.redaction --misses           # and what was missed or wrong (all made up)
python -m benchmarks.redaction --table            # the table of docs/privacy.md
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from etl.personal_names import NAME, find_names
from etl.personal_numbers import LEAVE, find_numbers
from etl.redact import redact

NOTES = Path(__file__).resolve().parent.parent / "tests" / "unit" / "etl" / "notes"


@dataclass
class Score:
    """What was labelled, found and wrongly found, per kind.

    Attributes:
        labelled: identifiers in the notes.
        found: of these, those of which no character is left.
        placeholders: placed in the notes.
        right: of these, those that stand where something was labelled.
        missed: the identifiers of which something is left, with their note.
        wrong: what was taken for an identifier, with its note.
    """

    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    placeholders: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def recall(self, kinds: Iterable[str]) -> float:
        """Return the share of labelled identifiers that were found, 0 to 1."""
        kinds = list(kinds)
        return sum(self.found[k] for k in kinds) / sum(self.labelled[k] for k in kinds)

    def precision(self, kinds: Iterable[str]) -> float:
        """Return the share of placeholders that stand in a right place, 0 to 1."""
        kinds = list(kinds)
        return sum(self.right[k] for k in kinds) / sum(self.placeholders[k] for k in kinds)


def labelled_notes(file: Path) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Give each note with its labelled spans: start, end, kind."""
    for line in file.read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        yield note["text"], [tuple(span) for span in note["spans"]]


def measure(files: Iterable[Path]) -> Score:
    """Return how well the notes of the files are redacted."""
    score = Score()
    for file in files:
        for text, spans in labelled_notes(file):
            _judge(text, spans, score)
    return score


def _judge(text: str, spans: list[tuple[int, int, str]], score: Score) -> None:
    found = [*find_numbers(text), *find_names(text)]
    owner: dict[int, tuple[int, int, str]] = {}
    for span in found:
        for place in range(span[0], span[1]):
            owner.setdefault(place, span)
    gone = {place for place, span in owner.items() if span[2] != LEAVE}
    labels = set()
    for start, end, kind in spans:
        label = {place for place in range(start, end) if text[place].isalnum()}
        labels |= label
        score.labelled[kind] += 1
        if label <= gone:
            score.found[kind] += 1
        else:
            score.missed.append((kind, text[start:end], text))
    for (kind, _), group in groupby(
        sorted(place for place in gone), key=lambda place: (owner[place][2], _run(gone, place))
    ):
        places = list(group)
        score.placeholders[kind] += 1
        if labels.intersection(places):
            score.right[kind] += 1
        else:
            score.wrong.append((kind, text[places[0] : places[-1] + 1], text))


def _run(gone: set[int], place: int) -> int:
    """Return where the unbroken run of characters begins that a place is in."""
    while place - 1 in gone:
        place -= 1
    return place


def speed(notes: list[str], seconds: float = 3.0) -> float:
    """Return how many different notes are redacted in a second, once the lists are read."""
    redact(notes[0])
    began, count = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        redact(notes[count % len(notes)])
        count += 1
    return count / (time.monotonic() - began)


_SETS = {"development.jsonl": "bij het maken van de regels", "held_out.jsonl": "apart gehouden"}
_KINDS = {
    "BSN": "BSN", "TELEFOON": "telefoonnummer", "EMAIL": "e-mailadres", "IBAN": "rekeningnummer",
    "ADRES": "adres", "KENTEKEN": "kenteken", "GEBOORTEDATUM": "geboortedatum",
    "KVK": "KvK-nummer", NAME: "naam",
}  # fmt: skip


def table() -> str:
    """Return what was found per kind and set, as the Markdown table of docs/privacy.md."""
    scores = {name: measure([NOTES / name]) for name in _SETS}
    lines = ["| soort | " + " | ".join(_SETS.values()) + " |", "|---|" + "---:|" * len(_SETS)]
    for kind, dutch in _KINDS.items():
        cells = [f"{score.found[kind]} van {score.labelled[kind]}" for score in scores.values()]
        lines.append(f"| {dutch} | " + " | ".join(cells) + " |")
    for title, is_name, share in (
        ("nummers en adressen: gevonden", False, Score.recall),
        ("nummers en adressen: terecht vervangen", False, Score.precision),
        ("namen: gevonden", True, Score.recall),
        ("namen: terecht vervangen", True, Score.precision),
    ):
        cells = [f"{_share(score, share, is_name=is_name):.1%}" for score in scores.values()]
        lines.append(f"| {title} | " + " | ".join(cell.replace(".", ",") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _share(score: Score, share: Callable[[Score, Iterable[str]], float], *, is_name: bool) -> float:
    kinds = score.labelled if share is Score.recall else score.placeholders
    return share(score, [kind for kind in kinds if (kind == NAME) == is_name])


def _print_score(file: Path, *, with_misses: bool) -> None:
    score = measure([file])
    print(f"{file.name}: {sum(1 for _ in labelled_notes(file))} notes")
    for kind in sorted(score.labelled):
        print(f"  {kind:14} {score.found[kind]:4} of {score.labelled[kind]:4}")
    for title, is_name in (("numbers", False), ("names", True)):
        recall, precision = (
            _share(score, share, is_name=is_name) for share in (Score.recall, Score.precision)
        )
        print(f"  {title:8} recall {recall:.3f}, precision {precision:.3f}")
    if with_misses:
        for title, rows in (("missed", score.missed), ("wrong", score.wrong)):
            for kind, part, text in rows:
                print(f"  {title} {kind}: {part!r} in {text!r}")


def main(arguments: list[str]) -> None:
    """Print the figures."""
    if "--table" in arguments:
        print(table(), end="")
        return
    files = [Path(a) for a in arguments if not a.startswith("-")]
    files = files or [NOTES / name for name in _SETS]
    for file in files:
        _print_score(file, with_misses="--misses" in arguments)
    texts = [text for file in files for text, _ in labelled_notes(file)]
    print(f"{speed(texts):,.0f} notes a second")


if __name__ == "__main__":
    main(sys.argv[1:])
