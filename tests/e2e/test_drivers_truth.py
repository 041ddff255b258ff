"""Drivers and steering on the sample, held against what its simulation was told to do."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.contrast import contrast, stands_out
from analytics.drivers import drivers
from analytics.kept_frames import Frames
from analytics.steering import steering
from etl.sample.simulate import _OUTCOMES
from etl.sample.town import SERVICES, TREND, Service
from warehouse.store import Reader

CLEAR = 1.15
"""Times the average from which a service is planted as a driver; below 1 it is planted as none."""


@pytest.fixture(scope="module")
def found(sample_reader: Reader) -> Frames:
    return drivers(sample_reader)


def planted(service: Service, channel: str) -> dict[str, float]:
    """The chances of outcomes and, under `again`, of coming back within a week, as simulated.

    From the numbers of the town: a matter not settled shows within 6.5 days; whoever was sent on
    comes back after 1.6 days on average; of who asks how far a case is, three in ten do so within
    1.5 to 12.5 days and the others within 6.8.
    """
    odds = dict(_OUTCOMES[channel])
    odds["case_opened"] *= 0.35 + 2.9 * service.chase
    chance = {key: value / sum(odds.values()) for key, value in odds.items()}
    within = {
        "resolved": 1.9 * service.again * (0.3 if channel == "web_form" else 1.0),
        "forwarded": 0.52 * (1 - np.exp(-7 / 1.6)),
        "callback": 0.1 + 0.9 * 0.26 * 0.82,
        "case_opened": 1.5 * service.chase * (0.7 + 0.3 * 5.5 / 11),
        "abandoned": 0.0,
    }
    answered = 1 - chance.get("abandoned", 0.0)
    return {**within, "again": sum(chance[k] * within[k] for k in chance) / answered}


@cache
def planted_by_service() -> dict[str, float]:
    """The chance of coming back per service, times the average of all."""
    rates, sizes = {}, {}
    for key, service in SERVICES.items():
        shares = {c: share * TREND[c] ** 0.75 for c, share in service.channels.items()}
        total = sum(shares.values())
        rates[key] = sum(
            share / total * planted(service, channel)["again"] for channel, share in shares.items()
        )
        sizes[key] = service.weight * (1 + rates[key])
    average = sum(rates[key] * sizes[key] for key in rates) / sum(sizes.values())
    return {key: rate / average for key, rate in rates.items()}


def test_services_planted_as_drivers_are_found_and_no_others(found: Frames) -> None:
    rows = found["groups"]
    rows = rows[(rows["target"] == "follow_up") & (rows["by"] == "service")]
    named = set(rows.loc[rows["is_driver"], "first"])
    ratio = planted_by_service()
    true = {key for key, times in ratio.items() if times >= CLEAR}
    false = {key for key, times in ratio.items() if times < 1}
    precision = len(named - false) / len(named)
    recall = len(named & true) / len(true)
    print(  # noqa: T201
        f"services: precision {precision:.2f}, recall {recall:.2f}, named {sorted(named)}"
    )
    assert len(true) >= 5
    assert len(false) >= 5
    assert precision >= 0.9
    assert recall >= 0.85


def test_the_services_are_ranked_as_the_simulation_has_them(found: Frames) -> None:
    rows = found["groups"]
    rows = rows[(rows["target"] == "follow_up") & (rows["by"] == "service")].set_index("first")
    planted_ratio = pd.Series(planted_by_service())
    together = pd.concat([rows["ratio"], planted_ratio.rename("planted")], axis=1).dropna()
    agreement = together.corr("spearman").loc["ratio", "planted"]
    print(  # noqa: T201
        f"rank correlation with the simulation: {agreement:.2f}"
    )
    assert agreement > 0.85


def test_the_outcome_that_was_planted_as_worst_is_named_first(found: Frames) -> None:
    rows = found["groups"]
    rows = rows[(rows["target"] == "follow_up") & (rows["by"] == "outcome") & rows["is_driver"]]
    assert rows.nlargest(1, "ratio")["first"].tolist() == ["forwarded"]
    importance = found["importance"]
    importance = importance[importance["target"] == "follow_up"].set_index("feature")
    assert set(importance.index[:2]) == {"outcome", "subject"}
    # nothing in the simulation hangs on where somebody lives
    assert not importance.loc["area", "counts"]


def test_shuffled_contacts_have_no_drivers(found: Frames) -> None:
    """The same groups of the same sizes, with as many events, dealt out by chance."""
    rows = found["groups"]
    rows = rows[
        (rows["target"] == "follow_up") & (rows["by"] == "service+channel") & (rows["size"] >= 100)
    ]
    sizes = rows["size"].astype("int64").to_numpy()
    events = int(rows["events"].sum())
    dice = np.random.default_rng(17)
    alarms = 0
    for _ in range(300):
        dealt = dice.multivariate_hypergeometric(sizes, events)
        cells = pd.DataFrame({"group": range(len(sizes)), "size": sizes, "events": dealt})
        one = contrast(cells, ["group"])
        alarms += bool((stands_out(one["p"], 0.05) & (one["excess"] > 0)).any())
    print(  # noqa: T201
        f"shuffled: {alarms} of 300 with any false alarm (stated: 5% at most)"
    )
    assert alarms / 300 <= 0.05 + 2.6 * (0.05 * 0.95 / 300) ** 0.5


def test_areas_are_no_drivers_of_coming_back(found: Frames) -> None:
    rows = found["groups"]
    rows = rows[(rows["target"] == "follow_up") & (rows["by"] == "area")]
    assert len(rows) >= 10
    assert rows["is_driver"].sum() <= 1


def planted_settled(service: str, channel: str) -> float:
    """The chance that a contact is answered and its customer stays away, as simulated.

    Who comes back is not always recognised (truth/linking.json), so that more seem settled.
    """
    odds = dict(_OUTCOMES[channel])
    odds["case_opened"] *= 0.35 + 2.9 * SERVICES[service].chase
    abandoned = odds.get("abandoned", 0.0) / sum(odds.values())
    return (1 - abandoned) * (1 - planted(SERVICES[service], channel)["again"])


def test_what_is_settled_on_a_channel_is_as_the_simulation_has_it(sample_reader: Reader) -> None:
    moves = steering(sample_reader)["moves"]
    # events change these forms for months
    rows = moves[
        (moves["matched"] >= 150)
        & (moves["size"] >= 100)
        & ~moves["service"].isin(["verhuismelding", "parkeervergunning"])
    ]
    truth = [
        planted_settled(service, target)
        for service, target in rows[["service", "target"]].itertuples(index=False)
    ]
    error = rows["settled_share"] - truth
    agreement = rows["settled_share"].corr(pd.Series(truth, index=rows.index))
    print(  # noqa: T201
        f"settled on the other channel, {len(rows)} moves: correlation with the simulation"
        f" {agreement:.2f}, error {error.mean():+.3f} on average, {error.abs().mean():.3f} in size"
    )
    assert len(rows) >= 20
    assert agreement > 0.7
    assert 0 < error.mean() < 0.1


def test_no_move_is_proposed_that_the_simulation_clearly_contradicts(
    sample_reader: Reader,
) -> None:
    moves = steering(sample_reader)["moves"]
    rows = moves[moves["is_proposed"]]
    assert len(rows) >= 5
    fewer = pd.Series(
        [
            planted_settled(service, channel) - planted_settled(service, target)
            for service, channel, target in rows[["service", "channel", "target"]].itertuples(
                index=False
            )
        ],
        index=rows.index,
    )
    margin = np.hypot(
        rows["settled_share_high"] - rows["settled_share"],
        rows["here_share"] - rows["here_share_low"],
    )
    print(  # noqa: T201
        f"proposed moves: {len(rows)}; the simulation settles as many there in"
        f" {(fewer <= 0.02).sum()}, clearly fewer in {(fewer > 2 * margin).sum()}"
    )
    assert (fewer > 2 * margin).mean() <= 0.1
    assert (rows["saving_low"] > 0).all()
    assert (rows["settled_low"] <= rows["settled"]).all()
    assert (rows["settled"] <= rows["comparable"]).all()
    assert (rows["comparable"] <= rows["contacts"] + 1e-9).all()


def test_nobody_was_planted_as_worse_off_and_nobody_is_called_so(sample_reader: Reader) -> None:
    """Area and customer type change nothing in the simulation once a contact is made."""
    risks = steering(sample_reader)["risks"]
    worse = risks[(risks["verdict"] == "worse") & (risks["dimension"] == "area")]
    print(  # noqa: T201
        f"areas called worse off: {len(worse)} of {(risks['verdict'] != 'unknown').sum()}"
    )
    assert len(worse) <= 1
