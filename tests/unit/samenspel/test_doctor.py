"""What doctor says of goals and interventions before anything is loaded."""

from pathlib import Path

from samenspel.doctor import Finding, examine
from warehouse.store import Store

CONFIG = """
[[source]]
name = "log"
kind = "csv"
path = "log.csv"
columns = { started_at = "start", channel = "channel" }

[[goal]]
metric = "repeat_share"
at_most = 0.1
year = 2025

[[goal]]
metric = "repeat_shar"
at_most = 0.1
year = 2025

[[intervention]]
name = "Brief"
started_on = 2025-03-01
moves = [{ metric = "contacts" }, { metric = "contact" }, { metric = "customers" }]
"""


def test_doctor_names_figures_that_are_not_there_with_what_is_close(tmp_path: Path) -> None:
    config = tmp_path / "samenspel.toml"
    config.write_text(CONFIG)
    found = examine(config, Store(tmp_path / "warehouse"), {})
    told: dict[tuple[str, bool], list[Finding]] = {}
    for finding in found:
        told.setdefault((finding.subject, finding.is_fine), []).append(finding)
    assert len(told["goal for 'repeat_share'", True]) == 1
    (goal,) = told["goal for 'repeat_shar'", False]
    assert "no metric 'repeat_shar'" in goal.message
    assert "Perhaps: repeat_share" in goal.message
    moved, unfit = told["intervention 'Brief'", False]
    assert "Perhaps: contacts" in moved.message
    assert "'customers' cannot be summed" in unfit.message
    assert len(told["intervention 'Brief'", True]) == 1
