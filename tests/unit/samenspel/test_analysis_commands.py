"""`samenspel drivers` and `samenspel steer` give what analytics found, in each form."""

import csv
import io
import json
from pathlib import Path

import pytest

from analytics.drivers import drivers
from analytics.steering import steering
from tests.browser.town import contacts, settings
from tests.unit.samenspel.commands import run
from tests.warehouses import build
from warehouse.errors import ConfigurationError
from warehouse.store import Reader


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    reader = build(tmp_path_factory.mktemp("commands"), contacts(), settings())
    drivers(reader), steering(reader)
    return reader


@pytest.mark.parametrize("target", ["follow_up", "avoidable"])
def test_drivers_in_every_form(reader: Reader, target: str) -> None:
    groups = drivers(reader)["groups"]
    groups = groups[groups["target"] == target]
    asked = ("drivers", "--target", target, "--all", "--format")
    told = json.loads(run(*asked, "json", reader=reader))
    assert len(told) == len(groups)
    assert {row["by"] for row in told} == set(groups["by"])
    assert all(row["rate"] is None for row in told if row["suppressed"])
    rows = list(csv.DictReader(io.StringIO(run(*asked, "csv", reader=reader))))
    assert len(rows) == len(groups)
    assert sum(row["is_driver"] == "True" for row in rows) == groups["is_driver"].sum()
    named = json.loads(run("drivers", "--target", target, "--format", "json", reader=reader))
    assert len(named) == groups["is_driver"].sum()
    assert "ratio" in run("drivers", "--target", target, reader=reader)


def test_steer_in_every_form(reader: Reader) -> None:
    moves = steering(reader)["moves"]
    told = json.loads(run("steer", "--all", "--format", "json", reader=reader))
    assert len(told) == len(moves)
    assert (
        len(json.loads(run("steer", "--format", "json", reader=reader)))
        == moves["is_proposed"].sum()
    )
    rows = list(
        csv.DictReader(io.StringIO(run("steer", "--all", "--format", "csv", reader=reader)))
    )
    assert [row["service"] for row in rows] == [row["service"] for row in told]
    assert "saving" in run("steer", reader=reader)


@pytest.mark.parametrize("wrong", [("drivers", "--target", "x"), ("steer", "--format", "x")])
def test_a_wrong_question_is_refused(
    reader: Reader, wrong: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="Use"):
        run(*wrong, reader=reader)
