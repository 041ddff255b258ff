"""Every metric equals its SQL written by hand, and each cube answers as the contacts do."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from analytics import amounts, query
from analytics.derive import customer_months
from analytics.dimensions import DIMENSIONS
from analytics.metrics import METRICS
from analytics.query import Grain, Selection, measure
from tests import warehouses
from tests.generative.cells import assert_same, cells
from tests.generative.crowd import FIRST, LAST, SETTINGS, crowd, crowd_of_two_years
from tests.generative.sql_reference import REFERENCE, answer
from warehouse.settings import Settings
from warehouse.store import Reader

_MANY = profile(
    max_examples=60,
    deadline=None,
    # to shrink an example takes minutes: each is asked in two ways
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return warehouses.build(tmp_path_factory.mktemp("random"), crowd(), SETTINGS)


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Every other contact is of a year before: that a share can be held against its own."""
    return warehouses.build(tmp_path_factory.mktemp("two_years"), crowd_of_two_years(), SETTINGS)


def test_the_reference_knows_every_metric() -> None:
    assert set(REFERENCE) == set(METRICS)


_DAYS = (LAST - FIRST).days
_selections = st.builds(
    lambda start, length, where: Selection(
        FIRST + timedelta(days=start), FIRST + timedelta(days=start + length), where
    ),
    st.integers(0, _DAYS),
    st.integers(0, _DAYS),
    st.dictionaries(
        st.sampled_from(
            ["channel", "service", "customer_type", "area", "outcome", "weekday", "half_hour"]
        ),
        st.sampled_from(
            [("phone",), ("phone", "email", "web_visit"), ("paspoort", "unknown"), ("citizen",),
             ("BU99990001", "unknown"), ("resolved", "abandoned"), ("1", "6"), ("08:00", "13:00")]
        ),
        max_size=2,
    ),
)  # fmt: skip
_whole_months = st.sampled_from(
    [
        Selection(date(2024, 12, 1), date(2025, 2, 28)),
        Selection(date(2025, 1, 1), date(2025, 1, 31), {"channel": ("phone", "counter")}),
        Selection(),
    ]
)
_groups = st.lists(st.sampled_from(sorted(DIMENSIONS)), max_size=3, unique=True)
_grains = st.none() | st.sampled_from(Grain)


@pytest.mark.parametrize("metric", METRICS)
@profile(parent=_MANY, max_examples=12)
@given(by=_groups, grain=_grains, selection=_selections | _whole_months)
def test_metric_equals_its_reference(
    reader: Reader,
    two_years: Reader,
    metric: str,
    by: list[str],
    grain: Grain | None,
    selection: Selection,
) -> None:
    of = two_years if metric == "channel_shift" else reader
    found = measure(of, [metric], by=by, grain=grain, selection=selection, threshold=1)
    wanted = answer(of, metric, by, grain, selection)
    assert_same(cells(found, metric, by), cells(wanted, metric, by), metric)


@_MANY
@given(
    metrics=st.lists(st.sampled_from(sorted(METRICS)), min_size=1, max_size=8),
    by=_groups,
    grain=_grains,
    selection=_selections | _whole_months,
)
def test_cubes_answer_as_contacts_do(
    reader: Reader,
    metrics: list[str],
    by: list[str],
    grain: Grain | None,
    selection: Selection,
) -> None:
    planned = measure(reader, metrics, by=by, grain=grain, selection=selection, threshold=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(amounts, "smallest_cube", lambda *_, **__: None)
        patch.setattr(customer_months, "DIMENSIONS", ())
        asked = measure(reader, metrics, by=by, grain=grain, selection=selection, threshold=1)
    for metric in metrics:
        assert_same(cells(planned, metric, by), cells(asked, metric, by), metric)


def test_the_order_of_loading_changes_no_figure(reader: Reader, tmp_path: Path) -> None:
    shuffled = crowd().sample(frac=1.0, random_state=7)
    again = warehouses.build(tmp_path, shuffled.reset_index(drop=True), SETTINGS)
    for by in (["channel"], ["service", "customer_type"], ["avoidable_category"]):
        before, after = (
            measure(one, list(METRICS), by=by, grain=Grain.MONTH) for one in (reader, again)
        )
        pd.testing.assert_frame_equal(before, after, check_exact=False, rtol=1e-12)


def test_settings_travel_with_the_warehouse(reader: Reader) -> None:
    assert query.span(reader).settings == Settings.model_validate(SETTINGS.model_dump())
