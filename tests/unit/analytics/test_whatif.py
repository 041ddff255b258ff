"""The what-if against a plain walk of contacts, and on worlds whose chances are known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.steering.staffing import hours
from analytics.steering.whatif import Service, new_shares, what_if

STEPS = np.array([[0.10, 0.02, 0.0], [0.08, 0.03, 0.01], [0.2, 0.0, 0.1]])
UNIT, HANDLING = np.array([8.0, 3.0, 6.0]), np.array([300.0, 60.0, float("nan")])


def walked(firsts: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Contacts by channel: the first ones, those that follow, those after these, and so on."""
    total, now = firsts.copy(), firsts
    for _ in range(200):
        now = now @ steps
        total = total + now
    return total


def service(
    firsts: np.ndarray, followed: int = 10_000, dice: np.random.Generator | None = None
) -> Service:
    repeats = STEPS * followed
    if dice is not None:
        rows = [dice.multinomial(followed, [*row, 1 - row.sum()])[:-1] for row in STEPS]
        repeats = np.array(rows, dtype="float64")
    return Service(
        ("phone", "web_form", "email"), walked(firsts, STEPS), UNIT, HANDLING,
        np.full(3, float(followed)), repeats,
    )  # fmt: skip


FIRSTS = np.array([500.0, 300.0, 200.0])


def test_todays_shares_give_today() -> None:
    one = service(FIRSTS)
    assert one.shares() == pytest.approx(FIRSTS / FIRSTS.sum())
    found = what_if(one, dict(zip(one.channels, one.shares(), strict=True))).set_index("channel")
    for name in ("contacts", "repeats", "cost"):
        change = found[[f"{name}_change", f"{name}_change_low", f"{name}_change_high"]]
        assert np.allclose(change.to_numpy(dtype="float64"), 0, atol=1e-6)


def test_other_shares_give_what_a_walk_gives() -> None:
    shares = {"phone": 0.2, "web_form": 0.7, "email": 0.1}
    found = what_if(service(FIRSTS), shares).set_index("channel")
    then = walked(1000 * np.array([0.2, 0.7, 0.1]), STEPS)
    assert found["contacts_then"].iloc[:3].to_numpy("float64") == pytest.approx(then)
    assert found.loc["total", "contacts_then"] == pytest.approx(then.sum())
    assert found.loc["total", "repeats_then"] == pytest.approx(then.sum() - 1000)
    assert found.loc["total", "cost_then"] == pytest.approx(float(then @ UNIT))
    assert found.loc["total", "hours_then"] == pytest.approx((then[0] * 300 + then[1] * 60) / 3600)
    assert pd.isna(found.loc["email", "hours_then"])


def test_the_interval_of_the_saving_holds_the_truth() -> None:
    dice = np.random.default_rng(31)
    shares = {"phone": 0.3, "web_form": 0.5, "email": 0.2}
    truth = float((walked(1000 * np.array([0.3, 0.5, 0.2]), STEPS) - walked(FIRSTS, STEPS)) @ UNIT)
    count = 200
    held = 0
    for _ in range(count):
        one = service(FIRSTS, 600, dice)
        today = one.shares()
        # the same step from wherever the sample thinks today's shares are
        wanted = {
            channel: share + shares[channel] - first
            for channel, share, first in zip(one.channels, today, FIRSTS / 1000, strict=True)
        }
        row = what_if(one, wanted).iloc[-1]
        held += int(row["cost_change_low"] <= truth <= row["cost_change_high"])
    print(  # noqa: T201
        f"coverage {held / count:.3f} of 95%"
    )
    assert 0.91 <= held / count <= 0.99


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=6),
    st.dictionaries(st.integers(0, 5), st.integers(0, 100), max_size=6),
)
def test_shares_always_add_up_to_one(amounts: list[float], asked: dict[int, int]) -> None:
    today = {f"c{n}": amount / sum(amounts) for n, amount in enumerate(amounts)}
    shares = new_shares(today, {f"c{n}": share / 100 for n, share in asked.items()})
    assert set(shares) == set(today)
    assert all(share >= 0 for share in shares.values())
    assert sum(shares.values()) == pytest.approx(1.0)


def test_what_is_not_asked_moves_in_proportion() -> None:
    shares = new_shares({"phone": 0.5, "web_form": 0.3, "email": 0.2}, {"phone": 0.25})
    assert shares == pytest.approx({"phone": 0.25, "web_form": 0.45, "email": 0.3})


def test_hours_are_volume_times_handling_time() -> None:
    found = hours([[120, 10], [60, 0]], [300, float("nan")])
    assert found[:, 0] == pytest.approx([10, 5])
    assert np.isnan(found[:, 1]).all()
