"""Small groups stay hidden: at the threshold's edge, beside a total, and over periods."""

from datetime import date

import pandas as pd
import pytest

from analytics.disclosure import HIDDEN, suppress
from analytics.periods import Grain


def answer(sizes: dict[tuple[str, ...], float], *lines: str) -> pd.DataFrame:
    """Return cells of these sizes; every figure of a cell is its size."""
    cells = [
        dict(zip(lines, key, strict=True)) | dict.fromkeys([*HIDDEN, "weight"], float(size))
        for key, size in sizes.items()
    ]
    return pd.DataFrame(cells).assign(metric="contacts")


def hidden(sizes: dict[tuple[str, ...], float], *lines: str, threshold: int = 10) -> set[str]:
    """Return which cells are hidden, as `a b`."""
    result = suppress(answer(sizes, *lines), lines, "weight", threshold)
    chosen = result[result["suppressed"]]
    return {" ".join(row[name] for name in lines) for row in chosen.to_dict("records")}


@pytest.mark.parametrize(
    ("size", "is_hidden"), [(0, False), (1, True), (9, True), (10, False), (11, False)]
)
def test_the_edge_of_the_threshold(size: int, is_hidden: bool) -> None:
    result = suppress(answer({(): size}), [], "weight", 10)
    assert result["suppressed"].tolist() == [is_hidden]
    assert result[list(HIDDEN)].isna().all(axis=None) == is_hidden
    assert "weight" not in result


def test_another_threshold_has_another_edge() -> None:
    assert suppress(answer({(): 4}), [], "weight", 5)["suppressed"].tolist() == [True]
    assert suppress(answer({(): 5}), [], "weight", 5)["suppressed"].tolist() == [False]


def test_nothing_small_nothing_hidden() -> None:
    assert hidden({("phone",): 500, ("post",): 10, ("app",): 0}, "channel") == set()


def test_shown_cells_keep_their_figures() -> None:
    sizes = {("phone",): 500, ("post",): 12, ("app",): 7}
    result = suppress(answer(sizes, "channel"), ["channel"], "weight", 10).set_index("channel")
    assert result.loc["phone", list(HIDDEN)].tolist() == [500.0] * len(HIDDEN)


def test_the_smallest_other_cell_is_hidden_with_a_lone_one() -> None:
    sizes = {("phone",): 500, ("post",): 12, ("app",): 7, ("email",): 40}
    assert hidden(sizes, "channel") == {"app", "post"}


def test_two_small_cells_hide_each_other_only_if_large_enough_together() -> None:
    assert hidden({("phone",): 500, ("post",): 40, ("app",): 5, ("social",): 5}, "channel") == {
        "app",
        "social",
    }
    assert hidden({("phone",): 500, ("post",): 40, ("app",): 5, ("social",): 4}, "channel") == {
        "app",
        "social",
        "post",
    }


def test_nought_is_shown_while_others_can_hide_a_cell() -> None:
    assert hidden({("phone",): 500, ("app",): 7, ("chat",): 0}, "channel") == {"phone", "app"}


def test_each_metric_is_a_case_of_its_own() -> None:
    one = answer({("phone",): 500, ("app",): 7, ("post",): 30}, "channel")
    other = answer({("phone",): 500, ("app",): 70, ("post",): 30}, "channel")
    both = pd.concat([one, other.assign(metric="visits")], ignore_index=True)
    result = suppress(both, ["channel"], "weight", 10)
    assert set(result[result["suppressed"]]["metric"]) == {"contacts"}


def test_in_two_dimensions_no_row_and_no_column_gives_a_cell_away() -> None:
    sizes = {
        (channel, service): size
        for channel, row in {
            "phone": {"paspoort": 90, "afval": 80, "parkeren": 70},
            "email": {"paspoort": 60, "afval": 4, "parkeren": 50},
            "post": {"paspoort": 40, "afval": 30, "parkeren": 20},
        }.items()
        for service, size in row.items()
    }
    found = hidden(sizes, "channel", "service")
    assert "email afval" in found
    for place in (0, 1):
        lines = [cell.split()[place] for cell in found]
        assert all(lines.count(line) >= 2 for line in lines)
    assert len(found) == 4


def test_what_is_hidden_in_a_total_is_not_shown_in_parts() -> None:
    """The post is hidden beside the app; all of its parts together would tell both."""
    sizes = {
        ("phone", "paspoort"): 300, ("phone", "afval"): 280,
        ("email", "paspoort"): 150, ("email", "afval"): 140,
        ("post", "paspoort"): 20, ("post", "afval"): 22,
        ("app", "paspoort"): 3, ("app", "afval"): 5,
    }  # fmt: skip
    channels = {("phone",): 580, ("email",): 290, ("post",): 42, ("app",): 8}
    assert hidden(channels, "channel") == {"app", "post"}
    assert any(cell.startswith("post") for cell in hidden(sizes, "channel", "service"))


def months(*sizes: float) -> dict[tuple[date], float]:
    return {(date(2025, number, 1),): size for number, size in enumerate(sizes, start=1)}


def hidden_months(*sizes: float) -> list[int]:
    result = suppress(answer(months(*sizes), "period"), ["period"], "weight", 10, grain=Grain.MONTH)
    return [day.month for day in result[result["suppressed"]]["period"]]


def test_a_month_is_hidden_with_another_of_its_quarter() -> None:
    """November is the smallest other month, but the quarters' totals would tell February's."""
    assert hidden_months(50, 4, 60, 70, 80, 90, 50, 60, 70, 80, 20, 90) == [1, 2]


def test_a_hidden_quarter_is_not_shown_by_its_months() -> None:
    """The first quarter is small, so that the second, which hides it, may not add up either."""
    found = hidden_months(3, 2, 4, 20, 21, 22, 500, 600, 700, 800, 900, 950)
    assert {1, 2, 3} < set(found)
    assert set(found) & {4, 5, 6}
    assert not set(found) & {7, 8, 9, 10, 11, 12}
