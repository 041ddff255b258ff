"""The sample's figures are those that its simulation counted while it let things happen.

The truth is written by a plain reference (etl.sample.truth and figures) that has seen neither the
files nor the product. So what is tested is the whole way: reading, mapping, casting, linking,
deriving, measuring.
"""

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analytics.columns import LARGEST_ERROR
from analytics.journeys.event_log import LogOptions
from analytics.journeys.paths import paths
from analytics.journeys.steps import steps
from analytics.measures import Percentile
from analytics.metrics import METRICS
from analytics.query import EVERYTHING, Grain, Selection, measure, values
from reports.event_log import write_event_log
from tests import warehouses
from tests.e2e.sample import LoadedSample
from tests.mining import directly_follows
from warehouse.store import Reader

pytestmark = pytest.mark.slow

_BY = {"total": (), "month": (), "channel": ("channel",), "service": ("service",)}
_PARTS = ("numerator", "denominator", "value")
_NOT_TOLD = {
    "channel_share", "avoidable_by_category", "avoidable_model_share", "cost_per_contact",
    "cost_per_episode", "self_service_share", "channel_shift", "contacts_per_customer",
    "contacts_per_1000", "out_of_hours_share", "callback_kept_share", "on_time_share",
    "cost_to_serve", "arrivals", "workload",
}  # fmt: skip
"""The truth has no rows of these. Some have a test of their own below, the model's is in
test_avoidable_truth; tests/generative holds every metric against SQL."""
_TOLD_OTHERWISE = {"abandonment_share"}
"""The truth takes another reading; a test of its own below holds the two together."""


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _amount(text: str) -> float:
    return float(text) if text else float("nan")


def _group(row: dict[str, Any], by: str) -> str:
    return f"{row['period']:%Y-%m}" if by == "month" else row.get(by, "")


def _differences(
    found: dict[Any, tuple[float, ...]], wanted: dict[Any, tuple[float, ...]], rel: float = 1e-9
) -> list[Any]:
    """Return the keys at which the two say different things, with both.

    Where nothing happened, one may say zero and the other nothing at all.
    """
    keys = sorted({*_happened(found), *_happened(wanted)})
    return [
        (key, found.get(key), wanted.get(key))
        for key in keys
        # the truth is written with ten digits
        if found.get(key) != pytest.approx(wanted.get(key, ()), rel=rel, nan_ok=True)
    ]


def _happened(cells: dict[Any, tuple[float, ...]]) -> set[Any]:
    return {key for key, parts in cells.items() if any(part > 0 for part in parts)}


@pytest.fixture(scope="module")
def metrics_truth(sample: LoadedSample) -> list[dict[str, str]]:
    return _rows(sample.truth / "metrics.csv")


def _told(truth: list[dict[str, str]], metric: str, by: str) -> dict[str, tuple[float, ...]]:
    return {
        row["group"]: tuple(_amount(row[part]) for part in _PARTS)
        for row in truth
        if (row["metric"], row["by"]) == (metric, by)
    }


def _measured(
    reader: Reader, metric: str, by: str, selection: Selection = EVERYTHING
) -> dict[str, tuple[float, ...]]:
    grain = Grain.MONTH if by == "month" else None
    answer = measure(reader, [metric], by=_BY[by], grain=grain, selection=selection, threshold=1)
    return {
        _group(row, by): tuple(row[part] for part in _PARTS) for row in answer.to_dict("records")
    }


@pytest.mark.parametrize("by", _BY)
@pytest.mark.parametrize(
    "metric", [key for key in METRICS if key not in _NOT_TOLD | _TOLD_OTHERWISE]
)
def test_metric(
    sample_reader: Reader, metrics_truth: list[dict[str, str]], metric: str, by: str
) -> None:
    found = _measured(sample_reader, metric, by)
    wanted = _told(metrics_truth, metric, by)
    assert wanted
    if not isinstance(METRICS[metric].measure, Percentile):
        assert _differences(found, wanted) == []
        return
    # of a percentile the truth tells the value only, not of how many
    found = {group: (float("nan"),) * 2 + parts[2:] for group, parts in found.items()}
    # it may come from bins, which are so wide
    assert _differences(found, wanted, rel=LARGEST_ERROR) == []


@pytest.mark.parametrize("by", _BY)
def test_abandonment_share(
    sample: LoadedSample, sample_reader: Reader, metrics_truth: list[dict[str, str]], by: str
) -> None:
    """Forms left before sending have no wait: the product counts them as lost, the truth does not.

    So its parts are compared: what was answered, what was lost on other channels, and the forms.
    """
    wanted = _told(metrics_truth, "abandonment_share", by)
    found = _measured(sample_reader, "abandonment_share", by)
    others = tuple(key for key in values(sample_reader, "channel") if key != "web_form")
    waited = _measured(sample_reader, "abandonment_share", by, Selection(where={"channel": others}))
    answered = {group: (parts[1] - parts[0],) for group, parts in found.items()}
    lost = {group: (parts[0],) for group, parts in waited.items()}
    assert _differences(answered, {key: (p[1] - p[0],) for key, p in wanted.items()}) == []
    assert _differences(lost, {key: (parts[0],) for key, parts in wanted.items()}) == []
    forms = sum(
        int(row["inbound"]) - int(row["answered"])
        for row in _rows(sample.truth / "contacts_by_month_channel.csv")
        if row["channel"] == "web_form"
    )
    assert sum(parts[0] for parts in found.values()) == forms + sum(p[0] for p in wanted.values())


