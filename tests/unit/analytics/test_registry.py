"""The registry of metrics and the dimensions are complete and consistent."""

import pytest

from analytics.columns import NUMBERS, OF_TIME
from analytics.derive.contact import COLUMNS
from analytics.derive.cube import ADDITIVE, CUBES, smallest_cube
from analytics.dimensions import DIMENSIONS, value_label, value_order
from analytics.measures import Ratio, ShareOfTotal, additive_parts
from analytics.metrics import METRICS, Metric, Unit, avoidable, cost, quality, repeats, volume
from warehouse.contact import BUILT_IN_CHANNELS, CUSTOMER_TYPES, OUTCOMES
from warehouse.settings import AVOIDABLE_CATEGORIES, Settings, parse_settings

DEFINED = (
    "contacts",
    "visits",
    "channel_share",
    "digital_share",
    "identified_share",
    "customers",
    "repeat_share",
    "repeat_share_same_channel",
    "first_contact_resolution",
    "episodes",
    "contacts_per_episode",
    "switch_share",
    "avoidable_share",
    "avoidable_detected_share",
    "avoidable_known_share",
    "avoidable_cost",
    "avoidable_by_category",
    "mean_wait",
    "median_wait",
    "p90_wait",
    "service_level",
    "abandonment_share",
    "mean_handle",
    "transfer_share",
    "total_cost",
    "cost_per_contact",
    "cost_per_episode",
    "self_service_share",
    "channel_shift",
    "contacts_per_customer",
    "contacts_per_1000",
    "out_of_hours_share",
    "digital_to_assisted_share",
    "time_to_repeat",
    "callback_share",
    "callback_kept_share",
    "on_time_share",
    "mean_satisfaction",
    "satisfaction_response",
    "cost_to_serve",
    "arrivals",
    "workload",
)


def test_every_metric_of_the_page_is_there() -> None:
    assert set(DEFINED) <= set(METRICS)


def test_no_key_is_used_twice() -> None:
    themes = (volume, repeats, avoidable, quality, cost)
    keys = [metric.key for theme in themes for metric in theme.METRICS]
    assert len(keys) == len(set(keys)) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_metric_tells_all_of_itself(metric: Metric) -> None:
    for text in (
        metric.name_nl,
        metric.name_en,
        metric.description_nl,
        metric.description_en,
        metric.source,
        metric.theme,
    ):
        assert text
    assert metric.name_nl != metric.name_en
    assert metric.description_nl.endswith(".")
    assert metric.description_en.endswith(".")
    assert bool(metric.caveat_nl) == bool(metric.caveat_en)
    assert metric.name("nl") == metric.name_nl
    assert metric.name("en") == metric.name_en
    assert metric.description("en") == metric.description_en
    assert metric.caveat("nl") == metric.caveat_nl


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_the_unit_fits_the_type(metric: Metric) -> None:
    is_part = isinstance(metric.measure, ShareOfTotal) or (
        isinstance(metric.measure, Ratio) and metric.measure.is_share
    )
    assert (metric.unit is Unit.SHARE) == is_part


def test_a_sum_has_one_definition() -> None:
    """Two sums under one name would overwrite each other in the cubes."""
    for metric in METRICS.values():
        for part in additive_parts(metric.measure):
            assert ADDITIVE[part.key] is part


def test_names_of_sums_are_no_columns_of_the_contact() -> None:
    """A cube's column that is called as a contact's would be read for it."""
    assert not set(ADDITIVE) & set(COLUMNS)


def test_dimensions_are_columns_of_the_contact_or_follow_from_them() -> None:
    assert set(DIMENSIONS) <= {*COLUMNS, *OF_TIME}
    for shape in CUBES:
        assert set(shape.dimensions) <= {*DIMENSIONS, *NUMBERS}


def test_the_smallest_cube_that_has_all() -> None:
    def name(dimensions: set[str], parts: set[str], *, monthly: bool) -> str | None:
        cube = smallest_cube(dimensions, parts, is_monthly_enough=monthly)
        return cube.name if cube else None

    assert name(set(), {"contact_count"}, monthly=False) == "cube_channel"
    assert name({"service"}, {"contact_count"}, monthly=False) == "cube_service"
    assert name({"service", "area"}, {"contact_count"}, monthly=True) == "cube_month"
    assert name({"service", "area"}, {"contact_count"}, monthly=False) is None
    assert name({"avoidable_category"}, {"avoidable_count"}, monthly=False) == "cube_avoidable"
    assert name({"avoidable_category"}, {"contact_count"}, monthly=False) is None
    assert name({"topic"}, {"contact_count"}, monthly=True) is None
    assert name(set(), set(), monthly=True) is None, "what is no sum comes from the contacts"


def test_every_value_that_the_program_gives_has_a_name() -> None:
    closed = {
        "channel": tuple(BUILT_IN_CHANNELS),
        "predecessor_channel": tuple(BUILT_IN_CHANNELS),
        "customer_type": CUSTOMER_TYPES,
        "outcome": OUTCOMES,
        "avoidable_category": AVOIDABLE_CATEGORIES,
        "avoidable_basis": ("code", "rule", "model"),
        "initiative": ("inbound", "outbound"),
        "weekday": tuple("1234567"),
    }
    for dimension, values in closed.items():
        for value in values:
            for language in ("nl", "en"):
                assert value_label(dimension, value, language, Settings()) != value
        assert set(value_order(dimension)) >= set(values) - {"unknown"}


def test_a_channel_of_ones_own_has_its_own_name() -> None:
    settings = parse_settings(
        {"channels": {"servicepunt": {"name_nl": "Servicepunt", "name_en": "Service point"}}}
    )
    assert value_label("channel", "servicepunt", "en", settings) == "Service point"
    assert value_label("channel", "elders", "nl", settings) == "elders"
    assert value_label("service", "paspoort", "nl", settings) == "paspoort"
    assert value_label("area", "unknown", "nl", settings) == "Onbekend"
    assert DIMENSIONS["area"].name("nl") == "Wijk of buurt"
    assert value_order("service") == ()
