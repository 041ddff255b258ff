"""`samenspel forecast` and `samenspel staffing` give what analytics found, in each form."""

import csv
import io
import json

import pytest

from analytics.planning.staffing import mondays, staffing, wish_of
from analytics.planning.work_out import planning
from analytics.query import span
from tests.browser.town import contacts, settings
from tests.unit.samenspel.commands import run
from tests.warehouses import build
from warehouse.errors import SamenspelError
from warehouse.store import Reader


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    reader = build(tmp_path_factory.mktemp("commands"), contacts(), settings())
    planning(reader)
    return reader


def test_forecasts_in_every_form(reader: Reader) -> None:
    weeks = planning(reader)["weeks"]
    weeks = weeks[weeks["service"] == ""]
    told = json.loads(run("forecast", "--format", "json", reader=reader))
    assert [row["expected"] for row in told] == pytest.approx(weeks["expected"].tolist())
    rows = list(csv.DictReader(io.StringIO(run("forecast", "--format", "csv", reader=reader))))
    assert len(rows) == len(weeks)
    days = json.loads(
        run("forecast", "--by", "day", "--channel", "phone", "--format", "json", reader=reader)
    )
    assert {row["channel"] for row in days} == {"phone"}
    assert "low_80" in run("forecast", reader=reader)


def test_a_backtest_names_models_and_coverage(reader: Reader) -> None:
    told = json.loads(run("forecast", "--backtest", "--format", "json", reader=reader))
    phone = [row for row in told if row["channel"] == "phone"]
    assert {row["model"] for row in phone} >= {"seasonal_naive", "regression"}
    assert sum(row["is_chosen"] for row in phone) == 1
    assert "mase" in run("forecast", "--backtest", reader=reader)


def test_staffing_as_analytics_says(reader: Reader) -> None:
    found = planning(reader)
    wish = wish_of(span(reader).settings, found["habits"], "phone")
    rows = staffing(found, "phone", mondays(found)[0], wish)
    told = json.loads(run("staffing", "--format", "json", reader=reader))
    assert [row["employees"] for row in told] == rows["employees"].tolist()
    more = json.loads(run("staffing", "--handling", "5000", "--format", "json", reader=reader))
    assert sum(row["employees"] for row in more) > rows["employees"].sum()


@pytest.mark.parametrize(
    "arguments",
    [
        ("forecast", "--by", "year"),
        ("forecast", "--channel", "pigeon"),
        ("forecast", "--format", "xml"),
        ("staffing", "--channel", "post"),
        ("staffing", "--week", "soon"),
        ("staffing", "--week", "1999-01-01"),
        ("staffing", "--level", "80"),
    ],
)
def test_what_cannot_be_is_said(reader: Reader, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SamenspelError):
        run(*arguments, reader=reader)
