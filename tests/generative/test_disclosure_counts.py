"""Nobody finds a small group by putting figures of several metrics together.

Tiny worlds in which contacts, of which it is known whether they are repeats, that are repeats, and
of known customers are counted. One who asks holds the numerator and the denominator of every figure
shown, of every metric, filter, split and span, in one system of equations: a share times what it is
of is a count again, and digital contacts are those of some channels.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from analytics.disclosure.groups import checks
from analytics.disclosure.protected import Protected
from analytics.measures import Additive, Count, Ratio, ShareOfTotal, Total
from analytics.metrics import METRICS, sums
from analytics.periods import Days
from tests.generative.test_disclosure import THRESHOLD, Asked, follows
from warehouse.settings import Settings

CHANNELS, SERVICES = ("email", "phone", "web_form"), ("afval", "paspoort")
VALUES = {"channel": CHANNELS, "service": SERVICES}
DIGITAL = ("email", "web_form")
ASKED = (
    "contacts", "channel_share", "digital_share", "identified_share", "repeat_share",
    "cost_per_contact",
)  # fmt: skip
COUNTS = (sums.CONTACTS, sums.CANDIDATES, sums.REPEATS, sums.IDENTIFIED)
DENOMINATORS = (sums.CONTACTS, sums.CANDIDATES)
MONTHS = (date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1))
ENDS = (date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30))
BOUNDS: Days = (MONTHS[0], ENDS[-1])
SHAPE = (len(CHANNELS), len(SERVICES), len(MONTHS))

type World = Mapping[Count, np.ndarray]
"""Per count how many are in each cell: of channel, service, month."""


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world in which some cells are empty, and many are small."""
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    contacts = dice.integers(1, draw(st.sampled_from([14, 30, 60])), SHAPE)
    contacts[dice.random(SHAPE) < draw(st.sampled_from([0, 0.2]))] = 0
    contacts[0, 0] = np.maximum(contacts[0, 0], 1)  # so that the months are these
    candidates = dice.binomial(contacts, 0.7)
    candidates[0, 0] = np.maximum(candidates[0, 0], 1)
    return {
        sums.CONTACTS: contacts,
        sums.CANDIDATES: candidates,
        sums.REPEATS: dice.binomial(candidates, 0.3),
        sums.IDENTIFIED: dice.binomial(contacts, 0.5),
    }


def table(world: World, count: Count, dimensions: tuple[str, ...]) -> Protected:
    cells = np.indices(SHAPE).reshape(3, -1)
    frame = pd.DataFrame(
        {
            "channel": [CHANNELS[number] for number in cells[0]],
            "service": [SERVICES[number] for number in cells[1]],
            "day": [MONTHS[number] for number in cells[2]],
            "size": world[count].ravel().astype("float64"),
        }
    )
    sizes = frame.groupby([*dimensions, "day"], as_index=False)["size"].sum()
    sides = {"channel": lambda channel: (channel in DIGITAL,)}
    return Protected(sizes, dimensions, THRESHOLD, BOUNDS, sides)


def questions() -> Iterator[tuple[tuple[str, ...], dict[str, tuple[str, ...]], Days]]:
    spans = [(MONTHS[a], ENDS[b]) for a in range(3) for b in range(a, 3)]
    channels = [None, *[(name,) for name in CHANNELS], DIGITAL, ("email", "phone")]
    for by in ((), ("channel",), ("service",), ("channel", "service")):
        of_channel = [None] if "channel" in by else channels
        of_service = [None] if "service" in by else [None, ("afval",)]
        for channel, service, span in product(of_channel, of_service, spans):
            where = {"channel": channel, "service": service}
            yield by, {name: kept for name, kept in where.items() if kept}, span


def cells_of(group: Mapping[str, tuple[str, ...]], span: Days) -> np.ndarray:
    """Return the cells of some channels and services in a span."""
    channel = np.isin(CHANNELS, group.get("channel", CHANNELS))
    service = np.isin(SERVICES, group.get("service", SERVICES))
    month = np.array(
        [span[0] <= first and end <= span[1] for first, end in zip(MONTHS, ENDS, strict=True)]
    )
    return channel[:, None, None] & service[:, None] & month


