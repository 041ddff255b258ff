"""Spark derives and sums what DuckDB does: the same expressions, compared cell by cell."""

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from analytics.answer import amounts_of
from analytics.derive.contact import COLUMNS
from analytics.derive.cube import CUBES, Cube, cube
from analytics.derive.journey_cubes import JOURNEY_CUBES, JourneyCube, journey_cells
from analytics.metrics import METRICS, Metric
from analytics.periods import Grain
from tests.generative.crowd import SETTINGS, crowd
from tests.generative.engine import derived
from tests.spark import SparkEngine, plain_rows
from tests.warehouses import loaded_frame
from warehouse.settings import parse_settings

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]

TRUNCATE = {Grain.DAY: "D", Grain.WEEK: "W", Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.YEAR: "Y"}


SYSTEMS = parse_settings(
    {
        **SETTINGS.model_dump(exclude={"source"}),
        "source": [
            {
                "name": name,
                "role": role,
                "kind": "csv",
                "path": f"{name}.csv",
                "columns": {"started_at": "at", "channel": "channel"},
            }
            for name, role in {"a": "telephony", "b": "registration", "c": "contact"}.items()
        ],
    }
)
"""The crowd's sources, of which two see the same calls."""


def rows() -> list[dict[str, Any]]:
    """Return contacts of which some share a second identifier, and some a conversation.

    Every other call has registrations minutes later, by the same agent: of one question or two.
    """
    draw = random.Random(20250301)
    found = plain_rows(loaded_frame(crowd(400)))
    for row in found:
        row["bsn_key"] = str(uuid.UUID(int=draw.randrange(80))) if draw.random() < 0.5 else None
        row["conversation"] = f"g{draw.randrange(80)}" if draw.random() < 0.3 else None
        row["agent_key"] = str(uuid.UUID(int=draw.randrange(4))) if draw.random() < 0.9 else None
        row["source"] = draw.choice(["a", "a", "c"])
    return [*found, *registrations(found, draw)]


def registrations(calls: list[dict[str, Any]], draw: random.Random) -> list[dict[str, Any]]:
    found = []
    for call in calls:
        for question in range(draw.choice([0, 1, 2]) if call["channel"] == "phone" else 0):
            late = timedelta(seconds=draw.randrange(400))
            found.append(
                {
                    **call,
                    "source": "b",
                    "contact_id": f"r{call['contact_id']}-{question}",
                    "started_at": call["started_at"] + late,
                    "started_local": call["started_local"] + late,
                    "conversation": None,
                    "service": draw.choice(["paspoort", "afval", None]),
                }
            )
    return found


@pytest.fixture(scope="module")
def contact_tables(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Any, Any]]:
    """The derived contacts on DuckDB and on Spark."""
    loaded = rows()
    engine = SparkEngine(tmp_path_factory.mktemp("spark"))
    with engine.contact(loaded, SYSTEMS) as on_spark:
        yield derived(loaded, SYSTEMS).table("contact"), on_spark


def _rows(expression: Any) -> list[dict[str, Any]]:
    return [
        {name: _plain(value) for name, value in row.items()}
        for row in expression.to_pyarrow().to_pylist()
    ]


def _plain(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else None if value is None else str(value)


def _set(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted(row.items())) for row in rows)


def test_every_derived_column(contact_tables: tuple[Any, Any]) -> None:
    duck, spark = (_rows(one.order_by("contact_key")) for one in contact_tables)
    assert len(duck) == len(spark) > 400
    assert list(duck[0]) == list(spark[0]) == list(COLUMNS)
    differences = [
        (one["contact_key"], name, one[name], other[name])
        for one, other in zip(duck, spark, strict=True)
        for name in COLUMNS
        if one[name] != other[name]
    ]
    assert differences == []
    for name in (
        "is_repeat",
        "is_switch",
        "has_follower",
        "avoidable_category",
        "episode_key",
        "match",
    ):
        assert len({row[name] for row in duck}) > 1, f"{name} says nothing here"


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_every_metric(contact_tables: tuple[Any, Any], metric: Metric) -> None:
    def amounts(contact: Any) -> Any:
        keys = {"channel": contact.channel, "period": contact.started_on.truncate("M")}
        return contact.group_by(**keys).agg(**amounts_of(metric.measure, contact, is_cube=False))

    duck, spark = (_rows(amounts(one)) for one in contact_tables)
    assert _set(duck) == _set(spark)


@pytest.mark.parametrize("grain", Grain)
def test_every_grain(contact_tables: tuple[Any, Any], grain: Grain) -> None:
    duck, spark = (
        _rows(one.select(period=one.started_on.truncate(TRUNCATE[grain])).distinct())
        for one in contact_tables
    )
    assert _set(duck) == _set(spark)


@pytest.mark.parametrize("shape", CUBES, ids=lambda shape: shape.name)
def test_every_cube(contact_tables: tuple[Any, Any], shape: Cube) -> None:
    duck, spark = (_rows(cube(one, shape)) for one in contact_tables)
    assert _set(duck) == _set(spark)
    assert duck


@pytest.mark.parametrize("shape", JOURNEY_CUBES, ids=lambda shape: shape.name)
def test_every_cube_of_journeys(contact_tables: tuple[Any, Any], shape: JourneyCube) -> None:
    duck, spark = (_rows(journey_cells(one, shape)) for one in contact_tables)
    assert _set(duck) == _set(spark)
    assert duck
