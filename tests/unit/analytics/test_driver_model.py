"""The model: what is planted is found on later months, and what is shuffled is not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from analytics.drivers.adjust import Others, adjusted
from analytics.drivers.model import Learnt, judge, learn
from analytics.drivers.targets import FEATURES, TARGETS

FOLLOW_UP = TARGETS["follow_up"].features


def world(count: int, seed: int) -> pd.DataFrame:
    """Contacts of which the service, and the phone, tell whether the customer comes back."""
    dice = np.random.default_rng(seed)
    names = [name for feature in FOLLOW_UP for name in FEATURES[feature]]
    service = dice.integers(0, 8, count)
    rows = pd.DataFrame(
        {
            "started_on": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(np.arange(count) * 700 // count, "D"),
            **{name: dice.choice(["x", "y", "z"], count) for name in names},
        }
    )
    rows["service"] = pd.Series(service).map(lambda n: f"service {n}")
    rows["topic"] = rows["department"] = rows["service"]
    rows["channel"] = np.where(
        dice.random(count) < np.where(service < 2, 0.8, 0.3), "phone", "email"
    )
    rows["hour"] = dice.integers(8, 18, count)
    rows["wait_seconds"] = dice.exponential(60, count)
    rows["earlier_count"], rows["is_term_passed"] = dice.integers(0, 3, count), 0
    rows["true"] = 0.08 + 0.2 * (service < 2) + 0.12 * (rows["channel"] == "phone")
    rows["event"] = (dice.random(count) < rows["true"]).astype("int8")
    return rows


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn(world(12_000, 3), FOLLOW_UP)


def test_the_planted_features_count_and_no_others(learnt: Learnt) -> None:
    assert bool(learnt.quality.iloc[0]["tells"])
    found = learnt.importance.set_index("feature")
    assert list(found.index[:2]) == ["subject", "channel"]
    assert found.loc[["subject", "channel"], "counts"].all()
    others = found.drop(index=["subject", "channel"])
    assert (others["importance"] < found.loc["channel", "importance"] / 4).all()


def test_quality_is_of_later_contacts_and_near_the_best_there_can_be(learnt: Learnt) -> None:
    rows, quality = world(12_000, 3), learnt.quality.iloc[0]
    later = rows[rows["started_on"] > pd.Timestamp(quality["learnt_until"])]
    assert quality["judged"] == len(later)
    best = roc_auc_score(later["event"], later["true"])
    assert best - 0.05 < quality["auc"] < best + 0.01
    assert quality["auc_low"] < quality["auc"] < quality["auc_high"]
    assert quality["log_loss"] < quality["log_loss_average"]


def test_a_pattern_that_does_not_last_is_not_one() -> None:
    """Learnt from earlier months only: what turned round later must not look like a success."""
    rows = world(8_000, 4)
    is_late = rows["started_on"] > rows["started_on"].quantile(0.7)
    rows.loc[is_late, "event"] = (
        np.random.default_rng(1).random(int(is_late.sum())) < 0.36 - rows.loc[is_late, "true"]
    ).astype("int8")
    assert learn(rows, FOLLOW_UP).quality.iloc[0]["reason"] == "no_better"


def test_a_shuffled_target_yields_no_model() -> None:
    told = []
    for seed in range(12):
        rows = world(4_000, seed)
        rows["event"] = np.random.default_rng(seed).permutation(rows["event"].to_numpy())
        learnt = learn(rows, FOLLOW_UP)
        told.append(bool(learnt.quality.iloc[0]["tells"]))
        assert told[-1] or learnt.importance.empty
    print(  # noqa: T201
        f"models of shuffled targets that claim to tell: {sum(told)} of {len(told)}"
    )
    assert sum(told) <= 1


def test_too_few_contacts_give_no_model() -> None:
    learnt = learn(world(300, 1), FOLLOW_UP)
    assert learnt.quality.iloc[0]["reason"] == "too_few"
    assert learnt.importance.empty


def test_the_average_by_itself_gains_nothing() -> None:
    truth = np.array([0, 1] * 500)
    said = judge(truth, np.full(1000, 0.5), 0.5)
    assert said["auc"] == pytest.approx(0.5)
    assert said["gain"] == pytest.approx(0.0)
    assert not said["tells"]


def test_what_else_is_known_is_taken_off() -> None:
    """Phone is 0.12 worse everywhere, and is used more for services that are 0.2 worse."""
    rows = world(24_000, 6)
    found = adjusted(Others(rows), ["channel"], FOLLOW_UP).set_index("channel")
    raw = rows.groupby("channel")["event"].mean() / rows["event"].mean()
    phone = found.loc["phone"]
    assert 1.0 < phone["adjusted_ratio"] < raw["phone"]
    assert phone["explained_by"] == "subject"
    # what the services alone would give, from the simulation itself
    own = rows["service"].isin(["service 0", "service 1"])
    usual = rows.groupby(own)["true"].mean()
    is_phone = rows["channel"] == "phone"
    expected = own[is_phone].map(usual).mean()
    assert phone["adjusted_ratio"] == pytest.approx(
        rows.loc[is_phone, "true"].mean() / expected, rel=0.06
    )
