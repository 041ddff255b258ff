"""Both languages say everything, with the same places to fill in, and nothing else is on screen."""

import ast
import string
from pathlib import Path

import pytest

import dashboard
from dashboard.texts import Texts, catalogue
from etl.rejects import REASONS

FOLDER = Path(dashboard.__file__).parent
NL, EN = catalogue("nl"), catalogue("en")


def places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(NL) == set(EN)


@pytest.mark.parametrize("key", sorted(set(NL) & set(EN)))
def test_each_text_has_words_and_the_same_places_in_both_languages(key: str) -> None:
    assert NL[key].strip()
    assert EN[key].strip()
    assert places(NL[key]) == places(EN[key])


def test_an_unknown_text_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(KeyError):
        Texts("nl")("no.such.text")


@pytest.mark.parametrize(("key", "sentences"), REASONS.items())
def test_reasons_for_rejects_read_as_the_loader_says_them(
    key: str, sentences: tuple[str, str]
) -> None:
    assert (NL[f"reject.{key}"], EN[f"reject.{key}"]) == sentences


def literal_keys() -> set[str]:
    """Every whole text key that the code names."""
    keys = set()
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and node.args
            if not is_call or not isinstance(node.args[0], ast.Constant):
                continue
            function = ast.unparse(node.func)
            if function.split(".")[-1] == "texts" or function.startswith("Texts("):
                keys.add(node.args[0].value)
    return keys


def test_every_text_that_the_code_names_exists() -> None:
    assert literal_keys() <= set(NL)


_CHILDREN = {
    "A", "Button", "Caption", "Code", "Dd", "Div", "Dt", "H1", "H2", "H3", "Label", "Li", "P",
    "Span", "Summary", "Td", "Th", "Section", "Pre",
}  # fmt: skip
_SPOKEN = {"title", "label", "placeholder", "aria-label", "alt", "children", "says"}


def spoken(node: ast.Call) -> list[str]:
    """The literal texts that a component would show or have read out."""
    found: list[ast.expr] = [keyword.value for keyword in node.keywords if keyword.arg in _SPOKEN]
    if isinstance(node.func, ast.Attribute) and node.func.attr in _CHILDREN:
        found += node.args[:1]
    for keyword in node.keywords:
        if keyword.arg is None and isinstance(keyword.value, ast.Dict):
            pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
            found += [
                value
                for key, value in pairs
                if isinstance(key, ast.Constant) and key.value in _SPOKEN
            ]
    flat = [
        item for value in found for item in (value.elts if isinstance(value, ast.List) else [value])
    ]
    return [
        item.value
        for item in flat
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]


def test_no_words_are_on_screen_that_are_not_in_the_catalogue() -> None:
    commands = {"samenspel load", "samenspel demo"}
    words = [
        (file.name, text)
        for file in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for text in spoken(node)
        if any(letter.isalpha() for letter in text) and text not in commands
    ]
    assert words == []
