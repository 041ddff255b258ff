"""Asking: what may be asked, from which table the answer comes, and that parts make the whole."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import amounts
from analytics.dimensions import DIMENSIONS
from analytics.measures import adds_up
from analytics.metrics import METRICS
from analytics.query import Grain, Selection, measure, span, values
from tests import warehouses
from warehouse.errors import NoWarehouseError, SelectionError
from warehouse.settings import parse_settings
from warehouse.store import Reader, Store

MONTHS = Selection(date(2025, 1, 1), date(2025, 3, 31))


def contacts() -> pd.DataFrame:
    draw = np.random.default_rng(7)
    count = 3000
    days = pd.Timestamp("2025-01-01 09:00") + pd.to_timedelta(draw.integers(0, 90 * 24, count), "h")
    return pd.DataFrame(
        {
            "started_at": days,
            "started_local": days + pd.Timedelta(hours=1),
            "channel": draw.choice(["phone", "counter", "email", "web_visit"], count),
            "service": draw.choice(np.array(["paspoort", "afval", None], dtype=object), count),
            "topic": draw.choice(np.array(["status", None], dtype=object), count),
            "area": draw.choice(np.array(["BU99990001", "BU99990002", None], dtype=object), count),
            "customer_type": draw.choice(["citizen", "business"], count),
            "customer": [f"k{number}" for number in draw.integers(0, 400, count)],
            "outcome": draw.choice(["resolved", "forwarded", "abandoned", "case_opened"], count),
            "wait_seconds": draw.integers(0, 300, count).astype(float),
            "handle_seconds": draw.integers(30, 900, count).astype(float),
        }
    )


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    settings = parse_settings({"cost": {"phone": 8.0, "email": 6.5}})
    return warehouses.build(tmp_path_factory.mktemp("asked"), contacts(), settings)


@pytest.mark.parametrize(
    ("ask", "close"),
    [
        (lambda reader: measure(reader, ["repeat_shar"]), "repeat_share"),
        (lambda reader: measure(reader, ["contacts"], by=["chanel"]), "channel"),
        (
            lambda reader: measure(
                reader, ["contacts"], selection=Selection(where={"servise": ("paspoort",)})
            ),
            "service",
        ),
        (lambda reader: values(reader, "topics"), "topic"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_is_close(
    reader: Reader, ask: Callable[[Reader], object], close: str
) -> None:
    with pytest.raises(SelectionError) as caught:
        ask(reader)
    assert close in (caught.value.remedy or "")


def test_nothing_loaded_yet(tmp_path: Path) -> None:
    with pytest.raises(NoWarehouseError):
        measure(Reader(Store(tmp_path)), ["contacts"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which tables are asked, in order."""
    names: list[str] = []
    table = amounts.backend_table

    def recorded(backend: Any, name: str) -> Any:
        names.append(name)
        return table(backend, name)

    monkeypatch.setattr(amounts, "backend_table", recorded)
    return names


