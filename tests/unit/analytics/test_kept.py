"""Results are kept per version, found again, and made anew where they are broken or outdated."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from analytics.kept_frames import is_kept, kept
from tests.warehouses import build
from warehouse.store import Reader

ROWS = [{"started_at": "2024-03-01 10:00", "customer": "a", "service": "x"}]


class Work:
    """Counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, reader: Reader) -> Mapping[str, pd.DataFrame]:
        self.times += 1
        return {
            "numbers": pd.DataFrame(
                {
                    "name": ["é", "b"], "value": [0.1, float("nan")], "count": [1, 2],
                    "is_so": [True, False], "none": [float("nan")] * 2,
                }
            ),
            "empty": pd.DataFrame(
                {"name": pd.Series(dtype="str"), "value": pd.Series(dtype="float64")}
            ),
        }  # fmt: skip


def test_a_result_is_worked_out_once_and_read_as_it_was(tmp_path: Path) -> None:
    reader, work = build(tmp_path, ROWS), Work()
    assert not is_kept(reader, "one")
    first = kept(reader, "one", work)
    assert is_kept(reader, "one")
    again = kept(Reader(reader.store), "one", work)
    assert work.times == 1
    for name, table in first.items():
        pd.testing.assert_frame_equal(again[name], table)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"numbers": {}}'])
def test_a_broken_file_is_made_anew(tmp_path: Path, content: str) -> None:
    reader, work = build(tmp_path, ROWS), Work()
    kept(reader, "one", work)
    (file,) = (tmp_path / "kept").rglob("*.json")
    file.write_text(content)
    assert set(kept(reader, "one", work)) == {"numbers", "empty"}
    assert work.times == 2


def test_another_version_has_its_own_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    work = Work()
    for _ in range(3):
        kept(build(tmp_path, ROWS), "one", work)
    assert work.times == 3
    versions = {file.stem for file in (tmp_path / "versions").glob("*.duckdb")}
    assert {file.name.partition(".")[0] for file in (tmp_path / "kept").iterdir()} == versions
    assert len(versions) == 2


def test_where_nothing_can_be_written_it_still_answers(tmp_path: Path) -> None:
    reader, work = build(tmp_path, ROWS), Work()
    (tmp_path / "kept").write_text("no folder")
    assert len(kept(reader, "one", work)["numbers"]) == 2
    assert not is_kept(reader, "one")
