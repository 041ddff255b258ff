"""The notebooks run from a loaded warehouse, and say what the metrics say."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from analytics.query import Grain, Selection, measure
from etl.configuration import read_settings
from etl.load import load
from tests.warehouses import query
from warehouse.store import Reader, Store

NAME = "01-kanaalmix-herhaal-vermijdbaar.ipynb"
SOURCES = ["telefonie", "webformulieren", "berichten"]
"""Enough of the sample for every question, and a few seconds to load."""

PROBE = """
import json
print(json.dumps({
    "start": year.start.isoformat(), "end": year.end.isoformat(), "metric": metric,
    "mix": dict(zip(mix["channel"], mix["value"])),
    "last_month": dict(
        monthly.loc[monthly["period"] == monthly["period"].max(), ["channel", "value"]].to_numpy()
    ),
    "repeats": repeats.set_index("metric")["value"].to_dict(),
    "avoidable": avoidable.set_index("metric")["value"].to_dict(),
    "categories": categories.set_index("avoidable_category")["value"].to_dict(),
    "routes": [list(row) for row in routes.itertuples(index=False)],
}, default=float))
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Reader:
    folder = repository / "data" / "sample"
    store = Store(tmp_path_factory.mktemp("notebook"))
    settings = read_settings(folder / "samenspel.toml")
    load(settings, folder, store, key=b"a key for made-up people, no secret", sources=SOURCES)
    return Reader(store)


@pytest.fixture(scope="module")
def said(reader: Reader, repository: Path) -> dict[str, Any]:
    """Run the notebook as a reader would, and return its figures."""
    notebook = nbformat.read(repository / "notebooks" / NAME, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PROBE))
    environment = {
        **os.environ,
        "SAMENSPEL_WAREHOUSE": str(reader.store.folder),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(repository / "notebooks")}},
    )
    # in a thread of its own: a browser test in this process may keep an event loop running
    with ThreadPoolExecutor(max_workers=1) as apart:
        apart.submit(asyncio.run, client.async_execute(env=environment)).result()
    images = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    figures: dict[str, Any] = json.loads(notebook.cells[-1].outputs[0]["text"])
    return figures | {"image_count": len(images)}


def _selection(said: dict[str, Any]) -> Selection:
    start, end = (pd.Timestamp(said[key]).date() for key in ("start", "end"))
    return Selection(start=start, end=end)


def test_it_looks_at_twelve_whole_months(said: dict[str, Any]) -> None:
    assert (said["start"], said["end"]) == ("2025-01-01", "2025-12-31")


def test_the_channel_mix_is_that_of_the_contacts(said: dict[str, Any], reader: Reader) -> None:
    rows = query(
        reader,
        "select channel, count(*) from contact where is_contact"
        " and started_on between '2025-01-01' and '2025-12-31' group by channel",
    )
    total = sum(count for _, count in rows)
    assert len(rows) > 3
    assert said["mix"] == pytest.approx({channel: count / total for channel, count in rows})


@pytest.mark.parametrize(
    ("part", "metrics"),
    [
        ("repeats", ["repeat_share", "repeat_share_same_channel", "switch_share"]),
        ("avoidable", ["avoidable_share", "avoidable_known_share"]),
    ],
)
def test_its_shares_equal_the_metrics(
    said: dict[str, Any], reader: Reader, part: str, metrics: list[str]
) -> None:
    expected = measure(reader, metrics, selection=_selection(said)).set_index("metric")["value"]
    for metric in metrics:
        assert said[part][metric] == pytest.approx(expected[metric])


def test_months_and_categories_equal_the_metrics(said: dict[str, Any], reader: Reader) -> None:
    chosen = _selection(said)
    monthly = measure(
        reader, ["channel_share"], by=["channel"], grain=Grain.MONTH, selection=chosen
    )
    last = monthly[monthly["period"] == monthly["period"].max()].set_index("channel")["value"]
    assert said["last_month"] == pytest.approx(last.to_dict(), nan_ok=True)
    categories = measure(
        reader, ["avoidable_by_category"], by=["avoidable_category"], selection=chosen
    ).set_index("avoidable_category")["value"]
    assert said["categories"] == pytest.approx(
        categories.drop("unknown", errors="ignore").to_dict(), nan_ok=True
    )


def test_its_own_question_counts_every_known_repeat_once(
    said: dict[str, Any], reader: Reader
) -> None:
    ((repeats,),) = query(
        reader,
        "select count(*) from contact where is_repeat and is_knowable_backwards"
        " and started_on between '2025-01-01' and '2025-12-31'",
    )
    assert sum(count for *_, count in said["routes"]) == repeats


def test_it_draws_what_it_promises(said: dict[str, Any]) -> None:
    assert said["image_count"] == 3


def test_notebooks_are_kept_without_outputs(repository: Path) -> None:
    files = sorted((repository / "notebooks").glob("*.ipynb"))
    assert [file.name for file in files] == [NAME]
    for file in files:
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
