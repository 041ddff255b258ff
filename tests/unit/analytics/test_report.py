"""The report says what the contacts say: checked against SQL on the contacts themselves."""
# ruff: noqa: DTZ001  # moments of contacts are UTC, and carry no zone in the tables

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.metrics import METRICS
from analytics.query import Selection, measure
from analytics.report import Report, monthly_report
from analytics.report.content import SUPPRESSED, Direction, Kind, Section, Table
from analytics.report.numbers import bounds_text, size_text, value_text
from analytics.report.texts import TEXTS, day_name, month_name, text
from tests.warehouses import build, query
from warehouse.errors import SelectionError
from warehouse.settings import Settings, parse_settings
from warehouse.store import Reader

MONTH = date(2025, 3, 1)
LAST_DAY = datetime(2025, 3, 31, 12)
SETTINGS = {
    "organisation": "Gemeente Voorbeeld",
    "cost": {"phone": 8.0, "counter": 12.0},
    "avoidable": {"reasons": {"navraag": "progress_chasing", "nieuw": "valuable"}},
}


def contacts(last: datetime = LAST_DAY) -> list[dict[str, Any]]:
    """Sixteen months of made-up contacts; chat takes over from the counter in 2025."""
    rows: list[dict[str, Any]] = []
    moment, number = datetime(2023, 12, 1, 9), 0
    while moment <= last:
        for hour in range(12):
            number += 1
            is_late = moment >= datetime(2025, 1, 1)
            third = "chat" if is_late != (number % 20 == 3) else "counter"
            channel = ("phone", "phone", "web_form", third)[number % 4]
            rows.append(
                {
                    "channel": channel,
                    "started_at": moment + timedelta(hours=hour, minutes=number % 50),
                    "customer": f"k{number % 97}",
                    "service": ("paspoort", "afval", "verhuizing")[number % 3],
                    "reason": ("navraag", "nieuw", None)[number % 7 % 3],
                    "outcome": "abandoned" if number % 11 == 0 else "resolved",
                    "wait_seconds": float(number % 120),
                    "handle_seconds": 200.0 + number % 60,
                }
            )
        # two digital channels with too few contacts to show; together enough to hide one another
        if moment.day <= 7:
            rows.append({"channel": "social", "started_at": moment + timedelta(hours=7)})
            rows.append({"channel": "whatsapp", "started_at": moment + timedelta(hours=8)})
        moment += timedelta(days=1)
    return rows


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return build(tmp_path_factory.mktemp("report"), contacts(), parse_settings(SETTINGS))


@pytest.fixture(scope="module")
def report(reader: Reader) -> Report:
    return monthly_report(reader, MONTH)


def _section(report: Report, key: str) -> Section:
    return next(section for section in report.sections if section.key == key)


def _table(report: Report, section: str, key: str) -> Table:
    return next(table for table in _section(report, section).tables if table.key == key)


def test_it_has_every_subject_and_every_definition(report: Report) -> None:
    assert [section.title for section in report.sections] == [
        "Kanaalmix",
        "Herhaalcontacten",
        "Vermijdbare contacten",
        "Wachttijd en service",
        "Kosten",
        "Datakwaliteit",
    ]
    assert [definition.metric for definition in report.definitions] == list(METRICS)
    assert (report.organisation, report.period) == ("Gemeente Voorbeeld", "maart 2025")
    assert report.is_complete
    for section in report.sections:
        assert section.finding.startswith(section.headline)
        assert "{" not in section.finding


def test_key_figures_are_those_of_the_contacts(report: Report, reader: Reader) -> None:
    figures = {figure.metric: figure for figure in report.key_figures}
    month = "started_on between '2025-03-01' and '2025-03-31' and channel <> 'web_visit'"
    ((count, digital),) = query(
        reader,
        f"select count(*), count(*) filter (channel in"
        " ('web_form', 'chat', 'social', 'whatsapp'))"
        f" from contact where {month}",
    )
    assert figures["contacts"].now.value == count
    assert figures["digital_share"].now.numerator == digital
    assert figures["digital_share"].now.value == pytest.approx(digital / count)
    ((before,),) = query(
        reader,
        "select count(*) from contact where started_on between '2025-02-01' and '2025-02-28'",
    )
    assert figures["contacts"].previous.value == before
    assert figures["contacts"].since_previous.value == count - before
    ((cost,),) = query(
        reader,
        "select sum(case channel when 'phone' then 8 when 'counter' then 12 else 0 end)"
        f" from contact where {month}",
    )
    assert figures["total_cost"].now.value == pytest.approx(cost)


def test_a_change_is_called_one_only_when_its_interval_leaves_zero_out(report: Report) -> None:
    seen = set()
    for figure in report.key_figures:
        for change in (figure.since_previous, figure.since_year):
            seen.add(change.direction)
            if change.low is None or change.high is None:
                assert change.direction in {Direction.UNTESTED, Direction.UNKNOWN}
            elif change.low <= 0 <= change.high:
                assert change.direction == Direction.NO_CHANGE
            else:
                assert change.direction not in {Direction.NO_CHANGE, Direction.UNTESTED}
    assert {Direction.NO_CHANGE, Direction.BETTER} <= seen


def test_the_finding_names_the_planted_shift(report: Report) -> None:
    finding = _section(report, "mix").finding
    assert finding.startswith("Telefoon is het meest gebruikte kanaal")
    assert "won Chat het meest" in finding
    assert "verloor Balie het meest" in finding
    assert re.search(
        r"Aandeel digitaal: \d+,\d% \(\d+ van \d+\); \d+,\d procentpunt hoger", finding
    )
    repeated = _section(report, "repeats").finding
    assert "niet aantoonbaar anders dan in maart 2024" in repeated


