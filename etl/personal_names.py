"""Names of people in Dutch notes, found by Deduce: lists of names, titles, prefixes and context."""

import gc
import logging
import re
import shutil
import string
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

NAME = "NAAM"

_ANNOTATORS = frozenset({
    "names",
    "prefix_with_initial",
    "prefix_with_interfix",
    "prefix_with_name",
    "interfix_with_name",
    "initial_with_name",
    "initial_interfix",
    "first_name_lookup",
    "surname_lookup",
    "name_context",
})  # fmt: skip
_LISTS_OF_NAMES = ("names", "whitelist")


_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_TITLES = frozenset(
    (
        "mw",
        "mevr",
        "mevrouw",
        "mvr",
        "mej",
        "dhr",
        "hr",
        "heer",
        "meneer",
        "mijnheer",
        "familie",
        "fam",
    )
)
_BETWEEN = frozenset(("van", "de", "der", "den", "het", "ten", "ter", "te", "el", "al", "in", "'t"))
_VERBS = frozenset(("belt", "belde", "wil", "mag", "kan", "moet", "zou"))
"""Surnames too, but not after a title in a note."""


_AFTER_TITLE = re.compile(
    rf"\b(?i:{'|'.join(_TITLES)})\b\.?\s+"
    rf"(?P<it>(?:[A-Z]\.\s?)*(?:(?i:{'|'.join(_BETWEEN)})\s+)*(?:(?!\d)[A-ZÀ-Þ])[\w'’-]+)"
)
"""Names that no list has, and spellings such as McDonald."""


def find_names(text: str) -> Iterator[tuple[int, int, str]]:
    """Give where names of people begin and end, also of names without capitals."""
    library = _deduce()
    annotations = library.deidentify(_capitalised(text), enabled=_ANNOTATORS).annotations
    for annotation in annotations:
        yield annotation.start_char, annotation.end_char, NAME
    for match in _AFTER_TITLE.finditer(text):
        yield *match.span("it"), NAME


def _capitalised(text: str) -> str:
    """Give names without capitals theirs, where a title or a first name comes before them.

    The library finds names by their capitals; who types fast leaves these out.
    """
    words = list(_WORD.finditer(text))
    letters = list(text)
    for place, match in enumerate(words):
        is_title = match[0].lower() in _TITLES
        if not is_title and match[0] not in _first_names():
            continue
        after = place + 1
        while after < len(words) and words[after][0] in _BETWEEN:
            after += 1
        if after < len(words) and _is_name(words[after][0], is_led=after > place + 1):
            for word in (words[after],) if is_title else (match, words[after]):
                letters[slice(*word.span())] = string.capwords(word[0], "-")
    # of a few letters the capital is longer: then nothing may move
    return "".join(letters) if len(letters) == len(text) else text


def _is_name(word: str, *, is_led: bool) -> bool:
    """Tell whether a word may be a name; after `van der` (is_led) a common word can be one too."""
    first, last, common = _lists()
    names = last if is_led else (first | last) - common
    return any(part in names for part in word.split("-"))


@cache
def _first_names() -> frozenset[str]:
    """Return first names in lower case that are no common words."""
    first, _, common = _lists()
    return first - common


@cache
def _lists() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return first names, surnames, and common words, in lower case."""
    folder = Path(str(_imported().__file__)).parent / "data" / "lookup" / "src"
    first, last, common, stop = (
        frozenset((folder / name / "items.txt").read_text("utf-8").lower().splitlines())
        for name in (
            "names/lst_first_name",
            "names/lst_surname",
            "whitelist/lst_common_word",
            "whitelist/lst_stop_word",
        )
    )
    return first, last, common | stop | _VERBS | _TITLES | _BETWEEN


@cache
def _deduce() -> Any:
    """Return the library with its lists of names only: a few seconds, once.

    Left to itself it builds its lists of streets and hospitals too, for more than a minute, and
    keeps them as a pickle inside the installation.
    """
    with tempfile.TemporaryDirectory() as folder:
        library = _imported()
        source = Path(str(library.__file__)).parent / "data" / "lookup"
        _copy_lists(source, Path(folder))
        is_collecting = gc.isenabled()
        gc.disable()  # hundreds of thousands of small objects that all stay
        try:
            made = library.Deduce(
                lookup_data_path=Path(folder), cache_path=Path(folder), build_lookup_structs=True
            )
        finally:
            gc.collect()
            gc.freeze()  # else every collection looks them through: 50 times as long per note
            if is_collecting:
                gc.enable()
    return made


def _imported() -> ModuleType:
    """Import the library without letting it set up everybody's logging to standard output."""
    root = logging.getLogger()
    level, stopper = root.level, logging.NullHandler()
    root.addHandler(stopper)
    try:
        import deduce  # noqa: PLC0415  # sets up logging when imported, which is held off here
    finally:
        root.removeHandler(stopper)
        root.setLevel(level)
    return deduce


def _copy_lists(source: Path, target: Path) -> None:
    """Copy the lists that names need; the others get one entry that no text has."""
    for file in (source / "src").rglob("*"):
        if file.suffix not in {".txt", ".json"}:
            continue
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.relative_to(source / "src").parts[0] in _LISTS_OF_NAMES or file.suffix == ".json":
            shutil.copyfile(file, copy)
        elif file.name == "items.txt":
            copy.write_text("Zzyzx\n", encoding="utf-8")