@pytest.mark.parametrize(
    ("metrics", "by", "grain", "where", "table"),
    [
        (["contacts", "repeat_share"], [], None, {}, "cube_channel"),
        (["contacts"], ["channel"], Grain.DAY, {}, "cube_channel"),
        (["channel_share"], ["service"], None, {}, "cube_service"),
        (["contacts"], [], None, {"service": ("paspoort",)}, "cube_service"),
        (["contacts"], ["area"], Grain.WEEK, {}, "cube_area"),
        (["contacts"], ["area", "service"], Grain.MONTH, {}, "cube_month"),
        (["contacts"], ["area", "service"], None, {}, "cube_month"),
        (["contacts"], ["area", "service"], Grain.DAY, {}, "contact"),
        (["avoidable_by_category"], ["avoidable_category"], Grain.MONTH, {}, "cube_avoidable"),
        (["switch_share"], ["predecessor_channel"], None, {}, "cube_switch"),
        (["contacts"], ["topic"], None, {}, "contact"),
        (["customers"], [], None, {}, "customer_month"),
        (["customers"], ["service"], Grain.QUARTER, {}, "customer_month"),
        (["customers"], [], None, {"channel": ("phone",)}, "customer_month"),
        (["customers"], [], None, {"channel": ("phone", "email")}, "contact"),
        (["customers"], ["channel"], Grain.WEEK, {}, "contact"),
        (["median_wait"], ["channel"], Grain.DAY, {}, "cube_wait"),
        (["median_wait"], ["service"], Grain.MONTH, {}, "cube_wait_month"),
        (["median_wait"], ["topic"], Grain.MONTH, {}, "contact"),
        (["time_to_repeat"], ["channel"], Grain.WEEK, {}, "cube_gap"),
        (["arrivals"], ["weekday", "half_hour"], None, {}, "cube_half_hour"),
        (["contacts"], ["weekday", "service"], None, {}, "cube_service"),
        (["callback_kept_share"], ["service"], Grain.DAY, {}, "cube_callback"),
    ],
)
def test_the_smallest_table_that_can_answer_is_asked(
    reader: Reader,
    asked: list[str],
    metrics: list[str],
    by: list[str],
    grain: Grain | None,
    where: dict[str, tuple[str, ...]],
    table: str,
) -> None:
    measure(
        reader, metrics, by=by, grain=grain, selection=Selection(MONTHS.start, MONTHS.end, where)
    )
    assert asked == [table]


def test_sums_by_month_cannot_answer_for_parts_of_months(reader: Reader, asked: list[str]) -> None:
    selection = Selection(date(2025, 1, 2), date(2025, 3, 31))
    measure(reader, ["contacts"], by=["area", "service"], selection=selection)
    assert asked == ["contact"]


def test_metrics_of_one_table_are_one_question(reader: Reader, asked: list[str]) -> None:
    additive = [key for key, it in METRICS.items() if adds_up(it.measure)]
    measure(reader, additive, by=["channel"])
    assert len(asked) == len(set(asked))


_ADDITIVE = [key for key, metric in METRICS.items() if adds_up(metric.measure)]


@pytest.mark.parametrize("grain", [None, *Grain])
@pytest.mark.parametrize("by", [["channel"], ["service"], ["area", "outcome"], ["topic"]], ids=str)
def test_parts_add_up_to_the_whole(reader: Reader, by: list[str], grain: Grain | None) -> None:
    parts = measure(reader, _ADDITIVE, by=by, grain=grain, threshold=1)
    whole = measure(reader, _ADDITIVE, threshold=1).set_index("metric")
    for part in ("numerator", "denominator"):
        # a share of all channels has each channel's whole as denominator, within every group
        metrics = [m for m in _ADDITIVE if part == "numerator" or m not in _OF_TOTAL]
        found = parts[parts["metric"].isin(metrics)].groupby("metric")[part].sum()
        # where nobody was promised a call back, there is no group of them
        found = found.reindex(metrics, fill_value=0.0)
        wanted = whole.loc[metrics, part].fillna(0)
        assert found.to_dict() == pytest.approx(wanted.to_dict())


_OF_TOTAL = {"channel_share", "avoidable_by_category"}


def test_the_order_of_dimensions_does_not_matter(reader: Reader) -> None:
    answers = [
        measure(reader, ["contacts", "repeat_share"], by=by, grain=Grain.MONTH)
        .sort_values(["metric", "period", "channel", "service"], ignore_index=True)
        .sort_index(axis="columns")
        for by in permutations(["channel", "service"])
    ]
    pd.testing.assert_frame_equal(*answers)


def test_the_order_of_metrics_is_that_asked_for(reader: Reader) -> None:
    keys = ["mean_wait", "contacts", "customers", "repeat_share", "contacts"]
    assert measure(reader, keys)["metric"].tolist() == keys[:-1]


