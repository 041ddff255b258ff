"""Figures show what is in the frame: no more, no less, and never as markup."""

import itertools
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics import Unit
from analytics.periods import Grain
from dashboard import theme
from dashboard.figures.common import Look, graph_config, plain, spread
from dashboard.figures.parts import dumbbell, pairs, stacked
from dashboard.figures.ranked import heat, ranked
from dashboard.figures.service import rhythm, scores, with_target
from dashboard.figures.trend import lines, sparkline, trend

NAN = float("nan")
SCRIPT = "<script>alert(1)</script>"
MONTHS = [date(2025, month, 1) for month in (1, 2, 3)]
LOOK = Look("nl", Grain.MONTH, (date(2025, 3, 1), date(2025, 3, 31)))


def over_time(**changes: list[object]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {
        "period": list(MONTHS),
        "value": [0.20, 0.25, 0.22],
        "low": [0.18, 0.23, 0.20],
        "high": [0.22, 0.27, 0.24],
        "denominator": [1000.0, 1200.0, 900.0],
        "suppressed": [False] * 3,
        "is_complete": [True] * 3,
    }
    return pd.DataFrame({**columns, **changes})


def texts(figure: object) -> str:
    return str(figure.to_json())  # type: ignore[attr-defined]


def test_a_trend_draws_every_value_its_band_and_the_last_in_words() -> None:
    figure = trend(over_time(), unit=Unit.SHARE, look=LOOK)
    upper, lower, *_, dots = figure.data
    assert list(dots.y) == [0.20, 0.25, 0.22]
    assert (list(upper.y), list(lower.y)) == ([0.22, 0.27, 0.24], [0.18, 0.23, 0.20])
    assert [note.text for note in figure.layout.annotations] == ["<b>22,0%</b>"]
    assert dots.customdata[1] == "<b>februari 2025</b><br>25,0%<br>n = 1.200"


def test_a_trend_shades_the_chosen_period_only_where_it_shows_more() -> None:
    whole = Look("nl", Grain.MONTH, (date(2025, 1, 1), date(2025, 3, 31)))
    assert len(trend(over_time(), unit=Unit.SHARE, look=LOOK).layout.shapes) == 1
    assert len(trend(over_time(), unit=Unit.SHARE, look=whole).layout.shapes) == 0


def test_an_incomplete_period_is_hollow_and_not_the_labelled_one() -> None:
    figure = trend(over_time(is_complete=[True, True, False]), unit=Unit.SHARE, look=LOOK)
    assert list(figure.data[-1].marker.color)[-1] == theme.PAPER
    assert any(line.line.dash == "dot" for line in figure.data)
    assert [note.text for note in figure.layout.annotations] == ["<b>25,0%</b>"]


def test_a_suppressed_value_is_not_drawn_and_says_less_than_ten() -> None:
    frame = over_time(value=[0.2, NAN, 0.22], suppressed=[False, True, False])
    dots = trend(frame, unit=Unit.SHARE, look=LOOK).data[-1]
    assert pd.isna(dots.y[1])
    assert dots.customdata[1].endswith("<\xa010")


def test_an_empty_frame_gives_an_empty_figure() -> None:
    assert not trend(over_time().head(0), unit=Unit.COUNT, look=LOOK).data


def test_lines_carry_their_names_at_the_end_apart_from_each_other() -> None:
    both = pd.concat(
        [over_time().assign(key="a"), over_time(value=[0.21, 0.26, 0.221]).assign(key="b")]
    )
    figure = lines(
        both,
        series="key",
        names={"a": "Alle", "b": "Eigen"},
        colours={"a": "#000000", "b": "#111111"},
        unit=Unit.SHARE,
        look=LOOK,
    )
    names = {note.text: note.yshift or 0 for note in figure.layout.annotations}
    assert set(names) == {"<b>Alle</b>", "<b>Eigen</b>"}
    assert abs(names["<b>Alle</b>"] - names["<b>Eigen</b>"]) > 10


@pytest.fixture
def mix() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "period": [MONTHS[0], MONTHS[0], MONTHS[1], MONTHS[1]],
            "channel": ["phone", SCRIPT, "phone", SCRIPT],
            "value": [60.0, 40.0, 30.0, 90.0],
        }
    )


