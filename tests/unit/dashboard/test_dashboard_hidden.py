"""The note beside what is hidden: only where another choice would show more, and which."""

from datetime import date

import pandas as pd
import pytest

from analytics.periods import Grain
from analytics.query import Span
from dashboard.components.hidden import hidden_note
from dashboard.context import Context
from dashboard.view import View
from warehouse.settings import Settings

SPAN = Span(date(2025, 1, 10), date(2025, 12, 20), None, False, Settings())
MAY = (date(2025, 5, 1), date(2025, 5, 31))
PHONE = (("channel", ("phone",)),)
HIDDEN = pd.DataFrame({"value": [12.0, float("nan")], "suppressed": [False, True]})


def note(view: View, frame: pd.DataFrame = HIDDEN) -> str:
    """Return what the note says, in Dutch."""
    return " ".join(str(part.children) for part in hidden_note(frame, Context(view, SPAN)))


@pytest.mark.parametrize(
    ("view", "helps"),
    [
        (View(*MAY), []),
        (View(*MAY, PHONE), ["minder filters"]),
        (View(date(2025, 5, 1), date(2025, 5, 16)), ["hele maanden"]),
        (View(date(2025, 5, 1), date(2025, 5, 16), PHONE), ["hele maanden", "minder filters"]),
        (View(*MAY, grain=Grain.WEEK), ["hele maanden"]),
        (View(date(2025, 1, 10), date(2025, 2, 28)), []),  # nothing was loaded before
        (View(date(2025, 12, 1), date(2025, 12, 20)), []),
        (View(), []),
    ],
)
def test_the_note_says_what_shows_more(view: View, helps: list[str]) -> None:
    said = note(view)
    assert [way for way in ("hele maanden", "minder filters") if way in said] == helps
    assert bool(said) == bool(helps)


def test_there_is_no_note_where_nothing_is_hidden() -> None:
    view = View(date(2025, 5, 1), date(2025, 5, 16), PHONE)
    assert note(view, HIDDEN.assign(suppressed=False)) == ""
    assert note(view, pd.DataFrame({"value": [1.0]})) == ""
