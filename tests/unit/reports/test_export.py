"""Files appear whole, under the promised names, or not at all."""

from pathlib import Path

import pytest

from analytics.report.content import Report
from reports import export
from warehouse.errors import ConfigurationError


def test_files_have_the_months_name_and_nothing_else_is_left(
    report: Report, tmp_path: Path
) -> None:
    written = export.write_report(report, tmp_path / "new" / "folder", ["xlsx", "csv", "xlsx"])
    assert [path.name for path in written] == ["samenspel-2025-03.xlsx", "samenspel-2025-03.csv"]
    assert sorted((tmp_path / "new" / "folder").iterdir()) == sorted(written)


def test_an_unknown_format_names_what_exists_and_writes_nothing(
    report: Report, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"docx.*xlsx, csv"):
        export.write_report(report, tmp_path / "out", ["csv", "docx"])
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigurationError, match="no format"):
        export.write_report(report, tmp_path / "out", [])


def test_a_failure_leaves_the_older_file_as_it_was(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = export.write_report(report, tmp_path, ["csv"])
    before = file.read_bytes()

    def fails_halfway(_: Report, path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setitem(export.FORMATS, "csv", fails_halfway)
    with pytest.raises(ConfigurationError, match="No space left"):
        export.write_report(report, tmp_path, ["csv"])
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_a_file_is_a_clear_error(report: Report, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        export.write_report(report, tmp_path / "taken", ["csv"])