def test_stacked_shares_add_up_to_one_and_counts_to_the_counts(mix: pd.DataFrame) -> None:
    names = {"phone": "Telefoon", SCRIPT: SCRIPT}
    options = {
        "part": "channel",
        "order": ["phone", SCRIPT],
        "names": names,
        "colours": dict.fromkeys(names, "#123456"),
        "look": LOOK,
    }
    shares, counts = stacked(mix, **options), stacked(mix, **options, as_share=False)
    assert [list(bar.y) for bar in shares.data] == [[0.6, 0.25], [0.4, 0.75]]
    assert [list(bar.y) for bar in counts.data] == [[60.0, 30.0], [40.0, 90.0]]
    assert "<script" not in texts(shares).replace("\\u003c", "<")


def test_a_dumbbell_sets_bold_only_what_is_a_change() -> None:
    rows = pd.DataFrame(
        {
            "group": ["phone", "chat"],
            "value": [0.5, 0.2],
            "before": [0.6, 0.19],
            "change": [-0.1, 0.01],
            "is_change": [True, False],
        }
    )
    names = {"phone": "Telefoon", "chat": "Chat"}
    figure = dumbbell(rows, names=names, colours=dict.fromkeys(names, "#123456"), look=LOOK)
    phone, chat = (note.text for note in figure.layout.annotations)
    assert phone == "<b>50,0%</b>  <b>−10,0\xa0pp</b>"
    assert "<b>+1,0" not in chat
    assert "+1,0\xa0pp" in chat


def test_pairs_hide_what_is_suppressed() -> None:
    rows = pd.DataFrame({"group": ["phone"], "value": [NAN], "before": [NAN], "suppressed": [True]})
    figure = pairs(rows, names={"phone": "x"}, colours={"phone": "#123456"}, look=LOOK)
    assert figure.layout.annotations[0].text == "&lt;\xa010"


def ranked_rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": ["a", "b"],
            "value": [0.3, NAN],
            "low": [0.25, NAN],
            "high": [0.36, NAN],
            "numerator": [300.0, NAN],
            "denominator": [1000.0, NAN],
            "suppressed": [False, True],
        }
    )


def test_ranked_bars_write_value_and_denominator_and_draw_the_interval() -> None:
    figure = ranked(ranked_rows(), names={"a": "A", "b": SCRIPT}, unit=Unit.SHARE, look=LOOK)
    (bar,) = figure.data
    assert bar.error_x.array[0] == pytest.approx(0.06)
    assert bar.error_x.arrayminus[0] == pytest.approx(0.05)
    notes = [str(note.text) for note in figure.layout.annotations]
    assert notes[0] == "A"
    assert "30,0%" in notes[1]
    assert "n 1.000" in notes[1]
    assert notes[2] == plain(SCRIPT, limit=40)
    assert "&lt;\xa010" in notes[3]


def test_ranked_bars_reach_as_far_as_their_intervals() -> None:
    figure = ranked(ranked_rows(), names={"a": "A", "b": "B"}, unit=Unit.SHARE, look=LOOK)
    assert figure.layout.xaxis.range[1] >= 0.36


def test_heat_writes_each_share_and_marks_what_is_suppressed() -> None:
    frame = pd.DataFrame(
        {
            "row": ["r", "r"],
            "column": ["x", "y"],
            "value": [0.75, NAN],
            "count": [75.0, NAN],
            "suppressed": [False, True],
        }
    )
    figure = heat(
        frame,
        rows=["r"],
        columns=["x", "y", "z"],
        row_names={"r": "R"},
        column_names={"x": "X", "y": "Y", "z": "Z"},
        look=LOOK,
    )
    assert [note.text for note in figure.layout.annotations] == ["75%", "&lt;", ""]


@given(st.lists(st.floats(-1e6, 1e6), max_size=30), st.floats(0.1, 100))
def test_labels_are_spread_until_they_are_apart_and_in_order(
    positions: list[float], gap: float
) -> None:
    moved = spread(positions, gap)
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    apart = [moved[later] - moved[earlier] for earlier, later in itertools.pairwise(order)]
    assert all(distance >= gap * (1 - 1e-6) - 1e-6 for distance in apart)


