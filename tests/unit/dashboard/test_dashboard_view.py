"""The address keeps a view: written and read back it is the same, and broken parts are left out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.periods import Grain
from analytics.query import Selection, Span
from dashboard.periods import add_months, last_complete_month, loaded_days, presets
from dashboard.view import FILTERS, GRAINS, LANGUAGES, SORTS, View, parse_view, query_string
from warehouse.settings import Settings

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@st.composite
def views(draw: st.DrawFn) -> View:
    period = draw(st.none() | st.tuples(DAYS, DAYS).map(sorted))
    view = View(
        start=period[0] if period else None,
        end=period[1] if period else None,
        grain=draw(st.none() | st.sampled_from(GRAINS)),
        language=draw(st.none() | st.sampled_from(LANGUAGES)),
        shows_counts=draw(st.booleans()),
        with_visits=draw(st.booleans()),
        sort=draw(st.sampled_from(["", *SORTS, *(f"-{key}" for key in SORTS)])),
    )
    for dimension in FILTERS:
        view = view.with_filter(dimension, draw(st.lists(VALUES, max_size=4)))
    return view


def span(first: date = date(2023, 1, 1), last: date = date(2025, 3, 14)) -> Span:
    return Span(first_on=first, last_on=last, loaded_at=None, is_demo=False, settings=Settings())


@given(views())
def test_a_view_written_to_the_address_and_read_back_is_the_same(view: View) -> None:
    assert parse_view(query_string(view)) == (view, ())


@given(st.text(max_size=300))
def test_no_address_however_broken_raises(text: str) -> None:
    view, _ = parse_view("?" + text)
    assert isinstance(view, View)


@pytest.mark.parametrize(
    ("search", "ignored"),
    [
        ("?grain=fortnight", ("grain",)),
        ("?from=2025-02-30&to=2025-03-01", ("from",)),
        ("?from=2025-03-02&to=2025-03-01", ("from",)),
        ("?from=2025-03-02", ("from",)),
        ("?lang=fr", ("lang",)),
        ("?channel=fax", ("channel",)),
        ("?nonsense=1", ("nonsense",)),
    ],
)
def test_what_is_broken_is_left_out_and_named(search: str, ignored: tuple[str, ...]) -> None:
    assert parse_view(search, {"channel": ["phone"]}) == (View(), ignored)


def test_known_values_stay_when_others_beside_them_are_left_out() -> None:
    view, ignored = parse_view("?channel=phone&channel=fax", {"channel": ["phone", "chat"]})
    assert (view.values("channel"), ignored) == (("phone",), ("channel",))


def test_without_asking_one_sees_the_last_month_that_is_over() -> None:
    assert View().period(span()) == (date(2025, 2, 1), date(2025, 2, 28))
    assert View().period(span(last=date(2025, 2, 28))) == (date(2025, 2, 1), date(2025, 2, 28))


def test_a_log_shorter_than_a_month_is_seen_whole() -> None:
    short = span(date(2025, 3, 3), date(2025, 3, 14))
    assert View().period(short) == (date(2025, 3, 3), date(2025, 3, 14))


def test_a_month_is_shown_at_the_end_of_the_thirteen_that_lead_up_to_it() -> None:
    selection, grain = View().trend(span())
    assert (selection.start, selection.end, grain) == (
        date(2024, 2, 1),
        date(2025, 2, 28),
        Grain.MONTH,
    )


def test_a_grain_that_was_asked_for_shows_the_period_itself() -> None:
    view = View(start=date(2025, 2, 1), end=date(2025, 2, 28), grain=Grain.DAY)
    assert view.trend(span()) == (Selection(date(2025, 2, 1), date(2025, 2, 28)), Grain.DAY)


def test_clearing_keeps_language_and_display() -> None:
    view = View(date(2025, 1, 1), date(2025, 1, 2), language="en", shows_counts=True)
    cleared = view.with_filter("channel", ["phone"]).without_filters()
    assert cleared == View(language="en", shows_counts=True)
    assert cleared.filter_count == 0


def test_with_visits_alone_the_days_are_those_of_the_visits() -> None:
    visits = replace(
        span(date.min, date.min), counted_from=date(2024, 1, 10), counted_until=date(2024, 5, 20)
    )
    assert loaded_days(visits) == (date(2024, 1, 10), date(2024, 5, 20))
    assert View().period(visits) == (date(2024, 4, 1), date(2024, 4, 30))
    assert View().trend(visits)[0].start == date(2024, 1, 1)
    named = {preset.key: (preset.start, preset.end) for preset in presets(*loaded_days(visits))}
    assert named["this_month"] == (date(2024, 5, 1), date(2024, 5, 31))
    with_contacts = replace(visits, first_on=date(2024, 2, 3), last_on=date(2024, 2, 27))
    assert View().period(with_contacts) == (date(2024, 2, 3), date(2024, 2, 27))


def test_with_nothing_loaded_there_is_nothing_to_pick() -> None:
    nothing = span(date.min, date.min)
    assert presets(*loaded_days(nothing)) == ()
    assert last_complete_month(*loaded_days(nothing)) == (date.min, date.min)
    assert View().trend(nothing)[0].end == date.min


@given(first=DAYS, length=st.integers(0, 800))
def test_the_last_complete_month_lies_in_the_days_or_is_all_of_them(
    first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    start, end = last_complete_month(first, last)
    tomorrow = last + timedelta(days=1)
    months = [
        day for day in (first.replace(day=1) + timedelta(days=n) for n in range(length + 31))
        if day.day == 1 and add_months(day, 1) <= tomorrow
    ]  # fmt: skip
    if months:
        assert (start, end) == (months[-1], add_months(months[-1], 1) - timedelta(days=1))
    else:
        assert (start, end) == (first, last)
