"""Side by side: what each channel sees by itself, and what all see together."""

import math
from pathlib import Path

from analytics.linking import TOTAL, side_by_side
from analytics.query import EVERYTHING
from tests.warehouses import build
from warehouse.settings import parse_settings

OPEN = parse_settings({"privacy": {"threshold": 1}})


def contacts() -> list[dict[str, str]]:
    """After a quiet beginning: one who calls twice, one who mails and calls, one who calls once."""
    begin = [{"started_at": "2025-01-01 10:00", "channel": "post"}]
    twice = [{"started_at": f"2025-03-0{day} 10:00", "customer": "a"} for day in (3, 4)]
    crossing = [
        {"started_at": "2025-03-03 11:00", "customer": "b", "channel": "email"},
        {"started_at": "2025-03-04 11:00", "customer": "b"},
    ]
    once = [{"started_at": "2025-03-04 12:00", "customer": "c"}]
    return [{"service": "paspoort", **row} for row in (*begin, *twice, *crossing, *once)]


def test_what_a_channel_misses(tmp_path: Path) -> None:
    figures = side_by_side(build(tmp_path, contacts(), OPEN), EVERYTHING).set_index("channel")
    columns = ["candidates", "repeats_within", "repeats_across", "missed", "customers"]
    found = {channel: tuple(row) for channel, row in figures[columns].T.items()}
    assert found == {"phone": (4, 1, 2, 1, 3), "email": (1, 0, 0, 0, 1), TOTAL: (5, 1, 2, 1, 3)}
    assert figures.index[-1] == TOTAL
    assert figures.loc[TOTAL, "customers_within"] == 4
    assert figures.loc["phone", "missed_share"] == 0.5
    assert math.isnan(figures.loc["email", "missed_share"])


def test_small_groups_stay_hidden(tmp_path: Path) -> None:
    figures = side_by_side(build(tmp_path, contacts()), EVERYTHING).set_index("channel")
    assert figures.loc["phone", "suppressed"]
    numbers = figures.drop(columns=["suppressed", "customers_within"])
    assert numbers.loc["phone"].isna().all()
