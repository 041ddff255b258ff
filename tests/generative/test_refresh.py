"""Refreshing leaves every table as deriving everything anew does, on random contacts."""

import random
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from etl.materialise import materialise
from etl.refresh import refresh
from etl.roles import remember_roles
from tests.generative import worlds
from tests.generative.crowd import SETTINGS, crowd
from tests.generative.engine import derived, frame, loaded
from tests.spark import plain_rows
from tests.warehouses import loaded_frame
from warehouse.settings import Settings, parse_settings

pytestmark = pytest.mark.slow

Rows = list[dict[str, Any]]

_FEW = profile(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def add(backend: Backend, rows: Rows) -> int:
    """Put further rows into `loaded_contact`; return the first one's contact_key."""
    (first,) = frame(backend, "select count(*) as n from loaded_contact")["n"]
    backend.con.register("further", loaded(rows).table("loaded_contact").to_pyarrow())
    backend.con.execute(
        "insert into loaded_contact by name"
        f" select * replace (contact_key + {first} as contact_key) from further"
        " order by contact_key"
    )
    return int(first)


def grown(parts: list[Rows], settings: Settings) -> Backend:
    """Derive the first part, and refresh with each further one."""
    backend = loaded(parts[0])
    remember_roles(backend, settings)
    materialise(backend, settings)
    for part in parts[1:]:
        refresh(backend, settings, add(backend, part))
    return backend


def cut(rows: Rows, cuts: list[int]) -> list[Rows]:
    """Cut rows into parts, some of them empty."""
    edges = [0, *sorted(min(place, len(rows)) for place in cuts), len(rows)]
    return [rows[start:end] for start, end in pairwise(edges)]


def tables(backend: Backend) -> dict[str, pd.DataFrame]:
    """Every table, its rows in one order; sums to the sixth decimal."""
    names = frame(backend, "select table_name from duckdb_tables() where not temporary")
    return {
        name: _rounded(frame(backend, f"select * from {name} order by all"))
        for name in sorted(names["table_name"])
    }


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table.select_dtypes("float").columns
    return table.assign(**{name: table[name].round(6) for name in numbers}).astype(str)


def assert_equal(found: Backend, wanted: Backend) -> None:
    """Compare every table; tell in which the first difference is."""
    one, other = tables(found), tables(wanted)
    assert list(one) == list(other)
    for name, table in one.items():
        assert list(table.columns) == list(other[name].columns), name
        difference = pd.concat([table, other[name]]).drop_duplicates(keep=False)
        assert difference.empty, f"{name}:\n{difference.to_string()}"
        assert len(table) == len(other[name]), name


@_FEW
@given(
    rows=worlds.worlds(with_conversations=True, size=40),
    settings=worlds.settings(),
    cuts=st.lists(st.integers(0, 40), min_size=1, max_size=3),
)
def test_refreshed_as_derived_anew(rows: Rows, settings: Settings, cuts: list[int]) -> None:
    """Parts come in any order of time: a day late, a year before all others, or none at all."""
    assert_equal(grown(cut(rows, cuts), settings), derived(rows, settings))


@_FEW
@given(
    rows=worlds.busy_days(size=30),
    settings=worlds.settings(with_systems=True),
    cuts=st.lists(st.integers(2, 30), min_size=1, max_size=3),
)
def test_calls_and_registrations_refreshed_as_derived_anew(
    rows: Rows, settings: Settings, cuts: list[int]
) -> None:
    """A registration that comes later takes its call, or takes it from another one."""
    assert_equal(grown(cut(rows, cuts), settings), derived(rows, settings))


def opine(backend: Backend) -> None:
    """Give an opinion to a part of the rows that have none yet: of the row alone, as a note's."""
    backend.con.execute(
        "create table if not exists note_opinion"
        " (contact_key bigint, category varchar, probability double, is_sure boolean)"
    )
    backend.con.execute(
        "insert into note_opinion select contact_key,"
        " ['valuable', 'digital_failure', 'wrong_place'][1 + contact_key % 3],"
        " 0.3 + (contact_key * 7 % 11) / 20, contact_key % 4 > 0 from loaded_contact"
        " where contact_key % 5 < 4 and contact_key not in (select contact_key from note_opinion)"
    )


@_FEW
@given(
    rows=st.one_of(worlds.worlds(with_conversations=True, size=40), worlds.busy_days(size=30)),
    settings=worlds.settings(with_systems=True),
    cuts=st.lists(st.integers(2, 40), min_size=1, max_size=3),
)
def test_opinions_on_notes_refreshed_as_derived_anew(
    rows: Rows, settings: Settings, cuts: list[int]
) -> None:
    """What a model makes of a row stays: whoever derives from it gets the same contacts."""
    parts = cut(rows, cuts)
    found = loaded(parts[0])
    remember_roles(found, settings)
    opine(found)
    materialise(found, settings)
    for part in parts[1:]:
        first = add(found, part)
        opine(found)
        refresh(found, settings, first)
    wanted = loaded(rows)
    remember_roles(wanted, settings)
    opine(wanted)
    materialise(wanted, settings)
    assert_equal(found, wanted)


def crowded(count: int) -> Rows:
    """A crowd whose members share phones and mailboxes, some of them with very many."""
    draw = random.Random(7)
    rows = plain_rows(loaded_frame(crowd(count).sort_values("started_at")))
    people = worlds.pseudonyms("bsn", 90), worlds.pseudonyms("phone", 60)
    for row in rows:
        row["bsn_key"] = draw.choice(people[0]) if draw.random() < 0.5 else None
        row["phone_key"] = draw.choice(people[1][:50]) if draw.random() < 0.4 else None
        if draw.random() < 0.05:
            row["phone_key"] = people[1][59]
    return rows


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_day_after_day_in_a_crowd(limit: int) -> None:
    settings = parse_settings(
        {
            **SETTINGS.model_dump(exclude={"source", "linking"}),
            "linking": {"most_neighbours": limit},
        }
    )
    rows = crowded(1500)
    parts = [rows[:1200], rows[1250:1400], rows[1200:1250], rows[1400:]]
    found = grown(parts, settings)
    assert_equal(found, derived([row for part in parts for row in part], settings))
    aside = len(frame(found, "select * from set_aside"))
    assert aside > 5 if limit == 1 else aside >= 1 if limit == 3 else aside == 0


def test_only_what_a_change_concerns_is_derived_anew() -> None:
    """A mark put on every row stays on those that new contacts have nothing to do with."""
    rows = crowded(600)
    for row in rows:
        row["bsn_key"] = row["phone_key"] = None
    backend = loaded(rows[:590])
    materialise(backend, SETTINGS)
    backend.con.execute("update contact set area = 'marked'")
    refresh(backend, SETTINGS, add(backend, rows[590:]))
    (marked,) = frame(backend, "select count(*) as n from contact where area = 'marked'")["n"]
    new = {row["customer_key"] for row in rows[590:]}
    others = [row for row in rows[:590] if row["customer_key"] not in new]
    known = frame(backend, "select max(started_at) as t from contact")["t"][0]
    settled = [r for r in others if r["started_at"] < known - pd.Timedelta(days=20)]
    assert len(settled) * 0.8 < marked < 590


def test_a_later_contact_that_joins_two_customers_corrects_what_came_before() -> None:
    """A call and an e-mail are of strangers, until a form shows that number and that address."""
    number, address = worlds.pseudonyms("phone", 1)[0], worlds.pseudonyms("email", 1)[0]
    rows = plain_rows(
        loaded_frame(
            [
                {"started_at": "2025-03-01 10:00", "channel": "post"},
                {"started_at": "2025-03-10 10:00", "channel": "phone"},
                {"started_at": "2025-03-12 10:00", "channel": "email"},
                {"started_at": "2025-03-20 10:00", "channel": "web_form"},
            ]
        )
    )
    for row in rows:
        row["service"] = "paspoort"
    rows[1]["phone_key"] = rows[3]["phone_key"] = number
    rows[2]["email_key"] = rows[3]["email_key"] = address
    backend = loaded(rows[:3])
    materialise(backend, Settings())
    told = "select is_repeat, predecessor_channel, episode_key from contact where contact_key = 2"
    assert frame(backend, told).values.tolist() == [[False, None, 2]]
    refresh(backend, Settings(), add(backend, rows[3:]))
    assert frame(backend, told).values.tolist() == [[True, "phone", 1]]
    (count,) = frame(backend, "select count(distinct customer_id) as n from contact")["n"]
    assert count == 1
