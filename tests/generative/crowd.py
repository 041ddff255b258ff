"""One crowd of made-up contacts, always the same, that every engine and every query is tried on."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from warehouse.settings import parse_settings

FIRST, LAST = date(2024, 11, 20), date(2025, 3, 10)

SETTINGS = parse_settings(
    {
        "inhabitants": 4000,
        "opening": {
            "hours": {"phone": "Mo-Fr 08:00-17:00; Th 17:00-20:00", "web_form": "24/7"},
            "closed_on": ["2025-02-03"],
        },
        "answer": {"working_days": {"email": 2, "post": 5, "web_form": 1}},
        "cost": {"phone": 8.0, "counter": {"rate_per_hour": 60.0}, "email": 6.5},
        "avoidable": {"reasons": {"R1": "progress_chasing", "R2": "valuable", "R3": "unknown"}},
    }
)


def crowd(count: int = 4000, seed: int = 20250301) -> pd.DataFrame:
    """Return random contacts on every hour of some sixteen weeks, of few customers and services."""
    draw = np.random.default_rng(seed)

    def one_of(*values: Any) -> np.ndarray:
        return draw.choice(np.array(values, dtype=object), count)

    hours = (LAST - FIRST).days * 24
    started_at = pd.Timestamp(FIRST) + pd.to_timedelta(draw.integers(0, hours, count), "h")
    due = pd.to_timedelta(draw.integers(0, 96, count), "h").to_numpy()
    done = due + pd.to_timedelta(draw.integers(-24, 24, count), "h").to_numpy()
    promised = draw.random(count) < 0.15
    drawn = pd.DataFrame(
        {
            "contact_id": [f"{number:05}" for number in draw.permutation(count)],
            "source": one_of("a", "b"),
            "channel": one_of(
                "phone", "phone", "counter", "email", "web_form", "chat", "web_visit", "post"
            ),
            "started_at": started_at,
            "started_local": started_at + pd.Timedelta(hours=1),
            "initiative": one_of("inbound", "inbound", "inbound", "inbound", "outbound"),
            "customer_type": one_of("citizen", "business", "unknown"),
            "service": one_of("paspoort", "afval", "verhuizing", None),
            "topic": one_of("aanvraag", "status", None),
            "department": one_of("kcc", "burgerzaken", None),
            "reason": one_of("R1", "R2", "R3", "R4", None, None, None),
            "outcome": one_of(
                "resolved", "forwarded", "callback", "case_opened", "abandoned", "unknown"
            ),
            "planned": one_of(None, False, False, True),
            "wait_seconds": one_of(None, 0.0, 4.0, 5.0, 6.0, 29.5, 30.0, 31.0, 240.0),
            "handle_seconds": one_of(None, 61.5, 300.0, 900.0),
            "callback_due_at": np.where(promised, started_at + due, np.datetime64("NaT")),
            "callback_done_at": np.where(promised, started_at + done, np.datetime64("NaT")),
            "area": one_of("BU99990001", "BU99990002", None),
            "customer": one_of(None, *(f"k{number}" for number in range(150))),
        }
    )
    # drawn last, so that all before stays what it was
    drawn["satisfaction"] = one_of(None, None, None, 1.0, 6.5, 8.0, 10.0)
    length = pd.to_timedelta(draw.integers(0, 24 * 12, count), "h")
    tells = (draw.random(count) < 0.8) & drawn["channel"].isin(["email", "post"])
    drawn["ended_at"] = (started_at + length).where(tells & (drawn["source"] == "a"))
    return drawn


def crowd_of_two_years() -> pd.DataFrame:
    """Return the random contacts, every other one of a year before."""
    contacts = crowd()
    earlier = contacts.index % 2 == 1
    for name in ("started_at", "started_local"):
        contacts.loc[earlier, name] -= pd.Timedelta(days=365)
    return contacts
