"""Long work is done beside the page, once, and its failure is told."""

import threading
from pathlib import Path

import pandas as pd
import pytest

from analytics.kept_frames import Frames
from dashboard.background import StillWorkingError, worked_out
from tests.warehouses import build
from warehouse.errors import WarehouseError
from warehouse.store import Reader

ROWS = [{"started_at": "2024-03-01 10:00", "customer": "a", "service": "x"}]


def test_a_page_waits_no_longer_than_its_patience_and_work_is_done_once(tmp_path: Path) -> None:
    reader, may_end, times = build(tmp_path, ROWS), threading.Event(), []

    def work(_: Reader) -> Frames:
        times.append(1)
        may_end.wait(30)
        return {"table": pd.DataFrame({"a": [1]})}

    for _ in range(3):
        with pytest.raises(StillWorkingError):
            worked_out(reader, "slow", work, patience=0.01)
    may_end.set()
    assert worked_out(reader, "slow", work, patience=30)["table"]["a"].tolist() == [1]
    assert worked_out(reader, "slow", work)["table"]["a"].tolist() == [1]
    assert len(times) == 1


def test_a_failure_is_told_and_the_next_to_ask_tries_again(tmp_path: Path) -> None:
    reader, times = build(tmp_path, ROWS), []

    def work(_: Reader) -> Frames:
        times.append(1)
        if len(times) == 1:
            raise WarehouseError("broken")
        return {"table": pd.DataFrame({"a": [1]})}

    with pytest.raises(WarehouseError, match="broken"):
        worked_out(reader, "failing", work, patience=30)
    assert worked_out(reader, "failing", work, patience=30)["table"]["a"].tolist() == [1]