@pytest.mark.parametrize("by", _BY)
def test_cost_per_contact(
    sample_reader: Reader, metrics_truth: list[dict[str, str]], by: str
) -> None:
    contacts = _told(metrics_truth, "contacts", by)
    wanted = {
        group: (cost, contacts[group][2], cost / contacts[group][2] if cost else float("nan"))
        for group, (_, _, cost) in _told(metrics_truth, "total_cost", by).items()
    }
    assert _differences(_measured(sample_reader, "cost_per_contact", by), wanted) == []


def test_shares_of_channels(sample_reader: Reader, metrics_truth: list[dict[str, str]]) -> None:
    contacts = {
        row["group"]: float(row["value"])
        for row in metrics_truth
        if (row["metric"], row["by"]) == ("contacts", "channel")
    }
    total = sum(contacts.values())
    answer = measure(sample_reader, ["channel_share"], by=["channel"], threshold=1)
    found = {row["channel"]: (row["value"],) for row in answer.to_dict("records")}
    assert _differences(found, {key: (count / total,) for key, count in contacts.items()}) == []


def test_contacts_by_month_and_channel(sample: LoadedSample, sample_reader: Reader) -> None:
    wanted = {
        (row["month"], row["channel"]): tuple(
            float(row[name])
            for name in ("inbound", "outbound", "answered", "identified", "planned")
        )
        for row in _rows(sample.truth / "contacts_by_month_channel.csv")
    }
    found = {
        (month, channel): tuple(map(float, amounts))
        for month, channel, *amounts in warehouses.query(
            sample_reader,
            """
            select strftime(started_on, '%Y-%m'), channel,
                count(*) filter (initiative = 'inbound'),
                count(*) filter (initiative = 'outbound'),
                count(*) filter (is_answered),
                count(*) filter (initiative = 'inbound' and customer_id is not null),
                count(*) filter (initiative = 'inbound' and planned)
            from contact group by all
            """,
        )
    }
    assert found == wanted


def test_repeats(sample: LoadedSample, sample_reader: Reader) -> None:
    names = {
        "candidates": ("repeat_share", "denominator"),
        "repeats": ("repeat_share", "numerator"),
        "repeats_same_channel": ("repeat_share_same_channel", "numerator"),
        "switches": ("switch_share", "numerator"),
    }
    truth = _rows(sample.truth / "repeats.csv")
    found: dict[tuple[str, str], dict[str, float]] = {}
    for by, dimensions in _BY.items():
        answer = measure(
            sample_reader,
            ["repeat_share", "repeat_share_same_channel", "switch_share"],
            by=dimensions,
            grain=Grain.MONTH if by == "month" else None,
            threshold=1,
        )
        for row in answer.to_dict("records"):
            cell = found.setdefault((by, _group(row, by)), {})
            cell |= {
                name: row[part] for name, (metric, part) in names.items() if row["metric"] == metric
            }
    wanted = {(row["by"], row["group"]): tuple(float(row[name]) for name in names) for row in truth}
    told = {key: tuple(cell[name] for name in names) for key, cell in found.items()}
    assert _differences(told, wanted) == []


@pytest.mark.parametrize("basis", ["code", "rule"])
def test_avoidable_by_category(sample: LoadedSample, sample_reader: Reader, basis: str) -> None:
    wanted = {
        (row["month"], row["category"]): float(row[f"by_{basis}"])
        for row in _rows(sample.truth / "avoidable.csv")
    }
    answer = measure(
        sample_reader,
        ["avoidable_by_category"],
        by=["avoidable_category"],
        grain=Grain.MONTH,
        selection=Selection(where={"avoidable_basis": (basis,)}),
        threshold=1,
    )
    found = {
        (f"{row['period']:%Y-%m}", row["avoidable_category"]): row["numerator"]
        for row in answer.to_dict("records")
    }
    assert {key: n for key, n in found.items() if n} == {key: n for key, n in wanted.items() if n}


def test_journeys(sample: LoadedSample, sample_reader: Reader) -> None:
    wanted = {row["journey"]: int(row["episodes"]) for row in _rows(sample.truth / "journeys.csv")}
    episodes: dict[int, list[str]] = {}
    for key, channel in warehouses.query(
        sample_reader,
        "select episode_key, channel from contact where episode_key is not null"
        " order by episode_key, started_at, contact_id",
    ):
        episodes.setdefault(key, []).append(channel)
    found = Counter(">".join(channels) for channels in episodes.values())
    assert {journey: found[journey] for journey in wanted} == wanted


def test_ways_of_journeys(sample: LoadedSample, sample_reader: Reader) -> None:
    """Paths of up to five steps are those of the truth; longer ones count at where they are cut."""
    wanted: Counter[str] = Counter()
    for row in _rows(sample.truth / "journeys.csv"):
        steps = row["journey"].split(">")
        wanted[">".join([*steps[:5], *(["..."] if len(steps) > 5 else [])])] += int(row["episodes"])
    found = paths(sample_reader, threshold=1).paths
    assert dict(zip(found["path"], found["journeys"], strict=True)) == wanted


def test_steps_of_journeys(sample: LoadedSample, sample_reader: Reader, tmp_path: Path) -> None:
    """Directly-follows counts: of the truth, of the product, of pm4py on the exported log."""
    wanted: Counter[tuple[str, str]] = Counter()
    for row in _rows(sample.truth / "journeys.csv"):
        for pair in pairwise(row["journey"].split(">")):
            wanted[pair] += int(row["episodes"])
    found = steps(sample_reader, threshold=1)
    pairs = zip(found["channel"], found["next_channel"], strict=True)
    assert dict(zip(pairs, found["steps"], strict=True)) == wanted
    options = LogOptions(keeps_rare=True)
    for form, name in (("csv", "log.csv"), ("xes", "log.xes"), ("ocel", "log.json")):
        file = tmp_path / name
        write_event_log(sample_reader, file, form, options=options)
        assert directly_follows(file, form).follows == wanted
