"""Working days: the last day of a term, against walking on from day to day."""

from datetime import date, timedelta

import holidays
from hypothesis import given
from hypothesis import strategies as st

from analytics.derive.service import calendar
from warehouse.settings import parse_settings

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def walked(day: date, term: int, closed: set[date]) -> date:
    """Return the term-th day after a day on which somebody works."""
    while term:
        day += timedelta(days=1)
        term -= day.weekday() < 5 and day not in closed
    return day


@given(
    first=DAYS,
    length=st.integers(0, 60),
    terms=st.lists(st.integers(1, 60), min_size=1, max_size=3),
    own=st.lists(st.integers(-5, 90), max_size=15),
)
def test_a_term_ends_on_its_last_working_day(
    first: date, length: int, terms: list[int], own: list[int]
) -> None:
    last = first + timedelta(days=length)
    own_days = [first + timedelta(days=number) for number in own]
    settings = parse_settings(
        {
            "answer": {
                "working_days": dict(zip(("email", "post", "web_form"), terms, strict=False))
            },
            "opening": {"closed_on": own_days},
        }
    )
    closed = {*holidays.country_holidays("NL", years=range(2014, 2033)), *own_days}
    table = calendar(first, last, settings).to_pylist()
    days = [row["day"] for row in table]
    assert days == [first + timedelta(days=number) for number in range(len(days))]
    for row in table:
        assert row["is_closed"] == (row["day"] in closed)
        for term in terms:
            due = walked(row["day"], term, closed)
            # beyond the calendar nothing is told: no contact lies there
            assert row[f"due_{term}"] == (due if due <= days[-1] else None)
            assert row["day"] > last or due <= days[-1]
