"""Times: notations found out, zones, the nights without and with a double hour."""

# ruff: noqa: DTZ001  # the warehouse holds times without offset

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pytest

from etl.engine import open_database
from etl.zones import changes, prepare_zone, to_local, to_utc
from tests.loading import Bench, counts
from warehouse.errors import ConfigurationError


def load_times(bench: Bench, *times: str, **column: object) -> list[datetime]:
    bench.write("start|channel\n" + "".join(f"{time}|phone\n" for time in times))
    bench.account(
        {
            "delimiter": "|",
            "columns": {"started_at": {"column": "start", **column}, "channel": "channel"},
        }
    )
    return bench.values("started_at")


LOCAL = datetime(2024, 12, 31, 13, 5)
NOTATIONS = [
    "2024-12-31 13:05",
    "2024-12-31T13:05:00",
    "2024-12-31 13:05:00.000",
    "31-12-2024 13:05",
    "31-12-2024 13:05:00",
    "31/12/2024 13:05",
    "31.12.2024 13:05",
    "31-12-24 13:05",
    "31-12-2024, 13:05",
    "12/31/2024 13:05",
    "12/31/2024 01:05 PM",
    "2024/12/31 13:05",
    "20241231 13:05",
    "20241231130500",
    "31 december 2024 13:05",
    "31 dec 2024 13:05",
    "2024-12-31T13:05:00+01:00",
    "2024-12-31T12:05:00Z",
    "2024-12-31 12:05:00.000000+00:00",
    "1735646700",
    "1735646700000",
]


@pytest.mark.parametrize("written", NOTATIONS)
def test_notations_are_found_out(bench: Bench, written: str) -> None:
    assert load_times(bench, written) == [datetime(2024, 12, 31, 12, 5)]
    assert bench.values("started_local") == [LOCAL]
    assert bench.rejects() == []


@pytest.mark.parametrize(
    ("month", "number"),
    [("januari", 1), ("maart", 3), ("mrt", 3), ("mei", 5), ("Augustus", 8), ("okt", 10)],
)
def test_dutch_months(bench: Bench, month: str, number: int) -> None:
    assert load_times(bench, f"2 {month} 2024") == [
        datetime(2024, number, 2, tzinfo=ZoneInfo("Europe/Amsterdam"))
        .astimezone(UTC)
        .replace(tzinfo=None)
    ]


def test_a_date_alone_is_its_midnight(bench: Bench) -> None:
    load_times(bench, "31-12-2024")
    assert bench.values("started_local") == [datetime(2024, 12, 31)]


def test_the_day_comes_first_unless_some_row_denies_it(bench: Bench) -> None:
    load_times(bench, "01/02/2024", "03/04/2024")
    assert bench.values("started_local") == [datetime(2024, 2, 1), datetime(2024, 4, 3)]


def test_the_month_comes_first_where_only_that_fits_all(bench: Bench) -> None:
    load_times(bench, "01/02/2024", "03/14/2024")
    assert bench.values("started_local") == [datetime(2024, 1, 2), datetime(2024, 3, 14)]


def test_orders_never_mix(bench: Bench) -> None:
    load_times(bench, "13/02/2024", "14/02/2024", "02/15/2024")
    assert bench.values("started_local") == [datetime(2024, 2, 13), datetime(2024, 2, 14)]
    assert bench.rejects() == [(4, "start", "bad_time")]


def test_a_late_row_that_denies_the_samples_guess_is_heard(bench: Bench) -> None:
    times = [f"{month:02}/{day:02}/2024" for month in range(1, 13) for day in range(1, 13)]
    load_times(bench, *times * 200, "12/31/2024")
    assert bench.rejects() == []
    months = bench.table("select distinct month(started_local) as m from loaded_contact")
    assert len(months) == 12
    last = bench.table("select max(started_local) as last from loaded_contact")["last"][0]
    assert last == datetime(2024, 12, 31)


def test_configured_formats_are_tried_in_order(bench: Bench) -> None:
    read = load_times(
        bench, "31-12-2024", "2024/12/30 10:00", format=["%d-%m-%Y", "%Y/%m/%d %H:%M"]
    )
    assert read == [datetime(2024, 12, 30, 23), datetime(2024, 12, 30, 9)]


def test_an_impossible_format_is_a_wrong_setting(bench: Bench) -> None:
    with pytest.raises(ConfigurationError, match="%Q"):
        load_times(bench, "31-12-2024", format="%Q")