def test_labels_that_are_apart_already_stay() -> None:
    assert spread([0.0, 10.0, 30.0], 5) == [0.0, 10.0, 30.0]


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    assert "<" not in plain(text)
    assert ">" not in plain(text)


def test_labels_are_cut_before_they_are_made_safe() -> None:
    assert plain("<b>vergunning", limit=6) == "&lt;b&gt;ve…"


def test_a_sparkline_needs_two_values_and_marks_the_last() -> None:
    assert sparkline([1.0, NAN]) == ""
    assert sparkline([1.0, 2.0, 3.0]).count("circle") == 1


def test_charts_load_nothing_and_speak_the_language() -> None:
    config = graph_config("nl")
    assert config["displayModeBar"] is False
    assert config["locales"]["nl"]["format"]["months"][2] == "maart"


@given(st.floats(0, 1))
def test_words_on_the_colour_scale_can_be_read(place: float) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2, 1.4.3) at every place of the scale."""
    stops = theme.SEQUENTIAL
    (low, first), (high, second) = next(
        (a, b) for a, b in itertools.pairwise(stops) if a[0] <= place <= b[0]
    )
    part = (place - low) / (high - low)
    ground = [
        (1 - part) * int(first[at : at + 2], 16) + part * int(second[at : at + 2], 16)
        for at in (1, 3, 5)
    ]
    ink = theme.readable_on_sequential(place)
    words = [int(ink[at : at + 2], 16) for at in (1, 3, 5)]
    light, dark = sorted((luminance(ground), luminance(words)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: list[float] | list[int]) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_an_axis_of_time_counts_in_whole_seconds_or_minutes() -> None:
    no_bounds: dict[str, list[object]] = {"low": [NAN] * 3, "high": [NAN] * 3}
    for values, ticks in (
        ([10.0, 30.0, 41.0], ["0\xa0sec", "15\xa0sec", "30\xa0sec", "45\xa0sec"]),
        ([300.0, 900.0, 1150.0], ["0\xa0sec", "5\xa0min", "10\xa0min", "15\xa0min", "20\xa0min"]),
    ):
        frame = over_time(value=list(values), **no_bounds)
        assert list(trend(frame, unit=Unit.SECONDS, look=LOOK).layout.yaxis.ticktext) == ticks


def test_a_target_is_drawn_over_its_own_periods_only() -> None:
    figure = trend(over_time(), unit=Unit.SHARE, look=LOOK)
    line = with_target(figure, MONTHS[1:], 0.8, SCRIPT).data[-1]
    assert (list(line.x), list(line.y)) == (MONTHS[1:], [0.8, 0.8])
    assert "<script>" not in texts(figure)
    nothing = trend(over_time(value=[NAN] * 3), unit=Unit.SHARE, look=LOOK)
    assert len(with_target(nothing, MONTHS, 0.8, "x").data) == 0


def test_scores_stand_beside_their_response_and_are_hidden_together() -> None:
    rows = pd.DataFrame(
        {
            "group": ["phone", "chat"],
            "value": [7.5, NAN],
            "response": [0.12, NAN],
            "scored": [60.0, NAN],
            "suppressed": [False, True],
        }
    )
    figure = scores(
        rows, names={"phone": "Telefoon", "chat": SCRIPT}, response="respons", look=LOOK
    )
    beside = [note.text for note in figure.layout.annotations if note.x == 1]
    assert "7,50" in beside[0]
    assert "respons 12,0%" in beside[0]
    assert beside[1] == "&lt;\xa010"
    assert "<script>" not in texts(figure)


def test_a_rhythm_writes_what_comes_and_marks_what_is_hidden() -> None:
    rows = pd.DataFrame(
        {
            "weekday": ["1", "1", "2", "2"],
            "half_hour": ["09:00", "09:30"] * 2,
            "value": [12.4, 0.25, 0.0, NAN],
            "suppressed": [False, False, False, True],
        }
    )
    figure = rhythm(rows, day_names={"1": "Maandag", "2": "Dinsdag"}, what="contacten", look=LOOK)
    (cells,) = figure.data
    assert [list(line) for line in cells.text] == [["12", "0,2"], ["", "&lt;"]]
    assert cells.customdata[1][1] == "<b>Dinsdag</b> · 09:30<br>&lt;\xa010"
    assert list(figure.layout.yaxis.ticktext) == ["Maandag", "Dinsdag"]
