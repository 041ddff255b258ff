"""A little made-up town for the browser: sixteen months of contacts, with hostile names in them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pandas as pd

from tests.warehouses import build
from warehouse.settings import Settings, parse_settings
from warehouse.store import Reader

SCRIPT = "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'>"
"""Stands in every text field of some contacts; must be seen as text and never run."""

FIRST, LAST = datetime(2024, 1, 1), datetime(2025, 4, 30)  # noqa: DTZ001  # UTC, as the store has it
SERVICES = ("paspoort", "verhuizing", "afval", "parkeervergunning", "bijstand", SCRIPT)
CHANNELS = ("phone", "phone", "phone", "web_form", "counter", "email", "chat", "web_visit")
AREAS = ("WK990100", "WK990200", SCRIPT)


def settings(**changes: object) -> Settings:
    """Settings with a cost per channel and reason codes; `changes` replace tables."""
    raw: dict[str, object] = {
        "intervention": [
            {
                "name": f"Nieuw formulier {SCRIPT}",
                "started_on": date(2024, 11, 4),
                "services": [SCRIPT],
                "moves": [{"metric": "repeat_share"}],
            }
        ],
        "goal": [
            {"metric": "repeat_share", "at_most": 0.05, "year": 2025, "name": f"Minder {SCRIPT}"},
            {"metric": "contacts", "at_most": 4000, "year": 2024},
        ],
        "organisation": f"Gemeente Proefdam {SCRIPT}",
        "cost": {"phone": 8.0, "counter": 14.0, "email": 6.0, "chat": 5.0, "web_form": 2.0},
        "avoidable": {"reasons": {"N1": "progress_chasing", "W": "valuable"}},
    }
    return parse_settings({**raw, **changes})


def contacts(seed: int = 7, per_day: int = 9) -> pd.DataFrame:
    """Return the town's contacts: people come back, by other channels too, more so on the phone."""
    chance = Random(seed)
    rows = []
    for day in range((LAST - FIRST).days + 1):
        for _ in range(per_day):
            start = FIRST + timedelta(days=day, minutes=chance.randrange(480, 1020))
            service = chance.choice(SERVICES)
            person = f"made-up-{chance.randrange(4000)}" if chance.random() < 0.85 else None
            rows.append(_contact(chance, start, service, person))
            if person and chance.random() < 0.2 and start + timedelta(days=3) < LAST:
                later = start + timedelta(hours=chance.randrange(20, 70))
                rows.append(_contact(chance, later, service, person))
    return pd.DataFrame(rows)


def _contact(
    chance: Random, start: datetime, service: str, person: str | None
) -> dict[str, object]:
    return {
        "channel": chance.choice(CHANNELS),
        "started_at": start,
        "service": service if chance.random() < 0.95 else None,
        "topic": chance.choice(("aanvraag", SCRIPT)),
        "department": chance.choice(("KCC", SCRIPT)),
        "reason": chance.choice(("N1", "W", SCRIPT, None)),
        "outcome": chance.choices(
            ("resolved", "forwarded", "callback", "case_opened", "abandoned"), (70, 8, 6, 10, 6)
        )[0],
        "customer_type": chance.choices(("citizen", "business"), (4, 1))[0],
        "area": chance.choice(AREAS),
        "source": chance.choice(("kcc", SCRIPT)),
        "wait_seconds": chance.expovariate(1 / 40),
        "handle_seconds": chance.expovariate(1 / 240),
        "customer": person,
    }


def town(folder: Path, **changes: object) -> Reader:
    """Publish the town as a warehouse and return its reader."""
    return build(folder, contacts(), settings(**changes))
