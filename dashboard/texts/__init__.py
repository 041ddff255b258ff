"""Every word on screen, in Dutch and English: one catalogue per language, with equal keys.

Names of metrics, dimensions and values come from `analytics`; this is the rest.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all texts of a language by dotted key.

    Raises:
        KeyError: there is no such language.
    """
    file = Path(__file__).with_name(f"{language}.toml")
    if not file.is_file():
        raise KeyError(language)
    return dict(_flat("", tomllib.loads(file.read_text(encoding="utf-8"))))


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        texts += _flat(f"{name}.", value) if isinstance(value, dict) else [(name, value)]
    return texts


class Texts:
    """The texts of one language.

    Args:
        language: nl or en.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = catalogue(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a text with the values filled in.

        Raises:
            KeyError: there is no such text, or it needs a value that was not given.
        """
        text = self._texts[key]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Return whether there is such a text."""
        return key in self._texts