def equation(part: Additive, cells: np.ndarray) -> np.ndarray:
    """Return which unknown a sum is of: the cells of one count."""
    count = part.of if isinstance(part, Total) else part
    if count == sums.DIGITAL:
        count, cells = sums.CONTACTS, cells & np.isin(CHANNELS, DIGITAL)[:, None, None]
    known = np.zeros((len(COUNTS), *SHAPE), dtype=bool)
    known[COUNTS.index(count)] = cells
    return known.ravel()


def told(metric: str, cells: np.ndarray, by: tuple[str, ...]) -> list[np.ndarray]:
    """Return the equations that a figure gives: of its numerator and its denominator."""
    match METRICS[metric].measure:
        case Ratio(top, bottom):
            tops = [] if isinstance(top, Total) else [equation(top, cells)]
            return [*tops, equation(bottom, cells)]
        case ShareOfTotal(part, "channel"):
            whole = np.broadcast_to(cells.any(axis=0), SHAPE) if "channel" in by else cells
            return [equation(part, cells), equation(part, whole)]
        case Count() as count:
            return [equation(count, cells)]
        case measure:
            raise AssertionError(measure)


def size(world: World, metric: str, cells: np.ndarray) -> int:
    """Return how many a figure is about."""
    match METRICS[metric].measure:
        case Ratio(_, bottom):
            count = bottom.of if isinstance(bottom, Total) else bottom
        case ShareOfTotal(Count() as part):
            count = part
        case Count() as count:
            pass
        case measure:
            raise AssertionError(measure)
    assert isinstance(count, Count)
    return int(world[count][cells].sum())


def small_groups(world: World, by: tuple[str, ...], span: Days) -> dict[bytes, np.ndarray]:
    """Return the small groups of one value each: of all that figures are of."""
    found = {}
    for values in product(*(VALUES[name] for name in by)):
        cells = cells_of({name: (value,) for name, value in zip(by, values, strict=True)}, span)
        for count in DENOMINATORS:
            if 0 < world[count][cells].sum() < THRESHOLD:
                group = equation(count, cells)
                found[group.tobytes()] = group
    return found


def ask(world: World, *, protects: bool = True) -> Asked:
    """Ask everything; without protection each figure is hidden by its own size alone."""
    full: dict[object, Protected] = {}
    shown: dict[bytes, np.ndarray] = {}
    small: dict[bytes, np.ndarray] = {}
    for (by, where, span), metric in product(questions(), ASKED):
        hidden = []
        for check in checks(METRICS[metric], by, where, Settings()) if protects else ():
            dimensions = tuple(sorted({*check.by, *check.where}))
            key = (check.count, dimensions)
            if key not in full:
                full[key] = table(world, check.count, dimensions)
            rows = full[key].hidden(check.by, [span], check.where)
            places = rows[list(check.by)].itertuples(index=False, name=None)
            hidden.append((check.by, set(places) if len(rows) else set()))
        for values in product(*(VALUES[name] for name in by)):
            group = dict(zip(by, values, strict=True))
            cells = cells_of({**where, **{name: (value,) for name, value in group.items()}}, span)
            if 0 < size(world, metric, cells) < THRESHOLD:
                continue
            if any(tuple(group[name] for name in kept) in found for kept, found in hidden):
                continue
            shown |= {known.tobytes(): known for known in told(metric, cells, by)}
        if not where:
            small |= small_groups(world, by, span)
    empty = np.zeros((0, len(COUNTS) * int(np.prod(SHAPE))), dtype=bool)
    return Asked(np.array([*empty, *shown.values()]), np.array([*empty, *small.values()]))


@given(world=worlds())
@profile(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_small_group_follows_from_all_metrics_together(world: World) -> None:
    assert not follows(ask(world)).any()


def test_the_digital_share_gives_a_channel_away_where_nothing_is_hidden_for_it() -> None:
    """Digital contacts less e-mail are those of the web form: three in March."""
    contacts = np.full(SHAPE, 40)
    contacts[2, :, 1] = (1, 2)
    world = dict.fromkeys(COUNTS, contacts)
    assert follows(ask(world, protects=False)).any()
    assert not follows(ask(world)).any()
