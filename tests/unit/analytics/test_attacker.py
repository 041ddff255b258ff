"""Nobody finds a hidden figure by adding up and subtracting what is shown.

The attacker has every answer over the same days: by both dimensions, by each, by none, and over
months, quarters and the year. One who asks for any days and filters: tests/generative.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.disclosure import HIDDEN, suppress
from analytics.periods import Grain, period_of
from analytics.query import Selection, measure
from tests import warehouses
from tests.unit.analytics.attacker import Attacker, recovered
from warehouse.store import Reader

THRESHOLD = 10


def table(seed: int) -> pd.DataFrame:
    """Return a random table by two dimensions, some groups of it small and some empty."""
    draw = np.random.default_rng(seed)
    cells = [
        {"a": f"a{a}", "b": f"b{b}"}
        for a in range(draw.integers(2, 7))
        for b in range(draw.integers(2, 7))
    ]
    sizes = np.floor(draw.lognormal(3, 1.2, len(cells)))
    sizes[draw.random(len(cells)) < draw.choice([0, 0.3])] = 0
    return pd.DataFrame(cells).assign(weight=sizes)


def published(cells: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the answer by some of the columns."""
    sums = (
        cells.groupby(columns, as_index=False)["weight"].sum()
        if columns
        else pd.DataFrame({"weight": [cells["weight"].sum()]})
    )
    figures = dict.fromkeys(HIDDEN, sums["weight"])
    return suppress(sums.assign(metric="contacts", **figures), columns, "weight", THRESHOLD)


