"""Clocks: of the logs, where they jump and leap; of the machine, where they are wrong."""

import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.commands import Folder

pytestmark = pytest.mark.slow

NIGHTS = {
    "Europe/Amsterdam": (datetime(2024, 3, 31), datetime(2024, 10, 27)),  # noqa: DTZ001  # local
    "America/New_York": (datetime(2024, 3, 10), datetime(2024, 11, 3)),  # noqa: DTZ001
}


def quarters(night: datetime) -> list[datetime]:
    """Every quarter of the first five hours of a night, on the wall clock."""
    return [night + timedelta(minutes=15 * i) for i in range(20)]


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether a wall clock ever showed this: only then does it come back from UTC the same."""
    there = local.replace(tzinfo=zone).astimezone(UTC)
    return there.astimezone(zone).replace(tzinfo=None) == local


def is_double(local: datetime, zone: ZoneInfo) -> bool:
    early, late = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return exists(local, zone) and early != late


@pytest.mark.parametrize("zone", NIGHTS)
def test_the_two_nights_of_the_year(tmp_path: Path, zone: str) -> None:
    folder, clock = Folder(tmp_path), ZoneInfo(zone)
    times = [moment for night in NIGHTS[zone] for moment in quarters(night)]
    folder.write("start;channel\n" + "".join(f"{t:%Y-%m-%d %H:%M:%S};phone\n" for t in times))
    folder.configure(more=f'timezone = "{zone}"')
    result = folder.load()
    there = [t for t in times if exists(t, clock)]
    assert len(times) - len(there) == 4
    assert result.totals == (40, 36, 0, 4)
    assert folder.query("select started_at from loaded_contact order by contact_key") == [
        (t.replace(tzinfo=clock, fold=0).astimezone(UTC).replace(tzinfo=None),) for t in there
    ]
    assert {reason for (reason,) in folder.query("select reason from reject")} == {
        "no_such_local_time"
    }
    doubles = sum(is_double(t, clock) for t in times)
    assert folder.query("select ambiguous_time_count from load_file") == [(doubles,)]
    folder.check()


def test_leap_days_year_ends_and_times_before_1970(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    moments = {
        "2024-02-29 12:00": date(2024, 2, 29),
        "2023-02-29 12:00": None,
        "2000-02-29 23:59": date(2000, 2, 29),
        "1900-02-29 12:00": None,
        "2023-12-31 23:59": date(2023, 12, 31),
        "2024-01-01 00:00": date(2024, 1, 1),
        "2024-12-31 24:00": None,
        "2024-06-30 23:59:60": None,
        "1969-12-31 23:59": None,
        "1970-01-02 00:00": date(1970, 1, 2),
        "0001-01-01 00:00": None,
        "9999-12-31 23:59": None,
    }
    folder.write("start;channel\n" + "".join(f"{text};phone\n" for text in moments))
    folder.configure()
    result = folder.load()
    days = [day for day in moments.values() if day]
    assert result.totals == (len(moments), len(days), 0, len(moments) - len(days))
    assert folder.query("select started_on from contact order by contact_key") == [
        (day,) for day in days
    ]
    refused = [line for line, day in enumerate(moments.values(), start=2) if day is None]
    assert folder.query("select line from reject order by 1") == [(line,) for line in refused]
    folder.check()


def set_clock(moment: datetime) -> None:
    """Have this process believe that it is another moment."""
    import etl.load
    import warehouse.store

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return moment

    etl.load.datetime = Wrong  # type: ignore[misc]
    warehouse.store.datetime = Wrong  # type: ignore[misc]


def test_a_machine_s_clock_that_goes_back_between_loads(tmp_path: Path) -> None:
    """The last load counts, whatever its clock said; so does the version before it."""
    folder = Folder(tmp_path)
    folder.configure()
    versions = []
    moments = [
        datetime(2030, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
    ]
    for number, moment in enumerate(moments, start=1):
        folder.write(f"start;channel\n2024-05-01 10:0{number};phone\n", f"{number}.csv")
        result = folder.load(setup=set_clock, given=(moment,))
        assert (result.status, result.totals) == (0, (1, 1, 0, 0)), result.err
        folder.check()
        versions.append(folder.store.current_file())
        assert folder.query("select count(*) from contact") == [(number,)]
    assert versions == sorted(versions), "names follow the order of publishing"
    kept = sorted((folder.store.folder / "versions").iterdir())
    assert kept == versions[-2:]
    versions[-1].write_bytes(b"broken")
    answer = folder.run("rejects")
    assert versions[-1].name in answer.err
    assert folder.load().totals == (1, 1, 0, 0)


def set_zone(name: str | None) -> None:
    """Give this process another time zone, as a machine's settings would."""
    os.environ.pop("TZ", None)
    if name is not None:
        os.environ["TZ"] = name
    time.tzset()


@pytest.mark.parametrize("zone", [None, "", "Pacific/Kiritimati", "no/such", "XXX-25:99", "UTC"])
def test_the_machine_s_time_zone_is_of_no_account(tmp_path: Path, zone: str | None) -> None:
    folder = Folder(tmp_path)
    folder.write("start;channel\n2024-05-01 00:30;phone\n2024-12-31 23:30;chat\n")
    folder.configure()
    assert folder.load(setup=set_zone, given=(zone,)).totals == (2, 2, 0, 0)
    assert folder.query(
        "select started_at::varchar, started_on::varchar from contact order by 1"
    ) == [
        ("2024-04-30 22:30:00", "2024-05-01"),
        ("2024-12-31 22:30:00", "2024-12-31"),
    ]
    asked = ("kpi", "--metric", "contacts", "--month", "2024-05", "--format", "json")
    answer = folder.run(*asked, setup=set_zone, given=(zone,))
    assert answer.status == 0, answer.err
    assert json.loads(answer.out)[0]["period"] == "2024-05"
