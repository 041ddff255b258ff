"""Every derived column equals the plain-Python reference, on random contacts."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from etl import materialise
from tests.generative import reference, worlds
from tests.generative.engine import contact_rows, derived
from warehouse.settings import Settings

pytestmark = pytest.mark.slow

# Each example derives a whole warehouse, some 0.3 s: to shrink one would take many minutes. What
# differs is told by row and column instead.
_FEW = profile(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.fixture(autouse=True)
def no_cubes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cubes have tests of their own; without them an example takes half the time."""
    monkeypatch.setattr(materialise, "SHAPES", ())


def _plain(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def assert_as_defined(rows: list[dict[str, Any]], settings: Settings) -> None:
    """Derive rows both ways, and tell the first difference in every column."""
    found = contact_rows(derived(rows, settings))
    wanted = reference.derive(rows, settings)
    assert len(found) == len(wanted)
    differences = [
        (key, name, _text(one[name]), _text(other[name]))
        for key, (one, other) in enumerate(zip(found, wanted, strict=True))
        for name in reference.COMPARED
        if _text(one[name]) != _text(other[name])
    ]
    assert differences == [], "(row, column, derived, defined)"
    numbers = {(one["customer_id"], one["customer_number"]) for one in found}
    assert len(numbers) == len({number for _, number in numbers}) == len({i for i, _ in numbers})


def _text(value: Any) -> Any:
    return str(value) if type(value).__name__ == "UUID" else _plain(value)


@_FEW
@given(rows=worlds.worlds(), settings=worlds.settings())
def test_derived_as_defined(rows: list[dict[str, Any]], settings: Settings) -> None:
    assert_as_defined(rows, settings)


@_FEW
@given(rows=worlds.worlds(with_conversations=True, size=20), settings=worlds.settings())
def test_conversations_derived_as_defined(rows: list[dict[str, Any]], settings: Settings) -> None:
    assert_as_defined(rows, settings)


@profile(parent=_FEW, max_examples=60)
@given(rows=worlds.busy_days(), settings=worlds.settings(with_systems=True))
def test_bound_and_matched_as_defined(rows: list[dict[str, Any]], settings: Settings) -> None:
    assert_as_defined(rows, settings)


@profile(parent=_FEW, max_examples=10)
@given(rows=worlds.worlds(size=25), order=st.randoms(use_true_random=False))
def test_the_order_of_loading_does_not_matter(rows: list[dict[str, Any]], order: Any) -> None:
    """Only the keys, which number the rows, may differ."""
    shuffled = list(rows)
    order.shuffle(shuffled)
    names = [name for name in reference.COMPARED if not name.endswith("_key")]

    def derived_by_id(rows: list[dict[str, Any]]) -> dict[Any, Any]:
        return {
            (one["source"], one["contact_id"]): [_text(one[name]) for name in names]
            for one in contact_rows(derived(rows, Settings()))
        }

    assert derived_by_id(rows) == derived_by_id(shuffled)
