"""What is counted for drivers and steering, held against plain pandas over the same contacts."""

from datetime import date, timedelta
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from analytics.drivers import TARGETS, drivers
from analytics.drivers.bands import history
from analytics.drivers.groups import chosen, groups, period, spread
from analytics.drivers.sample import sample
from analytics.query import span
from analytics.steering import steering
from analytics.steering.cells import cells
from tests.warehouses import build, frame
from warehouse.settings import Settings, parse_settings
from warehouse.store import Reader

SETTINGS = parse_settings({"cost": {"phone": 8.0, "web_form": 3.0, "email": 5.0}})


OUTCOMES = ["resolved", "forwarded", "abandoned"]


def contacts(count: int = 3000, seed: int = 4) -> pd.DataFrame:
    """Contacts of some hundreds of customers over fifteen months, gaps and all."""
    dice = np.random.default_rng(seed)
    start = pd.Timestamp("2024-01-03 08:00")
    moments = start + pd.to_timedelta(np.sort(dice.integers(0, 450 * 86_400, count)), "s")
    customers = dice.integers(0, 150, count)
    rows = pd.DataFrame(
        {
            "started_at": moments,
            "channel": dice.choice(["phone", "web_form", "email"], count, p=[0.5, 0.35, 0.15]),
            "service": dice.choice(["a", "b"], count),
            "topic": dice.choice(["x", "y", None], count),
            "customer_type": dice.choice(["citizen", "business"], count, p=[0.8, 0.2]),
            "area": dice.choice(["BU1", "BU2", None], count),
            "outcome": dice.choice(OUTCOMES, count, p=[0.7, 0.2, 0.1]),
            "planned": dice.random(count) < 0.05,
            "handle_seconds": dice.exponential(200, count),
            "wait_seconds": dice.exponential(60, count),
        }
    )  # fmt: skip
    rows["customer"] = [f"p{number}" for number in customers]
    rows.loc[dice.random(count) < 0.15, "customer"] = None
    return rows


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return build(tmp_path_factory.mktemp("steering"), contacts(), SETTINGS)


def followed(rows: pd.DataFrame, days: tuple[date, date]) -> pd.DataFrame:
    """Each contact of the year before the last week: was it settled; how many came before it."""
    rows = rows.sort_values("started_at", ignore_index=True)
    window = pd.Timedelta(days=7)
    told = []
    for number, row in rows.iterrows():
        own = rows[(rows["customer"] == row["customer"]) & (rows["service"] == row["service"])]
        later = own[own.index > number]
        is_later = (later["started_at"] <= row["started_at"] + window) & ~later["planned"]
        comes_back = bool((is_later & (later["outcome"] != "abandoned")).any())
        before, last = 0, row["started_at"]
        for moment in own.loc[own.index < number, "started_at"].iloc[::-1]:
            if last - moment > window:
                break
            before, last = before + 1, moment
        is_answered = row["outcome"] != "abandoned"
        told.append((is_answered and not comes_back, is_answered and comes_back, before))
    rows[["settled", "followed", "before"]] = pd.DataFrame(told, index=rows.index)
    last = rows["started_at"].max() - window
    on = rows["started_at"].dt.date
    is_in = (on >= days[0]) & (on <= days[1]) & (rows["started_at"] <= last)
    return rows[is_in & rows["customer"].notna() & ~rows["planned"].astype(bool)]


def test_cells_are_those_of_a_plain_count(reader: Reader) -> None:
    days = period(span(reader))
    with reader.backend() as backend:
        strata = cells(backend, days)["strata"]
    rows = followed(contacts(), days)
    earlier = rows["before"].map(lambda n: ("first", "second", "later")[min(n, 2)])
    keys = [
        rows["service"],
        rows["channel"],
        rows["topic"].fillna("unknown"),
        rows["customer_type"],
        earlier,
    ]
    counted = rows.groupby(keys).agg(
        size=("settled", "size"), settled=("settled", "sum"), followed=("followed", "sum")
    )
    found = strata.set_index(["service", "channel", "topic", "customer_type", "earlier"])
    assert len(found) == len(counted)
    counted.index.names = found.index.names
    both = found.join(counted, rsuffix="_plain")
    assert (both["size"] == both["size_plain"]).all()
    assert (both["size"] - both["events"] == both["settled"]).all()
    assert (both["followed"] == both["followed_plain"]).all()


