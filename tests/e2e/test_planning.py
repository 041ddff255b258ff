"""Forecasts of the sample and of a real log, held against what came; `pytest -rP` shows them."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.planning.work_out import ALL, planning
from etl.configuration import read_settings
from etl.load import load
from tests.loading import KEY
from warehouse.store import Reader, Store

_SHOWN = ["channel", "model", "folds", "horizon", "days", "share", "mase", "against_naive",
          "covered_80", "covered_95"]  # fmt: skip
_LARGE = ("phone", "web_form", "counter", "email")


def shown(tests: pd.DataFrame, title: str) -> pd.DataFrame:
    """Print the backtest of the channels; return the lines of what a reader gets."""
    whole = tests[tests["service"] == ""]
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        print(f"\n{title}\n{whole[_SHOWN].round(3).to_string(index=False)}")  # noqa: T201
    return whole[whole["is_chosen"]].set_index("channel")


def test_the_sample_is_forecast_better_than_by_repeating(sample_reader: Reader) -> None:
    tests = planning(sample_reader)["tests"]
    chosen = shown(tests, "The sample, twelve weeks ahead")
    large = chosen.loc[[*_LARGE, ALL]]
    assert (large["mase"] < 1).all()
    assert (chosen["against_naive"] < 0.9).all()
    assert (large["covered_80"] - 0.80).abs().max() <= 0.05
    assert (large["covered_95"] - 0.95).abs().max() <= 0.05
    # of few contacts a day the bands are wider than they promise, and never narrower
    assert (chosen["covered_80"] > 0.75).all()
    assert (chosen["covered_95"] > 0.90).all()


def test_closed_days_of_the_sample_are_zero(sample_reader: Reader) -> None:
    days = planning(sample_reader)["days"]
    phone = days[days["channel"] == "phone"].set_index("day")
    assert phone.loc["2026-01-01", "expected"] == 0
    assert phone.loc["2026-01-01", "holiday"] == "Nieuwjaarsdag"
    assert phone.loc["2026-01-03", "high_95"] == 0  # a Saturday
    assert phone.loc["2026-01-05", "expected"] > 0
    form = days[days["channel"] == "web_form"].set_index("day")
    assert form.loc["2026-01-03", "expected"] > 0  # forms do not shut


@pytest.mark.shared
def test_a_real_log_is_forecast_better_than_by_repeating(tmp_path: Path, shared_data: Path) -> None:
    """141,712 rows, 24,918 contacts; the log is whole for twelve weeks only, so a week ahead."""
    (tmp_path / "data").symlink_to(shared_data)
    config = Path(__file__).parent / "configs" / "incident_full.toml"
    settings = read_settings(Path(shutil.copy(config, tmp_path / "samenspel.toml")))
    whole = settings.planning.model_copy(
        update={"first_day": date(2016, 2, 29), "last_day": date(2016, 5, 22)}
    )
    store = Store(tmp_path / "warehouse")
    load(settings.model_copy(update={"planning": whole}), tmp_path, store, key=KEY)
    chosen = shown(planning(Reader(store))["tests"], "The incident log, a week ahead")
    assert chosen.loc["phone", "horizon"] == 7
    assert chosen.loc["phone", "mase"] < 1
    assert chosen.loc["phone", "against_naive"] < 1
