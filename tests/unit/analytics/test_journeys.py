"""Journeys: paths, steps and drop-off, against contacts counted by hand or in plain loops."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.derive.journeys import BINS_PER_DOUBLING, MORE, bounds, kind_of
from analytics.journeys.cells import quantiles
from analytics.journeys.paths import flows, loops, paths
from analytics.journeys.steps import drop_off, steps
from analytics.query import EVERYTHING, Selection
from tests import warehouses
from tests.generative.crowd import SETTINGS, crowd
from warehouse.errors import SelectionError
from warehouse.settings import Settings, parse_settings
from warehouse.store import Reader

BIN = 2 ** (1 / BINS_PER_DOUBLING)
"""How many times as long a time at a bin's end is as one at its beginning."""


def contact(customer: str, day: str, channel: str, **more: Any) -> dict[str, Any]:
    return {
        "customer": customer,
        "started_at": pd.Timestamp(f"2025-03-{day}"),
        "channel": channel,
        "service": "paspoort",
        "outcome": "resolved",
        **more,
    }


def anchors() -> list[dict[str, Any]]:
    """Contacts of nobody, so that a fortnight around the others is known."""
    return [contact("", "01 08:00", "post"), contact("", "31 08:00", "post")]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Eleven journeys: three by form and phone, two back and forth, one long, four short ones."""
    rows = anchors()
    for number in range(3):
        rows += [
            contact(f"a{number}", "05 09:00", "web_form", outcome="abandoned"),
            contact(f"a{number}", "05 11:00", "phone", outcome="forwarded"),
        ]
    for number in range(2):
        rows += [
            contact(f"b{number}", "06 09:00", "phone"),
            contact(f"b{number}", "08 09:00", "email"),
            contact(f"b{number}", "10 09:00", "phone"),
        ]
    rows += [contact("c", f"{day:02} 09:00", "phone") for day in range(4, 11)]
    rows += [contact(f"d{number}", "12 09:00", "counter") for number in range(4)]
    rows.append(contact("e", "12 09:00", "chat", outcome="unknown"))
    settings = parse_settings({"privacy": {"threshold": 1}})
    return warehouses.build(tmp_path_factory.mktemp("w") / "w", rows, settings)


def test_paths_by_hand(by_hand: Reader) -> None:
    found = paths(by_hand)
    assert found.total == 11
    table = found.paths.set_index("path")
    assert table["journeys"].to_dict() == {
        "counter": 4,
        "web_form>phone": 3,
        "phone>email>phone": 2,
        f"phone>phone>phone>phone>phone>{MORE}": 1,
        "chat": 1,
    }
    assert table["kind"].to_dict() == {
        "counter": "single",
        "chat": "single",
        "web_form>phone": "onward",
        "phone>email>phone": "back",
        f"phone>phone>phone>phone>phone>{MORE}": "same",
    }
    by_phone = table.loc["web_form>phone"]
    assert (by_phone["resolved"], by_phone["known"], by_phone["resolved_share"]) == (0, 3, 0)
    assert by_phone["contacts_per_journey"] == 2
    assert by_phone["median_seconds"] == pytest.approx(7200, rel=BIN - 1)
    assert table.loc[f"phone>phone>phone>phone>phone>{MORE}", "contacts_per_journey"] == 7
    assert table.loc["chat", "known"] == 0  # its outcome is not known
    assert pd.isna(table.loc["chat", "resolved_share"])
    assert found.kinds.set_index("kind")["journeys"].to_dict() == {
        "single": 5, "onward": 3, "back": 2, "same": 1
    }  # fmt: skip


def test_loops_and_flows_follow_from_the_paths_that_are_shown(by_hand: Reader) -> None:
    everything = paths(by_hand).paths
    by_channel = loops(everything).set_index("channel")
    assert by_channel.loc["phone"].to_dict() == {"journeys": 6, "again": 1, "back": 2}
    assert list(by_channel.index) == ["phone"]
    streams = flows(everything).set_index(["place", "source", "target"])["journeys"]
    assert streams[1, "web_form", "phone"] == 3
    assert streams[1, "phone", "email"] == streams[2, "email", "phone"] == 2
    assert streams[4, "phone", "phone"] == 1
    # the one journey that stays on the phone is too few to be shown
    shown = paths(by_hand, threshold=2).paths
    assert set(flows(shown).itertuples(index=False, name=None)) == {
        (1, "web_form", "phone", 3.0), (1, "phone", "email", 2.0), (2, "email", "phone", 2.0),
    }  # fmt: skip
    assert loops(shown).set_index("channel").loc["phone"].to_dict() == {
        "journeys": 5, "again": 0, "back": 2,
    }  # fmt: skip


def test_steps_by_hand(by_hand: Reader) -> None:
    found = steps(by_hand).set_index(["channel", "next_channel"])
    assert found["steps"].to_dict() == {
        ("phone", "phone"): 6,
        ("web_form", "phone"): 3,
        ("phone", "email"): 2,
        ("email", "phone"): 2,
    }
    assert found.loc[("phone", "phone"), "share"] == pytest.approx(6 / 8)
    assert found.loc[("phone", "phone"), "p50"] == pytest.approx(86_400, rel=BIN - 1)
    assert found.loc[("email", "phone"), "p90"] == pytest.approx(2 * 86_400, rel=BIN - 1)


def test_drop_off_by_hand(tmp_path: Path) -> None:
    rows = [
        *anchors(),
        # two visits and a form, then a call: one try, that dropped off after the form
        contact("a", "10 09:00", "web_visit"),
        contact("a", "10 09:20", "web_visit"),
        contact("a", "10 09:40", "web_form"),
        contact("a", "11 09:00", "phone"),
        # the call is too late
        contact("b", "10 09:00", "web_form"),
        contact("b", "18 09:00", "phone"),
        # another subject
        contact("c", "10 09:00", "web_form"),
        contact("c", "11 09:00", "phone", service="afval"),
        # somebody helps, but not at once
        contact("d", "10 09:00", "chat"),
        contact("d", "11 09:00", "post"),
        contact("d", "12 09:00", "phone"),
        # too recent to know; nobody in particular; no digital channel
        contact("e", "30 09:00", "web_form"),
        contact("", "10 09:00", "web_form"),
        contact("f", "10 09:00", "phone"),
        contact("f", "11 09:00", "counter"),
    ]
    settings = parse_settings({"privacy": {"threshold": 1}})
    reader = warehouses.build(tmp_path / "w", rows, settings)
    (whole,) = drop_off(reader).to_dict("records")
    assert (whole["numerator"], whole["denominator"], whole["tries"]) == (1, 4, 5)
    by_channel = drop_off(reader, "channel").set_index("group")
    assert by_channel["numerator"].to_dict() == {"web_form": 1, "chat": 0}
    assert by_channel["tries"].to_dict() == {"web_form": 4, "chat": 1}


def test_small_paths_are_hidden_and_cannot_be_had_by_subtraction(by_hand: Reader) -> None:
    found = paths(by_hand, threshold=3)
    hidden = found.paths[found.paths["suppressed"]]
    assert set(hidden["path"]) >= {"chat", "phone>email>phone"}
    figures = ["journeys", "share", "resolved_share", "resolved", "known", "median_seconds"]
    assert hidden[[*figures, "contacts_per_journey", "low", "high"]].isna().all().all()
    shown = found.paths[~found.paths["suppressed"]]
    left = found.total - shown["journeys"].sum()
    assert left >= 3
    assert len(hidden) >= 2
    # a kind so small that it would give itself away is told with its neighbour
    assert set(found.kinds["kind"]) == {"single", "same", "other"}


MARCH = Selection(start=date(2025, 3, 1), end=date(2025, 3, 31))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return warehouses.build(tmp_path_factory.mktemp("crowd") / "w", crowd(4000), SETTINGS)


def _figures(reader: Reader, selection: Selection) -> dict[tuple[str, ...], float]:
    """Return every count that is shown of a selection: of journeys, steps and tries."""
    found = paths(reader, selection)
    tables = {
        "path": (found.paths, ["path"], ["journeys", "known"]),
        "kind": (found.kinds, ["kind"], ["journeys", "known"]),
        "step": (steps(reader, selection), ["channel", "next_channel"], ["steps"]),
        "try": (drop_off(reader, "channel", selection), ["group"], ["denominator", "tries"]),
        "tries": (drop_off(reader, selection=selection), [], ["denominator", "tries"]),
    }
    figures = {("total",): found.total}
    for name, (table, keys, columns) in tables.items():
        for row, column in product(table.to_dict("records"), columns):
            figures[name, column, *(row[key] for key in keys)] = row[column]
    return {key: size for key, size in figures.items() if not pd.isna(size)}


@pytest.mark.parametrize(
    ("larger", "smaller"),
    [
        *[
            (Selection(end=date(2025, 3, day)), Selection(end=date(2025, 3, before)))
            for before, day in pairwise(range(8, 14))
        ],
        (
            Selection(date(2025, 1, 1), date(2025, 2, 28)),
            Selection(date(2025, 1, 1), date(2025, 2, 25)),
        ),
        (EVERYTHING, Selection(where={"customer_type": ("citizen", "unknown")})),
        (EVERYTHING, Selection(where={"service": ("afval", "paspoort", "unknown")})),
    ],
    ids=str,
)
def test_no_small_group_follows_from_two_choices(
    many: Reader, larger: Selection, smaller: Selection
) -> None:
    """Days one apart, and all but one value of a filter: nobody subtracts a small group."""
    one, other = _figures(many, larger), _figures(many, smaller)
    small = {
        key: one[key] - other.get(key, one[key])
        for key in one
        if 0 < one[key] - other.get(key, one[key]) < Settings().privacy.threshold
    }
    assert not small


def test_of_all_that_is_loaded_much_is_shown(many: Reader) -> None:
    figures = _figures(many, EVERYTHING)
    assert {key[0] for key in figures} == {"total", "kind", "path", "step", "try", "tries"}


def _episodes(reader: Reader, condition: str = "true") -> list[list[tuple[Any, ...]]]:
    """Return the contacts of each episode whose first contact holds a condition, in order."""
    rows = warehouses.query(
        reader,
        "select episode_key, channel, started_at, outcome from contact where episode_key in"
        f" (select episode_key from contact where is_episode_start and {condition})"
        " order by episode_key, started_at, contact_id, source",
    )
    found = defaultdict(list)
    for key, *contact in rows:
        found[key].append(tuple(contact))
    return list(found.values())


WEEKS = Selection(start=date(2025, 1, 6), end=date(2025, 2, 2))
SELECTIONS = {
    "everything": (EVERYTHING, "true"),
    "whole months": (
        Selection(start=date(2025, 1, 1), end=date(2025, 2, 28)),
        "started_on between '2025-01-01' and '2025-02-28'",
    ),
    "weeks": (WEEKS, "started_on between '2025-01-06' and '2025-02-02'"),
    "the last month, loaded in part": (MARCH, "started_on >= '2025-03-01'"),
    "a service": (Selection(where={"service": ("afval",)}), "service = 'afval'"),
    "an area, which no cube has": (
        Selection(where={"area": ("BU99990001", "unknown")}),
        "coalesce(area, 'unknown') in ('BU99990001', 'unknown')",
    ),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_paths_and_steps_are_those_of_plain_loops(many: Reader, name: str) -> None:
    selection, condition = SELECTIONS[name]
    ways = Counter(
        ">".join([*(c[0] for c in contacts[:5]), *([MORE] if len(contacts) > 5 else [])])
        for contacts in _episodes(many, condition)
    )
    found = paths(many, selection, threshold=1)
    assert dict(zip(found.paths["path"], found.paths["journeys"], strict=True)) == ways
    # a step counts where its own first contact lies, not where the journey began
    gaps = defaultdict(list)
    keys = {
        row[0]
        for row in warehouses.query(many, f"select contact_key from contact where {condition}")
    }
    rows = warehouses.query(
        many,
        "select contact_key, episode_key, channel, started_at from contact"
        " where episode_key is not null order by episode_key, started_at, contact_id, source",
    )
    for one, other in pairwise(rows):
        if one[1] == other[1] and one[0] in keys:
            gaps[one[2], other[2]].append((other[3] - one[3]).total_seconds())
    table = steps(many, selection, threshold=1).set_index(["channel", "next_channel"])
    assert table["steps"].to_dict() == {pair: len(times) for pair, times in gaps.items()}
    for pair, times in gaps.items():
        if len(times) >= 40:
            for part, column in ((0.5, "p50"), (0.9, "p90")):
                low, high = np.quantile(times, [part - 0.04, min(part + 0.04, 1)])
                assert low / BIN <= table.loc[pair, column] <= high * BIN


def test_resolution_is_that_of_the_last_contact_where_it_is_known(many: Reader) -> None:
    (ended,) = warehouses.query(
        many, "select max(started_at) from contact where channel <> 'web_visit'"
    )
    until = ended[0] - timedelta(days=7)
    wanted = defaultdict(lambda: [0, 0])
    for contacts in _episodes(many):
        last = contacts[-1]
        if last[1] <= until and last[2] != "unknown":
            path = ">".join(c[0] for c in contacts)
            wanted[path][0] += last[2] == "resolved"
            wanted[path][1] += 1
    found = paths(many, threshold=1).paths.set_index("path")
    short = {path: both for path, both in wanted.items() if path.count(">") < 5}
    assert {p: [found.loc[p, "resolved"], found.loc[p, "known"]] for p in short} == short


def test_a_filter_on_what_does_not_exist_is_refused(many: Reader) -> None:
    for question in (paths, steps):
        with pytest.raises(SelectionError, match="there is no dimension 'servic'"):
            question(many, Selection(where={"servic": ("afval",)}))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("phone", "single"),
        ("phone>phone", "same"),
        ("phone>phone>email", "onward"),
        ("phone>email>email>phone", "back"),
        (f"phone>email>chat>email>chat>{MORE}", "back"),
    ],
)
def test_kinds(path: str, kind: str) -> None:
    assert kind_of(path) == kind


@given(st.lists(st.floats(60, 2_592_000), min_size=1, max_size=200), st.sampled_from([0.5, 0.9]))
def test_a_quantile_from_bins_is_off_by_less_than_a_bin(times: list[float], part: float) -> None:
    edges = np.array([bounds(number)[1] for number in range(140)])
    numbers = np.searchsorted(edges, times, side="right")
    binned = pd.DataFrame({"all": 1, "time_bin": numbers, "count": 1})
    binned = binned.groupby(["all", "time_bin"], as_index=False).sum()
    found = quantiles(binned, ["all"], "count", [part]).iloc[0, 1]
    wanted = np.quantile(times, part, method="inverted_cdf")
    assert wanted / BIN * 0.999 <= found <= wanted * BIN * 1.001


@pytest.mark.parametrize(("name", "value"), [("weekday", "2"), ("half_hour", "10:00")])
def test_a_part_of_the_week_or_day_can_be_chosen(many: Reader, name: str, value: str) -> None:
    chosen = Selection(where={name: (value,)})
    among = f"from contact where {warehouses.in_sql(name)} = '{value}'"
    for found, condition in (
        (paths(many, chosen, threshold=1).total, "is_episode_start"),
        (steps(many, chosen, threshold=1)["steps"].sum(), "next_channel is not null"),
        (drop_off(many, None, chosen, threshold=1)["tries"].sum(), "is_dropped_off is not null"),
    ):
        ((wanted,),) = warehouses.query(many, f"select count(*) {among} and {condition}")
        assert found == wanted > 0


@pytest.mark.parametrize(
    "days",
    [
        (None, None),
        (None, date(2025, 3, 20)),
        (date(2025, 3, 12), None),
        (date(2025, 2, 1), date(2025, 3, 31)),
        (date(2025, 3, 1), date(2025, 3, 18)),
    ],
)
def test_tries_are_of_the_days_with_visits_too(
    tmp_path: Path, days: tuple[date | None, date | None]
) -> None:
    """Contacts from the 12th to the 18th of March; visits from February until April."""
    visits = [
        {**contact(f"v{number}", "01", "web_visit"), "started_at": day}
        for number, day in enumerate(pd.date_range("2025-02-20 09:00", periods=50))
    ]
    rows = [contact("a", "12 09:00", "web_form"), contact("b", "18 09:00", "phone"), *visits]
    settings = parse_settings({"privacy": {"threshold": 1}})
    reader = warehouses.build(tmp_path / "w", rows, settings)
    first, last = days[0] or date.min, days[1] or date.max
    began = [row["started_at"].date() for row in rows if row["channel"] != "phone"]
    wanted = sum(first <= day <= last for day in began)
    found = drop_off(reader, None, Selection(*days))
    assert found["tries"].tolist() == [wanted]
