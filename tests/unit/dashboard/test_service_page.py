"""Dienstverlening shows what pandas finds in the same contacts, hides what is small, and says what
a log lacks."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from analytics.query import span
from dashboard.app import Dashboard, create_app, show_page
from dashboard.blocks import Block
from dashboard.context import Context
from dashboard.numbers import seconds_text
from dashboard.pages import PAGES
from dashboard.pages.service_quality import PATH, Data
from dashboard.view import View, parse_view
from tests.unit.dashboard.components import texts_in
from tests.warehouses import build
from warehouse.settings import Settings, parse_settings
from warehouse.store import Reader, Store

FIRST, LAST = date(2025, 2, 3), date(2025, 3, 28)  # no public holiday among them
MARCH = "?from=2025-03-01&to=2025-03-28"
PAGE = PAGES["service_quality"]
CHANNELS = ("phone", "counter", "chat", "email", "post")
SERVICES = ("paspoort", "afval", "bijstand")


def contacts(seed: int = 3, count: int = 6000) -> pd.DataFrame:
    """Contacts on five channels, with all that service is measured by; nobody of one is few."""
    chance = np.random.default_rng(seed)
    days = pd.date_range(FIRST, LAST)
    start = pd.Series(chance.choice(days, count)) + pd.to_timedelta(
        chance.integers(8 * 60, 18 * 60, count), "min"
    )
    rows = pd.DataFrame({"started_at": start})
    rows["channel"] = chance.choice(CHANNELS, count, p=(0.45, 0.2, 0.15, 0.15, 0.05))
    is_post = rows["channel"] == "post"
    rows["started_at"] = rows["started_at"].where(~is_post, rows["started_at"].dt.normalize())
    rows["service"] = chance.choice(SERVICES, count)
    rows["outcome"] = chance.choice(
        ("resolved", "forwarded", "abandoned"), count, p=(0.75, 0.15, 0.1)
    )
    waits = rows["channel"].isin(["phone", "counter", "chat"])
    rows["wait_seconds"] = np.where(waits, chance.exponential(60, count).round(), np.nan)
    promised = (rows["channel"] == "phone") & (chance.random(count) < 0.3)
    due = rows["started_at"] + pd.to_timedelta(chance.integers(1, 48, count), "h")
    promised &= due < pd.Timestamp(LAST)
    rows["callback_due_at"] = due.where(promised)
    late = pd.to_timedelta(chance.integers(-60, 40, count), "min")
    rows["callback_done_at"] = (due + late).where(promised & (chance.random(count) < 0.9))
    answered = rows["started_at"] + pd.to_timedelta(chance.integers(1, 120, count), "h")
    rows["ended_at"] = answered.where(
        (rows["channel"] == "email") & (answered < pd.Timestamp(LAST))
    )
    scores = rows["channel"].isin(["phone", "chat"]) & (chance.random(count) < 0.2)
    rows["satisfaction"] = np.where(scores, chance.integers(1, 11, count), np.nan)
    return rows


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return contacts()


@pytest.fixture(scope="module")
def reader(log: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    settings = parse_settings({"privacy": {"threshold": 1}})
    return build(tmp_path_factory.mktemp("service"), log, settings)


def drawn(reader: Reader, search: str = MARCH) -> tuple[Data, Context, dict[str, Block]]:
    view, ignored = parse_view(search)
    assert ignored == ()
    context, answer = Context(view, span(reader)), PAGE.data(reader, view)
    return answer, context, {block.key: block for block in PAGE.blocks(answer, context)}


def of_march(log: pd.DataFrame, by: str = "started_at") -> pd.DataFrame:
    return log[log[by].dt.date.between(date(2025, 3, 1), date(2025, 3, 28))]


def is_answered(rows: pd.DataFrame) -> pd.Series:
    return rows["outcome"] != "abandoned"


def lost(rows: pd.DataFrame) -> pd.Series:
    return ~is_answered(rows) & ~(rows["wait_seconds"] <= 5)


def judged(log: pd.DataFrame) -> pd.DataFrame:
    """E-mails whose term of two working days is over, and whether they were answered in it."""
    mails = log[(log["channel"] == "email") & is_answered(log)]
    came = mails["started_at"].to_numpy().astype("datetime64[D]")
    due = np.busday_offset(came, 2, roll="backward")
    ended = mails["ended_at"].to_numpy().astype("datetime64[D]")
    last = log["started_at"].max().to_datetime64().astype("datetime64[D]")
    return mails.assign(in_time=ended <= due)[due < last]


def nl(share: float) -> str:
    return f"{100 * share:.1f}%".replace(".", ",")


def test_key_figures_are_those_of_pandas(reader: Reader, log: pd.DataFrame) -> None:
    answer, context, _ = drawn(reader)
    rows = of_march(log)
    calls = rows[(rows["channel"] == "phone") & (is_answered(rows) | lost(rows))]
    due = of_march(log, "callback_due_at")
    mails = of_march(judged(log))
    scored = rows[is_answered(rows) & rows["satisfaction"].notna()]
    expected = {
        "service_level": (is_answered(calls) & (calls["wait_seconds"] <= 30)).mean(),
        "abandonment_share": lost(rows).sum() / (is_answered(rows) | lost(rows)).sum(),
        "callback_kept_share": (due["callback_done_at"] <= due["callback_due_at"]).mean(),
        "on_time_share": mails["in_time"].mean(),
    }
    cards = texts_in(PAGE.layout(answer, context)[1])
    totals = answer.totals.set_index("metric")["value"]
    for metric, value in expected.items():
        assert totals[metric] == pytest.approx(value), metric
        assert nl(value) in cards, metric
    assert totals["mean_satisfaction"] == pytest.approx(scored["satisfaction"].mean())
    response = len(scored) / is_answered(rows).sum()
    assert f"respons op tevredenheid: {nl(response)}" in cards
    median = rows[is_answered(rows)]["wait_seconds"].median()
    assert totals["median_wait"] == pytest.approx(median, rel=0.02)


def test_waits_by_channel_are_those_of_pandas(reader: Reader, log: pd.DataFrame) -> None:
    _, _, found = drawn(reader, f"{MARCH}&grain=month")
    rows = of_march(log)
    waits = rows[is_answered(rows)].dropna(subset="wait_seconds").groupby("channel")["wait_seconds"]
    largest_first = waits.size().sort_values(ascending=False).index
    shown = [key for key in found if key.startswith("service-waits")]
    assert shown == [f"service-waits-{number}" for number in (1, 2, 3)]
    for key, channel in zip(shown, largest_first, strict=True):
        table = found[key].table.frame
        march = table[table["period"] == date(2025, 3, 1)].set_index("metric")
        median, ninth = waits.get_group(channel).quantile([0.5, 0.9])
        assert march.loc["median_wait", "value"] == pytest.approx(median, rel=0.02)
        assert march.loc["p90_wait", "value"] == pytest.approx(ninth, rel=0.02)
        assert march.loc["median_wait", "denominator"] == waits.size()[channel]
        assert seconds_text(march.loc["p90_wait", "value"], "nl") in found[key].finding


@pytest.mark.parametrize("dimension", ["channel", "service"])
def test_tables_by_group_are_those_of_pandas(
    reader: Reader, log: pd.DataFrame, dimension: str
) -> None:
    _, context, found = drawn(reader)
    rows, due, mails = of_march(log), of_march(log, "callback_due_at"), of_march(judged(log))
    answered = rows[is_answered(rows)]
    parts = {
        "abandonment_share": (lost(rows), rows[is_answered(rows) | lost(rows)]),
        "transfer_share": (answered["outcome"] == "forwarded", answered),
        "callback_kept_share": (due["callback_done_at"] <= due["callback_due_at"], due),
        "on_time_share": (mails["in_time"], mails),
    }
    table = found[f"service-by-{dimension}"].table.frame
    for metric, (hit, whole) in parts.items():
        sizes = whole.groupby(dimension).size()
        counts = hit[hit].index.map(log[dimension]).value_counts().reindex(sizes.index).fillna(0)
        own = table[table["metric"] == metric].set_index("group")
        names = context.labels(dimension, sizes.index)
        assert set(own.index) == set(names.values()), metric
        for group, size in sizes.items():
            assert own.loc[names[str(group)], "denominator"] == size
            assert own.loc[names[str(group)], "numerator"] == counts[group]
    kept = found["service-callback-kept"].table.frame
    by_service = due.groupby("service").size()
    own = kept[kept["kind"] == "Dienst"].set_index("group")["denominator"]
    assert own.to_dict() == by_service.to_dict()


def test_a_score_never_stands_without_its_response(reader: Reader, log: pd.DataFrame) -> None:
    _, _, found = drawn(reader)
    block = found["service-satisfaction"]
    rows = of_march(log)
    rows = rows[is_answered(rows)]
    expected = rows.groupby("channel")["satisfaction"].agg(["mean", "count", "size"])
    expected = expected[expected["count"] > 0].sort_values("mean", ascending=False)
    table = block.table.frame
    assert list(table["group"]) == ["Telefoon" if c == "phone" else "Chat" for c in expected.index]
    assert table["value"].to_numpy() == pytest.approx(expected["mean"].to_numpy())
    shares = (expected["count"] / expected["size"]).to_numpy()
    assert table["response"].to_numpy() == pytest.approx(shares)
    assert block.figure is not None
    beside = [note.text for note in block.figure.layout.annotations if "respons" in note.text]
    assert len(beside) == len(table)
    for text, share in zip(beside, shares, strict=True):
        assert nl(share) in text
    assert block.finding.count("respons") == len(table)


def test_arrivals_are_those_of_pandas_and_midnight_is_no_rush(
    reader: Reader, log: pd.DataFrame
) -> None:
    answer, _, found = drawn(reader)
    assert answer.timeless == ("post",)
    assert answer.arrivals_of == (FIRST, LAST)
    timed = log[log["channel"] != "post"]
    begins = timed["started_at"].dt.floor("30min").dt.strftime("%H:%M")
    counts = timed.groupby([timed["started_at"].dt.dayofweek, begins]).size()
    weekdays = pd.Series(pd.date_range(FIRST, LAST).dayofweek).value_counts()
    table = found["service-arrivals"].table.frame
    assert len(table) == 7 * 47
    for row in table.itertuples():
        day = int(row.weekday) - 1
        count = counts.get((day, row.half_hour), 0)
        assert row.numerator == count
        assert row.value == pytest.approx(count / weekdays[day])
    (day, begin), _ = max((counts / counts.index.map(lambda key: weekdays[key[0]])).items(),
                          key=lambda item: item[1])  # fmt: skip
    names = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
    assert f"{names[day]} om {begin}" in found["service-arrivals"].finding


def test_arrivals_follow_the_channel_and_say_what_they_cannot_follow(reader: Reader) -> None:
    finding = {
        search: drawn(reader, search)[2]["service-arrivals"].finding
        for search in ("?channel=phone", "?channel=post", "?service=afval", "?area=x&lang=en")
    }
    assert "drukst" in finding["?channel=phone"]
    assert "alleen dagen" in finding["?channel=post"]
    assert "haal die filters weg" in finding["?service=afval"]
    assert "lift those filters" in finding["?area=x&lang=en"]


@pytest.mark.parametrize(
    ("goal", "target", "said"),
    [
        (None, 0.8, "belofte waarmee de planning rekent"),
        ({"metric": "service_level", "at_least": 0.05, "year": 2025}, 0.05, "pagina Doelen"),
        ({"metric": "service_level", "at_least": 0.05, "year": 2024}, 0.8, "planning"),
        (
            {"metric": "service_level", "at_least": 0.1, "year": 2025, "where": {"service": ["x"]}},
            0.8,
            "planning",
        ),
    ],
)
def test_service_level_is_held_against_the_goal_or_the_promise(
    reader: Reader, goal: dict[str, object] | None, target: float, said: str
) -> None:
    answer, context, _ = drawn(reader)
    settings = parse_settings({"goal": [goal] if goal else []})
    context = Context(context.view, replace(context.span, settings=settings))
    (block,) = [one for one in PAGE.blocks(answer, context) if one.key == "service-level"]
    value = answer.totals.set_index("metric").loc["service_level", "value"]
    assert ("is gehaald" in block.finding) == (value >= target)
    assert ("onder het doel" in block.finding) == (value < target)
    assert f"{target:.0%}" in block.finding
    assert said in block.note
    assert set(block.table.frame["target"].dropna()) == {target}


@pytest.mark.parametrize(
    ("sort", "largest_first"),
    [("-transfer_share", True), ("transfer_share", False), ("-contacts", True)],
)
def test_a_table_is_sorted_as_the_address_asks(
    reader: Reader, sort: str, largest_first: bool
) -> None:
    answer, context, found = drawn(reader, f"{MARCH}&sort={sort}")
    rows = answer.services[answer.services["metric"] == sort.removeprefix("-")]
    expected = rows.sort_values("value", ascending=not largest_first)["service"]
    table = found["service-by-service"].body.children  # type: ignore[union-attr]
    head, body = table.children[1].children, table.children[2].children
    assert [row.children[0].children for row in body] == [
        context.label("service", service) for service in expected
    ]
    ways = {texts_in(cell): getattr(cell, "aria-sort") for cell in head.children}
    assert sorted(ways.values())[-1] == "none"
    assert [way for way in ways.values() if way != "none"] == [
        "descending" if largest_first else "ascending"
    ]


def test_a_heading_turns_the_order_around(reader: Reader) -> None:
    _, _, found = drawn(reader, f"{MARCH}&sort=-transfer_share")
    head = found["service-by-channel"].body.children.children[1].children  # type: ignore[union-attr]
    asked = [parse_view(cell.children.href.partition("?")[2])[0].sort for cell in head.children]
    assert asked == ["name", "-contacts", "-abandonment_share", "transfer_share",
                     "-callback_kept_share", "-on_time_share"]  # fmt: skip


def test_an_order_that_there_is_not_is_named() -> None:
    assert parse_view("?sort=-customers") == (View(), ("sort",))


def test_small_groups_are_hidden_on_screen_and_in_the_file(
    log: pd.DataFrame, tmp_path: Path
) -> None:
    few = log[log["channel"] == "chat"].head(6).assign(channel="whatsapp")
    more = log[log["channel"] == "chat"].head(8).assign(channel="video", satisfaction=9.0)
    reader = build(tmp_path, pd.concat([log, few, more], ignore_index=True), Settings())
    _, context, found = drawn(reader, "?from=2025-02-03&to=2025-03-28")
    for key in ("service-by-channel", "service-satisfaction"):
        text = found[key].table.csv("nl", context.threshold)[1:]
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        small = [row for row in rows if row[0] in {"WhatsApp", "Beeldbellen"}]
        assert small
        for row in small:
            numbers = row[2:] if key == "service-by-channel" else row[1:]
            assert set(numbers) == {"< 10"}
    shown = texts_in(found["service-by-channel"].body)
    assert "<\N{NO-BREAK SPACE}10" in shown
    assert "<" in found["service-by-channel"].note


LACKS = {
    "service-waits": "wait_seconds",
    "service-level": "wait_seconds",
    "service-satisfaction": "satisfaction",
    "service-by-channel": "outcome",
    "service-by-service": "outcome",
    "service-callback-kept": "callback_due_at",
    "service-on-time": "ended_at",
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_log_without_any_of_it_is_told_what_to_add(
    log: pd.DataFrame, tmp_path: Path, language: str
) -> None:
    reader = build(tmp_path, log[["started_at", "channel", "service"]])
    answer, context, found = drawn(reader, f"?lang={language}")
    assert answer.told == frozenset()
    for key, field in LACKS.items():
        said = texts_in(found[key].body)
        assert f"{field} = " in said, key
        assert "[source.columns]" in said
        assert field in found[key].table.csv(language, 10)
    assert found["service-arrivals"].figure is not None
    assert "nan" not in texts_in(PAGE.layout(answer, context))
    cards = texts_in(PAGE.layout(answer, context)[1])
    assert "0,0%" not in cards
    assert "0.0%" not in cards


def test_without_satisfaction_only_that_is_missing(log: pd.DataFrame, tmp_path: Path) -> None:
    reader = build(tmp_path, log.drop(columns="satisfaction"))
    answer, context, found = drawn(reader)
    missing = {key for key, block in found.items() if "[source.columns]" in texts_in(block.body)}
    assert missing == {"service-satisfaction"}
    assert "hoe tevreden mensen waren" in found["service-satisfaction"].finding
    assert "–" in texts_in(PAGE.layout(answer, context)[1])


def test_what_is_missing_in_a_selection_is_not_missing_in_the_log(reader: Reader) -> None:
    _, _, found = drawn(reader, f"{MARCH}&channel=post")
    assert found["service-waits"].finding == "In deze selectie is hierover niets te zeggen."
    assert "niet te bepalen" in found["service-level"].finding
    assert not any("[source.columns]" in texts_in(block.body) for block in found.values())


def test_nothing_loaded_and_nothing_selected_are_said(reader: Reader, tmp_path: Path) -> None:
    def shown(of: Reader, search: str) -> str:
        return json.dumps(show_page(Dashboard(of), PATH, search, None), cls=PlotlyJSONEncoder)

    assert "samenspel load" in shown(Reader(Store(tmp_path)), "")
    assert "Geen contacten in deze selectie" in shown(reader, "?from=2019-01-01&to=2019-01-31")


@pytest.mark.parametrize("search", [MARCH, f"{MARCH}&lang=en&sort=name", "?channel=email"])
def test_every_block_has_a_finding_and_a_file(reader: Reader, search: str) -> None:
    _, context, found = drawn(reader, search)
    client = create_app(reader).server.test_client()
    for key, block in found.items():
        assert block.title
        assert block.finding.endswith(".")
        answer = client.get(f"/download{PATH}/{key}.csv{search}")
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert text == block.table.csv(context.language, context.threshold)
        assert len(text.splitlines()) == len(block.table.frame) + 1


def test_services_with_too_few_call_backs_are_counted_and_not_drawn(tmp_path: Path) -> None:
    """Thirty of one service and four of each of two: one bar, the table has all."""
    rows = [
        {
            "service": service,
            "outcome": "callback",
            "started_at": pd.Timestamp("2025-03-03 09:00") + pd.Timedelta(minutes=number),
            "callback_due_at": pd.Timestamp("2025-03-04 17:00"),
            "callback_done_at": pd.Timestamp("2025-03-04 16:00"),
        }
        for service, size in (("afval", 4), ("bijstand", 4), ("paspoort", 30))
        for number in range(size)
    ]
    rows.append({"started_at": pd.Timestamp("2025-03-28 09:00")})
    _, _, found = drawn(build(tmp_path, rows))
    block = found["service-callback-kept"]
    assert block.figure is not None
    bars = block.figure.data[0]
    assert list(bars.x) == [1.0]
    assert block.note.endswith("Niet getekend omdat het aantal te klein is om te tonen: 2.")
    of_services = block.table.frame[block.table.frame["kind"] == "Dienst"]
    assert of_services["suppressed"].sum() == 2