def test_what_has_no_value_is_called_unknown(reader: Reader) -> None:
    ((wanted,),) = warehouses.query(
        reader, "select count(*) from contact where service is null and is_contact"
    )
    answer = measure(reader, ["contacts"], by=["service"]).set_index("service")
    assert answer.loc["unknown", "value"] == wanted
    filtered = measure(reader, ["contacts"], selection=Selection(where={"service": ("unknown",)}))
    assert filtered["value"].tolist() == [wanted]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_values_are_those_that_occur(reader: Reader, dimension: str) -> None:
    wanted = warehouses.query(
        reader, f"select distinct {warehouses.in_sql(dimension)} from contact"
    )
    found = values(reader, dimension)
    assert len(found) == len(set(found))
    if dimension in {"half_hour", "avoidable_category", "avoidable_basis", "predecessor_channel"}:
        assert set(found) <= {value for (value,) in wanted}
    else:
        assert set(found) == {value for (value,) in wanted}


def test_the_span_is_that_of_the_contacts(reader: Reader) -> None:
    ((first, last),) = warehouses.query(
        reader,
        "select min(started_on), max(started_on) from contact where channel <> 'web_visit'",
    )
    known = span(reader)
    assert (known.first_on, known.last_on, known.is_demo) == (first, last, False)


def test_a_period_is_complete_if_all_of_its_days_were_loaded(tmp_path: Path) -> None:
    days = pd.date_range("2025-01-15 12:00", "2025-04-20 12:00", freq="D")
    reader = warehouses.build(tmp_path, [{"started_at": day} for day in days])
    answer = measure(reader, ["contacts", "cost_per_episode"], grain=Grain.MONTH)
    whole = answer.pivot_table(index="period", columns="metric", values="is_complete", dropna=False)
    assert whole["contacts"].tolist() == [False, True, True, False]
    assert whole["cost_per_episode"].tolist() == [False, True, True, False]
    early = measure(
        reader,
        ["contacts", "cost_per_episode"],
        selection=Selection(days[9].date(), days[-2].date()),
    )
    assert early.set_index("metric")["is_complete"].to_dict() == {
        "contacts": True,
        "cost_per_episode": False,  # episodes may go on for another week
    }


def test_a_period_that_the_question_cuts_is_not_complete(tmp_path: Path) -> None:
    days = pd.date_range("2025-01-15 12:00", "2025-04-20 12:00", freq="D")
    reader = warehouses.build(tmp_path, [{"started_at": day} for day in days])
    cut = Selection(date(2025, 2, 1), date(2025, 3, 30))
    answer = measure(reader, ["contacts"], grain=Grain.MONTH, selection=cut)
    assert answer["is_complete"].tolist() == [True, False]


