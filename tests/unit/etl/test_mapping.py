"""From columns to contacts: constants, maps, casts, and the reason for every row refused."""

# ruff: noqa: DTZ001  # the warehouse holds times without offset

from datetime import datetime
from typing import Any

import pytest

from tests.loading import PLAIN, Bench, counts
from warehouse.errors import ConfigurationError

HEADER = "start;channel;v\n"


def rows(*values: str) -> str:
    return HEADER + "".join(
        f"2024-05-{day:02} 10:00;phone;{value}\n" for day, value in enumerate(values, start=1)
    )


def load_field(bench: Bench, name: str, *values: str, **column: Any) -> list[Any]:
    """Load values into one field; return what came through."""
    bench.write(rows(*values))
    bench.account({"columns": {**PLAIN, name: {"column": "v", **column}}})
    return bench.values(name)


def reasons(bench: Bench) -> list[str]:
    return [reason for _, _, reason in bench.rejects()]


def test_a_constant_and_defaults(bench: Bench) -> None:
    bench.write("start\n2024-05-01 10:00\n")
    bench.account({"columns": {"started_at": "start", "channel": {"value": "Balie"}}})
    fields = ("channel", "initiative", "customer_type", "outcome", "planned", "service")
    assert bench.values(*fields) == [("counter", "inbound", "unknown", "unknown", False, None)]


def test_channels_go_by_key_and_by_name_in_either_language(bench: Bench) -> None:
    names = ["phone", "TELEFOON", "E-mail", "email", "balie", "web form", "Sociale media", " chat "]
    bench.write(
        "start;channel\n" + "".join(f"2024-05-01 10:0{i};{n}\n" for i, n in enumerate(names))
    )
    assert counts(bench.account()) == (8, 8, 0, 0)
    assert bench.values("channel") == [
        "phone", "phone", "email", "email", "counter", "web_form", "social", "chat",
    ]  # fmt: skip


def test_an_unknown_channel_is_refused_and_its_value_never_shown(bench: Bench) -> None:
    bench.write("start;channel\n2024-05-01 10:00;geheim\n2024-05-01 10:00;\n")
    assert counts(bench.account()) == (2, 0, 0, 2)
    assert bench.rejects() == [(2, "channel", "unknown_channel"), (3, "channel", "missing")]


def test_channels_of_ones_own(bench: Bench) -> None:
    bench.write("start;channel\n2024-05-01 10:00;Servicepunt\n")
    bench.account(
        channels={"service_point": {"name_nl": "Servicepunt", "name_en": "Service point"}}
    )
    assert bench.values("channel") == ["service_point"]


def test_a_map_with_everything_else(bench: Bench) -> None:
    mapped = load_field(bench, "service", "Paspoort", "x", "", map={"Paspoort": "p", "*": "overig"})
    assert mapped == ["p", "overig", None]


def test_a_map_without_everything_else_keeps_the_value(bench: Bench) -> None:
    assert load_field(bench, "service", "Paspoort", "x", map={"Paspoort": "p"}) == ["p", "x"]


def test_values_that_mean_none(bench: Bench) -> None:
    assert load_field(bench, "service", "?", "n.v.t.", "x", missing=["?", "n.v.t."]) == [
        None, None, "x",
    ]  # fmt: skip


def test_spaces_around_values_go(bench: Bench) -> None:
    assert load_field(bench, "service", " a b ", "\tc", "d\u00a0") == ["a b", "c", "d"]


def test_closed_lists(bench: Bench) -> None:
    written = ("resolved", "Resolved", "ok", "", "?")
    assert load_field(bench, "outcome", *written, map={"ok": "resolved"}) == [
        *["resolved"] * 3,
        "unknown",
    ]
    assert bench.rejects() == [(6, "v", "unknown_value")]


def test_a_map_to_no_known_value_is_a_wrong_setting(bench: Bench) -> None:
    bench.write(rows("a"))
    with pytest.raises(ConfigurationError, match="'opgelost' is not one of"):
        bench.load({"columns": {**PLAIN, "outcome": {"column": "v", "map": {"a": "opgelost"}}}})


def test_yes_and_no(bench: Bench) -> None:
    assert load_field(bench, "planned", "ja", "Nee", "true", "0", "x", "", "J", "misschien") == [
        True, False, True, False, True, False, True,
    ]  # fmt: skip
    assert reasons(bench) == ["bad_boolean"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (("12", "1.5", "0"), [12.0, 1.5, 0.0]),
        (("12", "1,5", "1.234,5"), [12.0, 1.5, 1234.5]),
        (("1.234", "5"), [1.234, 5.0]),
    ],
)
def test_the_decimal_sign_is_found_out(
    bench: Bench, written: tuple[str, ...], read: list[float]
) -> None:
    assert load_field(bench, "wait_seconds", *written) == read
    assert bench.rejects() == []


def test_the_decimal_sign_never_changes_within_a_column(bench: Bench) -> None:
    assert load_field(bench, "wait_seconds", "1,5", "2,5", "3.5") == [1.5, 2.5]
    assert bench.rejects() == [(4, "v", "bad_duration")]


def test_a_configured_decimal_sign(bench: Bench) -> None:
    bench.write(rows("1,234", "1,234.5"))
    bench.account({"decimal": ".", "columns": {**PLAIN, "wait_seconds": "v"}})
    assert bench.values("wait_seconds") == [1234.0, 1234.5]


