"""The model finds what was planted: how often attributes slip, who is one, and how sure that is."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from etl.linking.model import Model, fitted
from tests.crowd_of_records import MOVED, PERSONS, SPELT_OTHERWISE, SWAPPED, World
from warehouse.errors import SamenspelError
from warehouse.links import COMPARISONS


@pytest.fixture(scope="module")
def world() -> World:
    return World(5)


@pytest.fixture(scope="module")
def model(world: World) -> Iterator[Model]:
    with fitted(world.records, world.known) as model:
        yield model


@pytest.fixture(scope="module")
def pairs(model: Model) -> list[dict[str, Any]]:
    return model.pairs().to_pylist()


def numbers(pair: dict[str, Any]) -> tuple[int, int]:
    return pair["first_number"], pair["second_number"]


def test_it_learns_how_often_one_person_is_noted_otherwise(model: Model) -> None:
    m = {(one.comparison, one.level): one.m for one in model.weights()}
    # two notes differ where either slips: 2p(1 - p) + p² x (other slip), near 2p for small p
    assert m["surname", "sounds_alike"] == pytest.approx(2 * SPELT_OTHERWISE, abs=0.025)
    assert m["surname", "same"] == pytest.approx(1 - 2 * SPELT_OTHERWISE, abs=0.025)
    assert 1 - m["address", "same"] == pytest.approx(2 * MOVED, abs=0.03)
    assert m["birth_date", "day_and_month_swapped"] == pytest.approx(
        2 * SWAPPED * 12 / 28, abs=0.01
    )
    assert m["initial", "same"] > 0.99


def test_it_learns_how_often_two_people_agree(world: World, model: Model) -> None:
    u = {(one.comparison, one.level): one.u for one in model.weights()}
    assert u["initial", "same"] == pytest.approx(1 / 20, rel=0.15)
    assert u["address", "same_area"] == pytest.approx(1 / 20, rel=0.2)
    # one birth date of 65 x 12 x 28; among random pairs are the few that are one person's
    by_chance = 1 / (65 * 12 * 28)
    records = world.records.num_rows
    by_sameness = len(world.true_pairs) / (records * (records - 1) / 2)
    assert 0.8 * by_chance < u["birth_date", "same"] < 1.2 * (by_chance + by_sameness)


def test_nearly_all_that_are_one_are_found_and_hardly_any_that_are_not(
    world: World, pairs: list[dict[str, Any]]
) -> None:
    likely = {numbers(pair) for pair in pairs if pair["match_probability"] >= 0.9}
    assert len(likely & world.true_pairs) / len(world.true_pairs) > 0.9
    assert len(likely & world.true_pairs) / len(likely) > 0.98


def test_the_probability_is_that_of_being_right(world: World, pairs: list[dict[str, Any]]) -> None:
    expected = sum(pair["match_probability"] for pair in pairs)
    right = sum(numbers(pair) in world.true_pairs for pair in pairs)
    assert right == pytest.approx(expected, rel=0.05)


def test_the_weights_of_a_pair_add_up(model: Model, pairs: list[dict[str, Any]]) -> None:
    prior = math.log2(model.prior / (1 - model.prior))
    for pair in pairs[:500]:
        parts = sum(pair[f"{name}_weight"] for name in COMPARISONS)
        assert pair["match_weight"] == pytest.approx(prior + parts, abs=1e-6)
        odds = 2 ** pair["match_weight"]
        assert pair["match_probability"] == pytest.approx(odds / (1 + odds), abs=1e-9)


def test_a_common_surname_weighs_less_than_a_rare_one(
    world: World, pairs: list[dict[str, Any]]
) -> None:
    names = world.records["surname_key"].to_pylist()
    often = Counter(names)
    same = [pair for pair in pairs if pair["surname_agreement"] == "same"]
    by_count = sorted(same, key=lambda pair: often[names[pair["first_number"]]])
    assert by_count[0]["surname_weight"] > by_count[-1]["surname_weight"] + 1


def test_agreement_is_named_and_nothing_told_is_no_agreement(
    world: World, pairs: list[dict[str, Any]]
) -> None:
    rows = world.records.to_pylist()
    for pair in pairs[:300]:
        one, other = (rows[number] for number in numbers(pair))
        born = (one["birth_date_key"], other["birth_date_key"])
        if None in born:
            assert pair["birth_date_agreement"] is None
            assert pair["birth_date_weight"] == 0
        else:
            assert (pair["birth_date_agreement"] == "same") == (born[0] == born[1])


def test_two_official_records_never_come_together(
    model: Model, pairs: list[dict[str, Any]]
) -> None:
    assert all(pair["second_number"] >= PERSONS for pair in pairs)
    clusters = model.clusters(0.5).to_pylist()
    official = Counter(one["cluster_number"] for one in clusters if one["record_number"] < PERSONS)
    assert max(official.values()) == 1
    assert min(Counter(one["cluster_number"] for one in clusters).values()) > 1


def test_a_higher_threshold_joins_fewer(model: Model) -> None:
    sizes = [model.clusters(threshold).num_rows for threshold in (0.5, 0.9, 0.99, 0.9999)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] > 0


def test_the_same_records_give_the_same_model(world: World, model: Model) -> None:
    with fitted(world.records, world.known) as again:
        assert again.pairs().equals(model.pairs())
        assert again.clusters(0.9).equals(model.clusters(0.9))


def test_it_learns_without_pairs_that_are_known(world: World) -> None:
    with fitted(world.records, world.known.slice(0, 0)) as model:
        likely = {numbers(p) for p in model.pairs().to_pylist() if p["match_probability"] >= 0.9}
    assert len(likely & world.true_pairs) / len(world.true_pairs) > 0.85
    assert len(likely & world.true_pairs) / len(likely) > 0.95


def test_it_does_with_the_attributes_that_there_are(world: World) -> None:
    names = world.records.column_names
    bare = world.records
    for name in ("initial_key", "postcode_key", "postcode_area_key", "house_number_key"):
        bare = bare.set_column(names.index(name), name, pa.nulls(bare.num_rows, pa.string()))
    with fitted(bare, world.known) as model:
        found = model.pairs().to_pylist()
    assert {one["address_agreement"] for one in found} == {None}
    assert sum(numbers(one) in world.true_pairs for one in found) / len(found) > 0.9


@pytest.mark.parametrize("count", [0, 1, 50])
def test_too_little_to_learn_from_is_said(world: World, count: int) -> None:
    with (
        pytest.raises(SamenspelError, match="too little to learn"),
        fitted(world.records.slice(0, count), world.known),
    ):
        pass


def test_surname_and_address_are_a_households_and_join_nobody(world: World) -> None:
    bare = world.records
    for name in bare.column_names:
        if name.startswith(("initial", "birth")):
            kept = [None if n % 2 else v for n, v in enumerate(bare[name].to_pylist())]
            bare = bare.set_column(bare.column_names.index(name), name, pa.array(kept, pa.string()))
    with fitted(bare, world.known) as model:
        found = model.pairs().to_pylist()
    assert found
    assert not [one for one in found if numbers(one)[0] % 2 or numbers(one)[1] % 2]


def test_a_single_attribute_is_too_little(world: World) -> None:
    bare = world.records
    for name in bare.column_names[2:]:
        if not name.startswith("surname"):
            nothing = pa.nulls(bare.num_rows, pa.string())
            bare = bare.set_column(bare.column_names.index(name), name, nothing)
    with pytest.raises(SamenspelError, match="too little"), fitted(bare, world.known):
        pass


def test_the_chart_needs_no_network(model: Model, tmp_path: Any) -> None:
    model.write_chart(tmp_path / "weights.html")
    page = (tmp_path / "weights.html").read_text(encoding="utf-8")
    assert "sounds_alike" in page
    assert 'src="http' not in page
    assert "cdn.jsdelivr" not in page
