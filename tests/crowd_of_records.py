"""Made-up records for linking with a probability: who is who is known, and how often notes slip."""

import random
import uuid
from typing import Any

import pyarrow as pa

from warehouse.contact import ATTRIBUTE_KINDS

SPELT_OTHERWISE, MOVED, SWAPPED = 0.06, 0.10, 0.02
PERSONS = 3000


def key(kind: str, value: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}:{value}"))


class Crowd:
    """People, and what systems note of them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def person(self) -> dict[str, Any]:
        chance = self.chance
        return {
            "surname": int(300 * chance.random() ** 1.5),
            "initial": chance.randrange(20),
            "born": (
                chance.randrange(1940, 2005),
                chance.randrange(1, 13),
                chance.randrange(1, 29),
            ),
            "home": (chance.randrange(20), chance.randrange(60), chance.randrange(100)),
        }

    def noted(self, person: dict[str, Any]) -> dict[str, str | None]:
        chance = self.chance
        name, (year, month, day) = person["surname"], person["born"]
        spelling = chance.randrange(5) if chance.random() < SPELT_OTHERWISE else ""
        if chance.random() < SWAPPED and day <= 12:
            month, day = day, month
        area, street, number = person["home"]
        if chance.random() < MOVED:
            area, street, number = chance.randrange(20), chance.randrange(60), chance.randrange(100)
        values = {
            "surname": f"{name}{spelling}",
            "surname_sound": name,
            "initial": person["initial"],
            "birth_date": (year, month, day),
            "birth_either": (year, *sorted((month, day))),
            "birth_month": (year, month),
            "postcode": (area, street),
            "postcode_area": area,
            "house_number": number,
        }
        noted = {f"{kind}_key": key(kind, values[kind]) for kind in ATTRIBUTE_KINDS}
        if chance.random() < 0.3:
            noted |= {f"birth_{part}_key": None for part in ("date", "either", "month")}
        return noted


class World:
    """Records: the first PERSONS official, then those of nobody known, some of them the same."""

    def __init__(self, seed: int) -> None:
        crowd = Crowd(seed)
        people = [crowd.person() for _ in range(PERSONS + 400)]
        behind = [*range(PERSONS), *range(0, PERSONS, 4), *range(PERSONS, PERSONS + 400)]
        self.behind = behind
        self.records = pa.Table.from_pylist(
            [
                {"record_number": n, "is_official": n < PERSONS, **crowd.noted(people[who])}
                for n, who in enumerate(behind)
            ]
        )
        self.known = pa.Table.from_pylist(
            [
                {"label": key("bsn", who), "source": source, **crowd.noted(people[who])}
                for who in range(PERSONS)
                for source in ("forms", "counter")
            ]
        )
        self.true_pairs = {
            (first, second)
            for second, who in enumerate(behind)
            for first in [who]
            if second >= PERSONS and who < PERSONS
        }