def test_groups_are_those_of_a_plain_count_and_of_all_contacts(reader: Reader) -> None:
    days = period(span(reader))
    target = TARGETS["follow_up"]
    with reader.backend() as backend:
        rows = chosen(backend, target, days)
        found = groups(rows, target, ("service", "channel"), hang_together=spread(rows))
    plain = followed(contacts(), days)
    plain = plain[plain["outcome"] != "abandoned"]
    counted = plain.groupby(["service", "channel"])["followed"].agg(["size", "sum"])
    got = found.set_index(["service", "channel"])[["size", "events"]].astype("int64")
    assert got.to_numpy().tolist() == counted.to_numpy().tolist()


def test_the_sample_is_bounded_and_always_the_same(tmp_path: Path) -> None:
    settings = parse_settings({"drivers": {"sample_rows": 1000}})
    reader = build(tmp_path, contacts(), settings)
    target = TARGETS["follow_up"]
    with reader.backend() as backend:
        rows, count = sample(backend, target, settings)
        again, _ = sample(backend, target, settings)
        every, _ = sample(backend, target, Settings())
    assert len(every) == count > 1500
    assert 850 < len(rows) <= 1150
    pd.testing.assert_frame_equal(rows, again)


def test_the_sample_knows_nothing_that_came_later(reader: Reader) -> None:
    """What came before a contact must not change when all that came after it is taken away."""
    target = TARGETS["follow_up"]
    with reader.backend() as backend:
        rows, _ = sample(backend, target, SETTINGS)
        known = ["contact_key", "episode_key", "service", "started_at"]
        contact = backend.table("contact").select(known).order_by("contact_key").to_pandas()
        cut = contact[contact["started_at"] < contact["started_at"].quantile(0.5)]
        before = history(ibis.memtable(cut), ibis.memtable(cut), SETTINGS)
        early = ibis.duckdb.connect().to_pandas(before).set_index("contact_key")
        whole = backend.table("contact")
        late = backend.to_pandas(history(whole, whole, SETTINGS)).set_index("contact_key")
    assert len(rows)
    pd.testing.assert_frame_equal(early.sort_index(), late.loc[early.index].sort_index())


def test_small_groups_are_hidden_and_never_named(tmp_path: Path) -> None:
    rows = contacts()
    rare = rows.sample(8, random_state=1).index
    rows.loc[rare, ["service", "channel", "outcome"]] = ["rare", "email", "resolved"]
    reader = build(tmp_path, rows, SETTINGS)
    found = drivers(reader)["groups"]
    own = found[(found["first"] == "rare") & (found["size"] != 0)]
    assert len(own)
    assert own["suppressed"].all()
    figures = ["size", "events", "rate", "excess", "ratio", "cost", "p", "adjusted_ratio"]
    assert own[figures].isna().all(axis=None)
    assert not own["is_driver"].any()
    answer = steering(reader)
    for name in ("moves", "channels", "risks"):
        small = answer[name]
        assert small.loc[small["service"] == "rare", "suppressed"].all(), name
    assert "rare" not in set(answer["moves"].loc[answer["moves"]["is_proposed"], "service"])


def test_figures_are_of_the_last_year_that_is_known(reader: Reader) -> None:
    known = span(reader)
    first, last = period(known)
    assert last == known.last_on - timedelta(days=7)
    assert last - first == timedelta(days=364)
    volumes = frame(
        reader,
        "select service, channel, count(*) as n from contact where is_contact"
        " and service is not null and not coalesce(planned, false)"
        f" and started_on between '{first}' and '{last}'"
        " group by all order by all",
    )
    shown = steering(reader)["channels"].sort_values(["service", "channel"])
    assert shown["size"].tolist() == volumes["n"].tolist()
