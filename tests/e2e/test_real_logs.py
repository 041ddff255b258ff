"""Real logs, each by a configuration of at most 25 lines, against pandas on the same file."""

import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from analytics.query import measure
from etl.configuration import read_settings
from etl.load import load
from tests.loading import KEY, counts
from warehouse.store import Reader, Store

CONFIGS = Path(__file__).parent / "configs"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class Log:
    """How pandas reads the same log: the file, the columns, and how a row becomes a contact."""

    file: str
    contact_id: str
    started: str
    channel: str
    customer: str
    keep: str
    read: Callable[[Path], pd.DataFrame]
    channels: dict[str, str]


def _incidents(file: Path) -> pd.DataFrame:
    frame = pd.read_csv(file, dtype=str, keep_default_na=False, na_values=["?"])
    return frame.assign(opened_at=pd.to_datetime(frame["opened_at"], format="%d/%m/%Y %H:%M"))


def _receipts(file: Path) -> pd.DataFrame:
    frame = pd.read_csv(file, dtype=str)
    started = pd.to_datetime(frame["case:startdate"], utc=True, format="ISO8601")
    return frame.assign(**{"case:startdate": started})


def _complaints(file: Path) -> pd.DataFrame:
    frame = pd.read_csv(file, sep=";", encoding="latin-1", dtype=str)
    return frame.assign(ContactDate=pd.to_datetime(frame["ContactDate"], format="%Y-%m-%d"))


_SERVICE_DESK = {
    "Phone": "phone",
    "Email": "email",
    "IVR": "phone",
    "Self service": "web_form",
    "Direct opening": "other",
}
LOGS = {
    "incident_labelled": Log(
        "incident-event-log/incident_event_log_120k_labelled.csv.gz",
        "number", "opened_at", "contact_type", "caller_id", "last", _incidents, _SERVICE_DESK,
    ),
    "incident_full": Log(
        "incident-event-log/incident_event_log_full_numeric.zip",
        "number", "opened_at", "contact_type", "caller_id", "first", _incidents, _SERVICE_DESK,
    ),
    "wabo": Log(
        "wabo-receipt/receipt.csv.gz",
        "case:concept:name", "case:startdate", "case:channel", "case:concept:name", "first",
        _receipts,
        {"Internet": "web_form", "Desk": "counter", "Post": "post", "e-mail": "email",
         "Intern": "other"},
    ),
    "uwv_complaints": Log(
        "uwv-bpi2016-complaints/BPI2016_Complaints.csv",
        "ComplaintID", "ContactDate", "ContactChannelID", "CustomerID", "first", _complaints,
        {str(number): "other" for number in range(1, 10)},
    ),
}  # fmt: skip


def to_utc(times: pd.Series) -> pd.Series:
    """Local times as the loader reads them: the first of a double hour."""
    if times.dt.tz is None:
        times = times.dt.tz_localize(AMSTERDAM, ambiguous=[True] * len(times))
    return times.dt.tz_convert("UTC").dt.tz_localize(None)


@pytest.fixture
def folder(tmp_path: Path, shared_data: Path) -> Path:
    (tmp_path / "data").symlink_to(shared_data)
    return tmp_path


@pytest.mark.shared
@pytest.mark.parametrize("name", LOGS)
def test_figures_equal_those_of_the_file(name: str, folder: Path, shared_data: Path) -> None:
    log = LOGS[name]
    config = Path(shutil.copy(CONFIGS / f"{name}.toml", folder / "samenspel.toml"))
    store = Store(folder / "warehouse")
    report = load(read_settings(config), folder, store, key=KEY)

    rows = log.read(shared_data / log.file)
    contacts = rows.drop_duplicates(log.contact_id, keep=log.keep)
    assert counts(report) == (len(rows), len(contacts), len(rows) - len(contacts), 0)

    expected = contacts.set_index(log.contact_id, drop=False).sort_index()
    channels = expected[log.channel].map(log.channels)
    reader = Reader(store)
    with reader.backend() as backend:
        loaded = backend.con.execute(
            "select contact_id, channel, started_at, customer_key from loaded_contact"
        ).df()
    loaded = loaded.set_index("contact_id").sort_index()
    assert loaded.index.tolist() == expected.index.tolist()
    assert loaded["channel"].tolist() == channels.tolist()
    assert loaded["started_at"].tolist() == to_utc(expected[log.started]).tolist()
    # the same people are the same, and nobody else is
    pairs = pd.DataFrame({"ours": loaded["customer_key"], "theirs": expected[log.customer]})
    assert pairs["ours"].isna().tolist() == pairs["theirs"].isna().tolist()
    known = pairs.dropna().drop_duplicates()
    assert known["ours"].is_unique
    assert known["theirs"].is_unique

    asked = measure(reader, ["contacts"], by=["channel"], threshold=1)
    figures = {row.channel: int(row.value) for row in asked.itertuples()}
    assert figures == channels.value_counts().to_dict()

    again = load(read_settings(config), folder, store, key=KEY)
    assert counts(again) == (0, 0, 0, 0)
    assert not again.is_published


@pytest.mark.parametrize("name", LOGS)
def test_configurations_are_short(name: str) -> None:
    text = (CONFIGS / f"{name}.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 25
    assert tomllib.loads(text)["source"]