def test_times_outside_the_years_of_a_contact(bench: Bench) -> None:
    load_times(
        bench, "1969-12-31 10:00", "9999-12-31 00:00", "2024-02-29 10:00", "2023-02-29 10:00"
    )
    assert bench.rejects() == [
        (2, "start", "time_out_of_range"),
        (3, "start", "time_out_of_range"),
        (5, "start", "bad_time"),
    ]


def test_a_source_in_another_zone(bench: Bench) -> None:
    bench.write("start;channel\n2024-07-01 12:00;phone\n")
    bench.account({"timezone": "UTC"})
    assert bench.values("started_at", "started_local") == [
        (datetime(2024, 7, 1, 12), datetime(2024, 7, 1, 14))
    ]


def test_the_night_without_an_hour(bench: Bench) -> None:
    load_times(
        bench, "2024-03-31 01:59", "2024-03-31 02:00", "2024-03-31 02:59", "2024-03-31 03:00"
    )
    assert bench.values("started_at") == [datetime(2024, 3, 31, 0, 59), datetime(2024, 3, 31, 1, 0)]
    assert [(line, why) for line, _, why in bench.rejects()] == [
        (3, "no_such_local_time"),
        (4, "no_such_local_time"),
    ]


def test_the_night_with_a_double_hour_is_read_first_and_counted(bench: Bench) -> None:
    bench.write(
        "start;channel\n2024-10-27 01:59;phone\n2024-10-27 02:00;phone\n2024-10-27 02:59;phone\n"
        "2024-10-27 03:00;phone\n"
    )
    account = bench.account()
    assert bench.values("started_at") == [
        datetime(2024, 10, 26, 23, 59),
        datetime(2024, 10, 27, 0, 0),
        datetime(2024, 10, 27, 0, 59),
        datetime(2024, 10, 27, 2, 0),
    ]
    assert account.ambiguous_time_count == 2


def test_times_with_an_offset_are_never_ambiguous(bench: Bench) -> None:
    bench.write("start;channel\n2024-10-27T02:30:00+02:00;phone\n2024-10-27T02:30:00+01:00;phone\n")
    account = bench.account()
    assert bench.values("started_at") == [
        datetime(2024, 10, 27, 0, 30),
        datetime(2024, 10, 27, 1, 30),
    ]
    assert account.ambiguous_time_count == 0


def test_a_conversation_through_the_double_hour_ends_after_it_began(bench: Bench) -> None:
    bench.write("start;end;channel\n2024-10-27 02:50;2024-10-27 02:10;phone\n")
    account = bench.account(
        {"columns": {"started_at": "start", "ended_at": "end", "channel": "channel"}}
    )
    assert counts(account) == (1, 1, 0, 0)
    assert bench.values("started_at", "ended_at") == [
        (datetime(2024, 10, 27, 0, 50), datetime(2024, 10, 27, 1, 10))
    ]


@pytest.mark.parametrize(
    "zone", ["Europe/Amsterdam", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
)
def test_offsets_equal_those_of_zoneinfo(tmp_path, zone: str) -> None:
    """Every half hour around each change of 2023 to 2026, both ways, both readings."""
    around = [
        change.moment + timedelta(minutes=30 * step)
        for change in changes(zone)
        if 2023 <= change.moment.year <= 2026
        for step in range(-8, 9)
    ] or [datetime(2024, 1, 1) + timedelta(hours=7 * step) for step in range(1000)]
    backend = open_database(tmp_path / "x.duckdb")
    prepare_zone(backend, zone)
    backend.con.execute("create table t (moment timestamp)")
    backend.con.executemany("insert into t values (?)", [[moment] for moment in around])
    table = ibis.table({"moment": "timestamp(6)"}, name="t")
    query = table.select(
        "moment",
        local=to_local(table.moment, zone),
        first=to_utc(table.moment, zone),
        second=to_utc(table.moment, zone, second=True),
    )
    for at, local, first, second in backend.con.execute(backend.compile(query)).fetchall():
        aware = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        assert local == aware.replace(tzinfo=None, fold=0)
        readings = [at.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
        exists = readings[0].astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == at
        expected = (
            [reading.replace(tzinfo=None) for reading in readings] if exists else [None, None]
        )
        assert [first, second] == expected, at
