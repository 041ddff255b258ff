"""The event log: what a process-mining library finds in it, and what must not be found in it.

pm4py (AGPL) is a dependency of these tests alone: it shares nothing with the code that wrote the
log, in none of the three formats.
"""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from analytics.journeys import event_log
from analytics.journeys.event_log import LogOptions
from analytics.journeys.steps import steps
from analytics.query import EVERYTHING, Selection
from reports.event_log import LogFormat, write_event_log
from tests import mining, warehouses
from tests.generative.crowd import SETTINGS, crowd
from warehouse.errors import ConfigurationError, SelectionError
from warehouse.store import Reader

HOSTILE = "=cmd|\"<&>\\\n\t'; {}"
FORMATS: tuple[LogFormat, ...] = ("csv", "xes", "ocel")
_NAMES = {"csv": "log.csv", "xes": "log.xes", "ocel": "log.jsonocel.json"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A crowd, of which some contacts are about something hard to write down."""
    frame = crowd(3000)
    frame.loc[frame.index % 40 == 0, "service"] = HOSTILE
    return warehouses.build(tmp_path_factory.mktemp("w") / "w", frame, SETTINGS)


def plain_journeys(reader: Reader) -> dict[int, list[tuple[str, str]]]:
    """Return channel and service of each contact of each journey, in order."""
    journeys: dict[int, list[tuple[str, str]]] = {}
    for key, channel, service in warehouses.query(
        reader,
        "select episode_key, channel, coalesce(service, 'unknown') from contact"
        " where episode_key is not null order by episode_key, started_at, contact_id, source",
    ):
        journeys.setdefault(key, []).append((channel, service))
    return journeys


def directly_follows(journeys: list[list[tuple[str, str]]]) -> Counter[tuple[str, str]]:
    return Counter((one[0], other[0]) for journey in journeys for one, other in pairwise(journey))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("precision", ["day", "hour", "minute"])
def test_directly_follows_as_a_mining_library_counts_it(
    reader: Reader, tmp_path: Path, form: LogFormat, precision: str
) -> None:
    file = tmp_path / _NAMES[form]
    options = LogOptions(precision=precision, keeps_rare=True, with_customers=True)
    size = write_event_log(reader, file, form, options=options)
    graph = mining.directly_follows(file, form)
    journeys = list(plain_journeys(reader).values())
    assert graph.follows == directly_follows(journeys)
    assert graph.starts == Counter(journey[0][0] for journey in journeys)
    assert graph.ends == Counter(journey[-1][0] for journey in journeys)
    assert (size.journeys, size.events) == (len(journeys), sum(map(len, journeys)))
    ours = steps(reader, threshold=1)
    pairs = zip(ours["channel"], ours["next_channel"], strict=True)
    assert dict(zip(pairs, ours["steps"], strict=True)) == graph.follows


@pytest.mark.parametrize("form", FORMATS)
def test_journeys_of_a_rare_kind_are_left_out(
    reader: Reader, tmp_path: Path, form: LogFormat
) -> None:
    file = tmp_path / _NAMES[form]
    size = write_event_log(reader, file, form)
    journeys = [tuple(journey) for journey in plain_journeys(reader).values()]
    alike = Counter(journeys)
    kept = [list(journey) for journey in journeys if alike[journey] >= 10]
    assert 0 < len(kept) < len(journeys)
    assert mining.directly_follows(file, form).follows == directly_follows(kept)
    assert (size.journeys, size.left_out) == (len(kept), len(journeys) - len(kept))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("with_customers", [False, True])
def test_nothing_that_points_at_a_person_leaves(
    reader: Reader, tmp_path: Path, form: LogFormat, with_customers: bool
) -> None:
    file = tmp_path / _NAMES[form]
    options = LogOptions(keeps_rare=True, with_customers=with_customers)
    write_event_log(reader, file, form, options=options)
    text = file.read_text(encoding="utf-8")
    known = warehouses.frame(reader, "select distinct customer_id::text as id from contact")
    words = set(re.findall(r"[0-9a-f-]{32,36}", text))
    assert not words & set(known["id"].dropna())
    ids = warehouses.frame(reader, "select contact_id from contact")["contact_id"]
    assert not set(re.findall(r'"(\d{5})"', text)) & set(ids)
    assert ("customer" in text) == with_customers
    assert file.stat().st_mode & 0o077 == 0
    times = set(re.findall(r"T\d\d:(\d\d):", text))
    assert times == {"00"}  # to the hour


def test_two_logs_cannot_be_laid_side_by_side(reader: Reader, tmp_path: Path) -> None:
    for name in ("one.csv", "other.csv"):
        write_event_log(reader, tmp_path / name, "csv")
    one, other = (pd.read_csv(tmp_path / name) for name in ("one.csv", "other.csv"))
    assert not set(one["case:concept:name"]) & set(other["case:concept:name"])
    assert one["concept:name"].value_counts().to_dict() == (
        other["concept:name"].value_counts().to_dict()
    )


def test_times_are_rounded_down_and_keep_the_order(reader: Reader, tmp_path: Path) -> None:
    write_event_log(reader, tmp_path / "log.csv", "csv", options=LogOptions(keeps_rare=True))
    log = pd.read_csv(tmp_path / "log.csv", parse_dates=["time:timestamp"])
    steps_within = log.groupby("case:concept:name")["time:timestamp"]
    assert steps_within.diff().dropna().gt(pd.Timedelta(0)).all()
    assert log["time:timestamp"].dt.second.equals(steps_within.cumcount().astype("int32"))


def test_every_file_is_well_formed_whatever_a_service_is_called(
    reader: Reader, tmp_path: Path
) -> None:
    options = LogOptions(keeps_rare=True)
    for form in FORMATS:
        write_event_log(reader, tmp_path / _NAMES[form], form, options=options)
    written = HOSTILE.replace("\n", " ").replace("\t", " ")
    log = json.loads((tmp_path / _NAMES["ocel"]).read_text(encoding="utf-8"))
    assert f"service:{written}" in {one["id"] for one in log["objects"]}
    tree = ElementTree.parse(tmp_path / _NAMES["xes"])  # noqa: S314  # our own file
    values = {node.get("value") for node in tree.iter() if node.get("key") == "service"}
    assert written in values
    cells = pd.read_csv(tmp_path / _NAMES["csv"])["service"]
    assert "'" + HOSTILE in set(cells)  # a spreadsheet takes it for text


def test_a_log_of_a_selection(reader: Reader, tmp_path: Path) -> None:
    chosen = Selection(where={"channel": ("phone",), "service": ("afval",)})
    options = LogOptions(keeps_rare=True)
    write_event_log(reader, tmp_path / "log.csv", "csv", chosen, options)
    log = pd.read_csv(tmp_path / "log.csv")
    first = log.groupby("case:concept:name").first()
    assert set(first["concept:name"]) == {"phone"}
    assert set(log["service"]) == {"afval"}
    wanted = [j for j in plain_journeys(reader).values() if j[0] == ("phone", "afval")]
    assert len(first) == len(wanted)


def test_a_log_of_nothing_is_a_file_all_the_same(reader: Reader, tmp_path: Path) -> None:
    nothing = Selection(where={"service": ("no such service",)})
    for form in FORMATS:
        size = write_event_log(reader, tmp_path / _NAMES[form], form, nothing)
        assert (size.journeys, size.events, size.left_out) == (0, 0, 0)
    assert json.loads((tmp_path / _NAMES["ocel"]).read_text())["events"] == []
    assert len(ElementTree.parse(tmp_path / _NAMES["xes"]).getroot()) > 0  # noqa: S314
    assert (tmp_path / _NAMES["csv"]).read_text().count("\n") == 1


def test_what_cannot_be_written_leaves_nothing_behind(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_event_log(reader, tmp_path / "none" / "log.csv", "csv", EVERYTHING)
    with pytest.raises(SelectionError):
        write_event_log(reader, tmp_path / "log.csv", "csv", Selection(where={"x": ("y",)}))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_put_in_place_leaves_nothing_behind(reader: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "log.csv"
    folder.mkdir()
    (folder / "kept").touch()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_event_log(reader, folder, "csv")
    assert list(tmp_path.iterdir()) == [folder]


def test_the_journeys_are_worked_out_for_the_size_and_for_the_file_and_no_more(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[object] = []
    real = event_log._of_journeys
    monkeypatch.setattr(
        event_log, "_of_journeys", lambda *given: built.append(given) or real(*given)
    )
    write_event_log(reader, tmp_path / "log.csv", "csv")
    assert len(built) == 1