def test_days_without_contacts_are_no_periods_but_do_not_break_an_answer(reader: Reader) -> None:
    empty = Selection(date(2030, 1, 1), date(2030, 1, 31))
    assert measure(reader, ["contacts"], by=["channel"], selection=empty).empty
    total = measure(reader, ["contacts", "repeat_share", "customers"], selection=empty)
    assert total.set_index("metric")["numerator"].to_dict() == {
        "contacts": 0, "repeat_share": 0, "customers": 0
    }  # fmt: skip
    assert total["value"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize("metric", ["contacts", "arrivals", "workload", "customers"])
@pytest.mark.parametrize(
    "where",
    [
        {"weekday": ("12",)},
        {"weekday": ("",)},
        {"weekday": ("unknown", "0")},
        {"half_hour": ("25:00", "08:15")},
    ],
)
@pytest.mark.parametrize("by", [[], ["weekday"], ["half_hour"]])
def test_a_value_that_does_not_exist_counts_nothing(
    reader: Reader, metric: str, where: dict[str, tuple[str, ...]], by: list[str]
) -> None:
    answer = measure(reader, [metric], by=by, selection=Selection(where=where))
    assert answer["numerator"].sum() == 0
    assert len(answer) == (0 if by else 1)
    assert set(answer["denominator"].dropna()) <= {0.0}


def test_a_value_that_does_not_exist_beside_one_that_does_changes_nothing(reader: Reader) -> None:
    for name, known, unknown in (("weekday", "1", "12"), ("half_hour", "10:00", "10:15")):
        one, both = (
            measure(reader, ["arrivals", "workload"], selection=Selection(where={name: kept}))
            for kept in ((known,), (known, unknown))
        )
        pd.testing.assert_frame_equal(one, both)
        assert one["denominator"].gt(0).all()


def test_a_version_that_was_replaced_is_let_go_of(reader: Reader) -> None:
    own = Reader(reader.store, connections=1)
    measure(own, ["contacts", "customers"], by=["channel"])
    with own.backend() as backend:
        table = amounts.backend_table(backend, "contact")
        assert table.equals(backend.table("contact"))
        assert table.equals(amounts.backend_table(backend, "contact"))
        connection = weakref.ref(backend)
    del backend, table
    gc.disable()  # nobody need come by to find it
    try:
        del own
        assert connection() is None
    finally:
        gc.enable()


def _months(**sizes: int) -> list[dict[str, object]]:
    """Return contacts on the second of a month, of services in it: `afval_03=4`."""
    return [
        {
            "service": name.split("_")[0],
            "started_at": pd.Timestamp(f"2025-{name.split('_')[1]}-02 09:00")
            + pd.Timedelta(minutes=number),
        }
        for name, size in sizes.items()
        for number in range(size)
    ]


def test_what_is_hidden_in_one_version_is_not_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load is published while a question is asked; what it found is kept for its own version."""
    large = {"afval_03": 30, "paspoort_03": 40, "rijbewijs_03": 50}
    reader = warehouses.build(tmp_path, _months(**large))
    versioned = Reader.versioned
    span(reader)  # is known already, so that the load comes in between the question's own steps

    @contextmanager
    def overtaken(self: Reader) -> Iterator[tuple[str, Any]]:
        with versioned(self) as lent:
            warehouses.build(tmp_path, _months(**large | {"afval_03": 4}))
            yield lent

    with monkeypatch.context() as patch:
        patch.setattr(Reader, "versioned", overtaken)
        before = measure(reader, ["contacts"], by=["service"])
    after = measure(reader, ["contacts"], by=["service"])
    assert before["value"].tolist() == [30, 40, 50]
    assert after.set_index("service")["suppressed"].to_dict() == {
        "afval": True, "paspoort": True, "rijbewijs": False
    }  # fmt: skip


def test_call_backs_that_are_due_after_the_last_day_loaded_are_not_due_yet(tmp_path: Path) -> None:
    """Nor do the four of April hide those of March, of which all is known."""
    rows = [
        {
            "outcome": "callback",
            "started_at": pd.Timestamp("2025-03-20 09:00") + pd.Timedelta(minutes=number),
            "callback_due_at": pd.Timestamp(due),
            "callback_done_at": pd.Timestamp(due) if number % 2 else None,
        }
        for due, size in (("2025-03-20 17:00", 30), ("2025-04-02 09:00", 4))
        for number in range(size)
    ]
    reader = warehouses.build(tmp_path, rows)
    assert span(reader).counted_until == date(2025, 3, 20)
    for grain in (None, Grain.MONTH):
        answer = measure(
            reader,
            ["callback_kept_share"],
            grain=grain,
            selection=Selection(date(2025, 3, 1), date(2025, 4, 30)),
        )
        assert answer[["value", "denominator"]].to_numpy().tolist() == [[0.5, 30]]


def test_work_is_hidden_where_few_handling_times_are_known(tmp_path: Path) -> None:
    """Work over contacts is the mean time: of four it is not shown, nor of who gives them away."""
    rows = _months(afval_03=40, paspoort_03=50, rijbewijs_03=60)
    for row in rows:
        row["handle_seconds"] = 300.0
    for row in rows[4:40]:
        row["handle_seconds"] = None
    answer = measure(warehouses.build(tmp_path, rows), ["workload"], by=["service"])
    assert answer.set_index("service")["suppressed"].to_dict() == {
        "afval": True, "paspoort": True, "rijbewijs": False
    }  # fmt: skip


def test_asking_for_nothing_is_refused(reader: Reader) -> None:
    with pytest.raises(SelectionError, match="no metric"):
        measure(reader, [])
