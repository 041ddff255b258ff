"""Nobody finds a small group by asking: every filter, split, grain and span, all answers together.

Random small worlds of two dimensions over days or months. One who asks holds every figure shown as
an equation over the cells; what follows from them is worked out exactly, modulo a large prime. A
small group is one value of each dimension asked and one whole period, also one that is not asked
for. What is said of several small groups together, and by bounds (nobody is less than nought), is
no part of the promise: docs/adr/0005.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from analytics.disclosure import swaps
from analytics.disclosure.protected import Protected, Sides
from analytics.periods import Days, Grain, period_of

THRESHOLD = 10
_PRIME = 2**31 - 1
_WORLDS = profile(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
_BEGINNINGS = (date(2025, 12, 27), date(2025, 6, 27), date(2025, 6, 10), date(2025, 3, 30))


@dataclass(frozen=True)
class World:
    """How many are in each cell: of each value of `a`, of `b`, and of each day (or month)."""

    sizes: np.ndarray
    days: tuple[date, ...]
    is_by_month: bool

    @property
    def cells(self) -> pd.DataFrame:
        """Every cell: a, b, day, size; empty ones too."""
        numbers = np.indices(self.sizes.shape).reshape(3, -1)
        return pd.DataFrame(
            {
                "a": [f"a{number}" for number in numbers[0]],
                "b": [f"b{number}" for number in numbers[1]],
                "day": [self.days[number] for number in numbers[2]],
                "size": self.sizes.ravel().astype("float64"),
            }
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world in which some cells are empty, and many are small."""
    is_by_month = draw(st.booleans())
    if is_by_month:
        first, months = draw(st.integers(0, 11)), draw(st.sampled_from([2, 4, 6, 14]))
        numbers = range(first, first + months)
        days = tuple(date(2025 + number // 12, number % 12 + 1, 1) for number in numbers)
    else:
        begin, length = draw(st.sampled_from(_BEGINNINGS)), draw(st.integers(2, 8))
        days = tuple(begin + timedelta(days=number) for number in range(length))
    most = 3 if len(days) <= 8 else 2
    shape = (draw(st.integers(1, most)), draw(st.integers(1, most)), len(days))
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    sizes = dice.integers(1, draw(st.sampled_from([9, 16, 41])), shape)
    sizes[dice.random(shape) < draw(st.sampled_from([0, 0.2, 0.5]))] = 0
    sizes[:, :, [0, -1]] = np.maximum(sizes[:, :, [0, -1]], 1)  # so that the days are these
    return World(sizes, days, is_by_month)


type Question = tuple[tuple[str, ...], dict[str, tuple[str, ...]], Days]


def questions(world: World) -> Iterator[Question]:
    """Give every split, with every filter, over every span and period."""
    spans = _spans(world)
    values = {name: sorted(set(world.cells[name])) for name in "ab"}
    for by in ((), ("a",), ("b",), ("a", "b")):
        filters = [[None, *_subsets(values[name])] if name not in by else [None] for name in "ab"]
        for chosen in product(*filters):
            where = {name: kept for name, kept in zip("ab", chosen, strict=True) if kept}
            for span in spans:
                yield by, where, span


def _spans(world: World) -> list[Days]:
    last = {day: period_of(day, Grain.MONTH)[1] if world.is_by_month else day for day in world.days}
    spans = {(a, last[b]) for a in world.days for b in world.days if a <= b}
    grains = list(Grain)[2:] if world.is_by_month else list(Grain)
    for grain, day in product(grains, world.days):
        spans.add(period_of(day, grain))
    return sorted(spans)


def _subsets(values: Sequence[str]) -> list[tuple[str, ...]]:
    return [chosen for n in range(1, len(values)) for chosen in combinations(values, n)]


@dataclass
class Asked:
    """What was shown, and which small groups there are: per row, which cells lie inside."""

    shown: np.ndarray
    small: np.ndarray


TOGETHER = ("a0", "a1")
"""Values that some figures count together, as the paths of one kind."""


def _is_together(value: str) -> tuple[bool]:
    return (value in TOGETHER,)


def ask(world: World, *, protects: bool = True, is_grouped: bool = False) -> Asked:
    """Ask everything; without protection each figure is hidden by its own size alone.

    Where values are grouped, those TOGETHER are a group that may be small too.
    """
    cells = world.cells
    bounds = (world.days[0], world.days[-1])
    full: dict[tuple[str, ...], Protected] = {}
    shown, small = {}, {}
    size = cells["size"].to_numpy()
    inside = {
        name: {value: (cells[name] == value).to_numpy() for value in set(cells[name])}
        for name in "ab"
    }
    days = cells["day"].to_numpy()
    hidden: dict[object, set[tuple[object, ...]]] = {}
    for by, where, span in questions(world):
        dimensions = tuple(sorted({*by, *where}))
        key = (by, tuple(where.items()), span)
        if protects:
            if dimensions not in full:
                full[dimensions] = _full(world, dimensions, bounds, is_grouped=is_grouped)
            rows = full[dimensions].hidden(by, [span], where)
            hidden[key] = (
                set(rows[list(by)].itertuples(index=False, name=None)) if len(rows) else set()
            )
        kept = (days >= span[0]) & (days <= span[1])
        for name, values in where.items():
            kept = kept & np.any([inside[name][value] for value in values], axis=0)
        for group in product(*(sorted(inside[name]) for name in by)):
            chosen = kept.copy()
            for name, value in zip(by, group, strict=True):
                chosen &= inside[name][value]
            is_small = 0 < size[chosen].sum() < THRESHOLD
            if is_small and (not where or (is_grouped and where == {"a": TOGETHER})):
                small[chosen.tobytes()] = chosen
            if not is_small and not (protects and group in hidden[key]):
                shown[chosen.tobytes()] = chosen
    empty = np.zeros((0, len(cells)), dtype=bool)
    return Asked(np.array([*empty, *shown.values()]), np.array([*empty, *small.values()]))


def _full(
    world: World, dimensions: tuple[str, ...], bounds: Days, *, is_grouped: bool
) -> Protected:
    cells = world.cells.groupby([*dimensions, "day"], as_index=False)["size"].sum()
    months = pd.Series([day.replace(day=1) for day in cells["day"]])
    sides, grouped = ({"a": _is_together}, ["a"]) if is_grouped else ({}, [])
    table = Protected(cells.assign(day=months), dimensions, THRESHOLD, bounds, sides, grouped)
    if not world.is_by_month:
        for month in sorted(set(months)):
            table.add_days(month, cells[months == month])
    return table


def follows(asked: Asked) -> np.ndarray:
    """Tell for each small group whether it is a sum and difference of what is shown."""
    if not len(asked.shown) or not len(asked.small):
        return np.zeros(len(asked.small), dtype=bool)
    known, wanted = asked.shown.astype("int64"), asked.small.astype("int64")
    row = 0
    for column in range(known.shape[1]):
        found = np.flatnonzero(known[row:, column])
        if not len(found):
            continue
        known[[row, row + found[0]]] = known[[row + found[0], row]]
        known[row] = known[row] * pow(int(known[row, column]), -1, _PRIME) % _PRIME
        below = known[row + 1 :]
        known[row + 1 :] = (below - below[:, [column]] * known[row]) % _PRIME
        wanted = (wanted - wanted[:, [column]] * known[row]) % _PRIME
        row += 1
        if row == len(known):
            break
    return np.asarray(~wanted.any(axis=1))


ONE_ON_THE_LAST_DAY_BUT_ONE = World(
    np.array([[[1, 4, 0, 6, 0, 0, 0, 6], [1, 0, 6, 1, 2, 4, 4, 1], [1, 2, 0, 0, 8, 0, 3, 1]]]),
    tuple(date(2025, 3, 30) + timedelta(days=number) for number in range(8)),
    is_by_month=False,
)
"""Of the second value one in March, on the 30th: what hides March's total touches its 31st."""


@given(world=worlds())
@example(world=ONE_ON_THE_LAST_DAY_BUT_ONE)
@_WORLDS
def test_no_small_group_follows_from_all_that_is_shown(world: World) -> None:
    assert not follows(ask(world)).any()


@given(world=worlds())
@profile(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_nor_where_partners_go_by_size(world: World) -> None:
    """As in tables with many cells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(swaps, "_GREEDY", 1)
        assert not follows(ask(world)).any()


@given(world=worlds())
@profile(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_nor_does_a_small_group_of_values(world: World) -> None:
    assert not follows(ask(world, is_grouped=True)).any()


def test_small_values_together_follow_where_they_are_no_group() -> None:
    """Four and three in March; each is hidden with the other, but not both with another."""
    sizes = np.array([[[4, 40, 40]], [[3, 40, 40]], [[50, 50, 50]], [[60, 60, 60]]])
    world = World(sizes, (date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)), is_by_month=True)
    assert not follows(ask(world)).any()
    assert not follows(ask(world, is_grouped=True)).any()
    alone = ask(world)
    both = Asked(alone.shown, ask(world, is_grouped=True).small)
    assert follows(both).any()


def test_the_one_who_asks_is_able() -> None:
    """Without the protection two filters, two spans and a grain give small groups away."""
    sizes = np.array([[[40, 4, 30]], [[50, 20, 3]], [[3, 60, 25]]])
    days = (date(2025, 6, 14), date(2025, 6, 15), date(2025, 6, 16))
    world = World(sizes, days, is_by_month=False)
    naive = follows(ask(world, protects=False))
    assert naive.sum() == 3  # each of the small cells
    assert not follows(ask(world)).any()


def _sizes(**of: list[int]) -> pd.DataFrame:
    months = [date(2025, number, 1) for number in range(1, 7)]
    rows = [
        (name, day, size)
        for name, sizes in of.items()
        for day, size in zip(months, sizes, strict=True)
    ]
    return pd.DataFrame(rows, columns=["channel", "day", "size"])


YEAR = (date(2025, 1, 1), date(2025, 6, 30))


@pytest.mark.parametrize(
    ("kept", "is_hidden"),
    [
        (["phone"], False),
        (["chat"], True),
        (["phone", "chat"], True),  # less phone, which is shown, it would be chat
        (["chat", "post"], False),  # all that is hidden: told by the total less phone and counter
        (["phone", "counter"], False),
        (["counter", "chat", "post"], False),
    ],
)
def test_values_are_shown_together_where_their_sum_tells_nothing(
    kept: list[str], is_hidden: bool
) -> None:
    sizes = _sizes(phone=[90] * 6, counter=[80] * 6, chat=[1] * 6, post=[5] * 6)
    table = Protected(sizes, ("channel",), THRESHOLD, YEAR)
    assert bool(len(table.hidden((), [YEAR], {"channel": kept}))) == is_hidden


def test_a_span_is_shown_where_it_is_made_of_periods_that_are() -> None:
    table = Protected(_sizes(chat=[12, 15, 3, 14, 20, 30]), ("channel",), THRESHOLD, YEAR)
    spans = [
        (date(2025, 1, 1), date(2025, 3, 31)),
        (date(2025, 2, 1), date(2025, 2, 28)),
        (date(2025, 3, 1), date(2025, 3, 31)),
        (date(2025, 1, 1), date(2025, 2, 28)),
        (date(2025, 2, 1), date(2025, 5, 31)),
        (date(2025, 4, 1), date(2025, 5, 31)),
    ]
    # February is hidden with March, which is small: a span that has both, or neither, is shown
    assert set(table.hidden(("channel",), spans, {})["span"]) == {1, 2, 3}


def test_twelve_months_are_shown_where_a_month_is_small_each_year() -> None:
    """Of a channel that is small each August, any twelve months are shown, as are whole years."""
    rows = [
        ("chat", date(2023 + number // 12, number % 12 + 1, 1), 4 if number % 12 == 7 else 40)
        for number in range(36)
    ]
    sizes = pd.DataFrame(rows, columns=["channel", "day", "size"])
    sizes = pd.concat([sizes, sizes.assign(channel="phone", size=500)])
    table = Protected(sizes, ("channel",), THRESHOLD, (date(2023, 1, 1), date(2025, 12, 31)))
    twelve = [
        (
            date(2023 + n // 12, n % 12 + 1, 1),
            date(2024 + n // 12, n % 12 + 1, 1) - timedelta(days=1),
        )
        for n in range(25)
    ]
    assert table.hidden(("channel",), twelve, {}).empty
    months = [period_of(day, Grain.MONTH) for day in sizes["day"][:36]]
    hidden = table.hidden((), months, {"channel": ("chat",)})["span"]
    assert {months[number][0].month for number in hidden} == {8, 9}


def test_a_week_may_lie_in_two_months() -> None:
    days = [date(2025, 6, 1) + timedelta(days=number) for number in range(61)]
    sizes = pd.DataFrame({"channel": "chat", "day": days, "size": 4.0})
    months = pd.Series([day.replace(day=1) for day in days])
    table = Protected(
        sizes.assign(day=months), ("channel",), THRESHOLD, (date(2025, 6, 1), date(2025, 7, 31))
    )
    for month in set(months):
        table.add_days(month, sizes[months == month])
    weeks = [
        (date(2025, 6, 23), date(2025, 6, 29)),
        (date(2025, 6, 30), date(2025, 7, 6)),  # one day of June, which is small
        (date(2025, 7, 7), date(2025, 7, 13)),
    ]
    assert set(table.hidden(("channel",), weeks, {})["span"]) == {0, 1}


@pytest.mark.parametrize("most", [swaps._GREEDY, 1])
def test_what_is_hidden_stays_on_its_side(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Digital contacts by service stay shown where a digital channel hides another.

    The cell to be hidden with is chosen among its like, though another would be smaller.
    """
    monkeypatch.setattr(swaps, "_GREEDY", most)
    sizes = {"chat": 30, "counter": 40, "app": 80, "email": 90}
    rows = [
        (channel, service, date(2025, month, 1), size)
        for (channel, size), service, month in product(sizes.items(), "xyz", range(1, 7))
    ]
    frame = pd.DataFrame(rows, columns=["channel", "service", "day", "size"])
    is_small = frame["channel"].eq("chat") & frame["service"].eq("x") & frame["day"].eq(YEAR[0])
    frame.loc[is_small, "size"] = 4
    months = [period_of(day, Grain.MONTH) for day in sorted(set(frame["day"]))]
    digital = ("app", "chat")

    def hidden(sides: Sides) -> tuple[bool, bool]:
        table = Protected(frame, ("channel", "service"), THRESHOLD, YEAR, sides)
        together = table.hidden(("service",), months, {"channel": digital})
        return table.hidden(("channel", "service"), months, {}).empty, together.empty

    assert hidden({"channel": lambda channel: (channel in digital,)}) == (False, True)
    assert hidden({}) == (False, False)