def small(cells: pd.DataFrame, places: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the places where fewer than the threshold are."""
    return [
        place
        for place in places
        if 0
        < cells[(cells[list(place)] == pd.Series(place)).all(axis=1)]["weight"].sum()
        < THRESHOLD
    ]


@pytest.mark.parametrize("seed", range(60))
def test_no_small_group_of_a_table_can_be_had(seed: int) -> None:
    cells = table(seed)
    answers = [
        (list(by), published(cells, list(by))) for n in range(3) for by in combinations("ab", n)
    ]
    assert small(cells, recovered(cells[["a", "b"]], answers)) == []


def test_the_attacker_is_able() -> None:
    """Hiding the small cells alone is not enough, and the attacker shows it."""
    cells = pd.DataFrame({"a": ["a0", "a1", "a2"], "weight": [5.0, 20.0, 30.0]})
    naive = cells.assign(suppressed=cells["weight"] < THRESHOLD)
    total = pd.DataFrame({"suppressed": [False]})
    assert recovered(cells[["a"]], [(["a"], naive), ([], total)]) == [{"a": "a0"}]
    assert recovered(cells[["a"]], [(["a"], published(cells, ["a"])), ([], total)]) == []


def test_the_attacker_adds_up_crosswise() -> None:
    attacker = Attacker([{"a": a, "b": b} for a in "xy" for b in "pq"])
    for known in ({"a": "x"}, {"a": "y"}, {"b": "p"}):
        attacker.learn(**known)
    assert attacker.can_find(b="q")
    assert not attacker.can_find(a="x", b="p")
    attacker.learn(a="y", b="q")
    assert attacker.can_find(a="x", b="p")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return warehouses.build(tmp_path_factory.mktemp("attacked"), contacts())


def contacts() -> pd.DataFrame:
    """Return a year of contacts, on some channels about some services very few."""
    draw = np.random.default_rng(20250101)
    count = 2200
    channels = draw.choice(
        ["phone", "counter", "email", "chat", "post"], count, p=[0.4, 0.3, 0.17, 0.08, 0.05]
    )
    services = draw.choice(
        ["paspoort", "afval", "parkeren", "wmo"], count, p=[0.5, 0.33, 0.14, 0.03]
    )
    days = pd.Timestamp("2024-12-31 12:00") + pd.to_timedelta(draw.integers(1, 366, count), "D")
    customers = [f"k{number}" for number in draw.integers(0, 900, count)]
    outcomes = draw.choice(["resolved", "abandoned", "forwarded"], count, p=[0.8, 0.05, 0.15])
    return pd.DataFrame(
        {
            "started_at": days, "channel": channels, "service": services, "customer": customers,
            "outcome": outcomes, "wait_seconds": draw.integers(0, 200, count).astype(float),
        }
    )  # fmt: skip


LONGER = {Grain.MONTH: "month", Grain.QUARTER: "quarter", Grain.YEAR: "year"}


def ask(
    reader: Reader, metric: str, by: tuple[str, ...], grain: Grain | None
) -> tuple[list[str], pd.DataFrame]:
    answer = measure(reader, [metric], by=by, grain=grain)
    if grain is None:
        return list(by), answer
    return [LONGER[grain], *by], answer.rename(columns={"period": LONGER[grain]})


def finest(answer: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the places of the finest answer, with the longer periods in which they lie."""
    cells = answer[columns].copy()
    for grain, name in LONGER.items():
        if "month" in columns:
            cells[name] = [period_of(day, grain)[0] for day in answer["month"]]
    return cells


_METRICS = [
    "contacts", "repeat_share", "first_contact_resolution", "switch_share", "episodes",
    "cost_per_contact", "mean_wait", "service_level", "transfer_share", "channel_share",
]  # fmt: skip


@pytest.mark.parametrize("metric", _METRICS)
def test_no_answer_gives_another_away(reader: Reader, metric: str) -> None:
    dimensions = ("channel", "service")
    answers = [
        ask(reader, metric, by, None) for n in range(3) for by in combinations(dimensions, n)
    ]
    whole = measure(reader, [metric], by=dimensions, threshold=1)
    assert recovered(finest(whole, list(dimensions)), answers) == []


@pytest.mark.parametrize("metric", _METRICS)
@pytest.mark.parametrize("by", [(), ("channel",), ("service",)], ids=" ".join)
def test_no_period_gives_another_away(reader: Reader, metric: str, by: tuple[str, ...]) -> None:
    answers = list(_over_periods(reader, metric, by))
    whole = measure(reader, [metric], by=by, grain=Grain.MONTH, threshold=1)
    whole = whole.rename(columns={"period": "month"})
    assert recovered(finest(whole, ["month", *by]), answers) == []


def _over_periods(
    reader: Reader, metric: str, by: tuple[str, ...]
) -> Iterator[tuple[list[str], pd.DataFrame]]:
    for columns in {(), by}:
        for grain in (None, Grain.MONTH, Grain.QUARTER, Grain.YEAR):
            yield ask(reader, metric, columns, grain)


def test_a_hidden_cell_says_nothing(reader: Reader) -> None:
    answer = measure(reader, list(_METRICS), by=["channel", "service"], grain=Grain.QUARTER)
    hidden = answer[answer["suppressed"]]
    assert len(hidden) > 10
    assert hidden[list(HIDDEN)].isna().all(axis=None)
    assert (answer["period"] >= date(2025, 1, 1)).all()


def test_the_settings_threshold_holds_unless_another_is_given(
    reader: Reader, tmp_path: Path
) -> None:
    assert measure(reader, ["contacts"], by=["service", "channel"])["suppressed"].any()
    assert not measure(reader, ["contacts"], by=["channel"], threshold=1)["suppressed"].any()


def test_a_filter_or_a_span_tells_no_more_than_a_split(reader: Reader) -> None:
    """Asked of the warehouse: all services but the small one, and a year but for a month."""
    services = measure(reader, ["contacts"], by=["channel", "service"])
    small = services[services["suppressed"]]
    assert len(small)
    for row in small.to_dict("records"):
        others = tuple({"paspoort", "afval", "parkeren", "wmo"} - {row["service"]})
        where = {"channel": (row["channel"],), "service": others}
        (rest,) = measure(reader, ["contacts"], selection=Selection(where=where))["suppressed"]
        assert rest
    months = measure(reader, ["contacts"], by=["channel"], grain=Grain.MONTH)
    hidden = months[months["suppressed"]]
    assert len(hidden)
    for row in hidden.to_dict("records"):
        first, last = period_of(row["period"], Grain.MONTH)
        where = {"channel": (row["channel"],)}
        until = Selection(date(2025, 1, 1), last, where)
        before = Selection(date(2025, 1, 1), first - timedelta(days=1), where)
        shown = [
            chosen
            for chosen in (until, before)
            if chosen.end
            and chosen.end > date(2025, 1, 1)
            and not measure(reader, ["contacts"], selection=chosen)["suppressed"].all()
        ]
        assert len(shown) < 2