@pytest.mark.parametrize(
    ("unit", "written", "seconds"),
    [
        ("seconds", "90", 90.0),
        ("minutes", "1.5", 90.0),
        ("hours", "0.5", 1800.0),
        ("milliseconds", "1500", 1.5),
        ("clock", "01:30", 90.0),
        ("clock", "1:02:03", 3723.0),
        ("clock", "00:00:01,5", 1.5),
    ],
)
def test_units_of_duration(bench: Bench, unit: str, written: str, seconds: float) -> None:
    assert load_field(bench, "handle_seconds", written, unit=unit) == [pytest.approx(seconds)]


def test_durations_that_cannot_be(bench: Bench) -> None:
    assert load_field(bench, "wait_seconds", "-1", "veel", "nan", "inf", "1e400", "5") == [5.0]
    assert reasons(bench) == ["negative_duration", *["bad_duration"] * 4]


def test_clocks_that_cannot_be(bench: Bench) -> None:
    assert load_field(bench, "wait_seconds", "1:75", "1:60:00", "90", "0:10", unit="clock") == [
        10.0
    ]
    assert reasons(bench) == ["bad_duration"] * 3


def test_satisfaction_lies_from_one_to_ten(bench: Bench) -> None:
    assert load_field(bench, "satisfaction", "1", "10", "0", "11", "goed", "") == [1.0, 10.0, None]
    assert reasons(bench) == ["satisfaction_out_of_range"] * 2 + ["bad_number"]


def test_required_fields(bench: Bench) -> None:
    bench.write("start;channel\n;phone\n2024-05-01 10:00;phone\n")
    assert counts(bench.account()) == (2, 1, 0, 1)
    assert bench.rejects() == [(2, "start", "missing")]


def test_an_end_before_the_start(bench: Bench) -> None:
    assert load_field(bench, "ended_at", "2024-05-01 09:59", "2024-05-02 10:05", "") == [
        datetime(2024, 5, 2, 8, 5), None,
    ]  # fmt: skip
    assert bench.rejects() == [(2, "v", "ended_before_started")]


def test_a_row_with_several_problems_is_refused_once(bench: Bench) -> None:
    bench.write("start;channel\nnooit;geheim\n")
    assert counts(bench.account()) == (1, 0, 0, 1)
    assert bench.rejects() == [(2, "start", "bad_time")]


def test_a_date_and_a_time_in_two_columns(bench: Bench) -> None:
    bench.write(
        "dag;tijd;channel\n03-03-2025;09:15;phone\n03-03-2025 00:00:00;1899-12-31 10:00;phone\n"
        ";;phone\n;09:30;phone\n"
    )
    started = {"columns": ["dag", "tijd"], "format": "%d-%m-%Y %H:%M"}
    account = bench.account({"columns": {"started_at": started, "channel": "channel"}})
    assert counts(account) == (4, 2, 0, 2)
    assert bench.values("started_at") == [datetime(2025, 3, 3, 8, 15), datetime(2025, 3, 3, 9, 0)]
    assert bench.rejects() == [(4, "dag + tijd", "missing"), (5, "dag + tijd", "bad_time")]


def test_the_first_name_that_the_file_has_and_what_it_may_lack(bench: Bench) -> None:
    bench.write("Begin;channel;Start\n2025-03-03 10:00;phone;x\n")
    columns = {
        "started_at": ["Aanvang", "Begin", "Start"],
        "channel": "channel",
        "service": {"column": ["Product", "Dienst"], "optional": True},
    }
    assert counts(bench.account({"columns": columns})) == (1, 1, 0, 0)
    assert bench.values("started_at", "service") == [(datetime(2025, 3, 3, 9, 0), None)]


def test_a_name_that_the_file_must_have(bench: Bench) -> None:
    bench.write("Begin;channel\n2025-03-03 10:00;phone\n")
    columns = {"started_at": ["Aanvng", "Start"], "channel": "channel"}
    with pytest.raises(ConfigurationError, match="there is no column 'Aanvng'"):
        bench.account({"columns": columns})


def test_a_time_that_lasts_from_column_to_column(bench: Bench) -> None:
    """Also through the night in which the clock goes forward: 01:59 to 03:01 is two minutes."""
    bench.write(
        "start;einde;channel\n2025-03-30 01:59:00;2025-03-30 03:01:00;phone\n"
        "2025-03-03 10:00:00;;phone\n2025-03-03 10:00:10;2025-03-03 10:00:00;phone\n"
    )
    columns = {
        "started_at": "start",
        "channel": "channel",
        "handle_seconds": {"between": ["start", "einde"]},
    }
    assert counts(bench.account({"columns": columns})) == (3, 2, 0, 1)
    assert bench.values("handle_seconds") == [120.0, None]
    assert bench.rejects() == [(4, "start + einde", "negative_duration")]


def test_titles_above_the_header_and_types_below(bench: Bench) -> None:
    bench.write(
        "Rapport gesprekken;;\nPeriode;maart;2025\nstart;channel;n\nTEXT;TEXT;INT\n"
        "2025-03-03 10:00;phone;1\n2025-03-03 11:00;onzin;2\n"
    )
    account = bench.account({"lines_above_header": 2, "lines_below_header": 1})
    assert counts(account) == (2, 1, 0, 1)
    assert bench.rejects() == [(6, "channel", "unknown_channel")]


def test_a_map_by_beginning(bench: Bench) -> None:
    bench.write(
        "start;channel;v\n2025-03-03 10:00;Tel. KCC;Bezwaar WOZ\n2025-03-03 11:00;phone;Bezwaar\n"
    )
    bench.account(
        {
            "columns": {
                "started_at": "start",
                "channel": {"column": "channel", "map": {"Tel*": "phone"}},
                "service": {"column": "v", "map": {"Bez*": "overig", "Bezwaar": "bezwaar"}},
            }
        }
    )
    assert bench.values("channel", "service") == [("phone", "overig"), ("phone", "bezwaar")]
