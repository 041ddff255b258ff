"""What is written for a spreadsheet: no text in it is ever taken for a formula."""

import re

FORMULA = r"^[=+\-@\t\r\n|%＝＋－＠]"
"""How a text begins that a spreadsheet may take for a formula, in full-width signs too: a pattern
that Python, pandas and the engine read alike."""

_BEGINS_FORMULA = re.compile(FORMULA)


def is_risky(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula."""
    return _BEGINS_FORMULA.match(text) is not None


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe before what may be."""
    return "'" + text if is_risky(text) else text