def test_a_group_that_was_not_there_a_year_ago_is_named(tmp_path: Path) -> None:
    is_new = datetime(2025, 1, 1)
    rows = [r for r in contacts() if r["channel"] != "chat" or r["started_at"] >= is_new]
    finding = _section(monthly_report(build(tmp_path, rows), MONTH), "mix").finding
    assert "Zonder cijfer van een jaar eerder: Chat." in finding


def test_the_trend_has_thirteen_months_and_equals_measure(report: Report, reader: Reader) -> None:
    table = _table(report, "repeats", "repeats_trend")
    assert len(table.frame) == 13
    assert table.frame["month"].iloc[-1] == MONTH
    for month in (date(2024, 3, 1), MONTH):
        row = table.frame[table.frame["month"] == month].iloc[0]
        end = date(month.year, month.month, 31)
        expected = measure(reader, ["repeat_share"], selection=Selection(month, end)).iloc[0]
        assert row["repeat_share"] == pytest.approx(expected["value"])


def test_a_small_channel_is_hidden_everywhere(report: Report) -> None:
    table = _table(report, "mix", "channels")
    row = table.frame[table.frame["channel"] == "Sociale media"].iloc[0]
    assert row["numerator"] is SUPPRESSED
    assert row["value"] is SUPPRESSED
    hidden = report.figures[report.figures["channel"] == "social"]
    assert hidden["suppressed"].any()
    assert hidden.loc[hidden["suppressed"], ["value", "numerator"]].isna().all(axis=None)


def test_a_hidden_channel_cannot_be_had_by_subtraction(report: Report) -> None:
    march = report.figures.query("metric == 'contacts' and period == @MONTH")
    split = march[march["channel"] != ""]
    assert split["suppressed"].sum() != 1


def test_every_frame_has_the_columns_it_declares_and_charts_only_what_is_there(
    report: Report,
) -> None:
    for section in report.sections:
        for table in section.tables:
            keys = [column.key for column in table.columns]
            assert list(table.frame.columns) == keys
            for chart in table.charts:
                assert {chart.category, *chart.series} <= set(keys)
                assert chart.series


def test_an_incomplete_month_is_marked_and_not_compared(tmp_path: Path) -> None:
    reader = build(tmp_path, contacts(datetime(2025, 3, 17, 12)), parse_settings(SETTINGS))
    report = monthly_report(reader, date(2025, 3, 9))
    assert not report.is_complete
    assert report.last_on == date(2025, 3, 17)
    for figure in report.key_figures:
        assert not figure.now.is_complete
        assert figure.since_year.direction == Direction.UNKNOWN
    table = _table(report, "repeats", "repeats_trend")
    assert table.unfinished == {12}
    assert table.frame["remark"].tolist() == [None] * 12 + ["onvolledig"]
    assert "geen twee volledige maanden" in _section(report, "repeats").finding


def test_without_codes_and_costs_it_says_so(tmp_path: Path) -> None:
    report = monthly_report(build(tmp_path, contacts(), Settings()), MONTH)
    assert "ondergrens" in _section(report, "avoidable").finding
    assert "geen kosten per kanaal ingesteld" in _section(report, "cost").finding
    metrics = {figure.metric for figure in report.key_figures}
    assert "avoidable_detected_share" in metrics
    assert not metrics & {"avoidable_share", "total_cost"}


def test_a_month_without_contacts_is_refused_with_what_is_loaded(reader: Reader) -> None:
    with pytest.raises(SelectionError, match="1 December 2023 to 31 March 2025"):
        monthly_report(reader, date(2025, 4, 1))


def test_in_english_everything_is_english(reader: Reader) -> None:
    report = monthly_report(reader, MONTH, language="en")
    assert report.period == "March 2025"
    assert _section(report, "mix").finding.startswith("Phone is the most used channel")
    assert report.definitions[0].name == "Contacts"


def test_the_catalogue_holds_the_same_places_in_both_languages() -> None:
    for key, (dutch, english) in TEXTS.items():
        places = [sorted(re.findall(r"{(\w+)}", words)) for words in (dutch, english)]
        assert places[0] == places[1], key
        assert dutch, key
        assert english, key


@pytest.mark.parametrize(
    ("value", "kind", "dutch", "english"),
    [
        (0.1834, Kind.SHARE, "18,3%", "18.3%"),
        (12345.0, Kind.COUNT, "12.345", "12,345"),
        (42.4, Kind.SECONDS, "42 seconden", "42 seconds"),
        (205.0, Kind.SECONDS, "3 min 25 s", "3 min 25 s"),
        (7.469, Kind.EUROS, "€ 7,47", "€ 7.47"),
        (39288.4, Kind.EUROS, "€ 39.288", "€ 39,288"),
        (1.288, Kind.NUMBER, "1,29", "1.29"),
    ],
)
def test_numbers_are_written_as_each_language_does(
    value: float, kind: Kind, dutch: str, english: str
) -> None:
    assert value_text(value, kind, "nl") == dutch
    assert value_text(value, kind, "en") == english


def test_differences_of_shares_are_percentage_points_with_signs() -> None:
    assert size_text(-0.0214, Kind.SHARE, "nl") == "2,1 procentpunt"
    assert bounds_text(-0.0401, 0.0004, Kind.SHARE, "nl") == ("−4,0", "0,0")
    assert bounds_text(0.004, 0.038, Kind.SHARE, "en") == ("+0.4", "+3.8")


def test_months_and_days_are_words() -> None:
    assert month_name(MONTH, "nl") == "maart 2025"
    assert day_name(date(2024, 2, 29), "nl") == "29 februari 2024"
    assert text("made_from", "en", moment="now") == "State of the data: now"
